# SPDX-License-Identifier: Apache-2.0
"""What else here is like a report: reports of the same payment, and whatever knows the receiving account.

All of it is read within what the viewer may see, as `find` does. Whether the same person reported before is compared
though victims are masked: what comes of it is the other report's reference and the rule, and only with the same amount.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from lintas.formats.identifiers import canonical
from lintas.formats.identifiers.accounts import ANY_BANK
from lintas.model.desk import Doc
from lintas.model.desk_found import ReportHead
from lintas.model.desk_ref import is_ref
from lintas.model.found import Hit
from lintas.model.identifier import Identifier
from lintas.model.report_answers import ElsewhereShown, LikenessShown
from lintas.model.scope import Scope
from lintas.policy.duplicates import Reported, Told, duplicates
from lintas.policy.requests import money_of
from lintas.ports.store import Snapshot
from lintas.work.reports.documents import codes_of, said_at
from lintas.work.services import Services

_BANK: Final = "bank_account"
_LOOKED_AT_MAX: Final = 100  # reports of one account, reference or person that are compared
_LATEST: Final = 200  # reports that are compared although account and reference are others: a digit may be wrong
_HITS_MAX: Final = 200  # rows of one account that are told of
_SHOWN_MAX: Final = 20  # of each kind
_REF_CHARS: Final = 18  # SG-R-7K3QF-9D2MX-4
_SEQ_MAX: Final = 2**62


def likenesses(
    services: Services,
    snapshot: Snapshot,
    ref: str,
    said: Mapping[str, Any],
    victim: Mapping[str, Any],
    scope: Scope,
) -> list[LikenessShown]:
    """Reports that may tell of the same payment, the most likely first."""
    one = Reported(ref=ref, payments=told(said), people=people(services, victim))
    heads = {head.ref: head for head in _candidates(services, snapshot, one, scope) if head.ref != ref}
    others = [
        Reported(
            ref=head.ref,
            payments=told(said_at(services, snapshot, head.seq)),
            people=_people_of(services, snapshot, head.ref, scope) if one.people else frozenset(),
        )
        for head in heads.values()
    ]
    return [
        LikenessShown(
            ref=line.ref,
            message=heads[line.ref].message,
            rank=line.rank,
            rule=line.rule,
            sentence=line.sentence,
            at=heads[line.ref].at,
            state=heads[line.ref].state,
        )
        for line in duplicates(one, others)[:_SHOWN_MAX]
    ]


def _candidates(services: Services, snapshot: Snapshot, one: Reported, scope: Scope) -> Iterable[ReportHead]:
    """Reports worth comparing: of the same account, reference or person; and the latest, of the same amount."""
    for payment in one.payments:
        if payment.account or payment.reference:
            yield from snapshot.reports_paying(payment.account, payment.reference, scope=scope, limit=_LOOKED_AT_MAX)
    unmasked = replace(scope, masked=0)
    pairs = [who.partition(":") for who in sorted(one.people)]
    terms = [(number, scheme, value) for number, (scheme, _, value) in enumerate(pairs)]
    refs = {snapshot.report_at(hit.seq) for hit in snapshot.hits(terms, scope=unmasked, limit=_LOOKED_AT_MAX)} - {""}
    for ref in sorted(refs):
        yield from snapshot.report(ref, scope=scope)[:1]
    minors = {payment.amount.minor for payment in one.payments if payment.amount}
    for head in snapshot.reports(scope=scope, before=_SEQ_MAX, limit=_LATEST) if minors else ():
        if any(paid.minor in minors for paid in snapshot.payments(head.seq)):
            yield head


def told(said: Mapping[str, Any]) -> tuple[Told, ...]:
    """The payments of a report as the rule compares them."""
    return tuple(
        Told(
            account=payment["to"]["value"],
            bank=payment["to"]["bank"] if len(payment["to"]["bank"]) == 8 else "",
            amount=money_of(payment["amount"]),
            at=datetime.fromisoformat(payment["at"]) if payment["at"] else None,
            reference=payment["reference"],
        )
        for payment in said.get("payments", ())
    )


def people(services: Services, victim: Mapping[str, Any]) -> frozenset[str]:
    """Who reported, as `scheme:value` of their phone and personal number."""
    said = [("phone", victim.get("phone", "")), (victim.get("id_scheme", ""), victim.get("id", ""))]
    found = [
        canonical(scheme, text, packs=services.packs, region=services.config.region)
        for scheme, text in said
        if scheme and text
    ]
    return frozenset(f"{one.scheme}:{one.value}" for one in found if isinstance(one, Identifier))


def _people_of(services: Services, snapshot: Snapshot, ref: str, scope: Scope) -> frozenset[str]:
    whose: frozenset[str] = frozenset()
    for seq, _ in snapshot.victims(ref, scope=scope):
        whose |= people(services, said_at(services, snapshot, seq))
    return whose


def elsewhere(
    services: Services, snapshot: Snapshot, ref: str, said: Mapping[str, Any], scope: Scope
) -> tuple[list[ElsewhereShown], list[str]]:
    """What else here knows the receiving accounts and handles of a report, and the ids of the messages that say so."""
    shown: list[ElsewhereShown] = []
    messages: set[str] = set()
    own = {*said.get("slips", ()), *said.get("texts", ())}
    own |= {kept for slip in said.get("slips", ()) if (kept := codes_of(services, snapshot, slip))}
    for identifier in _named(services, said):
        found = _known(snapshot, ref, own, identifier, scope, messages)
        if found is not None:
            shown.append(found)
    return shown, sorted(messages)


def _named(services: Services, said: Mapping[str, Any]) -> Sequence[Identifier]:
    parts = [payment["to"] for payment in said.get("payments", ())]
    terms = [(part["scheme"], part["bank"], part["value"]) for part in parts if part["scheme"] and part["value"]]
    terms += [(part["scheme"], "", part["value"]) for part in said.get("contacts", ())]
    found: dict[Identifier, None] = {}
    for scheme, bank, value in terms:
        texts = (f"{bank}:{value}", value) if scheme == _BANK and bank else (value,)
        tried = (canonical(scheme, text, packs=services.packs, region=services.config.region) for text in texts)
        one = next((each for each in tried if isinstance(each, Identifier)), None)
        if one is not None:
            found[one] = None
    return list(found)


def _hits(snapshot: Snapshot, identifier: Identifier, scope: Scope) -> list[Hit]:
    """What carries an identifier; of an account at a bank also what gives its number and names no bank."""
    hits = list(snapshot.hits([(0, identifier.scheme, identifier.value)], scope=scope, limit=_HITS_MAX))
    bank, _, number = identifier.value.partition(":")
    if identifier.scheme == _BANK and bank != ANY_BANK:
        bare = snapshot.hits([(0, _BANK, f"{ANY_BANK}:{number}")], scope=scope, limit=_HITS_MAX)
        hits += [hit for hit in bare if f"of-{_BANK}" not in hit.flags.split()]
    return hits


def _known(
    snapshot: Snapshot, ref: str, own: set[str], identifier: Identifier, scope: Scope, messages: set[str]
) -> ElsewhereShown | None:
    hits = _hits(snapshot, identifier, scope)
    heads = snapshot.heads({hit.seq for hit in hits}, scope=scope)
    refs: dict[Doc, list[str]] = {Doc.REPORT: [], Doc.REQUEST: [], Doc.CASE: []}
    others: list[str] = []
    for hit in hits:
        named = hit.entity[:_REF_CHARS]
        kind = next((doc for doc in refs if is_ref(named, doc)), None)
        if hit.seq not in heads or named == ref or heads[hit.seq].id in own:
            continue
        target = refs[kind] if kind is not None else others
        value = named if kind is not None else heads[hit.seq].id
        if value not in target:
            target.append(value)
            messages.add(heads[hit.seq].id)
    if not any(refs.values()) and not others:
        return None
    lists = (refs[Doc.REPORT], refs[Doc.REQUEST], refs[Doc.CASE], others)
    return ElsewhereShown(
        scheme=identifier.scheme,
        value=identifier.value,
        reports=lists[0][:_SHOWN_MAX],
        requests=lists[1][:_SHOWN_MAX],
        cases=lists[2][:_SHOWN_MAX],
        messages=lists[3][:_SHOWN_MAX],
        more=len(hits) >= _HITS_MAX or any(len(one) > _SHOWN_MAX for one in lists),
    )
