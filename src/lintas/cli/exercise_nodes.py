# SPDX-License-Identifier: Apache-2.0
"""An exercise on real nodes: what desks do is typed into their nodes, and what banks tell is taken in there.

The desks that act by themselves decide as in a game of one process; each of their steps becomes what a person would
do at their node: a report is filed, a request sent, acknowledged, ordered and confirmed, a statement taken.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Protocol, TypeVar

import msgspec

from lintas.cli.client import File
from lintas.errors import BadInput, LintasError, UnknownTerm, WrongUse
from lintas.exercises.books import Books
from lintas.exercises.lands import LANDS
from lintas.exercises.papers import rfc3339
from lintas.exercises.record import Done, seconds
from lintas.exercises.world import Report, World
from lintas.exercises.writing.booked import BankBooks
from lintas.exercises.writing.desk import chat, report_form, slip
from lintas.exercises.writing.iso import camt053
from lintas.model.desk_answers import RequestShown
from lintas.model.intake_answers import Taken
from lintas.model.node_answers import Status
from lintas.model.peer_answers import Peers
from lintas.model.report_answers import ChatRead, ReportFiled, SlipRead
from lintas.model.trace_answers import KeptTraceDone
from lintas.web.local import peer_wire, report_wire, request_wire, tracing_wire, wire

Answer = TypeVar("Answer", bound=msgspec.Struct)

SETTLE_S: Final = 60.0  # real seconds that a document may take to the other desk
LOOK_S: Final = 0.1
LAW: Final = "Exercise order, no law"


class Stage(Protocol):
    """Where an exercise is played: nodes, and a time."""

    def ask(self, node: str, request: wire.Request, answer: type[Answer], *, files: Sequence[File] = ()) -> Answer:
        """Do what a verb does at a country's node."""
        ...

    def reach(self, at: int) -> None:
        """Return when it is so late in the exercise."""
        ...

    def carry(self, is_there: Callable[[], bool]) -> bool:
        """Let documents travel until something is there; says whether it is."""
        ...

    def now(self) -> datetime:
        """The time that the nodes' own clocks show."""
        ...


class RunningNodes:
    """Nodes on this machine that run, or are opened for each step. Time of the exercise runs `speed` times faster."""

    def __init__(self, folders: Mapping[str, Path], *, start: int, speed: float) -> None:
        self._folders, self._start, self._speed = folders, start, speed
        self._began = time.monotonic()

    def ask(self, node: str, request: wire.Request, answer: type[Answer], *, files: Sequence[File] = ()) -> Answer:
        """Do what a verb does at a country's node."""
        from lintas.cli.asking import have_done

        return have_done(self._folders[node], request, answer, files=files)

    def reach(self, at: int) -> None:
        """Wait until it is so late in the exercise; what is past already does not wait."""
        left = (at - self._start) / self._speed - (time.monotonic() - self._began)
        if left > 0:
            time.sleep(left)

    def carry(self, is_there: Callable[[], bool]) -> bool:
        """Let the nodes' own streams bring it."""
        deadline = time.monotonic() + SETTLE_S
        while not is_there():
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_S)
        return True

    def now(self) -> datetime:
        """The time that the nodes' own clocks show."""
        return datetime.now(UTC)


@dataclass(slots=True)
class Director:
    """Types what desks do into their nodes."""

    world: World
    stage: Stage
    reports: dict[str, str] = field(default_factory=dict)  # of the exercise -> of the node
    requests: dict[str, str] = field(default_factory=dict)  # of the record -> of the node
    _asked: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # (unit, node) -> request, account
    _traces: dict[tuple[str, str], str] = field(default_factory=dict)  # (report, node) -> kept trace
    _peers: dict[tuple[str, str], str] = field(default_factory=dict)  # a desk's own node, too
    own: dict[tuple[str, str], str] = field(default_factory=dict)  # (node, account) -> request of a desk to itself
    listed: set[str] = field(default_factory=set)  # of these, references that came from a trace's hold list
    troubles: list[str] = field(default_factory=list)  # steps that a node did not take, and why

    def check(self) -> None:
        """Look at every node before anything begins.

        Raises:
            BadInput: One is no node of mode exercise, is of another country, or lacks a peer.
        """
        for node in self.world.nodes:
            status = self.stage.ask(node, wire.ShowStatus(), Status)
            if status.mode != "exercise":
                raise BadInput(f"The node for {node} is of mode {status.mode}.", hint="Exercises are played on others.")
            if status.country != node:
                raise BadInput(f"The node for {node} is of {status.country}.")
            self._peers[node, node] = status.node
            peers = self.stage.ask(node, peer_wire.PeerList(), Peers).peers
            for peer in peers:
                self._peers[node, peer.country] = peer.node
        missing = [
            f"{here} does not know {there}"
            for here in self.world.nodes
            for there in self.world.nodes
            if here != there and (here, there) not in self._peers
        ]
        if missing:
            raise BadInput(f"{missing[0]}: the nodes are to have each other as peers.", hint="lintas peer add")

    def tell(self, done: Done, books: Books) -> None:
        """Have one thing done at its node; what the node does not take is kept as a trouble, and the play goes on."""
        act = _ACTS.get(done.what)
        if act is None:
            return
        try:
            act(self, done, books)
        except LintasError as error:
            self.troubles.append(f"{done.at} {done.node} {done.what}: {error.message}")

    def reported(self, done: Done, books: Books) -> None:
        """File the report, with its slip and chat, and follow the money from the accounts of the own country."""
        report = self._report(done.report)
        form = json.loads(report_form(self.world, report))
        slips = [File(name=f"{report.ref}.png", data=slip(self.world, report))]
        chats = [File(name=f"{report.ref}.txt", data=chat(self.world, report))]
        form["report"]["slips"] = [self.stage.ask(done.node, report_wire.ReportSlip(), SlipRead, files=slips).message]
        form["report"]["texts"] = [self.stage.ask(done.node, report_wire.ReportChat(), ChatRead, files=chats).message]
        asked = report_wire.ReportFile(report=form["report"], victim=form["victim"])
        filed = self.stage.ask(done.node, asked, ReportFiled)
        self.reports[done.report] = filed.ref
        seeds = [
            f"{move.payee}@{rfc3339(move.debit_at)}:{move.credit_minor}"
            for move in self.world.moves
            if move.id in report.moves and self.world.country_of(move.payee) == done.node
        ]
        if seeds:
            currency = LANDS[done.node].currency
            title = f"EXERCISE {report.ref}"
            opening = tracing_wire.TracingOpen(seeds=seeds, title=title, labels=True, currency=currency)
            opened = self.stage.ask(done.node, opening, KeptTraceDone)
            self._traces[done.report, done.node] = opened.shown.line.ref

    def asked(self, done: Done, books: Books) -> None:
        """Send the request for a hold."""
        ref = self._send(done, done.to, minor=done.asked, purpose=done.purpose, basis=done.basis)
        if not ref:
            return
        self.requests[done.request] = ref
        self._asked[done.unit, done.to] = ref, done.account
        self.stage.carry(lambda: self._is_at(done.to, ref))

    def _send(self, done: Done, to: str, *, minor: int, purpose: str = "", basis: str = "") -> str:
        """Have a desk ask another one, or itself, for a hold; gives the reference, empty where a person must sign."""
        bank, _, number = done.account.partition(":")
        account = {"scheme": "bank_account", "value": number, "bank": bank, "country": to}
        fields: dict[str, Any] = {"account": account, "amount": {"minor": minor, "currency": done.currency}}
        sending = request_wire.RequestSend(
            to=self._peers[done.node, to],
            form="hold",
            fields=fields,
            purpose=purpose,
            basis=basis,
            report=self.reports.get(done.report, "") if done.node == self._report(done.report).node else "",
            short="EXERCISE",
        )
        return self._sent(done, self.stage.ask(done.node, sending, request_wire.RequestSent))

    def _sent(self, done: Done, sent: request_wire.RequestSent) -> str:
        if sent.shown is None:
            self.troubles.append(f"{done.at} {done.node} {done.what}: it waits for a named person's passkey")
            return ""
        return sent.shown.ref

    def acknowledged(self, done: Done, books: Books) -> None:
        """Say that a named person has it."""
        ref = self.requests.get(done.request, "")
        if ref and self._shown(done.node, ref).state == "requested":
            self._say(done.node, ref, "acknowledged", {})

    def bank_answered(self, done: Done, books: Books) -> None:
        """Take the statement that the bank sends."""
        refused = {move.id for move in books.refused}
        told = BankBooks(self.world, (move for move in self.world.moves if move.id not in refused))
        until = done.at_s + 1 + self.world.skew_s.get(done.bank, 0)
        data = camt053(told, done.bank, until, account=done.account)
        file = File(name=f"{done.bank}.camt053.xml", data=data)
        self.stage.ask(done.node, wire.Take(source=f"bank {done.bank}"), Taken, files=[file])

    def held(self, done: Done, books: Books) -> None:
        """Order under own law and write down what the bank confirmed.

        An account that no other desk asked for is held by a request of the desk to itself: of its own trace's hold list
        by one press where that names it, else by hand. What is blocked again later is noted in the same thread.
        """
        ref, account = self._asked.get((done.unit, done.node), ("", ""))
        if account != done.account:
            ref = self.own.get((done.node, done.account), "") or self._at_home(done)
        if not ref:
            return
        shown = self._shown(done.node, ref)
        money = {"minor": done.minor, "currency": done.currency}
        if shown.state not in ("requested", "acknowledged"):
            words = f"EXERCISE. {done.currency} {done.minor} minor held besides."
            self._say(done.node, ref, "noted", {}, short=words)
            return
        bank = done.account.partition(":")[0]
        door = next(iter(shown.doors), None)
        ends = self.stage.now() + timedelta(seconds=seconds(done.expires_at) - done.at_s)
        order = {"authority": f"Exercise desk {done.node}", "law": LAW, "bank": bank, "expires_at": _text(ends)}
        self._say(done.node, ref, "ordered", order | ({"door": door.code} if door is not None else {}))
        confirmed = {"bank": bank, "bank_ref": done.hold, "blocked": money, "tainted": money, "whole": False}
        self._say(done.node, ref, "confirmed", confirmed)

    def _at_home(self, done: Done) -> str:
        """Have a desk ask itself for a hold; gives the reference."""
        ref = self._of_list(done)
        if ref is None:
            ref = self._send(done, done.node, minor=done.minor)
        if ref:
            self.own[done.node, done.account] = ref
        return ref

    def _of_list(self, done: Done) -> str | None:
        """Press on the account's line of the hold list of the node's own trace; None where it has none of so much."""
        trace = self._traces.get((done.report, done.node), "")
        if not trace:
            return None
        asked = tracing_wire.TracingHold(
            trace=trace, account=done.account, currency=done.currency, minor=done.minor, short="EXERCISE"
        )
        try:
            sent = self.stage.ask(done.node, asked, request_wire.RequestSent)
        except (UnknownTerm, BadInput, WrongUse):
            return None  # its rows name the account not yet, or less money: the desk holds it all the same
        ref = self._sent(done, sent)
        if ref:
            self.listed.add(ref)
        return ref

    def write(self, node: str, ref: str, what: str, fields: dict[str, Any]) -> None:
        """Write down what a bank said; what the node does not take is kept as a trouble."""
        try:
            self._say(node, ref, what, fields)
        except LintasError as error:
            self.troubles.append(f"{node} {ref} {what}: {error.message}")

    def _say(self, node: str, ref: str, what: str, fields: dict[str, Any], *, short: str = "") -> None:
        self.stage.ask(node, request_wire.RequestSay(request=ref, what=what, fields=fields, short=short), RequestShown)

    def _shown(self, node: str, ref: str) -> RequestShown:
        return self.stage.ask(node, request_wire.RequestShow(request=ref), RequestShown)

    def _is_at(self, node: str, ref: str) -> bool:
        try:
            self._shown(node, ref)
        except LintasError:
            return False
        return True

    def _report(self, ref: str) -> Report:
        return next(report for report in self.world.reports if report.ref == ref)


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


_ACTS: Final[Mapping[str, Callable[[Director, Done, Books], None]]] = {
    "reported": Director.reported,
    "asked": Director.asked,
    "acknowledged": Director.acknowledged,
    "bank_answered": Director.bank_answered,
    "held": Director.held,
}
