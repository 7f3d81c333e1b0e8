# SPDX-License-Identifier: Apache-2.0
"""Cases: a node's own, and joint ones that several nodes hold together.

Source: docs/spec/cases.md.
"""

from lintas.work.cases.adding import add_account, add_event, add_item, add_note, add_person, add_task, ask, set_task
from lintas.work.cases.carrying import keep_to_lists, settle_cases
from lintas.work.cases.listing import put_on_list
from lintas.work.cases.showing import list_cases, show_case
from lintas.work.cases.steering import (
    accept_coordinator,
    change,
    close,
    decline,
    go_on,
    invite,
    join,
    leave,
    name_officer,
    open_case,
    propose_coordinator,
    reopen,
)

__all__ = [
    "accept_coordinator",
    "add_account",
    "add_event",
    "add_item",
    "add_note",
    "add_person",
    "add_task",
    "ask",
    "change",
    "close",
    "decline",
    "go_on",
    "invite",
    "join",
    "keep_to_lists",
    "leave",
    "list_cases",
    "name_officer",
    "open_case",
    "propose_coordinator",
    "put_on_list",
    "reopen",
    "set_task",
    "settle_cases",
    "show_case",
]
