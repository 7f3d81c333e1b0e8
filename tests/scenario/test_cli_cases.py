# SPDX-License-Identifier: Apache-2.0
"""case and hand-over on the command line."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults.terminal import main

Said = pytest.CaptureFixture[str]


@pytest.fixture
def node(tmp_path: Path, capsys: Said) -> Path:
    folder = tmp_path / "asc"
    for command in (
        ["init", str(folder), "--name", "Desk", "--country", "MY", "--mode", "exercise"],
        ["account", str(folder), "add", "Aminah", "--clearance", "RED"],
        ["account", str(folder), "add", "Ravi", "--clearance", "RED"],
    ):
        assert main(command) == 0, capsys.readouterr().err
    capsys.readouterr()
    return folder


def asked(capsys: Said, node: Path, verb: str, *arguments: str, code: int = 0, actor: str = "Aminah") -> Any:
    got = main([verb, str(node), *arguments, "--as", actor, "--json"])
    said = capsys.readouterr()
    assert got == code, said.err
    return json.loads(said.out)


def test_a_case_is_opened_worked_in_and_shown(node: Path, capsys: Said) -> None:
    ref = asked(capsys, node, "case", "open", "Parcel scam", "--kind", "")["ref"]
    asked(capsys, node, "case", "note", ref, "Called back at nine", "--home")
    asked(capsys, node, "case", "event", ref, "2026-03-01 10:00", "First call")
    asked(capsys, node, "case", "change", ref, "summary", "A parcel that never was")
    task = asked(capsys, node, "case", "task", ref, "Ask the bank")["document"]
    shown = asked(capsys, node, "case", "show", ref)
    assert [one["text"] for one in shown["notes"]] == ["Called back at nine"]
    assert [one["text"] for one in shown["events"]] == ["First call"]
    assert shown["line"]["tasks"] == 1
    asked(capsys, node, "case", "done", ref, task[:8])
    assert asked(capsys, node, "case", "list", "--state", "open")["cases"][0]["tasks"] == 0
    asked(capsys, node, "case", "close", ref)
    assert asked(capsys, node, "case", "list", "--state", "open")["cases"] == []
    assert main(["case", str(node), "show", ref, "--as", "Aminah"]) == 0
    assert "closed" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ("show",),
        ("open",),
        ("show", "MY-C-00000-00000-0"),
        ("show", "nonsense"),
        ("note", "REF"),
        ("note", "REF", "words", "more"),
        ("note", "REF", "words", "--bank", "X"),
        ("invite", "REF", "nobody"),
        ("join", "REF"),
        ("decline", "REF", "no_link"),
        ("task", "REF", "x", "--due", "yesterday-ish"),
        ("task", "REF", "x", "--officer", "nobody"),
        ("done", "REF", "0" * 32),
        ("event", "REF", "not a time", "x"),
        ("change", "REF", "owner", "x"),
        ("restrict", "REF", "no-such-list"),
        ("restrict", "REF"),
        ("account", "REF", "1", "--country", "Malaysia"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(node: Path, capsys: Said, arguments: tuple[str, ...]) -> None:
    ref = asked(capsys, node, "case", "open", "Parcel scam")["ref"]
    before = asked(capsys, node, "case", "show", ref)
    said = asked(capsys, node, "case", *(ref if one == "REF" else one for one in arguments), code=2)
    assert said["error"]["message"]
    assert asked(capsys, node, "case", "show", ref) == before


def test_things_are_handed_over_by_name(node: Path, capsys: Said) -> None:
    ref = asked(capsys, node, "case", "open", "Parcel scam")["ref"]
    asked(capsys, node, "case", "task", ref, "Ask the bank", "--officer", "Ravi")
    (thing,) = asked(capsys, node, "hand-over", "list")["mine"]
    assert thing["offered_name"] == "Ravi"
    assert asked(capsys, node, "hand-over", "accept", thing["target"], code=1)["done"] == []
    assert asked(capsys, node, "hand-over", "accept", thing["target"], actor="Ravi")["done"] == [thing["target"]]
    assert asked(capsys, node, "hand-over", "list")["mine"] == []
    assert main(["hand-over", str(node), "list", "--as", "Ravi"]) == 0
    assert "Ask the bank" in capsys.readouterr().out
    for wrong in (("offer",), ("accept",), ("offer", "--to", "nobody"), ("accept", "xyz"), ("list", "--of", "Ravi")):
        assert asked(capsys, node, "hand-over", *wrong, code=2)["error"]["message"]
