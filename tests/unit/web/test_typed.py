# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.packs import parse_packs
from lintas.model.desk import Money
from lintas.web.console.typed import as_said, read_amount, read_bank, read_when

NOW = datetime(2026, 3, 1, 15, 10, 30, tzinfo=UTC)  # 23:10 in Singapore
ZONE = "Asia/Singapore"
PACKS = parse_packs(
    {name: resources.files("lintas.packs").joinpath(f"{name}.toml").read_bytes() for name in ("identifiers", "benign")}
)


@pytest.mark.parametrize(
    ("text", "currency", "minor", "read"),
    [
        ("25k", "SGD", 2_500_000, "SGD"),
        ("25,000", "sgd", 2_500_000, "SGD"),
        ("25000.50", "MYR", 2_500_050, "MYR"),
        ("rm 300", "SGD", 30_000, "MYR"),
        ("1.2 juta", "IDR", 120_000_000, "IDR"),
        ("3,5 tr", "VND", 3_500_000, "VND"),
        ("800", "THB", 80_000, "THB"),
    ],
)
def test_an_amount_is_read_as_it_is_said(text: str, currency: str, minor: int, read: str) -> None:
    assert read_amount(text, currency, "SG") == Money(minor, read)


@pytest.mark.parametrize("text", ["", "about 25k", "25k or 30k", "k", "-5", "25.000", "1,2,3", "٢٥", "9" * 30, "0"])
def test_what_is_no_single_amount_is_none(text: str) -> None:
    assert read_amount(text, "SGD", "SG") is None


def test_an_amount_needs_a_known_currency() -> None:
    assert read_amount("25", "XXX", "SG") is None
    assert read_amount("25", "", "SG") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("now", "2026-03-01T23:10:30+08:00"),
        ("2240", "2026-03-01T22:40:00+08:00"),
        ("22:40", "2026-03-01T22:40:00+08:00"),
        ("22.40", "2026-03-01T22:40:00+08:00"),
        ("10.40pm", "2026-03-01T22:40:00+08:00"),
        ("10 pm", "2026-03-01T22:00:00+08:00"),
        ("2350", "2026-02-28T23:50:00+08:00"),
        ("0905", "2026-03-01T09:05:00+08:00"),
        ("30m ago", "2026-03-01T22:40:30+08:00"),
        ("-2h", "2026-03-01T21:10:30+08:00"),
        ("28 feb 2240", "2026-02-28T22:40:00+08:00"),
        ("yesterday 22:40", "2026-02-28T22:40:00+08:00"),
        ("28/02/2026 2240", "2026-02-28T22:40:00+08:00"),
        ("2026-02-28T22:40:00+07:00", "2026-02-28T23:40:00+08:00"),
    ],
)
def test_a_time_is_read_as_it_is_said(text: str, said: str) -> None:
    found = read_when(text, NOW, ZONE, "SG")
    assert found is not None
    assert as_said(found) == said


@pytest.mark.parametrize("text", ["", "2560", "25:00", "13pm", "soon", "28 feb", "1", "22", "99999h x"])
def test_what_is_no_time_is_none(text: str) -> None:
    assert read_when(text, NOW, ZONE, "SG") is None


def test_a_time_ahead_is_the_next_one() -> None:
    assert as_said(read_when("2240", NOW, ZONE, "SG", ahead=True) or NOW) == "2026-03-02T22:40:00+08:00"
    assert as_said(read_when("72h", NOW, ZONE, "SG", ahead=True) or NOW) == "2026-03-04T23:10:30+08:00"


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_not_and_nothing_fails(text: str) -> None:
    read_amount(text, "SGD", "SG")
    read_bank(text, PACKS.identifiers)
    found = read_when(text, NOW, ZONE, "SG")
    assert found is None or (found.tzinfo is not None and "T" in as_said(found))


@given(st.integers(0, 23 * 60 + 59))
def test_a_time_of_the_day_is_never_in_the_future_and_less_than_a_day_ago(minutes: int) -> None:
    found = read_when(f"{minutes // 60:02d}{minutes % 60:02d}", NOW, ZONE, "SG")
    assert found is not None
    assert timedelta() <= NOW - found < timedelta(days=1)


def test_a_bank_is_found_by_code_or_name() -> None:
    pack = PACKS.identifiers
    by_code = read_bank("dbsssgsg", pack)
    assert by_code is not None
    assert by_code.country == "SG"
    assert read_bank(by_code.name, pack) == by_code
    assert read_bank("DBSSSGSGXXX", pack) == by_code
    assert read_bank("zz", pack) is None
    assert read_bank("no such bank at all", pack) is None
