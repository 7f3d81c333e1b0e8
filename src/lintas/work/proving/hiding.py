# SPDX-License-Identifier: Apache-2.0
"""Hold what the views hide against the entries that say so.

A class or a list that was taken off beside the log shows to anybody what few may see. Rows that hide more than the
entries say are left to `rebuild`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lintas.model.ids import MessageId
from lintas.model.marking import Protected, Tlp, class_bits
from lintas.model.scope import WHOLE, Scope
from lintas.ports.store import Snapshot

_ON_NO_LIST = Scope(clearance=int(Tlp.RED), lists=frozenset())


@dataclass(slots=True)
class Hiding:
    """What the entries so far say of protected classes and of need-to-know lists."""

    classes: dict[str, int] = field(default_factory=dict)  # of messages that have any
    lists: dict[str, set[str]] = field(default_factory=dict)  # of messages that are restricted
    members: dict[str, set[str]] = field(default_factory=dict)

    def add(self, message: str, header: Mapping[str, Any]) -> None:
        """Go by one entry, in the log's order."""
        if codes := header["marking"].get("classes"):
            self.classes[message] = class_bits(Protected(one) for one in codes)
        if header["kind"] == "classed":
            body = header["body"]
            bit = Protected(body["class"]).bit
            for one in body["messages"]:
                held = self.classes.get(one, 0)
                self.classes[one] = held | bit if body["action"] == "added" else held & ~bit
        elif header["kind"] == "need":
            self._need(header["body"])

    def problems(self, snapshot: Snapshot) -> Iterator[tuple[int, str]]:
        """What the views show to more people than the entries say, by its place in the log."""
        for message, bits in self.classes.items():
            head = snapshot.head(MessageId(message), scope=WHOLE)
            if head is not None and bits & ~head.classes:
                yield head.seq, "the views show it without a protected class that entries put it into: rebuild them"
        for message, names in self.lists.items():
            head = snapshot.head(MessageId(message), scope=WHOLE)
            if head is None or not names:
                continue
            is_open = snapshot.head(MessageId(message), scope=_ON_NO_LIST) is not None
            if is_open or names - set(snapshot.lists_on(head.seq)):
                yield head.seq, "the views show it to people who are not on its need-to-know list: rebuild them"

    def strangers(self, snapshot: Snapshot) -> Iterator[str]:
        """Who is on a list by the views alone; which list is for those on it to know."""
        for one in snapshot.need_lists():
            if found := sorted(set(one.members) - self.members.get(one.name, set())):
                yield f"the views put {', '.join(found)} on a need-to-know list, and no entry does: rebuild them"

    def _need(self, body: Mapping[str, Any]) -> None:
        name, action = body["list"], body["action"]
        people = self.members.setdefault(name, set())
        if action == "joined":
            people.add(body["person"])
        elif action == "left":
            people.discard(body["person"])
        for message in body.get("messages", ()):
            on = self.lists.setdefault(message, set())
            if action == "restricted":
                on.add(name)
            elif action == "freed":
                on.discard(name)
