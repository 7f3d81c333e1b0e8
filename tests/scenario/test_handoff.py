# SPDX-License-Identifier: Apache-2.0
"""Money is followed over a border: what is handed on, what is answered, and what stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from lintas.model.kept_trace import Stands
from lintas.model.money import Method
from lintas.model.trace_answers import HandedLine, KeptTraceShown
from lintas.node.node import Node
from lintas.testing import OFFICER, carry, two_nodes
from lintas.work.tracing_jobs.opening import Wanted, open_trace
from lintas.work.tracing_jobs.resuming import Resumed, resume_traces
from lintas.work.tracing_jobs.standing import list_traces, show_trace
from tests.scenario.money import Line, book, uetr, with_law

VICTIM: Final = "MBBEMYKL:1000000001"
MULE: Final = "MBBEMYKL:1000000002"
NEXT: Final = "CONTSGSG:2000000001"
LAST: Final = "CONTSGSG:2000000002"
DAY: Final = "2026-02-28T"


class Border:
    """MY and SG, with a resumption that each keeps."""

    def __init__(self, my: Node, sg: Node) -> None:
        self.my, self.sg = my, sg
        self.resumed = {id(my): Resumed(), id(sg): Resumed()}

    def look(self, node: Node) -> None:
        resumed = self.resumed[id(node)]
        resume_traces(node.services, resumed)
        assert not resumed.troubles, resumed.troubles

    def settle(self) -> int:
        """Carry and look until nothing moves any more; says how many messages moved."""
        moved = 0
        while True:
            for node in (self.my, self.sg):
                self.look(node)
            now = carry(self.my, self.sg) + carry(self.sg, self.my)
            if not now:
                return moved
            moved += now

    def shown(self, node: Node) -> KeptTraceShown:
        (line,) = list_traces(node.services, OFFICER).traces
        return show_trace(node.services, OFFICER, line.ref)


@pytest.fixture
def border(tmp_path: Path) -> Iterator[Border]:
    with two_nodes(tmp_path) as (my, sg):
        for node in (my, sg):
            with_law(node, is_unattended=True, confirmed=True)
        yield Border(my, sg)


def pay_out(border: Border) -> None:
    """What was paid in MY: 1,000 to the mule, 900 of it on to SG."""
    book(border.my, [Line(payer=VICTIM, payee=MULE, paid="1000.00", at=f"{DAY}01:00:00Z", number=1)])
    abroad = Line(payer=MULE, payee=NEXT, paid="900.00", at=f"{DAY}01:05:00Z", number=2)
    book(border.my, [abroad], legs="payer", name="abroad.csv")


def take_in(border: Border, *, paid: str = "900.00") -> None:
    """What SG's bank booked: it came, and 300 of it were taken out in cash."""
    come = Line(payer=MULE, payee=NEXT, paid=paid, at=f"{DAY}01:06:00Z", number=2)
    book(border.sg, [come], legs="payee", name="come.csv")
    cash = Line(payer=NEXT, payee="", paid="300.00", at=f"{DAY}01:07:00Z", number=3, kind="cash_out")
    book(border.sg, [cash], name="cash.csv")


def follow(border: Border, **more: object) -> str:
    wanted = Wanted(seeds=(f"{MULE}@2026-02-28:1000.00",), title="Parcel scam", **more)  # type: ignore[arg-type]  # its fields
    return open_trace(border.my.services, OFFICER, wanted).shown.line.ref


def handed(shown: KeptTraceShown, direction: str) -> HandedLine:
    (one,) = [line for line in shown.handed if line.direction == direction]
    return one


@pytest.mark.parametrize("method", list(Method))
def test_money_is_handed_on_followed_there_and_answered(border: Border, method: Method) -> None:
    pay_out(border)
    take_in(border)
    follow(border, method=method)
    border.settle()
    here, there = border.shown(border.my), border.shown(border.sg)
    out, come = handed(here, "out"), handed(there, "in")
    assert (out.status, out.final, out.reference) == ("found", True, f"uetr:{uetr(2)}")
    assert here.line.stands == there.line.stands == Stands.FINAL
    (totals,) = out.totals
    assert (totals.asset, totals.came, totals.still_here, totals.cash) == ("MYR", 90_000, 60_000, 30_000)
    assert come.tainted == 90_000
    assert there.line.opener == border.my.services.keys.node
    assert not there.seeds, "where the money began is not told"
