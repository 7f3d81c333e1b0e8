# SPDX-License-Identifier: Apache-2.0
"""bank on the command line: what banks are asked, and what came of it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults.terminal import main
from tests.scenario.banking import BankProcess

pytestmark = [pytest.mark.slow]

Said = pytest.CaptureFixture[str]
BIC, ACCOUNT = "MBBEMYKL", "514012345678"
LAW: Final = "section 116"
SEED: Final = f"{BIC}:{ACCOUNT}@2026-02-28T01:00:00Z:1000.00"


@pytest.fixture
def node(tmp_path: Path, capsys: Said) -> Iterator[Path]:
    bank = BankProcess(tmp_path / "bank", bic=BIC)
    bank.start()
    folder = tmp_path / "asc"
    for command in (
        ["init", str(folder), "--name", "Desk", "--country", "MY", "--mode", "exercise"],
        ["account", str(folder), "add", "Aminah", "--clearance", "RED"],
    ):
        assert main(command) == 0, capsys.readouterr().err
    with (folder / "node.toml").open("a", encoding="utf-8") as settings:
        settings.write(
            f'\n[bank.contoh]\nurl = "http://127.0.0.1:{bank.port}"\nsecret_file = "{tmp_path / "bank" / "secret"}"\n'
            f'banks = ["{BIC}"]\ncurrency = "MYR"\ntrace_law = "{LAW}"\n'
        )
    capsys.readouterr()
    yield folder
    bank.stop()


def asked(capsys: Said, node: Path, *arguments: str, verb: str = "bank", code: int = 0) -> Any:
    got = main([verb, str(node), *arguments, "--as", "Aminah", "--json"])
    said = capsys.readouterr()
    assert got == code, said.err
    return json.loads(said.out) if said.out else None


def test_the_banks_of_a_trace_are_listed_asked_and_dropped(node: Path, capsys: Said) -> None:
    ref = asked(capsys, node, "open", SEED, "--currency", "MYR", verb="tracing")["shown"]["line"]["ref"]
    (hop,) = asked(capsys, node, "next", ref)["hops"]
    assert (hop["account"], hop["stands"], hop["unsure_minor"]) == (f"{BIC}:{ACCOUNT}", "ask", 100_000)
    (question,) = asked(capsys, node, "next", ref, "--law", LAW)["asked"]
    assert (question["state"], question["about"], question["start"]) == ("open", ref, "2026-02-28T00:00:00.000Z")
    (again,) = asked(capsys, node, "next", ref, "--law", LAW)["hops"]
    assert (again["stands"], again["questions"]) == ("asked", [question["ref"]])
    assert [one["ref"] for one in asked(capsys, node, "list", ref)["questions"]] == [question["ref"]]
    assert asked(capsys, node, "drop", question["ref"])["state"] == "dropped"
    asked(capsys, node, "drop", question["ref"], code=2)


def test_a_question_is_asked_by_hand_and_told_in_words(node: Path, capsys: Said) -> None:
    ref = asked(capsys, node, "open", SEED, "--currency", "MYR", verb="tracing")["shown"]["line"]["ref"]
    by_hand = ["ask", ref, "--account", f"{BIC}:{ACCOUNT}", "--currency", "MYR", "--law", LAW]
    for arguments in ([*by_hand, "--from", "2026-02-28T01:00:00Z"], ["list"], ["next", ref], ["list", ref]):
        assert main(["bank", str(node), *arguments, "--as", "Aminah"]) == 0, capsys.readouterr().err
        assert ACCOUNT in capsys.readouterr().out
    assert asked(capsys, node, *by_hand, "--from", "2026-02-28T01:00:00Z")["is_new"] is False


@pytest.mark.parametrize(
    "arguments",
    [
        ["ask"],
        ["next"],
        ["drop", "nothing"],
        ["drop", "MY-H-7K3QF-9D2MX-4"],
        ["next", "MY-T-7K3QF-9D2MX-4"],
        ["ask", "MY-Q-7K3QF-9D2MX-4", "--account", "1", "--bank", BIC, "--currency", "MYR", "--law", LAW],
        ["list", "x"],
    ],
)
def test_what_cannot_be_is_refused(node: Path, capsys: Said, arguments: list[str]) -> None:
    assert main(["bank", str(node), *arguments, "--as", "Aminah", "--json"]) == 2
    assert capsys.readouterr().err
