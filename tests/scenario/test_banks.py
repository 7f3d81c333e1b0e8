# SPDX-License-Identifier: Apache-2.0
"""Orders carried out by real banks: what the bank did and what the thread says are the same, whoever dies when."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

from lintas.model.bank import Instruction, Outcome
from lintas.model.bookings import BookingsTold, Question
from lintas.model.desk import Doc, State, Step, StepFact, Thread
from lintas.model.viewer import Viewer
from lintas.node.banks import BankLine, banks_of
from lintas.node.node import Node
from lintas.ports.bank import Bank, BankSettings
from lintas.testing import OFFICER, FakeClock, carry, two_nodes
from lintas.transport.bank_http import HttpBank
from lintas.work import requests
from lintas.work.banking import Note
from lintas.work.desk import Draft, load_thread
from lintas.work.proving import verify
from tests.scenario.banking import BankProcess
from tests.scenario.meeting import WAIT_S
from tests.scenario.threads import ask, head_of, write

pytestmark = [pytest.mark.slow]

ACCOUNT: Final = "514012345678"
BIC: Final = "MBBEMYKL"
ACCOUNTS: Final = {"accounts": [{"account": ACCOUNT, "currency": "MYR", "minor": 3_000_000}]}
FULL: Final = {"minor": 2_500_000, "currency": "MYR"}
UNTIL: Final = "2026-03-03T11:00:00+08:00"


class Killed(BaseException):
    """The process ends here."""


class Desk:
    """The asking desk in SG, the answering one in MY, and the bank of MY's account."""

    def __init__(self, folder: Path, *, clock: FakeClock | None = None) -> None:
        self.folder, self.clock = folder, clock or FakeClock()
        self.bank = BankProcess(folder / "bank", bic=BIC, accounts=ACCOUNTS)
        self.bank.set_clock(self.clock.now())
        self.troubles: list[str] = []
        self._stack = ExitStack()
        self.ref = ""

    def begin(self) -> None:
        """Let a request come that somebody has."""
        self.bank.start()
        self._open()
        self.ref = ask(self.asker, self.answerer)
        self.say(Step.ACKNOWLEDGED)

    def _open(self) -> None:
        self.answerer, self.asker = self._stack.enter_context(two_nodes(self.folder, clock=self.clock))
        self.line = self.new_line()

    @classmethod
    def of(cls, asker: Node, answerer: Node, clock: FakeClock, folder: Path) -> "Desk":
        """A request between two nodes that run by themselves."""
        made = cls(folder, clock=clock)
        made.asker, made.answerer = asker, answerer
        made.ref = ask(asker, answerer)
        made.say(Step.ACKNOWLEDGED)
        return made

    def wait_for(self, state: State) -> None:
        self.wait_until(lambda: self.thread().state is state)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait for what the node's own threads do, woken by its log."""
        events, ends = self.answerer.services.events, time.monotonic() + WAIT_S
        while not holds():
            assert time.monotonic() < ends, "it did not happen"
            seen = events.count("log")
            events.wait("log", seen=seen, timeout_s=1)

    def close(self) -> None:
        self._stack.close()
        self.bank.stop()

    def ask_again(self) -> None:
        """Let another request come."""
        self.ref = ask(self.asker, self.answerer)
        self.say(Step.ACKNOWLEDGED)

    def shut(self) -> None:
        """Close both nodes."""
        self._stack.close()
        self._stack = ExitStack()

    def restart(self) -> None:
        """Close both nodes and open them from their disks."""
        self.shut()
        self._open()

    @property
    def settings(self) -> dict[str, BankSettings]:
        said = self.bank.settings
        return {"contoh": BankSettings(name="contoh", url=said.url, secret=said.secret, banks=(BIC,), currency="MYR")}

    def new_line(self, wrap: Callable[[Bank], Bank] = lambda bank: bank) -> BankLine:
        services = self.answerer.services
        bank = wrap(HttpBank(self.settings["contoh"], clock=services.clock, keys=services.keys))

        def trouble(name: str, facts: Any) -> None:
            self.troubles.append(f"{name} {facts['reason']}")

        return BankLine(services, bank, self.settings, on_trouble=trouble)

    def say(self, what: Step, **fields: Any) -> None:
        """Let an officer of the answering desk say something, after all that they saw."""
        carry(self.asker, self.answerer)
        head, to = head_of(self.answerer, self.ref), self.asker.services.keys.node
        said = {"asker": head.asker, "what": what.value, "fields": fields, "ground": "", "short": "", "lang": ""}
        draft = Draft(
            doc=Doc.STEP, ref=self.ref, said=said, by=OFFICER.id, after=self.thread().heads, to=frozenset({to})
        )
        write(self.answerer.services, OFFICER, draft, to)
        carry(self.answerer, self.asker)

    def order(self, **changes: Any) -> None:
        fields = {
            "power": "hold",
            "door": "police_order",
            "authority": "Contoh Police",
            "law": "Criminal Procedure Code, section 116",
            "order_no": "1",
            "account": {"scheme": "bank_account", "value": ACCOUNT, "bank": BIC, "country": "MY", "name": ""},
            "whole": False,
            "amount": FULL,
            "expires_at": UNTIL,
            "bank": BIC,
        }
        self.say(Step.ORDERED, **(fields | changes))

    def look(self, *, after_s: float = 0) -> float:
        """Let time pass, and let the connection look once more until nothing is due at once."""
        if after_s:
            self.clock.forward(seconds=after_s)
        self.bank.set_clock(self.clock.now())
        return self.settle()

    def settle(self) -> float:
        """Let the connection look until nothing is due at once."""
        for _ in range(6):
            if (left := self.line.look()) > 0:
                return left
        raise AssertionError("it never comes to rest")

    def thread(self, node: Node | None = None) -> Thread:
        return self.facts(node)[1]

    def facts(self, node: Node | None = None) -> tuple[list[StepFact], Thread]:
        of = node or self.answerer
        head = head_of(of, self.ref)
        _, steps, thread = of.services.store.read(lambda snapshot: load_thread(snapshot, head))
        return steps, thread

    def there(self) -> Thread:
        """What the asking desk sees."""
        carry(self.answerer, self.asker)
        return self.thread(self.asker)

    def whats(self) -> list[Step]:
        return [step.what for step in self.facts()[0]]

    def notes(self) -> list[str]:
        return [step.said["outcome"] for step in self.facts()[0] if step.what is Step.DOOR]

    def book(self) -> Any:
        bank = HttpBank(self.settings["contoh"], clock=self.clock, keys=self.answerer.services.keys)
        asked = bank._asked("GET", "/book", b"", media_type="application/json", bytes_max=100_000)
        assert not isinstance(asked, str)
        return json.loads(asked[1])

    def held(self) -> int:
        return int(self.book()["accounts"][0]["held"])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A request that was acknowledged, and a bank that runs."""
    made = Desk(tmp_path)
    try:
        made.begin()
        yield made
        for node in (made.answerer, made.asker):
            found = verify(node.services, progress=lambda *_: None)
            assert found.ok, found
    finally:
        made.close()


def test_a_bank_confirms_and_only_then_both_desks_call_it_held(desk: Desk) -> None:
    desk.order()
    assert (desk.thread().state, desk.thread().held_minor, desk.there().held_minor) == (State.ORDERED, 0, 0)
    desk.look()
    for thread in (desk.thread(), desk.there()):
        assert (thread.state, thread.held_minor, thread.blocked_minor) == (State.HELD, 2_500_000, 2_500_000)
        assert not thread.idle and not thread.waiting
    assert desk.held() == 2_500_000
    assert desk.whats() == [Step.ACKNOWLEDGED, Step.ORDERED, Step.INSTRUCTED, Step.DELIVERED, Step.CONFIRMED]
    assert [step.by for step in desk.facts()[0]][2:] == ["node:self"] * 3
    assert Step.INSTRUCTED not in [step.what for step in desk.facts(desk.asker)[0]]  # it stays at home
    written = len(desk.facts()[0])
    desk.look(after_s=600)
    assert len(desk.facts()[0]) == written and not desk.troubles


def test_a_bank_that_blocks_whole_accounts_tells_both_amounts(desk: Desk) -> None:
    desk.bank.behave(blocks="account")
    desk.order()
    desk.look()
    thread = desk.there()
    assert (thread.state, thread.blocked_minor, thread.tainted_minor, thread.held_minor) == (
        State.HELD,
        3_000_000,
        2_500_000,
        2_500_000,
    )
    assert next(step for step in desk.facts()[0] if step.what is Step.CONFIRMED).said["whole"] is True


def test_less_than_was_asked_for_is_partly_held(desk: Desk) -> None:
    desk.bank.behave({"do": "part", "minor": 900_000})
    desk.order()
    desk.look()
    assert (desk.there().state, desk.there().held_minor, desk.held()) == (State.PARTLY, 900_000, 900_000)


def test_a_late_bank_is_delivered_first_and_asked_until_it_did_it(desk: Desk) -> None:
    desk.bank.behave({"do": "late", "seconds": 90})
    desk.order()
    desk.look()
    assert (desk.there().state, desk.there().held_minor, desk.held()) == (State.DELIVERED, 0, 0)
    desk.look(after_s=60)
    assert desk.thread().state is State.DELIVERED
    desk.look(after_s=60)
    assert (desk.there().state, desk.there().held_minor, desk.held()) == (State.HELD, 2_500_000, 2_500_000)
    assert desk.whats().count(Step.DELIVERED) == 1


def test_a_refusal_opens_the_thread_for_another_order(desk: Desk) -> None:
    desk.bank.behave({"do": "refuse", "reason": "court_order_needed", "times": 1})
    desk.order()
    desk.look()
    assert (desk.there().state, desk.held()) == (State.ACKNOWLEDGED, 0)
    assert next(step for step in desk.facts()[0] if step.what is Step.FAILED).said["reason"] == "court_order_needed"
    desk.order(order_no="2")
    desk.look()
    assert (desk.there().state, desk.there().held_minor, desk.held()) == (State.HELD, 2_500_000, 2_500_000)


@pytest.mark.parametrize(
    "act", ["other_account", "other_amount", "other_currency", "other_time", "other_instruction", "garbage", "changes"]
)
def test_a_wrong_answer_is_told_once_and_never_held(desk: Desk, act: str) -> None:
    desk.bank.behave({"do": act, "minor": 700})
    desk.order()
    for after_s in (0, 10, 100, 400):
        desk.look(after_s=after_s)
    assert (desk.there().state, desk.there().held_minor) == (State.ORDERED, 0)
    assert desk.notes() == [Note.WRONG_ANSWER.value]
    assert desk.troubles
    assert desk.held() == 2_500_000  # it did it, and says otherwise: a person calls, and says what they heard
    desk.say(Step.CONFIRMED, bank=BIC, at=UNTIL, bank_ref="told by phone", blocked=FULL, tainted=FULL)
    desk.look(after_s=400)
    assert (desk.there().state, desk.notes()) == (State.HELD, [Note.WRONG_ANSWER.value])


@pytest.mark.parametrize("act", ["unsigned", "endless"])
def test_an_answer_that_is_none_is_told_once_and_asked_for_again(desk: Desk, act: str) -> None:
    desk.bank.behave({"do": act, "times": 1})
    desk.order()
    desk.look()
    desk.look(after_s=10)
    assert (desk.there().held_minor, desk.notes()) == (0, [Note.NO_ANSWER.value])


def test_a_bank_that_is_away_is_told_when_it_is_back(desk: Desk) -> None:
    desk.bank.stop()
    desk.order()
    desk.look()
    desk.look(after_s=30)
    assert (desk.thread().state, desk.notes()) == (State.ORDERED, [Note.NO_ANSWER.value])
    desk.bank.start()
    desk.look(after_s=300)
    assert (desk.there().state, desk.held()) == (State.HELD, 2_500_000)


@pytest.mark.parametrize("act", ["die_before", "die_after"])
def test_a_bank_that_dies_holds_once(desk: Desk, act: str) -> None:
    desk.bank.behave({"do": act, "times": 1})
    desk.order()
    desk.look()
    assert desk.bank.ended_by_itself() == -9
    assert desk.thread().held_minor == 0
    desk.bank.start()
    desk.look(after_s=10)
    assert (desk.there().state, desk.there().held_minor, desk.held()) == (State.HELD, 2_500_000, 2_500_000)
    assert len(desk.book()["holds"]) == 1


class Dying:
    """A bank whose asker is killed around one of its calls."""

    def __init__(self, inner: Bank, call: str, *, before: bool) -> None:
        self._inner, self._call, self._before = inner, call, before

    def instruct(self, instruction: Instruction) -> Outcome:
        return self._around("instruct", instruction)  # type: ignore[no-any-return]  # as the inner one says it

    def state(self, instruction: Instruction) -> Outcome:
        return self._around("state", instruction)  # type: ignore[no-any-return]  # as above

    def recall(self, request: bytes) -> bytes | None:
        return self._inner.recall(request)

    def recall_state(self, id_: str) -> bytes | None:
        return self._inner.recall_state(id_)

    def ask(self, question: Question) -> tuple[BookingsTold, bytes]:
        return self._around("ask", question)  # type: ignore[no-any-return]  # as the inner one says it

    def told(self, question: Question) -> tuple[BookingsTold, bytes]:
        return self._around("told", question)  # type: ignore[no-any-return]  # as above

    def cut(self) -> None:
        self._inner.cut()

    def _around(self, call: str, about: Any) -> Any:
        if call == self._call and self._before:
            raise Killed
        said = getattr(self._inner, call)(about)
        if call == self._call:
            raise Killed
        return said


@pytest.mark.parametrize("blocks", ["amount", "account"])
@pytest.mark.parametrize(
    ("call", "before"), [("instruct", True), ("instruct", False), ("state", True), ("state", False)]
)
def test_a_node_that_is_killed_around_a_call_holds_once_and_loses_nothing(
    desk: Desk, call: str, before: bool, blocks: str
) -> None:
    desk.bank.behave(blocks=blocks)
    desk.order()
    desk.line = desk.new_line(lambda bank: Dying(bank, call, before=before))
    with pytest.raises(Killed):
        desk.look()
    assert (desk.thread().state, desk.thread().held_minor) == (State.ORDERED, 0)
    desk.restart()
    desk.look()
    assert (desk.there().state, desk.there().held_minor) == (State.HELD, 2_500_000)
    assert len(desk.book()["holds"]) == 1 and desk.held() == 2_500_000
    assert [desk.whats().count(one) for one in (Step.INSTRUCTED, Step.DELIVERED, Step.CONFIRMED)] == [1, 1, 1]


def test_a_node_that_is_killed_after_the_step_does_nothing_again(desk: Desk) -> None:
    desk.order()
    desk.look()
    desk.restart()
    written = len(desk.facts()[0])
    desk.line = desk.new_line(lambda bank: Dying(bank, "instruct", before=True))
    desk.look()
    assert len(desk.facts()[0]) == written and len(desk.book()["holds"]) == 1


def test_two_lines_that_look_at_once_hold_once(desk: Desk) -> None:
    """Two desks press, or a stopped node's thread lives on: the bank does it once and the thread says it once."""
    desk.order()
    other = desk.new_line()
    desk.look()
    assert other.look() > 0
    assert [desk.whats().count(one) for one in (Step.INSTRUCTED, Step.CONFIRMED)] == [1, 1]


def test_a_release_is_carried_out_by_the_bank(desk: Desk) -> None:
    desk.order()
    desk.look()
    desk.say(Step.RELEASED, amount={"minor": 1_000_000, "currency": "MYR"}, order_no="2", at=UNTIL)
    desk.look()
    assert (desk.there().held_minor, desk.held()) == (1_500_000, 1_500_000)
    desk.say(Step.RELEASED, amount=None, order_no="3", at=UNTIL)
    desk.restart()
    desk.look()
    assert (desk.there().state, desk.held(), desk.notes()) == (State.RELEASED, 0, [Note.DONE.value] * 2)
    desk.restart()
    desk.look(after_s=600)
    assert desk.notes() == [Note.DONE.value] * 2 and not desk.troubles


def test_a_hold_is_extended_at_the_bank(desk: Desk) -> None:
    desk.order()
    desk.look()
    desk.say(Step.EXTENDED, expires_at="2026-03-09T11:00:00+08:00", law="section 117", order_no="2")
    desk.look()
    desk.clock.forward(days=4)
    desk.bank.set_clock(desk.clock.now())
    assert desk.held() == 2_500_000


def test_a_hold_that_its_bank_is_late_with_is_ended_after_it_was_made(desk: Desk) -> None:
    desk.bank.behave({"do": "late", "seconds": 100, "kind": "hold"})
    desk.order()
    desk.look()
    desk.say(Step.RELEASED, amount=None, order_no="2", at=UNTIL)
    desk.look(after_s=10)
    assert desk.held() == 0
    desk.look(after_s=200)
    assert desk.held() == 0 and [one["hold"] for one in desk.book()["holds"]] == ["released"]


def test_an_order_without_a_connection_waits_for_a_person(desk: Desk) -> None:
    for bank, currency in (("OTHRMYKL", "MYR"), (BIC, "SGD")):
        account = {"scheme": "bank_account", "value": ACCOUNT, "bank": bank, "country": "MY", "name": ""}
        desk.order(bank=bank, account=account, amount={"minor": 2_500_000, "currency": currency})
        desk.look()
        assert desk.held() == 0 and Step.INSTRUCTED not in desk.whats()


def test_an_order_without_an_amount_is_not_made_larger(desk: Desk) -> None:
    desk.order(amount=None)
    desk.look()
    assert (desk.thread().state, desk.notes(), desk.held()) == (State.ORDERED, [Note.NOT_SENDABLE.value], 0)


def test_a_whole_account_that_was_ordered_is_blocked(desk: Desk) -> None:
    desk.order(amount=None, whole=True)
    desk.look()
    assert (desk.there().state, desk.book()["accounts"][0]["blocked"]) == (State.HELD, True)


def test_no_connection_is_opened_where_none_is_set(desk: Desk) -> None:
    assert banks_of(desk.answerer.services, {}) == {}
    assert OFFICER.id != "node:self"


@pytest.mark.timeout(180)
def test_a_node_with_two_banks_of_which_one_blocks_whole_accounts_only(tmp_path: Path) -> None:
    """The node runs as `serve` runs it: nobody calls the connections, the log wakes them, and it stops in time."""
    clock, whole = FakeClock(), "7001234567"
    banks = {
        "first": BankProcess(tmp_path / "first", bic=BIC, accounts=ACCOUNTS),
        "second": BankProcess(
            tmp_path / "second",
            bic="CONTMYKL",
            accounts={"accounts": [{"account": whole, "currency": "MYR", "minor": 9_000_000}]},
        ),
    }
    banks["second"].behave(blocks="account")
    try:
        for bank in banks.values():
            bank.set_clock(clock.now())
            bank.start()
        with two_nodes(tmp_path, clock=clock):
            pass
        with (tmp_path / "my" / "node.toml").open("a", encoding="utf-8") as settings:
            for name, bank in banks.items():
                secret = tmp_path / name / "secret"
                settings.write(
                    f'\n[bank.{name}]\nurl = "http://127.0.0.1:{bank.port}"\nsecret_file = "{secret}"\n'
                    f'banks = ["{bank.bic}"]\ncurrency = "MYR"\n'
                )
        with two_nodes(tmp_path, clock=clock) as (answerer, asker):
            desks = [Desk.of(asker, answerer, clock, tmp_path) for _ in banks]
            answerer.start_ticks()
            for desk, bank, account in zip(desks, banks.values(), (ACCOUNT, whole), strict=True):
                part = {"scheme": "bank_account", "value": account, "bank": bank.bic, "country": "MY", "name": ""}
                desk.order(account=part, bank=bank.bic)
                answerer.services.events.publish("log")
            for desk in desks:
                desk.wait_for(State.HELD)
            earmarked, blocked = (desk.there() for desk in desks)
            assert (earmarked.held_minor, earmarked.blocked_minor) == (2_500_000, 2_500_000)
            assert (blocked.held_minor, blocked.blocked_minor) == (2_500_000, 9_000_000)
            assert verify(answerer.services, progress=lambda *_: None).ok
            desks[1].say(Step.RELEASED, amount=None, order_no="2", at=UNTIL)
            answerer.services.events.publish("log")
            desks[1].wait_until(lambda: desks[1].notes() == [Note.DONE.value])
        for name, held in (("first", 2_500_000), ("second", 0)):
            bank = banks[name]
            asked = HttpBank(bank.settings, clock=clock, keys=answerer.services.keys)
            said = asked._asked("GET", "/book", b"", media_type="application/json", bytes_max=100_000)
            assert not isinstance(said, str) and json.loads(said[1])["accounts"][0]["held"] == held
    finally:
        for bank in banks.values():
            bank.stop()


def test_an_order_as_officers_give_it_is_carried_out(desk: Desk) -> None:
    """Through the use cases of requests, with the packs' own doors, and not as a document that a test wrote."""
    signs = Viewer(id="officer-0007", clearance=OFFICER.clearance, role="authorising_officer")
    shown = requests.show_request(desk.answerer.services, signs, desk.ref)
    fields = {"expires_at": UNTIL, "law": "Criminal Procedure Code, section 116", "order_no": "7", "bank": BIC}
    requests.say(desk.answerer.services, signs, shown.ref, "ordered", fields)
    desk.look()
    assert (desk.there().state, desk.there().held_minor, desk.held()) == (State.HELD, 2_500_000, 2_500_000)
    released = {"amount": None, "order_no": "8"}
    requests.say(desk.answerer.services, signs, desk.ref, "released", released)
    desk.look()
    assert (desk.there().state, desk.held(), desk.notes()) == (State.RELEASED, 0, [Note.DONE.value])


def test_a_node_that_may_not_be_current_tells_no_bank_anything(desk: Desk) -> None:
    desk.order()
    desk.answerer.services.store.write(lambda tx: tx.put_meta("state", "quarantined"))
    desk.look()
    assert (desk.thread().state, desk.book()["holds"]) == (State.ORDERED, [])
    desk.answerer.services.store.write(lambda tx: tx.put_meta("state", "live"))
    desk.look()
    assert desk.there().state is State.HELD


def test_two_victims_of_one_account_stand_on_one_block_and_are_told_when_it_ends(desk: Desk) -> None:
    desk.bank.behave(blocks="account")
    signs = Viewer(id="officer-0007", clearance=OFFICER.clearance, role="authorising_officer")
    fields = {"expires_at": UNTIL, "law": "Criminal Procedure Code, section 116", "order_no": "7", "bank": BIC}
    services, first = desk.answerer.services, desk.ref
    requests.say(services, signs, first, "ordered", fields)
    desk.look()
    desk.ask_again()
    requests.say(services, signs, desk.ref, "ordered", fields)
    desk.look()
    # 3,000,000 are blocked, of which the first request covers 2,500,000
    assert (desk.there().state, desk.there().held_minor, len(desk.book()["holds"])) == (State.PARTLY, 500_000, 1)
    requests.say(services, signs, first, "released", {"amount": None, "order_no": "8"})
    desk.look()
    assert (desk.held(), desk.there().state, desk.there().held_minor) == (0, State.ACKNOWLEDGED, 0)
    requests.say(services, signs, desk.ref, "ordered", fields | {"order_no": "9"})
    desk.look()
    assert (desk.there().state, desk.there().held_minor, desk.held()) == (State.HELD, 2_500_000, 2_500_000)
