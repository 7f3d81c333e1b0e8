# SPDX-License-Identifier: Apache-2.0
"""The verbs about what people sign in with, and the function that does each."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.limits import SIGN_IN_LINK_S_MAX
from lintas.web.local import sign_in_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work.accounts import access_of, losing


def access_show(call: Call, request: sign_in_wire.AccessShow) -> sign_in_wire.AccessAnswer:
    """Say what somebody signs in with."""
    return _answer(access_of.show_access(call.services, call.viewer, request.name))


def access_end(call: Call, request: sign_in_wire.AccessEnd) -> sign_in_wire.AccessAnswer:
    """End a part of it."""
    if request.what == "passkey":
        return _answer(access_of.end_passkey_of(call.services, call.viewer, request.name, request.id))
    if request.what == "totp":
        return _answer(access_of.end_codes_of(call.services, call.viewer, request.name))
    return _answer(access_of.end_sessions_of(call.services, call.viewer, request.name, request.id))


def access_lost(call: Call, request: sign_in_wire.AccessLost) -> sign_in_wire.LostAnswer:
    """End all of it, because a device was lost."""
    lost = losing.lose(call.services, call.viewer, request.name)
    return sign_in_wire.LostAnswer(
        account=lost.account,
        passkeys=lost.passkeys,
        had_codes=lost.had_codes,
        sessions=lost.sessions,
        path=f"/enter/{lost.token}",
        good_for_s=SIGN_IN_LINK_S_MAX,
    )


def _answer(found: access_of.AccessOf) -> sign_in_wire.AccessAnswer:
    return msgspec.convert(found, sign_in_wire.AccessAnswer, from_attributes=True)


SIGN_IN_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    sign_in_wire.AccessShow: access_show,
    sign_in_wire.AccessEnd: access_end,
    sign_in_wire.AccessLost: access_lost,
}
