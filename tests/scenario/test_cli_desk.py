# SPDX-License-Identifier: Apache-2.0
"""alerts on the command line: mine, hand over, count; and what cannot be asked together."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults.terminal import main

PHONE = "+60123456789"
Said = pytest.CaptureFixture[str]


@pytest.fixture
def node(tmp_path: Path, capsys: Said) -> Path:
    """A watch of Aminah's, one alert, and Budi."""
    folder = tmp_path / "asc"
    note = tmp_path / "note.txt"
    note.write_text(f"call {PHONE}", encoding="utf-8")
    for command in (
        ["init", str(folder), "--name", "Desk", "--country", "MY", "--mode", "exercise"],
        ["account", str(folder), "add", "Aminah", "--clearance", "RED"],
        ["account", str(folder), "add", "Budi", "--clearance", "RED"],
        ["watch", str(folder), "add", PHONE, "--as", "Aminah"],
        ["take", str(folder), str(note)],
    ):
        assert main(command) == 0, capsys.readouterr().err
    capsys.readouterr()
    return folder


def asked(capsys: Said, node: Path, *arguments: str, code: int = 0) -> Any:
    got = main(["alerts", str(node), *arguments, "--json"])
    said = capsys.readouterr()
    assert got == code, said.err
    return json.loads(said.out)


def told(capsys: Said, node: Path, *arguments: str) -> str:
    assert main(["alerts", str(node), *arguments]) == 0
    return capsys.readouterr().out


def test_an_alert_is_handed_over_and_found_under_mine(node: Path, capsys: Said) -> None:
    (alert,) = asked(capsys, node, "--mine", "--as", "Aminah")["alerts"]
    assert (alert["has"], alert["owner"], alert["from_name"]) == ("officer-0001", "officer-0001", "Desk, MY")
    given = asked(capsys, node, "--hand-over", alert["id"], "--to", "Budi", "--as", "Aminah")["alert"]
    assert given["has"] == "officer-0002"
    assert asked(capsys, node, "--mine", "--as", "Aminah")["alerts"] == []
    assert len(asked(capsys, node, "--mine", "--as", "officer-0002")["alerts"]) == 1
    assert "from Desk, MY; with officer-0002" in told(capsys, node)
    assert told(capsys, node, "--hand-over", alert["id"], "--to", "Aminah") == (
        f"alert {alert['id']} is now with officer-0001\n"
    )
    refused = asked(capsys, node, "--hand-over", alert["id"], "--to", "Budi", "--as", "Budi", code=2)
    assert refused["error"]["rule"] == "role"


def test_alerts_are_counted(node: Path, capsys: Said) -> None:
    found = asked(capsys, node, "--digest")
    (line,) = found["watches"]
    assert (found["alerts"], found["unacknowledged"], found["since"]) == (1, 1, "")
    assert (line["alerts"], line["from"][0]["name"], line["terms"]) == (
        1,
        "Desk, MY",
        [{"scheme": "phone", "value": PHONE}],
    )
    text = told(capsys, node, "--digest", "--since", "2026-01-01")
    assert text.startswith(f"1 alerts, 1 not acknowledged: {PHONE}\n  first ")
    assert "  1 from Desk, MY\n" in text
    assert asked(capsys, node, "--digest", "--since", "2999-01-01")["watches"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--hand-over", "0" * 64],
        ["--to", "Budi"],
        ["--hand-over", "0" * 64, "--to", "Budi"],
        ["--ack", "0" * 64, "--digest"],
        ["--ack", "0" * 64, "--hand-over", "0" * 64, "--to", "Budi"],
        ["--since", "2026-01-01"],
        ["--digest", "--since", "yesterday"],
    ],
    ids=" ".join,
)
def test_what_cannot_be_asked_is_refused(node: Path, capsys: Said, arguments: list[str]) -> None:
    assert asked(capsys, node, *arguments, code=2)["error"]["message"]
