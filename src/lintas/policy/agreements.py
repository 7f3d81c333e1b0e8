# SPDX-License-Identifier: Apache-2.0
"""What an agreement comes to, and whether it covers a request: only what all its nodes said with the same terms.

A fast lane lets one named person with the power order alone. It gives no power to anybody, and none to a machine.

Source: docs/spec/desk.md, section "Agreements".
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from lintas.errors import Malformed
from lintas.model.agreements import Agreement, AgreementSaid, Lane, Terms
from lintas.model.desk import Money
from lintas.model.header_rules import is_code
from lintas.policy.decision import Decision
from lintas.policy.requests import money_of

_NAMES: Final = frozenset({"nodes", "forms", "powers", "max", "from", "until", "desks"})
_NODES: Final = (2, 32)  # of one agreement; two for now, more when groups have charters


def terms_of(said: Mapping[str, Any]) -> Terms:
    """Read the terms of an agreement.

    Raises:
        Malformed: They hold to no such form.
    """
    if said.keys() != _NAMES:
        raise Malformed("The terms of an agreement are nodes, forms, powers, max, from, until and desks.")
    nodes, forms, powers, desks = (_texts(said, name) for name in ("nodes", "forms", "powers", "desks"))
    since, until = _moment(said, "from"), _moment(said, "until")
    most = money_of(said["max"])
    if said["max"] is not None and (most is None or most.minor <= 0):
        raise Malformed("The most that an agreement covers is an amount, or null.")
    if not _NODES[0] <= len(nodes) <= _NODES[1]:
        raise Malformed(f"An agreement is between {_NODES[0]} to {_NODES[1]} nodes.")
    if not forms or not powers or not all(map(is_code, forms | powers | desks)):
        raise Malformed("An agreement names forms and powers by their codes.")
    if since >= until:
        raise Malformed("An agreement ends after it begins.")
    return Terms(nodes=nodes, forms=forms, powers=powers, most=most, since=since, until=until, desks=desks)


def put_together(said: Sequence[AgreementSaid], terms: Callable[[AgreementSaid], Terms]) -> Agreement | None:
    """What the documents of one proposer and reference come to, in whatever order they came; None without a proposal.

    The proposer's first proposal counts; another node accepts it by naming the same terms; any of its nodes ends it.
    """
    proposals = [one for one in said if one.what == Lane.PROPOSED and one.node == one.proposer]
    if not proposals:
        return None
    first = min(proposals, key=lambda one: one.seq)
    agreed = terms(first)
    inside = [one for one in said if one.node in agreed.nodes]
    yes = {one.node for one in inside if one.what == Lane.ACCEPTED and one.digest == first.digest} | {first.proposer}
    ended = sorted(one.node for one in inside if one.what == Lane.ENDED)
    waits_for = tuple(sorted(agreed.nodes - yes))
    state = Lane.ENDED if ended else Lane.PROPOSED if waits_for else Lane.ACCEPTED
    if first.proposer not in agreed.nodes:
        return None  # nobody agrees for others
    return Agreement(
        proposer=first.proposer,
        ref=first.ref,
        terms=agreed,
        digest=first.digest,
        state=state,
        waits_for=waits_for,
        ended_by=ended[0] if ended else "",
        said=tuple(sorted(said, key=lambda one: one.seq)),
    )


class _Case(NamedTuple):
    agreement: Agreement
    nodes: frozenset[str]
    form: str
    power: str
    amount: Money | None
    desk: str
    now: str


_Rule = tuple[str, Callable[[_Case], bool], str]
_REFUSALS: Final[tuple[_Rule, ...]] = (
    ("ended", lambda c: c.agreement.state is Lane.ENDED, "the agreement was ended"),
    ("not-accepted", lambda c: c.agreement.state is Lane.PROPOSED, "not all nodes have accepted the agreement"),
    ("nodes", lambda c: not c.nodes <= c.agreement.terms.nodes, "the agreement is between other nodes"),
    ("not-yet", lambda c: c.now < c.agreement.terms.since, "the agreement does not count yet"),
    ("over", lambda c: c.now >= c.agreement.terms.until, "the time of the agreement is over"),
    ("form", lambda c: c.form not in c.agreement.terms.forms, "the agreement is not about this form"),
    ("power", lambda c: c.power not in c.agreement.terms.powers, "the agreement is not about this power"),
    (
        "desk",
        lambda c: bool(c.agreement.terms.desks) and c.desk not in c.agreement.terms.desks,
        "the agreement is not for this desk",
    ),
    (
        "amount",
        lambda c: c.agreement.terms.most is not None and not _within(c.amount, c.agreement.terms.most),
        "the amount is more than the agreement covers, or is not known in its currency",
    ),
)
RULES: Final = tuple(rule for rule, _, _ in _REFUSALS)


def covers(
    agreement: Agreement, *, nodes: frozenset[str], form: str, power: str, amount: Money | None, desk: str, now: str
) -> Decision:
    """Whether an agreement is in force for a request, by our clock.

    Args:
        now: RFC 3339 UTC with milliseconds.
    """
    case = _Case(agreement, nodes, form, power, amount, desk, now)
    for rule, refuses, reason in _REFUSALS:
        if refuses(case):
            return Decision(allowed=False, rule=rule, reason=reason)
    return Decision(allowed=True, rule="in-force", reason="all its nodes agreed on it, and it counts now")


def _within(amount: Money | None, most: Money) -> bool:
    return amount is not None and amount.currency == most.currency and amount.minor <= most.minor


def _texts(said: Mapping[str, Any], name: str) -> frozenset[str]:
    value = said[name]
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise Malformed(f"The terms' {name} are a list of texts.")
    return frozenset(value)


def _moment(said: Mapping[str, Any], name: str) -> str:
    try:
        moment = datetime.fromisoformat(said[name])
        if moment.tzinfo is not None:
            return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (TypeError, ValueError, OverflowError):
        pass
    raise Malformed(f"The terms' {name} is no moment with its zone.")
