# SPDX-License-Identifier: Apache-2.0
"""What may stand in one field of a form; all values are invented."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.formats.form_fields import FieldKind, is_empty, wrong_value
from lintas.limits import FIELD_MINOR_MAX, FIELD_TEXT_CHARS_MAX
from lintas.model.desk import Doc
from lintas.model.desk_ref import make_ref

REF = make_ref("SG", Doc.REQUEST, bytes)

GOOD: dict[FieldKind, list[Any]] = {
    FieldKind.ACCOUNT: [
        {"scheme": "bank_account", "value": "KASITHBK:0123456789", "bank": "KASITHBK", "country": "TH", "name": ""},
        {"scheme": "", "value": "0123456789", "bank": "", "country": "", "name": "สมชาย ใจดี"},
        {"value": "0123456789"},
    ],
    FieldKind.MONEY: [{"minor": 1, "currency": "SGD"}, {"minor": FIELD_MINOR_MAX, "currency": "IDR"}],
    FieldKind.TIME: ["2026-11-22T03:10:00+08:00", "2026-11-22T03:10:00.250Z"],
    FieldKind.TEXT: ["ถึงธนาคาร", "two\nlines", "x" * FIELD_TEXT_CHARS_MAX],
    FieldKind.CODE: ["promptpay"],
    FieldKind.COUNTRY: ["TH"],
    FieldKind.BANK: ["DBSSSGSG", "ธนาคารตัวอย่าง"],
    FieldKind.PHONE: ["+61491570006", "997", "09 123-4567"],
    FieldKind.REF: [REF],
    FieldKind.PERSON: [
        {"name": "Somchai Jaidee", "born": "1990-05", "country": "TH", "id_scheme": "th_pin", "id": ""},
        {"id": "A1234567"},
    ],
    FieldKind.IDENTIFIER: [{"scheme": "telegram", "value": "@example_desk"}],
    FieldKind.NUMBER: [0, 119],
}

BAD: dict[FieldKind, list[Any]] = {
    FieldKind.ACCOUNT: [
        "0123456789",
        {"scheme": "bank_account"},
        {"value": 123},
        {"value": "1" * 129},
        {"value": "12\x0034"},
        {"value": "1234", "country": "Thailand"},
        {"value": "1234", "scheme": "Bank account"},
        {"value": "1234", "name": 7},
        {"value": "1234", "holder": "x"},
    ],
    FieldKind.MONEY: [
        100,
        "100 SGD",
        {"minor": 0, "currency": "SGD"},
        {"minor": -5, "currency": "SGD"},
        {"minor": True, "currency": "SGD"},
        {"minor": 1.5, "currency": "SGD"},
        {"minor": FIELD_MINOR_MAX + 1, "currency": "SGD"},
        {"minor": 5, "currency": "sgd"},
        {"minor": 5},
        {"minor": 5, "currency": "SGD", "note": ""},
    ],
    FieldKind.TIME: [
        "2026-11-22",
        "2026-11-22T03:10:00",
        "2026-11-22T03:10+08:00",
        "2026-02-30T03:10:00Z",
        "2026-11-22T24:10:00Z",
        "2026-11-22T03:10:00+99:00",
        "2569-11-22T03:10:00+07:00 BE",
        1_700_000_000,
    ],
    FieldKind.TEXT: [1, "x" * (FIELD_TEXT_CHARS_MAX + 1), "bell\x07"],
    FieldKind.CODE: ["Prompt Pay", 1, "x" * 65, "swift"],
    FieldKind.COUNTRY: ["th", "THA", "T", 1],
    FieldKind.BANK: ["x" * 141, 1, "\x00"],
    FieldKind.PHONE: ["call me", 997, "+", "9" * 40],
    FieldKind.REF: ["SG-Q-00000-00000-9", REF.lower(), "report 12", 1],
    FieldKind.PERSON: [
        "Somchai",
        {"country": "TH"},
        {"name": "x" * 141},
        {"name": "Somchai", "born": "17 May 1990"},
        {"name": "Somchai", "id_scheme": "Thai ID"},
        {"name": "Somchai", "nationality": "TH"},
        {"name": "Somchai", "country": "th"},
        {"name": ["Somchai"]},
    ],
    FieldKind.IDENTIFIER: [
        "@example",
        {"scheme": "telegram"},
        {"scheme": "", "value": "@example"},
        {"scheme": "telegram", "value": 4},
    ],
    FieldKind.NUMBER: [-1, 1.0, True, "3", 10**9 + 1],
}
CODES = frozenset({"promptpay", "paynow"})


def test_every_kind_has_good_and_bad_values_here() -> None:
    assert GOOD.keys() == BAD.keys() == set(FieldKind)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in GOOD.items() for value in values])
def test_a_good_value_is_taken(kind: FieldKind, value: Any) -> None:
    assert wrong_value(kind, value, CODES) == ""
    assert not is_empty(value)


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in BAD.items() for value in values])
def test_a_bad_value_is_refused_with_a_reason(kind: FieldKind, value: Any) -> None:
    assert wrong_value(kind, value, CODES)


def test_a_code_of_no_table_may_be_any_code() -> None:
    assert wrong_value(FieldKind.CODE, "anything", frozenset()) == ""


@pytest.mark.parametrize("value", [None, "", "  ", {}, {"scheme": "", "value": "", "bank": None}])
def test_what_was_left_out_is_empty(value: Any) -> None:
    assert is_empty(value)


@pytest.mark.parametrize("value", [0, False, {"minor": 0}, {"value": "1"}])
def test_a_nought_is_not_empty(value: Any) -> None:
    assert not is_empty(value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
shaped = st.dictionaries(
    st.sampled_from(["scheme", "value", "bank", "country", "name", "minor", "currency", "born", "id_scheme", "id"]),
    json_values,
    max_size=5,
)


@given(st.sampled_from(FieldKind), json_values | shaped)
def test_whatever_a_peer_sends_is_judged_and_raises_nothing(kind: FieldKind, value: Any) -> None:
    assert isinstance(wrong_value(kind, value, CODES), str)
    assert isinstance(is_empty(value), bool)
