# SPDX-License-Identifier: Apache-2.0
"""Money is followed over a border: what is handed on, what is answered, and what stays."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from lintas.errors import UnknownTerm
from lintas.model.desk import DESK_TYPE
from lintas.model.kept_trace import Stands, Told
from lintas.model.marking import Tlp
from lintas.model.money import Method
from lintas.model.scope import WHOLE
from lintas.model.trace_answers import HandedLine, KeptTraceShown
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.node.traces import TraceKeeper
from lintas.ports.store import Snapshot
from lintas.testing import CLERK, OFFICER, carry, two_nodes
from lintas.work.accounts import create_account
from lintas.work.cases import open_case, put_on_list
from lintas.work.keeping.rebuild import rebuild
from lintas.work.lists import open_list
from lintas.work.payloads import payload_bytes
from lintas.work.services import no_progress
from lintas.work.tracing_jobs.opening import Wanted, open_trace, release_trace, run_trace, stop_trace
from lintas.work.tracing_jobs.resuming import Resumed, resume_traces
from lintas.work.tracing_jobs.standing import list_traces, show_trace
from tests.scenario.meeting import WAIT_S
from tests.scenario.money import Line, book, uetr, with_law

VICTIM: Final = "MBBEMYKL:1000000001"
MULE: Final = "MBBEMYKL:1000000002"
NEXT: Final = "CONTSGSG:2000000001"
LAST: Final = "CONTSGSG:2000000002"
DAY: Final = "2026-02-28T"
HANDED_FIELDS: Final = {"rules", "payment", "segments", "revision", "hops", "rounds"}
TRACED_FIELDS: Final = {"reference", "revision", "status", "totals", "final", "ground"}


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


def received(node: Node) -> list[bytes]:
    """Documents of traces that came from another node, as bytes."""

    def look(snapshot: Snapshot) -> list[bytes]:
        found = []
        heads = snapshot.heads(range(snapshot.size()), scope=WHOLE)
        for head in heads.values():
            if head.media_type == DESK_TYPE and head.originator != node.services.keys.node:
                raw = payload_bytes(node.services, snapshot, head.seq)
                assert raw is not None
                found.append(raw)
        return found

    return node.services.store.read(look)


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


def test_what_came_late_goes_on_by_itself_and_is_revised(border: Border) -> None:
    pay_out(border)
    ref = follow(border)
    border.settle()
    assert handed(border.shown(border.my), "out").status == "not_found", "no bank of SG has told of it yet"
    take_in(border)
    border.settle()
    assert handed(border.shown(border.my), "out").status == "found"
    late = Line(payer="", payee=MULE, paid="500.00", at="2026-02-27T12:00:00Z", number=9, kind="cash_in")
    book(border.my, [late], name="late.csv")
    border.settle()
    out = handed(border.shown(border.my), "out")
    assert (out.revision, out.tainted, out.final) == (2, 40_000, True), "older, clean money leaves first"
    (totals,) = out.totals
    assert (totals.came, totals.cash) == (40_000, 0)
    assert show_trace(border.my.services, OFFICER, ref).line.stands == Stands.FINAL


def test_without_a_law_that_lets_machines_two_named_officers_release(border: Border) -> None:
    for node in (border.my, border.sg):
        with_law(node, is_unattended=True, confirmed=False)
    pay_out(border)
    take_in(border)
    ref = follow(border)
    assert border.settle() == 0, "nothing left"
    here = border.shown(border.my)
    assert (here.line.to_hand, here.line.stands, here.handed) == (1, Stands.OUTSTANDING, [])
    done = release_trace(border.my.services, OFFICER, ref)
    assert done.handed == [f"uetr:{uetr(2)}"]
    border.settle()
    there = border.shown(border.sg)
    assert (there.line.stands, there.line.ran_at) == (Stands.OPEN, ""), "nobody ran it there"
    assert handed(border.shown(border.my), "out").status == "waiting"
    done = release_trace(border.sg.services, OFFICER, there.line.ref)
    assert done.answered == [f"uetr:{uetr(2)}"]
    border.settle()
    out = handed(border.shown(border.my), "out")
    assert (out.status, out.final) == ("found", True)
    released = border.sg.services.store.read(lambda snapshot: snapshot.trace_facts(there.line.opener, ref))
    assert {one.by for one in released if one.what == "traced"} == {OFFICER.id}


def test_what_only_one_payment_is_released_of_waits_for_the_rest(border: Border) -> None:
    with_law(border.my, is_unattended=False)
    pay_out(border)
    other = Line(payer=MULE, payee=LAST, paid="50.00", at=f"{DAY}01:05:30Z", number=7)
    book(border.my, [other], legs="payer", name="other.csv")
    ref = follow(border)
    done = release_trace(border.my.services, OFFICER, ref, payments=[f"uetr:{uetr(7)}"])
    assert done.handed == [f"uetr:{uetr(7)}"]
    assert [(one.reference, one.rule) for one in done.kept] == [(f"uetr:{uetr(2)}", "unattended")]
    assert border.shown(border.my).line.to_hand == 1


def test_an_invented_payment_is_not_found_and_moves_nothing(border: Border) -> None:
    invented = Line(payer=MULE, payee=NEXT, paid="900.00", at=f"{DAY}01:05:00Z", number=66)
    book(border.my, [invented], legs="payer")
    own = Line(payer="", payee=NEXT, paid="900.00", at=f"{DAY}01:00:00Z", number=3, kind="cash_in")
    book(border.sg, [own])
    follow(border)
    border.settle()
    out, there = handed(border.shown(border.my), "out"), border.shown(border.sg)
    assert (out.status, out.final, out.totals) == ("not_found", True, [])
    assert there.totals == []


def test_an_inflated_payment_is_capped_at_the_row_of_its_own_bank(border: Border) -> None:
    pay_out(border)
    take_in(border, paid="400.00")
    follow(border)
    border.settle()
    out = handed(border.shown(border.my), "out")
    (totals,) = out.totals
    assert out.status == "capped"
    assert (totals.came, totals.still_here, totals.cash) == (40_000, 10_000, 30_000)


def test_money_that_comes_back_ends_where_it_was_opened(border: Border) -> None:
    pay_out(border)
    take_in(border)
    back = Line(payer=NEXT, payee=MULE, paid="200.00", at=f"{DAY}01:10:00Z", number=4)
    book(border.sg, [back], legs="payer", name="back.csv")
    book(border.my, [replace(back, at=f"{DAY}01:11:00Z")], legs="payee", name="returned.csv")
    again = Line(payer=MULE, payee=LAST, paid="150.00", at=f"{DAY}01:20:00Z", number=5)
    book(border.my, [again], legs="payer", name="again.csv")
    book(border.sg, [replace(again, at=f"{DAY}01:21:00Z")], legs="payee", name="again-there.csv")
    follow(border)
    border.settle()
    here, there = border.shown(border.my), border.shown(border.sg)
    assert here.line.stands == there.line.stands == Stands.FINAL
    assert {one.reference: one.hops for one in here.handed if one.direction == "out"} == {
        f"uetr:{uetr(2)}": 1,
        f"uetr:{uetr(5)}": 3,
    }
    (come,) = [one for one in here.handed if one.direction == "in"]
    assert (come.status, come.final, come.tainted) == ("found", True, 20_000)


def test_a_loop_ends_at_the_law_packs_rounds(border: Border) -> None:
    for node in (border.my, border.sg):
        with_law(node, is_unattended=True, confirmed=True, rounds=0)
    pay_out(border)
    take_in(border)
    back = Line(payer=NEXT, payee=MULE, paid="200.00", at=f"{DAY}01:10:00Z", number=4)
    book(border.sg, [back], legs="payer", name="back.csv")
    book(border.my, [replace(back, at=f"{DAY}01:11:00Z")], legs="payee", name="returned.csv")
    again = Line(payer=MULE, payee=LAST, paid="150.00", at=f"{DAY}01:20:00Z", number=5)
    book(border.my, [again], legs="payer", name="again.csv")
    ref = follow(border)
    border.settle()
    done = run_trace(border.my.services, OFFICER, ref)
    assert [(one.reference, one.rule, one.waits) for one in done.kept] == [(f"uetr:{uetr(5)}", "rounds", False)]
    assert done.shown.line.stands == Stands.FINAL


@pytest.mark.parametrize(("side", "rule"), [("sender", "per-day"), ("recipient", "per-day")])
def test_a_budget_that_is_used_up_is_said_on_both_sides(border: Border, side: str, rule: str) -> None:
    with_law(border.my if side == "sender" else border.sg, is_unattended=True, confirmed=True, per_day=1)
    pay_out(border)
    other = Line(payer=MULE, payee=LAST, paid="50.00", at=f"{DAY}01:05:30Z", number=7)
    book(border.my, [other], legs="payer", name="other.csv")
    take_in(border)
    ref = follow(border)
    border.settle()
    if side == "sender":
        done = run_trace(border.my.services, OFFICER, ref)
        assert [one.rule for one in done.kept] == [rule]
        assert len([one for one in done.shown.handed if one.direction == "out"]) == 1
        return
    out = [one for one in border.shown(border.my).handed if one.direction == "out"]
    assert sorted(one.status for one in out) == ["found", "refused"]
    assert {one.ground for one in out} == {"", rule}
    there = [one for one in border.shown(border.sg).handed if one.direction == "in"]
    assert sorted(one.status for one in there) == ["found", "refused"]


def test_a_trace_that_is_stopped_asks_no_more_there(border: Border) -> None:
    with_law(border.sg, is_unattended=False)
    pay_out(border)
    take_in(border)
    ref = follow(border)
    border.settle()
    stop_trace(border.my.services, OFFICER, ref, why="wrong_account")
    border.settle()
    here, there = border.shown(border.my), border.shown(border.sg)
    assert here.line.stands == there.line.stands == Stands.STOPPED
    assert there.stopped_why == "wrong_account"
    assert release_trace(border.sg.services, OFFICER, there.line.ref).answered == []


def test_a_node_that_does_not_follow_refuses_what_is_handed_to_it(border: Border) -> None:
    with_law(border.sg, is_unattended=False)
    pay_out(border)
    take_in(border)
    follow(border)
    border.settle()
    stop_trace(border.sg.services, OFFICER, border.shown(border.sg).line.ref)
    border.settle()
    out = handed(border.shown(border.my), "out")
    assert (out.status, out.ground, out.final) == ("refused", "stopped", True)
    assert border.shown(border.my).line.stands == Stands.FINAL


def test_who_may_not_see_the_payments_follows_nothing_and_sees_no_trace(border: Border) -> None:
    pay_out(border)
    ref = follow(border)
    assert list_traces(border.my.services, CLERK).traces == []
    with pytest.raises(UnknownTerm):
        show_trace(border.my.services, CLERK, ref)
    with pytest.raises(UnknownTerm):
        release_trace(border.my.services, CLERK, ref)
    mine = open_trace(border.my.services, CLERK, Wanted(seeds=(f"{MULE}@2026-02-28:1000.00",), currency="MYR"))
    assert [one.still_here for one in mine.shown.totals] == [100_000], "what was told, and no payment"
    assert mine.kept == []


def test_what_is_handed_on_names_no_payer_and_no_other_account(border: Border) -> None:
    pay_out(border)
    take_in(border)
    follow(border, labels=True)
    border.settle()
    for node, others in ((border.sg, (VICTIM, MULE)), (border.my, (NEXT, LAST))):
        came = received(node)
        assert came
        for raw in came:
            text = raw.decode()
            assert not any(one in text for one in others)
            assert set(json.loads(raw)["said"]["fields"]) in (HANDED_FIELDS, TRACED_FIELDS)


def test_a_rebuild_says_the_same(border: Border) -> None:
    pay_out(border)
    take_in(border)
    follow(border)
    border.settle()
    for node in (border.my, border.sg):
        assert rebuild(node.services, progress=no_progress).changed == []


def test_four_officers_who_release_at_once_hand_each_payment_on_once(border: Border) -> None:
    with_law(border.my, is_unattended=False)
    pay_out(border)
    ref = follow(border)
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: release_trace(border.my.services, OFFICER, ref), range(4)))
    assert sorted(len(one.handed) for one in done) == [0, 0, 0, 1]
    (out,) = border.shown(border.my).handed
    assert out.revision == 1


def test_a_node_that_runs_goes_on_by_itself(border: Border) -> None:
    troubles: list[str] = []
    keeper = TraceKeeper(border.my.services, on_trouble=lambda name, facts: troubles.append(f"{name} {facts}"))
    my, opener = border.my.services, border.my.services.keys.node
    keeper.start()
    try:
        wanted = Wanted(seeds=(f"{MULE}@2026-02-28:1000.00",), currency="MYR")
        by_cli = Viewer(id="local:cli", clearance=Tlp.RED)
        ref = open_trace(my, by_cli, wanted).shown.line.ref
        pay_out(border)
        while True:
            seen = my.events.count("log")
            facts = my.store.read(lambda snapshot: snapshot.trace_facts(opener, ref))
            if any(one.what is Told.HANDED for one in facts):
                break
            assert my.events.wait("log", seen=seen, timeout_s=WAIT_S) != seen, troubles
    finally:
        keeper.close()
    assert not troubles


def test_who_works_here_no_more_follows_nothing_in_their_name(border: Border) -> None:
    for node in (border.my, border.sg):
        with_law(node, is_unattended=False)
    pay_out(border)
    ref = follow(border)  # by somebody who has no account
    late = Line(payer=MULE, payee=LAST, paid="50.00", at=f"{DAY}01:05:30Z", number=7)
    book(border.my, [late], legs="payer", name="late.csv")
    border.settle()
    assert show_trace(border.my.services, OFFICER, ref).line.to_hand == 1, "as it was when they ran it"
    assert run_trace(border.my.services, OFFICER, ref).shown.line.to_hand == 2


def test_what_a_case_is_restricted_to_its_traces_are_too(border: Border) -> None:
    services = border.my.services
    pay_out(border)
    case = open_case(services, OFFICER, "Parcel scam").ref
    owner = create_account(services, name="Aminah", password=None, role="supervisor", clearance=Tlp.RED)
    inside = Viewer(id=owner, clearance=Tlp.RED, role="supervisor", lists=frozenset({"parcel"}))
    open_list(services, replace(inside, lists=frozenset()), "parcel")
    put_on_list(services, inside, case, "parcel")
    wanted = Wanted(seeds=(f"{MULE}@2026-02-28:1000.00",), case=case)
    ref = open_trace(services, inside, wanted).shown.line.ref
    assert show_trace(services, inside, ref).line.case == case
    assert list_traces(services, OFFICER).traces == []
    with pytest.raises(UnknownTerm):
        show_trace(services, OFFICER, ref)
    assert [one.ref for one in list_traces(services, inside, case=case).traces] == [ref]
    border.settle()
    assert border.sg.services.store.read(lambda snapshot: snapshot.traces_live(after=-1, limit=9))
