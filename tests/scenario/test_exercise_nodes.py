# SPDX-License-Identifier: Apache-2.0
"""An exercise played on four nodes: what desks do stands in their threads and ledgers, and is what the record says."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from lintas.cli.client import File
from lintas.cli.exercise_folder import order_of
from lintas.cli.exercise_game import Game, Pace
from lintas.cli.exercise_nodes import Director
from lintas.cli.exercise_people import PeoplesGame
from lintas.errors import BadInput
from lintas.exercises import make_world
from lintas.exercises.record import Record, read_record, write_record
from lintas.exercises.score import score_of
from lintas.exercises.world import World
from lintas.model.desk_answers import RequestList, RequestShown
from lintas.model.header import Mode
from lintas.model.money_answers import LedgerShown
from lintas.model.report_answers import ReportShown
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, carry, shared_readers
from lintas.web.local import commands, money_wire, report_wire, request_wire, wire
from lintas.work.intake import TakenFile
from lintas.work.peering import add_peer, describe

pytestmark = [pytest.mark.slow]

Answer = TypeVar("Answer", bound=msgspec.Struct)
SEED = 2


class FakeStage:
    """Four nodes in this process, with one clock that moves only when told."""

    def __init__(self, folder: Path, world: World, *, mode: Mode = Mode.EXERCISE, are_peers: bool = True) -> None:
        self.clock = FakeClock(datetime.fromtimestamp(world.starts_at, UTC))
        self._stack = ExitStack()
        self.nodes: dict[str, Node] = {}
        for country in world.nodes:
            place = folder / country
            Node.create(place, name=f"Exercise desk {country}", country=country, mode=mode, clock=self.clock)
            approve(place)
            opened = Node.open(place, clock=self.clock, readers=shared_readers())
            self.nodes[country] = self._stack.enter_context(opened)
        if are_peers:
            for here in self.nodes.values():
                for there in self.nodes.values():
                    if here is not there:
                        add_peer(here.services, OFFICER, describe(there.services))

    def ask(self, node: str, request: wire.Request, answer: type[Answer], *, files: Sequence[File] = ()) -> Answer:
        taken = [TakenFile(name=file.name, data=file.data) for file in files]
        found = commands.run(self.nodes[node].services, request, files=taken)
        assert isinstance(found, answer)
        return found

    def reach(self, at: int) -> None:
        left = at - self.clock.now().timestamp()
        if left > 0:
            self.clock.forward(seconds=left)

    def carry(self, is_there: Callable[[], bool]) -> bool:
        while any(
            carry(here, there) for here in self.nodes.values() for there in self.nodes.values() if here is not there
        ):
            pass
        return is_there()

    def now(self) -> datetime:
        return self.clock.now()

    def close(self) -> None:
        self._stack.close()


def approve(place: Path) -> None:
    """Let the desk in China rest its answers on an approval, which its own law pack says that it has."""
    text = (resources.files("lintas.packs") / "law.toml").read_text(encoding="utf-8")
    before, line, after = text.partition('default_basis = "" # a person must say')
    assert line
    (place / "packs").mkdir(exist_ok=True)
    (place / "packs" / "law.toml").write_text(
        f'{before}default_basis = "china_approval" # a person said{after}', "utf-8"
    )


def made(seed: int) -> World:
    return make_world(order_of(seed=seed, scale=1, nodes="", injects="", first_hour=""))


@pytest.fixture
def world() -> World:
    return made(SEED)


@pytest.fixture
def stage(tmp_path: Path, world: World) -> Iterator[FakeStage]:
    found = FakeStage(tmp_path, world)
    try:
        yield found
    finally:
        found.close()


def test_what_desks_do_stands_in_their_nodes(stage: FakeStage, world: World) -> None:
    director = Director(world=world, stage=stage)
    director.check()
    record = Game(world, Pace(), tell=director.tell, reach=stage.reach).play()
    assert director.troubles == []
    assert record == Game(world, Pace()).play()  # the nodes changed nothing of it
    stage.carry(lambda: True)

    filed = [one for one in record.events if one.what == "reported"]
    assert len(director.reports) == len(filed)
    first = filed[0]
    shown = stage.ask(first.node, report_wire.ReportShow(ref=director.reports[first.report]), ReportShown)
    assert shown.said["payments"]
    assert shown.said["slips"]

    held_abroad = 0
    for name, ref in director.requests.items():
        asked = next(one for one in record.events if one.request == name and one.what == "asked")
        thread = stage.ask(asked.node, request_wire.RequestShow(request=ref), RequestShown)
        there = stage.ask(asked.to, request_wire.RequestShow(request=ref), RequestShown)
        assert thread.state == there.state
        holds = [one for one in record.events if one.what == "held" and one.node == asked.to and one.unit == asked.unit]
        if any(one.account == asked.account for one in holds):
            assert thread.state in ("held", "partly")
            held_abroad += 1
            assert thread.line.held == next(one.minor for one in holds if one.account == asked.account)
    assert director.requests
    assert held_abroad

    holds = [one for one in record.events if one.what == "held"]
    for done in holds:  # each account that a desk held is held in a thread of its node, its own country's too
        lines = stage.ask(done.node, request_wire.RequestLines(side="answerer", newest=True), RequestList).lines
        accounts = {one.ref for one in lines if one.state in ("held", "partly")}
        asked_for = {ref for unit, ref in asked_of(director, record, done.account) if unit == done.unit}
        assert accounts & ({director.own.get((done.node, done.account), "")} | asked_for), done
    assert director.own
    assert director.listed

    for node in world.nodes:
        told = {one.account for one in record.events if one.what == "bank_answered" and one.node == node}
        ledger = stage.ask(node, money_wire.LedgerStatus(), LedgerShown)
        assert bool(told) == bool(ledger.messages)
    requests = stage.ask("SG", request_wire.RequestLines(newest=True), RequestList).lines
    assert requests
    assert score_of(world, record)["held"]


def asked_of(director: Director, record: Record, account: str) -> list[tuple[str, str]]:
    """Requests of other desks about an account: (unit, reference)."""
    asked = [one for one in record.events if one.what == "asked" and one.account == account]
    return [(one.unit, director.requests[one.request]) for one in asked if one.request in director.requests]


def test_a_node_of_mode_live_plays_no_exercise(tmp_path: Path, world: World) -> None:
    stage = FakeStage(tmp_path, world, mode=Mode.LIVE, are_peers=False)
    try:
        with pytest.raises(BadInput):
            Director(world=world, stage=stage).check()
    finally:
        stage.close()


def test_nodes_that_do_not_know_each_other_play_no_exercise(tmp_path: Path, world: World) -> None:
    stage = FakeStage(tmp_path, world, are_peers=False)
    try:
        with pytest.raises(BadInput):
            Director(world=world, stage=stage).check()
    finally:
        stage.close()


def test_nodes_of_other_countries_play_no_exercise(stage: FakeStage, world: World) -> None:
    stage.nodes["MY"], stage.nodes["SG"] = stage.nodes["SG"], stage.nodes["MY"]
    with pytest.raises(BadInput):
        Director(world=replace(world), stage=stage).check()


class People:
    """Scripted people: SG asks TH and MY to hold what the report names there; whoever is asked has it, and orders."""

    def __init__(self, stage: FakeStage, world: World) -> None:
        self.stage, self.world = stage, world
        self.asked: set[str] = set()

    def carry(self, is_there: Callable[[], bool]) -> bool:
        """Between two looks of the exercise people do something."""
        self._ask()
        FakeStage.carry(self.stage, lambda: True)
        for node in self.world.nodes:
            for line in self.stage.ask(node, request_wire.RequestLines(side="answerer"), RequestList).lines:
                self._answer(node, line.ref, line.state)
        return FakeStage.carry(self.stage, is_there)

    def _ask(self) -> None:
        now = self.stage.clock.now().timestamp()
        for report in self.world.reports:
            for move in self.world.moves:
                there = self.world.country_of(move.payee)
                if move.id not in report.moves or report.at > now or there == report.node or move.id in self.asked:
                    continue
                self.asked.add(move.id)
                bank, _, number = move.payee.partition(":")
                account = {"scheme": "bank_account", "value": number, "bank": bank, "country": there}
                amount = {"minor": move.credit_minor, "currency": move.credit_currency}
                request = request_wire.RequestSend(
                    to=self.stage.nodes[there].services.keys.node,
                    form="hold",
                    fields={"account": account, "amount": amount},
                )
                self.stage.ask(report.node, request, request_wire.RequestSent)

    def _answer(self, node: str, ref: str, state: str) -> None:
        if state == "requested":
            self.stage.ask(node, request_wire.RequestSay(request=ref, what="acknowledged"), RequestShown)
        elif state == "acknowledged":
            ends = (self.stage.clock.now() + timedelta(hours=6)).isoformat()
            order = {"authority": "Exercise desk", "law": "Exercise order", "expires_at": ends}
            self.stage.ask(node, request_wire.RequestSay(request=ref, what="ordered", fields=order), RequestShown)


def test_what_people_do_at_their_nodes_becomes_the_record(stage: FakeStage, world: World) -> None:
    people = People(stage, world)
    stage.carry = people.carry  # type: ignore[method-assign]  # people act between two looks
    director = Director(world=world, stage=stage)
    director.check()
    record = PeoplesGame(world, stage, director, Pace()).play(minutes=10)
    assert director.troubles == []
    assert record.desks == "human"
    done = [one.what for one in record.events]
    assert people.asked
    assert {"reported", "asked", "acknowledged", "bank_answered"} <= set(done)
    said = score_of(world, read_record(write_record(record)))
    assert said["basis_errors"] == []
    for hold in said["holds"]:
        thread = stage.ask(hold["node"], request_wire.RequestLines(side="answerer", newest=True), RequestList).lines
        assert hold["confirmed"] in {line.held for line in thread}
