# SPDX-License-Identifier: Apache-2.0
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from lintas.cli.main import VERBS, cli, main

HEAVY = ("numpy", "lxml", "duckdb", "starlette", "uvicorn", "cryptography", "phonenumbers", "argon2", "sqlite3")
PROBE = """
import contextlib, io, sys
import lintas.cli
from lintas.cli.main import main
with contextlib.redirect_stdout(io.StringIO()):
    code = main(["--help"])
print(code, *sorted(set(sys.modules) & set(sys.argv[1:])))
"""


def test_help_loads_nothing_heavy() -> None:
    said = subprocess.run(
        [sys.executable, "-c", PROBE, *HEAVY], capture_output=True, text=True, check=True, timeout=250
    )
    assert said.stdout.split() == ["0"]


NODE = """
import sys
import lintas.cli.find, lintas.cli.log, lintas.node.node, lintas.web.local.commands
print(*sorted(set(sys.modules) & set(sys.argv[1:])))
"""
READS = (
    "lintas.formats.reader",
    "lintas.formats.money.reader",
    "lintas.formats.stix.reader",
    "lintas.formats.table",
    "lintas.formats.text",
)


def test_a_node_loads_no_reader_and_nothing_that_a_cheap_verb_does_not_need() -> None:
    """Readers run in their own processes: a node knows them by name only."""
    absent = ("numpy", "lxml", "PIL", "zxingcpp", "duckdb", "phonenumbers", "starlette", "uvicorn", "httpx", "jinja2")
    said = subprocess.run(
        [sys.executable, "-c", NODE, *absent, *READS], capture_output=True, text=True, check=True, timeout=250
    )
    assert said.stdout.split() == []


def every_verb() -> dict[str, click.Command]:
    """All verbs, those of groups too: `peer add`."""
    found: dict[str, click.Command] = {}
    for name in VERBS:
        command = cli.get_command(click.Context(cli, info_name="lintas"), name)
        assert command is not None
        inner = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {verb}": one for verb, one in inner.items()} or {name: command}
    return found


@pytest.mark.parametrize("name", every_verb())
def test_each_verb_has_help_with_an_example(name: str) -> None:
    command = every_verb()[name]
    assert command.help
    assert f"lintas {name}" in (command.epilog or "")
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{parameter.name} of {name} says nothing"


@pytest.mark.parametrize("name", [name for name in every_verb() if name not in ("serve", "demo")])
def test_each_verb_can_speak_json(name: str) -> None:
    command = every_verb()[name]
    assert any(parameter.name == "as_json" for parameter in command.params)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["init"],
        ["init", "DIR"],
        ["init", "DIR", "--name", "N", "--country", "MYS"],
        ["init", "DIR", "--name", "N", "--country", "ZZ"],
        ["init", "DIR", "--name", "N", "--country", "MY", "--mode", "play"],
        ["take", "DIR"],
        ["take", "DIR", "no-such-file"],
        ["take", "DIR", "."],
        ["take", "DIR", "-", "-"],
        ["take", "DIR", __file__, "--marking", "PINK"],
        ["find", "DIR"],
        ["find", "DIR", "x", "--limit", "0"],
        ["find", "DIR", "x", "--tlp", "PINK"],
        ["find", "DIR", "x", "--file", "no-such-file"],
        ["find", "DIR", "x" * 3000],
        ["watch", "DIR"],
        ["watch", "DIR", "add"],
        ["watch", "DIR", "list", "x"],
        ["watch", "DIR", "end"],
        ["watch", "DIR", "add", "x", "--days", "9999"],
        ["alerts", "DIR", "--wait", "-1"],
        ["log", "DIR", "--vkey", "--checkpoint"],
        ["erase", "DIR", "x"],
        ["backup", "DIR", "FILE"],
        ["account", "DIR", "add"],
        ["account", "DIR", "list", "x"],
        ["account", "DIR", "password", "x"],
        ["account", "DIR", "add", "x", "--role", "king"],
        ["account", "DIR", "add", "x", "--clearance", "PINK"],
    ],
)
def test_wrong_use_exits_with_2_and_says_why(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(tmp_path / "none") if argument == "DIR" else argument for argument in arguments]
    assert main([*given, "--json"]) == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["error"]["message"]
    assert said.err.startswith("lintas: ")
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["find", "DIR", "x"],
        ["take", "DIR", __file__],
        ["status", "DIR"],
        ["doctor", "DIR"],
        ["verify", "DIR"],
        ["log", "DIR"],
        ["alerts", "DIR"],
        ["rebuild", "DIR"],
        ["watch", "DIR", "list"],
        ["account", "DIR", "list"],
        ["export", "DIR", "0" * 64],
        ["serve", "DIR", "--port", "0"],
    ],
)
def test_a_folder_without_a_node_is_said_and_nothing_is_made(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "none"
    assert main([str(folder) if argument == "DIR" else argument for argument in arguments]) == 2
    said = capsys.readouterr()
    assert "There is no node in" in said.err
    assert "hint: " in said.err
    assert said.out == ""
    assert not folder.exists()


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("lintas ")


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    command = [sys.executable, "-m", "lintas.cli.main", "--help"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        assert child.wait(60) == 0
        assert child.stderr.read() == b""
