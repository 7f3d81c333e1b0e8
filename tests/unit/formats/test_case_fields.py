# SPDX-License-Identifier: Apache-2.0
"""What is said in a case as bytes: read and written alike, and whatever is otherwise is refused by name."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError, Malformed
from lintas.formats.desk import encode_doc, parse_doc
from lintas.formats.desk.case_fields import CASE_FIELDS
from lintas.model.case import Said
from lintas.model.desk import DeskDoc, Doc
from lintas.model.desk_ref import make_ref

NODE = f"lintas:{'a' * 52}"
REF = make_ref("SG", Doc.CASE, bytes)
GOOD: dict[Said, dict[str, Any]] = {
    Said.OPENED: {"title": "Parcel scam", "area": "", "kind": "parcel"},
    Said.CHANGED: {"field": "summary", "value": "In words"},
    Said.INVITED: {"node": NODE, "title": "Parcel scam", "members": [NODE], "past": ["0" * 32]},
    Said.JOINED: {"officer": "Wei"},
    Said.DECLINED: {"ground": "no_link"},
    Said.LEFT: {},
    Said.OFFICER: {"node": NODE, "name": "Wei"},
    Said.COORDINATOR: {"node": NODE, "step": "accepted", "proposal": "1" * 32},
    Said.CLOSED: {},
    Said.REOPENED: {},
    Said.TASK: {"title": "Look", "to": NODE, "officer": "", "due": "2026-03-01T09:00:00+08:00", "request": ""},
    Said.TASK_STATE: {"task": "2" * 32, "state": "done"},
    Said.ITEM: {"message": "3" * 64, "title": "", "tell": True},
    Said.GIVEN: {"item": "4" * 32, "node": NODE, "message": "5" * 64},
    Said.ACCOUNT: {
        "account": {"scheme": "bank_account", "value": "0123456789", "bank": "KASITHBK", "country": "TH", "name": ""},
        "role": "",
    },
    Said.NOTE: {"home": False},
    Said.EVENT: {"at": "2026-02-28T20:00:00+08:00", "title": "First call"},
    Said.PERSON: {"role": "suspect", "name": "Sam Contoh", "entity": ""},
    Said.PASSED: {"past": ["6" * 32]},
}
BAD: list[tuple[Said, dict[str, Any]]] = [
    (Said.OPENED, {"title": ""}),
    (Said.OPENED, {"title": "x" * 201}),
    (Said.OPENED, {"title": "a\u0000b"}),
    (Said.CHANGED, {"field": "owner", "value": "x"}),
    (Said.CHANGED, {"field": "title", "value": "x" * 501}),
    (Said.INVITED, {"node": "lintas:short", "title": "", "members": []}),
    (Said.INVITED, {"node": NODE, "title": "", "members": [NODE] * 51}),
    (Said.INVITED, {"node": NODE, "title": "", "members": [], "past": ["0" * 32] * 501}),
    (Said.DECLINED, {"ground": ""}),
    (Said.DECLINED, {"ground": "In words"}),
    (Said.LEFT, {"why": "x"}),
    (Said.COORDINATOR, {"node": NODE, "step": "taken"}),
    (Said.TASK, {"title": "x", "to": "me"}),
    (Said.TASK, {"title": "x", "to": NODE, "due": "tomorrow"}),
    (Said.TASK, {"title": "x", "to": NODE, "due": "2026-02-30T09:00:00Z"}),
    (Said.TASK, {"title": "x", "to": NODE, "due": "2026-02-28T09:00:00"}),
    (Said.TASK_STATE, {"task": "2" * 32, "state": "perhaps"}),
    (Said.ITEM, {"message": "3" * 63}),
    (Said.EVENT, {"at": "", "title": "x"}),
    (Said.EVENT, {"at": "0001-01-01T00:00:00Z", "title": "x"}),
    (Said.PASSED, {"past": []}),
]


def doc(what: str, fields: dict[str, Any], **changed: Any) -> DeskDoc:
    said = {"opener": NODE, "what": what, "fields": fields, "short": "", "lang": ""} | changed
    return DeskDoc(Doc.CASE, REF, "9" * 32, (), "officer-0001", "2026-03-01T03:00:00.000Z", said)


def test_every_kind_has_its_form_and_its_sample() -> None:
    assert GOOD.keys() == set(Said) == CASE_FIELDS.keys()


@pytest.mark.parametrize("what", GOOD, ids=str)
def test_what_is_said_is_read_as_it_was_written(what: Said) -> None:
    written = doc(what, GOOD[what])
    raw = encode_doc(written)
    assert json.loads(raw)["said"]["fields"] == GOOD[what]
    assert encode_doc(parse_doc(raw)) == raw


@pytest.mark.parametrize(("what", "fields"), BAD)
def test_what_has_another_form_is_refused(what: Said, fields: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        encode_doc(doc(what, fields))


def test_what_nobody_says_is_refused() -> None:
    for what in ("", "burned", "OPENED", "opened "):
        with pytest.raises(Malformed):
            encode_doc(doc(what, {}))
    with pytest.raises(Malformed):
        encode_doc(doc(Said.LEFT, {}, opener="somebody"))


@given(
    st.sampled_from(sorted(Said)),
    st.dictionaries(
        st.sampled_from(["title", "node", "past", "at", "due", "account", "value", "x"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=300) | st.lists(st.text(max_size=40), max_size=5),
        max_size=5,
    ),
)
def test_any_fields_are_read_or_refused_in_our_words(what: Said, fields: dict[str, Any]) -> None:
    try:
        raw = encode_doc(doc(what, fields))
    except LintasError:
        return
    assert encode_doc(parse_doc(raw)) == raw
