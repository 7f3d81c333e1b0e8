# SPDX-License-Identifier: Apache-2.0
"""The verbs about what banks are asked."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.model.question import NextHopList, QuestionList, QuestionShown
from lintas.web.local import bank_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.work.banking import ask_bank, drop_question, list_questions
from lintas.work.tracing_jobs.next_hops import ask_next_hops, list_next_hops


def bank_ask(call: Call, request: bank_wire.BankAsk) -> QuestionShown:
    """Have a bank asked."""
    return ask_bank(
        call.services,
        call.viewer,
        about=request.about,
        bank=request.bank,
        account=request.account,
        currency=request.currency,
        start=request.start,
        until=request.until,
        law=request.law,
        authority=request.authority,
    )


def bank_list(call: Call, request: bank_wire.BankList) -> QuestionList:
    """Show what banks were asked."""
    return QuestionList(questions=list_questions(call.services, call.viewer, about=request.about))


def bank_drop(call: Call, request: bank_wire.BankDrop) -> QuestionShown:
    """End a question."""
    return drop_question(call.services, call.viewer, request.ref)


def bank_next(call: Call, request: bank_wire.BankNext) -> NextHopList:
    """List whose banks to ask next, or ask them."""
    if request.law:
        return ask_next_hops(call.services, call.viewer, request.trace, law=request.law)
    return list_next_hops(call.services, call.viewer, request.trace)


BANK_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    bank_wire.BankAsk: bank_ask,
    bank_wire.BankList: bank_list,
    bank_wire.BankDrop: bank_drop,
    bank_wire.BankNext: bank_next,
}
