# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import Malformed
from lintas.formats.stix.spans import Span, elements, has_doubled_name, members, names_in

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def whole(raw: bytes) -> Span:
    return Span(0, len(raw))


@given(st.dictionaries(st.text(), JSON, max_size=6), st.sampled_from([None, 1, "\t"]), st.booleans())
def test_each_member_stands_where_it_says(value: dict[str, object], indent: int | str | None, ascii_only: bool) -> None:
    raw = json.dumps(value, indent=indent, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    found = members(raw, whole(raw))
    assert {name: json.loads(raw[span.start : span.end]) for name, span in found} == value


@given(st.lists(JSON, max_size=6), st.sampled_from([None, 1, "\t"]))
def test_each_element_stands_where_it_says(value: list[object], indent: int | str | None) -> None:
    raw = json.dumps(value, indent=indent).encode()
    assert [json.loads(raw[span.start : span.end]) for span in elements(raw, whole(raw))] == value


@given(JSON, st.sampled_from([None, 2]))
def test_a_text_without_doubled_names_is_not_suspected(value: object, indent: int | None) -> None:
    raw = json.dumps(value, indent=indent).encode()
    assert not has_doubled_name(raw, names_in(json.loads(raw))[0])


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a" : 1, "a"\t:2}',
        b'{"a":1,"\\u0061":2}',
        b'{"b":{"a":1,"a":2}}',
        b'[{"a":":","a":"\\":"}]',
    ],
)
def test_a_doubled_name_is_seen(raw: bytes) -> None:
    assert has_doubled_name(raw, names_in(json.loads(raw))[0])


@pytest.mark.parametrize(
    "raw", [b'{"a":1,"a":1}', b'{"a":1,"a":2,"b":3}', b'{"a":1,"b":2,"a":1}', b'{"a":[],"\\u0061":[]}']
)
def test_a_doubled_member_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed, match="stands twice"):
        members(raw, whole(raw))


@pytest.mark.parametrize("raw", [b"", b"{", b"{]", b'{"a":}', b"[1,]", b"nul", b'{"a":1}x', b"[" * 5000, b'{"\xff":1}'])
def test_broken_json_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        members(raw, whole(raw))
    with pytest.raises(Malformed):
        elements(raw, whole(raw))


def test_a_part_equal_to_an_earlier_part_keeps_its_own_place() -> None:
    raw = b'{"x": [1, 2], "objects": [1, 2]}'
    assert dict(members(raw, whole(raw)))["objects"] == Span(25, 31)


def test_depth_counts_objects_and_lists() -> None:
    assert names_in({"a": [{"b": 1}], "c": 2}) == (3, 3)
