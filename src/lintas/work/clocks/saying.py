# SPDX-License-Identifier: Apache-2.0
"""Say one thing in a thread about silence: a door that was tried, a call, a word.

What is true if we die: nothing was said before the commit; after it, what travels has its place in the stream.
"""

from collections.abc import Mapping
from typing import Any

from lintas.formats.desk import parse_doc
from lintas.model.desk import DeskDoc, Step
from lintas.model.desk_found import RequestHead
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import scope_of
from lintas.work.desk import request_or_unknown
from lintas.work.payloads import payload_bytes
from lintas.work.requests.buttons import ANSWERS
from lintas.work.requests.saying import TOPICS, say_ordered_in
from lintas.work.requests.showing import READS
from lintas.work.services import Services

__all__ = ["ANSWERS", "READS", "TOPICS", "doc_of", "request_or_unknown", "say_in_thread"]


def say_in_thread(
    services: Services, viewer: Viewer, request: str, what: Step, fields: Mapping[str, Any], *, ground: str = ""
) -> str:
    """Say it, and send it to the other desk unless it is a step that stays at home; returns its document's id.

    Raises:
        NotAllowed: The policy, the state machine or the release decision refuses.
        UnknownTerm: There is no such request that this viewer may see.
    """
    scope = scope_of(services, viewer, ANSWERS)
    said = {"fields": dict(fields), "ground": ground, "short": "", "lang": ""}

    def job(tx: Transaction) -> str:
        head = say_ordered_in(services, tx, viewer, request_or_unknown(tx, request, scope).message, what, said)
        return tx.steps(head)[-1].doc

    doc = services.store.write(job)
    for topic in TOPICS:
        services.events.publish(topic)
    return doc


def doc_of(services: Services, snapshot: Snapshot, head: RequestHead) -> DeskDoc | None:
    """What a request says; None when it was erased."""
    raw = payload_bytes(services, snapshot, head.seq)
    return None if raw is None else parse_doc(raw)
