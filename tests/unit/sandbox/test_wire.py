# SPDX-License-Identifier: Apache-2.0
"""Frames between the pool and a reader process."""

from collections.abc import Iterable, Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.model.identifier import Identifier, Strength
from lintas.model.reading import Container, Derived, Entity, Posting, Rejected, Slice, Statement
from lintas.sandbox.wire import (
    FRAME_ITEMS_MAX,
    FRAME_PAYLOAD_BYTES_MAX,
    Done,
    More,
    Nonsense,
    Opened,
    Outcome,
    Reply,
    Slices,
    Text,
    container_frames,
    container_from,
    derived_from,
    done_from,
    outcome_frames,
    text_from,
)

DECODER = msgspec.msgpack.Decoder(Reply)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
DERIVED = st.builds(
    Derived,
    entities=st.lists(st.builds(Entity, WORDS, WORDS, WORDS), max_size=4).map(tuple),
    statements=st.lists(st.builds(Statement, st.integers(0, 9), WORDS, WORDS, confidence=st.integers(-1, 100))).map(
        tuple
    ),
    postings=st.lists(
        st.builds(Posting, st.integers(0, 9), st.builds(Identifier, WORDS, WORDS, st.sampled_from(Strength)), WORDS),
        max_size=3,
    ).map(tuple),
    notes=st.lists(WORDS, max_size=2).map(tuple),
    read=st.integers(0, 99),
    rejected=st.lists(st.builds(Rejected, WORDS, WORDS), max_size=2).map(tuple),
)
SPANS = st.lists(st.tuples(st.integers(0, 2**26), st.integers(0, FRAME_PAYLOAD_BYTES_MAX)), max_size=3).map(tuple)
SLICES = st.lists(st.builds(Slice, SPANS, WORDS, WORDS, DERIVED, WORDS, WORDS), max_size=6).map(tuple)
CONTAINERS = st.builds(
    Container,
    WORDS,
    WORDS,
    SLICES,
    st.lists(st.builds(Rejected, WORDS, WORDS), max_size=2).map(tuple),
    st.integers(0, 99),
)


def across(frames: Iterable[Reply]) -> Iterator[Reply]:
    """Send frames as bytes and read them back."""
    return iter([DECODER.decode(msgspec.msgpack.encode(frame)) for frame in frames])


def large(statements: int) -> Derived:
    entities = tuple(Entity(f"k{number}", "Person", "") for number in range(3))
    posting = Posting(1, Identifier("phone", "+61491570006"), "phone")
    return Derived(
        entities=entities,
        statements=tuple(Statement(number % 3, "name", f"value {number}") for number in range(statements)),
        postings=(posting, posting),
        notes=("kept",),
        read=7,
    )


@given(CONTAINERS)
def test_a_container_comes_back_as_it_was_sent(container: Container) -> None:
    assert container_from(across(container_frames(container))) == container


@given(DERIVED)
def test_what_one_message_says_comes_back_as_it_was_sent(derived: Derived) -> None:
    assert derived_from(across(outcome_frames(derived))) == derived


@pytest.mark.parametrize(
    "statements", [FRAME_ITEMS_MAX - 6, FRAME_ITEMS_MAX, 2 * FRAME_ITEMS_MAX, 3 * FRAME_ITEMS_MAX + 1]
)
def test_a_large_table_comes_back_as_it_was_sent(statements: int) -> None:
    container = Container(
        reader="table/1",
        format="CSV",
        slices=(
            Slice(((0, 3),), "text/csv", "", large(2)),
            Slice(((3, 9),), "text/csv", "RED", large(statements)),
            Slice(((12, 1),), "text/csv", "", large(1)),
        ),
        rejected=(),
        read=3,
    )
    assert container_from(across(container_frames(container))) == container
    assert derived_from(across(outcome_frames(container.slices[1].derived))) == container.slices[1].derived


def test_no_frame_holds_more_than_its_share() -> None:
    container = Container("table/1", "CSV", (Slice(((0, 3),), "text/csv", "", large(4 * FRAME_ITEMS_MAX)),), (), 1)
    assert max(len(msgspec.msgpack.encode(frame)) for frame in container_frames(container)) < 60 * FRAME_ITEMS_MAX


def test_slices_without_statements_are_cut_too() -> None:
    many = tuple(Slice(((0, 0),), "text/plain", "", Derived()) for _ in range(2 * FRAME_ITEMS_MAX + 5))
    frames = list(container_frames(Container("text/1", "text", many, (), 1)))
    assert [len(frame.slices) for frame in frames if isinstance(frame, Slices)] == [FRAME_ITEMS_MAX, FRAME_ITEMS_MAX, 5]


def test_long_payloads_are_cut_apart() -> None:
    long = tuple(Slice(((0, FRAME_PAYLOAD_BYTES_MAX),), "text/plain", "", Derived()) for _ in range(3))
    frames = list(container_frames(Container("text/1", "text", long, (), 1)))
    assert [len(frame.slices) for frame in frames if isinstance(frame, Slices)] == [1, 1, 1]


EMPTY = Container("text/1", "text", (), (), 0)


@pytest.mark.parametrize(
    "replies",
    [
        (),
        (Done(),),
        (Slices(()),),
        (Opened(EMPTY),),
        (Opened(EMPTY), Opened(EMPTY), Done()),
        (Opened(EMPTY), Text("{}"), Done()),
        (Opened(EMPTY), More(), Done()),
        (Opened(EMPTY), Outcome(Derived(), 0), Done()),
    ],
)
def test_frames_out_of_order_are_no_container(replies: tuple[Reply, ...]) -> None:
    with pytest.raises(Nonsense):
        container_from(iter(replies))


@pytest.mark.parametrize("replies", [(), (Done(),), (Outcome(Derived(), 1),), (Outcome(Derived(), 2), More(), Done())])
def test_frames_out_of_order_say_nothing(replies: tuple[Reply, ...]) -> None:
    with pytest.raises(Nonsense):
        derived_from(iter(replies))


def test_a_mapping_is_text_and_an_end_is_an_end() -> None:
    assert text_from(iter((Text("{}"),))) == "{}"
    with pytest.raises(Nonsense):
        text_from(iter((Done(),)))
    with pytest.raises(Nonsense):
        done_from(iter((Text("{}"),)))


@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_an_error_that_is_expected(raw: bytes) -> None:
    try:
        reply = DECODER.decode(raw)
    except (msgspec.MsgspecError, ValueError):
        return
    assert isinstance(reply, Reply)
