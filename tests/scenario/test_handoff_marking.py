# SPDX-License-Identifier: Apache-2.0
"""What is for named people alone leaves in no hand-off, and stands in no figures that others read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, two_nodes
from lintas.work.accounts import create_account
from lintas.work.lists import open_list, restrict
from lintas.work.tracing_jobs.opening import Wanted, look_at_trace, open_trace, release_trace
from lintas.work.tracing_jobs.standing import list_traces, show_trace
from tests.scenario.money import Line, book, with_law
from tests.scenario.test_handoff import DAY, MULE, NEXT, VICTIM, Border, follow, take_in


@pytest.fixture
def border(tmp_path: Path) -> Iterator[Border]:
    with two_nodes(tmp_path) as (my, sg):
        for node in (my, sg):
            with_law(node, is_unattended=True, confirmed=True)
        yield Border(my, sg)


def pay_out(node: Node, tlp: Tlp) -> list[str]:
    book(node, [Line(payer=VICTIM, payee=MULE, paid="1000.00", at=f"{DAY}01:00:00Z", number=1)])
    abroad = Line(payer=MULE, payee=NEXT, paid="900.00", at=f"{DAY}01:05:00Z", number=2)
    return book(node, [abroad], legs="payer", name="abroad.csv", tlp=tlp)


@pytest.mark.parametrize("tlp", [Tlp.RED, Tlp.AMBER_STRICT])
def test_a_payment_that_is_red_is_handed_on_by_nobody(border: Border, tlp: Tlp) -> None:
    pay_out(border.my, tlp)
    take_in(border)
    ref = follow(border)
    border.settle()
    release_trace(border.my.services, OFFICER, ref)
    border.settle()
    is_red = tlp is Tlp.RED
    assert (list_traces(border.sg.services, OFFICER).traces == []) is is_red
    shown = show_trace(border.my.services, OFFICER, ref)
    assert shown.rows == (1 if is_red else 2), "what was red is in no figure that is kept"
    assert shown.totals[0].still_here == (100_000 if is_red else 10_000)
    _, result = look_at_trace(border.my.services, OFFICER, ref)
    assert result is not None and result.rows == 2, "whoever may see it sees it followed"


def test_what_a_list_restricts_is_in_no_trace_that_it_does_not_restrict(border: Border) -> None:
    services = border.my.services
    messages = pay_out(border.my, Tlp.AMBER_STRICT)
    owner = create_account(services, name="Aminah", password=None, role="supervisor", clearance=Tlp.RED)
    inside = Viewer(id=owner, clearance=Tlp.RED, role="supervisor", lists=frozenset({"parcel"}))
    open_list(services, inside, "parcel")
    restrict(services, inside, "parcel", messages)
    ref = open_trace(services, inside, Wanted(seeds=(f"{MULE}@2026-02-28:1000.00",))).shown.line.ref
    border.settle()
    assert show_trace(services, inside, ref).rows == 1
    assert list_traces(border.sg.services, OFFICER).traces == []
