# SPDX-License-Identifier: Apache-2.0
"""A real server process tells a real mail server and a webhook that something waits, and survives being killed."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.verbs import verb
from tests.scenario.outside import Mailbox, mail_server, secret, until, web_server

pytestmark = pytest.mark.slow
LINTAS = [sys.executable, "-m", "lintas.cli.main"]
PHONE = "+60123456789"
STOP_S_MAX = 20.0  # a free machine needs two


def lintas(name: str, *arguments: object) -> Any:
    """Run a verb in this process; it asks the server like any other."""
    code, said = verb(name, *arguments)
    assert code in {0, 1}, said
    return said


@contextmanager
def served(node: Path) -> Iterator["subprocess.Popen[str]"]:
    command = [*LINTAS, "serve", str(node), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline().startswith("serving http://")
            yield child
        finally:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                child.wait(30)


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as opened:
        yield opened


@pytest.fixture
def node(tmp_path: Path, box: Mailbox) -> Path:
    folder = tmp_path / "asc"
    lintas("init", folder, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    with (folder / "node.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            "[notify]\n"
            'email_to = ["duty@agency.example"]\nemail_from = "lintas@agency.example"\n'
            f'smtp_host = "localhost"\nsmtp_port = {box.port}\nsmtp_tls = "none"\n'
        )
    lintas("watch", folder, "add", PHONE)
    return folder


def take(node: Path, tmp_path: Path, number: int) -> None:
    file = tmp_path / f"{number}.txt"
    file.write_text(f"{number}: Siti Contoh, {PHONE}", encoding="utf-8")
    assert lintas("take", node, file)["alerts"] == 1


def test_a_take_through_the_server_is_told_and_a_killed_server_tells_it_once(
    node: Path, tmp_path: Path, box: Mailbox
) -> None:
    with served(node) as child:
        take(node, tmp_path, 1)
        until(lambda: len(box.mails) == 1)
        until(lambda: lintas("status", node)["notices"][0]["state"] == "sent")
        child.kill()
        child.wait(30)
    with served(node):
        assert lintas("status", node)["notices"][0]["target"] == "mail duty@agency.example"
        (alert,) = lintas("alerts", node)["alerts"]
        lintas("alerts", node, "--ack", alert["id"])
        until(lambda: lintas("status", node)["notices"][0]["state"] == "clear")
        take(node, tmp_path, 2)
        until(lambda: len(box.mails) == 2)
    assert PHONE.encode() not in b"".join(box.mails)
    assert b"Siti" not in b"".join(box.mails)


def test_what_was_taken_while_nobody_served_is_told_at_the_next_start(node: Path, tmp_path: Path, box: Mailbox) -> None:
    for number in range(3):
        take(node, tmp_path, number)
    assert box.mails == []
    with served(node):
        until(lambda: len(box.mails) == 1)
    assert b"wait for somebody: 3" in box.mails[0]


def test_a_server_that_cannot_send_says_so_and_stops_as_fast_as_ever(node: Path, tmp_path: Path, box: Mailbox) -> None:
    box.answer = "451 later"
    with served(node) as child:
        take(node, tmp_path, 1)
        until(
            lambda: lintas("status", node)["notices"][:1] != [] and lintas("status", node)["notices"][0]["tries"] == 1
        )
        health = lintas("doctor", node)
        (check,) = [one for one in health["checks"] if one["name"] == "notices"]
        assert not check["ok"]
        assert "451" in check["detail"]
        began = time.monotonic()
        child.send_signal(signal.SIGTERM)
        assert child.wait(60) == 0
        assert time.monotonic() - began < STOP_S_MAX


def test_a_webhook_of_this_machine_needs_no_tls(tmp_path: Path) -> None:
    folder = tmp_path / "asc"
    lintas("init", folder, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    with web_server() as hook:
        with (folder / "node.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'[notify]\nwebhook_urls = ["{hook.url}"]\nwebhook_secret = "{secret()}"\n')
        lintas("watch", folder, "add", PHONE)
        with served(folder):
            take(folder, tmp_path, 1)
            until(lambda: len(hook.posts) == 1)
    assert json.loads(hook.posts[0].body)["waiting"] == 1
