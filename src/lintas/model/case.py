# SPDX-License-Identifier: Apache-2.0
"""Cases: what can be said in one, and what all that was said comes to.

Source: docs/spec/cases.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple

from lintas.model.ids import MessageId


class Said(StrEnum):
    """What can be said in a case."""

    OPENED = "opened"
    CHANGED = "changed"  # one field: title, area, kind or summary
    INVITED = "invited"  # by the coordinating desk
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"
    OFFICER = "officer"  # who is in charge in one state: that state says it
    COORDINATOR = "coordinator"  # another coordinating desk is proposed, or accepted
    CLOSED = "closed"
    REOPENED = "reopened"
    TASK = "task"
    TASK_STATE = "task_state"
    # what is only added, and so can never be in conflict
    ITEM = "item"  # a message belongs to the case
    GIVEN = "given"  # under which id a member has an item
    ACCOUNT = "account"  # an account, wallet, phone … that the case is about
    NOTE = "note"
    EVENT = "event"
    PERSON = "person"
    PASSED = "passed"  # at home: documents that do not come any more are waited for no longer


ADDED: Final = frozenset({Said.ITEM, Said.GIVEN, Said.ACCOUNT, Said.NOTE, Said.EVENT, Said.PERSON, Said.PASSED})
FIELDS: Final = ("title", "area", "kind", "summary")
SHELTERED: Final = frozenset({"victim", "witness", "child"})  # roles of people who never leave with a case
TASK_OPEN: Final = "open"


class Standing(StrEnum):
    """What a node is to a case."""

    OPENER = "opener"
    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFact:
    """One document of a case, wherever it came from."""

    seq: int  # place in this node's log
    message: MessageId
    node: str  # who said it
    id: str
    after: tuple[str, ...]
    what: Said
    by: str
    at: str  # RFC 3339 UTC with milliseconds, by its author's clock
    said: Mapping[str, Any]  # fields of `what`
    short: str = ""
    lang: str = ""


class Spoken(NamedTuple):
    """One value that somebody gave a field."""

    value: str
    node: str
    by: str
    at: str
    doc: str


class MemberNow(NamedTuple):
    """A node in a case."""

    node: str
    standing: Standing
    officers: tuple[Spoken, ...]  # in charge there; several when its own people wrote past each other
    at: str
    ground: str  # of who declined
    doc: str  # that says so


class CaseTask(NamedTuple):
    """Work in a case. It commands nobody: what another state is to do is a request, named by `request`."""

    id: str
    message: MessageId
    node: str  # who set it
    by: str
    at: str
    title: str
    to: str  # node that does it
    officer: str
    due: str  # empty when no time is set
    request: str
    states: tuple[Spoken, ...]

    @property
    def is_open(self) -> bool:
        """Whether anybody holds it to be open."""
        return any(one.value == TASK_OPEN for one in self.states)


class Proposal(NamedTuple):
    """Another coordinating desk that somebody proposed and not everybody accepted yet."""

    id: str
    node: str  # the one proposed
    by: str  # node that proposed it
    at: str
    waits_for: tuple[str, ...]  # nodes


class Call(NamedTuple):
    """An invitation of which the documents before it have not come: what an invited node has before it joins."""

    id: str
    message: MessageId
    node: str  # who is invited
    by: str  # node that invites
    at: str
    title: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What a case's documents come to: a pure function of them, whatever the order in which they came."""

    opener: str
    root: str  # id of the document that opened it; empty while that has not come
    fields: tuple[tuple[str, tuple[Spoken, ...]], ...] = ()
    state: tuple[Spoken, ...] = ()
    members: tuple[MemberNow, ...] = ()
    coordinators: tuple[str, ...] = ()  # several when two changes crossed
    proposals: tuple[Proposal, ...] = ()
    tasks: tuple[CaseTask, ...] = ()
    added: tuple[CaseFact, ...] = ()  # items, accounts, notes, events, people, in time
    calls: tuple[Call, ...] = ()
    heads: tuple[str, ...] = ()
    idle: tuple[tuple[str, str, str], ...] = ()  # (node, document id, reason) of documents that changed nothing
    waiting: tuple[str, ...] = ()  # ids of documents whose earlier ones have not come
    missing: tuple[str, ...] = ()  # ids of those earlier ones

    def values(self, name: str) -> tuple[Spoken, ...]:
        """What is said of one field; more than one value is a conflict."""
        return next((found for field, found in self.fields if field == name), ())

    def value(self, name: str) -> str:
        """One value of a field, the same at every node; all of them where a conflict must be seen."""
        found = self.values(name)
        return found[0].value if found else ""

    @property
    def is_open(self) -> bool:
        """Whether anybody holds it to be open: that two do not agree leaves it open."""
        return not self.state or any(one.value == TASK_OPEN for one in self.state)

    @property
    def joined(self) -> tuple[str, ...]:
        """Nodes that are in it now."""
        return tuple(one.node for one in self.members if one.standing in (Standing.OPENER, Standing.JOINED))

    @property
    def is_joint(self) -> bool:
        """Whether anybody else is in it, or was asked."""
        return len(self.members) > 1

    def of(self, what: Said) -> tuple[CaseFact, ...]:
        """Documents of one kind that were added."""
        return tuple(one for one in self.added if one.what is what)

    def standing(self, node: str) -> Standing | None:
        """What a node is to it."""
        return next((one.standing for one in self.members if one.node == node), None)

    @property
    def conflicts(self) -> tuple[tuple[str, tuple[Spoken, ...]], ...]:
        """What was said past each other, with every value and who said it."""
        named = [*self.fields, ("state", self.state)]
        named += [(f"officer:{one.node}", one.officers) for one in self.members]
        named += [(f"task:{one.id}", one.states) for one in self.tasks]
        found = [(name, values) for name, values in named if len({one.value for one in values}) > 1]
        if len(self.coordinators) > 1:
            found.append(("coordinator", tuple(Spoken(node, node, "", "", "") for node in self.coordinators)))
        return tuple(found)
