# SPDX-License-Identifier: Apache-2.0
"""Addresses of wallets that nobody has the key of: a digest where a key's digest would stand."""

from hashlib import sha256
from typing import Final

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_TRON: Final = b"\x41"


def tron_address(digits: str) -> str:
    """A TRON address with a good check sum.

    Args:
        digits: 40 hexadecimal digits.
    """
    body = _TRON + bytes.fromhex(digits)
    number = int.from_bytes(body + sha256(sha256(body).digest()).digest()[:4], "big")
    text = ""
    while number:
        number, rest = divmod(number, len(_ALPHABET))
        text = _ALPHABET[rest] + text
    return text
