# SPDX-License-Identifier: Apache-2.0
"""Roles, lists and duties from the command line, as a person types them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.faults.terminal import main

Run = Callable[..., Any]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a verb on a node with three people; gives its JSON."""
    node = str(tmp_path / "asc")

    def done(verb: str, *more: str, code: int = 0) -> Any:
        words = verb.split()
        assert main([*words, node, *more, "--json"]) == code, capsys.readouterr().err
        return json.loads(capsys.readouterr().out)

    done("init", "--name", "Anti-scam centre", "--country", "MY", "--mode", "exercise")
    for name, role in (("Aminah", "case_officer"), ("Siti", "supervisor"), ("Ravi", "analyst")):
        done("account", "add", name, "--role", role, "--clearance", "RED")
    return done


def test_a_message_is_restricted_and_freed(run: Run, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("Call +60 12-345 6789")
    (message,) = run("take", str(note), "--marking", "AMBER")["messages"]
    assert run("need", "open", "op-lintang", "Aminah")["people"] == ["officer-0001"]
    assert run("need", "restrict", "op-lintang", message, "--as", "Aminah")["messages"] == [message]
    assert run("need", "list", "--as", "Aminah")["lists"][0]["messages"] == 1
    assert run("need", "list", "--as", "Ravi") == {"lists": []}
    (found,) = run("find", "+60123456789", "--as", "Ravi", "--purpose", "test")["results"]
    assert found["entities"] == []
    assert run("need", "free", "op-lintang", message, "--as", "Ravi", code=2)["error"]["class"] == "UnknownTerm"
    assert run("need", "free", "op-lintang", message, "--as", "Aminah")["messages"] == [message]
    (found,) = run("find", "+60123456789", "--as", "Ravi", "--purpose", "test")["results"]
    assert found["entities"] != []
    assert run("need", "close", "op-lintang")["action"] == "closed"


def test_a_shift_and_a_deputy_are_set_and_ended(run: Run) -> None:
    now = datetime.now(UTC)
    first, last = ((now + timedelta(hours=hours)).isoformat() for hours in (-1, 8))
    shift = run("duty shift", "Ravi", first, last, "--as", "Siti")
    assert (shift["what"], shift["name"], shift["is_on"]) == ("shift", "Ravi", True)
    deputy = run("duty deputy", "Siti", "--for", "Aminah", "--until", last, "--as", "Aminah")
    assert (deputy["person"], deputy["stands_for"]) == ("officer-0002", "officer-0001")
    assert {one["id"] for one in run("duty list")["duties"]} == {shift["id"], deputy["id"]}
    assert run("duty end", deputy["id"][:8], "--as", "Ravi", code=2)["error"]["rule"] == "role"
    for one in (shift, deputy):
        assert run("duty end", one["id"][:8])["id"] == one["id"]
    assert run("duty list") == {"duties": []}


@pytest.mark.parametrize(
    "words",
    [
        ("need", "list", "op-lintang"),
        ("need", "open"),
        ("need", "restrict", "op-lintang"),
        ("need", "join", "op-lintang"),
        ("account", "role", "Ravi"),
        ("account", "clearance", "Ravi"),
        ("account", "role", "Ravi", "--role", "wizard"),
        ("account", "opens", "Ravi", "--opens", "victim"),
        ("duty shift", "Ravi", "soon", "later"),
        ("duty deputy", "Ravi", "--for", "Ravi", "--until", "2999-01-01 00:00"),
    ],
)
def test_what_was_typed_wrongly_is_said(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words, code=2)["error"]
    assert said["message"]


def test_what_an_account_may_do_is_said_in_sentences(run: Run) -> None:
    shown = run("account", "show", "Ravi")
    assert shown["role_label"] == "Analyst"
    assert "May take something in." in shown["may"]
