# SPDX-License-Identifier: Apache-2.0
"""The byte encodings that the log's formats share: strict base64, strict decimals, length-prefixed fields."""

from __future__ import annotations

import base64
import binascii
import re

INTEGER_MAX = 2**63 - 1  # leaves or seconds. Source: C2SP tlog-cosignature, which bounds its timestamps so.

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def to_base64(data: bytes) -> str:
    """Write bytes as standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str) -> bytes:
    """Read standard base64, refusing every form but the one that `to_base64` writes.

    Two texts for the same bytes would let one signed thing have two names.

    Raises:
        ValueError: Other alphabet, missing padding, set bits after the end, or a space.
            Callers turn it into the error of their own format.
    """
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as exc:
        raise ValueError("not base64") from exc
    if to_base64(data) != text:
        raise ValueError("not the canonical base64 of its bytes")
    return data


def from_decimal(text: str) -> int:
    """Read an ASCII decimal without sign or leading zero, 0 to INTEGER_MAX.

    Raises:
        ValueError: Anything else. Callers turn it into the error of their own format.
    """
    if not _DECIMAL.fullmatch(text) or int(text) > INTEGER_MAX:
        raise ValueError("not a decimal between 0 and 2^63 - 1")
    return int(text)


def length_prefixed(*fields: bytes) -> bytes:
    """Join fields, each behind its length in 4 big-endian bytes, so that no two lists give the same bytes."""
    return b"".join(len(field).to_bytes(4, "big") + field for field in fields)
