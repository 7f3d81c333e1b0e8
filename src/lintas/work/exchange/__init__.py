# SPDX-License-Identifier: Apache-2.0
"""Exchange with peers: batches of what was released to them, and what comes from them.

Source: docs/spec/peer.md.
"""

from lintas.work.exchange.batches import GivenAgain, Outgoing, give_again, incarnation_event, next_batch
from lintas.work.exchange.greeting import Greeted, answer_hello, make_hello, read_welcome
from lintas.work.exchange.mending import lost, mend
from lintas.work.exchange.receipts import tell
from lintas.work.exchange.receiving import Arrived, Ready, open_ahead, receive_batch
from lintas.work.streams import our_cursor, our_tips

__all__ = [
    "Arrived",
    "GivenAgain",
    "Greeted",
    "Outgoing",
    "Ready",
    "answer_hello",
    "give_again",
    "incarnation_event",
    "lost",
    "make_hello",
    "mend",
    "next_batch",
    "open_ahead",
    "our_cursor",
    "our_tips",
    "read_welcome",
    "receive_batch",
    "tell",
]
