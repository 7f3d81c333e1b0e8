# SPDX-License-Identifier: Apache-2.0
"""`lintas peer` and `lintas key` over real nodes that nobody serves, and one that somebody does."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lintas.node.node import Node
from lintas.testing import shared_readers
from lintas.work.peering import accuse
from tests.faults.terminal import main
from tests.scenario.meeting import served

Say = Callable[..., Any]


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Run a verb with --json; the node's name stands for its folder."""

    def run(*arguments: object, code: int = 0) -> Any:
        got = main([*(str(tmp_path / one) if one in ("asc", "desk") else str(one) for one in arguments), "--json"])
        said = capsys.readouterr()
        assert got == code, said.err + said.out
        return json.loads(said.out)

    for folder, name, country in (("asc", "Anti-Scam Centre", "MY"), ("desk", "Sample Crime Desk", "SG")):
        run("init", folder, "--name", name, "--country", country)
    for name in ("Aminah", "Devi"):
        run("account", "asc", "add", name)
    return run


@pytest.fixture
def added(say: Say, tmp_path: Path) -> str:
    """The peer that was added; returns its id."""
    file = tmp_path / "desk.json"
    file.write_text(json.dumps(say("peer", "export", "desk"), separators=(",", ":")))
    return str(say("peer", "add", "asc", file)["node"])


def test_a_descriptor_is_one_line_that_the_other_side_adds(
    say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["peer", "export", str(tmp_path / "desk")]) == 0
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert set(json.loads(line)) == {"keyid", "sig", "signed"}
    (tmp_path / "desk.json").write_text(line)
    done = say("peer", "add", "asc", tmp_path / "desk.json")
    assert (done["name"], done["country"], done["mode"], done["standing"]) == (
        "Sample Crime Desk",
        "SG",
        "live",
        "unverified",
    )
    assert len(done["our_words"].split()) == 12
    assert done["is_new"]
    assert not say("peer", "add", "asc", tmp_path / "desk.json")["is_new"]


def test_two_people_make_it_live(say: Say, added: str) -> None:
    words = say("peer", "list", "desk")["words"]
    for name, standing in (("Aminah", "unverified"), ("Devi", "live")):
        line = say("peer", "introduce", "asc", added[:20], "--as", name, "--heard-from", "Wei", "--words", words)
        assert line["standing"] == standing
    (peer,) = say("peer", "list", "asc")["peers"]
    assert (peer["node"], peer["standing"], peer["words"]) == (added, "live", words)


def test_wrong_words_are_wrong_use(say: Say, added: str) -> None:
    own = say("peer", "list", "asc")["words"]
    error = say("peer", "introduce", "asc", added, "--as", "Aminah", "--heard-from", "Wei", "--words", own, code=2)[
        "error"
    ]
    assert error["class"] == "WrongUse"


def test_a_peer_is_stopped_resumed_and_removed(say: Say, added: str) -> None:
    assert say("peer", "suspend", "asc", added, "--ground", "doubt")["standing"] == "suspended"
    assert say("peer", "suspend", "asc", added, "--ground", "No idea!", code=0)["ground"] == "doubt"
    assert say("peer", "resume", "asc", added, "--ground", "cleared_up", "--as", "Devi")["standing"] == "unverified"
    assert say("peer", "suspend", "asc", added, "--ground", "No idea!", code=2)["error"]["class"] == "BadInput"
    assert say("peer", "remove", "asc", added, "--ground", "agreement_ended")["standing"] == "removed"
    assert say("peer", "show", "asc", added)["standing"] == "removed"
    assert say("peer", "suspend", "asc", added, "--ground", "doubt", code=2)["error"]["class"] == "UnknownTerm"


def test_a_peer_that_is_not_there_is_unknown(say: Say) -> None:
    for verb in (["show"], ["head"], ["evidence"], ["suspend", "--ground", "doubt"], ["address"]):
        error = say("peer", verb[0], "asc", "Nobody", *verb[1:], code=2)["error"]
        assert (error["class"], "peer list" in error["hint"]) == ("UnknownTerm", True)


def test_an_address_is_set_and_forgotten(say: Say, added: str) -> None:
    assert say("peer", "address", "asc", added, "https://10.0.0.7:8418")["address"] == "https://10.0.0.7:8418"
    assert say("peer", "address", "asc", added)["address"] == ""
    assert say("peer", "address", "asc", added, "ftp://host", code=2)["error"]["class"] == "BadInput"


def test_two_people_follow_a_restored_peer(say: Say, added: str) -> None:
    old = say("peer", "show", "asc", added)["incarnation"]
    assert say("peer", "roll", "asc", added, "0123456789abcdef", "--as", "Aminah")["incarnation"] == old
    assert say("peer", "roll", "asc", added, "0123456789abcdef", "--as", "Devi")["incarnation"] == "0123456789abcdef"


def test_heads_and_evidence_are_shown(say: Say, added: str, tmp_path: Path) -> None:
    assert say("peer", "head", "asc", added)["head"] is None
    assert say("peer", "evidence", "asc")["evidence"] == []
    with Node.open(tmp_path / "asc", readers=shared_readers()) as node:
        accuse(node.services, added, "fork", "It says two things.", [b"one", b"two"])
    (kept,) = say("peer", "evidence", "asc", added)["evidence"]
    assert kept["what"] == "fork"
    target = tmp_path / "fork.json"
    assert main(["peer", "evidence", str(tmp_path / "asc"), "--message", kept["message"], "-o", str(target)]) == 0
    assert json.loads(target.read_bytes())["documents"] == ["b25l", "dHdv"]
    assert main(["peer", "evidence", str(tmp_path / "asc"), "--message", "0" * 64, "-o", "-"]) == 2


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff\xfe", b"https://example.org", b"[" * 5000])
def test_a_file_that_is_no_descriptor_is_bad_input(say: Say, tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "bad.json").write_bytes(raw)
    assert say("peer", "add", "asc", tmp_path / "bad.json", code=2)["error"]["class"] == "Malformed"


@pytest.mark.parametrize("url", ["http://127.0.0.1", "ftp://host", "https://", "https://host:0", "https://a/b?c"])
def test_an_address_that_cannot_be_is_told(say: Say, url: str) -> None:
    assert say("peer", "add", "asc", url, code=2)["error"]["class"] == "BadInput"


def test_nobody_at_an_address_is_told(say: Say) -> None:
    assert say("peer", "add", "asc", "https://127.0.0.1:9", code=2)["error"]["class"] == "LinkFailed"


def test_a_descriptor_is_fetched_from_an_address(say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> int:
        with Node.open(tmp_path / "desk", readers=shared_readers()) as node:
            async with served(node) as desk:
                return await asyncio.to_thread(main, ["peer", "add", str(tmp_path / "asc"), desk.url, "--json"])

    assert asyncio.run(story()) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["name"] == "Sample Crime Desk"
    (peer,) = say("peer", "list", "asc")["peers"]
    assert peer["address"].startswith("https://127.0.0.1:")


def test_keys_are_changed_by_who_may(say: Say) -> None:
    assert say("key", "rotate", "asc", "--by", "Nobody", code=2)["error"]["class"] == "UnknownTerm"
    assert say("key", "rotate", "asc", "--by", "Aminah", "--what", "", code=2)["error"]["class"] == "WrongUse"
    assert say("key", "rotate", "asc", "--by", "Aminah", "--what", "root", code=2)["error"]["class"] == "WrongUse"
    done = say("key", "rotate", "asc", "--by", "Aminah", "--what", "tls,log", "--revoke")
    assert (done["serial"], set(done["made"]), len(done["revoked"]), done["told"]) == (1, {"tls", "log"}, 2, [])
    assert say("verify", "asc")["ok"]


def test_people_read_it_too(say: Say, added: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for verb in (["list"], ["show", added], ["evidence"]):
        assert main(["peer", verb[0], str(tmp_path / "asc"), *verb[1:]]) == 0
    out = capsys.readouterr().out
    assert "our words: " in out
    assert "Sample Crime Desk (SG)" in out
    assert "none: it connects to us" in out
