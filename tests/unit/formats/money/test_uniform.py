# SPDX-License-Identifier: Apache-2.0
"""Reading a column at once gives what reading it text by text gives, or nothing."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.money.amounts import Amounts
from lintas.formats.money.times import Times
from lintas.formats.money.uniform import amounts_at_once, times_at_once

MANY = 64
SECONDS = st.integers(-2_208_900_000, 7_258_000_000)  # within 1900 to 2199 in every zone
ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
CODES = {0: "JPY", 2: "SGD", 3: "KWD", 6: "USDT", 8: "BTC"}


def moment(second: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)


@given(st.lists(SECONDS, min_size=8, max_size=8), st.integers(-600, 840))
def test_times_without_a_zone(found: list[int], zone: int) -> None:
    texts = [moment(one).isoformat()[:19] for one in found] * (MANY // 8)
    whole, slow = times_at_once(texts, zone * 60_000_000), Times(zone=zone)
    assert whole is not None
    assert whole.tolist() == [slow[text] for text in texts]


@given(st.lists(st.tuples(SECONDS, ZONES), min_size=8, max_size=8))
def test_times_with_a_zone(found: list[tuple[int, timezone]]) -> None:
    texts = [moment(one).astimezone(zone).isoformat(sep=" ") for one, zone in found] * (MANY // 8)
    whole, slow = times_at_once(texts, 0), Times()
    assert whole is not None
    assert whole.tolist() == [slow[text] for text in texts] == [one * 1_000_000 for one, _ in found] * (MANY // 8)


@pytest.mark.parametrize(
    "odd",
    [
        "2026-02-29T10:00:00", "2026-13-01T10:00:00", "2026-00-01T10:00:00", "2026-01-00T10:00:00",
        "1899-12-31T00:00:00", "2200-01-01T00:00:00", "2026-01-01T24:00:00", "2026-01-01T10:60:00",
        "2026-01-01T10:00:60",
        "2026-01-01X10:00:00", "2026-W01-1T10:00:00", "2026-01-01 10:00:0x", "2026/01/01T10:00:00", "2026-01-01T10:00",
        "",
        "٢026-01-01T10:00:00",
    ],
)  # fmt: skip
def test_one_odd_time_and_the_column_is_read_text_by_text(odd: str) -> None:
    assert times_at_once([*["2026-01-01T10:00:00"] * MANY, odd], 0) is None


@pytest.mark.parametrize("odd", ["15:00", "08.00", "0x:00", "08:60"])
@pytest.mark.parametrize("sign", ["+", "-", "*"])
def test_one_odd_zone_and_the_column_is_read_text_by_text(odd: str, sign: str) -> None:
    assert times_at_once([*["2026-01-01T10:00:00+08:00"] * MANY, f"2026-01-01T10:00:00{sign}{odd}"], 0) is None


@given(st.sampled_from(sorted(CODES)), st.lists(st.integers(0, 10**15 - 1), min_size=8, max_size=8))
def test_amounts(digits: int, found: list[int]) -> None:
    texts = [str(one).rjust(digits + 1, "0") for one in found]
    if digits:
        texts = [f"{text[:-digits]}.{text[-digits:]}" for text in texts]
    whole, slow = amounts_at_once(texts * (MANY // 8), digits), Amounts(CODES[digits], form="point")
    assert whole is not None
    assert whole.tolist()[:8] == found == [slow[text] for text in texts]


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "1",
        "1.0",
        "1.000",
        "-1.00",
        "+1.00",
        "1,000.00",
        " 1.00",
        "1.00 ",
        "1\n1.00",
        "1e2",
        "٣.00",
        "9" * 15 + ".00",
    ],
)
def test_one_odd_amount_and_the_column_is_read_text_by_text(odd: str) -> None:
    assert amounts_at_once([*["1.00"] * MANY, odd], 2) is None


def test_few_values_are_read_text_by_text() -> None:
    assert amounts_at_once(["1.00"], 2) is None
    assert times_at_once(["2026-01-01T10:00:00"], 0) is None
    assert times_at_once([], 0) is None
