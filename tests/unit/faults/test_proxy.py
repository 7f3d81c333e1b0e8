# SPDX-License-Identifier: Apache-2.0
"""The fault proxy before a real server that echoes: what it does is what it says."""

import socket
import socketserver
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Fault, FaultProxy, Kind, plan
from tests.scenario.outside import until

DATA = bytes(range(256)) * 400  # 102,400 bytes


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        try:
            while piece := self.request.recv(65_536):
                self.request.sendall(piece)
        except OSError:
            return  # the proxy reset it, as it should


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True


@pytest.fixture(scope="module")
def target() -> Iterator[tuple[str, int]]:
    with Server(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        host, port = server.server_address[:2]
        yield str(host), int(port)
        server.shutdown()
        thread.join()


def echoed(proxy: FaultProxy, data: bytes = DATA, *, timeout_s: float = 20.0) -> bytes:
    """Send data and close that way; return what comes back until the end. OSError when it is reset."""
    with socket.create_connection(proxy.address, timeout=timeout_s) as connection:
        failed: list[OSError] = []
        sender = threading.Thread(target=_send, args=(connection, data, failed))
        sender.start()
        came = b""
        try:
            while piece := connection.recv(65_536):
                came += piece
        finally:
            sender.join()
        if failed:
            raise failed[0]
        return came


def _send(connection: socket.socket, data: bytes, failed: list[OSError]) -> None:
    try:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
    except OSError as exc:
        failed.append(exc)  # a reset is told once, to whoever touches the socket first


def test_without_a_fault_every_byte_passes_both_ways(target: tuple[str, int]) -> None:
    with FaultProxy(target) as proxy:
        assert echoed(proxy) == DATA
        assert (proxy.counts.bytes_up, proxy.counts.bytes_down) == (len(DATA), len(DATA))
        assert proxy.counts.connections == 1


def test_a_delay_makes_it_later_and_loses_nothing(target: tuple[str, int]) -> None:
    with FaultProxy(target, faults=[Fault(kind=Kind.DELAY, delay_s=0.05, jitter_s=0.01)]) as proxy:
        began = time.monotonic()
        assert echoed(proxy, b"short") == b"short"
        assert time.monotonic() - began >= 0.1
        assert proxy.counts.delayed == 2


def test_a_drip_keeps_to_its_rate(target: tuple[str, int]) -> None:
    with FaultProxy(target, faults=[Fault(kind=Kind.DRIP, way="down", bytes_s=20_000)]) as proxy:
        began = time.monotonic()
        assert echoed(proxy, DATA[:6_000]) == DATA[:6_000]
        assert time.monotonic() - began >= 0.25
        assert proxy.counts.dripped >= 15


def test_a_reset_comes_in_mid_write_after_that_many_bytes(target: tuple[str, int]) -> None:
    with FaultProxy(target, faults=[Fault(kind=Kind.RESET, way="up", after_bytes=10_000)]) as proxy:
        with pytest.raises(ConnectionResetError):
            echoed(proxy)
        assert proxy.counts.resets == 1
        assert proxy.counts.bytes_up == 10_000
        assert echoed(proxy) == DATA  # the script is at its end


def test_a_black_hole_swallows_and_says_nothing(target: tuple[str, int]) -> None:
    with FaultProxy(target, faults=[Fault(kind=Kind.BLACKHOLE, after_bytes=100)]) as proxy:
        with pytest.raises(TimeoutError):
            echoed(proxy, timeout_s=0.3)
        until(lambda: proxy.counts.swallowed > 0)  # what was sent is on its way to it, however late it looks
        assert proxy.counts.bytes_down <= 100


def test_a_half_close_ends_one_way_in_order(target: tuple[str, int]) -> None:
    with FaultProxy(target, faults=[Fault(kind=Kind.HALF_CLOSE, way="down", after_bytes=1_000)]) as proxy:
        assert echoed(proxy) == DATA[:1_000]
        assert proxy.counts.half_closed == 1


def test_who_is_refused_is_reset_at_once(target: tuple[str, int]) -> None:
    with FaultProxy(target, faults=[Fault(kind=Kind.REFUSE)]) as proxy:
        with pytest.raises(ConnectionError):
            echoed(proxy)
        assert proxy.counts.refused == 1


def test_a_port_nobody_listens_at_refuses_until_it_listens_again(target: tuple[str, int]) -> None:
    with FaultProxy(target) as proxy:
        proxy.stop_listening()
        with pytest.raises(ConnectionRefusedError):
            echoed(proxy)
        proxy.listen_again()
        assert echoed(proxy) == DATA


def test_a_server_that_is_gone_shows_as_a_reset() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with FaultProxy(unused.getsockname()) as proxy, pytest.raises(ConnectionError):
            echoed(proxy)


def test_a_cut_resets_what_is_open(target: tuple[str, int]) -> None:
    with FaultProxy(target) as proxy, socket.create_connection(proxy.address, timeout=20) as connection:
        connection.sendall(b"first")
        assert connection.recv(100) == b"first"
        assert proxy.cut() == 1
        with pytest.raises(ConnectionResetError):
            connection.recv(100)
        assert echoed(proxy) == DATA


def test_faults_come_in_order_one_a_connection(target: tuple[str, int]) -> None:
    faults = [Fault(kind=Kind.HALF_CLOSE, way="down", after_bytes=size) for size in (10, 20, 30)]
    with FaultProxy(target, faults=faults, then=Fault(kind=Kind.HALF_CLOSE, way="down", after_bytes=5)) as proxy:
        assert [len(echoed(proxy)) for _ in range(5)] == [10, 20, 30, 5, 5]
        proxy.use([Fault()])
        assert [len(echoed(proxy)) for _ in range(2)] == [len(DATA)] * 2


def test_the_same_seed_plans_the_same() -> None:
    assert plan(7, count=40) == plan(7, count=40) != plan(8, count=40)
    assert {fault.kind for fault in plan(7, count=200)} == set(Kind)
