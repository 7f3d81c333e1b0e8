# SPDX-License-Identifier: Apache-2.0
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import BadInput, LintasError, Malformed
from lintas.formats.export import decode_layout, encode_layout, layout_of, rebuild
from lintas.model.reading import Container, Derived, Slice
from tests.unit.formats.builders import bundle, payload, read, stix

Spans = tuple[tuple[int, int], ...]


def container(*spans: Spans) -> Container:
    slices = tuple(Slice(each, "text/plain", "", Derived()) for each in spans)
    return Container("text/1", "x", slices, (), len(slices))


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, Container]:
    raw = draw(st.binary(max_size=60))
    place = st.integers(0, len(raw)).flatmap(lambda start: st.tuples(st.just(start), st.integers(0, len(raw) - start)))
    return raw, container(*draw(st.lists(st.lists(place, max_size=4).map(tuple), max_size=5)))


@given(files())
def test_any_file_is_given_back_from_any_spans(case: tuple[bytes, Container]) -> None:
    raw, cut = case
    layout = decode_layout(json.loads(json.dumps(encode_layout(cut, raw))))
    assert layout == layout_of(cut, raw)
    assert rebuild(layout, lambda index: payload(raw, cut.slices[index])) == raw


@given(files())
def test_a_layout_holds_no_byte_that_a_message_holds(case: tuple[bytes, Container]) -> None:
    raw, cut = case
    covered = {at for each in cut.slices for start, size in each.spans for at in range(start, start + size)}
    assert layout_of(cut, raw).glue == bytes(byte for at, byte in enumerate(raw) if at not in covered)


@pytest.mark.parametrize(
    "spans",
    [
        (),
        (((0, 6),),),
        (((0, 2), (4, 2)),),
        (((0, 2), (2, 1)), ((0, 2), (3, 1))),
        (((4, 2), (0, 2)),),
        (((0, 6),), ((2, 2),)),
        (((2, 2),), ((0, 6),)),
        (((1, 0),),),
    ],
)
def test_shared_crossed_and_nested_spans_are_given_back(spans: tuple[Spans, ...]) -> None:
    raw, cut = b"abcdef", container(*spans)
    assert rebuild(layout_of(cut, raw), lambda index: payload(raw, cut.slices[index])) == raw


def test_another_payload_is_refused() -> None:
    raw = bundle(stix("tool", name="x"))
    layout = layout_of(read(raw), raw)
    with pytest.raises(BadInput, match="not what was taken"):
        rebuild(layout, lambda _: b"{}")


def test_an_erased_payload_stops_the_export() -> None:
    raw = bundle(stix("tool", name="x"))

    def erased(_: int) -> bytes:
        raise BadInput("It was erased.")

    with pytest.raises(BadInput, match="erased"):
        rebuild(layout_of(read(raw), raw), erased)


GOOD = encode_layout(container(((1, 2),)), b"abcd")


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"size": 5},
        {"size": "4"},
        {"parts": [1, 0, 0]},
        {"parts": [1, 0, 0, -2]},
        {"parts": [9, 0, 0, 2]},
        {"glue": "?"},
        {"glue": "YQ=="},
        {"extra": 1},
        {"digest": None},
    ],
)
def test_a_layout_that_does_not_fit_together_is_malformed(change: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        decode_layout(GOOD | change)


@given(
    st.none()
    | st.integers()
    | st.text()
    | st.dictionaries(
        st.sampled_from(["v", "size", "digest", "parts", "glue"]), st.integers() | st.text() | st.lists(st.integers())
    )
)
def test_any_value_is_a_layout_or_refused(value: object) -> None:
    try:
        decode_layout(value)
    except LintasError:
        return
    assert isinstance(value, dict)
