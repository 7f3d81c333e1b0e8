# SPDX-License-Identifier: Apache-2.0
"""The doors pack holds to its schema, and ours to what its rows may say."""

import contextlib
import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadPack
from lintas.formats.doors import NO_DOORS, Doors, Earmark, Ends, Opening, Unit, Via
from lintas.formats.doors_reading import parse_doors
from lintas.formats.forms_reading import parse_forms
from lintas.formats.packs import parse_packs

PACKS = Path(__file__).resolve().parents[3] / "src" / "lintas" / "packs"
RAW = (PACKS / "doors.toml").read_bytes()
OURS = parse_doors(RAW)
FORMS = parse_forms((PACKS / "forms.toml").read_bytes())
PLACES = (OURS.default, *OURS.places.values())

SMALL = """
version = 1
[term.via]
police_order = { label = "Police order" }
bank_hold = { label = "Hold by the bank" }
[term.earmark]
yes = { label = "Yes", sentence = "An amount can be held alone." }
no = { label = "No", sentence = "Only a whole account can be blocked." }
[term.rank]
unknown = { label = "Not known" }
[term.whose]
receiver = { label = "Receiver" }
[term.holder]
bank = { label = "Bank" }
[term.starts]
ordered = { label = "Ordered" }
[term.then]
release = { label = "Release" }
[term.unit]
hours = { label = "hours" }
[term.warning]
door_unconfirmed = { label = "Door" }
clock_unconfirmed = { label = "Clock" }
clock_unknown = { label = "Length" }
law_unknown = { label = "Law" }
[[everywhere.desk]]
code = "focal"
label = "Focal point"
competences = ["identification"]
source = "invented"
confirmed = false
[[everywhere.rung]]
code = "later"
label = "Later"
after_s = 1800
how = "Call."
source = "invented"
confirmed = true
[[everywhere.rung]]
code = "sooner"
label = "Sooner"
after_s = 600
form = "recall"
how = "Call."
source = "invented"
confirmed = true
[default]
label = "Any other"
zone = "UTC"
languages = ["en"]
weekdays = "Mon-Fri"
source = "invented"
confirmed = false
[place.AA]
label = "A land"
zone = "Asia/Bangkok"
languages = ["th", "fil"]
weekdays = "Sun-Thu"
source = "invented"
confirmed = true
note = "Little is known."
[[place.AA.holiday]]
on = 2027-05-01
label = "Labour Day"
source = "invented"
confirmed = true
[[place.AA.desk]]
code = "desk"
label = "Desk"
competences = ["anti_scam"]
number = "1441"
hours = ["24/7"]
languages = ["th"]
source = "invented"
confirmed = true
[[place.AA.desk]]
code = "counter"
label = "Counter"
competences = ["anti_scam"]
hours = ["Mon-Fri 08:00-12:00", "Sat 09:00-24:00"]
source = "invented"
confirmed = true
[[place.AA.door]]
code = "bank"
label = "Bank"
power = "hold"
via = "bank_hold"
signs = "unknown"
earmark = "yes"
law = "Example Act"
language = "th"
contact = "desk"
clock = "three_days"
source = "invented"
confirmed = true
[[place.AA.clock]]
code = "three_days"
label = "Three days"
power = "hold"
whose = "receiver"
holder = "bank"
starts = "ordered"
length = 72
unit = "hours"
extensions = 1
extension_length = 24
then = "release"
source = "invented"
confirmed = true
"""


def read(text: str) -> Doors:
    return parse_doors(text.encode())


def test_a_country_has_its_place_and_any_other_the_default_one() -> None:
    doors = read(SMALL)
    assert (doors.of("AA").country, doors.of("AA").label) == ("AA", "A land")
    assert doors.of("ZZ") is doors.of("") is doors.default


def test_a_place_is_read_whole() -> None:
    place = read(SMALL).of("AA")
    assert place.calendar.weekdays == frozenset({6, 0, 1, 2, 3})
    assert [one.on for one in place.calendar.holidays] == [date(2027, 5, 1)]
    desk, counter, focal = place.desks
    assert desk.is_always_open
    assert desk.knows_hours
    assert counter.hours == (
        Opening(weekdays=frozenset(range(5)), opens=480, closes=720),
        Opening(weekdays=frozenset({5}), opens=540, closes=1440),
    )
    assert not focal.knows_hours
    door = place.door("bank")
    assert door is not None
    assert (door.via, door.earmark, door.law, door.contact) == (Via.BANK_HOLD, Earmark.YES, "Example Act", "desk")
    clock = place.clock("three_days")
    assert clock is not None
    assert (clock.length, clock.unit, clock.ends, clock.extension_length) == (72, Unit.HOURS, Ends.SAME_TIME, 24)
    assert [rung.code for rung in place.ladder] == ["sooner", "later"]
    assert (place.desk("none"), place.door("none"), place.clock("none")) == (None, None, None)


def test_a_country_replaces_a_row_of_everywhere_by_its_code() -> None:
    own = SMALL.replace('code = "counter"', 'code = "focal"')
    place = read(own).of("AA")
    assert [(desk.code, desk.label) for desk in place.desks] == [("desk", "Desk"), ("focal", "Counter")]
    assert [desk.label for desk in read(own).default.desks] == ["Focal point"]


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("version = 1", "version = 2", "version", "Compare"),
        ("version = 1", "version = 1\nextra = 2", "extra", "Compare"),
        ("[default]", "[defaults]", "default", "Compare"),
        ("Asia/Bangkok", "Asia/Bangkok2", "place.AA has the zone 'Asia/Bangkok2'", "IANA"),
        ("Asia/Bangkok", "../etc/passwd", "has the zone", "IANA"),
        ("Asia/Bangkok", "Asia", "has the zone", "IANA"),
        ("Asia/Bangkok", "", "has the zone ''", "IANA"),
        ("Sun-Thu", "Sunday", "has the days 'Sunday'", "Mon-Fri"),
        ("Sun-Thu", "", "has no day", "Mon-Fri"),
        ("Sun-Thu", "Mon-Fri-Sat", "has the days", "Mon-Fri"),
        ('languages = ["th", "fil"]', 'languages = ["Thai"]', "the language 'Thai'", "ISO 639"),
        ("on = 2027-05-01", 'on = "May Day"', "holiday", "Compare"),
        ("2027-05-01", "2027-02-30", "packs/doors.toml", "Compare"),
        ('hours = ["24/7"]', 'hours = ["24/7", "Mon 08:00-09:00"]', "the hours '24/7'", "alone"),
        ("08:00-12:00", "12:00-08:00", "the hours", "end after"),
        ("08:00-12:00", "08:00-12:60", "the hours", "end after"),
        ("09:00-24:00", "09:00-24:01", "the hours", "end after"),
        ("Mon-Fri 08:00-12:00", "Mo-Fr 08:00-12:00", "the hours", "Mon-Fri"),
        ("Mon-Fri 08:00-12:00", "Abc 08:00-12:00", "the days", "Mon-Fri"),
        ('number = "1441"', 'number = "call us"', "number", "Compare"),
        ('competences = ["anti_scam"]\nnumber', 'competences = ["Anti scam"]\nnumber', "no code", "Lower-case"),
        ('code = "counter"', 'code = "desk"', "place.AA.desk has 'desk' twice", "differ"),
        ('code = "counter"', 'code = "The counter"', "no code", "Lower-case"),
        ('via = "bank_hold"', 'via = "wish"', "wish", "Compare"),
        ('via = "bank_hold"', 'via = "platform"', "names 'platform'", "[term.via.platform]"),
        ('earmark = "yes"', 'earmark = "unknown"', "names 'unknown'", "[term.earmark.unknown]"),
        ('signs = "unknown"', 'signs = "king"', "names 'king'", "[term.rank.king]"),
        ('contact = "desk"', 'contact = "shop"', "contact 'shop'", "No desk"),
        ('clock = "three_days"', 'clock = "four_days"', "clock 'four_days'", "No clock"),
        ('language = "th"', 'language = "Thai"', "the language 'Thai'", "ISO 639"),
        ('whose = "receiver"', 'whose = "all"', "names 'all'", "[term.whose.all]"),
        ('then = "release"', 'then = "pray"', "names 'pray'", "[term.then.pray]"),
        ('unit = "hours"', 'unit = "weeks"', "weeks", "Compare"),
        ("length = 72", "length = 0", "length", "Compare"),
        ("length = 72", "length = 1001", "length", "Compare"),
        ("extensions = 1", "extensions = 0", "has none", "extensions = 1"),
        ("extensions = 1", "extensions = -1", "extensions", "Compare"),
        ("after_s = 600", "after_s = -1", "after_s", "Compare"),
        ('form = "recall"', 'form = "Recall it"', "no code", "Lower-case"),
        ("law_unknown = {", "law_known = {", "names 'law_unknown'", "[term.warning.law_unknown]"),
        ("police_order = {", "Police = {", "no code", "Lower-case"),
    ],
)
def test_a_slip_is_refused_and_the_hint_helps(old: str, new: str, message: str, hint: str) -> None:
    assert old in SMALL
    with pytest.raises(BadPack) as caught:
        read(SMALL.replace(old, new, 1))
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_a_place_that_is_no_country_is_refused() -> None:
    with pytest.raises(BadPack, match=r"'aa'.*capital letters"):
        read(SMALL.replace("place.AA", "place.aa"))


def test_a_holiday_twice_is_refused() -> None:
    row = SMALL[SMALL.index("[[place.AA.holiday]]") : SMALL.index("[[place.AA.desk]]")]
    with pytest.raises(BadPack, match="holiday twice"):
        read(SMALL.replace(row, row + row))


@pytest.mark.parametrize("raw", [b"", b"\xff", b"version = ", b"version = 1", b"[default]\n", b"a=" + b"[" * 3_000])
def test_what_is_no_doors_pack_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPack):
        parse_doors(raw)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_pack_or_a_bad_one(raw: bytes) -> None:
    with contextlib.suppress(BadPack):
        parse_doors(raw)


@given(st.data())
def test_a_pack_with_a_piece_cut_out_or_altered_is_a_pack_or_a_bad_one(data: st.DataObject) -> None:
    raw = data.draw(st.sampled_from([RAW, SMALL.encode()]))
    start = data.draw(st.integers(0, len(raw)))
    length = data.draw(st.integers(0, 60))
    other = data.draw(
        st.binary(max_size=6) | st.sampled_from([b'"', b"[", b"true", b"9999999999999999999", b"\\u0000", b"../", b"-"])
    )
    with contextlib.suppress(BadPack):
        parse_doors(raw[:start] + other + raw[start + length :])


# --- Ours -----------------------------------------------------------------------------------------------------------


def test_ours_knows_each_member_of_asean_china_and_hong_kong() -> None:
    assert set(OURS.places) == {"BN", "CN", "HK", "ID", "KH", "LA", "MM", "MY", "PH", "SG", "TH", "TL", "VN"}


def test_the_forms_and_the_doors_of_ours_speak_of_the_same_powers_competences_and_forms() -> None:
    competences = set(FORMS.terms["competence"])
    for place in PLACES:
        assert {door.power for door in place.doors} <= set(FORMS.powers)
        assert {clock.power for clock in place.clocks} <= set(FORMS.powers)
        assert {one for desk in place.desks for one in desk.competences} <= competences
        assert {rung.form for rung in place.ladder} - {""} <= set(FORMS.forms)


def test_in_every_country_of_ours_each_form_finds_a_desk_and_each_power_a_door() -> None:
    for place in PLACES:
        found = {one for desk in place.desks for one in desk.competences}
        assert {form.competence for form in FORMS.forms.values()} <= found
        assert {"hold", "protect", "preserve", "freeze", "seize"} <= {door.power for door in place.doors}


def test_ours_names_only_the_numbers_that_were_found() -> None:
    numbers = {(place.country, desk.number) for place in PLACES for desk in place.desks if desk.number}
    assert numbers == {
        ("MY", "997"),
        ("SG", "1799"),
        ("TH", "1441"),
        ("PH", "1326"),
        ("BN", "993"),
        ("CN", "96110"),
        ("CN", "12367"),
        ("HK", "18222"),
    }


def test_ours_names_no_law_without_a_source_that_was_confirmed() -> None:
    """No section of a law is made up: what is not confirmed names none."""
    for place in PLACES:
        for door in place.doors:
            assert not door.law or door.confirmed, (place.country, door.code)
            assert not re.search(r"section \d|s\. ?\d", door.law)


def test_the_confirmed_clocks_of_ours_are_those_that_a_source_states() -> None:
    stated = {
        (place.country, row.code, row.length, row.unit.value, row.extensions, row.extension_length)
        for place in PLACES
        for row in place.clocks
        if row.confirmed
    }
    assert stated == {
        ("TH", "th_72h", 72, "hours", 0, 0),
        ("TH", "th_7d", 7, "calendar_days", 0, 0),
        ("TH", "review", 12, "hours", 0, 0),
        ("PH", "ph_hold", 5, "calendar_days", 1, 25),
        ("SG", "sg_restriction", 30, "calendar_days", 5, 0),
    }
    china = OURS.of("CN").clock("cn_48h")
    assert china is not None
    assert not china.confirmed


def test_only_thailand_is_known_to_hold_an_amount_alone() -> None:
    known = {place.country for place in PLACES for door in place.doors if door.earmark is Earmark.YES}
    assert known == {"TH"}


def test_no_holiday_of_ours_claims_to_be_confirmed() -> None:
    assert not any(one.confirmed for place in PLACES for one in place.calendar.holidays)


def test_every_country_of_ours_reviews_a_corrected_hold_within_12_hours() -> None:
    for place in PLACES:
        review = place.clock("review")
        assert review is not None
        assert (review.length, review.unit, review.starts) == (12, Unit.HOURS, "corrected")


def test_every_row_of_ours_says_where_it_comes_from() -> None:
    for place in PLACES:
        for rows in (place.desks, place.doors, place.clocks, place.ladder):
            assert all(row.source for row in rows), place


def test_every_text_of_ours_can_be_translated() -> None:
    texts = set(OURS.texts())
    labels = OURS.labels()
    assert labels["place"]["LA"] == "Lao PDR"
    assert labels["door"]["TH.bank_hold"] in texts
    assert all(label in texts for rows in labels.values() for label in rows.values())
    assert all(rung.how in texts for place in PLACES for rung in place.ladder)
    assert all(text == text.strip() and text for text in texts)


def test_states_are_called_as_asean_calls_them_and_in_its_order() -> None:
    labels = [place.label for place in OURS.places.values()]
    members = labels[:11]
    assert members == sorted(members)
    assert {"Brunei Darussalam", "Lao PDR", "Timor-Leste", "Viet Nam"} <= set(members)


def test_without_a_doors_pack_nobody_answers() -> None:
    packs = parse_packs({name: (PACKS / f"{name}.toml").read_bytes() for name in ("identifiers", "benign")})
    assert packs.doors is NO_DOORS
    assert not NO_DOORS.of("SG").desks
    assert not NO_DOORS.of("SG").doors


def test_the_two_packs_call_no_two_tables_alike() -> None:
    """Pages look labels up by table and code, whichever pack it is of."""
    assert not OURS.labels().keys() & FORMS.labels().keys()


def test_a_machine_without_time_zones_of_its_own_reads_the_pack() -> None:
    program = (
        "import sys; from lintas.formats.doors_reading import parse_doors; import zoneinfo; "
        "print(zoneinfo.TZPATH, len(parse_doors(sys.stdin.buffer.read()).places))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=RAW,
        env=dict(os.environ) | {"PYTHONTZPATH": ""},
        capture_output=True,
        check=True,
        timeout=250,
    )
    assert done.stdout.decode().split() == ["()", "13"]


def test_packs_carry_the_doors_that_were_given() -> None:
    packs = parse_packs({name: (PACKS / f"{name}.toml").read_bytes() for name in ("identifiers", "benign", "doors")})
    assert packs.doors.digest == packs.digests["doors"]
    assert packs.doors.digest[:12] in repr(packs.doors)
    assert repr(packs.doors.of("TH")) == "Place(TH)"
    assert repr(packs.doors.default) == "Place(other)"
