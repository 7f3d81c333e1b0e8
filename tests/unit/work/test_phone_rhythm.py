# SPDX-License-Identifier: Apache-2.0
"""When a phone rings: never before its time, by each way in turn, and until nothing presses."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lintas.limits import NOTICE_SEND_S_MAX
from lintas.ports.notices import NoticeRow, Pressing
from lintas.work.notifying.phones import GAP, STAGGER, PhoneRhythm, seen
from lintas.work.notifying.rhythm import Look
from lintas.work.services import as_text

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
PUSH = PhoneRhythm(place=0, is_last=False)
SMS = PhoneRhythm(place=1, earlier="push", is_last=False)
VOICE = PhoneRhythm(place=2, earlier="sms", is_last=True)
AGES = st.integers(-600, 6_000).map(lambda seconds: timedelta(seconds=seconds))


def pressing(*ages: timedelta, desk: str = "") -> list[Pressing]:
    return [Pressing(10 + n, as_text(NOW - age), desk) for n, age in enumerate(ages)]


def told(ago: timedelta, upto: int, state: str = "sent", tries: int = 0) -> NoticeRow:
    at = as_text(NOW - ago)
    return NoticeRow("push", "0" * 32, upto, at, state, tries, at, "", at if state == "sent" else "")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


@given(st.lists(AGES, max_size=5), st.sampled_from([PUSH, SMS, VOICE]))
def test_nothing_rings_before_its_minutes_are_over(ages: list[timedelta], rhythm: PhoneRhythm) -> None:
    young = [age for age in ages if timedelta() <= age < rhythm.after]
    look = seen(rhythm, pressing(*young), None, told(minutes(1), 99), NOW)
    assert look.waiting.alerts == 0
    assert look.moment is None or look.moment > NOW


@given(st.lists(AGES, min_size=1, max_size=5))
def test_a_phone_is_reached_exactly_when_its_minutes_are_over(ages: list[timedelta]) -> None:
    look = seen(PUSH, pressing(*ages), None, None, NOW)
    since = [NOW - age if age >= timedelta() else None for age in ages]  # a time to come counts as long ago
    wanted = min(NOW if at is None else max(NOW, at + PUSH.after) for at in since)
    assert look.moment == wanted


def test_each_way_follows_the_one_before_it() -> None:
    things = pressing(minutes(6))
    assert seen(PUSH, things, None, None, NOW).moment == NOW
    assert seen(SMS, things, None, told(minutes(1), 10), NOW).moment == NOW + minutes(1)
    assert seen(VOICE, things, None, None, NOW).moment == NOW + minutes(3)


def test_after_a_night_without_power_the_ways_do_not_all_ring_in_the_same_second() -> None:
    things = pressing(minutes(300))
    assert seen(PUSH, things, None, None, NOW).moment == NOW
    assert seen(SMS, things, None, None, NOW).moment == NOW + STAGGER
    assert seen(SMS, things, None, told(timedelta(), 10), NOW).moment == NOW + STAGGER
    assert seen(SMS, things, None, told(STAGGER, 10), NOW).moment == NOW


def test_a_way_whose_gateway_fails_holds_the_next_one_up_no_longer() -> None:
    things = pressing(minutes(300))
    failing = told(timedelta(), 3, "due", tries=2)
    assert seen(SMS, things, None, failing, NOW).moment == NOW


@given(st.lists(AGES, min_size=1, max_size=5), AGES)
def test_only_the_last_way_rings_again_for_what_was_told(ages: list[timedelta], ago: timedelta) -> None:
    things = pressing(*(minutes(60) + abs(age) for age in ages))
    for rhythm in (PUSH, SMS):
        assert seen(rhythm, things, told(ago, 99), told(ago, 99), NOW).moment is None
    moment = seen(VOICE, things, told(ago, 99), told(ago, 99), NOW).moment
    assert moment is not None
    assert NOW <= moment <= NOW + VOICE.again


@given(st.integers(0, 10_000), st.lists(AGES, min_size=1, max_size=5), st.sampled_from([PUSH, VOICE]))
def test_a_stream_of_requests_rings_at_most_once_a_minute(
    seconds: int, ages: list[timedelta], rhythm: PhoneRhythm
) -> None:
    ago = timedelta(seconds=seconds)
    moment = seen(rhythm, pressing(*ages), told(ago, 3), told(minutes(9), 99), NOW).moment
    assert moment is not None
    assert moment >= NOW - ago + GAP


@given(st.lists(AGES, min_size=1, max_size=9), st.sampled_from([PUSH, SMS, VOICE]), st.integers(-1, 30))
def test_what_is_counted_is_what_presses_and_what_is_covered_is_what_was_ripe(
    ages: list[timedelta], rhythm: PhoneRhythm, upto: int
) -> None:
    things = pressing(*ages)
    look = seen(rhythm, things, told(minutes(9), upto), told(minutes(9), 99), NOW)
    ripe = [one for one in things if is_ripe(one, rhythm)]
    assert look.waiting.fresh == sum(1 for one in ripe if one.seq > upto)
    if ripe:
        assert look.waiting.newest == max(upto, *(one.seq for one in ripe))
        assert len(ripe) <= look.waiting.alerts <= len(things)
    else:
        assert look.waiting == (0, 0, "", -1)


def is_ripe(one: Pressing, rhythm: PhoneRhythm) -> bool:
    at = datetime.fromisoformat(one.at)
    return at > NOW or at + rhythm.after + rhythm.place * rhythm.step <= NOW


@given(st.lists(st.integers(0, 40).map(minutes), min_size=1, max_size=6), st.integers(0, 10**6))
def test_over_an_hour_every_request_is_told_by_every_way_and_nobody_is_called_in_between(
    comes: list[timedelta], seed: int
) -> None:
    """Plays the three ways against a gateway that takes everything, second by second where something happens."""
    rows: dict[str, NoticeRow] = {}
    told_at: dict[str, list[datetime]] = {"push": [], "sms": [], "voice": []}
    now = NOW
    things = [Pressing(n, as_text(NOW + after), "") for n, after in enumerate(sorted(comes))]
    while now < NOW + minutes(70):
        for name, rhythm in (("push", PUSH), ("sms", SMS), ("voice", VOICE)):
            there = [one for one in things if datetime.fromisoformat(one.at) <= now]
            look: Look = seen(rhythm, there, rows.get(name), rows.get(rhythm.earlier), now)
            if look.moment is not None and look.moment <= now:
                at = as_text(now)
                rows[name] = NoticeRow(name, "0" * 32, look.waiting.newest, at, "sent", 0, at, "", at)
                told_at[name].append(now)
        now += timedelta(seconds=10)
    for name, rhythm in (("push", PUSH), ("sms", SMS), ("voice", VOICE)):
        assert rows[name].upto == things[-1].seq
        for before, after in zip(told_at[name], told_at[name][1:], strict=False):
            assert after - before >= GAP
        first = datetime.fromisoformat(things[0].at) + rhythm.after + rhythm.place * rhythm.step
        slack = GAP + 2 * STAGGER + timedelta(seconds=NOTICE_SEND_S_MAX)
        assert first <= told_at[name][0] <= first + slack
    assert len(told_at["push"]) <= len(comes)
    assert len(told_at["sms"]) <= len(comes)


def test_a_phone_of_one_desk_rings_for_it_and_for_what_no_other_phone_is_for() -> None:
    mine = PhoneRhythm(desk="fraud", others=frozenset({"fraud", "cyber"}))
    assert [mine.is_mine(Pressing(1, "", desk)) for desk in ("fraud", "cyber", "", "drugs")] == [
        True,
        False,
        True,
        True,
    ]
    every = PhoneRhythm(others=frozenset({"cyber"}))
    assert every.is_mine(Pressing(1, "", "cyber"))
