# SPDX-License-Identifier: Apache-2.0
"""A kept trace grows by what banks tell: asked by one press, taken in by the node, and gone on with by itself.

At its end stands the list of what may still be held, and one press asks the other country's desk to hold it.
"""

import dataclasses
import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest

from lintas.errors import BadInput, LintasError, NotAllowed, UnknownTerm
from lintas.model.desk_answers import RequestShown
from lintas.model.marking import Tlp
from lintas.model.question import NextHopShown
from lintas.model.viewer import Viewer
from lintas.node.banks import BankLine
from lintas.testing import CLERK, OFFICER, FakeClock, two_nodes
from lintas.transport.bank_http import HttpBank
from lintas.work.banking import ask_bank, list_questions
from lintas.work.services import Services
from lintas.work.tracing_jobs.holding import draft_hold, list_holds, open_hold
from lintas.work.tracing_jobs.next_hops import ask_next_hops, list_next_hops
from lintas.work.tracing_jobs.opening import Wanted, open_trace
from lintas.work.tracing_jobs.resuming import Resumed, resume_traces
from lintas.work.tracing_jobs.standing import show_trace
from tests.scenario.banking import BankProcess
from tests.scenario.meeting import WAIT_S

pytestmark = [pytest.mark.slow]

BIC: Final = "MBBEMYKL"
FIRST, NEXT, ELSEWHERE = "514012345678", "514087654321", "CIBBMYKL:700123456789"
ABROAD: Final = "CONTSGSG:1234567890"
OWNER: Final = Viewer(id="local:owner", clearance=Tlp.RED)  # in whose name the node goes on
LAW: Final = "Criminal Procedure Code, section 116"
BOOKS: Final[dict[str, Any]] = {
    "accounts": [
        {"account": FIRST, "currency": "MYR", "minor": 0},
        {"account": NEXT, "currency": "MYR", "minor": 0},
    ],
    "bookings": [
        {
            "id": "b1",
            "at": "2026-03-01T02:50:00Z",
            "from": "",
            "to": FIRST,
            "minor": 2_500_000,
            "other": "RHBBMYKL:600123456",
            "reference": "e2e:V1",
            "channel": "instant",
        },
        {"id": "b2", "at": "2026-03-01T02:53:00Z", "from": FIRST, "to": NEXT, "minor": 2_400_000, "channel": "instant"},
        {"id": "b3", "at": "2026-03-01T02:55:00Z", "from": NEXT, "to": "", "minor": 400_000, "kind": "cash_out"},
        {
            "id": "b4",
            "at": "2026-03-01T02:56:00Z",
            "from": NEXT,
            "to": "",
            "minor": 1_500_000,
            "other": ABROAD,
            "reference": "uetr:00000000-0000-4000-8000-000000000004",
            "channel": "instant",
        },
        {
            "id": "b5",
            "at": "2026-03-01T02:57:00Z",
            "from": NEXT,
            "to": "",
            "minor": 300_000,
            "other": ELSEWHERE,
            "channel": "instant",
        },
    ],
}


class Desk:
    """MY with one bank that has a connection, SG beside it, and a kept trace of which no payment is known."""

    def __init__(self, folder: Path) -> None:
        self.clock, self.resumed = FakeClock(), Resumed()
        self.bank = BankProcess(folder / "bank", bic=BIC, accounts=BOOKS)
        self.bank.set_clock(self.clock.now())
        self._folder, self._stack = folder, ExitStack()

    def begin(self) -> None:
        self.bank.start()
        self.node, self.other = self._stack.enter_context(two_nodes(self._folder, clock=self.clock))
        settings = {"contoh": replace(self.bank.settings, currency="MYR")}
        config = dataclasses.replace(self.node.services.config, banks=settings)  # type: ignore[type-var]  # a NodeConfig
        self.node.services = dataclasses.replace(self.node.services, config=config)
        bank = HttpBank(settings["contoh"], clock=self.clock, keys=self.services.keys)
        self.line = BankLine(self.services, bank, settings, on_trouble=lambda *_: None)
        seed = f"{BIC}:{FIRST}@2026-03-01T02:49:00Z:25000.00"
        self.ref = open_trace(self.services, OWNER, Wanted(seeds=(seed,), currency="MYR")).shown.line.ref

    @property
    def services(self) -> Services:
        return self.node.services

    def close_nodes(self) -> None:
        self._stack.close()

    def close(self) -> None:
        self._stack.close()
        self.bank.stop()

    def hops(self) -> dict[str, NextHopShown]:
        return {one.account: one for one in list_next_hops(self.services, OFFICER, self.ref).hops}

    def hop(self) -> None:
        """One press, the bank's answer, and what the node does by itself then."""
        ask_next_hops(self.services, OFFICER, self.ref, law=LAW)
        self.line.look()
        resume_traces(self.services, self.resumed)
        assert not self.resumed.troubles, self.resumed.troubles


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    try:
        made.begin()
        yield made
    finally:
        made.close()


def test_each_answer_goes_on_by_itself_until_no_bank_here_knows_more(desk: Desk) -> None:
    (first,) = desk.hops().values()
    assert (first.account, first.stands, first.unsure_minor) == (f"{BIC}:{FIRST}", "ask", 2_500_000)
    desk.hop()
    hops = desk.hops()
    assert (hops[f"{BIC}:{NEXT}"].stands, hops[f"{BIC}:{NEXT}"].unsure_minor) == ("ask", 2_400_000)
    desk.hop()
    hops = desk.hops()
    assert hops[ELSEWHERE].stands == "no_connection" and f"{BIC}:{NEXT}" not in hops
    (totals,) = show_trace(desk.services, OFFICER, desk.ref).totals
    # the node ran it by itself: 100,000 stay first, 200,000 with the second, 300,000 elsewhere
    assert (totals.still_here, totals.cash, totals.gone_on) == (600_000, 400_000, {"SG": 1_500_000})
    assert ask_next_hops(desk.services, OFFICER, desk.ref, law=LAW).asked == []


def test_what_is_certain_is_what_banks_told_in_full(desk: Desk) -> None:
    (totals,) = show_trace(desk.services, OFFICER, desk.ref).totals
    assert totals.confirmed == 0
    desk.hop()
    desk.hop()
    (totals,) = show_trace(desk.services, OFFICER, desk.ref).totals
    assert 0 < totals.confirmed <= 300_000 and totals.unknown == 300_000


def test_the_hold_list_names_accounts_here_and_beyond_the_border(desk: Desk) -> None:
    desk.hop()
    desk.hop()
    found = list_holds(desk.services, OFFICER, desk.ref)
    lines = {one.account: one for one in found.lines}
    assert set(lines) == {f"{BIC}:{FIRST}", f"{BIC}:{NEXT}", ELSEWHERE, ABROAD}
    abroad = lines[ABROAD]
    assert (abroad.amount_minor, abroad.country) == (1_500_000, "SG")
    assert (abroad.knowledge, abroad.channel) == ("unknown", "instant")
    assert (abroad.minutes, abroad.half_life_minutes, abroad.place) == (4, 3, 1)
    assert abroad.expected_minor == 1_500_000 * 416_666 // 1_000_000 and "4 min" in abroad.sum
    assert found.warning and found.rule == "hold-list/1" and len(found.pack) == 64
    by_amount = list_holds(desk.services, OFFICER, desk.ref, sort="amount").lines
    assert [one.amount_minor for one in by_amount] == sorted((one.amount_minor for one in by_amount), reverse=True)
    with pytest.raises(BadInput):
        list_holds(desk.services, OFFICER, desk.ref, sort="fate")


def pressed(desk: Desk, **given: str) -> RequestShown:
    """Ask for a hold on a line of the list, on a node where nobody has a passkey."""
    done = open_hold(desk.services, OFFICER, desk.ref, **given)  # type: ignore[arg-type]  # texts of it
    assert isinstance(done, RequestShown)
    return done


def test_one_press_asks_the_desk_beyond_the_border_to_hold(desk: Desk) -> None:
    desk.hop()
    desk.hop()
    draft = draft_hold(desk.services, OFFICER, desk.ref, account=ABROAD)
    assert draft.fields == {
        "account": {"scheme": "bank_account", "value": "1234567890", "bank": "CONTSGSG", "country": "SG", "name": ""},
        "amount": {"minor": 1_500_000, "currency": "MYR"},
        "method": "fifo",
        "paid_at": "2026-03-01T02:56:00.000Z",
        "reference": "00000000-0000-4000-8000-000000000004",
        "from_bank": BIC,
    }
    assert (draft.to, draft.missing) == (desk.other.services.keys.node, "")
    shown = pressed(desk, account=ABROAD)
    assert shown.is_new and shown.line.form == "hold"
    again = pressed(desk, account=ABROAD)
    assert (again.ref, again.is_new) == (shown.ref, False)
    (line,) = [one for one in list_holds(desk.services, OFFICER, desk.ref).lines if one.account == ABROAD]
    assert line.requests == [shown.ref]


def test_one_press_opens_a_hold_in_the_own_country_at_the_own_desk(desk: Desk) -> None:
    desk.hop()
    desk.hop()
    own = f"{BIC}:{NEXT}"
    draft = draft_hold(desk.services, OFFICER, desk.ref, account=own)
    assert (draft.to, draft.missing) == (desk.services.keys.node, "")
    shown = pressed(desk, account=own)
    assert shown.is_new and shown.line.is_own
    for to in ("", "own"):
        again = pressed(desk, account=own, to=to)
        assert (again.ref, again.is_new) == (shown.ref, False)
    (line,) = [one for one in list_holds(desk.services, OFFICER, desk.ref).lines if one.account == own]
    assert line.requests == [shown.ref]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"account": "CONTSGSG:000"}, UnknownTerm),
        ({"account": ABROAD, "currency": "SGD"}, UnknownTerm),
        ({"account": ABROAD, "minor": 1_500_001}, BadInput),
        ({"account": ABROAD, "to": "nobody"}, UnknownTerm),
    ],
)
def test_what_cannot_be_held_is_refused(desk: Desk, changes: dict[str, Any], error: type[LintasError]) -> None:
    desk.hop()
    desk.hop()
    with pytest.raises(error):
        open_hold(desk.services, OFFICER, desk.ref, **changes)


def test_who_may_not_see_the_trace_learns_nothing_of_it(desk: Desk) -> None:
    for look in (list_holds, list_next_hops):
        with pytest.raises(UnknownTerm):
            look(desk.services, CLERK, desk.ref)
    with pytest.raises(UnknownTerm):
        ask_bank(
            desk.services, CLERK, about=desk.ref, bank=BIC, account=FIRST, currency="MYR",
            start="2026-03-01T01:30:00Z", law=LAW,
        )  # fmt: skip
    with pytest.raises(NotAllowed):
        list_next_hops(desk.services, replace(OFFICER, role="analyst"), desk.ref)
    with pytest.raises(BadInput):
        ask_next_hops(desk.services, OFFICER, desk.ref, law=" ")


def test_money_that_comes_after_all_that_a_bank_told_is_asked_about_from_there_on(desk: Desk) -> None:
    desk.hop()
    desk.hop()
    (told,) = [one for one in list_questions(desk.services, OFFICER) if one.account == NEXT]
    late = {"id": "b6", "at": "2026-03-01T03:20:00Z", "from": FIRST, "to": NEXT, "minor": 60_000, "channel": "instant"}
    desk.bank.stop()
    (desk.bank.folder / "accounts.json").write_text(json.dumps(BOOKS | {"bookings": [*BOOKS["bookings"], late]}))
    desk.bank.start()
    desk.clock.forward(minutes=30)
    desk.bank.set_clock(desk.clock.now())
    hops = desk.hops()
    assert f"{BIC}:{NEXT}" not in hops or hops[f"{BIC}:{NEXT}"].stands == "answered"
    again = ask_bank(
        desk.services, OFFICER, about=desk.ref, bank=BIC, account=FIRST, currency="MYR", start=told.end, law=LAW
    )
    desk.line.look()
    resume_traces(desk.services, desk.resumed)
    hop = desk.hops()[f"{BIC}:{NEXT}"]
    assert (again.is_new, hop.stands, hop.told_until, hop.unsure_minor) == (True, "ask", told.end, 260_000)
    desk.hop()
    newest = next(one for one in list_questions(desk.services, OFFICER) if one.account == NEXT)
    assert (newest.start, newest.state, newest.bookings) == (told.end, "done", 1)
    assert f"{BIC}:{NEXT}" not in desk.hops()


def test_a_node_that_runs_does_all_of_it_by_itself(tmp_path: Path) -> None:
    """As `serve` runs it: the press writes a question, the node's threads ask, take in and go on."""
    desk = Desk(tmp_path)
    try:
        desk.begin()
        desk.close_nodes()
        with (tmp_path / "my" / "node.toml").open("a", encoding="utf-8") as settings:
            settings.write(
                f'\n[bank.contoh]\nurl = "http://127.0.0.1:{desk.bank.port}"\n'
                f'secret_file = "{tmp_path / "bank" / "secret"}"\nbanks = ["{BIC}"]\ncurrency = "MYR"\n'
            )
        with two_nodes(tmp_path, clock=desk.clock) as (node, _):
            node.start_ticks()
            services = node.services
            for account, minor in ((FIRST, 2_500_000), (NEXT, 2_400_000)):
                (hop,) = [one for one in list_next_hops(services, OFFICER, desk.ref).hops if one.stands == "ask"]
                assert (hop.account, hop.unsure_minor) == (f"{BIC}:{account}", minor)
                ask_next_hops(services, OFFICER, desk.ref, law=LAW)
                wait_until(services, partial(_is_followed, services, desk.ref, account))
            (totals,) = show_trace(services, OFFICER, desk.ref).totals
            assert (totals.cash, totals.gone_on) == (400_000, {"SG": 1_500_000})
    finally:
        desk.close()


def _is_followed(services: Services, ref: str, account: str) -> bool:
    """Whether the bank told, and the trace was run with it."""
    shown = list_questions(services, OFFICER, about=ref)
    rows = show_trace(services, OFFICER, ref).rows
    return all(one.state == "done" for one in shown) and rows >= (2 if account == FIRST else 6)


def wait_until(services: Services, holds: Callable[[], bool]) -> None:
    """Wait for what the node's own threads do, woken by its log; not by the entries of who looked here."""
    ends = time.monotonic() + WAIT_S
    while not holds():
        assert time.monotonic() < ends, "it did not happen"
        seen = services.events.count("log")
        services.events.wait("log", seen=seen, timeout_s=1)
