# SPDX-License-Identifier: Apache-2.0
"""The parts of a case as one viewer sees them.

What stands in a document that they may not see is not there for them. An item of which they may see that it is there,
but not what it says, is one line without its name.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lintas.model.case import Case, CaseFact, MemberNow, Said, Spoken, Standing
from lintas.model.case_answers import (
    AccountInCase,
    CaseLine,
    CaseShown,
    FieldShown,
    IdleShown,
    ItemShown,
    MemberShown,
    OverlapShown,
    PersonShown,
    ProposalShown,
    RequestInCase,
    TaskShown,
    ValueSaid,
    WordShown,
)
from lintas.model.case_found import CaseHead
from lintas.model.desk_found import RequestHead
from lintas.model.found import MessageHead
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.cases.carrying import is_at_home, owed
from lintas.work.services import Services

_REQUESTS_MAX: Final = 200
_NEVER: Final = "9"
_NO_PEER: Final = "it is no peer of this node"


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """Who looks at what, and from where."""

    services: Services
    snapshot: Snapshot
    viewer: Viewer
    scope: Scope
    head: CaseHead
    names: dict[str, str]  # of nodes

    def name(self, node: str) -> str:
        """What people call a node."""
        return self.names.get(node, node[:20])

    def named(self, one: OverlapShown) -> OverlapShown:
        """An overlap with its node as people call it."""
        return msgspec.structs.replace(one, node_name=self.name(one.node_name) if one.node_name else "")


class Parts:
    """What a viewer sees of a case."""

    def __init__(self, looking: Looking, case: Case, facts: Sequence[CaseFact]) -> None:
        self._looking, self._case, self._facts = looking, case, facts
        self._own = looking.services.keys.node
        self._seen: dict[int, MessageHead] = looking.snapshot.heads([one.seq for one in facts], scope=looking.scope)
        self._items: dict[str, MessageHead] = {}
        self._owed = {one.node: len(one.facts) for one in owed(looking.services, looking.snapshot, *_named(looking))}

    def shown(self, line: CaseLine, overlaps: list[Any]) -> CaseShown:
        """All of it."""
        case, looking = self._case, self._looking
        items = [self._item(one) for one in self._visible(Said.ITEM)]
        entry = looking.snapshot.entry_by_id(looking.head.message)
        lists = [] if entry is None else looking.snapshot.lists_on(entry.seq)
        heads = [*self._seen.values(), *self._items.values()]
        return CaseShown(
            line=line,
            fields=[FieldShown(name, self._values(values)) for name, values in case.fields],
            members=[self._member(one) for one in case.members],
            tasks=[self._task(index) for index in range(len(case.tasks))],
            items=items,
            hidden_items=sum(not one.is_seen for one in items),
            accounts=[self._account(one) for one in self._visible(Said.ACCOUNT)],
            people=[self._person(one) for one in self._visible(Said.PERSON)],
            events=sorted((self._event(one) for one in self._visible(Said.EVENT)), key=lambda one: one.at),
            notes=[self._note(one) for one in self._visible(Said.NOTE)],
            requests=[
                _request(one, looking.name(one.other))
                for one in looking.snapshot.requests_of_case(line.ref, scope=looking.scope, limit=_REQUESTS_MAX)
            ],
            proposals=[
                ProposalShown(
                    id=one.id,
                    node=one.node,
                    name=looking.name(one.node),
                    by_name=looking.name(one.by),
                    waits_for=[looking.name(node) for node in one.waits_for],
                    waits_for_us=self._own in one.waits_for,
                )
                for one in case.proposals
            ],
            conflicts=[FieldShown(name, self._values(values)) for name, values in case.conflicts],
            overlaps=overlaps,
            idle=self._idle(),
            missing=len(case.missing),
            lists=lists,
            invited_by=self._inviter(),
            marking=Tlp(max((one.tlp for one in heads), default=Tlp.AMBER)).label,
        )

    def messages(self) -> list[str]:
        """Ids of the messages whose content is shown."""
        return sorted({one.id for one in (*self._seen.values(), *self._items.values()) if not one.masked})

    def places(self) -> list[int]:
        """Places of what the case is about: its accounts and people, and its items."""
        about = (Said.ACCOUNT, Said.PERSON, Said.OPENED, Said.NOTE)
        own = [one.seq for one in self._facts if one.what in about and one.seq in self._seen]
        for fact in self._visible(Said.ITEM):
            self._item_head(fact)
        return [*own, *(one.seq for one in self._items.values())]

    def _visible(self, what: Said) -> list[CaseFact]:
        return [one for one in self._case.of(what) if one.seq in self._seen]

    def _values(self, spoken: Sequence[Spoken]) -> list[ValueSaid]:
        name = self._looking.name
        return [ValueSaid(one.value, one.node, name(one.node), one.by, one.at) for one in spoken]

    def _member(self, one: MemberNow) -> MemberShown:
        looking = self._looking
        peers = {peer.node: peer for peer in looking.snapshot.peers()}
        unsent = self._owed.get(one.node, 0)
        country = looking.services.config.country if one.node == self._own else ""
        return MemberShown(
            node=one.node,
            name=looking.name(one.node),
            country=peers[one.node].country if one.node in peers else country,
            standing=one.standing.value,
            officers=self._values(one.officers),
            is_self=one.node == self._own,
            is_coordinator=one.node in self._case.coordinators,
            at=one.at,
            ground=one.ground,
            unsent=unsent,
            why_unsent="" if one.node in peers or not unsent else _NO_PEER,
        )

    def _task(self, index: int) -> TaskShown:
        one, looking = self._case.tasks[index], self._looking
        held = looking.snapshot.owner(one.message)
        states = {value.value for value in one.states}
        return TaskShown(
            id=one.id,
            message=one.message,
            title=one.title,
            to=one.to,
            to_name=looking.name(one.to),
            is_ours=one.to == self._own,
            officer=one.officer,
            due=one.due,
            state="open" if one.is_open else min(states),
            is_disputed=len(states) > 1,
            request=one.request,
            by=one.by,
            by_node=looking.name(one.node),
            at=one.at,
            owner="" if held is None else held.owner,
            offered_to="" if held is None else held.offered_to,
        )

    def _item_head(self, fact: CaseFact) -> MessageHead | None:
        """An item as this node holds it, if the viewer may see it."""
        if fact.node == self._own:
            named = str(fact.said["message"])
        else:
            given = (one for one in self._case.of(Said.GIVEN) if one.node == fact.node)
            mine = (one for one in given if one.said["item"] == fact.id and one.said["node"] == self._own)
            named = next((str(one.said["message"]) for one in mine), "")
        head = self._looking.snapshot.head(MessageId(named), scope=self._looking.scope) if named else None
        if head is not None:
            self._items[fact.id] = head
        return head

    def _item(self, fact: CaseFact) -> ItemShown:
        head = self._item_head(fact)
        is_seen, is_masked = head is not None, head is not None and bool(head.masked)
        has = [one.said["node"] for one in self._case.of(Said.GIVEN) if one.said["item"] == fact.id]
        return ItemShown(
            id=fact.id,
            message="" if head is None else head.id,
            title=fact.said["title"] if is_seen and not is_masked else "",
            note=fact.short if is_seen and not is_masked else "",
            marking="" if head is None else Marking.from_codes(json.loads(head.marking)).tlp.label,
            is_seen=is_seen,
            is_masked=is_masked,
            node=fact.node,
            node_name=self._looking.name(fact.node),
            by=fact.by,
            at=fact.at,
            given=sorted({self._looking.name(one) for one in has}),
        )

    def _account(self, fact: CaseFact) -> AccountInCase:
        account = fact.said["account"]
        return AccountInCase(
            scheme=account["scheme"],
            value=account["value"],
            bank=account["bank"],
            country=account["country"],
            name=account["name"],
            role=fact.said["role"],
            node_name=self._looking.name(fact.node),
            by=fact.by,
            at=fact.at,
            message=fact.message,
        )

    def _person(self, fact: CaseFact) -> PersonShown:
        is_masked = bool(self._seen[fact.seq].masked)
        return PersonShown(
            role=fact.said["role"],
            name="" if is_masked else fact.said["name"],
            entity="" if is_masked else fact.said["entity"],
            is_masked=is_masked,
            node_name=self._looking.name(fact.node),
            by=fact.by,
            at=fact.at,
            message=fact.message,
        )

    def _event(self, fact: CaseFact) -> WordShown:
        return self._word(fact, fact.said["title"], fact.said["at"])

    def _note(self, fact: CaseFact) -> WordShown:
        return self._word(fact, fact.short, fact.at)

    def _word(self, fact: CaseFact, text: str, at: str) -> WordShown:
        is_masked = bool(self._seen[fact.seq].masked)
        return WordShown(
            text="" if is_masked else text,
            lang=fact.lang,
            at=at,
            node_name=self._looking.name(fact.node),
            by=fact.by,
            is_home=is_at_home(fact),
            message=fact.message,
        )

    def _idle(self) -> list[IdleShown]:
        by_key = {(one.node, one.id): one for one in self._facts}
        return [
            IdleShown(self._looking.name(node), fact.what.value, reason, fact.at)
            for node, doc, reason in self._case.idle
            if (fact := by_key[node, doc]).seq in self._seen
        ]

    def _inviter(self) -> str:
        """Who asks this node to join, while it has not answered."""
        calls = [one.by for one in self._case.calls if one.node == self._own]
        if self._case.standing(self._own) is Standing.INVITED:
            asked = [one for one in self._facts if one.what is Said.INVITED and one.said["node"] == self._own]
            calls = [one.node for one in asked] or calls
        return self._looking.name(calls[-1]) if calls else ""


def _named(looking: Looking) -> tuple[str, str]:
    return looking.head.opener, looking.head.ref


def _request(one: RequestHead, other: str) -> RequestInCase:
    return RequestInCase(
        ref=one.ref,
        message=one.message,
        form=one.form,
        state=one.state,
        side=one.side,
        other=other,
        next_due="" if one.next_due == _NEVER else one.next_due,
        held_minor=one.held_minor,
        currency=one.currency,
    )
