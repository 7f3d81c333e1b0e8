# SPDX-License-Identifier: Apache-2.0
"""What is for named people alone leaves in no hand-off, and what another node claims breaks and inflates nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.model.desk import Doc
from lintas.model.kept_trace import Told
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, carry, two_nodes
from lintas.work.accounts import create_account
from lintas.work.desk import Draft, new_ref
from lintas.work.lists import open_list, restrict
from lintas.work.tracing_jobs.next_hops import list_next_hops
from lintas.work.tracing_jobs.opening import Wanted, look_at_trace, open_trace, release_trace
from lintas.work.tracing_jobs.standing import list_traces, show_trace
from tests.scenario.money import Line, book, uetr, with_law
from tests.scenario.test_handoff import DAY, MULE, NEXT, VICTIM, Border, follow, take_in
from tests.scenario.threads import write


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


def test_a_payment_of_which_no_time_is_told_keeps_nobody_from_asking_banks(border: Border) -> None:
    my, sg = border.my, border.sg
    opener = sg.services.keys.node
    fields = {
        "rules": {"method": "fifo"},
        "payment": {"reference": f"uetr:{uetr(9)}", "minor": 5, "asset": "MYR", "payee": MULE, "at": ""},
        "segments": [[5, "*", 1]],
        "revision": 1,
        "hops": 1,
    }
    node = my.services.keys.node
    said = {"opener": opener, "what": Told.HANDED.value, "to": node, "fields": fields}
    ref = sg.services.store.read(lambda snapshot: new_ref(sg.services, snapshot, Doc.TRACE))
    write(sg.services, OFFICER, Draft(doc=Doc.TRACE, ref=ref, said=said, by=OFFICER.id, to=frozenset({node})), node)
    carry(sg, my)
    (hop,) = list_next_hops(my.services, OFFICER, ref).hops
    assert (hop.account, hop.since, hop.unsure_minor) == (MULE, "", 5)


def test_an_inflated_hand_off_is_not_shown_as_more_than_its_payment(border: Border) -> None:
    my, sg = border.my, border.sg
    book(my, [Line(payer="", payee=MULE, paid="9000000.00", at=f"{DAY}01:00:00Z", number=1)])
    book(my, [Line(payer=MULE, payee=NEXT, paid="9000000.00", at=f"{DAY}01:05:00Z", number=2)], legs="payer")
    book(sg, [Line(payer=MULE, payee=NEXT, paid="5.00", at=f"{DAY}01:06:00Z", number=2)], legs="payee", name="come.csv")
    open_trace(my.services, OFFICER, Wanted(seeds=(f"{MULE}@2026-02-28:9000000.00",)))
    border.settle()
    (line,) = list_traces(sg.services, OFFICER).traces
    _, result = look_at_trace(sg.services, OFFICER, line.ref)
    assert result is not None
    assert [(one.minor, one.tainted, one.arrived) for one in result.flows] == [(500, 500, 500)]
