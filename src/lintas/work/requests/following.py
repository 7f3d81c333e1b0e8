# SPDX-License-Identifier: Apache-2.0
"""What follows of a step at once, in its own transaction: claims on a block that stands, and their end with it."""

from lintas.model.desk import HOLDING, State, Step
from lintas.model.desk_found import RequestHead
from lintas.ports.store import Transaction
from lintas.work.desk import thread_in
from lintas.work.requests.claims import block_on, claim_fields, relying_on, stands_on_block
from lintas.work.requests.ordering import order_in_force
from lintas.work.requests.stepping import say_as_node_in
from lintas.work.services import Services, as_text


def follow_up_in(services: Services, tx: Transaction, head: RequestHead, what: Step) -> None:
    """Say what follows of a step that was just said in a thread; nothing of most."""
    if what is Step.ORDERED:
        _claim_in(services, tx, head)
    elif what not in _HARMLESS:
        end_claims_in(services, tx, head)


_HARMLESS = frozenset({Step.ACKNOWLEDGED, Step.NOTED, Step.CALL_BACK, Step.DOOR, Step.PROMISED, Step.KEPT})


def _claim_in(services: Services, tx: Transaction, head: RequestHead) -> None:
    """An order for an account that is blocked already is a claim on that block: the bank is not told twice."""
    order = order_in_force(tx, head)
    block = None if order is None else block_on(tx, head, order.said)
    if order is None or block is None:
        return
    delivered, confirmed = claim_fields(block, thread_in(tx, head), order.said)
    say_as_node_in(services, tx, head, Step.DELIVERED, delivered)
    say_as_node_in(services, tx, head, Step.CONFIRMED, confirmed)


def end_claims_in(services: Services, tx: Transaction, head: RequestHead) -> None:
    """A claim ends with the block that it stands on, and goes back to whoever has to act."""
    now = tx.request_of(head.asker, head.ref)
    if now is None or State(now.state) in HOLDING:
        return
    for other in relying_on(tx, head):
        if stands_on_block(tx, other):
            continue  # another block of the same account
        at = as_text(services.clock.now())
        ends = thread_in(tx, other).expires_at
        if ends and ends <= at:
            say_as_node_in(services, tx, other, Step.EXPIRED, {})
        else:
            fields = {"bank": "", "at": at, "reason": "the block that it relied on has ended"}
            say_as_node_in(services, tx, other, Step.FAILED, fields)
