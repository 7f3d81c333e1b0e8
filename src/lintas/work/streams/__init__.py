# SPDX-License-Identifier: Apache-2.0
"""The streams of released messages: where they end, how messages get their places, and whether they still may go."""

from lintas.work.streams.deciding import StillAllowed, recipient_of, situation_of
from lintas.work.streams.ends import (
    SELF,
    channel_from,
    incarnation_of,
    known_peer,
    may_exchange,
    our_cursor,
    our_tips,
    stream_end,
)
from lintas.work.streams.placing import place, protocol_decision, stored_decision

__all__ = [
    "SELF",
    "StillAllowed",
    "channel_from",
    "incarnation_of",
    "known_peer",
    "may_exchange",
    "our_cursor",
    "our_tips",
    "place",
    "protocol_decision",
    "recipient_of",
    "situation_of",
    "stored_decision",
    "stream_end",
]
