# SPDX-License-Identifier: Apache-2.0
"""The state machine of a request: who may say what, when. One table; the first refusal that holds decides.

It is asked before a desk says something, and again when a thread is put together: what was out of turn, whoever said
it, changes nothing. A foreign request creates no power: only the answering desk orders, and only what a bank confirmed
is held.

Source: architecture, "Follow and act"; docs/spec/desk.md.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from lintas.model.desk import ANSWERER_STEPS, ASKER_STEPS, ENDED, HOLDING, Money, Side, State, Step, Thread
from lintas.policy.decision import Decision

ORDERABLE: Final = frozenset(
    {"hold", "freeze", "preserve", "seize", "protect"}
)  # powers that need an order of their own

_OF_MONEY: Final = frozenset({"hold", "freeze", "seize"})

_OPEN: Final = frozenset({State.REQUESTED, State.ACKNOWLEDGED, State.CLARIFYING})
_IN_FORCE: Final = frozenset({State.ORDERED, State.DELIVERED}) | HOLDING

# In which states each step can be said; what is not here can be said in all.
_STATES: Final[Mapping[Step, frozenset[State]]] = {
    Step.ACKNOWLEDGED: frozenset({State.REQUESTED}),
    Step.CLARIFY: frozenset({State.REQUESTED, State.ACKNOWLEDGED}),
    Step.CLARIFIED: frozenset({State.CLARIFYING}),
    Step.ORDERED: _OPEN,
    Step.INSTRUCTED: _IN_FORCE | {State.RELEASED},  # a release is carried out by the bank after it was said
    Step.DELIVERED: frozenset({State.ORDERED}),
    Step.CONFIRMED: frozenset({State.ORDERED, State.DELIVERED, State.PARTLY}),
    Step.FAILED: frozenset({State.ORDERED, State.DELIVERED}) | HOLDING,  # a block may turn out to be none
    Step.GONE: _OPEN | {State.ORDERED, State.DELIVERED, State.PARTLY},
    Step.REFUSED: _OPEN,
    Step.ANSWERED: _OPEN,
    Step.EXTENDED: _IN_FORCE,
    Step.RELEASED: _IN_FORCE,
    Step.RETURNED: HOLDING,
    Step.FORFEITED: HOLDING,
    Step.EXPIRED: _IN_FORCE,
    Step.CORRECTED: _IN_FORCE,
    Step.WITHDRAWN: _OPEN,
    Step.CLOSED: frozenset({State.GONE, State.ANSWERED}) | (ENDED - {State.CLOSED}),
}


class _Case(NamedTuple):
    thread: Thread
    side: Side
    what: Step
    said: Mapping[str, Any]


_Rule = tuple[str, Callable[[_Case], bool], Callable[[_Case], str]]

_REFUSALS: Final[tuple[_Rule, ...]] = (
    (
        "side",
        lambda c: c.side is Side.ASKER and c.what in ANSWERER_STEPS,
        lambda _: "only the desk that was asked says this: it decides under its own law",
    ),
    (
        "side",
        lambda c: c.side is Side.ANSWERER and c.what in ASKER_STEPS,
        lambda _: "only the desk that asked says this",
    ),
    (
        "ordered-already",
        lambda c: c.what is Step.ORDERED and c.thread.state in _IN_FORCE,
        lambda c: f"an order is in force already, by {c.thread.ordered_by or 'this desk'}: nothing is ordered twice",
    ),
    (
        "acknowledged-already",
        lambda c: c.what is Step.ACKNOWLEDGED and c.thread.state is not State.REQUESTED,
        lambda c: f"{c.thread.acknowledged_by or 'somebody'} has it already: take it over instead",
    ),
    (
        "in-force",
        lambda c: c.what in {Step.WITHDRAWN, Step.REFUSED} and c.thread.state in _IN_FORCE,
        lambda c: (
            "it was ordered meanwhile: correct it, so that the authority reviews its order"
            if c.what is Step.WITHDRAWN
            else "it was ordered already: release it instead"
        ),
    ),
    (
        "state",
        lambda c: c.thread.state not in _STATES.get(c.what, frozenset(State)),
        lambda c: f"the request is {c.thread.state.value.replace('_', ' ')}, and this can not be said then",
    ),
    (
        "no-power-asked",
        lambda c: c.what is Step.ORDERED and c.thread.power not in ORDERABLE,
        lambda _: "it asks for no power: answer it instead",
    ),
    (
        "power-asked",
        lambda c: c.what is Step.ANSWERED and c.thread.power in ORDERABLE,
        lambda _: "it asks for a power: order, refuse, or say where the money went",
    ),
    (
        "other-power",
        lambda c: c.what is Step.ORDERED and bool(c.said) and c.said.get("power") not in ORDERABLE,
        lambda _: "that is no power that is ordered",
    ),
    (
        "currency",
        lambda c: len(_currencies(c)) > 1,
        lambda c: (
            f"the request is in {c.thread.currency}, and this is in another currency"
            if c.thread.currency
            else "it names two currencies"
        ),
    ),
    (
        "nothing-blocked",
        lambda c: c.what is Step.CONFIRMED and _blocks_nothing(c),
        lambda _: "it does not say that any money was blocked: say that it failed, or where the money went",
    ),
    (
        "more-tainted",
        lambda c: c.what is Step.CONFIRMED and _minor(c, "tainted") > _minor(c, "blocked"),
        lambda _: "more is said to be tainted than was blocked",
    ),
    (
        "no-more",
        lambda c: (
            c.what is Step.CONFIRMED
            and c.thread.state is State.PARTLY
            and _minor(c, "blocked" if _money(c, "tainted") is None else "tainted") <= c.thread.tainted_minor
        ),
        lambda _: "the bank confirmed as much before: the same answer twice changes nothing",
    ),
    (
        "more-than-held",
        lambda c: (
            c.what in {Step.RELEASED, Step.RETURNED, Step.FORFEITED}
            and c.thread.state in HOLDING
            and _minor(c, "amount") > c.thread.held_minor
            and c.thread.tainted_minor > 0
        ),
        lambda _: "that is more than is held",
    ),
    (
        "corrected-already",
        lambda c: c.what is Step.CORRECTED and _reviewing(c.thread),
        lambda _: "it was corrected already, and the authority is reviewing it",
    ),
    (
        "not-corrected",
        lambda c: c.what is Step.REVIEWED and not _reviewing(c.thread),
        lambda _: "nobody corrected it, or it was reviewed already",
    ),
)
RULES: Final = tuple(dict.fromkeys(rule for rule, _, _ in _REFUSALS))


def may_say(thread: Thread, side: Side, what: Step, said: Mapping[str, Any] | None = None) -> Decision:
    """Say whether a desk may say something in a thread now.

    Args:
        said: The step's fields; None asks whether it may be said at all, as a page does to show its buttons.
    """
    case = _Case(thread, side, what, said or {})
    for rule, refuses, reason in _REFUSALS:
        if said is None and rule in _ABOUT_FIELDS:
            continue
        if refuses(case):
            return Decision(allowed=False, rule=rule, reason=reason(case))
    return Decision(allowed=True, rule="in-turn", reason="it is this desk's turn")


_ABOUT_FIELDS: Final = frozenset({"currency", "nothing-blocked", "more-tainted", "no-more", "more-than-held"})


def _blocks_nothing(case: _Case) -> bool:
    """Whether a confirmation names no money where money was to be blocked, or names none at all."""
    blocked = _money(case, "blocked")
    return case.thread.power in _OF_MONEY if blocked is None else blocked.minor == 0


def _reviewing(thread: Thread) -> bool:
    return thread.reviewing


def money_of(value: object) -> Money | None:
    """An amount as a document says it, or None."""
    match value:
        case {"minor": int(minor), "currency": str(currency)}:
            return Money(minor, currency)
        case _:
            return None


def _money(case: _Case, name: str) -> Money | None:
    return money_of(case.said.get(name))


def _minor(case: _Case, name: str) -> int:
    found = _money(case, name)
    return 0 if found is None else found.minor


def _currencies(case: _Case) -> frozenset[str]:
    """Of the thread, and of all that is said."""
    said = (_money(case, name) for name in ("amount", "blocked", "tainted"))
    return frozenset({case.thread.currency} | {money.currency for money in said if money is not None}) - {""}
