# SPDX-License-Identifier: Apache-2.0
"""The verbs of recalls."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.web.local import recall_wire, wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work import banking


def make_recall(call: Call, request: recall_wire.RecallNew) -> wire.FileAnswer:
    """Ask the bank that sent the money to recall it, and give the file."""
    made = banking.make_recall(call.services, call.viewer, request.request, bank=request.bank, reason=request.reason)
    return wire.FileAnswer(name=made.file_name, data=made.file)


def recall_file(call: Call, request: recall_wire.RecallFile) -> wire.FileAnswer:
    """Give the file of a recall."""
    made = banking.recall_file(call.services, call.viewer, request.request, request.recall)
    return wire.FileAnswer(name=made.file_name, data=made.file)


def take_answer(call: Call, _request: recall_wire.RecallAnswer) -> recall_wire.RecallTaken:
    """Take what a bank says of a recall."""
    taken = banking.take_recall_answer(call.services, call.viewer, call.one_file().data)
    return recall_wire.RecallTaken(
        ref=taken.ref,
        recall=taken.recall,
        status=taken.status,
        reason=taken.reason,
        minor=-1 if taken.amount is None else taken.amount.minor,
        currency="" if taken.amount is None else taken.amount.currency,
        is_new=taken.is_new,
    )


RECALL_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    recall_wire.RecallNew: make_recall,
    recall_wire.RecallFile: recall_file,
    recall_wire.RecallAnswer: take_answer,
}
