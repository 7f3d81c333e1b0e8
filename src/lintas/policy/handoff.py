# SPDX-License-Identifier: Apache-2.0
"""What a node may hand on of money that is followed, may follow of what was handed to it, and may answer.

Three tables; the first refusal that holds decides. What a law profile lets no machine do waits for a named person. The
budgets are each node's own: the sender keeps to what it may send, the recipient to what it may follow. The release
decision is asked besides, as of everything that leaves.

Source: architecture, "Follow and act"; docs/spec/tracing-handoff.md.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple, TypeVar

from lintas.formats.law import HandOffRow
from lintas.limits import HANDOFF_SEGMENTS_MAX
from lintas.model.kept_trace import Handed, Rules
from lintas.model.money import country_of
from lintas.policy.decision import Decision


class Handing(NamedTuple):
    """A payment that is about to be handed on."""

    law: HandOffRow
    own: str  # country
    handed: Handed
    before: Handed | None  # the revision that was handed on before
    to: str  # node; empty when there is none, or several
    peers: int  # nodes of that country that it could go to
    is_person: bool  # a named officer releases it
    is_stopped: bool
    is_backward: bool
    spent: int  # payments handed to that node today


class Taking(NamedTuple):
    """A payment that was handed to this node."""

    law: HandOffRow
    own: str  # country
    handed: Handed
    before: Handed | None  # the revision that is followed now
    rules: Rules | None  # of the trace here, as its first payment said
    is_stopped: bool
    spent: int  # payments that came from that node today, this one included
    there: str = ""  # country of the node that handed it on
    payer: str = ""  # country of who paid, by this node's own row; empty: not known, or not looked up yet
    is_first: bool = True  # no other node handed the same payment on before


class Answering(NamedTuple):
    """An answer that is about to be given."""

    law: HandOffRow
    is_person: bool
    is_refusal: bool  # it tells nothing of any account


_Case = TypeVar("_Case", Handing, Taking, Answering)
_HandRule = tuple[str, Callable[[Handing], bool], str]
_TakeRule = tuple[str, Callable[[Taking], bool], str]
_AnswerRule = tuple[str, Callable[[Answering], bool], str]

_HAND: Final[tuple[_HandRule, ...]] = (
    ("stopped", lambda c: c.is_stopped, "the trace was stopped"),
    ("backward", lambda c: c.is_backward, "where money came from is not asked over a border by this way"),
    ("no-country", lambda c: not country_of(c.handed.payee), "the account does not say in which country it is kept"),
    ("own-country", lambda c: country_of(c.handed.payee) == c.own, "the account is kept in this country"),
    (
        "nothing",
        lambda c: c.handed.tainted == 0 and c.before is None,
        "nothing of this payment is followed",
    ),
    ("unchanged", lambda c: _says_same(c.handed, c.before), "it was handed on, and nothing has changed since"),
    (
        "no-reference",
        lambda c: c.handed.reference.startswith("row:"),
        "the payment has no reference by which the other bank would know it",
    ),
    (
        "segments",
        lambda c: len(c.handed.segments) > HANDOFF_SEGMENTS_MAX,
        "the payment is of more parts than one document holds",
    ),
    ("no-peer", lambda c: not c.to and c.peers == 0, "this node knows no node of that country"),
    ("several-peers", lambda c: not c.to, "this node knows several nodes of that country: name one"),
    ("hops", lambda c: c.handed.hops > c.law.hops, "the money has passed as many borders as the law pack allows"),
    (
        "rounds",
        lambda c: c.handed.rounds > c.law.rounds,
        "the money came back to where it had been as often as the law pack allows",
    ),
    (
        "revisions",
        lambda c: c.handed.revision > c.law.revisions,
        "this payment was revised as often as the law pack allows",
    ),
    (
        "per-day",
        lambda c: c.spent >= c.law.per_day,
        "as many payments as the law pack allows were handed to that node today",
    ),
    (
        "unattended",
        lambda c: not c.is_person and not c.law.lets_machines,
        "no confirmed law lets a machine hand it on: a named officer releases it",
    ),
)
_TAKE: Final[tuple[_TakeRule, ...]] = (
    ("stopped", lambda c: c.is_stopped, "the trace was stopped here"),
    (
        "older",
        lambda c: c.before is not None and c.handed.revision <= c.before.revision,
        "a revision as new as this is followed already",
    ),
    (
        "other-rules",
        lambda c: c.rules is not None and c.handed.rules != c.rules,
        "it follows the money by other rules than the trace",
    ),
    ("foreign", lambda c: country_of(c.handed.payee) != c.own, "the account is not kept in this country"),
    (
        "other-payment",
        lambda c: c.before is not None and _payment(c.before) != _payment(c.handed),
        "its revisions speak of different payments",
    ),
    ("hops", lambda c: c.handed.hops > c.law.hops, "the money has passed as many borders as the law pack allows"),
    (
        "rounds",
        lambda c: c.handed.rounds > c.law.rounds,
        "the money came back to where it had been as often as the law pack allows",
    ),
    (
        "revisions",
        lambda c: c.handed.revision > c.law.revisions,
        "this payment was revised as often as the law pack allows",
    ),
    ("per-day", lambda c: c.spent > c.law.per_day, "as many payments as the law pack allows came from that node today"),
    (
        "not-theirs",
        lambda c: bool(c.payer) and c.payer != c.there,
        "by the row of its own bank here it was paid from another country than the node's that hands it on",
    ),
    (
        "claimed",
        lambda c: not c.payer and not c.is_first,
        "another node handed the same payment on before, and no row here says whose it is",
    ),
)
_ANSWER: Final[tuple[_AnswerRule, ...]] = (
    (
        "unattended",
        lambda c: not c.is_person and not c.is_refusal and not c.law.lets_machines,
        "no confirmed law lets a machine answer it: a named officer releases the answer",
    ),
)
HAND_RULES: Final = tuple(rule for rule, _, _ in _HAND)
TAKE_RULES: Final = tuple(rule for rule, _, _ in _TAKE)
WAITS: Final = frozenset({"unattended", "several-peers"})  # for a person; the others keep it here for good


def may_hand(case: Handing) -> Decision:
    """Say whether a payment may be handed on now."""
    return _decided(_HAND, case, "the law profile allows it")


def may_take(case: Taking) -> Decision:
    """Say whether a payment that was handed to this node is followed here."""
    return _decided(_TAKE, case, "it is about an account of this country, and within the budgets")


def may_answer(case: Answering) -> Decision:
    """Say whether an answer may be given now."""
    return _decided(_ANSWER, case, "the law profile allows it")


def next_handed(made: Handed, before: Handed | None) -> Handed:
    """The revision of a payment that comes after the one that was handed on before."""
    return replace(made, revision=1 if before is None else before.revision + 1)


def peer_for(country: str, peers: Mapping[str, str], named: str = "") -> tuple[str, int]:
    """To which node of a country a payment goes, and how many there are.

    Args:
        peers: Node -> country.
        named: The node that a person chose, if any of that country.
    """
    found = sorted(node for node, of in peers.items() if of == country)
    if named in found:
        return named, len(found)
    return (found[0] if len(found) == 1 else ""), len(found)


def _decided(table: Sequence[tuple[str, Callable[[_Case], bool], str]], case: _Case, allowed: str) -> Decision:
    for rule, refuses, reason in table:
        if refuses(case):
            return Decision(allowed=False, rule=rule, reason=reason)
    return Decision(allowed=True, rule="allowed", reason=allowed)


def _says_same(made: Handed, before: Handed | None) -> bool:
    return before is not None and (made.segments, *_payment(made)) == (before.segments, *_payment(before))


def _payment(handed: Handed) -> tuple[int, str, str, str]:
    return handed.minor, handed.asset, handed.payee, handed.at
