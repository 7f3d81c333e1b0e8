# SPDX-License-Identifier: Apache-2.0
"""When somebody is told: at once at a clear desk, then at most once in a while, never never."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lintas.limits import NOTICE_RETRY_S_MAX, NOTICE_RETRY_S_MIN
from lintas.ports.notices import NoticeRow, Waiting
from lintas.work.notifying.rhythm import Rhythm, due_at, latest_try, next_try
from lintas.work.services import as_text

NOW = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
MINUTES = st.integers(-100_000, 100_000).map(lambda minutes: timedelta(minutes=minutes))
RHYTHMS = st.builds(
    Rhythm, gather=st.integers(1, 1440).map(lambda minutes: timedelta(minutes=minutes)), immediately=st.booleans()
)
COUNTS = st.tuples(st.integers(1, 1_000), st.integers(0, 1_000))


def told(ago: timedelta, state: str = "sent") -> NoticeRow:
    at = as_text(NOW - ago)
    return NoticeRow("mail a@b.example", "0" * 32, 5, at, state, 0, at, "", at)


def waits(fresh: int, older: int, ago: timedelta) -> Waiting:
    return Waiting(alerts=fresh + older, fresh=fresh, first_at=as_text(NOW - ago) if fresh else "", newest=9)


@given(MINUTES, st.sampled_from(["sent", "clear"]), st.integers(0, 99), RHYTHMS)
def test_what_is_known_already_is_never_told_again(ago: timedelta, state: str, older: int, rhythm: Rhythm) -> None:
    assert due_at(told(ago, state), waits(0, older, ago), NOW, rhythm) is None
    assert due_at(None, waits(0, 0, ago), NOW, rhythm) is None


@given(MINUTES, MINUTES, COUNTS, RHYTHMS)
def test_a_clear_desk_hears_at_once(ago: timedelta, first: timedelta, counts: tuple[int, int], rhythm: Rhythm) -> None:
    swift = Rhythm(gather=rhythm.gather, immediately=True)
    for last in (None, told(ago, "clear")):
        assert due_at(last, waits(*counts, first), NOW, swift) == NOW


@given(MINUTES, MINUTES, COUNTS, RHYTHMS, st.sampled_from([None, "sent", "clear"]))
def test_whatever_the_clock_did_it_is_told_within_one_gathering(
    ago: timedelta, first: timedelta, counts: tuple[int, int], rhythm: Rhythm, state: str | None
) -> None:
    last = None if state is None else told(ago, state)
    moment = due_at(last, waits(*counts, first), NOW, rhythm)
    assert moment is not None
    assert NOW <= moment <= NOW + rhythm.gather


@given(st.integers(0, 1_000), MINUTES, COUNTS, RHYTHMS)
def test_while_older_ones_wait_two_notices_are_a_gathering_apart(
    minutes: int, first: timedelta, counts: tuple[int, int], rhythm: Rhythm
) -> None:
    ago = timedelta(minutes=minutes)
    moment = due_at(told(ago), waits(*counts, first), NOW, rhythm)
    assert moment is not None
    assert moment - (NOW - ago) >= rhythm.gather


@given(st.integers(1, 10_000))
def test_each_pause_is_at_least_as_long_as_the_one_before(tries: int) -> None:
    pause, longer = (next_try(NOW, n) - NOW for n in (tries, tries + 1))
    assert timedelta(seconds=NOTICE_RETRY_S_MIN) <= pause <= longer <= timedelta(seconds=NOTICE_RETRY_S_MAX)
    assert next_try(NOW, tries) <= latest_try(NOW)
