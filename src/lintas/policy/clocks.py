# SPDX-License-Identifier: Apache-2.0
"""When a power ends, and when a desk is open, by the clock of the place.

All times go in and come out as instants: the zone of whoever looks never moves a deadline. Three rules, none of which a
source states for any country, so each is the one that warns earlier:

- Hours are elapsed hours, through nights, holidays and changes of the clock.
- A day ends at the same time by the clock of the place, so many days later, unless its row says `ends = "end_of_day"`.
  A time that the clock skips counts by the offset before the change; one that comes twice counts the first time.
- Working days count from the day after the start. A start outside of working time is not moved: it is one all the same.
  A public holiday that nobody confirmed is a working day.

Source: docs/spec/desk-packs.md; architecture, section 7.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lintas.formats.doors import Calendar, ClockRow, Ends, PlaceDesk, Unit

_DAY = timedelta(days=1)
OPENING_DAYS_MAX = 60  # days looked ahead for the next opening: no row of holidays is as long


def deadline(start: datetime, row: ClockRow, calendar: Calendar) -> datetime:
    """Say when a power ends that began at an instant.

    Args:
        start: Aware.

    Returns:
        In UTC, after `start`.
    """
    return _after(start, row.length, row, calendar)


def extended(due: datetime, row: ClockRow, calendar: Calendar, *, used: int) -> datetime | None:
    """Say when a power ends that is extended once more.

    Args:
        due: When it ends without. Aware.
        used: How often it was extended before.

    Returns:
        In UTC, after `due`; None if it cannot be extended again, or the row does not know by how much.
    """
    if used >= row.extensions or row.extension_length == 0:
        return None
    return _after(due, row.extension_length, row, calendar)


def is_open(desk: PlaceDesk, calendar: Calendar, at: datetime) -> bool | None:
    """Say whether a desk is open at an instant; None if nobody said when it is.

    A desk that is not open day and night is closed on public holidays that somebody confirmed.
    """
    if desk.is_always_open:
        return True
    if not desk.hours:
        return None
    local = at.astimezone(ZoneInfo(calendar.zone))
    if _is_holiday(calendar, local.date()):
        return False
    minute = local.hour * 60 + local.minute
    return any(local.weekday() in one.weekdays and one.opens <= minute < one.closes for one in desk.hours)


def opens_next(desk: PlaceDesk, calendar: Calendar, at: datetime) -> datetime | None:
    """Say when a desk opens next; `at` itself if it is open then.

    Returns:
        In UTC; None if its hours are not known, or it opens on none of the next OPENING_DAYS_MAX days.
    """
    now = is_open(desk, calendar, at)
    if now is None:
        return None
    if now:
        return at.astimezone(UTC)
    zone = ZoneInfo(calendar.zone)
    today = at.astimezone(zone).date()
    for ahead in range(OPENING_DAYS_MAX):
        day = today + ahead * _DAY
        if _is_holiday(calendar, day):
            continue
        found = [_local(day, one.opens, zone) for one in desk.hours if day.weekday() in one.weekdays]
        if later := [instant for instant in found if instant > at]:
            return min(later)
    return None


def _after(start: datetime, length: int, row: ClockRow, calendar: Calendar) -> datetime:
    assert start.tzinfo is not None, "a time without its zone"
    if row.unit is Unit.HOURS:
        return start.astimezone(UTC) + timedelta(hours=length)
    zone = ZoneInfo(calendar.zone)
    local = start.astimezone(zone)
    if row.unit is Unit.CALENDAR_DAYS:
        last = local.date() + length * _DAY
    else:
        last = _working_day(local.date(), length, calendar)
    if row.ends is Ends.END_OF_DAY:
        return _instant(last + _DAY, time(), zone)
    return _instant(last, local.time(), zone)


def _working_day(start: date, count: int, calendar: Calendar) -> date:
    """The working day that is so many after a day, which itself does not count."""
    assert calendar.weekdays, "a calendar without a working day"
    closed = frozenset(one.on for one in calendar.holidays if one.confirmed)
    day = start
    while count:
        day += _DAY
        if day.weekday() in calendar.weekdays and day not in closed:
            count -= 1
    return day


def _is_holiday(calendar: Calendar, on: date) -> bool:
    holiday = calendar.holiday(on)
    return holiday is not None and holiday.confirmed


def _instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock of a place shows a time, or would but for a change."""
    return datetime.combine(day, clock.replace(tzinfo=None, fold=0), tzinfo=zone).astimezone(UTC)


def _local(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return _instant(day, time(minute // 60, minute % 60), zone)
