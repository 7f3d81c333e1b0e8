# SPDX-License-Identifier: Apache-2.0
"""Banks are asked where money went on to: each question is answered once, and its answer is in the log once."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.formats.ledger_rows import read_rows
from lintas.model.bookings import BOOKINGS_TYPE
from lintas.model.desk import Doc
from lintas.model.desk_ref import make_ref
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.question import QuestionShown
from lintas.node.banks import BankLine
from lintas.ports.bank import Bank, BankSettings
from lintas.ports.store import Snapshot
from lintas.testing import CLERK, OFFICER, FakeClock, two_nodes
from lintas.transport.bank_http import HttpBank
from lintas.work.banking import Note, ask_bank, drop_question, list_questions
from lintas.work.banking.question_carrying import READER
from lintas.work.keeping.erase import erase
from lintas.work.keeping.rebuild import rebuild
from lintas.work.payloads import payload_bytes
from lintas.work.proving import verify
from lintas.work.services import no_progress
from tests.scenario.banking import BankProcess
from tests.scenario.test_banks import Dying, Killed
from tests.scenario.threads import ALL, ask

pytestmark = [pytest.mark.slow]

ACCOUNT: Final = "514012345678"
BIC: Final = "MBBEMYKL"
NEXT: Final = "514087654321"
BOOKS: Final[dict[str, Any]] = {
    "accounts": [
        {"account": ACCOUNT, "currency": "MYR", "minor": 0},
        {"account": NEXT, "currency": "MYR", "minor": 0},
    ],
    "bookings": [
        {
            "id": "b1",
            "at": "2026-03-01T02:00:00Z",
            "from": "",
            "to": ACCOUNT,
            "minor": 2_500_000,
            "other": "CONTSGSG:1234567890",
            "reference": "e2e:A1",
        },
        {"id": "b2", "at": "2026-03-01T02:03:00Z", "from": ACCOUNT, "to": NEXT, "minor": 2_400_000},
        {"id": "b3", "at": "2026-03-01T02:05:00Z", "from": ACCOUNT, "to": "", "minor": 90_000, "kind": "cash_out"},
    ],
}
LAW: Final = "Criminal Procedure Code, section 116"


class Desk:
    """The answering desk in MY with the bank of its account, and a request from SG that asks where money went."""

    def __init__(self, folder: Path, *, trace_law: str = "") -> None:
        self.folder, self.trace_law, self.clock = folder, trace_law, FakeClock()
        self.bank = BankProcess(folder / "bank", bic=BIC, accounts=BOOKS)
        self.bank.set_clock(self.clock.now())
        self.troubles: list[str] = []
        self._stack = ExitStack()

    def begin(self) -> None:
        self.bank.start()
        self.open()
        self.ref = ask(self.asker, self.node, form="trace", more={"paid_at": "2026-03-01T02:00:00Z"})

    def open(self) -> None:
        self.node, self.asker = self._stack.enter_context(two_nodes(self.folder, clock=self.clock))
        config = dataclasses.replace(self.node.services.config, banks=self.settings)  # type: ignore[type-var]  # a NodeConfig
        self.node.services = dataclasses.replace(self.node.services, config=config)
        self.line = self.new_line()

    def close(self) -> None:
        self._stack.close()
        self._stack = ExitStack()

    def restart(self) -> None:
        self.close()
        self.open()

    @property
    def settings(self) -> dict[str, BankSettings]:
        one = replace(self.bank.settings, currency="MYR", trace_law=self.trace_law)
        return {"contoh": one}

    def new_line(self, wrap: Callable[[Bank], Bank] = lambda bank: bank) -> BankLine:
        services = self.node.services
        bank = wrap(HttpBank(self.settings["contoh"], clock=services.clock, keys=services.keys))

        def trouble(name: str, facts: Any) -> None:
            self.troubles.append(str(facts["reason"]))

        return BankLine(services, bank, self.settings, on_trouble=trouble)

    def press(self, **changes: Any) -> QuestionShown:
        said = {
            "about": self.ref,
            "bank": BIC,
            "account": ACCOUNT,
            "currency": "MYR",
            "start": "2026-03-01T01:30:00Z",
            "law": LAW,
        }
        return ask_bank(self.node.services, OFFICER, **(said | changes))

    def look(self, *, after_s: float = 0) -> None:
        if after_s:
            self.clock.forward(seconds=after_s)
        self.bank.set_clock(self.clock.now())
        for _ in range(6):
            if self.line.look() > 0:
                assert not {one for one in self.troubles if one[0].isupper()}, self.troubles  # errors of ours
                return
        raise AssertionError("it never comes to rest")

    def shown(self) -> list[QuestionShown]:
        return list_questions(self.node.services, OFFICER)

    def items(self) -> list[str]:
        """The bookings that stand in the log."""
        found = self.node.services.store.read(lambda s: s.heads(range(s.size()), scope=ALL))
        return [one.id for one in found.values() if one.media_type == BOOKINGS_TYPE]

    def payload(self, item: str) -> bytes:
        services = self.node.services

        def look(snapshot: Snapshot) -> bytes | None:
            head = snapshot.head(MessageId(item), scope=ALL)
            return None if head is None else payload_bytes(services, snapshot, head.seq)

        found = services.store.read(look)
        assert found is not None
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    try:
        made.begin()
        yield made
        assert verify(made.node.services, progress=lambda *_: None).ok
    finally:
        made.close()
        made.bank.stop()


def test_an_answer_is_taken_in_as_an_item_byte_for_byte(desk: Desk) -> None:
    asked = desk.press()
    assert (asked.state, asked.is_new) == ("open", True)
    desk.look()
    (shown,) = desk.shown()
    assert (shown.state, shown.bookings, shown.end, shown.notes) == ("done", 3, "2026-03-01T03:00:00.000Z", [])
    assert desk.items() == [shown.item]
    raw = desk.payload(shown.item)
    assert raw.startswith(b'{"account": "514012345678"')
    desk.look(after_s=1000)
    assert len(desk.items()) == 1 and not desk.troubles


def test_rows_and_coverage_follow_from_the_item(desk: Desk) -> None:
    from lintas.formats.reader import reader_named  # beside what it is about
    from lintas.model.reading import ReadOptions  # as above

    desk.press()
    desk.look()
    services, (item,) = desk.node.services, desk.items()
    derived = reader_named(READER).derive(desk.payload(item), BOOKINGS_TYPE, ReadOptions(region="MY"), services.packs)
    rows = read_rows(derived.ledger)
    assert rows.count == 3 and len(rows.covered) == 1
    assert {f"{BIC}:{ACCOUNT}", f"{BIC}:{NEXT}", "CONTSGSG:1234567890"} <= set(rows.words)
    assert rows.covered[0].opening == 0 and rows.covered[0].closing == 10_000


def test_the_same_question_twice_is_asked_once(desk: Desk) -> None:
    first, again = desk.press(), desk.press()
    assert (again.ref, again.is_new) == (first.ref, False)
    desk.look()
    later = desk.press()  # it was answered: this one asks for what came since
    assert later.is_new and later.ref != first.ref
    desk.look(after_s=60)
    assert len(desk.items()) == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"about": make_ref("SG", Doc.REQUEST, bytes)}, UnknownTerm),
        ({"about": "nothing"}, BadInput),
        ({"law": " "}, BadInput),
        ({"account": ""}, BadInput),
        ({"bank": ""}, BadInput),
        ({"bank": "OTHRMYKL"}, WrongUse),
        ({"currency": "THB"}, WrongUse),
        ({"start": "yesterday"}, BadInput),
        ({"start": "2026-03-01T01:00:00"}, BadInput),
        ({"start": "2026-03-02T01:00:00Z"}, BadInput),
        ({"until": "2026-03-01T01:00:00Z"}, BadInput),
    ],
)
def test_what_cannot_be_asked_is_refused(desk: Desk, changes: dict[str, Any], error: type[LintasError]) -> None:
    with pytest.raises(error):
        desk.press(**changes)
    assert desk.shown() == []


def test_who_may_not_see_the_request_asks_no_bank_for_it(desk: Desk) -> None:
    with pytest.raises(UnknownTerm):
        ask_bank(
            desk.node.services, CLERK, about=desk.ref, bank=BIC, account=ACCOUNT, currency="MYR",
            start="2026-03-01T01:30:00Z", law=LAW,
        )  # fmt: skip
    analyst = dataclasses.replace(OFFICER, id="officer-0009", role="analyst")
    with pytest.raises(NotAllowed):
        list_questions(desk.node.services, analyst)


def test_a_late_bank_is_asked_until_it_answers(desk: Desk) -> None:
    desk.bank.behave({"do": "late", "kind": "trace", "seconds": 90})
    desk.press()
    desk.look()
    desk.look(after_s=60)
    assert desk.shown()[0].state == "open"
    desk.look(after_s=60)
    assert desk.shown()[0].state == "done" and len(desk.items()) == 1


def test_a_part_is_taken_in_as_a_part(desk: Desk) -> None:
    desk.bank.behave({"do": "part", "kind": "trace", "minor": 2})
    desk.press()
    desk.look()
    (shown,) = desk.shown()
    assert (shown.state, shown.bookings, shown.end) == ("partly", 2, "2026-03-01T02:05:00.000Z")


def test_a_refusal_ends_the_question_with_its_reason(desk: Desk) -> None:
    desk.bank.behave({"do": "refuse", "kind": "trace", "reason": "court_order_needed"})
    desk.press()
    desk.look()
    (shown,) = desk.shown()
    assert (shown.state, shown.reason, shown.item, desk.items()) == ("failed", "court_order_needed", "", [])


@pytest.mark.parametrize(
    "act",
    [
        "other_account",
        "other_bank",
        "other_amount",
        "other_time",
        "other_instruction",
        "other_currency",
        "changes",
        "more",
        "double",
        "absurd",
        "garbage",
    ],
)
def test_a_wrong_answer_is_noted_once_and_nothing_of_it_comes_in(desk: Desk, act: str) -> None:
    desk.bank.behave({"do": act, "kind": "trace"})
    desk.press()
    for after_s in (0, 10, 100, 400):
        desk.look(after_s=after_s)
    (shown,) = desk.shown()
    assert (shown.state, shown.notes, desk.items()) == ("open", [Note.WRONG_ANSWER.value], [])


@pytest.mark.parametrize("act", ["unsigned", "endless", "silent"])
def test_silence_is_noted_once_and_asked_again(desk: Desk, act: str) -> None:
    desk.bank.behave({"do": act, "kind": "trace", "times": 1})
    desk.press()
    desk.look()
    assert desk.shown()[0].notes == [Note.NO_ANSWER.value]
    desk.look(after_s=400)
    is_kept = act in ("unsigned", "endless")  # the rule stays with the question
    assert (desk.shown()[0].state, len(desk.items())) == (("open", 0) if is_kept else ("done", 1))


def test_a_dropped_question_takes_nothing_in(desk: Desk) -> None:
    desk.bank.behave({"do": "late", "kind": "trace", "seconds": 90})
    asked = desk.press()
    desk.look()
    assert drop_question(desk.node.services, OFFICER, asked.ref).state == "dropped"
    with pytest.raises(WrongUse):
        drop_question(desk.node.services, OFFICER, asked.ref)
    desk.look(after_s=400)
    assert (desk.shown()[0].state, desk.items()) == ("dropped", [])


@pytest.mark.parametrize("act", ["die_before", "die_after"])
def test_a_bank_that_dies_answers_once(desk: Desk, act: str) -> None:
    desk.bank.behave({"do": act, "kind": "trace", "times": 1})
    desk.press()
    desk.look()
    assert desk.bank.ended_by_itself() == -9
    desk.bank.start()
    desk.look(after_s=400)
    assert desk.shown()[0].state == "done" and len(desk.items()) == 1


@pytest.mark.parametrize(("call", "before"), [("ask", True), ("ask", False), ("told", True), ("told", False)])
def test_a_node_that_is_killed_around_a_call_loses_nothing_and_counts_nothing_twice(
    desk: Desk, call: str, before: bool
) -> None:
    desk.press()
    desk.line = desk.new_line(lambda bank: Dying(bank, call, before=before))
    with pytest.raises(Killed):
        desk.look()
    assert desk.items() == []
    desk.restart()
    desk.look()
    assert desk.shown()[0].state == "done" and len(desk.items()) == 1


def test_two_lines_that_look_at_once_take_it_in_once(desk: Desk) -> None:
    desk.press()
    other = desk.new_line()
    desk.look()
    assert other.look() > 0 and len(desk.items()) == 1


def test_what_a_bank_told_is_erased_and_rebuilt_like_all_else_and_not_asked_again(desk: Desk) -> None:
    desk.press()
    desk.look()
    services, (item,) = desk.node.services, desk.items()
    assert rebuild(services, progress=no_progress).changed == []
    assert desk.shown()[0].state == "done"
    erase(services, OFFICER, [item], ground="retention")
    assert services.store.read(lambda s: s.ledger_messages()) == []
    desk.restart()
    desk.look(after_s=1000)
    assert desk.shown()[0].state == "done"
    assert rebuild(desk.node.services, progress=no_progress).changed == []


def test_an_answer_whose_note_was_erased_is_not_taken_in_twice(desk: Desk) -> None:
    asked = desk.press()
    desk.look()
    services = desk.node.services
    (told,) = [one for one in services.store.read(lambda s: s.question_said(asked.ref, limit=9)) if one.what == "told"]
    erase(services, OFFICER, [told.message], ground="retention")
    assert desk.shown()[0].state == "open"
    desk.look(after_s=10)
    assert (desk.shown()[0].state, desk.items()) == ("done", [desk.shown()[0].item])


def test_a_node_that_may_not_be_current_asks_nobody(desk: Desk) -> None:
    desk.press()
    desk.node.services.store.write(lambda tx: tx.put_meta("state", "quarantined"))
    desk.look()
    desk.node.services.store.write(lambda tx: tx.put_meta("state", "live"))
    assert desk.shown()[0].state == "open"
    desk.look()
    assert desk.shown()[0].state == "done"


def test_an_answer_stays_at_home(desk: Desk) -> None:
    desk.press()
    desk.look()
    (item,) = desk.items()
    head = desk.node.services.store.read(lambda s: s.head(MessageId(item), scope=ALL))
    assert head is not None and head.tlp >= Tlp.AMBER_STRICT
