# SPDX-License-Identifier: Apache-2.0
"""What documents about questions to banks change in the views: a node's own alone."""

from typing import NamedTuple

from lintas.crypto.canonical import canonical_json
from lintas.model.desk import DeskDoc
from lintas.model.ids import MessageId
from lintas.views.logged import Logged


class QuestionRow(NamedTuple):
    """One thing that was said of a question."""

    seq: int
    message: MessageId
    ref: str
    doc: str
    what: str
    about: str
    by: str
    at: str
    said: str  # canonical JSON


def question(entry: Logged, doc: DeskDoc) -> list[QuestionRow]:
    """What one document says of a question; nothing of another node's, which is nobody's business here."""
    if entry.header["channel"] != "local":
        return []
    fields = doc.said["fields"]
    return [
        QuestionRow(
            seq=entry.seq,
            message=entry.id,
            ref=doc.ref,
            doc=doc.id,
            what=doc.said["what"],
            about=fields.get("about", ""),
            by=doc.by,
            at=entry.header["created_at"],
            said=canonical_json(fields).decode(),
        )
    ]
