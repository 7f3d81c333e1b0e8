# SPDX-License-Identifier: Apache-2.0
"""Salted digests and commitments: what stays in the log when the content is erased.

An erased payload takes its salt with it; without the salt the digest of a guessable text tells nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from lintas.crypto.encoding import length_prefixed
from lintas.errors import BadInput

SALT_BYTES: Final = 16  # random bytes: 128 bits cannot be guessed

_COMMITMENT: Final = b"lintas.commitment.v1"
_SAME_BYTES: Final = b"lintas.same-bytes.v1"


def salted_digest(salt: bytes, data: bytes) -> str:
    """Return SHA-256(salt ‖ data) as 64 lower-case hex digits.

    The salt has a fixed length, so that no other salt and data join to the same bytes.

    Raises:
        BadInput: The salt has not SALT_BYTES.
    """
    _check_salt(salt)
    return hashlib.sha256(salt + data).hexdigest()


def commitment(salt: bytes, field: str, target: str) -> str:
    """Commit to the target of a header's reference without showing it; 64 lower-case hex digits.

    Opened by giving salt and target to someone who holds the header; closed for good when the salt is erased.

    Args:
        field: The reference's name in the header, so that a commitment cannot be moved to another field.

    Raises:
        BadInput: The salt has not SALT_BYTES.
    """
    _check_salt(salt)
    return hashlib.sha256(length_prefixed(_COMMITMENT, salt, field.encode(), target.encode())).hexdigest()


def same_bytes_tag(key: bytes, data: bytes, source: str, marking: bytes) -> bytes:
    """Tag what was taken in, to notice the same bytes with the same source and marking again; 32 bytes.

    It is local: keyed, never sent, and erased with the payload.

    Args:
        key: The node's own secret, 32 random bytes.
        marking: The marking's canonical bytes.
    """
    assert len(key) >= 32
    parts = length_prefixed(_SAME_BYTES, source.encode(), marking, hashlib.sha256(data).digest())
    return hmac.digest(key, parts, "sha256")


def _check_salt(salt: bytes) -> None:
    if len(salt) != SALT_BYTES:
        raise BadInput(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
