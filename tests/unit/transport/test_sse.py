# SPDX-License-Identifier: Apache-2.0
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import OverLimit
from lintas.limits import BATCH_BYTES_MAX
from lintas.transport.sse import Event, EventParser

STREAM = (
    b": hello\n\n"
    b'event: batch\nid: 0123456789abcdef.0.1\ndata: {"signed":{}}\n\n'
    b"event: head\r\ndata: line one\r\ndata: line two\r\n\r\n"
    b": still here\n\n"
    b"data:no space\rdata: cr\r\r"
    b"id: kept\ndata:  two spaces\nretry: 100\nunknown: x\nfield\n\n"
    b"event: empty\n\n"
    b"event: batch\ndata\n\n"
)
EVENTS = [
    Event("batch", b'{"signed":{}}', "0123456789abcdef.0.1"),
    Event("head", b"line one\nline two", "0123456789abcdef.0.1"),
    Event("message", b"no space\ncr", "0123456789abcdef.0.1"),
    Event("message", b" two spaces", "kept"),
    Event("batch", b"", "kept"),
]


def read(pieces: list[bytes]) -> list[Event]:
    parser = EventParser()
    return [event for piece in pieces for event in parser.feed(piece)]


def cut(data: bytes, at: list[int]) -> list[bytes]:
    marks = sorted({0, len(data), *(index % (len(data) + 1) for index in at)})
    return [data[start:end] for start, end in pairwise(marks)]


def test_a_stream_in_one_piece() -> None:
    assert read([STREAM]) == EVENTS


def test_a_stream_byte_by_byte() -> None:
    assert read([bytes([byte]) for byte in STREAM]) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=40))
def test_any_split_gives_the_same_events(at: list[int]) -> None:
    assert read(cut(STREAM, at)) == EVENTS


@given(st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"data: x", b"data", b"event: e", b"id: 1", b":", b"id: \0"])),
       st.lists(st.integers(0, 500), max_size=30))  # fmt: skip
def test_any_split_of_any_fields_gives_the_same_events(parts: list[bytes], at: list[int]) -> None:
    stream = b"".join(parts)
    assert read(cut(stream, at)) == read([stream])


@given(st.binary(max_size=400), st.lists(st.integers(0, 400), max_size=20))
def test_no_bytes_raise_anything_else(data: bytes, at: list[int]) -> None:
    assert read(cut(data, at)) == read([data])


def test_a_cut_between_cr_and_lf_ends_one_line_only() -> None:
    assert read([b"data: a\r", b"\ndata: b\r", b"\n\r", b"\n"]) == [Event("message", b"a\nb", "")]


def test_an_event_that_never_ends_is_dropped() -> None:
    assert read([b"data: half"]) == []


def test_a_byte_order_mark_is_skipped_only_at_the_start() -> None:
    mark = b"\xef\xbb\xbf"
    assert read([mark[:1], mark[1:] + b"data: a\n\n", mark + b"data: b\n\n"]) == [Event("message", b"a", "")]


@pytest.mark.parametrize("endless", [b"x", b"data: x\n", b"data: x\r\n", b"id: 12345\n", b": comment"])
def test_more_than_an_event_may_have_ends_the_stream(endless: bytes) -> None:
    with pytest.raises(OverLimit):
        EventParser(bytes_max=64).feed(endless * 100)


def test_many_small_events_are_within_the_limit() -> None:
    parser = EventParser(bytes_max=64)
    assert sum(len(parser.feed(b"event: batch\ndata: 12345\n\n")) for _ in range(1_000)) == 1_000


def test_the_largest_batch_fits() -> None:
    document = b"x" * BATCH_BYTES_MAX
    stream = b"event: batch\nid: " + b"f" * 60 + b"\ndata: " + document + b"\n\n"
    parser, found = EventParser(), []
    for start in range(0, len(stream), 65_536):
        found += parser.feed(stream[start : start + 65_536])
    assert [event.data == document for event in found] == [True]
