# SPDX-License-Identifier: Apache-2.0
"""What the documents of a request's thread come to.

A pure function of the documents of two sides: whoever has the same ones sees the same, however they came between each
other. Documents of one side stand as it wrote them, and after those of the other side that they name; where two do not
know each other, the answering desk's comes first. So the answering desk's past never changes by what comes later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from lintas.limits import DESK_STEPS_MAX
from lintas.model.desk import HOLDING, LOCAL_STEPS, Asked, Clock, Due, Side, State, Step, StepFact, Thread
from lintas.policy.requests import may_say, money_of

_QUIET: Final = LOCAL_STEPS | {Step.CALL_BACK, Step.NOTED}  # what changes no state
_CLARIFY_S: Final = 3600  # seconds in which the asking desk answers a question, where the form says nothing


def fold_thread(asked: Asked, steps: Sequence[StepFact]) -> Thread:
    """Put a thread together.

    Args:
        steps: Documents of its two sides alone, those of each side by `seq` as it wrote them; the order between the
            sides does not matter. Of two with one id the first in this node's log counts.
    """
    ordered, waiting = _in_order(asked, steps)
    state = _Folding(asked)
    for step in ordered:
        state.take(step)
    heads = _heads(asked, ordered)
    return replace(
        state.thread,
        dues=state.dues(),
        heads=tuple(sorted(step_id for step_id, _ in heads)),
        idle=tuple(state.idle),
        waiting=tuple(waiting),
        crossed=len(heads) > 1,
        expires_at=state.expires_at,
    )


def _heads(asked: Asked, ordered: Sequence[StepFact]) -> list[tuple[str, Side]]:
    """The newest document of each side that the other one has not seen; they are what the next one comes after.

    What stays at home is none of them: the other side could not know it.
    """
    travelling = [step for step in ordered if step.what not in LOCAL_STEPS]
    last: dict[Side, str] = {Side.ASKER: asked.id}
    followed: set[str] = {asked.id} if any(step.side is Side.ANSWERER for step in travelling) else set()
    for step in travelling:
        last[step.side] = step.id
        followed.update(step.after)
    return [(step_id, side) for side, step_id in last.items() if step_id not in followed]


def _in_order(asked: Asked, steps: Sequence[StepFact]) -> tuple[list[StepFact], list[str]]:
    """Documents in their one order, and the ids of those that wait for each other, which only a liar's do.

    Each side's stand as it wrote them, because streams keep that order: so what one comes after counts only where it is
    of the other side, and nobody can put a document before those that were acted upon. What is not here was erased.
    """
    queues: dict[Side, list[StepFact]] = {side: [] for side in Side}
    sides: dict[str, Side] = {}
    for step in sorted(steps, key=lambda one: one.seq):
        queue = queues[step.side]
        if step.id != asked.id and step.id not in sides and len(queue) < DESK_STEPS_MAX:
            sides[step.id] = step.side
            queue.append(step)
    at = dict.fromkeys(Side, 0)
    ordered: list[StepFact] = []
    done: set[str] = set()
    while True:
        # what the answering desk did is a fact, and what was asked meanwhile is a wish
        for side in (Side.ANSWERER, Side.ASKER):
            waits = queues[side][at[side] : at[side] + 1]
            if waits and all(one in done or sides.get(one, side) is side for one in waits[0].after):
                break
        else:
            return ordered, [step.id for side in Side for step in queues[side][at[side] :]]
        ordered.append(waits[0])
        done.add(waits[0].id)
        at[side] += 1


@dataclass(slots=True)
class _Folding:
    """The state while documents are taken one by one."""

    asked: Asked
    thread: Thread = field(init=False)
    idle: list[tuple[str, str]] = field(default_factory=list)
    expires_at: str = ""
    review_at: str = ""
    clarify_at: str = ""
    promises: dict[str, tuple[str, Side]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        amount = self.asked.amount
        self.thread = Thread(
            state=State.REQUESTED,
            power=self.asked.power,
            asked_minor=0 if amount is None else amount.minor,
            currency="" if amount is None else amount.currency,
        )

    def take(self, step: StepFact) -> None:
        decision = may_say(self.thread, step.side, step.what, step.said)
        if not decision.allowed:
            self.idle.append((step.id, decision.reason))
            return
        if step.what is Step.PROMISED:
            self.promises[step.id] = (_instant(step.said["at"]), step.side)
        elif step.what is Step.KEPT:
            self.promises.pop(step.said["promise"], None)
        if step.what not in _QUIET:
            self._change(step)

    def _change(self, step: StepFact) -> None:
        self._set_times(step)
        said, thread = step.said, self.thread
        if not thread.currency:  # nobody said an amount before, so no number stands without its currency
            said_in = (money_of(said.get(name)) for name in ("amount", "blocked", "tainted"))
            thread = self.thread = replace(thread, currency=next((one.currency for one in said_in if one), ""))
        match step.what:
            case Step.ACKNOWLEDGED:
                self.thread = replace(thread, state=State.ACKNOWLEDGED, acknowledged_by=step.by)
            case Step.CLARIFY:
                self.thread = replace(thread, state=State.CLARIFYING, acknowledged_by=thread.acknowledged_by or step.by)
            case Step.ORDERED:
                self.thread = replace(
                    thread,
                    state=State.ORDERED,
                    ordered_by=said["authority"],
                    power_ordered=said["power"],
                    acknowledged_by=thread.acknowledged_by or step.by,
                )
            case Step.CONFIRMED:
                self.thread = _confirmed(thread, said)
            case Step.FAILED:
                self.thread = replace(
                    thread, state=State.ACKNOWLEDGED, reviewing=False, currency=self._currency(), **_NOTHING_HELD
                )
            case Step.GONE:
                self.thread = _gone(thread, said)
            case Step.RELEASED | Step.RETURNED | Step.FORFEITED:
                self.thread = _ended(thread, step.what, said)
            case Step.EXTENDED:
                pass
            case Step.CORRECTED | Step.REVIEWED:
                self.thread = replace(thread, reviewing=step.what is Step.CORRECTED)
            case _:
                self.thread = replace(thread, state=_STATE_OF[step.what], ground=said.get("ground") or thread.ground)

    def _currency(self) -> str:
        """Of what is left when an order failed: the next one may be in another, if nobody asked in one."""
        thread, asked = self.thread, self.asked.amount
        counted = (thread.gone_minor, thread.released_minor, thread.returned_minor, thread.forfeited_minor)
        return thread.currency if asked is not None or any(counted) else ""

    def _set_times(self, step: StepFact) -> None:
        said, levels = step.said, self.asked.levels
        if step.what in {Step.ORDERED, Step.EXTENDED}:
            self.expires_at = _instant(said["expires_at"])
        elif step.what is Step.FAILED:
            self.expires_at = ""
        elif step.what is Step.CORRECTED:
            self.review_at = _later(step.at, said["review_s"])
        elif step.what is Step.CLARIFY:
            self.clarify_at = _later(step.at, levels.get("clarify", levels.get("act", _CLARIFY_S)))

    def dues(self) -> tuple[Due, ...]:
        """Clocks that run, the next one first."""
        state, levels, found = self.thread.state, self.asked.levels, list[Due]()

        def runs(clock: Clock, name: str) -> None:
            if name in levels:
                found.append(Due(clock=clock, at=_later(self.asked.at, levels[name]), side=Side.ANSWERER))

        if state is State.REQUESTED:
            runs(Clock.ACKNOWLEDGE, "acknowledge")
        if state in _UNDONE:
            runs(Clock.ACT, "act")
        if state in _UNANSWERED:
            runs(Clock.ANSWER, "answer")
        if state is State.CLARIFYING:
            found.append(Due(clock=Clock.CLARIFY, at=self.clarify_at, side=Side.ASKER))
        if state in _IN_FORCE and self.expires_at:
            found.append(Due(clock=Clock.EXPIRY, at=self.expires_at, side=Side.ANSWERER))
        if state in _IN_FORCE and self.thread.reviewing:
            found.append(Due(clock=Clock.REVIEW, at=self.review_at, side=Side.ANSWERER))
        found += [Due(clock=Clock.PROMISE, at=at, side=side, item=one) for one, (at, side) in self.promises.items()]
        return tuple(sorted(found, key=lambda due: (due.at, due.clock.value)))


_NOTHING_HELD: Final[Mapping[str, Any]] = {
    "ordered_by": "",
    "power_ordered": "",
    "blocked_minor": 0,
    "tainted_minor": 0,
}
_UNDONE: Final = frozenset({State.REQUESTED, State.ACKNOWLEDGED, State.CLARIFYING})
_UNANSWERED: Final = _UNDONE | {State.ORDERED, State.DELIVERED}
_IN_FORCE: Final = frozenset({State.ORDERED, State.DELIVERED}) | HOLDING
_STATE_OF: Final[Mapping[Step, State]] = {
    Step.REFUSED: State.REFUSED,
    Step.ANSWERED: State.ANSWERED,
    Step.EXPIRED: State.EXPIRED,
    Step.CLARIFIED: State.ACKNOWLEDGED,
    Step.DELIVERED: State.DELIVERED,
    Step.WITHDRAWN: State.WITHDRAWN,
    Step.CLOSED: State.CLOSED,
}


def _confirmed(thread: Thread, said: Mapping[str, Any]) -> Thread:
    """What a bank confirmed: all that was asked for, or less. Of a bank that tells nothing apart, what was asked."""
    blocked, tainted = money_of(said["blocked"]), money_of(said["tainted"])
    if tainted is None and blocked is not None:
        tainted = blocked._replace(minor=min(blocked.minor, thread.asked_minor or blocked.minor))
    minor = 0 if tainted is None else tainted.minor
    is_all = blocked is None or minor >= thread.asked_minor
    return replace(
        thread,
        state=State.HELD if is_all else State.PARTLY,
        blocked_minor=0 if blocked is None else blocked.minor,
        tainted_minor=minor,
    )


def _ended(thread: Thread, what: Step, said: Mapping[str, Any]) -> Thread:
    """A hold, or a part of it, ended; with no amount said, all of it."""
    amount = money_of(said["amount"])
    minor = thread.held_minor if amount is None else amount.minor
    name, state = _ENDS[what]
    changed = replace(thread, **{name: getattr(thread, name) + minor})
    is_over = thread.state not in HOLDING or amount is None or changed.held_minor == 0
    return replace(changed, state=state, reviewing=False) if is_over else changed


_ENDS: Final[Mapping[Step, tuple[str, State]]] = {
    Step.RELEASED: ("released_minor", State.RELEASED),
    Step.RETURNED: ("returned_minor", State.RETURNED),
    Step.FORFEITED: ("forfeited_minor", State.FORFEITED),
}


def _gone(thread: Thread, said: Mapping[str, Any]) -> Thread:
    """The money, or a part of it, went on; what is held stays held."""
    amount = money_of(said["amount"])
    state = State.PARTLY if thread.state is State.PARTLY else State.GONE
    return replace(thread, state=state, gone_minor=thread.gone_minor + (0 if amount is None else amount.minor))


def _later(at: str, seconds: int) -> str:
    try:
        return _text(datetime.fromisoformat(at) + timedelta(seconds=seconds))
    except OverflowError:  # a clock that says the year 9999
        return at


def _instant(text: str) -> str:
    """A moment with any zone as the views write times, so that text order is time."""
    return _text(datetime.fromisoformat(text)) if text else ""


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
