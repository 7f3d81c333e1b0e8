# SPDX-License-Identifier: Apache-2.0
"""Money goes round three desks that take up in any order, are away, and hear strangers: it ends the same."""

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Final

import pytest

from lintas.formats.desk.trace_fields import answer_said, handed_of, handed_said
from lintas.model.desk import Doc
from lintas.model.header import Mode
from lintas.model.kept_trace import Answer, Stands, Status, Told
from lintas.model.money import Method
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, carry, shared_readers
from lintas.work.desk import Draft
from lintas.work.peering import add_peer, describe
from lintas.work.tracing_jobs.opening import Wanted, open_trace
from lintas.work.tracing_jobs.resuming import Resumed, resume_traces
from lintas.work.tracing_jobs.standing import show_trace
from tests.scenario.money import Line, book, uetr, with_law
from tests.scenario.threads import write

pytestmark = [pytest.mark.slow]

BANKS: Final = {"MY": "MBBEMYKL", "SG": "CONTSGSG", "TH": "KASITHBK"}
DAY: Final = "2026-02-28T"
ROUTE: Final = (  # (payer's country, payee's, amount, minute): round twice, then cash in TH
    ("MY", "SG", "900.00", 5),
    ("SG", "TH", "800.00", 10),
    ("TH", "MY", "500.00", 15),
    ("MY", "SG", "400.00", 20),
    ("SG", "TH", "300.00", 25),
)


class Ring:
    """Three nodes that know each other."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        clock = FakeClock()
        self.nodes: dict[str, Node] = {}
        self.resumed = {country: Resumed() for country in BANKS}
        for country in BANKS:
            place = folder / country
            Node.create(place, name=f"Desk {country}", country=country, mode=Mode.EXERCISE, clock=clock)
            self.nodes[country] = stack.enter_context(Node.open(place, clock=clock, readers=shared_readers()))
        for one, other in permutations(self.nodes.values(), 2):
            add_peer(one.services, OFFICER, describe(other.services))
        for node in self.nodes.values():
            with_law(node, is_unattended=True, confirmed=True)

    def look(self, country: str) -> None:
        resumed = self.resumed[country]
        resume_traces(self.nodes[country].services, resumed)
        assert not resumed.troubles, resumed.troubles

    def settle(self, random: Random) -> None:
        """Let desks look and lines carry in a drawn order, until nothing moves."""
        while True:
            acts = [("look", one, one) for one in BANKS] + [("carry", *pair) for pair in permutations(BANKS, 2)]
            random.shuffle(acts)
            moved = 0
            for act, one, other in acts:
                if act == "look":
                    self.look(one)
                elif random.random() < 0.7:  # the line is down now and then
                    moved += carry(self.nodes[one], self.nodes[other])
            if moved:
                continue
            for one in BANKS:
                self.look(one)
            if not sum(carry(self.nodes[one], self.nodes[other]) for one, other in permutations(BANKS, 2)):
                return

    def pay(self) -> None:
        """Each bank books its side of each payment, the payee's a minute later."""
        first = Line(payer="", payee=account("MY"), paid="1000.00", at=f"{DAY}01:00:00Z", number=90, kind="cash_in")
        book(self.nodes["MY"], [first], name="first.csv")
        for number, (there, here, paid, minute) in enumerate(ROUTE):
            one = Line(
                payer=account(there), payee=account(here), paid=paid, at=f"{DAY}01:{minute:02}:00Z", number=number
            )
            book(self.nodes[there], [one], legs="payer", name=f"out-{number}.csv")
            late = Line(
                payer=account(there), payee=account(here), paid=paid, at=f"{DAY}01:{minute + 1:02}:00Z", number=number
            )
            book(self.nodes[here], [late], legs="payee", name=f"in-{number}.csv")
        cash = Line(payer=account("TH"), payee="", paid="250.00", at=f"{DAY}01:40:00Z", number=91, kind="cash_out")
        book(self.nodes["TH"], [cash], name="cash.csv")


def account(country: str) -> str:
    return f"{BANKS[country]}:0000000001"


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[Ring]:
    with ExitStack() as stack:
        yield Ring(tmp_path, stack)


@pytest.mark.parametrize("seed", range(2))
def test_money_that_goes_round_is_followed_to_its_end(ring: Ring, seed: int) -> None:
    random = Random(seed)
    ring.pay()
    wanted = Wanted(seeds=(f"{account('MY')}@2026-02-28:1000.00",), method=Method.FIFO)
    ref = open_trace(ring.nodes["MY"].services, OFFICER, wanted).shown.line.ref
    ring.settle(random)
    held = {}
    for country, node in ring.nodes.items():
        shown = show_trace(node.services, OFFICER, ref)
        assert shown.line.stands == Stands.FINAL
        held[country] = sum(one.still_here for one in shown.totals)
    # one trace over all: MY 1000-900+500-400, SG 900-800+400-300, TH 800-500+300-250 = 350 and 250 in cash
    assert held == {"MY": 20_000, "SG": 20_000, "TH": 35_000}
    there = show_trace(ring.nodes["TH"].services, OFFICER, ref)
    assert sum(one.cash for one in there.totals) == 25_000
    assert {one.hops for one in there.handed} == {2, 3, 5}
    for node in ring.nodes.values():
        before = node.services.store.read(lambda snapshot: snapshot.size())
        resume_traces(node.services, Resumed())
        heads = node.services.store.read(lambda snapshot: snapshot.trace_facts(list_opener(ring), ref))
        assert len({(one.what, one.node, one.to, str(one.said)) for one in heads}) == len(heads), "nothing twice"
        assert node.services.store.read(lambda snapshot: snapshot.size()) <= before + 4, "it read, and said nothing new"


def list_opener(ring: Ring) -> str:
    return ring.nodes["MY"].services.keys.node


def test_a_third_desk_cannot_speak_for_the_two_between_whom_it_is(ring: Ring) -> None:
    ring.pay()
    my, sg, th = (ring.nodes[one] for one in BANKS)
    wanted = Wanted(seeds=(f"{account('MY')}@2026-02-28:1000.00",))
    ref = open_trace(my.services, OFFICER, wanted).shown.line.ref
    ring.settle(Random(7))
    (out,) = [one for one in show_trace(my.services, OFFICER, ref).handed if one.reference == f"uetr:{uetr(0)}"]
    before = show_trace(my.services, OFFICER, ref)
    opener = my.services.keys.node
    lie = Answer(reference=out.reference, revision=1, status=Status.NOT_FOUND, final=True)
    facts = my.services.store.read(lambda snapshot: snapshot.trace_facts(opener, ref))
    (true,) = [one.said for one in facts if one.what is Told.HANDED and one.to == sg.services.keys.node][:1]
    inflated = handed_said(handed_of(true)) | {"revision": 9}
    for what, fields in ((Told.TRACED, answer_said(lie)), (Told.HANDED, inflated), (Told.STOPPED, {"why": ""})):
        said = {"opener": opener, "what": what.value, "to": opener, "fields": fields}
        draft = Draft(doc=Doc.TRACE, ref=ref, said=said, by=OFFICER.id, to=frozenset({opener}))
        write(th.services, OFFICER, draft, opener)
    carry(th, my)
    ring.settle(Random(8))
    after = show_trace(my.services, OFFICER, ref)
    assert [one for one in after.handed if one.direction == "out"] == [
        one for one in before.handed if one.direction == "out"
    ]
    assert after.totals == before.totals
    assert after.idle
    there = show_trace(sg.services, OFFICER, ref)
    assert {one.ground for one in there.handed if one.node == th.services.keys.node} <= {"", "not-theirs"}
