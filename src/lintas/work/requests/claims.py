# SPDX-License-Identifier: Apache-2.0
"""Several claims on one account stand together: a bank's block of the whole account is one, and is instructed once.

A later order for an account that is blocked already is a claim on that block: what the bank confirmed covers it as far
as it reaches, and the bank is not told twice. A claim ends with the block that it stands on: nothing is called held
that nobody blocks, and its request goes back to whoever has to act.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lintas.formats.identifiers import canonical
from lintas.limits import CLAIMS_MAX
from lintas.model.desk import HOLDING, Step, StepFact, Thread
from lintas.model.desk_answers import ClaimLine, Claims
from lintas.model.desk_found import RequestHead
from lintas.model.identifier import Identifier
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.accounts import bank_of, differ, is_same_account
from lintas.policy.requests import money_of
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.desk import load_thread, request_or_unknown
from lintas.work.requests.showing import READS, asked_in, line_in
from lintas.work.services import Services

CLAIM: Final = "claim"  # the channel of a delivery that told no bank, because its block stands already


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A whole account that a bank blocked under another request."""

    head: RequestHead
    confirmed: StepFact
    claimed_minor: int  # of it, what requests here hold already
    expires_at: str


def block_on(snapshot: Snapshot, head: RequestHead, order: Mapping[str, Any]) -> Block | None:
    """The block that an order in this thread would only claim; None when the bank has to be told.

    One that is being reviewed is none to rely on, and one of another currency than is ordered none that covers it.

    Args:
        order: The fields of the order.
    """
    found: Block | None = None
    claimed, amount = 0, money_of(order["amount"])
    for other, thread, confirmed, is_claim in _held(snapshot, head, order):
        if amount is not None and confirmed.said["blocked"]["currency"] != amount.currency:
            continue
        claimed += thread.held_minor
        if confirmed.said["whole"] and not is_claim and not thread.reviewing and found is None:
            found = Block(head=other, confirmed=confirmed, claimed_minor=0, expires_at=thread.expires_at)
    if found is None:
        return None
    return Block(head=found.head, confirmed=found.confirmed, claimed_minor=claimed, expires_at=found.expires_at)


def claim_fields(block: Block, thread: Thread, order: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is said of an order that claims a block: `delivered`, and what of the bank's confirmation covers it."""
    said = block.confirmed.said
    money, amount = said["blocked"], money_of(order["amount"])
    left = max(0, money["minor"] - block.claimed_minor)
    wanted = thread.asked_minor if amount is None else amount.minor
    covers = min(wanted, left) if wanted else left
    delivered = {"bank": said["bank"], "at": said["at"], "channel": CLAIM}
    confirmed = {
        "bank": said["bank"],
        "at": said["at"],
        "bank_ref": said["bank_ref"],
        "blocked": money,
        "tainted": {"minor": covers, "currency": money["currency"]},
        "whole": True,
    }
    return delivered, confirmed


def stands_on_block(snapshot: Snapshot, head: RequestHead) -> bool:
    """Whether a bank blocks the whole account of a thread under another request, also one that is being reviewed."""
    order = _order_in(snapshot, head)
    held = [] if order is None else _held(snapshot, head, order)
    return any(confirmed.said["whole"] and not claims for _, _, confirmed, claims in held)


def relying_on(snapshot: Snapshot, head: RequestHead) -> list[RequestHead]:
    """Threads that claim the block of this one."""
    order = _order_in(snapshot, head)
    return [] if order is None else [other for other, _, _, is_claim in _held(snapshot, head, order) if is_claim]


def is_claim(steps: Iterable[StepFact]) -> bool:
    """Whether the newest delivery of a thread told no bank."""
    channels = [step.said["channel"] for step in steps if step.what is Step.DELIVERED]
    return bool(channels) and channels[-1] == CLAIM


def claims_on(services: Services, viewer: Viewer, request: str) -> Claims:
    """Show all requests here about the account of one, with what the bank's block covers.

    Raises:
        UnknownTerm: There is no such request that this viewer may see.
        NotAllowed: The viewer may not see requests.
    """
    scope = scope_of(services, viewer, READS)

    def look(snapshot: Snapshot) -> Claims:
        head = request_or_unknown(snapshot, request, scope)
        return _claims(services, snapshot, head, _about(services, snapshot, head, scope))

    found = services.store.read(look)
    record_access(services, viewer, "claims", {"request": request}, [line.message for line in found.lines])
    return found


def _order_in(snapshot: Snapshot, head: RequestHead) -> Mapping[str, Any] | None:
    """The newest order of a thread that counted, whether it is in force or not."""
    _, steps, thread = load_thread(snapshot, head)
    return _order_of(_counted(steps, thread))


def _order_of(counted: Sequence[StepFact]) -> Mapping[str, Any] | None:
    return next((step.said for step in reversed(counted) if step.what is Step.ORDERED), None)


def _held(
    snapshot: Snapshot, head: RequestHead, order: Mapping[str, Any]
) -> list[tuple[RequestHead, Thread, StepFact, bool]]:
    """Other threads that this node answers about the same account at the same bank, and in which a bank holds."""
    found = []
    for other in snapshot.holding_about(head.subject, limit=CLAIMS_MAX):
        if other.message == head.message:
            continue
        _, steps, thread = load_thread(snapshot, other)
        counted = _counted(steps, thread)
        confirmed = [step for step in counted if step.what is Step.CONFIRMED]
        ordered = _order_of(counted)
        if ordered is None or not is_same_account(ordered, order):
            continue  # two banks may give out the same number
        if confirmed and confirmed[-1].said["blocked"] is not None:
            found.append((other, thread, confirmed[-1], is_claim(counted)))
    return found


def _counted(steps: Iterable[StepFact], thread: Thread) -> list[StepFact]:
    idle = {id_ for id_, _ in thread.idle} | set(thread.waiting)
    return [step for step in steps if step.id not in idle]


def _about(services: Services, snapshot: Snapshot, head: RequestHead, scope: Scope) -> list[RequestHead]:
    """Threads about the same account that a viewer may see: as it is written, and as identifiers find it."""
    bank = _bank_in(services, snapshot, head)

    def is_other(one: RequestHead) -> bool:
        return differ(bank, _bank_in(services, snapshot, one))

    seen = snapshot.requests_about(head.subject, scope=scope, limit=CLAIMS_MAX)
    found = {one.message: one for one in seen if not is_other(one)} | {head.message: head}
    for identifier in _identifiers(services, snapshot, head):
        for hit in snapshot.hits([(0, identifier.scheme, identifier.value)], scope=scope, limit=CLAIMS_MAX):
            other = snapshot.request_at(hit.seq, scope=scope)
            if other is not None and not is_other(other):
                found.setdefault(other.message, other)
    return sorted(found.values(), key=lambda one: one.seq)


def _bank_in(services: Services, snapshot: Snapshot, head: RequestHead) -> str:
    return bank_of(asked_in(services, snapshot, head).said["fields"])


def _identifiers(services: Services, snapshot: Snapshot, head: RequestHead) -> list[Identifier]:
    fields = asked_in(services, snapshot, head).said["fields"]
    account = fields.get("account") or fields.get("own_account") or {}
    if not isinstance(account, dict):
        return []
    scheme, value, bank = account.get("scheme") or "bank_account", account.get("value", ""), account.get("bank", "")
    if not value or not all(isinstance(one, str) for one in (scheme, value, bank)):
        return []  # a peer may write anything into a field
    named = f"{bank}:{value}" if scheme == "bank_account" and bank and ":" not in value else value
    found = canonical(scheme, named, packs=services.packs, region=services.config.region)
    return [found] if isinstance(found, Identifier) else []


def _claims(services: Services, snapshot: Snapshot, head: RequestHead, heads: list[RequestHead]) -> Claims:
    currency = head.currency
    lines, held, asked, whole, parts = [], 0, 0, 0, 0
    for one in heads:
        _, steps, thread = load_thread(snapshot, one)
        confirmed = [step for step in _counted(steps, thread) if step.what is Step.CONFIRMED]
        line = line_in(services, snapshot, one)
        currency = currency or thread.currency
        lines.append(
            ClaimLine(
                ref=one.ref,
                message=one.message,
                side=one.side,
                other=one.other,
                other_name=line.other_name,
                state=one.state,
                currency=thread.currency,
                asked=thread.asked_minor,
                blocked=thread.blocked_minor,
                tainted=thread.tainted_minor,
                held=thread.held_minor,
                whole=bool(confirmed) and bool(confirmed[-1].said["whole"]),
            )
        )
        if thread.currency == currency:
            asked += thread.asked_minor if line.is_open or thread.held_minor else 0
            held += thread.held_minor
            if thread.state in HOLDING and lines[-1].whole:
                whole = max(whole, thread.blocked_minor)  # the block of an account is one, whoever claims it
            elif thread.state in HOLDING:
                parts += thread.blocked_minor
    fields = asked_in(services, snapshot, head).said["fields"]
    account = fields.get("account") or fields.get("own_account") or {}
    return Claims(
        account=str(account.get("value", "")) if isinstance(account, dict) else "",
        lines=lines,
        currency=currency,
        asked=asked,
        held=held,
        blocked=max(whole, parts),
        is_covered=max(whole, parts) >= asked,
        more=any(line.currency not in ("", currency) for line in lines),
    )
