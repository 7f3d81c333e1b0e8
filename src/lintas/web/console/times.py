# SPDX-License-Identifier: Apache-2.0
"""Times as officers say them: with the zone's short name, and the Buddhist Era where it is in use.

Source: the short names are those that the places themselves use; tzdata has numbers for most of them.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup

from lintas.web.console.language import Language

_SHORT_ZONES: Final = {
    "Asia/Bangkok": "ICT",
    "Asia/Brunei": "BNT",
    "Asia/Dili": "TLT",
    "Asia/Ho_Chi_Minh": "ICT",
    "Asia/Hong_Kong": "HKT",
    "Asia/Jakarta": "WIB",
    "Asia/Jayapura": "WIT",
    "Asia/Kuala_Lumpur": "MYT",
    "Asia/Kuching": "MYT",
    "Asia/Macau": "CST",
    "Asia/Makassar": "WITA",
    "Asia/Manila": "PHT",  # tzdata says PST, which an officer reads as the Pacific's
    "Asia/Phnom_Penh": "ICT",
    "Asia/Pontianak": "WIB",
    "Asia/Rangoon": "MMT",
    "Asia/Saigon": "ICT",
    "Asia/Shanghai": "CST",
    "Asia/Singapore": "SGT",
    "Asia/Taipei": "CST",
    "Asia/Vientiane": "ICT",
    "Asia/Yangon": "MMT",
}
_ERA: Final = 543  # BE is CE plus this: Thailand, since 1941 for the whole year, and the Lao PDR
_ERA_AFTER_VISAKHA: Final = 544  # Cambodia and Myanmar, from the full moon of Visakha on, which falls in April to June
_VISAKHA_MONTHS: Final = (4, 6)
_ERA_OF: Final = {"TH": False, "LA": False, "KH": True, "MM": True}  # country -> whether the year turns at Visakha


class Shown(NamedTuple):
    """A time or a day in words, and for machines. In a template it shows itself."""

    words: str
    iso: str

    def __str__(self) -> str:
        return self.words

    def __html__(self) -> str:
        return str(Markup('<time datetime="{0}" title="{0}">{1}</time>').format(self.iso, self.words))


class Times:
    """Times for readers of one language at one node."""

    def __init__(self, language: Language, *, country: str, zone: str) -> None:
        self._language = language
        self._country = country
        self._zone = zone

    def moment(self, at: str | datetime, zone: str = "") -> Shown | str:
        """Say a time: in the zone of the place it is about, with this node's time beside it when that differs.

        Args:
            at: RFC 3339, or an aware time; what is no time is shown as it is, and none as a dash.
            zone: IANA name of the place; this node's when empty or unknown.
        """
        when = read_time(at)
        if when is None:
            return str(at or "–")
        there, here = _local(when, zone or self._zone), _local(when, self._zone)
        words = self._on(there, zone or self._zone)
        if there.utcoffset() != here.utcoffset():
            beside = self._clock(here, self._zone)
            if there.date() != here.date():
                beside = self._language.say("%(day)s, %(time)s", day=self._day(here.date(), ""), time=beside)
            words = self._language.say("%(first)s, %(second)s", first=words, second=beside)
        return Shown(words, _iso(when))

    def clock(self, at: str | datetime, zone: str = "") -> Shown | str:
        """Say the time of the day alone, with its zone."""
        when = read_time(at)
        if when is None:
            return str(at or "–")
        name = zone or self._zone
        return Shown(self._clock(_local(when, name), name), _iso(when))

    def day(self, at: str | date | datetime) -> Shown | str:
        """Say a day: this node's, where a time is given."""
        if isinstance(at, date) and not isinstance(at, datetime):
            return Shown(self._day(at, self._country), at.isoformat())
        if isinstance(at, str) and len(at) == len("2025-06-24"):
            try:
                return self.day(date.fromisoformat(at))
            except ValueError:
                return at
        when = read_time(at)
        if when is None:
            return str(at or "–")
        local = _local(when, self._zone).date()
        return Shown(self._day(local, self._country), local.isoformat())

    def due(self, at: str | datetime, now: datetime) -> Shown | str:
        """Say how long there is until a deadline, or for how long it has passed."""
        when = read_time(at)
        if when is None:
            return str(at or "–")
        local = _local(when, self._zone)
        is_today = local.date() == _local(now, self._zone).date()
        point = self._clock(local, self._zone) if is_today else self._on(local, self._zone)
        if when > now:
            words = self._language.say("due in %(length)s, %(time)s", length=self.length(when - now), time=point)
        else:
            words = self._language.say(
                "overdue by %(length)s, since %(time)s", length=self.length(now - when), time=point
            )
        return Shown(words, _iso(when))

    def length(self, span: float | timedelta) -> str:
        """Say a length of time in its two largest units; what is left over is dropped, so that nobody counts on it.

        Args:
            span: Seconds, or a difference of times; never below 0.
        """
        seconds = int(span.total_seconds() if isinstance(span, timedelta) else span)
        days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
        say = self._language.say
        if days:
            large, small = say("%(n)s d", n=days), say("%(n)s h", n=hours) if hours else ""
        elif hours:
            large, small = say("%(n)s h", n=hours), say("%(n)s min", n=minutes) if minutes else ""
        elif minutes:
            large, small = say("%(n)s min", n=minutes), ""
        else:
            large, small = say("under 1 min"), ""
        return say("%(large)s %(small)s", large=large, small=small) if small else large

    def _on(self, local: datetime, zone: str) -> str:
        day = self._day(local.date(), self._country)
        return self._language.say("%(day)s, %(time)s", day=day, time=self._clock(local, zone))

    def _clock(self, local: datetime, zone: str) -> str:
        return self._language.say("%(time)s %(zone)s", time=f"{local:%H:%M}", zone=short_zone(local, zone))

    def _day(self, day: date, country: str) -> str:
        locale = self._language.locale
        if self._language.code == "th":
            written = format_date(day, "d MMM", locale)
            return f"{written} {buddhist_year(day, 'TH')} (ค.ศ. {day.year})"
        pattern = "y年M月d日" if self._language.code == "zh" else "d MMM y"
        written = format_date(day, pattern, locale)
        era = buddhist_year(day, country)
        return self._language.say("%(day)s (BE %(year)s)", day=written, year=era) if era else written


def read_time(at: str | datetime) -> datetime | None:
    """Read a time; None when it is none. One without a zone is taken for UTC, as the log writes it."""
    try:
        found = at if isinstance(at, datetime) else datetime.fromisoformat(at)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def buddhist_year(day: date, country: str) -> str:
    """Return the year of the Buddhist Era, empty where it is not in use; two when the day alone does not tell which."""
    if country not in _ERA_OF:
        return ""
    first, last = _VISAKHA_MONTHS
    if not _ERA_OF[country] or day.month < first:
        return str(day.year + _ERA)
    if day.month > last:
        return str(day.year + _ERA_AFTER_VISAKHA)
    return f"{day.year + _ERA}/{(day.year + _ERA_AFTER_VISAKHA) % 100:02d}"


def short_zone(local: datetime, zone: str) -> str:
    """Return the zone's name as the place says it: MYT, ICT, SGT; else its distance from UTC."""
    if zone in _SHORT_ZONES:
        return _SHORT_ZONES[zone]
    said = local.tzname() or ""
    if said.isalpha():
        return said
    offset = local.utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    return f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02d}" if minutes % 60 else "")


def _local(when: datetime, zone: str) -> datetime:
    try:
        return when.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError, OverflowError):  # a foreign node named a zone that nobody knows
        return when


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")
