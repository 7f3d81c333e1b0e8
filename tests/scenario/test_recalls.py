# SPDX-License-Identifier: Apache-2.0
"""The bank that sent the money is asked to recall it: by a file in somebody's hands, and over a connection."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from lintas.errors import BadInput, NotAllowed, UnknownTerm, WrongUse
from lintas.formats.iso20022 import read_recall, read_resolution, write_resolution
from lintas.model.desk import Money, State, Step
from lintas.model.recall import Institution, Resolution, ResolvedPayment
from lintas.model.viewer import Viewer
from lintas.node.banks import BankLine
from lintas.node.node import Node
from lintas.ports.bank import BankSettings
from lintas.testing import CLERK, OFFICER, FakeClock, two_nodes
from lintas.transport.bank_http import HttpBank
from lintas.work.banking import Note, letter_recall, make_recall, recall_file, take_recall_answer
from lintas.work.desk import load_thread
from lintas.work.proving import verify
from tests.scenario.banking import BankProcess
from tests.scenario.threads import ask, head_of

pytestmark = [pytest.mark.slow]

OWN: Final = "CONTSGSG"
AMOUNT: Final = Money(2_500_000, "MYR")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def nodes(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    """The asking node in SG, and the one that answers in MY."""
    with two_nodes(tmp_path, clock=clock) as (answerer, asker):
        yield asker, answerer
        assert verify(asker.services, progress=lambda *_: None).ok


@pytest.fixture
def asker(nodes: tuple[Node, Node]) -> Node:
    return nodes[0]


@pytest.fixture
def ref(nodes: tuple[Node, Node]) -> str:
    return ask(*nodes)


def said(node: Node, ref: str, what: Step) -> list[Any]:
    head = head_of(node, ref)
    _, steps, thread = node.services.store.read(lambda snapshot: load_thread(snapshot, head))
    assert thread.state is State.REQUESTED and not thread.idle and not thread.waiting
    return [step.said for step in sorted(steps, key=lambda one: one.seq) if step.what is what]


def answer(recall: str, *, bank: str = OWN, status: str = "CNCL", **payment: Any) -> bytes:
    told = ResolvedPayment(id=f"{recall}-1", **({"status": {"CNCL": "ACCR"}.get(status, status)} | payment))
    resolution = Resolution(
        id="B-1",
        recall=recall,
        case="",
        bank=Institution(bic=bank),
        asker=Institution(name="x"),
        made_at="2026-03-01T04:00:00.000Z",
        status=status,
        payments=(told,),
    )
    return write_resolution(resolution)


def test_a_recall_is_a_file_that_a_bank_reads_and_names_no_person(asker: Node, ref: str) -> None:
    made = make_recall(asker.services, OFFICER, ref, bank=OWN)
    recall = read_recall(made.file)
    assert (recall.id, recall.case, recall.bank.bic, recall.made_at) == (
        made.recall,
        ref,
        OWN,
        "2026-03-01T03:00:00.000Z",
    )
    (payment,) = recall.payments
    assert (payment.amount, payment.reason, payment.to_account) == (AMOUNT, "FRAD", "514012345678")
    assert payment.to_bank.bic == "MBBEMYKL"
    assert b"Contoh" not in made.file and b"Siti" not in made.file
    assert said(asker, ref, Step.RECALL_SENT) == [
        {
            "bank": OWN,
            "recall": made.recall,
            "reason": "frad",
            "amount": {"minor": 2_500_000, "currency": "MYR"},
            "ground": "",
        }
    ]
    assert recall_file(asker.services, OFFICER, ref, made.recall).file == made.file


def test_only_the_desk_that_asked_recalls_and_only_who_may_see_it(nodes: tuple[Node, Node], ref: str) -> None:
    asker, answerer = nodes
    with pytest.raises(NotAllowed):
        make_recall(answerer.services, OFFICER, ref, bank=OWN)
    with pytest.raises(UnknownTerm):
        make_recall(asker.services, CLERK, ref, bank=OWN)
    with pytest.raises(NotAllowed):
        make_recall(asker.services, Viewer(id="x", clearance=OFFICER.clearance, role="oversight"), ref, bank=OWN)
    with pytest.raises(WrongUse, match="which bank"):
        make_recall(asker.services, OFFICER, ref)
    with pytest.raises(UnknownTerm):
        recall_file(asker.services, OFFICER, ref, "SG-Q-none")
    assert said(asker, ref, Step.RECALL_SENT) == []


def test_an_answer_that_somebody_was_given_is_taken_once(asker: Node, ref: str) -> None:
    made = make_recall(asker.services, OFFICER, ref, bank=OWN)
    raw = answer(made.recall, status="PDCR")
    assert take_recall_answer(asker.services, OFFICER, raw).is_new
    assert not take_recall_answer(asker.services, OFFICER, raw).is_new
    later = take_recall_answer(asker.services, OFFICER, answer(made.recall, returned=Money(900_050, "MYR")))
    assert (later.status, later.amount, later.ref) == ("cncl", Money(900_050, "MYR"), ref)
    assert [one["status"] for one in said(asker, ref, Step.RECALL_ANSWERED)] == ["pdcr", "cncl"]


def test_an_answer_that_repeats_only_the_case_is_of_its_one_recall(asker: Node, ref: str) -> None:
    made = make_recall(asker.services, OFFICER, ref, bank=OWN)
    told = ResolvedPayment(id="z", status="RJCR", reason="CUST")
    resolution = replace(read_resolution(answer("x")), recall="", case=ref, status="RJCR", payments=(told,))
    taken = take_recall_answer(asker.services, OFFICER, write_resolution(resolution))
    assert (taken.recall, taken.status, taken.reason) == (made.recall, "rjcr", "CUST")
    make_recall(asker.services, OFFICER, ref, bank=OWN)
    with pytest.raises(BadInput, match="answers no recall"):
        take_recall_answer(asker.services, OFFICER, write_resolution(replace(resolution, id="B-2")))


def test_an_answer_to_the_letter_of_the_ladder_is_taken_too(asker: Node, ref: str) -> None:
    """It was handed over before anybody said in the thread that a bank was asked."""
    recall = letter_recall(head_of(asker, ref))
    taken = take_recall_answer(asker.services, OFFICER, answer(recall, returned=Money(100, "MYR")))
    assert (taken.recall, taken.ref, taken.amount) == (recall, ref, Money(100, "MYR"))
    with pytest.raises(BadInput, match="more than was asked for"):
        take_recall_answer(asker.services, OFFICER, answer(recall, returned=Money(2_500_001, "MYR")))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"bank": "OTHRSGSG"}, "Another bank"),
        ({"returned": Money(2_500_001, "MYR")}, "more than was asked for"),
        ({"returned": Money(5, "SGD")}, "another currency"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_whole(asker: Node, ref: str, changes: dict[str, Any], reason: str) -> None:
    made = make_recall(asker.services, OFFICER, ref, bank=OWN)
    raw = answer(made.recall, **changes)
    with pytest.raises(BadInput, match=reason):
        take_recall_answer(asker.services, OFFICER, raw)
    assert said(asker, ref, Step.RECALL_ANSWERED) == []


@pytest.mark.parametrize(
    "raw", [b"", b"<a/>", b"<!DOCTYPE d><d/>", answer("SG-Q-00000-00000-0-0123abcd"), answer("LNT-1")], ids=len
)
def test_a_file_that_answers_nothing_of_ours_is_refused(asker: Node, ref: str, raw: bytes) -> None:
    make_recall(asker.services, OFFICER, ref, bank=OWN)
    with pytest.raises(BadInput):
        take_recall_answer(asker.services, OFFICER, raw)
    assert said(asker, ref, Step.RECALL_ANSWERED) == []


def test_who_may_not_see_the_request_takes_no_answer_to_it(asker: Node, ref: str) -> None:
    made = make_recall(asker.services, OFFICER, ref, bank=OWN)
    with pytest.raises(BadInput, match="answers no recall"):
        take_recall_answer(asker.services, CLERK, answer(made.recall))


# Over a connection


@pytest.fixture
def bank(tmp_path: Path, clock: FakeClock) -> Iterator[BankProcess]:
    process = BankProcess(tmp_path / "own", bic=OWN)
    process.set_clock(clock.now())
    process.start()
    yield process
    process.stop()


def line_to(bank: BankProcess, node: Node) -> BankLine:
    settings = {
        "own": BankSettings(
            name="own", url=bank.settings.url, secret=bank.settings.secret, banks=(OWN,), currency="MYR"
        )
    }
    connected = HttpBank(settings["own"], clock=node.services.clock, keys=node.services.keys)
    return BankLine(node.services, connected, settings, on_trouble=lambda *_: None)


def test_a_bank_with_a_connection_is_asked_until_it_decides(
    asker: Node, ref: str, bank: BankProcess, clock: FakeClock
) -> None:
    line = line_to(bank, asker)
    made = make_recall(asker.services, OFFICER, ref, bank=OWN)
    line.look()
    assert [one["status"] for one in said(asker, ref, Step.RECALL_ANSWERED)] == ["pdcr"]
    bank.behave(recalls="rejected", recall_reason="CUST")
    clock.forward(seconds=70)
    bank.set_clock(clock.now())
    line.look()
    clock.forward(seconds=700)
    line_to(bank, asker).look()  # as after a restart
    answers = said(asker, ref, Step.RECALL_ANSWERED)
    assert [(one["recall"], one["status"], one["reason"]) for one in answers] == [
        (made.recall, "pdcr", ""),
        (made.recall, "rjcr", "CUST"),
    ]


def test_a_bank_that_is_away_is_noted_once_and_asked_when_it_is_back(
    asker: Node, ref: str, bank: BankProcess, clock: FakeClock
) -> None:
    bank.behave(recalls="accepted")
    bank.stop()
    line = line_to(bank, asker)
    make_recall(asker.services, OFFICER, ref, bank=OWN)
    line.look()
    clock.forward(seconds=100)
    line.look()
    assert [one["outcome"] for one in said(asker, ref, Step.DOOR)] == [Note.NO_ANSWER.value]
    bank.set_clock(clock.now())
    bank.start()
    clock.forward(seconds=300)
    bank.set_clock(clock.now())
    line.look()
    assert [one["status"] for one in said(asker, ref, Step.RECALL_ANSWERED)] == ["cncl"]
