# SPDX-License-Identifier: Apache-2.0
"""docs/howto/sign-in.md and lost-device.md say what is so, and the verbs about access do what they say."""

import json
import re
import shlex
from pathlib import Path

import pytest

from lintas import limits
from lintas.config.console_address import read_console_url
from lintas.errors import BadInput
from lintas.node.node import Node
from lintas.testing import shared_readers
from lintas.work.accounts import session_of, sign_in, use_link
from lintas.work.accounts.codes import STEP_S
from tests.faults.terminal import main
from tests.scenario.browsing import PASSWORD, officer
from tests.scenario.signing import authenticator, enrolled

HOWTO = Path(__file__).resolve().parents[2] / "docs/howto"


@pytest.mark.parametrize("name", ["sign-in.md", "lost-device.md"])
def test_its_commands_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", (HOWTO / name).read_text("utf-8"), re.DOTALL)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert len(commands) >= 5
    for command in commands:
        assert command[0] == "lintas"
        assert main(command[1:]) == 0, capsys.readouterr().err
    assert "/enter/" in capsys.readouterr().out


def test_its_figures_are_the_limits() -> None:
    said = " ".join((HOWTO / "sign-in.md").read_text("utf-8").split())
    assert (limits.TOKEN_EVERY_S, limits.TOKEN_GRACE_S) == (15 * 60, 30)
    assert (limits.RECOVERY_CODES, limits.SIGN_IN_TRIES_MAX, limits.SIGN_IN_WINDOW_S) == (10, 10, 15 * 60)
    assert (limits.SESSION_IDLE_S_MAX, limits.SESSION_S_MAX, STEP_S) == (30 * 60, 12 * 3600, 30)
    for words in (
        "every 15 minutes",
        "more than 30 seconds later",
        "30 minutes of rest",
        "after 12 hours",
        "shows ten",
    ):
        assert words in said
    assert limits.ORDER_S_MAX == 8 * 3600
    assert "within 8 hours" in " ".join((HOWTO / "lost-device.md").read_text("utf-8").split())


def test_the_drill_at_the_command_line(node: Node, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    who, key = officer(node), authenticator(node.services)
    shown = enrolled(node.services, who, key, "stolen phone")
    token = sign_in(node.services, "Aminah", PASSWORD).token
    folder = str(tmp_path / "node")
    node.close()
    assert main(["account", folder, "access", "Aminah"]) == 0
    said = capsys.readouterr().out
    assert "stolen phone" in said and "password" in said
    assert main(["account", folder, "lost", "Aminah", "--json"]) == 0
    lost = json.loads(capsys.readouterr().out)
    assert (lost["passkeys"], lost["sessions"]) == (1, 1)
    assert main(["account", folder, "end-passkey", "Aminah", "--id", shown.id]) == 2  # it is ended
    assert main(["account", folder, "end-passkey", "Aminah"]) == 2
    assert main(["account", folder, "revoke", "Aminah", "--id", "00"]) == 2
    assert main(["verify", folder]) == 0
    with Node.open(tmp_path / "node", readers=shared_readers()) as again:
        assert session_of(again.services, token) is None
        assert use_link(again.services, lost["link"].removeprefix("/enter/")).account == who


@pytest.mark.parametrize("value", ["", "https://node.example", "https://node.example:8443", "http://localhost:8417"])
def test_an_address_of_the_console_is_taken(value: str) -> None:
    assert read_console_url(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "http://node.example",
        "https://192.0.2.1",
        "https://[2001:db8::1]",
        "https://node.example/",
        "https://A.example",
        7,
        "https://",
        "ftp://localhost",
        "https://node.example:0",
        "https://a@node.example",
        "https://node.example\n",
    ],
)
def test_an_address_that_binds_no_passkey_is_refused(value: object) -> None:
    with pytest.raises(BadInput):
        read_console_url(value)
