# SPDX-License-Identifier: Apache-2.0
"""Whether a thing is held already, as far as whoever takes it may know."""

from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.services import Services


def held_as(
    services: Services, snapshot: Snapshot, tag: bytes, *, actor: Viewer, scope: Scope
) -> tuple[bytes, MessageId | None]:
    """The message that holds what a tag names, and the tag under which to remember it.

    "It is held already" would tell that somebody took the very same thing. Whoever may not see that message is told
    nothing of it: the thing becomes a message of their own, under a tag of their own.
    """
    seq = snapshot.taken(tag)
    if seq is None:
        return tag, None
    if snapshot.heads([seq], scope=scope):
        return tag, next(snapshot.entries(seq, seq + 1)).id
    own = services.keys.taken_tag(tag, source=actor.id, marking=b"own")
    seq = snapshot.taken(own)
    return own, None if seq is None else next(snapshot.entries(seq, seq + 1)).id
