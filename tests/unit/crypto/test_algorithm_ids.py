# SPDX-License-Identifier: Apache-2.0
"""Every signed thing names its algorithm, and is refused when that name is taken away or is another."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

import pytest

from lintas.crypto.canonical import canonical_json
from lintas.crypto.checkpoint import Checkpoint, log_origin
from lintas.crypto.encoding import from_base64, to_base64
from lintas.crypto.envelope import decode_envelope, encode_envelope, sign_header, verify_header
from lintas.crypto.note import (
    Note,
    NoteKey,
    SignatureType,
    cosign_note,
    format_note,
    parse_note,
    sign_note,
    verify_note,
)
from lintas.crypto.passkeys import EDDSA, SoftPasskey, check_assertion
from lintas.crypto.requests import sign_request, verify_request
from lintas.crypto.signing import SigningKey, key_id, node_id
from lintas.errors import BadInput
from lintas.formats.peer.documents import DOCUMENTS, open_document, sign_document

KEY = SigningKey.from_seed(bytes(range(32)))
NODE = node_id(KEY.public)
HEADER = canonical_json({"v": 1})
NAMES = ("", "none", "ed448", "ED25519", "rsa", "ed25519ph", "hs256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One kind of signed thing: as it is, with the algorithm's name changed, and how it is checked."""

    raw: bytes
    renamed: Callable[[bytes, str], bytes]
    check: Callable[[bytes], object]


def a_name_swapped(raw: bytes, name: str) -> bytes:
    assert raw.count(b"ed25519") == 1
    return raw.replace(b"ed25519:", name.encode() + b":" if name else b"").replace(
        b'alg="ed25519"', f'alg="{name}"'.encode()
    )


def entry() -> Signed:
    def check(raw: bytes) -> None:
        verify_header(decode_envelope(raw), KEY.public)

    return Signed(raw=encode_envelope(sign_header(HEADER, KEY)), renamed=a_name_swapped, check=check)


def document(what: str) -> Signed:
    """Descriptors, greetings, batches and receipts: all documents of the peer protocol."""

    def check(raw: bytes) -> None:
        open_document(what, raw, keys={KEY.key_id: KEY.public}, bytes_max=10_000)

    return Signed(raw=sign_document(what, {"v": 1}, KEY), renamed=a_name_swapped, check=check)


def request() -> Signed:
    asked = {"method": "GET", "path": "/peer/v1/feed", "query": "", "body": b""}
    headers = sign_request(
        KEY, method="GET", path="/peer/v1/feed", query="", body=b"", to=NODE, nonce="0" * 32, created_s=1
    )

    def check(raw: bytes) -> None:
        verify_request({KEY.key_id: KEY.public}, **asked, headers=json.loads(raw))  # type: ignore[arg-type]  # as above

    def renamed(raw: bytes, name: str) -> bytes:
        said = json.loads(raw)
        said["signature-input"] = said["signature-input"].replace('alg="ed25519"', f'alg="{name}"' if name else "")
        return json.dumps(said).encode()

    return Signed(raw=json.dumps(headers).encode(), renamed=renamed, check=check)


def note(kind: SignatureType) -> Signed:
    """Heads and countersignatures: the algorithm is the type byte in the hash that names the key."""
    origin = log_origin(NODE, "0" * 16)
    text = Checkpoint(origin=origin, size=1, root=bytes(32)).text
    line = sign_note(text, origin, KEY) if kind is SignatureType.ED25519 else cosign_note(text, origin, KEY, 7)
    raw = format_note(Note(text=text, signatures=(line,)))
    known = NoteKey(name=origin, type=kind, public=KEY.public)

    def check(again: bytes) -> None:
        verify_note(parse_note(again), [known])

    def renamed(again: bytes, name: str) -> bytes:
        head, _, last = again.decode().rstrip("\n").rpartition(" ")
        body = from_base64(last)
        other = SigningKey.from_seed(bytes(32)).public if name == "none" else KEY.public
        kind_byte = (sum(name.encode()) % 200) + 5
        digest = sha256(origin.encode() + b"\n" + bytes([kind_byte]) + other).digest()[:4]
        return f"{head} {to_base64(digest + body[4:])}\n".encode()

    return Signed(raw=raw, renamed=renamed, check=check)


SIGNED: dict[str, Callable[[], Signed]] = {
    "entry": entry,
    "request": request,
    "head": lambda: note(SignatureType.ED25519),
    "cosignature": lambda: note(SignatureType.COSIGNATURE),
    **{what: (lambda what=what: document(what)) for what in DOCUMENTS},  # type: ignore[misc]  # a default binds it now
}


@pytest.mark.parametrize("what", SIGNED)
def test_what_is_signed_verifies_as_it_stands(what: str) -> None:
    signed = SIGNED[what]()
    signed.check(signed.raw)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", SIGNED)
def test_without_its_algorithm_or_under_another_it_is_refused(what: str, name: str) -> None:
    signed = SIGNED[what]()
    with pytest.raises(BadInput):
        signed.check(signed.renamed(signed.raw, name))


def test_the_id_of_a_key_commits_to_its_algorithm() -> None:
    """So a key entry that names another algorithm names another key, and no signature fits it."""
    assert key_id(KEY.public) == sha256(b"ed25519\n" + KEY.public).hexdigest()
    assert key_id(KEY.public) != sha256(b"ed448\n" + KEY.public).hexdigest()


@pytest.mark.parametrize(
    "renamed", [b"", b"\x03\x26", b"\x03\x39\x01\x00", b"\x03\x00"]
)  # none, ES256, RS256, reserved
def test_an_order_signed_by_a_passkey_of_another_algorithm_is_refused(renamed: bytes) -> None:
    """An assertion has the algorithm of the key that the log holds; a key without one, or with another, is none."""
    passkey = SoftPasskey(lambda size: bytes(range(size)), "node.example", "https://node.example", algorithm=EDDSA)
    answer = passkey.answer(b"c" * 32)
    known = {"challenge": b"c" * 32, "rp_id": "node.example", "origins": ["https://node.example"]}
    check_assertion(passkey.public, answer, **known)  # type: ignore[arg-type]  # as it stands
    named = b"\x03\x27"  # 3 (alg): -8 (EdDSA)
    assert named in passkey.public
    fields = passkey.public[0] - (0 if renamed else 1)
    other = bytes([fields]) + passkey.public[1:].replace(named, renamed)
    with pytest.raises(BadInput):
        check_assertion(other, answer, **known)  # type: ignore[arg-type]  # as above
