# SPDX-License-Identifier: Apache-2.0
"""One value, one byte string (RFC 8785)."""

import math
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from lintas.crypto.canonical import canonical_json, parse_canonical
from lintas.errors import LintasError, NotCanonical
from lintas.limits import JSON_DEPTH_MAX

INTEGERS = st.integers(-(2**53) + 1, 2**53 - 1)
FLOATS = st.floats(allow_nan=False, allow_infinity=False).filter(lambda x: not 2**53 <= abs(x) < 1e21)
SCALARS = st.none() | st.booleans() | INTEGERS | st.text() | FLOATS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
OBJECTS = st.dictionaries(st.text(), VALUES)

# Source: RFC 8785 sections 3.2.2 and 3.2.3.
RFC_VALUE = {
    "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": '€$\u000f\nA\'B"\\\\"/',
    "literals": [None, True, False],
}
RFC_BYTES = (
    b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
    b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
)


def test_the_example_of_the_standard_comes_out_byte_for_byte() -> None:
    assert canonical_json(RFC_VALUE) == RFC_BYTES
    assert parse_canonical(RFC_BYTES) == RFC_VALUE


def test_keys_are_sorted_by_utf_16_units() -> None:
    keys = ["\r", "1", "\u0080", "ö", "€", "😀", "\ufb33"]  # by code points the last two would change places
    raw = canonical_json(dict.fromkeys(reversed(keys)))
    assert list(parse_canonical(raw)) == keys


@given(VALUES)
def test_the_fast_way_and_the_reference_agree(value: object) -> None:
    assert canonical_json(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # the strategy yields JSON only


@given(OBJECTS)
def test_what_is_written_is_read_back(value: dict[str, object]) -> None:
    raw = canonical_json(value)
    assert canonical_json(parse_canonical(raw)) == raw


@given(st.binary())
def test_any_bytes_are_read_or_refused_in_our_own_words(raw: bytes) -> None:
    try:
        value = parse_canonical(raw)
    except LintasError:
        return
    assert canonical_json(value) == raw


@given(OBJECTS, st.data())
def test_any_changed_byte_gives_another_value_or_is_refused(value: dict[str, object], data: st.DataObject) -> None:
    raw = canonical_json(value)
    place = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:place] + bytes([data.draw(st.integers(0, 255))]) + raw[place + 1 :]
    try:
        read = parse_canonical(changed)
    except NotCanonical:
        return
    assert (canonical_json(read) == raw) == (changed == raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b" {}",
        b"{}\n",
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":9007199254740992}',
        b'{"a":1e400}',
        b'{"a":NaN}',
        b'{"a":"\\u0061"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":' + b"[" * 100_000,
        b'{"a":' + b"9" * 10_000 + b"}",
        b'{"a":' + b"[" * 100 + b"]" * 100 + b"}",
    ],
)
def test_other_spellings_are_refused(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(raw)


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        -math.inf,
        2**53,
        -(2**53),
        2.0**53,
        -1e20,
        {"deep": {"a": 10**30}},
        "\ud800",
        {"\udfff": 1},
        {1: 2},
        {None: 2},
        b"bytes",
        {"a": {1, 2}},
        {"a": object()},
    ],
)
def test_what_json_cannot_say_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical_json(value)


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[object] = []
    value.append(value)
    with pytest.raises(NotCanonical):
        canonical_json(value)


def test_nesting_is_bounded_at_the_limit_and_not_before() -> None:
    def nested(depth: int) -> object:
        return [nested(depth - 1)] if depth else 1

    canonical_json(nested(JSON_DEPTH_MAX))
    with pytest.raises(NotCanonical):
        canonical_json(nested(JSON_DEPTH_MAX + 1))


def test_an_enum_and_a_tuple_are_written_as_what_they_hold() -> None:
    assert canonical_json({"c": Colour.RED, "t": ("a", 1)}) == b'{"c":"red","t":["a",1]}'
