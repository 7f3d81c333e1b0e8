# SPDX-License-Identifier: Apache-2.0
"""Who asks and who answers, by a shared secret: HMAC-SHA256 over what was asked, and over the answer to just that.

Source: docs/spec/bank.md, "Signatures".
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final

TIME_HEADER: Final = "bank-time"
NONCE_HEADER: Final = "bank-nonce"
SIGNATURE_HEADER: Final = "bank-signature"
SECRET_BYTES: Final = (24, 64)
SKEW_S_MAX: Final = 300  # seconds that the two clocks may differ


def read_secret(text: str) -> bytes:
    """Read a secret as its file has it: base64 of 24 to 64 bytes on one line.

    Raises:
        ValueError: It is none.
    """
    try:
        secret = base64.b64decode(text.strip().encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        secret = b""
    if not SECRET_BYTES[0] <= len(secret) <= SECRET_BYTES[1]:
        raise ValueError("the secret is 24 to 64 random bytes in base64")
    return secret


def sign_asking(secret: bytes, *, method: str, path: str, at_s: int, nonce: str, body: bytes) -> str:
    """Sign what is asked."""
    return _signed(secret, "ask", method, path, str(at_s), nonce, hashlib.sha256(body).hexdigest())


def sign_answer(secret: bytes, *, status: int, nonce: str, body: bytes) -> str:
    """Sign an answer to the asking that had this nonce."""
    return _signed(secret, "answer", str(status), nonce, hashlib.sha256(body).hexdigest())


def is_signed(wanted: str, said: str) -> bool:
    """Compare two signatures without telling by time where they differ."""
    return hmac.compare_digest(wanted.encode("ascii"), said.encode("utf-8", "replace"))


def _signed(secret: bytes, *words: str) -> str:
    digest = hmac.digest(secret, "\n".join(("bank/1", *words)).encode("utf-8"), "sha256")
    return "v1," + base64.b64encode(digest).decode("ascii")
