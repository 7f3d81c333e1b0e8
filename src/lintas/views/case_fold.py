# SPDX-License-Identifier: Apache-2.0
"""What the documents of a case come to.

A pure function of the set of documents. A field has the values that no later document replaced: two that were written
without knowing of each other both stand, and are shown as a conflict until one that comes after both says which it is.
Whether a node's word counts depends on what its document had seen, never on when it came.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from lintas.model.case import (
    ADDED,
    Call,
    Case,
    CaseFact,
    CaseTask,
    MemberNow,
    Proposal,
    Said,
    Spoken,
    Standing,
)
from lintas.views.case_order import Ordered, in_order

_AFTER_CLOSING: Final = ADDED | {Said.REOPENED, Said.LEFT, Said.CLOSED}
_LEAVES: Final = ADDED | {Said.DECLINED}  # what nothing comes after: not every member has it
_FIRST: Final = frozenset({Said.OPENED, Said.JOINED})  # said by who is not in the case yet
_STANDINGS: Final = {
    Said.OPENED: Standing.OPENER,
    Said.INVITED: Standing.INVITED,
    Said.JOINED: Standing.JOINED,
    Said.DECLINED: Standing.DECLINED,
    Said.LEFT: Standing.LEFT,
}
_RANKS: Final = (Standing.OPENER, Standing.JOINED, Standing.LEFT, Standing.INVITED, Standing.DECLINED)


def fold_case(opener: str, facts: Sequence[CaseFact]) -> Case:
    """Put a case together.

    Args:
        opener: Node that opened it: with the reference it names the case.
        facts: Documents under that name, by whomever, in any order.
    """
    ordered = in_order(opener, facts)
    folding = _Folding(opener, ordered)
    folding.take_all()
    return folding.case(facts)


class _Write(NamedTuple):
    """A value that a document gave a field."""

    place: int
    spoken: Spoken


class _Stood(NamedTuple):
    """What a document made of a node."""

    place: int
    fact: CaseFact
    standing: Standing


class _Handed(NamedTuple):
    """A change of the coordinating desk that all accepted who had to."""

    needs: int  # bits of its documents
    seen: int  # what the proposal had seen
    node: str


class _Asked(NamedTuple):
    """A proposal of another coordinating desk."""

    place: int
    fact: CaseFact
    needs: frozenset[str]  # nodes that have to accept
    said: dict[str, int]  # node -> place of the document that accepts


class _Folding:
    """The state while documents are taken one by one, in their order."""

    def __init__(self, opener: str, ordered: Ordered) -> None:
        self.opener, self.ordered = opener, ordered
        self.root = ""
        self.idle: list[tuple[str, str, str]] = []
        self.writes: dict[str, list[_Write]] = {}
        self.stood: dict[str, list[_Stood]] = {}
        self.asked: dict[str, _Asked] = {}
        self.handed: list[_Handed] = []
        self.tasks: list[CaseFact] = []
        self.added: list[CaseFact] = []

    def take_all(self) -> None:
        for place, fact in enumerate(self.ordered.facts):
            reason = self._refusal(place, fact)
            if reason:
                self.idle.append((fact.node, fact.id, reason))
            else:
                self._take(place, fact)
        self.idle += [(one.node, one.id, "its node is not in the case") for one in self.ordered.outside]
        self.idle += [
            (one.node, one.id, "its node said something else under the same id") for one in self.ordered.twice
        ]

    def _refusal(self, place: int, fact: CaseFact) -> str:
        """Why a document changes nothing; empty when it does."""
        seen = self.ordered.seen[place]
        if fact.what is Said.OPENED:
            return "" if fact.node == self.opener and not self.root and not fact.after else "it was opened already"
        if not self.root:
            return "it comes before the case was opened"
        if fact.what in (Said.JOINED, Said.DECLINED):
            return "" if self._is_called(fact.node, seen) else "its node was not invited"
        if not self.is_in(fact.node, seen):
            return "its node is not in the case"
        if fact.what not in _AFTER_CLOSING and self._values_at("state", seen) == {"closed"}:
            return "the case was closed"
        rule = _RULES.get(fact.what)
        return "" if rule is None else rule(self, fact, seen)

    def _take(self, place: int, fact: CaseFact) -> None:
        said, what = fact.said, fact.what
        if what in ADDED:
            self.added.append(fact)
        if what is Said.OPENED:
            self.root = fact.id
        if what in _STANDINGS:
            self._stand(place, fact, said["node"] if what is Said.INVITED else fact.node, _STANDINGS[what])
        if what is Said.TASK:
            self.tasks.append(fact)
        if what is Said.COORDINATOR:
            self._coordinate(place, fact)
        for name, value in _written(fact):
            self._write(place, fact, name, value)

    def _write(self, place: int, fact: CaseFact, name: str, value: str) -> None:
        spoken = Spoken(value, fact.node, fact.by, fact.at, fact.id)
        self.writes.setdefault(name, []).append(_Write(place, spoken))

    def _stand(self, place: int, fact: CaseFact, node: str, standing: Standing) -> None:
        self.stood.setdefault(node, []).append(_Stood(place, fact, standing))

    def _coordinate(self, place: int, fact: CaseFact) -> None:
        seen, said = self.ordered.seen[place], fact.said
        if said["step"] == "proposed":
            needs = frozenset({said["node"], *self.coordinators_at(seen)})
            asked = self.asked.setdefault(fact.id, _Asked(place, fact, needs, {}))
        else:
            asked = self.asked[said["proposal"]]
        is_done = asked.needs <= asked.said.keys()
        asked.said.setdefault(fact.node, place)
        if not is_done and asked.needs <= asked.said.keys():
            bits = 1 << asked.place
            for node in asked.needs:
                bits |= 1 << asked.said[node]
            self.handed.append(_Handed(bits, self.ordered.seen[asked.place], asked.fact.said["node"]))

    # what a document had seen

    def coordinators_at(self, seen: int) -> tuple[str, ...]:
        """Who coordinates as far as a document had seen; several when changes crossed."""
        known = [one for one in self.handed if one.needs & ~seen == 0]
        last = [one for one in known if not any(one.needs & ~other.seen == 0 for other in known)]
        return tuple(sorted({one.node for one in last})) or (self.opener,)

    def is_in(self, node: str, seen: int) -> bool:
        last = self._last(node, seen)
        return last is not None and last.standing in (Standing.OPENER, Standing.JOINED)

    def task_at(self, task: str, seen: int) -> CaseFact | None:
        """A task that a document had seen."""
        known = (write for write in self.writes.get(f"task:{task}", ()) if seen >> write.place & 1)
        ids = {write.spoken.doc for write in known}
        return next((one for one in self.tasks if one.id == task and task in ids), None)

    def accepting(self, fact: CaseFact, seen: int) -> str:
        """Why an acceptance changes nothing."""
        asked = self.asked.get(fact.said["proposal"])
        if asked is None or not seen >> asked.place & 1:
            return "it accepts a proposal that it has not seen"
        return "" if fact.node in asked.needs else "it has not to accept it"

    def _is_called(self, node: str, seen: int) -> bool:
        last = self._last(node, seen)
        return last is not None and last.standing is Standing.INVITED

    def _last(self, node: str, seen: int) -> _Stood | None:
        """What a node was last, as far as a document had seen; of what was written past each other, what binds more."""
        known = [one for one in self.stood.get(node, ()) if seen >> one.place & 1]
        before = 0
        for one in known:
            before |= self.ordered.seen[one.place]
        last = [one for one in known if not before >> one.place & 1]
        return min(last, key=lambda one: (_RANKS.index(one.standing), one.fact.id)) if last else None

    def _values_at(self, name: str, seen: int) -> set[str]:
        known = [one for one in self.writes.get(name, ()) if seen >> one.place & 1]
        return {one.spoken.value for one in self._unreplaced(known)}

    def _unreplaced(self, writes: Sequence[_Write]) -> list[_Write]:
        replaced = 0
        for one in writes:
            replaced |= self.ordered.seen[one.place]
        return [one for one in writes if not replaced >> one.place & 1]

    # what it all comes to

    def case(self, facts: Sequence[CaseFact]) -> Case:
        whole = (1 << len(self.ordered.facts)) - 1
        fields = tuple(
            (name, self._spoken(name))
            for name in sorted(self.writes)
            if not name.startswith(("officer:", "task:")) and name != "state"
        )
        taken = {fact.message for fact in self.ordered.facts}
        named = {one for fact in self.ordered.waiting for one in fact.after}
        here = {fact.id for fact in (*self.ordered.facts, *self.ordered.waiting)}
        here |= {one for fact in self.ordered.facts for one in fact.said.get("past", ())}
        return Case(
            opener=self.opener,
            root=self.root,
            fields=fields,
            state=self._spoken("state"),
            members=tuple(self._member(node, whole) for node in sorted(self.stood)),
            coordinators=self.coordinators_at(whole) if self.root else (),
            proposals=self._proposals(whole),
            tasks=tuple(self._task(fact) for fact in sorted(self.tasks, key=lambda one: (one.at, one.id))),
            added=tuple(sorted(self.added, key=lambda one: (one.at, one.id))),
            calls=_calls(fact for fact in facts if fact.message not in taken and fact.what is Said.INVITED),
            heads=self._heads(),
            idle=tuple(sorted(self.idle)),
            waiting=tuple(fact.id for fact in self.ordered.waiting),
            missing=tuple(sorted(named - here)),
        )

    def _spoken(self, name: str) -> tuple[Spoken, ...]:
        """Values that nothing replaced, each once, in an order that is the same everywhere."""
        found: dict[str, Spoken] = {}
        for one in sorted(self._unreplaced(self.writes.get(name, [])), key=lambda one: one.spoken.doc):
            found.setdefault(one.spoken.value, one.spoken)
        return tuple(found.values())

    def _member(self, node: str, whole: int) -> MemberNow:
        last = self._last(node, whole)
        assert last is not None, "only nodes that something was said of"
        return MemberNow(
            node=node,
            standing=last.standing,
            officers=self._spoken(f"officer:{node}"),
            at=last.fact.at,
            ground=str(last.fact.said.get("ground", "")),
            doc=last.fact.id,
        )

    def _task(self, fact: CaseFact) -> CaseTask:
        said: Mapping[str, str] = fact.said
        return CaseTask(
            id=fact.id,
            message=fact.message,
            node=fact.node,
            by=fact.by,
            at=fact.at,
            title=said["title"],
            to=said["to"],
            officer=said["officer"],
            due=said["due"],
            request=said["request"],
            states=self._spoken(f"task:{fact.id}"),
        )

    def _proposals(self, whole: int) -> tuple[Proposal, ...]:
        now = self.coordinators_at(whole)
        return tuple(
            Proposal(
                id=one.fact.id,
                node=one.fact.said["node"],
                by=one.fact.node,
                at=one.fact.at,
                waits_for=tuple(sorted(one.needs - one.said.keys())),
            )
            for one in sorted(self.asked.values(), key=lambda one: (one.fact.at, one.fact.id))
            if one.needs - one.said.keys() and one.needs - {one.fact.said["node"]} <= set(now)
        )

    def _heads(self) -> tuple[str, ...]:
        """Documents that none follows and that every member has: what the next one comes after."""
        facts = [
            fact
            for fact, seen in zip(self.ordered.facts, self.ordered.seen, strict=True)
            if fact.what not in _LEAVES and (fact.what in _FIRST or self.is_in(fact.node, seen))
        ]
        followed = {one for fact in facts for one in fact.after}
        return tuple(sorted({fact.id for fact in facts if not self._is_idle(fact)} - followed))

    def _is_idle(self, fact: CaseFact) -> bool:
        return fact.what in _FIRST and any(one[:2] == (fact.node, fact.id) for one in self.idle)


def _written(fact: CaseFact) -> list[tuple[str, str]]:
    """Fields that a document gives a value."""
    said = fact.said
    match fact.what:
        case Said.OPENED:
            return [(name, said[name]) for name in ("title", "area", "kind")]
        case Said.CHANGED:
            return [(said["field"], said["value"])]
        case Said.JOINED:
            return [(f"officer:{fact.node}", said["officer"])] if said["officer"] else []
        case Said.OFFICER:
            return [(f"officer:{fact.node}", said["name"])]
        case Said.CLOSED | Said.REOPENED:
            return [("state", "closed" if fact.what is Said.CLOSED else "open")]
        case Said.TASK:
            return [(f"task:{fact.id}", "open")]
        case Said.TASK_STATE:
            return [(f"task:{said['task']}", said["state"])]
        case _:
            return []


def _calls(invitations: Iterable[CaseFact]) -> tuple[Call, ...]:
    found = {
        (fact.node, fact.id): Call(
            id=fact.id,
            message=fact.message,
            node=fact.said["node"],
            by=fact.node,
            at=fact.at,
            title=fact.said["title"],
            members=tuple(fact.said["members"]),
        )
        for fact in invitations
    }
    return tuple(found[key] for key in sorted(found))


# Why a document of a member changes nothing; what no rule refuses counts.


def _inviting(folding: _Folding, fact: CaseFact, seen: int) -> str:
    if fact.node not in folding.coordinators_at(seen):
        return "only the coordinating desk invites"
    return "it is in the case already" if folding.is_in(fact.said["node"], seen) else ""


def _leaving(folding: _Folding, fact: CaseFact, seen: int) -> str:
    return "it coordinates the case: another desk takes over first" if _coordinates(folding, fact, seen) else ""


def _naming(_folding: _Folding, fact: CaseFact, _seen: int) -> str:
    return "" if fact.said["node"] == fact.node else "each state names its own officer in charge"


def _closing(folding: _Folding, fact: CaseFact, seen: int) -> str:
    return "" if _coordinates(folding, fact, seen) else "only the coordinating desk closes and reopens"


def _working(folding: _Folding, fact: CaseFact, seen: int) -> str:
    task = folding.task_at(fact.said["task"], seen)
    if task is None:
        return "there is no such task"
    return "" if fact.node in (task.node, task.said["to"]) else "it is another node's task"


def _coordinating(folding: _Folding, fact: CaseFact, seen: int) -> str:
    if fact.said["step"] == "proposed":
        return "" if folding.is_in(fact.said["node"], seen) else "the desk proposed is not in the case"
    return folding.accepting(fact, seen)


def _coordinates(folding: _Folding, fact: CaseFact, seen: int) -> bool:
    return fact.node in folding.coordinators_at(seen)


_RULES: Final[Mapping[Said, Callable[[_Folding, CaseFact, int], str]]] = {
    Said.INVITED: _inviting,
    Said.LEFT: _leaving,
    Said.OFFICER: _naming,
    Said.CLOSED: _closing,
    Said.REOPENED: _closing,
    Said.TASK_STATE: _working,
    Said.COORDINATOR: _coordinating,
}
