# SPDX-License-Identifier: Apache-2.0
"""Verbs about keys of systems."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.web.local import system_wire as wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work.accounts import api_keys


def make(call: Call, request: wire.SystemKeyMake) -> wire.SystemKeyMade:
    """Make a key."""
    made = api_keys.make_key(
        call.services,
        call.viewer,
        account=request.account,
        role=request.role,
        activities=tuple(request.activities),
        days=request.days,
        label=request.label,
    )
    return msgspec.convert(made, wire.SystemKeyMade, from_attributes=True)


def show(call: Call, _request: wire.SystemKeyList) -> wire.SystemKeys:
    """Show keys."""
    found = api_keys.list_keys(call.services, call.viewer)
    return wire.SystemKeys(msgspec.convert(found, list[wire.SystemKeyLine], from_attributes=True))


def end(call: Call, request: wire.SystemKeyEnd) -> wire.SystemKeyLine:
    """End a key."""
    ended = api_keys.end_key(call.services, call.viewer, request.id)
    return msgspec.convert(ended, wire.SystemKeyLine, from_attributes=True)


SYSTEM_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    wire.SystemKeyMake: make,
    wire.SystemKeyList: show,
    wire.SystemKeyEnd: end,
}
