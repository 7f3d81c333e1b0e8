# SPDX-License-Identifier: Apache-2.0
"""tracing on the command line."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults.terminal import main

Said = pytest.CaptureFixture[str]
ROWS: Final = """From,To,Paid,Currency,Booked,UETR
MBBEMYKL:1000000001,MBBEMYKL:1000000002,1000.00,MYR,2026-02-28T01:00:00Z,00000000-0000-4000-8000-000000000001
MBBEMYKL:1000000002,CONTSGSG:2000000001,900.00,MYR,2026-02-28T01:05:00Z,00000000-0000-4000-8000-000000000002
"""
MAPPING: Final = {
    "v": 1,
    "form": "payments",
    "columns": {
        "payer": "From",
        "payee": "To",
        "amount": "Paid",
        "currency": "Currency",
        "time": "Booked",
        "uetr": "UETR",
    },
    "legs": "payer",
}
SEED: Final = "MBBEMYKL:1000000002@2026-02-28:1000.00"


@pytest.fixture
def node(tmp_path: Path, capsys: Said) -> Path:
    folder = tmp_path / "asc"
    (tmp_path / "rows.csv").write_text(ROWS)
    (tmp_path / "rows.json").write_text(json.dumps(MAPPING))
    for command in (
        ["init", str(folder), "--name", "Desk", "--country", "MY", "--mode", "exercise"],
        ["account", str(folder), "add", "Aminah", "--clearance", "RED"],
        ["take", str(folder), str(tmp_path / "rows.csv"), "--mapping", str(tmp_path / "rows.json")],
    ):
        assert main(command) == 0, capsys.readouterr().err
    capsys.readouterr()
    return folder


def asked(capsys: Said, node: Path, *arguments: str, code: int = 0, actor: str = "Aminah") -> Any:
    got = main(["tracing", str(node), *arguments, "--as", actor, "--json"])
    said = capsys.readouterr()
    assert got == code, said.err
    return json.loads(said.out) if said.out else None


def test_a_trace_is_opened_run_shown_listed_and_stopped(node: Path, capsys: Said) -> None:
    done = asked(capsys, node, "open", SEED, "--title", "Parcel scam", "--method", "lifo")
    ref = done["shown"]["line"]["ref"]
    assert ref.startswith("MY-T-")
    assert [(one["rule"], one["country"]) for one in done["kept"]] == [("no-peer", "SG")]
    assert asked(capsys, node, "run", ref)["shown"]["totals"] == done["shown"]["totals"]
    shown = asked(capsys, node, "show", ref.lower())
    assert shown["totals"][0]["gone_on"] == {"SG": 90_000}
    assert shown["totals"][0]["still_here"] == 10_000
    (line,) = asked(capsys, node, "list")["traces"]
    assert (line["ref"], line["title"], line["method"], line["stands"]) == (ref, "Parcel scam", "lifo", "final")
    assert asked(capsys, node, "stop", ref, "--why", "done")["shown"]["line"]["stands"] == "stopped"
    assert asked(capsys, node, "list", "--stands", "final")["traces"] == []
    assert asked(capsys, node, "stop", ref, code=2)["error"]["rule"] == "stopped"


def test_a_trace_is_told_in_words_and_its_hold_list_too(node: Path, capsys: Said) -> None:
    ref = asked(capsys, node, "open", SEED)["shown"]["line"]["ref"]
    for action in ("show", "run", "release", "holds"):
        assert main(["tracing", str(node), action, ref, "--as", "Aminah"]) == 0, capsys.readouterr().err
        said = capsys.readouterr().out
        assert ref in said
        assert "MYR" in said
    assert main(["tracing", str(node), "list", "--as", "Aminah"]) == 0
    assert ref in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        ["open"],
        ["open", "MBBEMYKL:1@9999"],
        ["open", "CONTSGSG:2000000001"],
        ["open", SEED, "--until", "tomorrow"],
        ["open", SEED, "--depth", "1001"],
        ["open", SEED, "--case", "MY-C-7K3QF-9D2MX-4"],
        ["show", "MY-T-7K3QF-9D2MX-4"],
        ["show"],
        ["hold", "MY-T-7K3QF-9D2MX-4"],
        ["release", "nothing"],
        ["list", "--case", "x"],
    ],
)
def test_what_cannot_be_is_refused(node: Path, capsys: Said, arguments: list[str]) -> None:
    assert main(["tracing", str(node), *arguments, "--as", "Aminah", "--json"]) == 2
    assert capsys.readouterr().err
