# SPDX-License-Identifier: Apache-2.0
"""An exercise on real nodes with desks of people: the node gets what comes to a desk, people do the rest.

Banks are those of the generator's books: they send a statement of each account that an open trace leads to, and block
what a desk orders in a thread. What people said in threads becomes the record.
"""

from dataclasses import dataclass, field
from typing import Final

from lintas.cli.exercise_game import Pace
from lintas.cli.exercise_nodes import Director, Stage
from lintas.exercises.books import Books
from lintas.exercises.papers import rfc3339
from lintas.exercises.record import Done, Record
from lintas.exercises.world import World
from lintas.model.desk_answers import RequestLine, RequestList, RequestShown, StepShown
from lintas.model.question import NextHopList
from lintas.model.trace_answers import KeptTraceList
from lintas.web.local import bank_wire, request_wire, tracing_wire

STEP_S: Final = 30  # seconds of the exercise between two looks at the nodes
LINES: Final = 200
_SAID: Final = frozenset({"acknowledged", "refused", "extended", "released", "expired"})


@dataclass(slots=True)
class PeoplesGame:
    """One exercise in which people decide."""

    world: World
    stage: Stage
    director: Director
    pace: Pace
    done: list[Done] = field(default_factory=list)
    _books: Books = field(init=False)
    _now: int = 0
    _seen: set[str] = field(default_factory=set)  # documents of threads that stand in the record
    _asked: set[str] = field(default_factory=set)  # references of requests that stand in it
    _ordered: dict[str, int] = field(default_factory=dict)  # reference -> since when the bank has the order
    _statements: dict[tuple[str, str], int] = field(default_factory=dict)  # (node, account) -> when it is sent
    _told: dict[tuple[str, str], int] = field(default_factory=dict)  # (node, account) -> up to when it told
    _holds: dict[str, str] = field(default_factory=dict)  # reference of a thread -> hold

    def __post_init__(self) -> None:
        self._books = Books(self.world)

    def play(self, *, minutes: int) -> Record:
        """Play from the first report on.

        Args:
            minutes: Of the exercise, after which it ends.
        """
        reports = list(self.world.reports)
        start = reports[0].at
        end = min(start + 60 * minutes, self.world.ends_at)
        self._now = start
        while self._now <= end:
            self.stage.reach(self._now)
            self._books.forward(self._now)
            while reports and reports[0].at <= self._now:
                report = reports.pop(0)
                self._say(report.node, "reported", report=report.ref)
            self.stage.carry(lambda: True)
            for node in self.world.nodes:
                start_, end_ = self.world.offline.get(node, (0, 0))
                if not start_ <= self._now < end_:
                    self._look(node)
            self._now += STEP_S
        return Record(
            scenario=self.world.scenario,
            seed=self.world.seed,
            scale=self.world.scale,
            nodes=self.world.nodes,
            injects=tuple(str(one) for one in self.world.injects),
            desks="human",
            ended_at=rfc3339(end),
            events=tuple(self.done),
        )

    def _look(self, node: str) -> None:
        """Write down what people said at a node, and let its banks do what they were told."""
        lines = self.stage.ask(node, request_wire.RequestLines(newest=True, limit=LINES), RequestList).lines
        for line in lines:
            if line.form == "hold":
                self._thread(node, line)
        traces = self.stage.ask(node, tracing_wire.TracingList(), KeptTraceList).traces
        for trace in traces:
            if trace.stands == "stopped":
                continue
            hops = self.stage.ask(node, bank_wire.BankNext(trace=trace.ref), NextHopList).hops
            for hop in hops:
                account = self.world.accounts.get(hop.account)
                if account is not None and account.country == node:
                    self._statement(node, hop.account)

    def _thread(self, node: str, line: RequestLine) -> None:
        shown = self.stage.ask(node, request_wire.RequestShow(request=line.ref), RequestShown)
        if line.side == "asker":
            self._sent(node, shown)
            return
        for step in shown.steps:
            if step.doc not in self._seen and step.counts and step.side == "answerer" and step.what in _SAID:
                self._seen.add(step.doc)
                self._step(node, shown, step)
        if shown.state == "ordered":
            since = self._ordered.setdefault(shown.ref, self._now)
            if self._now >= since + self.pace.order_s:
                self._carry_out(node, shown)

    def _sent(self, node: str, shown: RequestShown) -> None:
        if shown.ref in self._asked:
            return
        self._asked.add(shown.ref)
        key = _account_of(shown)
        self._say(
            node,
            "asked",
            request=shown.ref,
            to=shown.line.other_country,
            form=shown.line.form,
            purpose=shown.purpose,
            basis=shown.basis,
            account=key,
            report=self._report_of(key),
        )

    def _step(self, node: str, shown: RequestShown, step: StepShown) -> None:
        if step.what in ("extended", "released", "expired"):
            hold = self._holds.get(shown.ref, "")
            if hold:
                said = {"expires_at": str(step.fields.get("expires_at", ""))} if step.what == "extended" else {}
                self._say(node, step.what, hold=hold, **said)
            return
        self._say(node, step.what, request=shown.ref, ground=step.ground)

    def _carry_out(self, node: str, shown: RequestShown) -> None:
        """The bank blocks what is there, and the thread says it."""
        key, amount = _account_of(shown), shown.line.amount
        account = self.world.accounts.get(key)
        bank = key.partition(":")[0]
        minor = amount.minor if amount is not None else 0
        report = self._report_of(key)
        free = self._books.free(key, account.currency) if account is not None else 0
        if account is None or amount is None or amount.currency != account.currency or free <= 0 or not report:
            self.director.write(node, shown.ref, "failed", {"bank": bank, "reason": "no_money"})
            return
        blocked = min(minor, free)
        unit = self._unit_of(key, account.currency, report)
        held = self._books.hold(key, account.currency, blocked, unit)
        name = f"HOLD-{len(self._holds) + 1:04d}"
        self._holds[shown.ref] = name
        money = {"minor": held.minor, "currency": account.currency}
        said = {"bank": bank, "bank_ref": name, "blocked": money, "tainted": money, "whole": False}
        self.director.write(node, shown.ref, "confirmed", said)
        self._say(
            node,
            "held",
            hold=name,
            report=report,
            account=key,
            currency=account.currency,
            minor=held.minor,
            asked=minor,
            hop=self._books.hop_of(key, account.currency, unit),
        )

    def _statement(self, node: str, account: str) -> None:
        """The bank sends what it has, some minutes after a trace led to the account, and again when money moved."""
        place = node, account
        due = self._statements.get(place)
        if due is None:
            moved = any(at > self._told.get(place, 0) for at, _, _ in self._books.lines[account])
            if moved:
                bank = account.partition(":")[0]
                wait = self.pace.letter_s if bank == self.world.thai_bank else self.pace.answer_s
                self._statements[place] = self._now + wait
                self._say(node, "bank_asked", bank=bank, account=account)
        elif self._now >= due:
            del self._statements[place]
            self._told[place] = self._now
            self._say(node, "bank_answered", bank=account.partition(":")[0], account=account)

    def _report_of(self, account: str) -> str:
        """The report whose money an account has most of; else the first that named it."""
        held: dict[str, int] = {}
        known = self.world.accounts.get(account)
        if known is not None:
            held = self._books.of_units(account, known.currency)
        told = [report for report in self.world.reports if report.at <= self._now]
        if held:
            unit = max(sorted(held), key=lambda one: held[one])
            found = next((report.ref for report in told if unit in report.units), "")
            if found:
                return found
        return next((report.ref for report in told if report.account == account), told[0].ref if told else "")

    def _unit_of(self, account: str, currency: str, report: str) -> str:
        units = next(one.units for one in self.world.reports if one.ref == report)
        held = self._books.of_units(account, currency)
        return max(units, key=lambda one: held.get(one, 0))

    def _say(self, node: str, what: str, **said: object) -> None:
        done = Done(at=rfc3339(self._now), node=node, what=what, **said)  # type: ignore[arg-type]  # readers check it
        self.done.append(done)
        if what in ("reported", "bank_answered"):
            self.director.tell(done, self._books)


def _account_of(shown: RequestShown) -> str:
    """The key of the account that a request is about."""
    said = shown.fields.get("account", {})
    return f"{str(said.get('bank', ''))[:8]}:{said.get('value', '')}"
