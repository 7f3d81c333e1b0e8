# SPDX-License-Identifier: Apache-2.0
"""Times as files of payments write them, into whole microseconds since 1970 UTC.

A time without a zone is read in the zone that its reader names. A day without a time is the day's first moment; what
stands on one day keeps its order in the file, because the n-th record gets n microseconds more.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from lintas.limits import LEDGER_US_MAX, LEDGER_US_MIN
from lintas.model.money import NEVER

DAY_US: Final = 86_400_000_000  # microseconds
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WRITTEN: Final = frozenset({"iso", "dmy", "mdy"})
_CACHED_MAX: Final = 200_000  # texts remembered at once

_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
_PARTS: Final = re.compile(r"([0-9]{1,4})[./-]([0-9]{1,2})[./-]([0-9]{1,4})(?:,?[ T]+(.*))?", re.ASCII)
_PLAIN: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[ T]?([0-9]{2})([0-9]{2})([0-9]{2})?)?", re.ASCII)
_CLOCK: Final = re.compile(r"([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:\.[0-9]{1,9})?)? ?([AaPp][Mm])?", re.ASCII)
_ZONE: Final = re.compile(r"(Z)|([+-])([0-9]{2}):?([0-9]{2})", re.ASCII)
_FRACTION: Final = re.compile(r"(\.[0-9]{6})[0-9]+")
_INTEGER: Final = re.compile(r"[0-9]{1,16}", re.ASCII)

# Places that keep one time all year: how a time of theirs is read that names no zone. Minutes east of UTC.
ZONE_OF_REGION: Final = {
    "BN": 480, "CN": 480, "HK": 480, "ID": 420, "IN": 330, "JP": 540, "KH": 420, "KR": 540, "LA": 420, "MM": 390,
    "MO": 480, "MY": 480, "PH": 480, "SG": 480, "TH": 420, "TL": 540, "TW": 480, "VN": 420,
}  # fmt: skip


def zone_minutes(text: str) -> int | None:
    """Read a fixed zone: `Z`, `+08:00`; None when it is none."""
    found = _ZONE.fullmatch(text)
    if found is None:
        return None
    if found[1]:
        return 0
    minutes = int(found[3]) * 60 + int(found[4])
    if minutes > 14 * 60 or int(found[4]) > 59:
        return None
    return -minutes if found[2] == "-" else minutes


class Times(dict[str, int]):
    """Texts -> microseconds; NEVER for what is no time, and `why` says why. A cache: losing it costs time only."""

    def __init__(self, *, form: str = "iso", zone: int = 0, start_us: int = 0, step_us: int = 0) -> None:
        """Start.

        Args:
            form: iso | dmy | mdy | ymd | unix | unix_ms | step.
            zone: Minutes east of UTC, for texts that name none.
            start_us: Form step: when step 0 begins.
            step_us: Form step: microseconds of one step.
        """
        super().__init__()
        self._form, self._zone = form, zone
        self._start, self._step = start_us, step_us
        self._tz = timezone(timedelta(minutes=zone))

    @property
    def zone_us(self) -> int:
        """How far the zone of texts without one is east of UTC, in microseconds."""
        return self._zone * 60_000_000

    def __missing__(self, text: str) -> int:
        """Read a text that was not met before."""
        if len(self) >= _CACHED_MAX:
            self.clear()
        if self._form in _WRITTEN and len(text) >= 19 and text[4] == text[7] == "-" and text[10] in "T ":
            try:  # as nearly all times are
                moment = datetime.fromisoformat(text)
            except ValueError:
                found = self._read(text.strip())
            else:
                found = _micros(moment if moment.tzinfo is not None else moment.replace(tzinfo=self._tz))
                found = found if LEDGER_US_MIN <= found < LEDGER_US_MAX else NEVER
        else:
            found = self._read(text.strip())
        self[text] = found
        return found

    def why(self, text: str) -> str:
        """Say why a text is no time."""
        if not text.strip():
            return "It has no time."
        found = _PARTS.fullmatch(text.strip())
        if self._form in _WRITTEN and found is not None and len(found[1]) < 4:
            return f"Its time {text.strip()[:40]!r} is none of the form {self._form}, or not from 1900 to 2199."
        return f"Its time {text.strip()[:40]!r} cannot be read, or is not from 1900 to 2199."

    def _read(self, text: str) -> int:
        try:
            found = self._number(text) if self._form in ("unix", "unix_ms", "step") else self._moment(text)
        except (ValueError, OverflowError):
            return NEVER
        return found if LEDGER_US_MIN <= found < LEDGER_US_MAX else NEVER

    def _number(self, text: str) -> int:
        if not _INTEGER.fullmatch(text):
            return NEVER
        number = int(text)
        if self._form == "step":
            return self._start + number * self._step
        return number * (1_000_000 if self._form == "unix" else 1_000)

    def _moment(self, text: str) -> int:
        if _ISO.fullmatch(text):
            if len(text) > 10 and text[10] not in "T ":  # a date with a zone
                minutes = zone_minutes(text[10:])
                tz = self._tz if minutes is None else timezone(timedelta(minutes=minutes))
                return _micros(datetime.fromisoformat(text[:10]).replace(tzinfo=tz))
            moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
            return _micros(moment if moment.tzinfo is not None else moment.replace(tzinfo=self._tz))
        plain = _PLAIN.fullmatch(text)
        if plain:
            return _micros(datetime(*(int(part or 0) for part in plain.groups()), tzinfo=self._tz))  # type: ignore[misc,arg-type]  # six numbers
        found = _PARTS.fullmatch(text)
        if found is None:
            return NEVER
        year, month, day = self._ordered(found[1], found[2], found[3])
        clock, tz = self._clock((found[4] or "").strip())
        return _micros(datetime(year, month, day, tzinfo=tz)) + clock

    def _ordered(self, one: str, two: str, three: str) -> tuple[int, int, int]:
        if len(one) == 4:
            return int(one), int(two), int(three)
        if len(three) != 4 or self._form not in ("dmy", "mdy"):
            raise ValueError(one)
        return (int(three), int(two), int(one)) if self._form == "dmy" else (int(three), int(one), int(two))

    def _clock(self, text: str) -> tuple[int, timezone]:
        """Read what stands behind a date; microseconds of the day, and the zone."""
        zone = re.search(r" ?(Z|[+-][0-9]{2}:?[0-9]{2})$", text)
        minutes = zone_minutes(zone[1]) if zone else None
        tz = self._tz if minutes is None else timezone(timedelta(minutes=minutes))
        if zone and minutes is not None:
            text = text[: zone.start()]
        if not text:
            return 0, tz
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise ValueError(text)
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        half = (found[4] or "").lower()
        if half and not 1 <= hour <= 12:
            raise ValueError(text)
        if half:
            hour = hour % 12 + (12 if half == "pm" else 0)
        if hour > 23 or minute > 59 or second > 59:
            raise ValueError(text)
        return ((hour * 60 + minute) * 60 + second) * 1_000_000, tz


def _micros(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def is_whole_day(text: str) -> bool:
    """Say whether a text names a day and no time of it."""
    return ":" not in text and len(text) <= 16


def day_order(texts: list[str]) -> str:
    """Find out how dates with points or slashes are written: `dmy`, `mdy`, `iso` where none is; empty: not certain."""
    orders: set[str] = set()
    seen = False
    for text in texts:
        found = _PARTS.fullmatch(text.strip())
        if found is None or len(found[1]) == 4:
            continue
        seen = True
        if int(found[1]) > 12:
            orders.add("dmy")
        elif int(found[2]) > 12:
            orders.add("mdy")
    if not seen:
        return "iso"
    return orders.pop() if len(orders) == 1 else ""
