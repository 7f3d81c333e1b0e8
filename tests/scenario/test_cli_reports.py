# SPDX-License-Identifier: Apache-2.0
"""report on the command line: taken, shown, closed; slips and chats read; what the victim hears."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.faults.terminal import main
from tests.unit.formats.slips.codes import promptpay
from tests.unit.formats.slips.photos import Handling, slip

Said = pytest.CaptureFixture[str]
TYPED = ["--amount", "RM 19,000", "--at", "2026-03-01T09:15", "--from-bank", "CIMB", "--to", "164012345678"]
TYPED += ["--to-bank", "Maybank", "--reference", "FT26060ABC", "--name", "Siti Contoh", "--phone", "+60123456700"]


@pytest.fixture
def node(tmp_path: Path, capsys: Said) -> Path:
    """A node with one account."""
    folder = tmp_path / "asc"
    for command in (
        ["init", str(folder), "--name", "Desk", "--country", "MY", "--mode", "exercise"],
        ["account", str(folder), "add", "Aminah", "--clearance", "RED"],
    ):
        assert main(command) == 0, capsys.readouterr().err
    capsys.readouterr()
    return folder


def asked(capsys: Said, node: Path, verb: str, *arguments: str, code: int = 0) -> Any:
    got = main(["report", verb, str(node), *arguments, "--as", "Aminah", "--json"])
    said = capsys.readouterr()
    assert got == code, said.err
    return json.loads(said.out)


def told(capsys: Said, node: Path, verb: str, *arguments: str) -> str:
    assert main(["report", verb, str(node), *arguments, "--as", "Aminah"]) == 0
    return capsys.readouterr().out


def test_a_report_is_taken_listed_shown_and_closed(node: Path, capsys: Said) -> None:
    filed = asked(capsys, node, "new", *TYPED)
    ref = filed["ref"]
    assert (filed["status"], [one["how"] for one in filed["suggestions"]]) == ("received", ["own_door", "own_bank"])
    (line,) = asked(capsys, node, "list", "--state", "open")["reports"]
    assert (line["ref"], line["payments"][0]["minor"]) == (ref, 1900000)
    shown = told(capsys, node, "show", ref)
    assert "MYR 19,000.00  2026-03-01T09:15:00+00:00  MBBEMYKL 164012345678" in shown
    assert "withheld" in shown
    assert "Siti" not in shown
    assert "Siti Contoh" in told(capsys, node, "show", ref, "--unmask", "--purpose", "call the victim")
    assert told(capsys, node, "status", ref).startswith(f"{ref}  Being worked on.")
    asked(capsys, node, "close", ref)
    assert asked(capsys, node, "status", ref)["status"] == "ended"
    assert asked(capsys, node, "list", "--state", "open")["reports"] == []
    asked(capsys, node, "close", ref, "--reopen")
    assert asked(capsys, node, "show", ref)["said"]["state"] == "open"


def test_a_second_report_of_the_same_payment_is_told(node: Path, capsys: Said) -> None:
    first = asked(capsys, node, "new", *TYPED)["ref"]
    said = told(capsys, node, "new", *TYPED[:-4])
    assert f"perhaps the same as {first} (open): The same transaction reference stands in both." in said
    assert f"is known here: {first}" in said
    assert "can be asked now: recall (own bank: CIBBMYKL)" in said


def test_filing_again_with_the_reference_makes_no_second_one(node: Path, capsys: Said) -> None:
    ref = asked(capsys, node, "new", *TYPED)["ref"]
    assert asked(capsys, node, "new", *TYPED, "--ref", ref)["is_again"]
    assert len(asked(capsys, node, "list")["reports"]) == 1


def test_a_slip_and_a_chat_are_kept_and_told_but_not_filed_by_themselves(
    node: Path, capsys: Said, tmp_path: Path
) -> None:
    photo, chat = tmp_path / "slip.jpg", tmp_path / "chat.txt"
    photo.write_bytes(slip([promptpay("0066812345678", amount="25000.00")], Handling(turn=5, quality=60)))
    chat.write_text("[01/03/2026, 10:32] Siti: I paid RM 500 to Maybank 164012345678", "utf-8")
    said = told(capsys, node, "new", "--slip", str(photo), "--chat", str(chat), "--kind", "purchase")
    assert "promptpay: THB 25,000.00  mobile:+66812345678" in said
    assert "amount   MYR 500.00  ← RM 500" in said
    ref = said.splitlines()[-1].split()[0]
    filed = asked(capsys, node, "show", ref)["said"]
    assert (len(filed["slips"]), len(filed["texts"]), filed["payments"]) == (1, 1, [])
    read = asked(capsys, node, "slip", str(photo))
    assert read["message"] == filed["slips"][0]
    assert asked(capsys, node, "chat", str(chat), "--region", "MY")["message"] == filed["texts"][0]


def test_a_form_is_filed_whole_and_amended(node: Path, capsys: Said, tmp_path: Path) -> None:
    form = tmp_path / "form.json"
    form.write_text(json.dumps({"report": {"kind": "romance", "payments": [{"amount": "RM 5"}]}}), "utf-8")
    ref = asked(capsys, node, "new", "--form", str(form), "--contact", "telegram:@example_desk")["ref"]
    form.write_text(json.dumps({"report": {"kind": "investment"}}), "utf-8")
    asked(capsys, node, "amend", ref, "--form", str(form))
    shown = asked(capsys, node, "show", ref)
    assert (shown["said"]["kind"], len(shown["said"]["payments"]), len(shown["versions"])) == ("investment", 1, 2)
    assert shown["said"]["contacts"] == [{"scheme": "telegram", "value": "@example_desk"}]


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("new", ["--amount", "many"]),
        ("new", ["--contact", "just text"]),
        ("new", ["--kind", "none"]),
        ("new", ["--ref", "MY-Q-00000-00000-0"]),
        ("new", ["--form", "/nowhere.json"]),
        ("new", ["--slip", "/nowhere.jpg"]),
        ("show", ["MY-R-00000-00000-0"]),
        ("show", ["text"]),
        ("close", ["MY-R-00000-00000-0", "--reopen", "--duplicate-of", "x"]),
        ("list", ["--limit", "0"]),
    ],
)
def test_what_cannot_be_is_refused_in_words(node: Path, capsys: Said, verb: str, arguments: list[str]) -> None:
    error = asked(capsys, node, verb, *arguments, code=2)["error"]
    assert error["message"]
    assert asked(capsys, node, "list")["reports"] == []
