# SPDX-License-Identifier: Apache-2.0
"""The demo's cable passes bytes on, is cut where it was told, and carries again when it is mended."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lintas.cli.demo_link import Link
from tests.faults.ports import KeptPort

SIZE = 400_000


@contextmanager
def sending(size: int) -> Iterator[tuple[str, int]]:
    """A server that sends so many bytes to whoever connects, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                try:
                    taken, _ = listening.accept()
                except OSError:
                    return  # the test has ended
                with taken:
                    try:
                        taken.sendall(b"x" * size)
                    except OSError:
                        continue  # the cable was cut, which is the point

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.fixture
def link() -> Iterator[Link]:
    made = Link()
    yield made
    made.stop()


def received(port: int) -> tuple[int, bool]:
    """How many bytes come through a port, and whether the connection then ends in order."""
    size = 0
    try:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            while piece := connection.recv(65_536):
                size += len(piece)
    except OSError:
        return size, False
    return size, True


def test_it_passes_everything_on(link: Link) -> None:
    with sending(SIZE) as (host, port):
        ours = link.listen()
        link.lead(ours, host, port)
        assert received(ours) == (SIZE, True)


def test_it_is_cut_in_the_middle_stays_down_and_is_mended(link: Link) -> None:
    with sending(SIZE) as (host, port):
        ours = link.listen()
        link.lead(ours, host, port)
        link.cut_after(ours, SIZE // 2)
        size, is_whole = received(ours)
        assert size <= SIZE // 2
        assert not is_whole
        assert link.wait_cut(10)
        assert received(ours) == (0, False)
        link.mend()
        assert received(ours) == (SIZE, True)


def test_bytes_of_another_way_do_not_cut_it(link: Link) -> None:
    with sending(SIZE) as (host, port):
        first, second = link.listen(), link.listen()
        for ours in (first, second):
            link.lead(ours, host, port)
        link.cut_after(first, SIZE // 2)
        assert received(second) == (SIZE, True)
        assert not link.wait_cut(0)
        assert received(first)[1] is False
        assert received(second) == (0, False)


def test_a_port_that_leads_nowhere_yet_hangs_up(link: Link) -> None:
    assert received(link.listen()) == (0, False)


def test_a_server_that_is_gone_is_a_connection_that_ends(link: Link) -> None:
    nobody = KeptPort()  # that no other server of this machine may come to have
    ours = link.listen()
    link.lead(ours, "127.0.0.1", nobody.number)
    assert received(ours)[0] == 0


def test_stopping_twice_or_before_the_start_does_nothing(link: Link) -> None:
    Link().stop()
    link.listen()
    link.stop()
    link.stop()
