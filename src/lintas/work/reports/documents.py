# SPDX-License-Identifier: Apache-2.0
"""The documents that a report is made of, as they stand in the log."""

from collections.abc import Mapping
from typing import Any

from lintas.errors import UnknownTerm
from lintas.formats.desk import parse_doc
from lintas.model.desk import DeskDoc
from lintas.model.desk_found import ReportHead
from lintas.model.desk_ref import read_ref
from lintas.model.scope import Scope
from lintas.ports.store import Snapshot
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services

_CODES = b"codes of a picture"
NOT_HERE = "There is no such report that you may see."


def versions_or_unknown(snapshot: Snapshot, text: str, scope: Scope) -> list[ReportHead]:
    """The documents of a report, newest first, as far as a scope shows them.

    Raises:
        BadInput: The text is no reference.
        UnknownTerm: There is none that this scope shows.
    """
    versions = snapshot.report(read_ref(text), scope=scope)
    if not versions:
        raise UnknownTerm(NOT_HERE)
    return versions


def doc_at(services: Services, snapshot: Snapshot, seq: int) -> DeskDoc | None:
    """The document at one place; None when it was erased."""
    data = payload_bytes(services, snapshot, seq)
    return None if data is None else parse_doc(data)


def said_at(services: Services, snapshot: Snapshot, seq: int) -> Mapping[str, Any]:
    """What the document at one place says; nothing when it was erased."""
    doc = doc_at(services, snapshot, seq)
    return {} if doc is None else doc.said


def codes_tag(services: Services, slip: str) -> bytes:
    """Under what it is noticed which message holds the texts of a picture's codes."""
    return services.keys.taken_tag(_CODES, source=slip, marking=b"")


def codes_of(services: Services, snapshot: Snapshot, slip: str) -> str:
    """The message that holds the texts of a picture's codes; empty when there is none."""
    seq = snapshot.taken(codes_tag(services, slip))
    return "" if seq is None else next(snapshot.entries(seq, seq + 1)).id
