# SPDX-License-Identifier: Apache-2.0
"""What an officer types while somebody talks: `25k`, `2240`, `now`, a bank by code or name; read, to be echoed whole.

What is not understood is left as it was typed and said to be that; it blocks nothing.
"""

import re
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import Final
from zoneinfo import ZoneInfo

from lintas.formats.chat_amounts import amounts
from lintas.formats.chat_times import times
from lintas.formats.currencies import CURRENCIES
from lintas.formats.identifier_pack import Bank, IdentifierPack
from lintas.model.desk import Money

TYPED_CHARS_MAX: Final = 60  # ours: of an amount or a time
_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3])[:.h ]?([0-5][0-9])(?: ?(am|pm))?", re.ASCII)
_HOUR: Final = re.compile(r"(1[0-2]|0?[1-9]) ?(am|pm)", re.ASCII)
_SPAN: Final = re.compile(r"([+-]?)([0-9]{1,4}) ?(d|h|m|min|days?|hours?|mins?|minutes?)(?: ago)?", re.ASCII)
_NOW: Final = frozenset(
    {"now", "just now", "sekarang", "tadi", "baru tadi", "เดี๋ยวนี้", "ตอนนี้", "เมื่อกี้", "现在", "刚才", "刚刚"}
)


def read_amount(text: str, currency: str, region: str) -> Money | None:
    """Read an amount; None when it is none.

    Args:
        text: `25k`, `25,000.50`, `1.2 juta`, `SGD 300`.
        currency: Three letters, where the text names none.
        region: ISO 3166-1 alpha-2: how numbers are written there.
    """
    plain = text.strip().lower()[:TYPED_CHARS_MAX]
    code = currency.strip().upper()
    if not plain or "\n" in plain:
        return None
    for said in (plain, f"{code.lower()} {plain}" if code in CURRENCIES else ""):
        found = [one for one in amounts(said, region) if said]
        if len(found) == 1 and found[0].start == 0 and found[0].end == len(said) and not found[0].is_assumed:
            return found[0].money
    return None


def read_when(text: str, now: datetime, zone: str, region: str, *, ahead: bool = False) -> datetime | None:
    """Read a time; None when it is none.

    Args:
        text: `now`, `2240`, `22:40`, `10.40pm`, `30m ago`, `+72h`, `22 nov 2240`, RFC 3339.
        now: Aware.
        zone: In which it was said, IANA.
        region: ISO 3166-1 alpha-2: how years are written there.
        ahead: Whether it is to come: `2240` is then the next one, else the last one.
    """
    plain = " ".join(text.strip().lower().split())[:TYPED_CHARS_MAX]
    here = now.astimezone(ZoneInfo(zone)).replace(microsecond=0)
    if not plain:
        return None
    if plain in _NOW:
        return here
    if span := _SPAN.fullmatch(plain):
        unit = {"d": 86400, "h": 3600, "m": 60}[span[3][0]]
        length = timedelta(seconds=int(span[2]) * unit)
        is_back = span[1] == "-" or plain.endswith("ago") or (not span[1] and not ahead)
        return here - length if is_back else here + length
    if (clock := _clock(plain)) is not None:
        return _nearest(here, clock, ahead=ahead)
    return _with_date(text.strip(), plain, here, region)


def read_bank(text: str, pack: IdentifierPack) -> Bank | None:
    """Find a bank by its BIC, by what people call it, or by a beginning that only one has; None when there is none."""
    plain = " ".join(text.split())
    if bank := pack.banks.get(plain.upper()[:8]) if len(plain) in {8, 11} else None:
        return bank
    folded = plain.casefold()
    if bic := pack.bank_aliases.get(folded):
        return pack.banks[bic]
    if len(folded) < 3:
        return None
    begun = {bic for alias, bic in pack.bank_aliases.items() if alias.startswith(folded)}
    return pack.banks[begun.pop()] if len(begun) == 1 else None


def _clock(plain: str) -> clock_time | None:
    if match := _HOUR.fullmatch(plain):
        return clock_time(int(match[1]) % 12 + (12 if match[2] == "pm" else 0))
    match = _CLOCK.fullmatch(plain)
    if match is None:
        return None
    hour = int(match[1])
    if match[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[3] == "pm" else 0)
    return clock_time(hour, int(match[2]))


def _nearest(here: datetime, clock: clock_time, *, ahead: bool) -> datetime:
    """The last or the next time at which the clock of the place shows that."""
    day = datetime.combine(here.date(), clock, tzinfo=here.tzinfo)
    if ahead:
        return day if day > here else datetime.combine(here.date() + timedelta(days=1), clock, tzinfo=here.tzinfo)
    return day if day <= here else datetime.combine(here.date() - timedelta(days=1), clock, tzinfo=here.tzinfo)


def _exact(text: str, here: datetime) -> datetime | None:
    """Read RFC 3339; what has no zone was said here."""
    try:
        exact = datetime.fromisoformat(text[:TYPED_CHARS_MAX])
        return (exact if exact.tzinfo else exact.replace(tzinfo=here.tzinfo)).astimezone(here.tzinfo)
    except (ValueError, OverflowError):
        return None


def _with_date(text: str, plain: str, here: datetime, region: str) -> datetime | None:
    if (exact := _exact(text, here)) is not None:
        return exact
    date_words, _, last = plain.rpartition(" ")
    clock = _clock(last)
    said = f"{date_words} {clock:%H:%M}" if clock is not None and date_words else plain
    found = [one for one in times(said, region, here.date()) if one.start == 0 and one.end == len(said)]
    if len(found) != 1 or "T" not in found[0].at:
        return None
    return datetime.fromisoformat(found[0].at).replace(tzinfo=here.tzinfo)


def as_said(at: datetime) -> str:
    """Write a time with the zone in which it was said, as documents of the desk carry it."""
    written = at.replace(microsecond=0).isoformat()
    return written.replace("+00:00", "Z") if at.utcoffset() == timedelta() else written


def as_utc(at: datetime) -> str:
    """Write a time in UTC with milliseconds, as the log does."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
