# SPDX-License-Identifier: Apache-2.0
"""Verbs about keys of systems."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.model.system_key_answers import SystemKeyLine, SystemKeyMade, SystemKeys
from lintas.web.local import system_wire as wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work.accounts import api_keys


def make(call: Call, request: wire.SystemKeyMake) -> SystemKeyMade:
    """Make a key."""
    return api_keys.make_key(
        call.services,
        call.viewer,
        account=request.account,
        role=request.role,
        activities=tuple(request.activities),
        days=request.days,
        label=request.label,
    )


def show(call: Call, _request: wire.SystemKeyList) -> SystemKeys:
    """Show keys."""
    return SystemKeys(api_keys.list_keys(call.services, call.viewer))


def end(call: Call, request: wire.SystemKeyEnd) -> SystemKeyLine:
    """End a key."""
    return api_keys.end_key(call.services, call.viewer, request.id)


SYSTEM_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    wire.SystemKeyMake: make,
    wire.SystemKeyList: show,
    wire.SystemKeyEnd: end,
}
