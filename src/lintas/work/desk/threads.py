# SPDX-License-Identifier: Apache-2.0
"""Put a request's thread together from what this node has of it."""

from lintas.errors import UnknownTerm
from lintas.model.desk import Asked, StepFact, Thread
from lintas.model.desk_found import RequestHead
from lintas.model.desk_ref import read_ref
from lintas.model.header_rules import is_digest
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.ports.store import Snapshot
from lintas.views.desk_thread import fold_thread


def request_or_unknown(snapshot: Snapshot, text: str, scope: Scope) -> RequestHead:
    """The thread of a reference or of the id of the message that opened it here.

    Raises:
        UnknownTerm: There is none that this viewer may see, or two nodes made the same reference.
        BadInput: The text is no reference.
    """
    if is_digest(text):
        head = snapshot.request(MessageId(text), scope=scope)
        found = [] if head is None else [head]
    else:
        found = snapshot.requests_called(read_ref(text), scope=scope)
    if len(found) > 1:
        raise UnknownTerm("Two nodes made this reference.", hint="Name the request by the id of its message.")
    if not found:
        raise UnknownTerm("There is no such request that you may see.")
    return found[0]


def load_thread(snapshot: Snapshot, head: RequestHead) -> tuple[Asked, list[StepFact], Thread]:
    """What a thread is made of, and what it comes to."""
    asked, steps = snapshot.thread_facts(head)
    return asked, steps, fold_thread(asked, steps)


def thread_in(snapshot: Snapshot, head: RequestHead) -> Thread:
    """What a thread comes to now."""
    return load_thread(snapshot, head)[2]
