# SPDX-License-Identifier: Apache-2.0
"""Documents of the desk: one spelling, a stated form, and no bytes that break them."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError, Malformed, OverLimit
from lintas.formats.desk import DeskReader, encode_doc, parse_doc, whole_fields
from lintas.limits import DESK_AFTER_MAX, DESK_DOC_BYTES_MAX, DESK_PAYMENTS_MAX, DESK_SHORT_CHARS_MAX
from lintas.model.desk import DESK_TYPE, DeskDoc, Doc, Step
from lintas.model.desk_ref import make_ref
from lintas.model.reading import ReadOptions
from lintas.views.desk import subject_of
from tests.unit.formats.builders import packs

AT: Final = "2026-03-01T03:00:00.000Z"
NODE: Final = "lintas:" + "a" * 52
MONEY: Final = {"minor": 2_500_000, "currency": "MYR"}
ACCOUNT: Final = {
    "scheme": "bank_account",
    "value": "514012345678",
    "bank": "MBBEMYKL",
    "country": "MY",
    "name": "Contoh",
}
SAID: Final[Mapping[Doc, dict[str, Any]]] = {
    Doc.REPORT: {"how": "phone", "payments": [{"amount": MONEY, "at": AT, "to": ACCOUNT}], "short": "x", "lang": "en"},
    Doc.VICTIM: {"name": "Siti Contoh", "phone": "+60123456789", "own": ACCOUNT},
    Doc.REQUEST: {
        "to": NODE,
        "form": "hold",
        "power": "hold",
        "desk": "asc",
        "purpose": "scam_response",
        "basis": "police_cooperation",
        "urgency": "now",
        "fields": {"account": ACCOUNT, "amount": MONEY},
        "levels": {"acknowledge": 300},
    },
    Doc.STEP: {"asker": NODE, "what": "gone", "fields": {"amount": MONEY, "next": [{"account": ACCOUNT}]}},
    Doc.AGREEMENT: {"proposer": NODE, "what": "proposed", "terms": {"nodes": [NODE]}},
}
FIELDS: Final[Mapping[Step, dict[str, Any]]] = {
    Step.ORDERED: {"power": "hold", "door": "police_order", "authority": "Contoh", "law": "s. 1", "expires_at": AT},
    Step.INSTRUCTED: {"bank": "X", "instruction": "a" * 32, "kind": "hold"},
    Step.DELIVERED: {"bank": "X", "at": AT},
    Step.CONFIRMED: {"bank": "X", "at": AT, "blocked": MONEY},
    Step.FAILED: {"bank": "X", "at": AT, "reason": "none"},
    Step.GONE: {},
    Step.ANSWERED: {"answers": {"question": "yes"}},
    Step.EXTENDED: {"expires_at": "2026-03-04T10:00:00+08:00"},
    Step.RELEASED: {"at": AT},
    Step.RETURNED: {"at": AT, "amount": MONEY},
    Step.FORFEITED: {"at": AT},
    Step.CORRECTED: {"why": "wrong_digit", "review_s": 43_200},
    Step.REVIEWED: {"decision": "kept"},
    Step.CALL_BACK: {"words": ["a", "b"], "expires_at": AT},
    Step.DOOR: {"door": "second_desk", "how": "phone"},
    Step.PROMISED: {"at": AT, "to": "x"},
    Step.KEPT: {"promise": "a" * 32},
    Step.RECALL_SENT: {"bank": "X", "recall": "r"},
    Step.RECALL_ANSWERED: {"recall": "r", "status": "PDCR"},
}


def document(doc: Doc, said: Mapping[str, Any], **more: Any) -> DeskDoc:
    ref = make_ref("SG", doc, bytes)
    values = {"doc": doc, "ref": ref, "id": "b" * 32, "after": (), "by": "officer-0001", "at": AT, "said": said} | more
    return DeskDoc(**values)


def altered(of: Doc, **more: Any) -> bytes:
    value = json.loads(encode_doc(document(of, SAID[of])))
    return json.dumps(value | more).encode()


@pytest.mark.parametrize("doc", list(SAID))
def test_a_document_reads_as_it_was_written(doc: Doc) -> None:
    raw = encode_doc(document(doc, SAID[doc]))
    read = parse_doc(raw)
    assert (read.doc, read.id, read.by, read.at) == (doc, "b" * 32, "officer-0001", AT)
    assert encode_doc(read) == raw
    for name, value in SAID[doc].items():
        if not isinstance(value, dict | list):
            assert read.said[name] == value


@pytest.mark.parametrize("what", list(Step))
def test_each_step_has_its_form(what: Step) -> None:
    fields = FIELDS.get(what, {})
    raw = encode_doc(document(Doc.STEP, {"asker": NODE, "what": what.value, "fields": fields}))
    read = parse_doc(raw).said["fields"]
    assert json.loads(json.dumps({name: read[name] for name in fields})) == fields
    assert whole_fields(what, fields) == read
    with pytest.raises(Malformed):
        encode_doc(document(Doc.STEP, {"asker": NODE, "what": what.value, "fields": fields | {"more": 1}}))
    with pytest.raises(Malformed):
        whole_fields(what, fields | {"more": 1})


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    with suppress(LintasError):
        parse_doc(raw)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@given(st.sampled_from(list(SAID)), st.sampled_from(["said", "ref", "id", "after", "by", "at", "v", "doc"]), JSON)
def test_any_value_in_any_place_is_read_or_refused(doc: Doc, name: str, value: Any) -> None:
    with suppress(LintasError):
        parse_doc(altered(doc, **{name: value}))


@given(st.sampled_from(list(FIELDS)), JSON)
def test_any_fields_of_any_step_are_read_or_refused(what: Step, value: Any) -> None:
    for fields in (dict.fromkeys(FIELDS[what], value), value):
        with suppress(LintasError):
            parse_doc(altered(Doc.STEP, said={"asker": NODE, "what": what.value, "fields": fields}))


PARTS = st.fixed_dictionaries(
    {},
    optional={name: JSON | st.sampled_from(["bank_account", "+6591234567", "514012345678", "X"]) for name in ACCOUNT},
)


@given(st.dictionaries(st.sampled_from(["account", "own_account", "amount", "person", "phone"]), PARTS | JSON))
def test_whatever_a_peer_puts_into_the_fields_of_a_request_is_read(fields: dict[str, Any]) -> None:
    """Fields are held against a form only where one sends them: what comes may hold anything."""
    said = SAID[Doc.REQUEST] | {"fields": fields}
    try:
        raw = encode_doc(document(Doc.REQUEST, said))
    except LintasError:
        return
    derived = DeskReader().derive(raw, DESK_TYPE, ReadOptions(region="SG"), packs())
    assert derived.entities
    assert isinstance(subject_of(parse_doc(raw).said["fields"]), str)


@given(st.sampled_from(list(SAID)), st.integers(0, 10_000), st.binary(min_size=1, max_size=3))
def test_altered_bytes_are_read_or_refused(doc: Doc, place: int, patch: bytes) -> None:
    raw = encode_doc(document(doc, SAID[doc]))
    place %= len(raw)
    with suppress(LintasError):
        parse_doc(raw[:place] + patch + raw[place + len(patch) :])


@pytest.mark.parametrize(
    "wrong",
    [
        {"v": 2},
        {"ref": "SG-Q-00000-00000-1"},
        {"id": "B" * 32},
        {"after": ["x"]},
        {"after": ["a" * 32] * (DESK_AFTER_MAX + 1)},
        {"by": ""},
        {"at": "2026-03-01"},
        {"doc": "letter"},
        {"more": 1},
    ],
)
def test_an_envelope_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parse_doc(altered(Doc.REQUEST, **wrong))


def test_a_reference_of_another_kind_is_refused() -> None:
    with pytest.raises(Malformed, match="reference"):
        parse_doc(altered(Doc.REQUEST, ref=make_ref("SG", Doc.CASE, bytes)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"what": "paid"},
        {"what": "gone", "fields": {"amount": {"minor": -1, "currency": "MYR"}}},
        {"what": "gone", "fields": {"amount": {"minor": 1, "currency": "myr"}}},
        {"what": "gone", "fields": {"amount": {"minor": 2**53, "currency": "MYR"}}},
        {"what": "gone", "fields": {"next": [{"account": ACCOUNT}] * (DESK_PAYMENTS_MAX + 1)}},
        {"what": "noted", "short": "x" * (DESK_SHORT_CHARS_MAX + 1)},
        {"what": "noted", "short": "a\x00b"},
        {"what": "noted", "short": "a\x1b[31m"},
        {"what": "extended", "fields": {"expires_at": "2026-02-30T00:00:00Z"}},
        {"what": "extended", "fields": {"expires_at": "9999-01-01T00:00:00Z"}},
        {"what": "extended", "fields": {"expires_at": "2026-03-01T00:00:00"}},
        {"what": "reviewed", "fields": {"decision": "perhaps"}},
        {"what": "corrected", "fields": {"why": "x", "review_s": 0}},
        {"what": "kept", "fields": {"promise": "../../etc"}},
        {"what": "refused", "ground": "No such thing!"},
        {"asker": "somebody", "what": "noted"},
    ],
)
def test_a_step_that_says_what_none_may_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(LintasError):
        parse_doc(altered(Doc.STEP, said={"asker": NODE, "fields": {}} | wrong))


def test_a_document_is_no_larger_than_people_read() -> None:
    with pytest.raises(OverLimit):
        parse_doc(b" " * (DESK_DOC_BYTES_MAX + 1))


def test_a_deep_nest_is_refused_and_not_followed() -> None:
    deep = b'{"v":1,"doc":"step","said":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    with pytest.raises(LintasError):
        parse_doc(deep)


def test_half_a_surrogate_pair_is_no_text() -> None:
    raw = altered(Doc.STEP, said={"asker": NODE, "what": "noted", "fields": {}, "short": "HALF"})
    with pytest.raises(LintasError):
        parse_doc(raw.replace(b"HALF", b"\\ud800"))


def asked_about(fields: Mapping[str, Any]) -> bytes:
    return altered(Doc.REQUEST, said=SAID[Doc.REQUEST] | {"fields": dict(fields)})


@pytest.mark.parametrize("minor", [2**53, 2**63, 2**70, -5, True, 1.5, "5", None])
def test_an_amount_of_a_form_that_nobody_can_count_is_refused(minor: Any) -> None:
    with pytest.raises(Malformed):
        parse_doc(asked_about({"account": ACCOUNT, "amount": {"minor": minor, "currency": "MYR"}}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": MONEY | {"currency": "M" * 5_000}},
        {"amount": MONEY | {"more": 1}},
        {"account": {"scheme": "bank_account", "value": ["x"]}},
        {"account": {"scheme": 7, "value": "514012345678"}},
        {"number": 2**70},
        {"account": [1]},
        {"account": "514012345678"},
        {"account": {"value": 5}},
        {"own_account": {"bank": [1]}},
        {"amount": 5},
        {"amount": "lots"},
        {"inside": [{"amount": MONEY | {"minor": 2**70}}]},
        {"deep": json.loads('{"a":' * 300 + "1" + "}" * 300)},
    ],
)
def test_fields_that_views_could_not_keep_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        parse_doc(asked_about(wrong))


@pytest.mark.parametrize("name", ["form", "power", "desk", "purpose", "basis", "urgency", "to"])
def test_a_code_ends_where_it_ends(name: str) -> None:
    with pytest.raises(Malformed):
        parse_doc(altered(Doc.REQUEST, said=SAID[Doc.REQUEST] | {name: str(SAID[Doc.REQUEST][name]) + "\n"}))


def test_a_terms_number_that_has_no_spelling_is_refused() -> None:
    with pytest.raises(Malformed):
        parse_doc(altered(Doc.AGREEMENT, said=SAID[Doc.AGREEMENT] | {"terms": {"max": 2**70}}))


def test_characters_that_a_terminal_obeys_are_no_text() -> None:
    with pytest.raises(Malformed):
        parse_doc(asked_about({"account": ACCOUNT | {"name": "Contoh\u009b31m"}}))


def test_what_a_request_says_names_its_amount_as_people_write_it() -> None:
    raw = encode_doc(document(Doc.REQUEST, SAID[Doc.REQUEST]))
    derived = DeskReader().derive(raw, DESK_TYPE, ReadOptions(region="MY"), packs())
    assert [one.value for one in derived.statements if one.prop == "amount"] == ["MYR 25,000.00"]
