# SPDX-License-Identifier: Apache-2.0
"""Signed requests between nodes: HTTP Message Signatures in one fixed form.

RFC 9421 lets a signer choose what it covers; here every signature covers the same five components with the same five
parameters, so a verifier compares one form and has nothing to negotiate. What else stands in a request (other
headers, the host) carries no meaning in the protocol.

Sources: RFC 9421 (HTTP Message Signatures) sections 2.2, 2.3, 2.5, 3.1, 3.2, 3.3.6; RFC 9530 (Content-Digest).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from lintas.crypto.encoding import from_base64, to_base64
from lintas.crypto.signing import SIGNATURE_BYTES, SigningKey, verify
from lintas.errors import BadSignature, Malformed
from lintas.model.ids import KeyId, NodeId

TAG: Final = "lintas-peer-v1"
LABEL: Final = "lintas"
DIGEST_HEADER: Final = "content-digest"
TO_HEADER: Final = "lintas-to"
INPUT_HEADER: Final = "signature-input"
SIGNATURE_HEADER: Final = "signature"
COVERED: Final = ("@method", "@path", "@query", DIGEST_HEADER, TO_HEADER)

_LIST: Final = "(" + " ".join(f'"{name}"' for name in COVERED) + ")"
_PARAMETERS: Final = re.compile(
    re.escape(f"{LABEL}={_LIST}")
    + r';created=(0|[1-9][0-9]{0,11});keyid="([0-9a-f]{64})";alg="ed25519"'
    + rf';nonce="([0-9a-f]{{32,64}}(?:\.(?:0|[1-9][0-9]{{0,15}}))?)";tag="{TAG}"',
    re.ASCII,
)
_NONCE: Final = re.compile(r"[0-9a-f]{32,64}(?:\.(?:0|[1-9][0-9]{0,15}))?", re.ASCII)
_SIGNATURE: Final = re.compile(rf"{LABEL}=:([A-Za-z0-9+/=]{{88}}):", re.ASCII)
_TO: Final = re.compile(r"lintas:[a-z2-7]{52}", re.ASCII)
_METHOD: Final = re.compile(r"[A-Z]{1,16}", re.ASCII)
_PATH: Final = re.compile(r"/[!-~]{0,2000}", re.ASCII)  # printable, without spaces
_QUERY: Final = re.compile(r"[!-~]{0,4000}", re.ASCII)
_CREATED_S_MAX: Final = 999_999_999_999


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedRequest:
    """What a verified request says of itself. Whether nonce and addressee are right is the caller's to check."""

    key_id: KeyId
    to: NodeId
    nonce: str
    created_s: int  # seconds since 1970, by the signer's clock; informative: freshness comes from challenges


def sign_request(
    key: SigningKey, *, method: str, path: str, query: str, body: bytes, to: str, nonce: str, created_s: int
) -> dict[str, str]:
    """Return the headers that sign a request; names in small letters.

    Args:
        path: As it stands in the request line, without the query.
        query: As it stands there, without the question mark; empty for none.
        body: Empty for none: its digest is signed too.
        to: The node that is asked, so that no other node can be shown this request as its own.
        nonce: 32 to 64 hex digits; in a session its 32, a dot and a number.
        created_s: Seconds since 1970.
    """
    assert _TO.fullmatch(to) and _NONCE.fullmatch(nonce) and 0 <= created_s <= _CREATED_S_MAX
    assert _METHOD.fullmatch(method) and _PATH.fullmatch(path) and _QUERY.fullmatch(query)
    digest = content_digest(body)
    parameters = f'{_LIST};created={created_s};keyid="{key.key_id}";alg="ed25519";nonce="{nonce}";tag="{TAG}"'
    signature = key.sign(signature_base(_components(method, path, query, digest, to), parameters))
    return {
        DIGEST_HEADER: digest,
        TO_HEADER: to,
        INPUT_HEADER: f"{LABEL}={parameters}",
        SIGNATURE_HEADER: f"{LABEL}=:{to_base64(signature)}:",
    }


def verify_request(
    keys: Mapping[str, bytes], *, method: str, path: str, query: str, body: bytes, headers: Mapping[str, str]
) -> SignedRequest:
    """Check that a request was signed with one of some keys, body and addressee included.

    Args:
        keys: Key id → raw public key.
        path: As received, before any decoding.
        query: As received, without the question mark.
        headers: All of the request's; names in any case.

    Raises:
        Malformed: A header is missing, doubled, or not of the one form.
        BadSignature: The key is not among `keys`, the body is another one, or the signature does not verify.
    """
    digest, to, parameters, sent = _signing_headers(headers)
    found = _PARAMETERS.fullmatch(parameters)
    if found is None:
        raise Malformed("The request's Signature-Input is not of the one form that peers use.")
    created, key, nonce = found.groups()
    if not _TO.fullmatch(to) or not _METHOD.fullmatch(method) or not _PATH.fullmatch(path):
        raise Malformed("The request's addressee, method or path is not of a form that can be signed.")
    if not _QUERY.fullmatch(query):
        raise Malformed("The request's query is not of a form that can be signed.")
    signature = _signature(sent)
    public = keys.get(key)
    if public is None:
        raise BadSignature("The request is signed with a key that is not known here.")
    if digest != content_digest(body):
        raise BadSignature("The request's body is not the one that was signed.")
    base = signature_base(_components(method, path, query, digest, to), parameters.removeprefix(f"{LABEL}="))
    verify(public, base, signature)
    return SignedRequest(key_id=KeyId(key), to=NodeId(to), nonce=nonce, created_s=int(created))


def request_key_id(headers: Mapping[str, str]) -> KeyId:
    """Return the key id that a request names, unverified: whose keys to look up.

    Raises:
        Malformed: A header is missing, doubled, or not of the one form.
    """
    found = _PARAMETERS.fullmatch(_signing_headers(headers)[2])
    if found is None:
        raise Malformed("The request's Signature-Input is not of the one form that peers use.")
    return KeyId(found[2])


def content_digest(body: bytes) -> str:
    """Return the value of Content-Digest with SHA-256.

    Source: RFC 9530 section 2.
    """
    return f"sha-256=:{to_base64(sha256(body).digest())}:"


def signature_base(components: Sequence[tuple[str, str]], parameters: str) -> bytes:
    """Return the bytes that a signature covers: one line a component, the parameters last.

    Args:
        components: (name in small letters, value) in the order of the list in `parameters`; printable ASCII.
        parameters: The inner list with its parameters, as it stands behind the label in Signature-Input.

    Source: RFC 9421 section 2.5.
    """
    lines = [f'"{name}": {value}' for name, value in components]
    return "\n".join([*lines, f'"@signature-params": {parameters}']).encode("ascii")


def _components(method: str, path: str, query: str, digest: str, to: str) -> list[tuple[str, str]]:
    # (2.2.7) the value of @query has its question mark, also when there is none in the request
    return list(zip(COVERED, (method, path, f"?{query}", digest, to), strict=True))


def _signing_headers(headers: Mapping[str, str]) -> tuple[str, str, str, str]:
    """The four headers; one that stands twice is refused: which of them was meant depends on who reads."""
    wanted = (DIGEST_HEADER, TO_HEADER, INPUT_HEADER, SIGNATURE_HEADER)
    found: dict[str, str] = {}
    for name, value in headers.items():
        small = name.lower()
        if small in wanted:
            if small in found:
                raise Malformed(f"The request has the header {small} twice.")
            found[small] = value
    if missing := [name for name in wanted if name not in found]:
        raise Malformed(f"The request lacks the header {missing[0]}.")
    return found[DIGEST_HEADER], found[TO_HEADER], found[INPUT_HEADER], found[SIGNATURE_HEADER]


def _signature(value: str) -> bytes:
    found = _SIGNATURE.fullmatch(value)
    try:
        raw = from_base64(found[1]) if found else b""
    except ValueError:
        raw = b""
    if len(raw) != SIGNATURE_BYTES:
        raise Malformed("The request's Signature is not of the one form that peers use.")
    return raw
