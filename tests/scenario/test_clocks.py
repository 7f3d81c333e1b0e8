# SPDX-License-Identifier: Apache-2.0
"""Clocks of the desk: each runs out once whatever time and the machine do, and stays on top until a person saw it."""

import json
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lintas.config import NodeConfig
from lintas.errors import NotAllowed, UnknownTerm
from lintas.model.desk import Step
from lintas.model.header import Kind, Mode
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, FakeClock, shared_readers, two_nodes
from lintas.work.cases import add_task, open_case, set_task
from lintas.work.clocks import list_due, next_look, see_due, settle_clocks
from lintas.work.services import Services, as_text
from tests.scenario.threads import ask, head_of, request_draft, say, write

OPERATOR = Viewer(id="operator-0001", clearance=Tlp.RED, role="operator")
CLERK = Viewer(id="officer-0002", clearance=Tlp.CLEAR, role="duty_officer")
UNTIL = "2026-03-04T03:00:00.000Z"
ORDER: dict[str, Any] = {
    "power": "hold",
    "door": "police_order",
    "authority": "Example anti-scam centre",
    "law": "Example Act, section 1",
    "expires_at": "2026-03-04T11:00:00+08:00",
}


def entries(services: Services) -> list[tuple[str, str, str, str]]:
    """What the log itself says of clocks: (clock, due_at, state, by)."""

    def look(snapshot: Snapshot) -> list[dict[str, str]]:
        places = snapshot.places_of(Kind.DUE.value)
        return [json.loads(next(snapshot.entries(seq, seq + 1)).header)["body"] for seq in places]

    return [(one["clock"], one["due_at"], one["state"], one["by"]) for one in services.store.read(look)]


def test_a_clock_warns_runs_out_and_is_on_top_until_a_named_person_saw_it(tmp_path: Path, clock: FakeClock) -> None:
    with two_nodes(tmp_path, clock=clock) as (here, there):
        ref = ask(there, here)
        for node, is_ours in ((here, True), (there, False)):
            services = node.services
            first = list_due(services, OFFICER, 5)[0]
            assert (first.ref, first.clock, first.state, first.is_unseen) == (ref, "acknowledge", "runs", False)
            assert first.is_ours is is_ours
        clock.forward(minutes=4)
        assert settle_clocks(here.services) == 1
        assert [one.state for one in list_due(here.services, OFFICER, 2)] == ["warned", "runs"]
        clock.forward(minutes=1)
        assert settle_clocks(here.services) == 1
        assert settle_clocks(here.services) == 0, "done twice it changes nothing"
        top = list_due(here.services, OFFICER, 5)[0]
        assert (top.clock, top.state, top.is_unseen, top.is_over) == ("acknowledge", "missed", True, False)
        say(here, ref, Step.ACKNOWLEDGED, there)
        top = list_due(here.services, OFFICER, 5)[0]
        assert (top.clock, top.is_unseen, top.is_over) == ("acknowledge", True, True), "late is not unseen"
        assert see_due(here.services, OFFICER, top.target, top.clock, top.item, top.due_at)
        assert not see_due(here.services, OFFICER, top.target, top.clock, top.item, top.due_at)
        assert [one.clock for one in list_due(here.services, OFFICER, 5)] == ["act", "answer"]
        assert entries(here.services)[-1] == ("acknowledge", top.due_at, "seen", OFFICER.id)


def test_a_hold_ends_at_its_instant_whatever_zone_it_was_said_in(tmp_path: Path, clock: FakeClock) -> None:
    with two_nodes(tmp_path, clock=clock) as (here, there):
        ref = ask(there, here)
        say(here, ref, Step.ACKNOWLEDGED, there)
        say(here, ref, Step.ORDERED, there, **ORDER)
        assert "expiry" in {one.clock for one in list_due(here.services, OFFICER, 9)}
        (expiry,) = [one for one in list_due(there.services, OFFICER, 9) if one.clock == "expiry"]
        assert expiry.due_at == UNTIL


def test_what_ran_out_while_the_node_was_down_is_there_before_it_takes_anything_in(
    tmp_path: Path, clock: FakeClock
) -> None:
    with two_nodes(tmp_path, clock=clock) as (here, there):
        ref = ask(there, here)
        say(here, ref, Step.ACKNOWLEDGED, there)
        say(here, ref, Step.ORDERED, there, **ORDER)
        assert isinstance(here.services.config, NodeConfig)
        folder = here.services.config.folder
    clock.forward(days=30)
    for _ in range(2):
        with Node.open(folder, clock=clock, readers=shared_readers()) as node:
            node.start_ticks()
            missed = [one for one in list_due(node.services, OFFICER, 9) if one.is_unseen]
            assert [one.clock for one in missed] == ["answer", "expiry"]
            assert [state for _, _, state, _ in entries(node.services)].count("missed") == 2


def test_a_deadline_that_moved_runs_out_at_its_new_time_alone(tmp_path: Path, clock: FakeClock) -> None:
    with two_nodes(tmp_path, clock=clock) as (here, there):
        ref = ask(there, here)
        say(here, ref, Step.ORDERED, there, **ORDER)
        clock.forward(hours=70)
        settle_clocks(here.services)
        assert any(one.clock == "expiry" and one.is_unseen for one in list_due(here.services, OFFICER, 9)), "it warned"
        say(here, ref, Step.EXTENDED, there, expires_at="2026-03-20T03:00:00Z", law="", order_no="")
        assert not any(one.clock == "expiry" and one.is_unseen for one in list_due(here.services, OFFICER, 9))
        clock.forward(hours=10)
        settle_clocks(here.services)
        assert ("expiry", UNTIL, "missed", "node:self") not in entries(here.services)
        clock.forward(days=30)
        settle_clocks(here.services)
        assert [at for what, at, state, _ in entries(here.services) if (what, state) == ("expiry", "missed")] == [
            "2026-03-20T03:00:00.000Z"
        ]


def test_who_may_see_no_requests_is_shown_no_clocks_and_sees_none_for_others(tmp_path: Path, clock: FakeClock) -> None:
    with two_nodes(tmp_path, clock=clock) as (here, there):
        ref = ask(there, here)
        clock.forward(minutes=5)
        settle_clocks(here.services)
        top = list_due(here.services, OFFICER, 1)[0]
        with pytest.raises(NotAllowed):
            list_due(here.services, OPERATOR, 5)
        assert list_due(here.services, CLERK, 5) == [], "not cleared for it"
        for wrong in (("act", "", top.due_at), ("acknowledge", "x", top.due_at), ("acknowledge", "", UNTIL)):
            with pytest.raises(UnknownTerm):
                see_due(here.services, OFFICER, top.target, *wrong)
        with pytest.raises(UnknownTerm):
            see_due(here.services, CLERK, top.target, top.clock, "", top.due_at)
        with pytest.raises(NotAllowed):
            see_due(here.services, OPERATOR, top.target, top.clock, "", top.due_at)
        assert list_due(here.services, OFFICER, 1)[0].ref == ref


def test_a_rebuild_keeps_what_was_missed_and_seen(tmp_path: Path, clock: FakeClock) -> None:
    from lintas.work.keeping import rebuild
    from lintas.work.services import no_progress

    with two_nodes(tmp_path, clock=clock) as (here, there):
        ask(there, here)
        ask(there, here)
        clock.forward(hours=1)
        settle_clocks(here.services)
        top = list_due(here.services, OFFICER, 1)[0]
        see_due(here.services, OFFICER, top.target, top.clock, top.item, top.due_at)
        before = list_due(here.services, OFFICER, 99)
        rebuild(here.services, progress=no_progress)
        assert list_due(here.services, OFFICER, 99) == before


class Clocks(RuleBasedStateMachine):
    """Time runs, jumps and is set back; the node stops and starts, in other zones; people see things."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="lintas-clocks-"))
        self.clock = FakeClock()
        Node.create(self.folder / "node", name="Desk", country="SG", mode=Mode.EXERCISE, clock=self.clock)
        self.node = Node.open(self.folder / "node", clock=self.clock, readers=shared_readers())
        self.ran_out: set[tuple[str, str, str]] = set()  # when the node looked
        self.due: set[tuple[str, str, str]] = set()  # (target, clock, due_at)
        self.seen: set[tuple[str, str, str]] = set()
        self._look()

    @rule(levels=st.lists(st.integers(60, 200_000), min_size=3, max_size=3))
    def ask(self, levels: list[int]) -> None:
        services = self.node.services
        names = ("acknowledge", "act", "answer")
        draft = request_draft(services, to=f"lintas:{'a' * 52}", levels=dict(zip(names, levels, strict=True)))
        write(services, OFFICER, draft, "")
        head = head_of(self.node, draft.ref)
        for name, seconds in zip(names, levels, strict=True):
            at = datetime.fromisoformat(head.came) + timedelta(seconds=seconds)
            self.due.add((head.message, name, as_text(at)))

    @rule(seconds=st.integers(0, 100_000))
    def forward(self, seconds: int) -> None:
        self.clock.forward(seconds=seconds)

    @rule(seconds=st.integers(0, 100_000))
    def set_back(self, seconds: int) -> None:
        self.clock.set_back(seconds=seconds)

    @rule()
    def look(self) -> None:
        self._look()
        assert next_look(self.node.services) > 0

    @rule(zone=st.sampled_from(["UTC", "Asia/Kuala_Lumpur", "Europe/Berlin", "Pacific/Apia"]), hours=st.integers(0, 90))
    def stop_and_start_in_another_zone(self, zone: str, hours: int) -> None:
        self.node.close()
        self.clock.forward(hours=hours)
        file = self.folder / "node" / "node.toml"
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if not line.startswith("time_zone")]
        file.write_text("\n".join([*kept, f'time_zone = "{zone}"']) + "\n", encoding="utf-8")
        self.node = Node.open(self.folder / "node", clock=self.clock, readers=shared_readers())
        self._look()

    @precondition(lambda self: any(one.is_unseen for one in list_due(self.node.services, OFFICER, 200)))
    @rule()
    def see(self) -> None:
        top = list_due(self.node.services, OFFICER, 1)[0]
        assert top.is_unseen
        assert see_due(self.node.services, OFFICER, top.target, top.clock, top.item, top.due_at)
        if top.state == "missed":
            self.seen.add((top.target, top.clock, top.due_at))

    @invariant()
    def every_expiry_is_said_once_and_shown_until_it_is_seen(self) -> None:
        ran_out = self.ran_out
        missed = [(at, what) for what, at, state, _ in entries(self.node.services) if state == "missed"]
        assert sorted(missed) == sorted((at, what) for _, what, at in ran_out), "none is lost, none said twice"
        shown = [one for one in list_due(self.node.services, OFFICER, 200) if one.is_unseen and one.state == "missed"]
        assert {(one.target, one.clock, one.due_at) for one in shown} == ran_out - self.seen
        assert len(shown) == len(ran_out - self.seen)
        keys = [(one.target, one.clock, one.due_at) for one in list_due(self.node.services, OFFICER, 200)]
        assert len(keys) == len(set(keys)), "no clock stands there twice"

    def _look(self) -> None:
        settle_clocks(self.node.services)
        self.ran_out |= {one for one in self.due if one[2] <= as_text(self.clock.now())}

    def teardown(self) -> None:
        self.node.close()
        shutil.rmtree(self.folder)


Clocks.TestCase.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
test_every_expiry_is_shown_exactly_once = pytest.mark.timeout(300)(Clocks.TestCase)


def test_a_running_node_says_it_by_itself(tmp_path: Path) -> None:
    """By the real clock: a request whose clock runs out in a second."""
    import time

    from lintas.node.clock import SystemClock

    Node.create(tmp_path / "node", name="Desk", country="SG", mode=Mode.EXERCISE)
    with Node.open(tmp_path / "node", clock=SystemClock(), readers=shared_readers()) as node:
        node.start_ticks()
        draft = request_draft(node.services, to=f"lintas:{'a' * 52}", levels={"acknowledge": 1})
        write(node.services, OFFICER, draft, "")
        node.services.events.publish("log")
        seen = node.services.events.count("alerts")
        until = time.monotonic() + 30
        while not any(one.state == "missed" for one in list_due(node.services, OFFICER, 5)):
            assert time.monotonic() < until
            seen = node.services.events.wait("alerts", seen=seen, timeout_s=1)


def test_a_case_s_task_warns_and_runs_out_and_leads_to_its_case(services: Services, clock: FakeClock) -> None:
    case = open_case(services, OFFICER, "Operation Contoh")
    due = as_text(clock.now() + timedelta(hours=30))
    task = add_task(services, OFFICER, case.ref, "Ask the exchange for the deposit address", due=due)
    (line,) = list_due(services, OFFICER, 5)
    assert (line.clock, line.what, line.ref, line.due_at, line.state) == ("task", "case", case.ref, due, "runs")
    clock.forward(hours=7)
    settle_clocks(services)
    assert list_due(services, OFFICER, 1)[0].state == "warned"
    clock.forward(hours=24)
    settle_clocks(services)
    line = list_due(services, OFFICER, 1)[0]
    assert (line.state, line.is_unseen, line.is_over) == ("missed", True, False)
    set_task(services, OFFICER, case.ref, task.document, "done")
    line = list_due(services, OFFICER, 1)[0]
    assert (line.is_unseen, line.is_over, line.what, line.ref) == (True, True, "case", case.ref)
    assert see_due(services, OFFICER, line.target, line.clock, line.item, line.due_at)
    assert list_due(services, OFFICER, 5) == []
