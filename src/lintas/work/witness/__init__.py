# SPDX-License-Identifier: Apache-2.0
"""Heads between nodes: each countersigns the others' logs, tells what it saw, and proves what it sent.

A log that shows two peers two histories, or goes back, is caught by whoever compares; both signed heads are kept, so
that nobody has to believe the one who noticed.

Source: architecture, sections 5 and 10; C2SP tlog-witness.
"""

from lintas.work.witness.cosignatures import keep_answer, keep_cosignature
from lintas.work.witness.faults import own_alarm
from lintas.work.witness.gossip import Due, gossip_in, gossip_out
from lintas.work.witness.heads import held_note
from lintas.work.witness.releases import check_proof, head_in, prove_release
from lintas.work.witness.witnessing import (
    Fetch,
    note_head,
    offer_checkpoint,
    peer_head,
    wanted_from,
    witness_checkpoint,
)

__all__ = [
    "Due",
    "Fetch",
    "check_proof",
    "gossip_in",
    "gossip_out",
    "head_in",
    "held_note",
    "keep_answer",
    "keep_cosignature",
    "note_head",
    "offer_checkpoint",
    "own_alarm",
    "peer_head",
    "prove_release",
    "wanted_from",
    "witness_checkpoint",
]
