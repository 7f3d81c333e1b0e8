# SPDX-License-Identifier: Apache-2.0
"""Documents about questions to banks: their one form, and what is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError, Malformed
from lintas.formats.desk import encode_doc, parse_doc
from lintas.model.desk import DeskDoc, Doc
from lintas.model.desk_ref import make_ref
from lintas.model.question import Asked

REF = make_ref("MY", Doc.QUESTION, bytes)
ABOUT = make_ref("SG", Doc.REQUEST, bytes)
ASKED: dict[str, Any] = {
    "about": ABOUT,
    "bank": "CONTMYKL",
    "account": {"scheme": "bank_account", "value": "1234567890"},
    "currency": "MYR",
    "start": "2026-03-01T01:00:00Z",
    "authority": "Contoh Police",
    "law": "section 116",
}
FIELDS: dict[Asked, dict[str, Any]] = {
    Asked.ASKED: ASKED,
    Asked.TOLD: {"state": "done", "at": "2026-03-01T01:00:00Z", "item": "0" * 64, "bookings": 3},
    Asked.NOTED: {"note": "bank_wrong_answer", "codes": ["twice"]},
    Asked.DROPPED: {},
}


def doc(what: str, fields: dict[str, Any], *, ref: str = REF) -> bytes:
    said = {"what": what, "fields": fields}
    return encode_doc(DeskDoc(Doc.QUESTION, ref, "a" * 32, (), "officer-0001", "2026-03-01T03:00:00.000Z", said))


@pytest.mark.parametrize("what", list(Asked))
def test_what_is_written_is_read_again_with_what_was_left_out_as_empty(what: Asked) -> None:
    raw = doc(what.value, FIELDS[what])
    found = parse_doc(raw)
    assert encode_doc(found) == raw
    assert found.doc is Doc.QUESTION and found.said["fields"].keys() >= FIELDS[what].keys()
    if what is Asked.ASKED:
        assert (found.said["fields"]["until"], found.said["fields"]["asker"]) == ("", "")


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("guessed", {}),
        ("asked", {}),
        ("asked", ASKED | {"law": ""}),
        ("asked", ASKED | {"authority": ""}),
        ("asked", ASKED | {"bank": "a\nb"}),
        ("asked", ASKED | {"about": "nothing"}),
        ("asked", ASKED | {"about": make_ref("SG", Doc.REQUEST, bytes)[:-1] + "!"}),
        ("asked", ASKED | {"currency": "myr"}),
        ("asked", ASKED | {"start": "2026-03-01"}),
        ("asked", ASKED | {"start": ""}),
        ("asked", ASKED | {"person": "A. Example"}),
        ("told", {"state": "perhaps", "at": "2026-03-01T01:00:00Z"}),
        ("told", {"state": "done"}),
        ("told", {"state": "done", "at": "2026-03-01T01:00:00Z", "item": "x"}),
        ("told", {"state": "done", "at": "2026-03-01T01:00:00Z", "bookings": -1}),
        ("noted", {}),
        ("noted", {"note": "bank_no_answer", "codes": ["A B"]}),
        ("dropped", {"why": "done"}),
    ],
)
def test_what_cannot_be_said_is_refused(what: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        doc(what, fields)


@pytest.mark.parametrize("other", [Doc.REQUEST, Doc.TRACE, Doc.CASE])
def test_a_question_has_a_reference_of_its_own(other: Doc) -> None:
    with pytest.raises(Malformed):
        doc("dropped", {}, ref=make_ref("MY", other, bytes))


@given(st.dictionaries(st.sampled_from([*ASKED, "more"]), st.none() | st.text(max_size=9) | st.integers(), max_size=9))
def test_any_fields_are_a_question_or_refused(fields: dict[str, Any]) -> None:
    try:
        doc("asked", ASKED | fields)
    except LintasError:
        return
