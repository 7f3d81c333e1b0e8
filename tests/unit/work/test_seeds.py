# SPDX-License-Identifier: Apache-2.0
"""What people write for a seed is read as they mean it, or refused."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, LintasError, OverLimit, UnknownTerm
from lintas.limits import TRACE_SEEDS_MAX
from lintas.model.money import NEVER, UNKNOWN_MINOR, Seed
from lintas.work.tracing_jobs.seeds import read_moment, read_seeds
from lintas.work.tracing_jobs.showing import seed_text, time_text

HELD = {
    "123": ["THB"],
    "KASITHBK:0123456789": ["THB"],
    "KASITHBK": ["THB"],
    "TWO": ["SGD", "THB"],
    "YEN": ["JPY"],
    "DE89370400440532013000": ["EUR"],
}
DAY = 1_769_817_600_000_000  # 2026-01-31T00:00:00Z


def known(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {name: HELD[name] for name in names if name in HELD}


def read(text: str, currency: str = "") -> Seed:
    (seed,) = read_seeds([text], known, currency=currency)
    return seed


@pytest.mark.parametrize(
    ("text", "account", "start", "minor", "currency"),
    [
        ("123", "123", NEVER, UNKNOWN_MINOR, ""),
        ("123:500", "123", NEVER, 500, "THB"),
        ("123:5.00", "123", NEVER, 500, "THB"),
        ("123:5.5", "123", NEVER, 550, "THB"),
        ("123@2026-01-31", "123", DAY, UNKNOWN_MINOR, ""),
        ("123@2026-01-31:500", "123", DAY, 500, "THB"),
        ("123@2026-01-31T00:00:00Z:500", "123", DAY, 500, "THB"),
        ("123@2026-01-31T07:00:00+07:00", "123", DAY, UNKNOWN_MINOR, ""),
        ("123@:500", "123", NEVER, 500, "THB"),
        ("KASITHBK:0123456789", "KASITHBK:0123456789", NEVER, UNKNOWN_MINOR, ""),  # no amount of account KASITHBK
        ("KASITHBK:0123456789:7.00", "KASITHBK:0123456789", NEVER, 700, "THB"),
        ("KASITHBK:0123456789@2026-01-31:7.00", "KASITHBK:0123456789", DAY, 700, "THB"),
        ("YEN:500", "YEN", NEVER, 500, "JPY"),
        ("de89 3704 0044 0532 0130 00", "DE89370400440532013000", NEVER, UNKNOWN_MINOR, ""),
    ],
)
def test_a_seed_is_read(text: str, account: str, start: int, minor: int, currency: str) -> None:
    assert read(text) == Seed(label="1", account=account, start=start, minor=minor, currency=currency)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "@",
            "@2026-01-31",
            "123@x",
            "123@2026-01-31:",
            "123@2026-02-31",
            "123@2026-01-31T09:00:00",
            "123:0",
        ),
        *("123@2026-01-31:1,000", "123@2026-01-31:1.001", "YEN:1.5", "TWO:5", "123:9999999999999999", "A" * 500),
    ],
)
def test_what_is_no_seed_is_refused(text: str) -> None:
    with pytest.raises((BadInput, UnknownTerm)):
        read(text)


def test_an_account_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UnknownTerm):
        read("999")
    with pytest.raises(UnknownTerm):
        read("999:50")


def test_of_several_currencies_one_must_be_said() -> None:
    assert read("TWO:5", "thb").currency == "THB"
    assert read("TWO").currency == ""
    with pytest.raises(BadInput):
        read("TWO:5", "MYR")


def test_seeds_are_numbered_and_bounded() -> None:
    assert [seed.label for seed in read_seeds(["123", "YEN"], known)] == ["1", "2"]
    with pytest.raises(OverLimit):
        read_seeds(["123"] * (TRACE_SEEDS_MAX + 1), known)
    with pytest.raises(BadInput):
        read_seeds([], known)


def test_the_end_of_a_day_is_its_last_moment() -> None:
    assert read_moment("2026-01-31", is_end=True) == DAY + 86_400_000_000 - 1
    assert read_moment("2026-01-31T00:00:00Z", is_end=True) == DAY
    assert read_moment("") == NEVER
    with pytest.raises(BadInput):
        read_moment("1700-01-01")


@given(st.integers(-2_208_988_800_000_000, 7_258_118_400_000_000), st.integers(1, 10**15))
def test_a_seed_is_written_as_it_is_read(start: int, minor: int) -> None:
    seed = Seed(label="1", account="YEN", start=start, minor=minor, currency="JPY")
    assert read(seed_text(seed)) == seed
    assert read_moment(time_text(start)) == start


@given(st.text(max_size=60))
def test_no_text_raises_anything_but_our_errors(text: str) -> None:
    try:
        read(text)
    except LintasError:
        return
