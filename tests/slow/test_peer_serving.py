# SPDX-License-Identifier: Apache-2.0
"""`lintas serve` as its peers meet it: a real process, its second address, and callers without manners."""

import asyncio
import contextlib
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lintas.formats.peer.descriptor import read_descriptor
from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.transport.client import fetch_descriptor
from lintas.transport.network import client_context
from lintas.web.local import serving
from lintas.web.peer.protocol import HEAD_BYTES_MAX
from tests.faults.killing import LINTAS

pytestmark = pytest.mark.slow
STOP_S_MAX = 20.0  # a free machine needs two; the connection would stay for as long as its caller likes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("peers") / "asc"
    Node.create(place, name="Example anti-scam centre", country="MY", mode=Mode.EXERCISE)
    return place


@contextlib.contextmanager
def served(folder: Path, *more: str) -> Iterator[tuple["subprocess.Popen[str]", list[str]]]:
    command = [*LINTAS, "serve", str(folder), "--port", "0", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        try:
            assert child.stdout is not None
            lines = [child.stdout.readline().strip()]
            if more:
                lines.append(child.stdout.readline().strip())
            yield child, lines
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                child.wait(30)


def connected(url: str) -> ssl.SSLSocket:
    where = urlsplit(url)
    assert where.hostname is not None and where.port is not None
    plain = socket.create_connection((where.hostname, where.port), timeout=20)
    return client_context().wrap_socket(plain, server_hostname=where.hostname)


def test_it_says_where_peers_reach_it_and_proves_its_key(folder: Path) -> None:
    with served(folder, "--peer-port", "0") as (child, lines):
        word, url = lines[1].split()
        where = serving.read(folder)
        assert where is not None
        assert (word, url) == ("peers", where.peer_url)
        assert url.startswith("https://127.0.0.1:")
        document, public = asyncio.run(fetch_descriptor(url))
        opened = read_descriptor(document)
        assert public in opened.tls.values()
        assert opened.profile.endpoints == ()  # nobody has set `peer_url`
    assert child.returncode == 0


def test_the_settings_say_it_too(folder: Path) -> None:
    settings = folder / "node.toml"
    before = settings.read_text()
    settings.write_text(f'{before}peer_listen = "127.0.0.1:0"\npeer_url = "https://peer.example:8418"\n')
    try:
        command = [*LINTAS, "serve", str(folder), "--port", "0"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline().startswith("serving ")
            document, _ = asyncio.run(fetch_descriptor(child.stdout.readline().split()[1]))
            child.send_signal(signal.SIGTERM)
            child.wait(30)
        assert read_descriptor(document).profile.endpoints == ("https://peer.example:8418",)
    finally:
        settings.write_text(before)


def test_without_a_port_nobody_can_connect(folder: Path) -> None:
    with served(folder) as (_, lines):
        assert lines[0].startswith("serving http://")
        where = serving.read(folder)
        assert where is not None
        assert where.peer_url == ""


def test_it_ends_soon_though_somebody_stays_connected(folder: Path) -> None:
    with served(folder, "--peer-port", "0") as (child, lines), connected(lines[1].split()[1]):
        began = time.monotonic()
        child.send_signal(signal.SIGTERM)
        child.wait(60)
        assert time.monotonic() - began < STOP_S_MAX


def test_a_head_without_end_is_cut_off(folder: Path) -> None:
    with served(folder, "--peer-port", "0") as (_, lines), connected(lines[1].split()[1]) as line:
        line.sendall(b"GET /peer/v1/descriptor HTTP/1.1\r\nhost: peer.example\r\n")
        with pytest.raises(OSError, match=r"reset|broken|closed|EOF|timed out"):  # noqa: PT012  # whichever write meets it
            for _ in range(4 * HEAD_BYTES_MAX // 1000):
                line.sendall(b"x-filler: " + b"y" * 1000 + b"\r\n")
            if not line.recv(100):
                raise ConnectionResetError(0, "reset")


def test_a_caller_that_speaks_no_tls_hears_no_http(folder: Path) -> None:
    with served(folder, "--peer-port", "0") as (_, lines):
        where = urlsplit(lines[1].split()[1])
        assert where.hostname is not None and where.port is not None
        with socket.create_connection((where.hostname, where.port), timeout=20) as line:
            line.sendall(b"GET /peer/v1/descriptor HTTP/1.1\r\nhost: a\r\n\r\n")
            with contextlib.suppress(ConnectionError):
                assert b"HTTP" not in line.recv(1000)


def test_an_older_tls_is_not_spoken(folder: Path) -> None:
    context = client_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with served(folder, "--peer-port", "0") as (_, lines):
        where = urlsplit(lines[1].split()[1])
        assert where.hostname is not None and where.port is not None
        with (
            socket.create_connection((where.hostname, where.port), timeout=20) as plain,
            pytest.raises(ssl.SSLError),
        ):
            context.wrap_socket(plain, server_hostname=where.hostname)
