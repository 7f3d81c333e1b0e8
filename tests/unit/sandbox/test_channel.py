# SPDX-License-Identifier: Apache-2.0
"""The pool's end of the pipes, with a hostile other end."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from lintas.sandbox.channel import Channel, Closed, TooLarge, TooLate
from lintas.sandbox.wire import LENGTH


@dataclass(frozen=True, slots=True)
class OtherEnd:
    """What a reader process holds."""

    read_fd: int
    write_fd: int

    def answer(self, data: bytes) -> None:
        assert os.write(self.write_fd, data) == len(data)

    def close(self) -> None:
        for fd in (self.read_fd, self.write_fd):
            try:
                os.close(fd)
            except OSError:
                continue


@pytest.fixture
def ends() -> Iterator[tuple[Channel, OtherEnd]]:
    there_read, here_write = os.pipe()
    here_read, there_write = os.pipe()
    other = OtherEnd(there_read, there_write)
    channel = Channel(here_write, here_read)
    channel.expect(1000)
    yield channel, other
    other.close()
    os.close(here_write)
    os.close(here_read)


def soon() -> float:
    return time.monotonic() + 5


def framed(data: bytes) -> bytes:
    return LENGTH.pack(len(data)) + data


def test_a_frame_and_what_follows_it_arrive_in_order(ends: tuple[Channel, OtherEnd]) -> None:
    channel, other = ends
    channel.send(b"frame", (b"one", b"", b"two"), deadline=soon())
    assert os.read(other.read_fd, 100) == framed(b"frame") + b"onetwo"


def test_frames_are_read_apart_however_they_come(ends: tuple[Channel, OtherEnd]) -> None:
    channel, other = ends
    other.answer(framed(b"one") + framed(b"") + framed(b"two")[:2])
    assert channel.receive(deadline=soon()) == b"one"
    assert channel.receive(deadline=soon()) == b""
    other.answer(framed(b"two")[2:])
    assert channel.receive(deadline=soon()) == b"two"


def test_an_answer_that_does_not_come_is_too_late(ends: tuple[Channel, OtherEnd]) -> None:
    channel, other = ends
    with pytest.raises(TooLate):
        channel.receive(deadline=time.monotonic() + 0.01)
    other.answer(framed(b"half")[:-1])
    with pytest.raises(TooLate):
        channel.receive(deadline=time.monotonic() + 0.01)
    with pytest.raises(TooLate):
        channel.receive(deadline=time.monotonic() - 1)


def test_a_process_that_does_not_read_is_too_late(ends: tuple[Channel, OtherEnd]) -> None:
    channel, _ = ends
    with pytest.raises(TooLate):
        channel.send(b"", (bytes(8 * 2**20),), deadline=time.monotonic() + 0.05)


def test_more_than_was_allowed_is_too_large(ends: tuple[Channel, OtherEnd]) -> None:
    channel, other = ends
    other.answer(LENGTH.pack(2**32 - 1))
    with pytest.raises(TooLarge):
        channel.receive(deadline=soon())


def test_all_frames_of_an_answer_count_together(ends: tuple[Channel, OtherEnd]) -> None:
    channel, other = ends
    other.answer(framed(bytes(600)) + framed(bytes(400)) + framed(b"x"))
    channel.receive(deadline=soon())
    channel.receive(deadline=soon())
    with pytest.raises(TooLarge):
        channel.receive(deadline=soon())


def test_a_closed_end_is_told(ends: tuple[Channel, OtherEnd]) -> None:
    channel, other = ends
    other.answer(framed(b"last") + b"\1\0")
    other.close()
    assert channel.receive(deadline=soon()) == b"last"
    with pytest.raises(Closed):
        channel.receive(deadline=soon())
    with pytest.raises(Closed):
        channel.send(b"x", (), deadline=soon())


def test_words_that_nobody_asked_for_are_noticed(ends: tuple[Channel, OtherEnd]) -> None:
    channel, other = ends
    assert channel.is_quiet()
    other.answer(b"x")
    assert not channel.is_quiet()


def test_words_after_an_answer_are_noticed(ends: tuple[Channel, OtherEnd]) -> None:
    channel, other = ends
    other.answer(framed(b"answer") + framed(b"forged next answer"))
    assert channel.receive(deadline=soon()) == b"answer"
    assert not channel.is_quiet()


def test_an_end_that_closed_is_not_quiet(ends: tuple[Channel, OtherEnd]) -> None:
    channel, other = ends
    other.close()
    assert not channel.is_quiet()
