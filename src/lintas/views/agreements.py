# SPDX-License-Identifier: Apache-2.0
"""What documents of agreements change in the views."""

from hashlib import sha256
from typing import NamedTuple

from lintas.crypto.canonical import canonical_json
from lintas.model.desk import DeskDoc
from lintas.model.ids import MessageId
from lintas.views.logged import Logged


class AgreementRow(NamedTuple):
    """One thing that a node said of an agreement."""

    seq: int
    message: MessageId
    node: str
    proposer: str
    ref: str
    what: str
    terms: str  # canonical JSON
    digest: str
    by: str
    at: str


def agreement(entry: Logged, doc: DeskDoc) -> AgreementRow:
    """What one document says of an agreement."""
    terms = canonical_json(doc.said["terms"])
    return AgreementRow(
        seq=entry.seq,
        message=entry.id,
        node=entry.header["originator"],
        proposer=doc.said["proposer"],
        ref=doc.ref,
        what=doc.said["what"],
        terms=terms.decode(),
        digest=sha256(terms).hexdigest(),
        by=doc.by,
        at=entry.header["created_at"],
    )
