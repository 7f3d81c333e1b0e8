# SPDX-License-Identifier: Apache-2.0
"""Times with their zones and eras, lengths, and amounts, for readers of each language."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.currencies import CURRENCIES
from lintas.model.desk import Money
from lintas.web.console.amounts import amount, money
from lintas.web.console.language import TONGUES, languages
from lintas.web.console.times import Times, buddhist_year, read_time, short_zone

ALL = languages({})
AT = datetime(2025, 6, 24, 14, 40, tzinfo=UTC)
MOMENTS = st.integers(min_value=0, max_value=7 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
CODES = st.sampled_from(sorted(TONGUES))


def times(code: str = "en", country: str = "MY", zone: str = "Asia/Kuala_Lumpur") -> Times:
    return Times(ALL[code], country=country, zone=zone)


@pytest.mark.parametrize(
    ("code", "country", "zone", "said"),
    [
        ("en", "MY", "Asia/Kuala_Lumpur", "24 Jun 2025, 22:40 MYT"),
        ("ms", "MY", "Asia/Kuala_Lumpur", "24 Jun 2025, 22:40 MYT"),
        ("th", "TH", "Asia/Bangkok", "24 มิ.ย. 2568 (ค.ศ. 2025) 21:40 น. ICT"),
        ("zh", "CN", "Asia/Shanghai", "2025年6月24日 22:40 CST"),
        ("en", "TH", "Asia/Bangkok", "24 Jun 2025 (BE 2568), 21:40 ICT"),
        ("en", "ID", "Asia/Jakarta", "24 Jun 2025, 21:40 WIB"),
        ("en", "MM", "Asia/Yangon", "24 Jun 2025 (BE 2568/69), 21:10 MMT"),
        ("en", "PH", "Asia/Manila", "24 Jun 2025, 22:40 PHT"),
        ("en", "SG", "UTC", "24 Jun 2025, 14:40 UTC"),
        ("en", "SG", "Asia/Tashkent", "24 Jun 2025, 19:40 UTC+5"),
        ("en", "SG", "Asia/Kathmandu", "24 Jun 2025, 20:25 UTC+5:45"),
    ],
)
def test_a_time_is_said_as_the_place_says_it(code: str, country: str, zone: str, said: str) -> None:
    assert str(times(code, country, zone).moment(AT)) == said


def test_the_places_time_stands_first_and_ours_beside_it() -> None:
    assert str(times("en", "TH", "Asia/Bangkok").moment(AT, zone="Asia/Kuala_Lumpur")).endswith("22:40 MYT, 21:40 ICT")


def test_a_day_that_differs_here_is_named() -> None:
    late = datetime(2025, 6, 24, 16, 30, tzinfo=UTC)
    said = str(times("en", "MY").moment(late, zone="Asia/Bangkok"))
    assert said == "24 Jun 2025, 23:30 ICT, 25 Jun 2025, 00:30 MYT"


def test_a_zone_of_the_same_time_is_not_said_twice() -> None:
    assert str(times("en", "MY").moment(AT, zone="Asia/Singapore")) == "24 Jun 2025, 22:40 SGT"


@pytest.mark.parametrize("zone", ["Not/AZone", "../../etc/passwd", "", "Asia"])
def test_a_zone_that_nobody_knows_is_no_failure(zone: str) -> None:
    assert "2025" in str(times().moment(AT, zone=zone))


@pytest.mark.parametrize("nothing", ["", "soon", "2025-13-01", "12:30"])
def test_what_is_no_time_is_shown_as_it_is(nothing: str) -> None:
    assert str(times().moment(nothing)) == (nothing or "–")


@given(MOMENTS, CODES, st.sampled_from(["Asia/Bangkok", "Asia/Yangon", "Asia/Kuala_Lumpur", "UTC", "America/New_York"]))
def test_no_time_loses_its_minute_or_its_machine_form(at: datetime, code: str, zone: str) -> None:
    said = times(code, "TH", "Asia/Bangkok").moment(at, zone)
    assert f"{at.astimezone(ZoneInfo(zone)):%H:%M}" in str(said)
    assert not isinstance(said, str)
    assert read_time(said.iso) == at.replace(microsecond=0)


@given(st.text(max_size=60), CODES)
def test_no_text_is_too_odd_for_a_time(text: str, code: str) -> None:
    shown = times(code)
    for one in (shown.moment(text), shown.clock(text), shown.day(text), shown.due(text, AT)):
        assert str(one)


def test_a_time_shows_itself_and_escapes_what_it_says() -> None:
    said = times().moment(AT)
    assert not isinstance(said, str)
    assert said.__html__().startswith('<time datetime="2025-06-24T14:40:00Z" title="2025-06-24T14:40:00Z">')


@pytest.mark.parametrize(
    ("on", "country", "year"),
    [
        (date(2025, 6, 24), "TH", "2568"),
        (date(2025, 1, 1), "TH", "2568"),
        (date(2025, 12, 31), "LA", "2568"),
        (date(2025, 3, 31), "KH", "2568"),
        (date(2025, 5, 1), "KH", "2568/69"),
        (date(2025, 7, 1), "KH", "2569"),
        (date(2025, 7, 1), "MM", "2569"),
        (date(2025, 7, 1), "SG", ""),
    ],
)
def test_the_buddhist_year_is_never_said_as_sure_when_the_day_alone_does_not_tell(
    on: date, country: str, year: str
) -> None:
    assert buddhist_year(on, country) == year


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2190, 1, 1)))
def test_a_thai_reader_sees_both_years(on: date) -> None:
    said = str(times("th", "SG").day(on))
    assert str(on.year + 543) in said
    assert str(on.year) in said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "under 1 min"),
        (59, "under 1 min"),
        (60, "1 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (11_400, "3 h 10 min"),
        (86_400, "1 d"),
        (187_200, "2 d 4 h"),
    ],
)
def test_a_length_is_said_in_its_two_largest_units(seconds: int, said: str) -> None:
    assert times().length(seconds) == said


@given(st.integers(min_value=0, max_value=10**8))
def test_a_length_is_never_longer_than_it_is(seconds: int) -> None:
    units = {"d": 86400, "h": 3600, "min": 60}
    said = sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+) (d|h|min)", times().length(seconds)))
    if seconds >= 60:
        assert said <= seconds < said + (3600 if seconds >= 86400 else 60)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (timedelta(hours=3, minutes=10), "due in 3 h 10 min, 22:40 MYT"),
        (timedelta(days=1), "due in 1 d, 24 Jun 2025, 22:40 MYT"),
        (timedelta(0), "overdue by under 1 min, since 22:40 MYT"),
        (timedelta(minutes=-12), "overdue by 12 min, since 22:40 MYT"),
    ],
)
def test_a_deadline_is_said_by_how_long_there_is(after: timedelta, said: str) -> None:
    assert str(times().due(AT, AT - after)) == said


@pytest.mark.parametrize("code", ["ms", "th", "zh"])
def test_a_deadline_is_said_in_every_language(code: str) -> None:
    ahead, past = (str(times(code).due(AT, AT - after)) for after in (timedelta(hours=3), timedelta(hours=-3)))
    assert ahead != past
    assert "due" not in ahead + past


def test_an_offset_without_a_name_is_said_from_utc() -> None:
    assert short_zone(AT.astimezone(ZoneInfo("America/St_Johns")), "America/St_Johns") == "NDT"
    assert short_zone(AT.astimezone(ZoneInfo("Etc/GMT+3")), "Etc/GMT+3") == "UTC-3"


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (2_500_000, "SGD", "SGD 25,000.00"),
        (5, "SGD", "SGD 0.05"),
        (0, "THB", "THB 0.00"),
        (2_500_000, "JPY", "JPY 2,500,000"),
        (2_500_000, "VND", "VND 2,500,000"),
        (250_000_000, "IDR", "IDR 2,500,000"),
        (250_000_050, "IDR", "IDR 2,500,000.50"),
        (1_234, "KWD", "KWD 1.234"),
        (-150, "MYR", "MYR -1.50"),
        (123, "XXX", "XXX 123 in minor units"),
    ],
)
def test_an_amount_is_said_with_its_code_and_its_own_digits(minor: int, currency: str, said: str) -> None:
    assert amount(ALL["en"], minor, currency).replace("\N{NO-BREAK SPACE}", " ") == said


@given(st.integers(min_value=-(10**15), max_value=10**15), st.sampled_from(sorted(CURRENCIES)), CODES)
def test_no_amount_is_rounded_in_any_language(minor: int, currency: str, code: str) -> None:
    said = amount(ALL[code], minor, currency)
    assert said.startswith(f"{currency}\N{NO-BREAK SPACE}")
    read = Decimal(said.partition("\N{NO-BREAK SPACE}")[2].replace(",", ""))
    assert read == Decimal(minor).scaleb(-CURRENCIES[currency].exponent)


def test_no_amount_is_a_dash_and_documents_write_theirs_as_they_do() -> None:
    assert money(ALL["en"], None) == "–"
    assert money(ALL["en"], {"minor": 100, "currency": "SGD"}) == money(ALL["en"], Money(100, "SGD"))
