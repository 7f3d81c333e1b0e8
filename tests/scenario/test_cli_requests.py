# SPDX-License-Identifier: Apache-2.0
"""The verb `request`: a thread from a terminal, and what it takes a passkey for."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lintas.node.node import Node
from lintas.testing import FakeClock, shared_readers
from tests.faults.terminal import main
from tests.scenario.asking import two_desks
from tests.scenario.deciding import people

WHERE = ["--account", "1234567890", "--bank", "KASITHBK", "--country", "TH", "--amount", "THB 25,000.00"]


@dataclass(frozen=True, kw_only=True)
class Done:
    """What a verb did."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]
Asked = Callable[..., Any]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the verb."""

    def one(*arguments: object) -> Done:
        code = main(["request", *map(str, arguments)])
        said = capsys.readouterr()
        return Done(returncode=code, stdout=said.out, stderr=said.err)

    return one


@pytest.fixture
def asked(run: Run) -> Asked:
    """Run the verb, and read the document that it prints."""

    def one(*arguments: object) -> Any:
        done = run(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return one


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    with two_desks(tmp_path, FakeClock()):
        return tmp_path / "sg", tmp_path / "th"


def test_a_request_is_looked_at_sent_and_found(folders: tuple[Path, Path], asked: Asked, run: Run) -> None:
    sg, _ = folders
    seen = asked("send", sg, "hold", "--to", "Sample desk TH", *WHERE, "--dry-run")
    assert seen["may_go"]
    assert asked("list", sg)["lines"] == []
    shown = asked("send", sg, "hold", "--to", "Sample desk TH", *WHERE, "--short", "please")
    assert shown["fields"]["amount"] == {"minor": 2_500_000, "currency": "THB"}
    ref = shown["line"]["ref"]
    again = asked("send", sg, "hold", "--to", "Sample desk TH", *WHERE)
    assert (again["line"]["ref"], again["is_new"]) == (ref, False)
    assert [line["ref"] for line in asked("list", sg, "--side", "asker")["lines"]] == [ref]
    assert [line["ref"] for line in asked("find", sg, "1234567890")["lines"]] == [ref]
    assert asked("claims", sg, ref)["asked"] == 2_500_000
    assert asked("say", sg, ref, "noted", "--short", "they rang")["steps"][-1]["short"] == "they rang"
    text = run("show", sg, ref)
    assert "THB 25,000.00" in text.stdout
    assert "whoever is on duty" not in text.stdout
    done = asked("correct", sg, ref, "wrong_digit")
    assert done["withdrawn"] == [ref]


def test_where_passkeys_bind_a_request_is_proposed_and_sent_by_a_passkey(
    tmp_path: Path, asked: Asked, run: Run
) -> None:
    clock = FakeClock(datetime.now(UTC))  # the command goes by this machine's
    with two_desks(tmp_path, clock) as desks:
        (person,) = people(desks.asks, "Aminah")
    sg = tmp_path / "sg"
    done = run("send", sg, "information", "--to", "Sample desk TH", "--field", "question=Who opened it?")
    assert (done.returncode, done.stderr) == (1, "")
    assert "nothing was sent" in done.stdout
    assert asked("list", sg)["lines"] == []
    order = done.stdout.split()[1]
    terms = ["--form", "hold", "--power", "hold", "--until", "2030-01-01T00:00:00Z"]
    lane = run("agree", sg, "--to", "Sample desk TH", *terms)
    assert (lane.returncode, "nothing was sent" in lane.stdout) == (1, True), lane.stderr
    assert asked("agreements", sg)["agreements"] == []
    with Node.open(sg, clock=clock, readers=shared_readers()) as person.node:
        assert person.says(order, "confirmed").state == "done"
    assert [(line["form"], line["state"]) for line in asked("list", sg)["lines"]] == [("information", "requested")]


def test_what_is_typed_wrong_is_told(folders: tuple[Path, Path], run: Run) -> None:
    sg, _ = folders
    for wrong in (
        ["send", sg, "hold", "--to", "nobody", *WHERE],
        ["send", sg, "confiscate", "--to", "Sample desk TH", *WHERE],
        ["send", sg, "hold", "--to", "Sample desk TH", "--account", "1"],
        ["send", sg, "hold", "--to", "Sample desk TH", "--amount", "much", "--account", "1"],
        ["send", sg, "hold", "--to", "Sample desk TH", "--field", "amount"],
        ["send", sg, "hold", "--to", "Sample desk TH", "--field", "account={"],
        ["show", sg, "SG-Q-7K3QF-9D2MX-4"],
        ["ack", sg, "no-ref"],
        ["order", sg, "SG-Q-7K3QF-9D2MX-4"],
        ["agree", sg],
        ["agree", sg, "--accept", "SG-A-7K3QF-9D2MX-4"],
        [
            "agree",
            sg,
            "--to",
            "Sample desk TH",
            "--form",
            "evidence",
            "--power",
            "hold",
            "--until",
            "2030-01-01T00:00:00Z",
        ],
    ):
        done = run(*wrong)
        assert done.returncode == 2, (wrong, done.stderr)
        assert "Traceback" not in done.stderr
    seen = run("send", sg, "hold", "--to", "Sample desk TH", "--account", "1", "--dry-run")
    assert seen.returncode == 1
    assert "Amount" in seen.stdout


def test_a_fast_lane_is_proposed_from_a_terminal(folders: tuple[Path, Path], asked: Asked) -> None:
    sg, _ = folders
    line = asked(
        "agree",
        sg,
        *("--to", "Sample desk TH", "--form", "hold", "--power", "hold"),
        *("--max", "THB 100000.00", "--until", "2030-01-01T00:00:00Z"),
    )
    assert (line["state"], line["in_force"]) == ("proposed", False)
    assert [one["ref"] for one in asked("agreements", sg)["agreements"]] == [line["ref"]]
    assert asked("agree", sg, "--end", line["ref"])["state"] == "ended"
