# SPDX-License-Identifier: Apache-2.0
"""Show what a person is about to share: each message in a line, before it is asked who will see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lintas.model.found import MessageHead
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.finding.show import label_of
from lintas.work.services import Services
from lintas.work.sharing.naming import messages_meant

LINES_MAX: Final = 100  # messages shown one by one; the rest is counted
_CAPTIONS_MAX: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLine:
    """One message that is about to be shared."""

    message: MessageId
    captions: tuple[str, ...]  # of what it presents, the first few
    source: str
    taken_at: str
    marking: str
    size_bytes: int
    is_own: bool  # this node originated it; others' are not passed on
    erased: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """All messages that are about to be shared."""

    lines: tuple[ChosenLine, ...]  # the first LINES_MAX
    count: int
    marking: str  # the strictest of all


def chosen(services: Services, viewer: Viewer, messages: Sequence[str]) -> Chosen:
    """Look up what is about to be shared.

    Args:
        messages: Ids of local messages; the id of a taken file means all its messages.

    Raises:
        UnknownTerm: There is no such message that this viewer may see.
        OverLimit: They are more than MESSAGES_MAX.
    """
    scope = scope_of(services, viewer, "preview")

    def look(snapshot: Snapshot) -> Chosen:
        heads = messages_meant(snapshot, messages, scope)
        return Chosen(
            lines=tuple(_line(services, snapshot, head, scope) for head in heads[:LINES_MAX]),
            count=len(heads),
            marking=label_of(max(head.tlp for head in heads)) if heads else "",
        )

    found = services.store.read(look)
    record_access(services, viewer, "choose", {"messages": list(messages)[:1000]}, [one.message for one in found.lines])
    return found


def _line(services: Services, snapshot: Snapshot, head: MessageHead, scope: Scope) -> ChosenLine:
    presented = snapshot.entities_of(head.seq, scope=scope, limit=_CAPTIONS_MAX)
    return ChosenLine(
        message=head.id,
        captions=tuple(one.caption for one in presented if one.caption),
        source=head.source,
        taken_at=head.created_at,
        marking=label_of(head.tlp),
        size_bytes=head.size_bytes,
        is_own=head.originator == services.keys.node,
        erased=head.erased,
    )
