# SPDX-License-Identifier: Apache-2.0
"""A real server in its own process, and command lines in theirs."""

import contextlib
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from lintas.cli import demo_files
from lintas.cli.demo_browser import Browser
from lintas.web.local import serving, wire
from tests.faults.verbs import verb

pytestmark = pytest.mark.slow
LINTAS = [sys.executable, "-m", "lintas.cli.main"]
START_S_MAX = 2.0
STOP_S_MAX = 20.0  # a free machine needs two; who waits for an alert would wait for sixty
IDLE_RSS_BYTES_MAX = 150 * 1000 * 1000


def lintas(name: str, *arguments: object, code: int = 0) -> Any:
    """Run a verb in this process; it asks the server like any other."""
    got, said = verb(name, *arguments)
    assert got == code, said
    return said


@pytest.fixture
def node(tmp_path: Path) -> Path:
    folder = tmp_path / "asc"
    lintas("init", folder, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    return folder


class Served:
    """A running server."""

    def __init__(self, child: "subprocess.Popen[str]", url: str, started_s: float) -> None:
        self.child, self.url, self.started_s = child, url, started_s


@contextlib.contextmanager
def served(node: Path, *more: str) -> Iterator[Served]:
    began = time.monotonic()
    command = [*LINTAS, "serve", str(node), "--port", "0", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stderr is not None
            line = child.stdout.readline()
            assert line.startswith("serving http://"), child.stderr.read()
            yield Served(child, line.removeprefix("serving ").strip(), time.monotonic() - began)
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                child.wait(60)


def cpu_s(pid: int) -> float:
    """Seconds of a core that a process took until now: others on this machine make them no more."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rss_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def test_it_accepts_when_it_says_so_and_leaves_nothing_behind(node: Path) -> None:
    with served(node) as server:
        where = serving.read(node)
        assert where is not None
        assert (where.url, where.pid) == (server.url, server.child.pid)
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=250)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
        assert lintas("status", node)["serving"] == server.url
    assert server.child.returncode == 0
    assert serving.read(node) is None
    assert not (node / serving.SOCKET).exists()


def test_it_starts_in_two_seconds_and_is_small_when_idle(node: Path) -> None:
    with served(node) as first:
        worked = cpu_s(first.child.pid)
    with served(node) as second:
        worked = min(worked, cpu_s(second.child.pid))
        started = min(first.started_s, second.started_s)
        idle = rss_bytes(second.child.pid)
    print(f"started in {started:.2f} s, {worked:.2f} s of work, idle RSS {idle / 1e6:.0f} MB")
    is_shared = "PYTEST_XDIST_WORKER" in os.environ or os.getloadavg()[0] > (os.cpu_count() or 1) / 2
    assert (worked if is_shared else started) < START_S_MAX  # others that share the cores make it later, not longer
    assert idle < IDLE_RSS_BYTES_MAX


def test_a_server_and_three_command_lines_lose_and_double_nothing(node: Path, tmp_path: Path) -> None:
    each = 12
    with served(node):
        lintas("watch", node, "add", demo_files.PHONE)
        children = []
        for line in range(3):
            folder = tmp_path / f"line-{line}"
            folder.mkdir()
            for index in range(each):
                text = f"{line}/{index}: call {demo_files.PHONE_WRITTEN}\n"
                (folder / f"{index}.txt").write_text(text)
            (folder / "same.txt").write_text("all three send this one\n")
            command = [*LINTAS, "take", str(node), str(folder), "--recursive", "--source", "hotline", "--json"]
            children.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True))
        answers = []
        for child in children:
            out, err = child.communicate(timeout=250)
            assert child.returncode == 0, err
            answers.append(json.loads(out))
        alerts = lintas("alerts", node, "--limit", "1000")["alerts"]
        assert lintas("verify", node)["ok"] is True
    messages = [message for answer in answers for message in answer["messages"]]
    assert len(messages) == 3 * (each + 1)
    assert len(set(messages)) == 3 * each + 1
    assert sum(answer["duplicates"] for answer in answers) == 2
    assert len({alert["id"] for alert in alerts}) == len(alerts) == 3 * each


def test_waiting_for_an_alert_ends_when_it_comes(node: Path, tmp_path: Path) -> None:
    path = tmp_path / "slip.txt"
    path.write_text(f"call {demo_files.PHONE_WRITTEN}")
    with served(node):
        lintas("watch", node, "add", demo_files.PHONE)
        command = [*LINTAS, "alerts", str(node), "--wait", "60", "--json"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as waiting:
            lintas("take", node, path)
            out, _ = waiting.communicate(timeout=250)
    assert [alert["term"] for alert in json.loads(out)["alerts"]] == [demo_files.PHONE]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_seconds_while_pages_and_command_lines_wait(node: Path, number: signal.Signals) -> None:
    with served(node) as server:
        lintas("account", node, "add", "Desk", "--clearance", "RED")
        browser = Browser(server.url)
        browser.open(urlsplit(lintas("account", node, "link", "Desk")["link"]).path)
        browser.send("/enter/")
        live = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        live.request("GET", "/desk/stream", headers={"Cookie": cookie, "Accept": "text/event-stream"})
        stream = live.getresponse()
        assert stream.status == 200
        assert stream.readline().startswith(b"retry")
        with subprocess.Popen(
            [*LINTAS, "alerts", str(node), "--wait", "60", "--json"], stdout=subprocess.PIPE
        ) as waiting:
            where = serving.read(node)
            assert where is not None
            began = time.monotonic()
            server.child.send_signal(number)
            assert server.child.wait(60) == 0
            took_s = time.monotonic() - began
            waiting.kill()
        live.close()
        assert server.child.stderr is not None
        assert "Traceback" not in server.child.stderr.read()
    assert took_s < STOP_S_MAX
    assert serving.read(node) is None


def test_it_ends_with_the_process_that_started_it(node: Path) -> None:
    command = [*LINTAS, "serve", str(node), "--port", "0", "--while-stdin"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline().startswith("serving ")
        child.stdin.close()
        assert child.wait(60) == 0


def test_a_killed_server_leaves_a_node_that_works(node: Path, tmp_path: Path) -> None:
    path = tmp_path / "slip.txt"
    path.write_text("one")
    with served(node) as server:
        (message,) = lintas("take", node, path)["messages"]
        server.child.kill()
        server.child.wait(60)
    assert serving.read(node) is not None  # stale, as a killed process cannot tidy up
    assert lintas("status", node)["serving"] == ""
    assert lintas("take", node, path)["messages"] == [message]
    with served(node):
        assert lintas("verify", node)["ok"] is True


def test_a_held_lock_without_a_socket_is_busy(node: Path) -> None:
    (lock,) = node.glob("*.lock")
    with lock.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert lintas("find", node, "x", code=3)["error"]["class"] == "NodeBusy"
        assert lintas("verify", node)["ok"] is True  # looks for itself, and writes nothing


def test_two_servers_of_one_node_cannot_be(node: Path) -> None:
    with served(node):
        said = subprocess.run(
            [*LINTAS, "serve", str(node), "--port", "0"], capture_output=True, text=True, check=False, timeout=250
        )
        assert said.returncode == 3
        assert "Traceback" not in said.stderr
        assert lintas("status", node)["serving"]


def test_a_taken_port_is_said(node: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [*LINTAS, "serve", str(node), "--port", str(taken.getsockname()[1])]
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    assert said.returncode == 2
    assert "cannot be listened at" in said.stderr


def test_a_node_refuses_to_run_without_its_assertions(node: Path) -> None:
    command = [sys.executable, "-O", "-m", "lintas.cli.main", "serve", str(node), "--port", "0"]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=250)
    assert said.returncode == 2
    assert "python -O" in said.stderr


def test_an_open_address_without_tls_warns(node: Path) -> None:
    with served(node, "--host", "0.0.0.0") as server:  # noqa: S104  # what is warned of
        server.child.send_signal(signal.SIGTERM)
        server.child.wait(60)
        assert server.child.stderr is not None
        assert "warning: 0.0.0.0 can be reached" in server.child.stderr.read()


def test_a_node_deep_in_the_file_system_is_served_too(tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 20) / "asc"
    folder.parent.mkdir()
    lintas("init", folder, "--name", "Desk", "--country", "MY")
    with served(folder):
        where = serving.read(folder)
        assert where is not None
        assert len(where.socket) <= serving.SOCKET_PATH_BYTES_MAX
        lintas("find", folder, "x")
    assert not Path(where.socket).parent.exists()


BAD_REQUESTS = (
    b"",
    b"\n",
    b"{}\n",
    b'{"request": {"verb": "nonsense"}}\n',
    b'{"request": {"verb": "find"}}\n',
    b'{"request": {"verb": "find", "terms": ["x"], "other": 1}}\n',
    b'{"request": {"verb": "take"}, "files": [{"name": "x", "size_bytes": 5}]}\nfour',
    b'{"request": {"verb": "take"}, "files": [{"name": "x", "size_bytes": -1}]}\n',
    b'{"request": {"verb": "take"}, "files": [{"name": "x", "size_bytes": -1}, {"name": "y", "size_bytes": 1}]}\n',
    b"\xff\xfe\n",
    b"[" * 5000 + b"\n",
)


def test_a_bad_request_is_answered_and_the_server_goes_on(node: Path) -> None:
    with served(node) as server:
        where = serving.read(node)
        assert where is not None
        for body in BAD_REQUESTS:
            with socket.socket(socket.AF_UNIX) as raw:
                raw.settimeout(20)
                raw.connect(where.socket)
                head = f"POST {wire.PATH} HTTP/1.1\r\nHost: local\r\nConnection: close\r\nContent-Length: {len(body)}"
                raw.sendall(head.encode() + b"\r\n\r\n" + body)
                said = b""
                while piece := raw.recv(65536):
                    said += piece
            assert b'"failure"' in said, body
            assert b"Traceback" not in said
        lintas("find", node, "x")
        server.child.send_signal(signal.SIGTERM)
        server.child.wait(60)
        assert server.child.stderr is not None
        assert "Traceback" not in server.child.stderr.read()


def test_a_caller_that_hangs_up_stops_nothing(node: Path, tmp_path: Path) -> None:
    with served(node):
        where = serving.read(node)
        assert where is not None
        for size in (10, 10_000_000):  # announced, never sent
            with socket.socket(socket.AF_UNIX) as raw:
                raw.connect(where.socket)
                raw.sendall(f"POST {wire.PATH} HTTP/1.1\r\nHost: local\r\nContent-Length: {size}\r\n\r\n{{".encode())
        assert lintas("find", node, "x")["results"]
