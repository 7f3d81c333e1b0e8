# SPDX-License-Identifier: Apache-2.0
"""Which desk answers, through which door, and who is next when nobody does."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.doors_reading import WARNINGS, parse_doors
from lintas.formats.forms import check_fields
from lintas.formats.forms_reading import parse_forms
from lintas.policy.doors import (
    clock_of,
    competent,
    doors_for,
    expires,
    fast_doors,
    filled,
    ladder,
    missing,
    outlasts,
    review_clock,
    review_due,
    rung_form,
    second_desk,
    warnings,
)

PACKS = Path(__file__).resolve().parents[3] / "src" / "lintas" / "packs"
DOORS = parse_doors((PACKS / "doors.toml").read_bytes())
FORMS = parse_forms((PACKS / "forms.toml").read_bytes())
HOLD = FORMS.forms["hold"]
DOOR_UNCONFIRMED, CLOCK_UNCONFIRMED, CLOCK_UNKNOWN, LAW_UNKNOWN = (
    DOORS.terms["warning"][code].sentence for code in WARNINGS
)
ASKED = datetime(2026, 11, 22, 19, 4, tzinfo=UTC)  # 03:04 in Singapore
FIELDS: dict[str, Any] = {
    "account": {"scheme": "bank_account", "value": "KASITHBK:0123456789", "bank": "KASITHBK", "country": "TH"},
    "amount": {"minor": 2_500_000, "currency": "SGD"},
    "paid_at": "2026-11-23T02:40:00+08:00",
    "reference": "FT2611230001",
    "rail": "linked",
    "kind": "official_call",
    "method": "fifo",
    "reason": "Told to move money to a safe account",
}


def test_a_request_goes_to_the_first_desk_that_is_competent() -> None:
    found = {country: competent(DOORS.of(country), HOLD) for country in ("MY", "SG", "TH", "PH", "CN")}
    assert {country: desk.code for country, desk in found.items() if desk} == {
        "MY": "nsrc",
        "SG": "asc",
        "TH": "aoc",
        "PH": "iarc",
        "CN": "nafc",
    }


def test_another_form_goes_to_another_desk() -> None:
    evidence, identify, preserve = (FORMS.forms[code] for code in ("evidence", "identify", "preserve"))
    thailand = DOORS.of("TH")
    found = [competent(thailand, form) for form in (evidence, identify, preserve)]
    assert [desk.code for desk in found if desk] == ["central_authority", "ccib", "ccib"]


def test_a_place_of_which_nothing_is_known_has_no_desk() -> None:
    from lintas.formats.doors import NO_DOORS

    assert competent(NO_DOORS.of("SG"), HOLD) is None
    assert second_desk(NO_DOORS.of("SG"), HOLD, None) is None


def test_the_second_desk_is_never_the_first() -> None:
    for place in (DOORS.default, *DOORS.places.values()):
        first = competent(place, HOLD)
        second = second_desk(place, HOLD, first)
        assert first is not None
        assert second is None or second.code != first.code
    malaysia = DOORS.of("MY")
    second = second_desk(malaysia, HOLD, competent(malaysia, HOLD))
    assert second is not None
    assert second.code == "ccid"


def test_doors_of_a_power_are_confirmed_ones_first_and_of_no_other_power() -> None:
    for place in (DOORS.default, *DOORS.places.values()):
        for power in FORMS.powers:
            found = doors_for(place, power)
            assert all(door.power == power for door in found)
            confirmed = [door.confirmed for door in found]
            assert confirmed == sorted(confirmed, reverse=True)
    assert [door.code for door in doors_for(DOORS.of("TH"), "hold")][:2] == ["bank_hold", "police_order"]
    assert doors_for(DOORS.of("TH"), "magic") == ()


def test_a_fast_lane_uses_no_row_that_nobody_confirmed() -> None:
    fast = {
        (place.country, door.code)
        for place in (DOORS.default, *DOORS.places.values())
        for power in FORMS.powers
        for door in fast_doors(place, power)
    }
    assert fast == {("TH", "bank_hold"), ("TH", "police_order"), ("PH", "bank_hold"), ("SG", "protect_order")}


def test_china_s_platform_is_confirmed_and_its_48_hours_are_not() -> None:
    china = DOORS.of("CN")
    door = china.door("stop_payment")
    assert door is not None
    assert door.confirmed
    assert clock_of(china, door) is china.clock("cn_48h")
    assert CLOCK_UNCONFIRMED in warnings(DOORS, china, door)
    assert door not in fast_doors(china, "hold")


def test_a_correction_is_reviewed_by_the_clock_of_the_place() -> None:
    thailand, malaysia = review_clock(DOORS.of("TH")), review_clock(DOORS.of("MY"))
    assert thailand is not None
    assert malaysia is not None
    assert (thailand.confirmed, malaysia.confirmed) == (True, False)


def test_an_order_ends_by_the_clock_of_its_door_and_never_later() -> None:
    place = DOORS.of("PH")
    door = place.door("bank_hold")
    assert door is not None
    end = expires(place, door, ASKED)
    assert end == ASKED + timedelta(days=5)
    assert not outlasts(place, door, ASKED, end)
    assert outlasts(place, door, ASKED, end + timedelta(seconds=1))


def test_where_nobody_knows_how_long_it_lasts_a_person_says_it() -> None:
    place = DOORS.of("MY")
    door = place.door("police_order")
    assert door is not None
    assert expires(place, door, ASKED) is None
    assert not outlasts(place, door, ASKED, ASKED + timedelta(days=300))


def test_the_end_of_an_unconfirmed_clock_is_a_proposal_that_binds_nobody() -> None:
    place = DOORS.of("CN")
    door = place.door("stop_payment")
    assert door is not None
    assert expires(place, door, ASKED) == ASKED + timedelta(hours=48)
    assert not outlasts(place, door, ASKED, ASKED + timedelta(hours=49))


def test_a_review_is_due_12_hours_after_the_correction() -> None:
    from lintas.formats.doors import NO_DOORS

    assert review_due(DOORS.of("VN"), ASKED) == ASKED + timedelta(hours=12)
    assert review_due(NO_DOORS.default, ASKED) is None


def test_an_officer_hears_before_deciding_that_only_a_whole_account_can_be_blocked() -> None:
    place = DOORS.of("MY")
    issuer, order = place.door("issuer"), place.door("police_order")
    assert issuer is not None
    assert order is not None
    assert warnings(DOORS, place, issuer)[0] == (
        "Only the whole account can be blocked, with what belongs to others on it."
    )
    assert warnings(DOORS, place, order) == (
        "It is not known whether an amount can be held alone. Ask the bank before you sign.",
        DOOR_UNCONFIRMED,
        CLOCK_UNKNOWN,
        LAW_UNKNOWN,
    )


def test_a_confirmed_door_that_earmarks_by_a_confirmed_clock_under_a_named_law_warns_of_nothing() -> None:
    place = DOORS.of("TH")
    door = place.door("bank_hold")
    assert door is not None
    assert warnings(DOORS, place, door) == ()


def test_after_ten_minutes_the_first_rungs_are_due_and_after_thirty_all() -> None:
    place = DOORS.of("TH")

    def due(minutes: int) -> set[str]:
        shown = ladder(place, ASKED, (), ASKED + timedelta(minutes=minutes))
        return {one.rung.code for one in shown if one.is_due}

    assert due(9) == set()
    assert due(10) == {"second_desk", "bank_recall"}
    assert due(30) == {"second_desk", "bank_recall", "fiu", "ncb", "igrip"}


def test_the_ladder_shows_which_doors_were_tried_and_when_the_others_open() -> None:
    shown = ladder(DOORS.of("SG"), ASKED, ["bank_recall", "unheard_of"], ASKED + timedelta(minutes=12))
    assert {one.rung.code for one in shown if one.was_tried} == {"bank_recall"}
    assert [one.opens_at for one in shown] == sorted(one.opens_at for one in shown)
    assert shown[-1].opens_at == ASKED + timedelta(minutes=30)


@pytest.mark.parametrize("country", sorted(DOORS.places))
def test_every_rung_comes_with_its_form_filled(country: str) -> None:
    for one in ladder(DOORS.of(country), ASKED, (), ASKED):
        form = rung_form(FORMS, one.rung, HOLD)
        assert form is not None
        fields = filled(form, FIELDS)
        assert check_fields(form, fields) == []
        assert missing(form, fields) == ()
        assert all(fields[code] == FIELDS[code] for code in fields)


def test_the_second_desk_gets_the_same_request() -> None:
    second = next(one.rung for one in ladder(DOORS.of("MY"), ASKED, (), ASKED) if one.rung.code == "second_desk")
    assert rung_form(FORMS, second, HOLD) is HOLD
    assert filled(HOLD, FIELDS) == FIELDS


def test_what_a_letter_lacks_is_named_for_a_person_to_fill_in() -> None:
    recall = FORMS.forms["recall"]
    without = {code: value for code, value in FIELDS.items() if code != "reference"}
    assert missing(recall, filled(recall, without)) == ("Payment reference",)


def test_a_value_that_does_not_fit_is_left_out_rather_than_bent() -> None:
    fields = FIELDS | {"rail": "Prompt Pay", "amount": "about 25 000", "paid_at": ""}
    assert filled(HOLD, fields).keys() == FIELDS.keys() - {"rail", "amount", "paid_at"}


@given(
    st.sampled_from(sorted(FORMS.forms)),
    st.sampled_from(sorted(FORMS.forms)),
    st.dictionaries(st.sampled_from(sorted(FIELDS)), st.sampled_from(list(FIELDS.values()))),
)
def test_a_filled_form_holds_to_itself_but_for_what_is_missing(
    source: str, target: str, fields: dict[str, Any]
) -> None:
    form = FORMS.forms[target]
    once = filled(form, filled(FORMS.forms[source], fields))
    assert filled(form, once) == once
    lacking = {one.code for one in form.fields if one.mandatory and one.code not in once}
    assert {one.id for one in check_fields(form, once)} == lacking


@given(st.integers(-3_600, 7_200), st.lists(st.sampled_from(["fiu", "ncb", "igrip"])))
def test_a_rung_once_due_stays_due_whatever_was_tried(seconds: int, tried: list[str]) -> None:
    place = DOORS.of("VN")
    now = ASKED + timedelta(seconds=seconds)
    first = {one.rung.code for one in ladder(place, ASKED, tried, now) if one.is_due}
    later = {one.rung.code for one in ladder(place, ASKED, [], now + timedelta(hours=1)) if one.is_due}
    assert first <= later
