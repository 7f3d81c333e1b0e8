# SPDX-License-Identifier: Apache-2.0
"""The verbs about people, need-to-know lists and duties, and the function that does each."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.model.people_shown import AccountFacts
from lintas.web.local import people_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work import accounts


def person_change(call: Call, request: people_wire.PersonChange) -> AccountFacts:
    """Give an account another role, clearance, or closed classes."""
    changed = accounts.change_people(call.services, call.viewer, request.said)
    return accounts.show_account(call.services, call.viewer, changed.id)


def person_show(call: Call, request: people_wire.PersonShow) -> AccountFacts:
    """Say who somebody is here, and what their role may do."""
    return accounts.show_account(call.services, call.viewer, request.name)


PEOPLE_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    people_wire.PersonChange: person_change,
    people_wire.PersonShow: person_show,
}
