# SPDX-License-Identifier: Apache-2.0
"""What an action that can be ordered consists of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from lintas.crypto.canonical import canonical_json
from lintas.model.found import MessageHead
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.policy.access import Thing
from lintas.ports.store import Snapshot, Transaction
from lintas.work.services import Services

Saying = Mapping[str, Any]
Tells = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an order is about, as things stand when it is asked."""

    summary: str  # one sentence
    tells: Tells  # what exactly would happen, for those who decide
    messages: tuple[MessageId, ...] = ()
    tlp: int = int(Tlp.AMBER_STRICT)
    classes: int = 0
    lists: frozenset[str] = frozenset()
    shown: Mapping[str, str] = field(default_factory=dict)  # what it depends on: if any of it changes, it is stale

    @property
    def thing(self) -> Thing:
        """The same, as the policy asks."""
        return Thing(tlp=self.tlp, classes=self.classes, lists=self.lists)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action: how what is said is checked, what it is about, and what does it."""

    keep: Callable[[Services, Snapshot, Viewer, Saying], dict[str, Any]]  # gives what the order will say
    about: Callable[[Services, Snapshot, Viewer, Saying], About]
    run: Callable[[Services, Transaction, Viewer, MessageId, Saying], dict[str, Any]]  # in the order's transaction
    stands: Callable[[Services, Snapshot, Viewer, Saying], About] | None = (
        None  # `about` without what is told, if cheaper
    )
    # whether one named person is enough for this one, where two are usual; a protected class asks for two all the same
    lone: Callable[[Services, Snapshot, Saying], bool] | None = None
    events: tuple[str, ...] = ()  # published once it is durable
    at_rest: bool = False  # carried out by a command of its own, which names the order


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Messages that an order is about, put together."""

    messages: tuple[MessageId, ...]
    tlp: int
    classes: int
    lists: frozenset[str]
    digest: str  # of all that was looked at of them


def touched(snapshot: Snapshot, heads: Iterable[MessageHead]) -> Touched:
    """Put together what messages are marked with: the strictest of it, every class and every list."""
    rows = sorted(heads, key=lambda head: head.seq)
    lists = {name for head in rows for name in snapshot.lists_on(head.seq)}
    seen = [[head.id, head.marking, head.classes, head.erased] for head in rows]
    classes = 0
    for head in rows:
        classes |= head.classes
    return Touched(
        messages=tuple(head.id for head in rows),
        tlp=max([int(Tlp.AMBER_STRICT), *(head.tlp for head in rows)]),
        classes=classes,
        lists=frozenset(lists),
        digest=sha256(canonical_json([*seen, sorted(lists)])).hexdigest(),
    )


def stands_on(services: Services, snapshot: Snapshot, viewer: Viewer, act: Action, said: Mapping[str, Any]) -> About:
    """What an order is about as things stand now, the policy with it."""
    about = (act.stands or act.about)(services, snapshot, viewer, said)
    return replace(about, shown={**about.shown, "the access policy": services.packs.access.digest})
