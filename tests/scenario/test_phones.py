# SPDX-License-Identifier: Apache-2.0
"""A request that nobody acknowledges reaches the desk's phone, by a real gateway, until somebody does."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lintas.config import NodeConfig
from lintas.model.desk import Step
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, shared_readers, two_nodes
from lintas.work.clocks import list_due, see_due, settle_clocks
from lintas.work.keeping import doctor, status
from lintas.work.notifying import announce, forget_others
from lintas.work.services import Services
from tests.scenario.ringing import NUMBER, OTHER, Rung, a_gateway, begin, look, through, ways
from tests.scenario.threads import ACCOUNT, ask, say


@pytest.fixture
def pair(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    """The desk whose phone rings, and the one that asks it."""
    with two_nodes(tmp_path / "nodes", clock=clock) as nodes:
        yield nodes


@pytest.fixture
def services(pair: tuple[Node, Node]) -> Services:
    return pair[0].services


@pytest.fixture
def asked(pair: tuple[Node, Node]) -> Callable[[], str]:
    """Let another request come; each call is one."""
    here, there = pair
    return lambda: ask(there, here)


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[Rung]:
    (tmp_path / "outside").mkdir()
    with a_gateway(tmp_path / "outside") as rung:
        yield rung


def play(services: Services, clock: FakeClock, gateway: Rung, *, minutes: int) -> None:
    """Let time go by, looking twice a minute as the node does when it is told when to look."""
    for _ in range(minutes * 2):
        clock.forward(seconds=30)
        look(services, through(gateway))


def test_after_five_minutes_it_rings_by_each_way_and_goes_on_until_somebody_acknowledges(
    pair: tuple[Node, Node], services: Services, asked: Callable[[], str], clock: FakeClock, gateway: Rung
) -> None:
    ref = asked()
    assert look(services, through(gateway)) > 0
    play(services, clock, gateway, minutes=4)
    assert gateway.rang() == []
    play(services, clock, gateway, minutes=1)
    assert gateway.rang() == ["push"]
    play(services, clock, gateway, minutes=2)
    assert gateway.rang() == ["push", "sms"]
    play(services, clock, gateway, minutes=2)
    assert gateway.rang() == ["push", "sms", "voice"]
    play(services, clock, gateway, minutes=15)
    assert gateway.rang() == ["push", "sms"] + ["voice"] * 4
    say(pair[0], ref, Step.ACKNOWLEDGED, pair[1])
    play(services, clock, gateway, minutes=30)
    assert gateway.rang() == ["push", "sms"] + ["voice"] * 4
    assert all(one["rang"] for one in gateway.taken()), "and nothing was sent twice"


def test_what_is_acknowledged_in_time_rings_nobody(
    pair: tuple[Node, Node], services: Services, asked: Callable[[], str], clock: FakeClock, gateway: Rung
) -> None:
    ref = asked()
    play(services, clock, gateway, minutes=4)
    say(pair[0], ref, Step.ACKNOWLEDGED, pair[1])
    play(services, clock, gateway, minutes=30)
    assert gateway.taken() == []


def test_no_byte_that_rings_tells_what_it_is_about(
    services: Services, asked: Callable[[], str], clock: FakeClock, gateway: Rung
) -> None:
    first = asked()
    asked()
    play(services, clock, gateway, minutes=10)
    said = [one["said"] for one in gateway.taken()]
    assert said[0] == {
        "v": 1,
        "type": "lintas.desk.unacknowledged",
        "kind": "push",
        "to": NUMBER,
        "organisation": "Example anti-scam centre",
        "mode": "exercise",
        "desk": "",
        "text": "EXERCISE EXERCISE EXERCISE. Example anti-scam centre: something waits at your desk and nobody has"
        " acknowledged it.",
        "language": "en",
        "waiting": 2,
        "console": "",
        "made_at": said[0]["made_at"],
    }
    left = gateway.record.read_bytes().lower()
    planted = ["siti", "contoh", "tlp", "hold", "MYR", ACCOUNT["value"], first, services.keys.node[7:19]]
    assert [word for word in planted if word.lower().encode() in left] == []


def test_an_exercise_says_so_and_the_real_thing_does_not(tmp_path: Path) -> None:
    from lintas.model.header import Mode
    from lintas.ports.notices import Notice
    from lintas.work.notifying import as_phone

    said = {}
    for mode in Mode:
        notice = Notice(id="0" * 32, organisation="Desk", mode=mode, waiting=1, console="", made_at="x")
        said[mode] = json.loads(as_phone(notice, kind="voice", to=NUMBER, desk="fraud"))
    assert "EXERCISE" in said[Mode.EXERCISE]["text"]
    assert "EXERCISE" not in said[Mode.LIVE]["text"]
    assert [said[mode]["mode"] for mode in (Mode.EXERCISE, Mode.LIVE)] == ["exercise", "live"]
    assert said[Mode.LIVE]["desk"] == "fraud"
    for language, exercise in (("ms", "LATIHAN"), ("th", "การฝึกซ้อม"), ("zh", "演习")):
        notice = Notice(id="0" * 32, organisation="50 %s", mode=Mode.EXERCISE, waiting=1, console="", made_at="x")
        text = json.loads(as_phone(notice, kind="voice", to=NUMBER, desk="", language=language))["text"]
        assert text.startswith(f"{exercise} {exercise} {exercise}. 50 %s")


def test_a_gateway_that_errs_is_tried_again_within_two_minutes_and_named(
    services: Services, asked: Callable[[], str], clock: FakeClock, gateway: Rung
) -> None:
    gateway.behave(status=503)
    asked()
    play(services, clock, gateway, minutes=20)
    assert gateway.taken() == []
    rows = status(services).notices
    assert [row.state for row in rows] == ["due"] * 3
    assert {row.reason for row in rows} == {"The server answered 503."}
    (check,) = [one for one in doctor(services).checks if one.name == "notices"]
    assert not check.ok
    assert NUMBER not in check.detail, "of a phone the last digits are enough"
    gateway.behave()
    play(services, clock, gateway, minutes=3)
    assert sorted(gateway.rang()) == ["push", "sms", "voice"]


def test_a_gateway_that_dies_before_it_kept_a_notice_loses_nothing(
    services: Services, asked: Callable[[], str], clock: FakeClock, gateway: Rung
) -> None:
    gateway.behave(die="before")
    asked()
    play(services, clock, gateway, minutes=6)
    assert gateway.taken() == []
    gateway.child.wait(30)
    again = begin(gateway.record, kept=gateway.kept)
    try:
        play(services, clock, again, minutes=2)
        assert again.rang()[0] == "push"
    finally:
        again.end()


def test_a_gateway_that_dies_before_it_answered_rings_once(
    services: Services, asked: Callable[[], str], clock: FakeClock, gateway: Rung
) -> None:
    gateway.behave(die="after")
    asked()
    play(services, clock, gateway, minutes=6)
    assert gateway.rang() == ["push"]
    gateway.child.wait(30)
    again = begin(gateway.record, kept=gateway.kept)
    try:
        play(services, clock, again, minutes=2)
        assert [(one["said"]["kind"], one["rang"]) for one in again.taken()][:2] == [("push", True), ("push", False)]
        play(services, clock, again, minutes=4)
        assert again.rang() == ["push", "sms", "voice"]
    finally:
        again.end()


def test_a_gateway_that_does_not_know_our_secret_rings_nobody(
    services: Services, asked: Callable[[], str], clock: FakeClock, gateway: Rung
) -> None:
    config = through(gateway, secret=f"whsec_{base64.b64encode(bytes(32)).decode()}")
    asked()
    clock.forward(minutes=6)
    look(services, config)
    assert gateway.taken() == []
    (row,) = [row for row in services.store.read(lambda snapshot: snapshot.notices()) if row.tries]
    assert row.reason == "The server answered 401."


def test_a_node_that_was_down_when_its_minutes_ended_rings_at_its_start_and_not_all_at_once(
    tmp_path: Path, clock: FakeClock, gateway: Rung
) -> None:
    with two_nodes(tmp_path / "down", clock=clock) as (here, there):
        ask(there, here)
        assert isinstance(here.services.config, NodeConfig)
        folder = here.services.config.folder
    clock.forward(minutes=300)
    with Node.open(folder, clock=clock, readers=shared_readers()) as node:
        look(node.services, through(gateway))
        assert gateway.rang() == ["push"]
        play(node.services, clock, gateway, minutes=2)
        assert gateway.rang() == ["push", "sms", "voice"]


@pytest.mark.parametrize("step", range(1, 7))
def test_wherever_the_node_dies_nothing_is_lost_and_the_phone_rings_once_for_it(
    tmp_path: Path, asked: Callable[[], str], services: Services, clock: FakeClock, gateway: Rung, step: int
) -> None:
    """A write that does not happen is what a kill leaves: each is refused in turn, and the next look goes on."""
    asked()
    clock.forward(minutes=5)
    config = through(gateway, kinds=["push"])
    ((sender, rhythm),) = ways(config)
    dying = Dying(services, step)
    for _ in range(3):
        try:
            announce(dying.services, sender, rhythm)
        except Died:
            break
    clock.forward(seconds=30)
    for _ in range(3):
        announce(services, sender, rhythm)
        clock.forward(seconds=30)
    assert gateway.rang() == ["push"]


class Died(Exception):
    """Where the node was killed."""


class Dying:
    """Services whose store dies at its nth use."""

    def __init__(self, services: Services, step: int) -> None:
        from dataclasses import replace

        self._left = step
        self._store = services.store
        self.services = replace(services, store=self)  # type: ignore[arg-type]  # of the port, the outbox uses these two

    def read(self, job: Callable[..., object]) -> object:
        self._step()
        return self._store.read(job)

    def write(self, job: Callable[..., object]) -> object:
        self._step()
        return self._store.write(job)

    def _step(self) -> None:
        self._left -= 1
        if self._left == 0:
            raise Died


def test_two_phones_ring_each_for_itself(
    services: Services, asked: Callable[[], str], clock: FakeClock, gateway: Rung
) -> None:
    config = through(gateway, phones=[{"number": NUMBER}, {"number": OTHER, "desk": "cyber"}], kinds=["sms"])
    asked()
    clock.forward(minutes=5)
    look(services, config)
    assert [one["said"]["to"] for one in gateway.taken()] == [NUMBER, OTHER]
    assert [one["said"]["desk"] for one in gateway.taken()] == ["", "cyber"]
    targets = [row.target for row in services.store.read(lambda snapshot: snapshot.notices())]
    assert all(re.fullmatch(r"sms …[0-9]{4} [0-9a-f]{8}", target) for target in targets)
    forget_others(services, [])
    assert services.store.read(lambda snapshot: snapshot.notices()) == []


def test_what_was_cut_short_on_the_gateways_disk_is_as_if_it_had_not_come(tmp_path: Path) -> None:
    record = tmp_path / "rung.jsonl"
    record.write_bytes(b'{"id": "1", "rang": true, "said": {"kind": "push"}}\n{"id": "2", "ra')
    rung = begin(record)
    rung.end()
    assert [one["id"] for one in rung.taken()] == ["1"]


def test_mails_count_requests_and_clocks_that_nobody_saw(
    pair: tuple[Node, Node], services: Services, asked: Callable[[], str], clock: FakeClock
) -> None:
    def waiting() -> int:
        return services.store.read(lambda snapshot: snapshot.waiting(-1)).alerts

    ref = asked()
    assert waiting() == 1
    clock.forward(minutes=6)
    settle_clocks(services)
    assert waiting() == 1, "a request that waits and its own clock are one thing"
    say(pair[0], ref, Step.ACKNOWLEDGED, pair[1])
    assert waiting() == 1, "it was late, and nobody has seen that"
    (late,) = [one for one in list_due(services, OFFICER, 9) if one.is_unseen]
    see_due(services, OFFICER, late.target, late.clock, late.item, late.due_at)
    assert waiting() == 0


def test_a_hold_that_is_about_to_end_rings_until_somebody_saw_it(
    pair: tuple[Node, Node], services: Services, asked: Callable[[], str], clock: FakeClock, gateway: Rung
) -> None:
    ref = asked()
    say(pair[0], ref, Step.ACKNOWLEDGED, pair[1])
    ends = (clock.now() + timedelta(hours=8)).isoformat()
    order: dict[str, Any] = {"power": "hold", "door": "police_order", "authority": "Desk", "law": "Act, section 1"}
    say(pair[0], ref, Step.ORDERED, pair[1], **order, expires_at=ends)
    clock.forward(hours=1)
    settle_clocks(services)
    play(services, clock, gateway, minutes=6)
    assert gateway.rang() == []
    clock.forward(hours=1)
    settle_clocks(services)
    play(services, clock, gateway, minutes=6)
    assert gateway.rang()[0] == "push"
    for one in list_due(services, OFFICER, 9):
        if one.is_unseen:
            see_due(services, OFFICER, one.target, one.clock, one.item, one.due_at)
    rang = gateway.rang()
    play(services, clock, gateway, minutes=20)
    assert gateway.rang() == rang
