# SPDX-License-Identifier: Apache-2.0
"""The hold list: a published rule, its parts on every line, and sums in whole numbers."""

from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadPack
from lintas.formats.recovery import NO_RECOVERY, parse_recovery
from lintas.model.money import NEVER, Channel, HeldLine, Knowledge
from lintas.policy.hold_list import MILLION, SORTS, HoldLine, hold_list, share_left

PACK = resources.files("lintas.packs").joinpath("recovery.toml").read_bytes()
RULE = parse_recovery(PACK)
MINUTE = 60 * 10**6
NOW = 1_772_334_000 * 10**6


def held(account: str = "CONTSGSG:1", minor: int = 1_000_000, minutes: int = 0, **changes: Any) -> HeldLine:
    said: dict[str, Any] = {
        "account": account,
        "currency": "SGD",
        "minor": minor,
        "confirmed": 0,
        "knowledge": Knowledge.INFERRED,
        "balance": minor,
        "first_at": NOW - minutes * MINUTE,
        "last_at": NOW - minutes * MINUTE,
        "depth": 1,
        "channel": "instant",
    }
    return HeldLine(**(said | changes))


def one(line: HeldLine, **changes: Any) -> HoldLine:
    (found,) = hold_list([line], RULE, now=NOW, **changes)
    return found


@pytest.mark.parametrize(
    ("minutes", "half", "share"),
    [
        (0, 3, 1_000_000),
        (3, 3, 500_000),
        (6, 3, 250_000),
        (1, 3, 833_333),
        (2, 3, 666_666),
        (4, 3, 416_666),
        (180, 3, 0),
        (10**9, 1, 0),
        (720, 720, 500_000),
        (-5, 3, 1_000_000),
    ],
)
def test_half_is_gone_each_half_life_and_it_falls_in_a_line_between(minutes: int, half: int, share: int) -> None:
    assert share_left(minutes, half) == share


@given(minutes=st.integers(0, 10**6), half=st.integers(1, 10**6))
def test_the_share_only_falls(minutes: int, half: int) -> None:
    assert MILLION >= share_left(minutes, half) >= share_left(minutes + 1, half) >= 0


def test_a_line_holds_every_part_of_its_sum() -> None:
    line = one(held(minutes=6, confirmed=400_000), until=NOW - 3 * MINUTE)
    assert (line.half_life, line.minutes, line.share) == (3, 6, 250_000)
    assert (line.minutes_confirmed, line.share_confirmed) == (3, 500_000)
    assert line.expected == 400_000 // 2 + 600_000 // 4 == 350_000
    assert line.in_words == "400000 x 50.0 % after 3 min + 600000 x 25.0 % after 6 min = 350000 (half gone in 3 min)"
    assert not line.half_life_confirmed and line.country == "SG"


def test_money_that_no_row_says_is_still_there_counts_from_its_credit() -> None:
    line = one(held(minutes=6, confirmed=400_000, knowledge=Knowledge.UNKNOWN), until=NOW)
    assert (line.confirmed, line.expected) == (0, 250_000)


def test_small_money_that_just_came_stands_before_large_money_that_is_gone() -> None:
    old, new = held("CONTSGSG:1", 9_000_000, minutes=60), held("CONTSGSG:2", 100_000, minutes=1)
    assert [line.account for line in hold_list([old, new], RULE, now=NOW)] == ["CONTSGSG:2", "CONTSGSG:1"]


def test_a_slow_channel_keeps_its_money_longer() -> None:
    wire, fast = held("A", minutes=30, channel="wire"), held("B", minutes=30)
    assert [line.account for line in hold_list([fast, wire], RULE, now=NOW)] == ["A", "B"]


def test_an_officer_sorts_otherwise_and_sees_the_place_by_the_rule() -> None:
    lines = [held("B", 100, minutes=1), held("A", 900_000, minutes=9), held("C", 500_000, minutes=30, channel="wire")]
    by = {sort: [line.account for line in hold_list(lines, RULE, now=NOW, sort=sort)] for sort in SORTS}
    assert by == {
        "rule": ["C", "A", "B"],
        "amount": ["A", "C", "B"],
        "newest": ["B", "A", "C"],
        "account": ["A", "B", "C"],
        "off": ["B", "A", "C"],
    }
    assert [line.place for line in hold_list(lines, RULE, now=NOW, sort="off")] == [3, 2, 1]


def test_what_is_not_there_is_not_on_the_list() -> None:
    assert hold_list([held(minor=0)], RULE, now=NOW) == ()


def test_a_time_that_nobody_knows_and_a_clock_that_is_behind_take_nothing_away() -> None:
    assert one(held(last_at=NEVER)).expected == one(held(last_at=NOW + 10 * MINUTE)).expected == 1_000_000


def test_an_unknown_channel_has_a_half_life_of_its_own() -> None:
    assert one(held(channel="", minutes=10)).expected == one(held(channel="owl", minutes=10)).expected == 500_000


@given(
    st.lists(
        st.builds(
            held,
            account=st.sampled_from("ABCDEF"),
            minor=st.integers(0, 10**15),
            minutes=st.integers(0, 10**5),
            confirmed=st.integers(0, 10**15),
            channel=st.sampled_from([one.value for one in Channel]),
        ),
        max_size=8,
        unique_by=lambda line: line.account,
    )
)
def test_never_more_is_expected_than_is_followed_and_places_are_whole(lines: list[HeldLine]) -> None:
    found = hold_list(lines, RULE, now=NOW, until=NOW)
    assert all(0 <= line.expected <= line.minor and line.confirmed <= line.minor for line in found)
    assert [line.place for line in found] == list(range(1, len(found) + 1))
    assert [line.expected for line in found] == sorted((line.expected for line in found), reverse=True)


def test_every_row_of_the_pack_names_its_source_and_says_that_nothing_was_measured() -> None:
    assert set(RULE.half_lives) == set(Channel)
    assert all(row.source and not row.confirmed for row in RULE.half_lives.values())
    assert RULE.digest and NO_RECOVERY.half_life("wire").minutes == 10


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff",
        b"version = 2",
        PACK.replace(b"version = 1", b"version = 2"),
        PACK.replace(b"[half_life.unknown]", b"[half_life.owl]"),
        PACK.replace(b"minutes = 720", b"minutes = 0"),
        PACK.replace(b"minutes = 720", b"minutes = 1.5"),
        PACK.replace(b"confirmed = false", b"", 1),
        PACK + b"\nmore = 1\n",
    ],
)
def test_a_pack_that_does_not_hold_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPack):
        parse_recovery(raw)


def test_a_pack_without_the_unknown_channel_is_refused() -> None:
    only = b'version = 1\n[half_life.wire]\nlabel = "W"\nminutes = 1\nsource = "s"\nconfirmed = false\n'
    with pytest.raises(BadPack):
        parse_recovery(only)
