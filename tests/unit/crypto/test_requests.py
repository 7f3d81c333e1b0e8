# SPDX-License-Identifier: Apache-2.0
"""Signed requests: the RFC's own vector, another library both ways, and everything that must be refused."""

import base64
from datetime import UTC, datetime
from typing import Any

import http_message_signatures as other
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.requests import (
    COVERED,
    TAG,
    content_digest,
    request_key_id,
    sign_request,
    signature_base,
    verify_request,
)
from lintas.crypto.signing import SigningKey, node_id
from lintas.errors import BadSignature, LintasError, Malformed

KEY = SigningKey.from_seed(b"r" * 32)
OTHER_KEY = SigningKey.from_seed(b"o" * 32)
TO = node_id(b"t" * 32)
NONCE = "0123456789abcdef" * 2
KEYS: dict[str, bytes] = {KEY.key_id: KEY.public}
GET: dict[str, Any] = {"method": "GET", "path": "/peer/v1/feed", "query": "after=0123456789abcdef.0.12", "body": b""}
POST: dict[str, Any] = {"method": "POST", "path": "/peer/v1/inbox", "query": "", "body": b'{"keyid":1}'}


def signed(request: dict[str, Any], **more: Any) -> dict[str, str]:
    said: dict[str, Any] = {"to": TO, "nonce": NONCE, "created_s": 1_772_334_000} | more
    return sign_request(KEY, **request, **said)


def test_the_rfc_s_own_ed25519_vector_is_reproduced() -> None:
    """RFC 9421, B.2.6: request of B.2, key test-key-ed25519."""
    key = SigningKey.from_pem(
        b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF\n"
        b"-----END PRIVATE KEY-----\n"
    )
    names = '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    base = signature_base(
        [
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("@method", "POST"),
            ("@path", "/foo"),
            ("@authority", "example.com"),
            ("content-type", "application/json"),
            ("content-length", "18"),
        ],
        names + ';created=1618884473;keyid="test-key-ed25519"',
    )
    assert base == (
        b'"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n"@path": /foo\n"@authority": example.com\n'
        b'"content-type": application/json\n"content-length": 18\n"@signature-params": ("date" "@method" "@path" '
        b'"@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"'
    )
    assert base64.b64encode(key.public) == b"JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs="
    assert base64.b64encode(key.sign(base)) == (
        b"wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )


def test_the_rfc_s_own_content_digest_is_reproduced() -> None:
    """RFC 9530, appendix D."""
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


@pytest.mark.parametrize("request_", [GET, POST], ids=["get", "post"])
def test_what_is_signed_verifies_and_says_who_asks_whom(request_: dict[str, Any]) -> None:
    headers = signed(request_, nonce=f"{NONCE}.17")
    found = verify_request(KEYS, **request_, headers=headers)
    assert (found.key_id, found.to, found.nonce, found.created_s) == (KEY.key_id, TO, f"{NONCE}.17", 1_772_334_000)
    assert request_key_id(headers) == KEY.key_id


def test_names_of_headers_may_come_in_any_case_and_beside_others() -> None:
    headers = {name.title(): value for name, value in signed(POST).items()} | {"Host": "node.example", "accept": "*/*"}
    assert verify_request(KEYS, **POST, headers=headers).key_id == KEY.key_id


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"path": "/peer/v1/hello"},
        {"path": "/peer/v1/inbox/"},
        {"query": "x=1"},
        {"body": b'{"keyid":2}'},
        {"body": b""},
    ],
    ids=repr,
)
def test_a_request_with_another_part_does_not_verify(changed: dict[str, Any]) -> None:
    with pytest.raises(BadSignature):
        verify_request(KEYS, **(POST | changed), headers=signed(POST))


def test_a_request_to_one_node_does_not_pass_at_another() -> None:
    headers = signed(POST) | {"lintas-to": node_id(b"u" * 32)}
    with pytest.raises(BadSignature):
        verify_request(KEYS, **POST, headers=headers)


def test_another_digest_over_the_same_body_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify_request(KEYS, **POST, headers=signed(POST) | {"content-digest": content_digest(b"other")})


def test_a_key_that_is_not_known_is_refused() -> None:
    with pytest.raises(BadSignature, match="not known"):
        verify_request({OTHER_KEY.key_id: OTHER_KEY.public}, **POST, headers=signed(POST))


def test_a_key_under_another_s_id_is_refused() -> None:
    with pytest.raises(BadSignature):
        verify_request({KEY.key_id: OTHER_KEY.public}, **POST, headers=signed(POST))


@pytest.mark.parametrize("name", sorted(signed(POST)))
def test_a_missing_header_is_refused(name: str) -> None:
    headers = signed(POST)
    del headers[name]
    with pytest.raises(Malformed, match=name):
        verify_request(KEYS, **POST, headers=headers)


@pytest.mark.parametrize("name", sorted(signed(POST)))
def test_a_header_that_stands_twice_is_refused(name: str) -> None:
    headers = signed(POST)
    with pytest.raises(Malformed, match="twice"):
        verify_request(KEYS, **POST, headers=headers | {name.upper(): headers[name]})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("lintas=(", "sig1=("),
        ('"@method" ', ""),
        ('"@method" "@path"', '"@path" "@method"'),
        ('"@path" ', '"@path"  '),
        ('"lintas-to")', '"lintas-to" "host")'),
        ('"lintas-to")', '"lintas-to";req)'),
        (";created=1772334000", ""),
        (";created=1772334000", ";created=01772334000"),
        (";created=1772334000", ";created=-1"),
        (";created=1772334000", ';created="1772334000"'),
        (';alg="ed25519"', ""),
        (';alg="ed25519"', ';alg="hmac-sha256"'),
        (TAG, "lintas-peer-v2"),
        (';tag="', ';expires=1;tag="'),
        (NONCE, NONCE[:8]),
        (NONCE, NONCE.upper()),
        (NONCE, f"{NONCE}.01"),
        (KEY.key_id, KEY.key_id[:-1]),
    ],
)
def test_another_form_of_signature_input_is_refused(old: str, new: str) -> None:
    headers = signed(POST)
    assert old in headers["signature-input"]
    headers["signature-input"] = headers["signature-input"].replace(old, new)
    with pytest.raises(Malformed):
        verify_request(KEYS, **POST, headers=headers)
    with pytest.raises(Malformed):
        request_key_id(headers)


def test_two_signatures_are_refused() -> None:
    headers = signed(POST)
    for name in ("signature", "signature-input"):
        twice = headers | {name: f"{headers[name]}, {headers[name].replace('lintas=', 'more=')}"}
        with pytest.raises(Malformed):
            verify_request(KEYS, **POST, headers=twice)


@pytest.mark.parametrize("signature", ["", "lintas=::", "lintas=:AAAA:", "lintas=AAAA", "lintas=:" + "A" * 88 + ":"])
def test_another_form_of_signature_is_refused(signature: str) -> None:
    with pytest.raises(Malformed):
        verify_request(KEYS, **POST, headers=signed(POST) | {"signature": signature})


@pytest.mark.parametrize(
    "changed", [{"path": "inbox"}, {"path": "/a b"}, {"path": "/é"}, {"query": "a=\n"}, {"method": "post"}], ids=repr
)
def test_a_request_line_of_another_form_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        verify_request(KEYS, **(POST | changed), headers=signed(POST))


@given(st.data())
def test_one_changed_character_in_a_header_is_refused(data: st.DataObject) -> None:
    headers = signed(POST)
    name = data.draw(st.sampled_from(sorted(headers)))
    place = data.draw(st.integers(0, len(headers[name]) - 1))
    char = data.draw(st.characters())
    if char == headers[name][place]:
        return
    headers[name] = headers[name][:place] + char + headers[name][place + 1 :]
    with pytest.raises((Malformed, BadSignature)):
        verify_request(KEYS, **POST, headers=headers)


@given(
    st.dictionaries(st.sampled_from(sorted(signed(POST))), st.text() | st.sampled_from(sorted(signed(POST).values()))),
    st.text(),
    st.text(),
    st.binary(),
)
def test_reading_anything_raises_only_our_tree(headers: dict[str, str], path: str, query: str, body: bytes) -> None:
    with pytest.raises(LintasError):
        verify_request(KEYS, method="POST", path=path, query=query, body=body, headers=headers)


class Request:
    """A request as the other library wants it."""

    def __init__(self, said: dict[str, Any], headers: dict[str, str]) -> None:
        self.method = said["method"]
        self.url = f"https://node.example{said['path']}" + (f"?{said['query']}" if said["query"] else "")
        self.headers = headers


def test_another_library_takes_what_we_sign() -> None:
    for said in (GET, POST):
        verifier = other.HTTPMessageVerifier(
            signature_algorithm=other.algorithms.ED25519,
            key_resolver=other.MappingKeyResolver(
                public_keys={KEY.key_id: Ed25519PublicKey.from_public_bytes(KEY.public)}, private_keys={}
            ),
        )
        request = Request(said, signed(said, created_s=1_618_884_473))
        (found,) = verifier.verify(request, body=said["body"], expect_tag=TAG, max_age=None)
        assert list(found.covered_components) == [*(f'"{name}"' for name in COVERED), '"@signature-params"']
        assert found.parameters["keyid"] == KEY.key_id


def test_we_take_what_another_library_signs() -> None:
    private = load_pem_private_key(KEY.to_pem(), password=None)
    for said in (GET, POST):
        signer = other.HTTPMessageSigner(
            signature_algorithm=other.algorithms.ED25519,
            key_resolver=other.MappingKeyResolver(public_keys={}, private_keys={KEY.key_id: private}),  # type: ignore[dict-item]  # Ed25519 here
        )
        request = Request(said, {"Content-Digest": content_digest(said["body"]), "Lintas-To": TO})
        signer.sign(
            request,
            key_id=KEY.key_id,
            created=datetime(2026, 3, 1, 3, tzinfo=UTC),
            nonce=f"{NONCE}.1",
            tag=TAG,
            label="lintas",
            body=said["body"],
            use_existing_digest=True,
            covered_component_ids=COVERED,
        )
        found = verify_request(KEYS, **said, headers=request.headers)
        assert (found.to, found.nonce, found.created_s) == (TO, f"{NONCE}.1", 1_772_334_000)
        assert {name.lower(): value for name, value in request.headers.items()} == signed(said, nonce=f"{NONCE}.1")
