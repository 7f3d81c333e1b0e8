# SPDX-License-Identifier: Apache-2.0
"""Whole columns that are written alike, read at once: what most files of a bank have.

Each function gives what reading text by text gives, or None where a column is not that uniform.
"""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lintas.formats.money.written import Written

_LEAST: Final = 64  # texts from which it pays
_LENGTHS: Final = frozenset({19, 20, 25})  # of 2026-03-01T10:00:00, with nothing, Z or +08:00
_DIGITS: Final = (0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18)
_ZONE_DIGITS: Final = (20, 21, 23, 24)
_MARKS: Final = ((4, b"-"), (7, b"-"), (13, b":"), (16, b":"))
_CUMULATED: Final = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334], dtype=np.int64)
_MONTH_DAYS: Final = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
_AMOUNTS: Final = {
    digits: re.compile(
        rf"[0-9]{{1,{15 - digits}}}{rf'[.][0-9]{{{digits}}}' if digits else ''}"
        rf"(?:\n[0-9]{{1,{15 - digits}}}{rf'[.][0-9]{{{digits}}}' if digits else ''})*",
        re.ASCII,
    )
    for digits in (0, 2, 3, 6, 8)
}
_Bytes = NDArray[np.uint8]
_Whole = NDArray[np.int64]


def amounts_at_once(texts: Sequence[str], exponent: int) -> _Whole | None:
    """Amounts that all have as many digits after a point as their currency: minor units.

    Args:
        exponent: Digits after the point of the currency.
    """
    pattern = _AMOUNTS.get(exponent)
    if len(texts) < _LEAST or pattern is None:
        return None
    if isinstance(texts, Written):
        return _written_amounts(texts, exponent)
    joined = "\n".join(texts)
    if pattern.fullmatch(joined) is None:
        return None
    return np.fromiter(map(int, joined.replace(".", "").split("\n")), dtype=np.int64, count=len(texts))


def times_at_once(texts: Sequence[str], zone_us: int) -> _Whole | None:
    """Times of RFC 3339 without fractions, all of one length: microseconds since 1970 UTC.

    Args:
        zone_us: How far the zone of texts that name none is east of UTC.
    """
    if len(texts) < _LEAST:
        return None
    cells = _written_alike(texts) if isinstance(texts, Written) else _alike(texts)
    if cells is None:
        return None
    length = cells.shape[1]
    digits = cells[:, _DIGITS] - 48
    if not _are_written_so(cells, digits, length):
        return None
    numbers = digits.astype(np.int64)
    year = numbers[:, 0] * 1000 + numbers[:, 1] * 100 + numbers[:, 2] * 10 + numbers[:, 3]
    month, day, hour, minute, second = (numbers[:, at] * 10 + numbers[:, at + 1] for at in (4, 6, 8, 10, 12))
    days = _days(year, month, day)
    if days is None or bool(np.any((hour > 23) | (minute > 59) | (second > 59))):
        return None
    us: _Whole = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000_000
    if length == 19:
        return us - zone_us
    return us if length == 20 else _shifted(us, cells)


def _alike(texts: Sequence[str]) -> _Bytes | None:
    length = len(texts[0])
    if length not in _LENGTHS or set(map(len, texts)) != {length}:
        return None
    joined = "".join(texts)
    if not joined.isascii():
        return None
    return np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(len(texts), length)


def _written_alike(texts: Written) -> _Bytes | None:
    length = int(texts.lengths[0])
    if length not in _LENGTHS or bool((texts.lengths != length).any()):
        return None
    return texts.from_start(length)


def _written_amounts(texts: Written, exponent: int) -> _Whole | None:
    """The same from bytes: all cells end alike, so that each digit stands at its own place from the end."""
    least, most = (exponent + 2, 16) if exponent else (1, 15)
    if int(texts.lengths.min()) < least or int(texts.lengths.max()) > most:
        return None
    cells = texts.to_end(most, ord("0"))
    digits = cells - 48
    if exponent:
        point = most - 1 - exponent
        if bool((cells[:, point] != ord(".")).any()):
            return None
        digits = np.delete(digits, point, axis=1)
    if bool((digits > 9).any()):
        return None
    found = np.zeros(len(texts), dtype=np.int64)
    for place in range(digits.shape[1]):
        found = found * 10 + digits[:, place]
    return found


def _are_written_so(cells: _Bytes, digits: _Bytes, length: int) -> bool:
    places = cells[:, 10]
    return (
        bool(np.all(digits <= 9))
        and all(bool(np.all(cells[:, at] == mark[0])) for at, mark in _MARKS)
        and bool(np.all((places == 84) | (places == 32)))  # T or a space
        and (length != 20 or bool(np.all(cells[:, 19] == 90)))  # Z
    )


def _days(year: _Whole, month: _Whole, day: _Whole) -> _Whole | None:
    """Days since 1970; None where one is no day, or not from 1900 to 2199."""
    if bool(np.any((year < 1900) | (year > 2199) | (month < 1) | (month > 12) | (day < 1))):
        return None
    is_leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    if bool(np.any(day > _MONTH_DAYS[month - 1] + (is_leap & (month == 2)))):
        return None
    before = year - 1
    leaps = before // 4 - before // 100 + before // 400 - 477  # 477 until 1969
    found: _Whole = (year - 1970) * 365 + leaps + _CUMULATED[month - 1] + (is_leap & (month > 2)) + day - 1
    return found


def _shifted(us: _Whole, cells: _Bytes) -> _Whole | None:
    sign, digits = cells[:, 19], cells[:, _ZONE_DIGITS] - 48
    if not bool(np.all((digits <= 9).all(axis=1) & (cells[:, 22] == 58) & ((sign == 43) | (sign == 45)))):
        return None
    numbers = digits.astype(np.int64)
    hours, minutes = numbers[:, 0] * 10 + numbers[:, 1], numbers[:, 2] * 10 + numbers[:, 3]
    if bool(np.any((hours > 14) | (minutes > 59))):
        return None
    east = (hours * 60 + minutes) * 60_000_000
    found: _Whole = np.where(sign == 43, us - east, us + east)
    return found
