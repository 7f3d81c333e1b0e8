# SPDX-License-Identifier: Apache-2.0
"""The verbs of the quarantine."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.ports.quarantine import Aside
from lintas.web.local import quarantine_wire as wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work.intake import quarantine


def list_aside(call: Call, _request: wire.QuarantineList) -> wire.AsideList:
    """Show what was set aside."""
    return wire.AsideList([_shown(one) for one in quarantine.list_aside(call.services, call.viewer)])


def show_aside(call: Call, request: wire.QuarantineShow) -> wire.AsideShown:
    """Show what is known of one file."""
    return _shown(quarantine.show_aside(call.services, call.viewer, request.id))


def decide(call: Call, request: wire.QuarantineDecide) -> wire.AsideDecided:
    """Release or destroy one file."""
    if request.what == "drop":
        gone = quarantine.drop(call.services, call.viewer, request.id, ground=request.ground)
        return wire.AsideDecided(_shown(gone), "", b"")
    aside, data = quarantine.release(call.services, call.viewer, request.id, ground=request.ground)
    return wire.AsideDecided(_shown(aside), quarantine.mark_name(aside), data)


def _shown(aside: Aside) -> wire.AsideShown:
    return wire.AsideShown(
        id=aside.id,
        name=aside.name,
        size_bytes=aside.size_bytes,
        rule=aside.rule,
        reason=aside.reason,
        at=aside.at,
        by=aside.by,
        marking=quarantine.label_of(aside),
    )


QUARANTINE_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    wire.QuarantineList: list_aside,
    wire.QuarantineShow: show_aside,
    wire.QuarantineDecide: decide,
}
