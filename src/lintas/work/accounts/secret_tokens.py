# SPDX-License-Identifier: Apache-2.0
"""Tokens of sessions and links: 256 random bits, of which only the SHA-256 is stored.

What is true if the database is stolen: no token in it opens anything; a digest of 256 random bits cannot be undone.
"""

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Final

from lintas.ports.keys import Keys
from lintas.work.services import as_text

TOKEN_BYTES: Final = 32


def new_token(keys: Keys) -> str:
    """Return a fresh token, safe in an address and a cookie."""
    return base64.urlsafe_b64encode(keys.random(TOKEN_BYTES)).decode("ascii").rstrip("=")


def digest_of(token: str) -> bytes:
    """Return what is stored of a token. Any text has a digest; only an issued one is found by it."""
    return hashlib.sha256(b"lintas-token\x00" + token.encode("utf-8", "replace")).digest()


def text_before(moment: datetime, *, seconds: int) -> str:
    """Write the time some seconds before a moment, as the account tables hold times."""
    return as_text(moment - timedelta(seconds=seconds))
