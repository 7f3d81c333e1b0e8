# SPDX-License-Identifier: Apache-2.0
"""What may leave this node: one table of refusals, of which the first that holds decides.

The person who shares names recipients, purpose and basis; the marking narrows each where it names any; the law profile
of our country bounds both. Taken at share time and again at send time, so it depends on nothing but its arguments.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final, NamedTuple

from lintas.crypto.canonical import canonical_json
from lintas.formats.law import Basis, LawProfile, LawProfiles
from lintas.limits import RELEASE_BYTES_MAX
from lintas.model.header import TRAVELLING, Mode
from lintas.model.marking import Marking, Onward, Protected, Tlp, Use
from lintas.model.peering import Standing
from lintas.policy.decision import Decision
from lintas.policy.tipping import STOPPED

CLASS_STR: Final = "class-str"  # of this no decision is kept: that there is one would tell
_TRAVELLING: Final = frozenset(kind.value for kind in TRAVELLING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The node that would get it."""

    node: str
    name: str  # of its organisation, for the sentence
    country: str  # two capital letters
    mode: Mode
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is to leave, from where, and what the person who shares it says."""

    own_mode: Mode
    own_country: str  # two capital letters
    is_quarantined: bool  # this node was restored and has not shown that it is current
    is_own: bool  # the message was originated here
    kind: str  # of the message
    size_bytes: int  # of its payload
    named: frozenset[str]  # node ids of all whom the person names
    purpose: str  # code; empty if none was given
    basis: str  # code; empty if none was given
    law: LawProfiles
    is_tipping: bool = False  # the tipping-off check stopped it


class _Case(NamedTuple):
    """What the rules are asked about."""

    marking: Marking
    to: Recipient
    said: Situation
    profile: LawProfile  # that binds us


_Rule = tuple[str, Callable[[_Case], bool], Callable[[_Case], str]]

_REFUSALS: Final[tuple[_Rule, ...]] = (
    (
        "quarantined",
        lambda c: c.said.is_quarantined,
        lambda _: "this node was restored and has not shown that it is current: release it from quarantine first",
    ),
    (
        "mode",
        lambda c: c.to.mode is not c.said.own_mode,
        lambda c: (
            f"{c.to.name} works in {c.to.mode.value} mode and this node in {c.said.own_mode.value} mode; they never mix"
        ),
    ),
    (
        "standing-removed",
        lambda c: c.to.standing is Standing.REMOVED,
        lambda c: f"{c.to.name} was removed from the peers: add and introduce it anew to release to it",
    ),
    (
        "standing-suspended",
        lambda c: c.to.standing is Standing.SUSPENDED,
        lambda c: f"{c.to.name} is suspended: see why, and let a named person resume it",
    ),
    (
        "standing-unverified",
        lambda c: c.to.standing is Standing.UNVERIFIED and c.said.own_mode is not Mode.EXERCISE,
        lambda c: f"nobody has heard the words of {c.to.name} yet: introduce it on a call by two people first",
    ),
    (
        "kind",
        lambda c: c.said.kind not in _TRAVELLING,
        lambda c: f"a message of kind {_cut(c.said.kind)} never leaves its node",
    ),
    (
        "onward-none",
        lambda c: not c.said.is_own and c.marking.onward is Onward.NONE,
        lambda c: f"its originator lets nobody pass it on: ask them to share it with {c.to.name} themselves",
    ),
    (
        "onward-consent",
        lambda c: not c.said.is_own,
        lambda c: (
            f"it is passed on with its originator's consent alone, and there is none: "
            f"ask them to share it with {c.to.name} themselves"
        ),
    ),
    (
        CLASS_STR,
        lambda c: Protected.STR in c.marking.classes,
        lambda _: "it is derived from a suspicious transaction report: the unit that holds it releases it first",
    ),
    (
        "tipping-off",
        lambda c: c.said.is_tipping,
        lambda _: STOPPED,
    ),
    (
        "nobody",
        lambda c: not c.said.named,
        lambda _: "no recipient was named, so it goes to nobody: name who is to have it",
    ),
    (
        "recipients",
        lambda c: bool(c.marking.recipients) and c.to.node not in c.marking.recipients,
        lambda c: f"its marking names its recipients, and {c.to.name} is not one of them",
    ),
    (
        "not-named",
        lambda c: c.to.node not in c.said.named,
        lambda c: f"{c.to.name} was not named: name it too if it is to have this",
    ),
    (
        "tlp-red",
        lambda c: c.marking.tlp is Tlp.RED,
        lambda _: "it is TLP:RED, for named people and never for a node, so it stays home",
    ),
    (
        "tlp-amber-strict",
        lambda c: c.marking.tlp is Tlp.AMBER_STRICT and c.to.node not in c.marking.recipients,
        lambda c: (
            f"it is TLP:AMBER+STRICT, which leaves only for recipients in its marking: "
            f"mark it for {c.to.name} if it is to go there"
        ),
    ),
    (
        "purpose-missing",
        lambda c: not c.said.purpose,
        lambda c: f"no purpose was given: say what {c.to.name} is to use it for",
    ),
    (
        "purposes",
        lambda c: bool(c.marking.purposes) and c.said.purpose not in c.marking.purposes,
        lambda c: f"its marking allows the purposes {_listed(c.marking.purposes)}, not {_cut(c.said.purpose)}",
    ),
    (
        "basis-missing",
        lambda c: not c.said.basis,
        lambda c: f"no legal basis was given: say on which one {c.to.name} may have it",
    ),
    (
        "legal-basis",
        lambda c: bool(c.marking.legal_basis) and c.said.basis not in c.marking.legal_basis,
        lambda c: f"its marking allows the legal basis {_listed(c.marking.legal_basis)}, not {_cut(c.said.basis)}",
    ),
    (
        "law-purpose",
        lambda c: c.said.purpose not in c.profile.purposes,
        lambda c: (
            f"{_whose(c)} does not permit the purpose {_cut(c.said.purpose)}: use one of {_listed(c.profile.purposes)}"
        ),
    ),
    (
        "law-basis",
        lambda c: c.said.basis not in c.profile.bases,
        lambda c: (
            f"{_whose(c)} does not know the legal basis {_cut(c.said.basis)}: use one of {_listed(c.profile.bases)}"
        ),
    ),
    (
        "law-country",
        lambda c: not c.profile.bases[c.said.basis].covers(c.to.country),
        lambda c: (
            f"{_named_basis(c)} does not cover {_cut(c.to.country)}, the country of {c.to.name}: "
            f"{_others(c, lambda basis: basis.covers(c.to.country))}"
        ),
    ),
    (
        "law-scope",
        lambda c: not c.profile.bases[c.said.basis].serves(c.said.purpose),
        lambda c: (
            f"{_named_basis(c)} does not serve the purpose {_cut(c.said.purpose)}: "
            f"{_others(c, lambda basis: basis.covers(c.to.country) and basis.serves(c.said.purpose))}"
        ),
    ),
    (
        "law-evidence",
        lambda c: c.marking.use is Use.EVIDENCE and not c.profile.bases[c.said.basis].carries_evidence,
        lambda c: (
            f"it is marked for use as evidence, and {_named_basis(c)} carries intelligence only: "
            f"{_others(c, lambda b: b.covers(c.to.country) and b.serves(c.said.purpose) and b.carries_evidence)}"
        ),
    ),
    (
        "size",
        lambda c: c.said.size_bytes > RELEASE_BYTES_MAX,
        lambda c: f"it has {c.said.size_bytes} bytes, and at most {RELEASE_BYTES_MAX} are released at once: split it",
    ),
)
RULES: Final = tuple(rule for rule, _, _ in _REFUSALS)  # in the order in which they are asked


def release(marking: Marking, *, recipient: Recipient, situation: Situation) -> Decision:
    """Say whether a message with this marking may be released to one recipient. The first refusal in the table wins.

    PAP is not asked: it tells the recipient what they may do, and travels with the message.

    Source: architecture of exchange, "the release decision"; TLP 2.0 (FIRST, 2022); the law pack for law.
    """
    case = _Case(marking, recipient, situation, situation.law.of(situation.own_country))
    for rule, refuses, reason in _REFUSALS:
        if refuses(case):
            return Decision(allowed=False, rule=rule, reason=reason(case))
    return _allowed(case.profile, situation.own_country, situation.purpose, situation.basis)


def released_marking(marking: Marking, *, recipient: Recipient, purpose: str, basis: str) -> Marking:
    """Say what the released message's header tells its recipient: only them, only for this, only on this.

    Args:
        marking: As it stands at home; nothing of it is loosened.
        purpose: As `release` allowed it, and so `basis`.
    """
    assert not marking.recipients or recipient.node in marking.recipients, "release allows it first"
    assert not marking.purposes or purpose in marking.purposes, "release allows it first"
    assert not marking.legal_basis or basis in marking.legal_basis, "release allows it first"
    return Marking(
        tlp=marking.tlp,
        pap=marking.pap,
        recipients=frozenset({recipient.node}),
        purposes=frozenset({purpose}),
        legal_basis=frozenset({basis}),
        use=marking.use,
        onward=marking.onward,
        retention=marking.retention,
        classes=marking.classes,
    )


def conditions_digest(marking: Marking, *, recipient: Recipient, situation: Situation) -> str:
    """Name all that a decision depends on but the law, so that it is taken and stored once: 64 hex digits.

    Whom else the person or the marking names, and how far a size is from its limit, decides nothing for this recipient
    and is left out: many messages share one decision.
    """
    conditions = {
        "marking": marking.codes(),
        "marked": _place(recipient.node, marking.recipients),
        "named": _place(recipient.node, situation.named),
        "recipient": {
            "country": recipient.country,
            "mode": recipient.mode.value,
            "node": recipient.node,
            "standing": recipient.standing.value,
        },
        "own": {
            "country": situation.own_country,
            "is_quarantined": situation.is_quarantined,
            "mode": situation.own_mode.value,
        },
        "message": {
            "is_own": situation.is_own,
            "is_small": situation.size_bytes <= RELEASE_BYTES_MAX,
            "kind": situation.kind,
        }
        # only where it says something: decisions that were stored before it was asked are found still
        | ({"is_tipping": True} if situation.is_tipping else {}),
        "purpose": situation.purpose,
        "basis": situation.basis,
    }
    return sha256(canonical_json(conditions)).hexdigest()


def policy_digest(law: LawProfiles) -> str:
    """Name the rules and the law that decide: 64 hex digits. A new law pack or rule makes decisions be taken anew."""
    said = {"law": law.digest, "release_bytes_max": RELEASE_BYTES_MAX, "rules": RULES, "v": 1}
    return sha256(canonical_json(said)).hexdigest()


def _place(node: str, nodes: frozenset[str]) -> str:
    """Whether a list names a node, only others, or nobody."""
    if node in nodes:
        return "named"
    return "others" if nodes else "nobody"


@lru_cache(maxsize=1024)
def _allowed(profile: LawProfile, country: str, purpose: str, basis: str) -> Decision:
    """The same for all that goes out under one law, purpose and basis, so it is put into words once."""
    unsure = [
        text
        for text, confirmed in (
            ("the law profile", profile.confirmed),
            (f"the legal basis {basis}", profile.bases[basis].confirmed),
            (f"the purpose {purpose}", profile.purposes[purpose].confirmed),
        )
        if not confirmed
    ]
    told = "no rule refuses it"
    if not profile.country:
        told += f"; the default law profile was asked, since {_cut(country)} has none of its own"
    if unsure:
        told += f"; unconfirmed: {', '.join(unsure)}"
    return Decision(allowed=True, rule="released", reason=told)


def _whose(case: _Case) -> str:
    profile = case.profile
    unsure = "" if profile.confirmed else "unconfirmed "
    if profile.country:
        return f"the {unsure}law profile of {profile.country}"
    return f"the {unsure}default law profile, since {_cut(case.said.own_country)} has none of its own,"


def _named_basis(case: _Case) -> str:
    basis = case.profile.bases[case.said.basis]
    return f"the {'' if basis.confirmed else 'unconfirmed '}legal basis {basis.code} ({basis.label})"


def _others(case: _Case, fits: Callable[[Basis], bool]) -> str:
    found = [code for code, basis in case.profile.bases.items() if fits(basis)]
    return f"use one of {_listed(found)}" if found else "our law profile has no other that would do"


def _listed(codes: Iterable[str]) -> str:
    return ", ".join(sorted(codes)) or "none"


def _cut(code: str) -> str:
    return f"“{code[:64]}”"
