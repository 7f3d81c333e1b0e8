# SPDX-License-Identifier: Apache-2.0
"""The forms pack holds to its schema, and ours to what a desk needs."""

import contextlib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadPack
from lintas.formats.areas import parse_areas
from lintas.formats.form_fields import FieldKind
from lintas.formats.forms import NO_FORMS, check_answers, check_fields
from lintas.formats.forms_reading import parse_forms
from lintas.formats.law import parse_law
from lintas.formats.packs import parse_packs
from lintas.model.desk import Clock, State, Step
from lintas.model.reading import Rejected
from lintas.policy.requests import ORDERABLE

PACKS = Path(__file__).resolve().parents[3] / "src" / "lintas" / "packs"
RAW = (PACKS / "forms.toml").read_bytes()
OURS = parse_forms(RAW)
HOLD = OURS.forms["hold"]
ACCOUNT = {"scheme": "bank_account", "value": "KASITHBK:0123456789", "bank": "KASITHBK", "country": "TH", "name": ""}
AMOUNT = {"minor": 2_500_000, "currency": "SGD"}


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Our pack with one thing changed, written anew."""
    pack = tomllib.loads(RAW.decode())
    change(pack)
    return _toml(pack).encode()


def _toml(pack: dict[str, Any], head: str = "") -> str:
    plain = {key: value for key, value in pack.items() if not isinstance(value, dict)}
    lines = [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in plain.items()]
    text = (f"[{head}]\n" if head and (plain or not pack) else "") + "\n".join(lines) + "\n"
    for key, value in pack.items():
        if isinstance(value, dict):
            text += _toml(value, f"{head}.{_key(key)}" if head else _key(key))
    return text


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() and key.isascii() else msgspec.json.encode(key).decode()


def test_the_pack_is_the_same_when_it_is_written_anew() -> None:
    again = parse_forms(changed(lambda _: None))
    assert again.forms == OURS.forms
    assert again.terms == OURS.terms


# --- What a form needs ----------------------------------------------------------------------------------------------


def test_a_hold_needs_an_account_and_an_amount_and_no_more() -> None:
    assert check_fields(HOLD, {"account": ACCOUNT, "amount": AMOUNT}) == []
    assert check_fields(HOLD, {}) == [
        Rejected("account", "Receiving account, wallet or proxy: needed for “Hold money”."),
        Rejected("amount", "Amount: needed for “Hold money”."),
    ]


def test_what_is_empty_counts_as_left_out() -> None:
    empty = dict.fromkeys(("scheme", "value", "bank", "country", "name"), "")
    assert check_fields(HOLD, {"account": ACCOUNT, "amount": AMOUNT, "reference": " ", "paid_at": None}) == []
    assert [one.id for one in check_fields(HOLD, {"account": empty, "amount": AMOUNT})] == ["account"]


def test_a_field_of_another_form_is_refused_by_name() -> None:
    said = check_fields(HOLD, {"account": ACCOUNT, "amount": AMOUNT, "person": {"name": "Somchai Jaidee"}})
    assert said == [Rejected("person", "The form “Hold money” has no such field.")]


def test_a_code_of_another_table_is_refused() -> None:
    said = check_fields(HOLD, {"account": ACCOUNT, "amount": AMOUNT, "rail": "fifo"})
    assert [one.id for one in said] == ["rail"]
    assert "promptpay" in said[0].reason


def test_one_bad_field_does_not_hide_the_next() -> None:
    assert [one.id for one in check_fields(HOLD, {"account": 5, "amount": "much", "until": "soon"})] == [
        "account",
        "amount",
        "until",
    ]


@given(
    st.dictionaries(
        st.sampled_from([one.code for form in OURS.forms.values() for one in form.fields]) | st.text(max_size=80),
        st.none() | st.text(max_size=20) | st.integers() | st.lists(st.integers(), max_size=2) | st.just(ACCOUNT),
        max_size=6,
    ),
    st.sampled_from(sorted(OURS.forms)),
)
def test_whatever_fields_come_they_are_judged_and_raise_nothing(fields: dict[str, Any], code: str) -> None:
    form = OURS.forms[code]
    wrong = {one.id for one in check_fields(form, fields)}
    known = {one.code for one in form.fields}
    assert {key[:64] for key in fields if key not in known} <= wrong


def test_an_answer_holds_fields_of_its_form_and_says_at_least_one_thing() -> None:
    locate = OURS.forms["locate"]
    assert check_answers(locate, {"found": "safe", "last_seen": "2026-11-22T03:10:00+08:00", "finding": ""}) == []
    assert [one.id for one in check_answers(locate, {})] == ["answers"]
    assert [one.id for one in check_answers(locate, {"found": "", "finding": "  "})] == ["answers"]
    assert [one.id for one in check_answers(locate, {"found": "fine", "amount": AMOUNT})] == ["found", "amount"]


def test_what_asks_for_a_power_is_not_answered_by_fields() -> None:
    for form in OURS.forms.values():
        assert bool(form.gives) is (Step.ANSWERED in form.answers), form.code
        assert not any(one.mandatory for one in form.gives)


# --- Ours -----------------------------------------------------------------------------------------------------------


def test_ours_has_the_forms_that_desks_ask_by() -> None:
    asked = {code for code, form in OURS.forms.items() if not form.outside}
    assert asked == {
        "hold",
        "protect_own",
        "extend",
        "release",
        "preserve",
        "information",
        "trace",
        "identify",
        "locate",
        "evidence",
        "recall",
        "watch_entry",
    }
    assert {code for code, form in OURS.forms.items() if form.outside} == {"fiu", "ncb", "igrip"}


def test_ours_asks_a_hold_now_within_5_and_30_minutes_and_says_that_nobody_agreed_on_it() -> None:
    assert HOLD.levels["now"][Clock.ACKNOWLEDGE] == 300
    assert HOLD.levels["now"][Clock.ACT] == 1_800
    assert not HOLD.level_rows["now"].confirmed


def test_every_form_of_ours_has_a_level_for_each_urgency_and_an_action_where_it_asks_for_a_power() -> None:
    for form in OURS.forms.values():
        assert set(form.levels) == {"now", "today", "routine"}
        if form.power in ORDERABLE:
            assert all(Clock.ACT in seconds for seconds in form.levels.values()), form.code


def test_every_form_of_ours_rests_on_bases_of_our_law_and_answers_by_steps_of_the_answering_desk() -> None:
    law = parse_law((PACKS / "law.toml").read_bytes())
    bases = set(law.default.bases) | {code for one in law.countries.values() for code in one.bases}
    for form in OURS.forms.values():
        assert form.bases, form.code
        assert form.bases <= bases, form.code
        assert not {Step.CORRECTED, Step.WITHDRAWN, Step.CLOSED, Step.CLARIFIED} & set(form.answers)
        if form.power in ORDERABLE:
            assert {Step.ORDERED, Step.CONFIRMED, Step.REFUSED, Step.REVIEWED} <= set(form.answers)
        elif not form.outside:
            assert {Step.ANSWERED, Step.REFUSED} <= set(form.answers)
            assert Step.ORDERED not in form.answers


def test_only_evidence_rests_on_what_carries_evidence_alone() -> None:
    law = parse_law((PACKS / "law.toml").read_bytes())
    rows = {code: row for one in law.countries.values() for code, row in one.bases.items()}
    assert [code for code in OURS.forms["evidence"].bases if rows[code].carries_evidence] == ["asean_mlat"]
    assert not any(rows[code].carries_evidence for code in HOLD.bases)


def test_every_kind_of_report_is_of_an_area_of_ours() -> None:
    areas = parse_areas((PACKS / "areas.toml").read_bytes())
    assert {kind.area for kind in OURS.kinds.values()} <= set(areas)


def test_every_step_state_and_clock_has_words() -> None:
    assert set(OURS.steps) == set(Step)
    assert set(OURS.states) == set(State)
    assert set(OURS.terms["clock"]) == {clock.value for clock in Clock}


def test_the_grounds_of_the_domain_are_there_and_ordinary_ones() -> None:
    legal = {code for code, row in OURS.grounds.items() if row.is_legal}
    assert {
        "sovereignty",
        "security",
        "ordre_public",
        "political",
        "military",
        "religious_racial",
        "double_criminality",
        "death_penalty",
        "pending_case",
        "no_legal_power",
    } <= legal
    assert {"not_competent", "not_identified", "insufficient", "already_held", "wrong_digits"} <= set(
        OURS.grounds
    ) - legal
    assert all(row.sentence for row in OURS.grounds.values())


def test_a_power_is_never_called_by_the_word_of_another() -> None:
    words = {"hold", "freeze", "preserve", "seize", "release", "extend", "protect"}
    assert set(OURS.powers) == words
    for code, row in OURS.powers.items():
        assert row.label.lower() == code
        assert not (words - {code, "hold"}) & set(row.sentence.lower().replace(",", " ").split()), code


def test_what_a_victim_hears_says_nothing_of_the_inquiry() -> None:
    said = {OURS.states[state].victim for state in State}
    assert said <= set(OURS.terms["status"])
    telling = ("account", "held", "hold", "bank", "money", "found", "police", "suspect", "country", "amount", "refus")
    for row in OURS.terms["status"].values():
        assert not any(word in (row.label + row.sentence).lower() for word in telling), row.code
    secret = {State.HELD, State.PARTLY, State.GONE, State.REFUSED, State.REQUESTED}
    assert len({OURS.states[state].victim for state in secret}) == 1


def test_what_the_holder_of_an_account_hears_says_nothing_of_who_is_suspected() -> None:
    telling = ("suspect", "scam", "victim", "crime", "fraud", "report", "inquiry", "investigat", "laundering")
    for row in OURS.words.values():
        assert row.sentence
        assert not any(word in row.sentence.lower() for word in telling), row.code


def test_every_code_has_a_label_and_every_text_comes_once_or_more() -> None:
    labels = OURS.labels()
    assert {"form", "field", "kind", "ground", "step", "state", "word", "power", "rail", "urgency"} <= set(labels)
    assert labels["state"]["held"] == "Held"
    assert labels["form"]["hold"] == "Hold money"
    texts = set(OURS.texts())
    assert all(label in texts for rows in labels.values() for label in rows.values())
    assert all(text == text.strip() and text for text in texts)


def test_no_label_of_ours_is_too_long_for_a_phone() -> None:
    assert max(len(label) for rows in OURS.labels().values() for label in rows.values()) <= 60


def test_codes_of_fields_of_kind_code_are_those_of_their_tables() -> None:
    rails = HOLD.field_of("rail")
    assert rails is not None
    assert rails.codes == frozenset(OURS.terms["rail"])
    kind = HOLD.field_of("kind")
    assert kind is not None
    assert kind.codes == frozenset(OURS.kinds)


def test_what_is_of_a_person_is_marked_so() -> None:
    for form in OURS.forms.values():
        for one in form.fields:
            if one.kind in {FieldKind.PERSON, FieldKind.PHONE, FieldKind.ACCOUNT, FieldKind.IDENTIFIER}:
                assert one.personal, (form.code, one.code)


def test_without_a_forms_pack_nothing_can_be_asked() -> None:
    packs = parse_packs({name: (PACKS / f"{name}.toml").read_bytes() for name in ("identifiers", "benign")})
    assert packs.forms is NO_FORMS
    assert not NO_FORMS.forms
    assert NO_FORMS.labels()["form"] == {}


def test_packs_carry_the_forms_that_were_given() -> None:
    packs = parse_packs({name: (PACKS / f"{name}.toml").read_bytes() for name in ("identifiers", "benign", "forms")})
    assert packs.forms.digest == packs.digests["forms"]
    assert packs.forms.digest[:12] in repr(packs.forms)


# --- Slips ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        (lambda p: p.update(version=2), "version", "Compare"),
        (lambda p: p.update(extra=1), "extra", "Compare"),
        (lambda p: p.pop("ground"), "ground", "Compare"),
        (lambda p: p["form"]["hold"].pop("source"), "source", "Compare"),
        (lambda p: p["form"]["hold"].pop("confirmed"), "confirmed", "Compare"),
        (lambda p: p["form"]["hold"].update(label=""), "form", "Compare"),
        (lambda p: p["form"]["hold"].update(label="x" * 121), "form", "Compare"),
        (lambda p: p["form"]["hold"].update(sentence="two\nlines"), "form", "Compare"),
        (lambda p: p["form"]["hold"].update(urgent=True), "urgent", "Compare"),
        (lambda p: p["form"]["hold"].update(answers=["orderd"]), "orderd", "Compare"),
        (lambda p: p["form"].update({"Hold it": p["form"]["hold"]}), "'Hold it'", "lower-case"),
        (lambda p: p["term"]["rail"].update({"PayNow": {"label": "PayNow"}}), "'PayNow'", "lower-case"),
        (lambda p: p["form"]["hold"].update(competence="magic"), "form.hold.competence names 'magic'", "[term.comp"),
        (lambda p: p["form"]["hold"].update(power="grab"), "form.hold.power names 'grab'", "[power.grab]"),
        (lambda p: p["form"]["hold"]["must"].append("colour"), "form.hold names 'colour'", "[field.colour]"),
        (lambda p: p["form"]["hold"]["may"].append("amount"), "form.hold names a field twice", "`must` or in `may`"),
        (lambda p: p["form"]["hold"]["gives"].append("amount"), "answered without saying what with", "`gives`"),
        (lambda p: p["form"]["locate"]["gives"].clear(), "answered without saying what with", "`gives`"),
        (lambda p: p["form"]["locate"]["gives"].append("colour"), "form.locate names 'colour'", "[field.colour]"),
        (lambda p: p["form"]["hold"]["levels"].append("soon"), "form.hold.levels names 'soon'", "[level.soon]"),
        (lambda p: p["form"]["hold"]["levels"].pop(), "not exactly one level", "routine"),
        (lambda p: p["form"]["hold"]["levels"].append("data_now"), "not exactly one level", "routine"),
        (lambda p: p["level"]["money_now"].update(urgency="asap"), "level.money_now.urgency names 'asap'", "now"),
        (lambda p: p["level"]["money_now"].update(act_s=60), "due before an earlier one", "acknowledge_s"),
        (lambda p: p["level"]["money_now"].update(acknowledge_s=0), "acknowledge_s", "Compare"),
        (lambda p: p["level"]["money_now"].update(answer_s=366 * 86_400 + 1), "answer_s", "Compare"),
        (lambda p: p["field"]["rail"].update(among="rails"), "field.rail.among names 'rails'", "[term.rails]"),
        (lambda p: p["field"]["amount"].update(among="rail"), "field.amount names codes", "code"),
        (lambda p: p["field"]["amount"].update(kind="cash"), "cash", "Compare"),
        (lambda p: p["step"].pop("gone"), "no [step.gone]", "two sentences"),
        (lambda p: p["state"].pop("held"), "no [state.held]", "two sentences"),
        (lambda p: p["step"].update(danced=p["step"]["gone"]), "danced", "Compare"),
        (lambda p: p["state"]["held"].update(victim="rich"), "state.held.victim names 'rich'", "[term.status.rich]"),
        (lambda p: p["term"].pop("urgency"), "urgency", "none"),
    ],
)
def test_a_slip_is_refused_and_the_hint_helps(
    change: Callable[[dict[str, Any]], object], message: str, hint: str
) -> None:
    with pytest.raises(BadPack) as caught:
        parse_forms(changed(change))
    assert message in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("raw", [b"", b"\xff", b"version = ", b"version = 1", b"[form.hold]\n", b"a=" + b"[" * 3_000])
def test_what_is_no_forms_pack_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPack):
        parse_forms(raw)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_a_pack_or_a_bad_one(raw: bytes) -> None:
    with contextlib.suppress(BadPack):
        parse_forms(raw)


@given(st.data())
def test_a_pack_with_a_piece_cut_out_or_altered_is_a_pack_or_a_bad_one(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(RAW)))
    length = data.draw(st.integers(0, 400))
    other = data.draw(st.binary(max_size=6) | st.sampled_from([b'"', b"[", b"]", b"true", b"1", b"\n", b"1979-05-27"]))
    with contextlib.suppress(BadPack):
        parse_forms(RAW[:start] + other + RAW[start + length :])
