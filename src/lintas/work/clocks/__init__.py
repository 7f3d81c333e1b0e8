# SPDX-License-Identifier: Apache-2.0
"""What time does to the desk: clocks warn and run out, a named person sees it, and silence has a next door."""

from lintas.work.clocks.calling import (
    CallShown,
    CallsShown,
    call_back,
    hear_words,
    keep_promise,
    promise_call,
    show_calls,
)
from lintas.work.clocks.duty import (
    Duty,
    DutyRequest,
    show_duty,
    show_duty_request,
    take_over,
)
from lintas.work.clocks.ladder import LadderShown, RungLine, show_ladder, try_door
from lintas.work.clocks.presence import DeskPresence, Presence, presence_of
from lintas.work.clocks.settling import next_look, settle_clocks
from lintas.work.clocks.showing import DueShown, list_due, see_due

__all__ = [
    "CallShown",
    "CallsShown",
    "DeskPresence",
    "DueShown",
    "Duty",
    "DutyRequest",
    "LadderShown",
    "Presence",
    "RungLine",
    "call_back",
    "hear_words",
    "keep_promise",
    "list_due",
    "next_look",
    "presence_of",
    "promise_call",
    "see_due",
    "settle_clocks",
    "show_calls",
    "show_duty",
    "show_duty_request",
    "show_ladder",
    "take_over",
    "try_door",
]
