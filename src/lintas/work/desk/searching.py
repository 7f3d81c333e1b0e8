# SPDX-License-Identifier: Apache-2.0
"""Find documents of the desk by what they say: through the one way of finding, with its gate and its access entry."""

from lintas.errors import BadInput
from lintas.model.desk_ref import read_ref
from lintas.model.find_answers import Filters
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.finding import find
from lintas.work.services import Services


def ref_meant(text: str) -> str:
    """The reference that a text is; empty when it is none."""
    try:
        return read_ref(text)
    except BadInput:
        return ""


def messages_saying(services: Services, viewer: Viewer, text: str, *, limit: int) -> list[MessageId]:
    """Messages that hold an identifier or words, as `find` finds them, each once.

    Raises:
        NotAllowed: The viewer may not look things up.
        OverLimit: The text is too long.
    """
    found = find(services, viewer, [text], filters=Filters(), limit=limit)
    messages = [grounds.message for result in found.results for grounds in result.sources]
    messages += [one for result in found.results for entity in result.entities for one in entity.messages]
    return [MessageId(one) for one in dict.fromkeys(messages)]


def place_of(snapshot: Snapshot, message: MessageId, scope: Scope) -> int:
    """Where a message stands that a viewer may see; -1 when there is none."""
    head = snapshot.head(message, scope=scope)
    return -1 if head is None else head.seq
