# SPDX-License-Identifier: Apache-2.0
"""recall on the command line: the file that a bank is given, and the file that it gives back."""

import json
from pathlib import Path
from typing import Any

import pytest

from lintas.formats.iso20022 import read_recall, write_resolution
from lintas.model.recall import Institution, Resolution, ResolvedPayment
from lintas.testing import two_nodes
from tests.faults.terminal import main
from tests.scenario.threads import ask

Said = pytest.CaptureFixture[str]


@pytest.fixture
def ref(tmp_path: Path) -> str:
    """A request that a node in `sg` sent."""
    with two_nodes(tmp_path) as (answerer, asker):
        return ask(asker, answerer)


def run(capsys: Said, *arguments: object, code: int = 0) -> Any:
    got = main(["recall", *map(str, arguments), "--json"])
    said = capsys.readouterr()
    assert got == code, said.err
    return json.loads(said.out)


def test_a_recall_is_written_written_again_and_answered(tmp_path: Path, capsys: Said, ref: str) -> None:
    node, first, second = tmp_path / "sg", tmp_path / "one.xml", tmp_path / "two.xml"
    assert run(capsys, "new", node, ref, "--bank", "CONTSGSG", "-o", first)["file"] == str(first)
    recall = read_recall(first.read_bytes())
    run(capsys, "file", node, ref, recall.id, "-o", second)
    assert first.read_bytes() == second.read_bytes()
    resolution = Resolution(
        id="B-1",
        recall=recall.id,
        case=ref,
        bank=Institution(bic="CONTSGSG"),
        asker=recall.asker,
        made_at="2026-03-01T04:00:00.000Z",
        status="RJCR",
        payments=(ResolvedPayment(id=recall.payments[0].id, status="RJCR", reason="CUST"),),
    )
    answer = tmp_path / "camt.029.xml"
    answer.write_bytes(write_resolution(resolution))
    taken = run(capsys, "answer", node, answer)
    assert (taken["ref"], taken["recall"], taken["status"], taken["reason"], taken["is_new"]) == (
        ref,
        recall.id,
        "rjcr",
        "CUST",
        True,
    )
    assert main(["recall", "answer", str(node), str(answer)]) == 0
    assert capsys.readouterr().out == f"{ref}  {recall.id}  rjcr  CUST  (it was taken before)\n"


@pytest.mark.parametrize("raw", [b"", b"<a/>", b"<!DOCTYPE a><a/>"], ids=len)
def test_a_file_that_is_no_answer_is_refused(tmp_path: Path, capsys: Said, ref: str, raw: bytes) -> None:
    file = tmp_path / "no.xml"
    file.write_bytes(raw)
    run(capsys, "answer", tmp_path / "sg", file, code=2)


def test_the_desk_that_was_asked_recalls_nothing(tmp_path: Path, capsys: Said, ref: str) -> None:
    run(capsys, "new", tmp_path / "my", ref, "--bank", "CONTSGSG", "-o", tmp_path / "x.xml", code=2)
    assert not (tmp_path / "x.xml").exists()
