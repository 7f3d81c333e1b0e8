# SPDX-License-Identifier: Apache-2.0
"""Passkeys: what a person's authenticator signs, checked; and an authenticator in software, for tests and exercises.

A public key is kept as the COSE_Key bytes that its authenticator gave. ES256, EdDSA with Ed25519, and RS256 are known.
Randomness comes from the caller.

Source: W3C Web Authentication Level 3, sections 6.1, 7.2; RFC 9052 section 7; RFC 9053; CTAP 2.1 section 8.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from lintas.crypto.signing import check_public, verify
from lintas.errors import BadSignature, MalformedKey, WrongUse

ES256: Final = -7
EDDSA: Final = -8
RS256: Final = -257
ALGORITHMS: Final = (ES256, EDDSA, RS256)  # COSE, in the order in which we ask for them

CLIENT_BYTES_MAX: Final = 2048  # bytes of clientDataJSON, and of the rest of an assertion: a header holds them
PUBLIC_BYTES_MAX: Final = 1024  # bytes of a COSE_Key: RSA with 4096 bits fits
CREDENTIAL_BYTES_MAX: Final = 1023  # Source: Web Authentication section 4, Credential ID

_DATA_BYTES: Final = 37  # SHA-256 of the relying party's id, flags, counter
_PRESENT, _VERIFIED, _ATTESTED, _EXTENDED = 0x01, 0x04, 0x40, 0x80
_KTY, _ALG, _CRV, _X, _Y = 1, 3, -1, -2, -3
_P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_RSA_BITS: Final = range(2048, 4096 + 1)
_RSA_EXPONENT: Final = 65537


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What an authenticator answered to one challenge."""

    credential: bytes  # id of the passkey
    authenticator: bytes  # authenticatorData
    client: bytes  # clientDataJSON
    signature: bytes


def check_assertion(
    public: bytes, assertion: Assertion, *, challenge: bytes, rp_id: str, origins: Collection[str]
) -> int:
    """Check that the owner of a passkey was there, was verified, and answered this very challenge.

    Args:
        public: The COSE_Key that was enrolled under `assertion.credential`; the caller has looked it up.
        challenge: The bytes that were asked.
        rp_id: The host that the passkey is bound to.
        origins: Those of our own pages, as `https://host:port`.

    Returns:
        The authenticator's counter of signatures; 0 when it keeps none.

    Raises:
        BadSignature: It is no answer to that challenge by that passkey.
        MalformedKey: The public key cannot be used.
    """
    key = _public_of(public)
    _check_client(assertion.client, challenge=challenge, origins=origins)
    count = _check_data(assertion.authenticator, rp_id)
    signed = assertion.authenticator + sha256(assertion.client).digest()
    try:
        _verify(key, signed, assertion.signature)
    except InvalidSignature as exc:
        raise BadSignature from exc
    return count


def asked_of(client: bytes) -> bytes:
    """Return the challenge that a browser says it answered; nothing of it is checked.

    Raises:
        BadSignature: It names none.
    """
    try:
        said = json.loads(client[:CLIENT_BYTES_MAX].decode("utf-8"))
    except (ValueError, RecursionError) as exc:
        raise BadSignature("The browser's part of the answer cannot be read.") from exc
    return from_base64url(said.get("challenge") if isinstance(said, dict) else None)


def algorithm_of(public: bytes) -> int:
    """Return the COSE algorithm of a public key that can be used.

    Raises:
        MalformedKey: It cannot be used: another algorithm, another curve, no point of it, or no COSE_Key at all.
    """
    key = _public_of(public)
    return EDDSA if isinstance(key, bytes) else ES256 if isinstance(key, ec.EllipticCurvePublicKey) else RS256


def read_assertion(answer: object) -> Assertion:
    """Read what `PublicKeyCredential.toJSON()` gave in the browser.

    Raises:
        BadSignature: It is no such answer.
    """
    response = answer.get("response") if isinstance(answer, Mapping) else None
    if not isinstance(answer, Mapping) or not isinstance(response, Mapping):
        raise BadSignature("This is no answer of a passkey.")
    return Assertion(
        credential=from_base64url(answer.get("rawId")),
        authenticator=from_base64url(response.get("authenticatorData")),
        client=from_base64url(response.get("clientDataJSON")),
        signature=from_base64url(response.get("signature")),
    )


def to_base64url(data: bytes) -> str:
    """Write bytes as WebAuthn's JSON does: base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_base64url(text: object) -> bytes:
    """Read bytes that stand as base64url without padding, in their one spelling.

    Raises:
        BadSignature: They do not.
    """
    if not isinstance(text, str) or not text.isascii() or len(text) > 2 * CLIENT_BYTES_MAX:
        raise BadSignature("An answer of a passkey is written in base64url.")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as exc:
        raise BadSignature("An answer of a passkey is written in base64url.") from exc
    if to_base64url(data) != text:
        raise BadSignature("An answer of a passkey is written in base64url.")
    return data


def _check_client(client: bytes, *, challenge: bytes, origins: Collection[str]) -> None:
    if len(client) > CLIENT_BYTES_MAX:
        raise BadSignature("The browser's part of the answer is too large.")
    try:
        said = json.loads(client.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as exc:
        raise BadSignature("The browser's part of the answer cannot be read.") from exc
    if not isinstance(said, dict) or said.get("type") != "webauthn.get":
        raise BadSignature("The answer was made for something else.")
    if said.get("challenge") != to_base64url(challenge):
        raise BadSignature("The answer is to another question.")
    origin = said.get("origin")
    if not isinstance(origin, str) or origin not in origins or said.get("crossOrigin") is True:
        raise BadSignature("The answer was given to another site.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _check_data(data: bytes, rp_id: str) -> int:
    if not _DATA_BYTES <= len(data) <= CLIENT_BYTES_MAX:
        raise BadSignature("The authenticator's part of the answer has another length.")
    flags = data[32]
    if data[:32] != sha256(rp_id.encode()).digest():
        raise BadSignature("The passkey belongs to another site.")
    if not flags & _PRESENT:
        raise BadSignature("Nobody was there when the passkey answered.")
    if not flags & _VERIFIED:
        raise BadSignature("The passkey did not check who was there.")
    if len(data) > _DATA_BYTES and not flags & (_ATTESTED | _EXTENDED):
        raise BadSignature("The authenticator's part of the answer has another length.")
    return int.from_bytes(data[33:37], "big")


_Public = ec.EllipticCurvePublicKey | rsa.RSAPublicKey | bytes  # bytes: Ed25519


def _public_of(public: bytes) -> _Public:
    fields = _read_map(public)
    match (fields.get(_KTY), fields.get(_ALG)):
        case (2, -7):
            return _p256(fields)
        case (1, -8):
            x = fields.get(_X)
            if fields.get(_CRV) != 6 or not isinstance(x, bytes):
                raise MalformedKey("the passkey's key is not on Ed25519")
            check_public(x)
            return x
        case (3, -257):
            return _rsa(fields)
    raise MalformedKey("the passkey's algorithm is none of ES256, EdDSA, RS256")


def _p256(fields: Mapping[int, int | bytes]) -> ec.EllipticCurvePublicKey:
    x, y = fields.get(_X), fields.get(_Y)
    if fields.get(_CRV) != 1 or not isinstance(x, bytes) or not isinstance(y, bytes) or len(x) != 32 or len(y) != 32:
        raise MalformedKey("the passkey's key is not on P-256")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)
    except ValueError as exc:
        raise MalformedKey("the passkey's key is no point of P-256") from exc


def _rsa(fields: Mapping[int, int | bytes]) -> rsa.RSAPublicKey:
    n, e = fields.get(-1), fields.get(-2)
    if not isinstance(n, bytes) or not isinstance(e, bytes):
        raise MalformedKey("the passkey's RSA key lacks a number")
    modulus = int.from_bytes(n, "big")
    if modulus.bit_length() not in _RSA_BITS or int.from_bytes(e, "big") != _RSA_EXPONENT:
        raise MalformedKey("the passkey's RSA key has another size or exponent")
    try:
        return rsa.RSAPublicNumbers(_RSA_EXPONENT, modulus).public_key()
    except ValueError as exc:
        raise MalformedKey("the passkey's RSA key cannot be used") from exc


def _verify(key: _Public, signed: bytes, signature: bytes) -> None:
    if isinstance(key, bytes):
        verify(key, signed, signature)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, signed, ec.ECDSA(SHA256()))
    else:
        key.verify(signature, signed, padding.PKCS1v15(), SHA256())


def _read_map(data: bytes) -> dict[int, int | bytes]:
    """Read a flat CBOR map from whole numbers to whole numbers and byte strings, in CTAP's canonical form of lengths.

    Nothing else stands in a COSE_Key; a whole CBOR reader would make dates and patterns out of a stranger's bytes.
    """
    if not data or len(data) > PUBLIC_BYTES_MAX or data[0] >> 5 != 5 or data[0] & 31 > 23:
        raise MalformedKey("the passkey's key is no COSE_Key")
    at, fields = 1, dict[int, int | bytes]()
    for _ in range(data[0] & 31):
        name, at = _read_one(data, at)
        value, at = _read_one(data, at)
        if isinstance(name, bytes) or name in fields:
            raise MalformedKey("the passkey's key is no COSE_Key")
        fields[name] = value
    if at != len(data):
        raise MalformedKey("the passkey's key is no COSE_Key")
    return fields


def _read_one(data: bytes, at: int) -> tuple[int | bytes, int]:
    if at >= len(data):
        raise MalformedKey("the passkey's key is cut short")
    kind, size = data[at] >> 5, data[at] & 31
    at += 1
    if kind > 2 or size > 25:
        raise MalformedKey("the passkey's key is no COSE_Key")
    if size >= 24:
        width = size - 23  # 24: one byte follows, 25: two
        if at + width > len(data):
            raise MalformedKey("the passkey's key is cut short")
        size, at = int.from_bytes(data[at : at + width], "big"), at + width
    if kind < 2:
        return (size if kind == 0 else -1 - size), at
    if at + size > len(data):
        raise MalformedKey("the passkey's key is cut short")
    return data[at : at + size], at + size


class SoftPasskey:
    """An authenticator in software with one passkey, and the browser around it.

    It signs as a real one does, but whoever can read this process has its key: for tests, exercises and conformance.

    Args:
        random: Gives so many uniformly random, secret bytes.
        rp_id: The host that it is bound to.
        origin: Of the pages that it believes to be on.
        algorithm: ES256 or EDDSA.
    """

    def __init__(self, random: Callable[[int], bytes], rp_id: str, origin: str, *, algorithm: int = ES256) -> None:
        self._private: ec.EllipticCurvePrivateKey | Ed25519PrivateKey
        if algorithm == EDDSA:
            self._private = Ed25519PrivateKey.from_private_bytes(random(32))
        elif algorithm == ES256:
            number = int.from_bytes(random(40), "big") % (_P256_ORDER - 1) + 1
            self._private = ec.derive_private_key(number, ec.SECP256R1())
        else:
            raise WrongUse("An authenticator in software signs with ES256 or EdDSA.")
        self.algorithm = algorithm
        self.rp_id = rp_id
        self.origin = origin
        self.credential = random(32)
        self.user = b""
        self.count = 0

    @property
    def public(self) -> bytes:
        """The public key as a COSE_Key."""
        key = self._private.public_key()
        if isinstance(key, ec.EllipticCurvePublicKey):
            at = key.public_numbers()
            fields = {_CRV: 1, _X: at.x.to_bytes(32, "big"), _Y: at.y.to_bytes(32, "big")}
            return _encode({_KTY: 2, _ALG: ES256, **fields})
        return _encode({_KTY: 1, _ALG: EDDSA, _CRV: 6, _X: key.public_bytes_raw()})

    def register(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.create`, as `PublicKeyCredential.toJSON()` gives it.

        Args:
            options: PublicKeyCredentialCreationOptionsJSON.

        Raises:
            WrongUse: A browser would refuse: another host, no algorithm of ours, or it is enrolled already.
        """
        if options["rp"].get("id", self.rp_id) != self.rp_id:
            raise WrongUse("A browser gives no passkey to another host.")
        if self.algorithm not in [one["alg"] for one in options["pubKeyCredParams"]]:
            raise WrongUse("The site takes no such algorithm.")
        mine = to_base64url(self.credential)
        if mine in [one["id"] for one in options.get("excludeCredentials", [])]:
            raise WrongUse("This authenticator is enrolled already.")
        self.user = from_base64url(options["user"]["id"])
        named = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + self.public
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(_ATTESTED) + named}
        response = {
            "clientDataJSON": to_base64url(self._client("webauthn.create", from_base64url(options["challenge"]))),
            "attestationObject": to_base64url(_encode(attestation)),
            "transports": ["internal"],
        }
        return self._json(response)

    def answer(self, asked: Mapping[str, Any] | bytes) -> Assertion:
        """Answer `navigator.credentials.get`.

        Args:
            asked: PublicKeyCredentialRequestOptionsJSON, or only its challenge.

        Raises:
            WrongUse: A browser would refuse: another host, or other passkeys are asked for.
        """
        if isinstance(asked, bytes):
            challenge = asked
        else:
            challenge = from_base64url(asked["challenge"])
            wanted = [one["id"] for one in asked.get("allowCredentials", [])]
            if asked.get("rpId", self.rp_id) != self.rp_id:
                raise WrongUse("A browser answers no other host.")
            if wanted and to_base64url(self.credential) not in wanted:
                raise WrongUse("Another passkey is asked for.")
        self.count += 1
        client, data = self._client("webauthn.get", challenge), self._data(0)
        return Assertion(
            credential=self.credential,
            authenticator=data,
            client=client,
            signature=self._sign(data + sha256(client).digest()),
        )

    def answer_json(self, asked: Mapping[str, Any] | bytes) -> dict[str, Any]:
        """Answer as `answer` does, as `PublicKeyCredential.toJSON()` gives it."""
        given = self.answer(asked)
        response = {
            "clientDataJSON": to_base64url(given.client),
            "authenticatorData": to_base64url(given.authenticator),
            "signature": to_base64url(given.signature),
            "userHandle": to_base64url(self.user),
        }
        return self._json(response)

    def _json(self, response: dict[str, Any]) -> dict[str, Any]:
        name = to_base64url(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def _client(self, what: str, challenge: bytes) -> bytes:
        said = {"type": what, "challenge": to_base64url(challenge), "origin": self.origin, "crossOrigin": False}
        return json.dumps(said, separators=(",", ":")).encode()

    def _data(self, flags: int) -> bytes:
        flags |= _PRESENT | _VERIFIED
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self._private, Ed25519PrivateKey):
            return self._private.sign(data)
        return self._private.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))

    def __repr__(self) -> str:
        return f"SoftPasskey({self.rp_id}, {to_base64url(self.credential)[:8]})"


def _encode(value: object) -> bytes:
    return cbor2.dumps(value, canonical=True)
