# SPDX-License-Identifier: Apache-2.0
"""docs/howto/console.md says what is so: its commands run, its figures are the limits, its routes exist."""

import re
import shlex
from pathlib import Path

import pytest

from lintas import limits
from lintas.config.packs import read_packs
from lintas.web.routes import ROUTES
from tests.faults.terminal import main

PAGE = Path(__file__).resolve().parents[2] / "docs/howto/console.md"


def test_its_commands_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert len(commands) >= 5
    for command in commands:
        assert command[0] == "lintas"
        assert main(command[1:]) == 0, capsys.readouterr().err
    assert "/enter/" in capsys.readouterr().out


def test_its_figures_are_the_limits() -> None:
    said = PAGE.read_text("utf-8")
    assert limits.SIGN_IN_LINK_S_MAX == limits.SIGN_IN_WINDOW_S == 15 * 60
    assert limits.SESSION_IDLE_S_MAX == 30 * 60
    assert limits.SESSION_S_MAX == 12 * 3600
    assert (limits.PASSWORD_CHARS_MIN, limits.SIGN_IN_TRIES_MAX) == (12, 10)
    for words in ("within 15 minutes", "30 minutes of rest, 12 hours", "12 characters or more", "Ten failures"):
        assert words in said.replace("\n", " ")


def test_its_roles_and_routes_exist() -> None:
    said = PAGE.read_text("utf-8")
    assert all(f"`{role}`" in said for role in read_packs(None).access.roles)
    paths = {spec.path for spec in ROUTES}
    assert {"/healthz", "/readyz", "/desk/stream"} <= paths
