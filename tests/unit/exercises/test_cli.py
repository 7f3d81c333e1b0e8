# SPDX-License-Identifier: Apache-2.0
import json
from pathlib import Path
from typing import Any

import pytest

from lintas.cli.main import main


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    capsys.readouterr()
    assert main(["exercise", *words, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    made = said(capsys, "make", "--seed", "4", "--injects", "trafficked_mule", "--out", str(tmp_path / "golden"))
    assert made["nodes"] == ["MY", "SG", "TH", "CN"]
    assert made["injects"] == ["trafficked_mule"]
    return tmp_path / "golden"


def test_an_exercise_is_made_played_scored_and_reported_on(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    played = said(capsys, "play", str(folder), "--pace", "at-once")
    assert played["holds"] > 0
    score = said(capsys, "score", str(folder))
    assert score["share_of_reachable"] == 1.0
    assert score["wrong_holds"] == []
    files = said(capsys, "report", str(folder))
    assert Path(files["html"]).read_bytes().startswith(b"<!DOCTYPE html>")
    assert Path(files["pdf"]).read_bytes().startswith(b"%PDF")


def test_it_speaks_to_people_too(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercise", "play", str(folder)]) == 0
    assert main(["exercise", "score", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "of what was reachable" in out
    assert "people protected" in out


def test_a_folder_that_is_not_empty_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "exercise.json").read_bytes()
    assert "error" in said(capsys, "make", "--seed", "5", "--out", str(folder), code=2)
    assert (folder / "exercise.json").read_bytes() == before


def test_a_record_is_not_replaced_unless_that_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "play", str(folder), "--pace", "at-once")
    assert "error" in said(capsys, "play", str(folder), code=2)
    said(capsys, "play", str(folder), "--pace", "at-once", "--force")


def test_a_truth_that_was_changed_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said(capsys, "play", str(folder), "--pace", "at-once")
    path = folder / "truth.json"
    path.write_bytes(path.read_bytes().replace(b'"lost"', b'"lust"'))
    assert "error" in said(capsys, "score", str(folder), code=2)


@pytest.mark.parametrize(
    "words",
    [
        ("make", "--out", "x", "--injects", "earthquake"),
        ("make", "--out", "x", "--nodes", "MY,XX"),
        ("make", "--out", "x", "--scale", "0"),
        ("make", "--out", "x", "--first-hour", "soon"),
        ("make", "--out", "x", "--first-hour", "2026-03-02T09:00:00"),
        ("make", "--out", "x", "--nodes", "MY,SG", "--injects", "thai_answer"),
        ("play", "nowhere"),
        ("score", "nowhere"),
        ("report", "nowhere"),
    ],
)
def test_what_cannot_be_done_says_why(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = [str(tmp_path / word) if word in ("x", "nowhere") else word for word in words]
    assert said(capsys, *here, code=2)["error"]["message"]
    assert not (tmp_path / "x" / "exercise.json").exists()


@pytest.mark.parametrize(
    "more", [("--desks", "human"), ("--node", "MY"), ("--node", "MY=my"), ("--node", "ID=id", "--desks", "human")]
)
def test_people_play_at_a_node_for_each_country(
    folder: Path, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "play", str(folder), *more, code=2)["error"]["message"]


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'{"v": 1}', b'{"v": 1, "mode": "live"}', b'{"v": 1, "mode": "exercise"}', b"\xff"]
)
def test_what_is_no_head_of_an_exercise_is_refused(
    folder: Path, raw: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "exercise.json").write_bytes(raw)
    assert said(capsys, "play", str(folder), code=2)["error"]["message"]
