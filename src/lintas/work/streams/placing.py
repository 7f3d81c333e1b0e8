# SPDX-License-Identifier: Apache-2.0
"""Give messages their places in one recipient's stream.

If we die before the commit, neither the messages nor their places are there; after it, the recipient will get them.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

from lintas.crypto.canonical import canonical_json
from lintas.crypto.stream import chain_after, place_digest
from lintas.limits import BATCH_MESSAGES_MAX
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.peering import Lane, Tip
from lintas.ports.store import Transaction
from lintas.work.appending import Prepared, append, prepare_control
from lintas.work.services import Services
from lintas.work.streams.ends import incarnation_of, stream_end

_PROTOCOL: Final = {"kinds": ["descriptor", "receipt", "rejection"]}  # what the protocol itself sends


def place(
    services: Services,
    tx: Transaction,
    channel: str,
    lane: Lane,
    messages: Sequence[Prepared],
    *,
    by: str,
    decision: MessageId,
) -> Tip:
    """Append messages and their places; returns where the stream ends then. Part of the caller's transaction.

    Args:
        channel: Ours to the recipient; every message is on it.
        by: Pseudonym of who released them.
        decision: The entry that says why they may go.
    """
    incarnation = incarnation_of(tx)
    tip = stream_end(tx, "out", channel, incarnation=incarnation, lane=lane)
    for start in range(0, len(messages), BATCH_MESSAGES_MAX):
        run = messages[start : start + BATCH_MESSAGES_MAX]
        chain = chain_after(tip.chain, [place_digest(one.id) for one in run])
        body = {
            "by": by,
            "chain": chain,
            "channel": channel,
            "count": len(run),
            "decision": decision,
            "first": tip.counter + 1,
            "incarnation": incarnation,
            "lane": lane.value,
        }
        for one in run:
            append(tx, one)
        append(tx, prepare_control(services, Kind.RELEASE, body))
        tip = Tip(lane=lane, counter=tip.counter + len(run), chain=chain)
    return tip


def protocol_decision(services: Services, tx: Transaction, channel: str) -> MessageId:
    """The stored decision that receipts, rejections and descriptors go to whom they concern."""
    conditions = sha256(canonical_json(_PROTOCOL)).hexdigest()
    return stored_decision(
        services, tx, channel, conditions=conditions, policy=conditions, is_allowed=True, rule="protocol"
    )


def stored_decision(
    services: Services,
    tx: Transaction,
    channel: str,
    *,
    conditions: str,
    policy: str,
    is_allowed: bool,
    rule: str,
) -> MessageId:
    """The entry of a decision; appended the first time that it is taken. Part of the caller's transaction."""
    outcome = "release" if is_allowed else "refuse"
    held = tx.decision(channel, conditions=conditions, policy=policy)
    if held is not None and (held.outcome, held.rule) == (outcome, rule):
        return held.message
    body = {"channel": channel, "conditions": conditions, "outcome": outcome, "policy": policy, "rule": rule}
    entry = prepare_control(services, Kind.DECISION, body)
    append(tx, entry)
    return entry.id
