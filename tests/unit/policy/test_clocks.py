# SPDX-License-Identifier: Apache-2.0
"""When a power ends and when a desk is open: by the place's clock, whoever looks from wherever."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.doors import Calendar, ClockRow, Ends, Holiday, Opening, PlaceDesk, Unit
from lintas.policy.clocks import OPENING_DAYS_MAX, deadline, extended, is_open, opens_next

ZONES = (
    "Asia/Bangkok",
    "Asia/Yangon",  # UTC+6:30
    "Asia/Singapore",
    "UTC",
    "Europe/Lisbon",  # changes its clock at one in the morning
    "Australia/Lord_Howe",  # changes it by half an hour
    "America/New_York",
    "Pacific/Apia",  # had no 30 December 2011
    "America/Sao_Paulo",  # changed it at midnight
)
WORK = frozenset(range(5))
MON, FRI = date(2026, 11, 23), date(2026, 11, 27)


def row(
    length: int,
    unit: Unit,
    *,
    ends: Ends = Ends.SAME_TIME,
    extensions: int = 0,
    extension_length: int = 0,
) -> ClockRow:
    return ClockRow(
        code="example",
        label="Example",
        power="hold",
        whose="receiver",
        holder="bank",
        starts="ordered",
        length=length,
        unit=unit,
        ends=ends,
        extensions=extensions,
        extension_length=extension_length,
        then="release",
        source="invented",
        confirmed=True,
    )


def calendar(zone: str = "Asia/Bangkok", *holidays: date, weekdays: frozenset[int] = WORK) -> Calendar:
    rows = tuple(Holiday(on, "Holiday", "invented", confirmed=True) for on in sorted(set(holidays)))
    return Calendar(zone=zone, weekdays=weekdays, holidays=rows)


def desk(*openings: Opening, is_always_open: bool = False) -> PlaceDesk:
    return PlaceDesk(
        code="desk",
        label="Desk",
        competences=frozenset({"anti_scam"}),
        number="",
        is_always_open=is_always_open,
        hours=openings,
        languages=(),
        source="invented",
        confirmed=True,
    )


def local(day: date, hour: int, minute: int = 0, zone: str = "Asia/Bangkok") -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=ZoneInfo(zone))


instants = st.datetimes(
    datetime(2005, 1, 1),  # noqa: DTZ001 -- hypothesis adds the zone
    datetime(2060, 1, 1),  # noqa: DTZ001 -- as above
    timezones=st.just(UTC),
)
zones = st.sampled_from(ZONES)
units = st.sampled_from(Unit)
ends = st.sampled_from(Ends)
lengths = st.integers(1, 60)
weekdays = st.frozensets(st.integers(0, 6), min_size=1)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    days = draw(st.lists(st.dates(date(2005, 1, 1), date(2060, 1, 1)), max_size=5))
    return calendar(draw(zones), *days, weekdays=draw(weekdays))


# --- Examples -------------------------------------------------------------------------------------------------------


def test_72_hours_run_through_a_weekend() -> None:
    assert deadline(local(FRI, 20), row(72, Unit.HOURS), calendar()) == local(FRI + timedelta(3), 20)


def test_a_calendar_day_ends_at_the_same_time_by_the_clock_of_the_place() -> None:
    assert deadline(local(FRI, 20), row(5, Unit.CALENDAR_DAYS), calendar()) == local(FRI + timedelta(5), 20)


def test_a_row_may_let_the_last_day_run_out() -> None:
    found = deadline(local(FRI, 20), row(5, Unit.CALENDAR_DAYS, ends=Ends.END_OF_DAY), calendar())
    assert found == local(FRI + timedelta(6), 0)


def test_a_working_day_from_friday_evening_ends_on_monday_evening() -> None:
    assert deadline(local(FRI, 20), row(1, Unit.WORKING_DAYS), calendar()) == local(FRI + timedelta(3), 20)


def test_a_public_holiday_is_no_working_day() -> None:
    monday = FRI + timedelta(3)
    assert deadline(local(FRI, 20), row(1, Unit.WORKING_DAYS), calendar("Asia/Bangkok", monday)) == local(
        monday + timedelta(1), 20
    )


def test_a_holiday_that_nobody_confirmed_moves_no_deadline() -> None:
    monday = FRI + timedelta(3)
    unsure = replace(calendar(), holidays=(Holiday(monday, "Holiday", "hearsay", confirmed=False),))
    assert deadline(local(FRI, 20), row(1, Unit.WORKING_DAYS), unsure) == local(monday, 20)
    assert unsure.is_working(monday)
    assert unsure.holiday(monday) is not None


def test_a_week_that_works_on_saturday_counts_it() -> None:
    days = frozenset({0, 1, 2, 3, 5})
    found = deadline(local(date(2026, 11, 26), 9), row(1, Unit.WORKING_DAYS), calendar(weekdays=days))
    assert found == local(date(2026, 11, 28), 9)


def test_working_days_run_over_the_end_of_the_year() -> None:
    eve = date(2026, 12, 31)  # a Thursday
    found = deadline(local(eve, 23, 59), row(2, Unit.WORKING_DAYS), calendar("Asia/Bangkok", date(2027, 1, 1)))
    assert found == local(date(2027, 1, 5), 23, 59)


def test_a_leap_day_is_a_day() -> None:
    assert deadline(local(date(2028, 2, 28), 3), row(1, Unit.CALENDAR_DAYS), calendar()) == local(date(2028, 2, 29), 3)


def test_it_is_the_day_of_the_place_that_counts() -> None:
    late = datetime(2026, 11, 27, 18, tzinfo=UTC)  # already Saturday, one in the morning, in Bangkok
    found = deadline(late, row(1, Unit.WORKING_DAYS), calendar())
    assert found == local(date(2026, 11, 30), 1)


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [
        # The clock goes forward on 28 March 2027 at 01:00 to 02:00, and back on 31 October 2027 at 02:00 to 01:00.
        (datetime(2027, 3, 27, 1, 30, tzinfo=UTC), 1, datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),  # 01:30 is skipped
        (datetime(2027, 3, 27, 12, tzinfo=UTC), 1, datetime(2027, 3, 28, 11, tzinfo=UTC)),
        (datetime(2027, 10, 30, 0, 30, tzinfo=UTC), 1, datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),  # the first 01:30
        (datetime(2027, 10, 30, 12, tzinfo=UTC), 1, datetime(2027, 10, 31, 13, tzinfo=UTC)),
    ],
)
def test_a_day_over_a_change_of_the_clock_keeps_the_hour(start: datetime, length: int, expected: datetime) -> None:
    assert deadline(start, row(length, Unit.CALENDAR_DAYS), calendar("Europe/Lisbon")) == expected


def test_hours_over_a_change_of_the_clock_are_elapsed_hours() -> None:
    start = datetime(2027, 3, 27, 12, tzinfo=UTC)
    assert deadline(start, row(24, Unit.HOURS), calendar("Europe/Lisbon")) == start + timedelta(hours=24)


def test_a_hold_of_5_days_is_extended_once_by_25_and_no_more() -> None:
    rule = row(5, Unit.CALENDAR_DAYS, extensions=1, extension_length=25)
    due = deadline(local(MON, 10), rule, calendar())
    assert extended(due, rule, calendar(), used=0) == local(MON + timedelta(30), 10)
    assert extended(due, rule, calendar(), used=1) is None


def test_an_extension_whose_length_nobody_knows_is_for_a_person_to_say() -> None:
    rule = row(30, Unit.CALENDAR_DAYS, extensions=5)
    assert extended(local(MON, 10), rule, calendar(), used=0) is None


def test_a_desk_is_open_in_its_hours_and_closes_on_the_minute() -> None:
    counter = desk(Opening(weekdays=WORK, opens=8 * 60, closes=17 * 60))
    at = [local(MON, 7, 59), local(MON, 8), local(MON, 16, 59), local(MON, 17), local(FRI + timedelta(1), 9)]
    assert [is_open(counter, calendar(), each) for each in at] == [False, True, True, False, False]
    assert is_open(counter, calendar("Asia/Bangkok", MON), local(MON, 9)) is False


def test_a_desk_open_day_and_night_is_open_on_a_holiday() -> None:
    assert is_open(desk(is_always_open=True), calendar("Asia/Bangkok", MON), local(MON, 3)) is True


def test_of_a_desk_whose_hours_nobody_knows_nothing_is_said() -> None:
    assert is_open(desk(), calendar(), local(MON, 9)) is None
    assert opens_next(desk(), calendar(), local(MON, 9)) is None


def test_a_closed_desk_says_when_it_opens() -> None:
    counter = desk(Opening(weekdays=WORK, opens=8 * 60, closes=12 * 60), Opening(weekdays=WORK, opens=780, closes=1020))
    assert opens_next(counter, calendar(), local(MON, 12, 30)) == local(MON, 13)
    assert opens_next(counter, calendar(), local(FRI, 20)) == local(FRI + timedelta(3), 8)
    assert opens_next(counter, calendar("Asia/Bangkok", FRI + timedelta(3)), local(FRI, 20)) == local(
        FRI + timedelta(4), 8
    )
    assert opens_next(counter, calendar(), local(MON, 9)) == local(MON, 9)


def test_a_desk_that_holidays_keep_shut_opens_at_no_known_time() -> None:
    counter = desk(Opening(weekdays=WORK, opens=480, closes=1020))
    shut = calendar("Asia/Bangkok", *(MON + timedelta(day) for day in range(OPENING_DAYS_MAX + 5)))
    assert opens_next(counter, shut, local(MON, 3)) is None


# --- Properties -----------------------------------------------------------------------------------------------------


@given(instants, lengths, units, ends, calendars())
def test_a_deadline_comes_after_the_start_and_is_in_utc(
    start: datetime, length: int, unit: Unit, ending: Ends, place: Calendar
) -> None:
    found = deadline(start, row(length, unit, ends=ending), place)
    assert found > start
    assert found.utcoffset() == timedelta(0)


@given(instants, lengths, units, ends, calendars())
def test_a_longer_power_never_ends_earlier(
    start: datetime, length: int, unit: Unit, ending: Ends, place: Calendar
) -> None:
    shorter = deadline(start, row(length, unit, ends=ending), place)
    assert deadline(start, row(length + 1, unit, ends=ending), place) >= shorter


@given(instants, st.integers(0, 10 * 86_400), lengths, units, ends, calendars())
def test_a_later_start_never_ends_a_day_or_more_earlier(
    start: datetime, later_s: int, length: int, unit: Unit, ending: Ends, place: Calendar
) -> None:
    """By the clock alone it never ends earlier; a skipped day may put one deadline past another."""
    first = deadline(start, row(length, unit, ends=ending), place)
    second = deadline(start + timedelta(seconds=later_s), row(length, unit, ends=ending), place)
    slack = timedelta(0) if unit is Unit.HOURS else timedelta(days=1, hours=1)
    assert second > first - slack or second >= first


@given(instants, lengths, ends, calendars(), st.dates(date(2005, 1, 1), date(2060, 1, 1)))
def test_one_more_holiday_never_ends_it_earlier(
    start: datetime, length: int, ending: Ends, place: Calendar, day: date
) -> None:
    more = calendar(place.zone, *(one.on for one in place.holidays), day, weekdays=place.weekdays)
    rule = row(length, Unit.WORKING_DAYS, ends=ending)
    assert deadline(start, rule, more) >= deadline(start, rule, place)


@given(instants, lengths, units, ends, calendars(), zones)
def test_who_looks_from_where_never_moves_it(
    start: datetime, length: int, unit: Unit, ending: Ends, place: Calendar, viewer: str
) -> None:
    rule = row(length, unit, ends=ending)
    assert deadline(start.astimezone(ZoneInfo(viewer)), rule, place) == deadline(start, rule, place)


@given(instants, lengths, ends, calendars())
def test_counting_day_by_day_comes_to_the_same(start: datetime, length: int, ending: Ends, place: Calendar) -> None:
    """A slow reference that shares no line: every day is asked whether offices work on it."""
    zone = ZoneInfo(place.zone)
    day, left = start.astimezone(zone).date(), length
    while left:
        day = date.fromordinal(day.toordinal() + 1)
        left -= 1 if place.is_working(day) else 0
    found = deadline(start, row(length, Unit.WORKING_DAYS, ends=ending), place).astimezone(zone)
    if ending is Ends.SAME_TIME:
        wall = start.astimezone(zone).replace(tzinfo=None, fold=0).time()
        exact = datetime.combine(day, wall, tzinfo=zone)
        assert found.astimezone(UTC) == exact.astimezone(UTC)
    else:  # the first instant of the next day that the place has
        before = found.astimezone(UTC) - timedelta(microseconds=1)
        assert before.astimezone(zone).date() <= day
        assert found.date() > day


@given(instants, st.integers(1, 60), st.integers(1, 60), units, calendars())
def test_an_extension_ends_after_what_it_extends(
    start: datetime, length: int, more: int, unit: Unit, place: Calendar
) -> None:
    rule = row(length, unit, extensions=2, extension_length=more)
    due = deadline(start, rule, place)
    longer = extended(due, rule, place, used=1)
    assert longer is not None
    assert longer > due


@st.composite
def counters(draw: st.DrawFn) -> PlaceDesk:
    spans = []
    for _ in range(draw(st.integers(1, 3))):
        opens = draw(st.integers(0, 1439))
        closes = draw(st.integers(opens + 1, 1440))
        spans.append(Opening(weekdays=draw(weekdays), opens=opens, closes=closes))
    return desk(*spans)


@given(counters(), calendars(), instants)
def test_when_a_desk_opens_next_it_is_open_and_was_not_before(
    counter: PlaceDesk, place: Calendar, at: datetime
) -> None:
    found = opens_next(counter, place, at)
    assert found is not None
    assert found >= at
    steady = place.zone in {"Asia/Bangkok", "Asia/Yangon", "Asia/Singapore", "UTC"}
    if steady:  # elsewhere a desk may open at a minute that the clock skips
        assert is_open(counter, place, found)
    if found > at:
        assert not is_open(counter, place, at)
        step = (found - at) / 7
        assert not any(is_open(counter, place, at + step * part) for part in range(1, 7)) or not steady
