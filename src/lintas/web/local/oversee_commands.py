# SPDX-License-Identifier: Apache-2.0
"""The verbs of those who answer for what others did."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.model.audit import AuditExport, AuditPage, OversightBoard, SeenPage
from lintas.web.local import oversee_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work import overseeing


def who_saw(call: Call, request: oversee_wire.WhoSaw) -> SeenPage:
    """Say who saw one message."""
    return overseeing.who_saw(call.services, call.viewer, request.message, before=request.before, limit=request.limit)


def search(call: Call, request: oversee_wire.OverseeSearch) -> AuditPage:
    """Search the log."""
    return overseeing.search_log(call.services, call.viewer, request.query, before=request.before, limit=request.limit)


def board(call: Call, _request: oversee_wire.OverseeBoard) -> OversightBoard:
    """Say what stands out."""
    return overseeing.board(call.services, call.viewer)


def export(call: Call, request: oversee_wire.OverseeExport) -> AuditExport:
    """Export a range."""
    last = request.last if request.last >= 0 else call.services.store.read(lambda snapshot: snapshot.size()) - 1
    return overseeing.export_range(call.services, call.viewer, request.first, last)


def open_content(call: Call, request: oversee_wire.OverseeOpen) -> oversee_wire.OpenedAnswer:
    """Open one message for a cause."""
    return oversee_wire.OpenedAnswer(
        *overseeing.open_content(call.services, call.viewer, request.message, cause=request.cause)
    )


def acknowledge(call: Call, request: oversee_wire.OverseeAcknowledge) -> oversee_wire.OpeningAcknowledged:
    """Acknowledge that content was opened."""
    overseeing.acknowledge_opening(call.services, call.viewer, request.access)
    return oversee_wire.OpeningAcknowledged(request.access)


OVERSEE_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    oversee_wire.WhoSaw: who_saw,
    oversee_wire.OverseeSearch: search,
    oversee_wire.OverseeBoard: board,
    oversee_wire.OverseeExport: export,
    oversee_wire.OverseeOpen: open_content,
    oversee_wire.OverseeAcknowledge: acknowledge,
}
