# SPDX-License-Identifier: Apache-2.0
"""What documents of traces change in the views."""

from typing import NamedTuple

from lintas.crypto.canonical import canonical_json
from lintas.model.desk import DeskDoc
from lintas.model.ids import MessageId
from lintas.views.logged import Logged


class TraceDocRow(NamedTuple):
    """One thing that a node said of a trace."""

    seq: int
    message: MessageId
    opener: str
    ref: str
    node: str  # who said it
    to: str
    doc: str
    what: str
    by: str
    at: str
    said: str  # canonical JSON
    short: str


def trace(entry: Logged, doc: DeskDoc) -> TraceDocRow:
    """What one document says of a trace."""
    return TraceDocRow(
        seq=entry.seq,
        message=entry.id,
        opener=doc.said["opener"],
        ref=doc.ref,
        node=entry.header["originator"],
        to=doc.said["to"],
        doc=doc.id,
        what=doc.said["what"],
        by=doc.by,
        at=entry.header["created_at"],
        said=canonical_json(doc.said["fields"]).decode(),
        short=doc.said["short"],
    )
