# SPDX-License-Identifier: Apache-2.0
"""Signature keys: their ids, signing and verifying, and how a private key rests on disk.

Every signature names its algorithm, so that a later one can stand beside it. Today there is one: Ed25519 (RFC 8032).
Randomness comes from the caller: a key is made from 32 secret bytes.
"""

from __future__ import annotations

import base64
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from lintas.crypto.sealing import open_with_passphrase, seal_with_passphrase
from lintas.errors import BadSignature, MalformedKey
from lintas.model.ids import KeyId, NodeId

PUBLIC_BYTES: Final = 32
SEED_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64

_KEYS_KEPT_MAX: Final = 1_000  # public keys made ready: a batch has hundreds of signatures by one
_FIELD: Final = 2**255 - 19
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y: Final = frozenset({0, 1, _FIELD - 1, _FIELD, _FIELD + 1, _ORDER_8, _FIELD - _ORDER_8})
"""The y coordinates, spelled canonically or not, of the points of order 1, 2, 4 and 8.

With such a public key one signature fits many messages, so nothing signed with it binds its owner.
Source: "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko, 2020), table 6a.
"""


class Algorithm(StrEnum):
    """Signature algorithms that a key may have."""

    ED25519 = "ed25519"


def key_id(public: bytes, algorithm: Algorithm = Algorithm.ED25519) -> KeyId:
    """Return the id of a public key: 64 hex digits, SHA-256 of the algorithm's name, a newline and the raw key."""
    return KeyId(sha256(algorithm.value.encode() + b"\n" + public).hexdigest())


def node_id(root_public: bytes) -> NodeId:
    """Return the id of the node with this root key: `lintas:` and base32, lower case, of the key's SHA-256."""
    digest = base64.b32encode(sha256(root_public).digest()).decode("ascii")
    return NodeId("lintas:" + digest.rstrip("=").lower())


def check_public(public: bytes) -> None:
    """Refuse a public key that is not 32 bytes or has small order.

    32 bytes that are no point of the curve pass: no signature ever verifies with them.

    Raises:
        MalformedKey: The key must not be used.
    """
    _load_public(public)


def verify(public: bytes, data: bytes, signature: bytes, algorithm: Algorithm = Algorithm.ED25519) -> None:
    """Check a signature over data.

    Args:
        public: The raw public key.
        algorithm: What the signature says it is; the caller has read it with `Algorithm(...)`.

    Raises:
        BadSignature: It does not verify.
        MalformedKey: The public key must not be used.
    """
    assert algorithm is Algorithm.ED25519
    key = _load_public(public)
    try:
        key.verify(signature, data)
    except InvalidSignature as exc:
        raise BadSignature from exc


class SigningKey:
    """A private signature key. It never prints itself."""

    __slots__ = ("_private", "algorithm", "key_id", "public")

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.algorithm = Algorithm.ED25519
        self.public = private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public, self.algorithm)

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """Make the key that belongs to 32 secret, uniformly random bytes.

        Raises:
            MalformedKey: Not 32 bytes.
        """
        if len(seed) != SEED_BYTES:
            raise MalformedKey(f"a private key has {SEED_BYTES} bytes")
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @classmethod
    def from_pem(cls, pem: bytes) -> SigningKey:
        """Read an unencrypted PKCS #8 private key in PEM.

        Raises:
            MalformedKey: Not such a key.
        """
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
            raise MalformedKey("not an unencrypted private key in PEM") from exc
        if not isinstance(private, Ed25519PrivateKey):
            raise MalformedKey("the private key is not for Ed25519")
        return cls(private)

    def to_pem(self) -> bytes:
        """Write the private key as unencrypted PKCS #8 in PEM. Whoever reads it can sign as this key."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def sign(self, data: bytes) -> bytes:
        """Sign data. Ed25519 is deterministic: the same data gives the same signature."""
        return self._private.sign(data)

    def __repr__(self) -> str:
        return f"SigningKey({self.algorithm.value}, key_id={self.key_id})"


def seal_private(key: SigningKey, passphrase: str) -> bytes:
    """Seal a private key under a passphrase, as an age file around its PEM.

    age stretches the passphrase with scrypt for about a second; encrypted PKCS #8 as OpenSSL writes it uses some
    thousand rounds of PBKDF2, which a thief tries by the million.
    """
    return seal_with_passphrase(key.to_pem(), passphrase)


def open_private(sealed: bytes, passphrase: str) -> SigningKey:
    """Open what `seal_private` made.

    Raises:
        SealBroken: Another passphrase, or altered bytes.
        MalformedKey: What was sealed is no private key.
    """
    return SigningKey.from_pem(open_with_passphrase(sealed, passphrase))


@lru_cache(maxsize=_KEYS_KEPT_MAX)
def _load_public(public: bytes) -> Ed25519PublicKey:
    if len(public) != PUBLIC_BYTES:
        raise MalformedKey(f"a public key has {PUBLIC_BYTES} bytes")
    y = int.from_bytes(public, "little") & (2**255 - 1)  # the top bit is the sign of x
    if y in _SMALL_ORDER_Y:
        raise MalformedKey("the public key has small order: signatures with it bind nobody")
    return Ed25519PublicKey.from_public_bytes(public)
