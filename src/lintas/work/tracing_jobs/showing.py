# SPDX-License-Identifier: Apache-2.0
"""Put traces and payments as they are shown: times as RFC 3339, what is unknown as such."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from lintas.model.ledger import LedgerAccount, LedgerPayment
from lintas.model.money import NEVER, UNKNOWN_MINOR, CurrencyLeg, FlowLine, HeldLine, LeftLine, Leg, Seed, TraceResult
from lintas.model.money_answers import (
    AccountShown,
    CurrencyShown,
    FlowShown,
    HeldShown,
    LabelShown,
    LeftShown,
    PaymentShown,
    TraceShown,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TOLD_BY: Final = {0: "", int(Leg.PAYER): "payer", int(Leg.PAYEE): "payee", int(Leg.PAYER | Leg.PAYEE): "both"}


def time_text(us: int) -> str:
    """Microseconds since 1970 as RFC 3339 UTC with milliseconds, or microseconds where they count; NEVER is empty."""
    if us == NEVER:
        return ""
    moment = _EPOCH + timedelta(microseconds=us)
    spec = "microseconds" if us % 1000 else "milliseconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


def seed_text(seed: Seed) -> str:
    """A seed as it was understood, in the form in which people write it."""
    start = f"@{time_text(seed.start)}" if seed.start != NEVER else ""
    if seed.minor == UNKNOWN_MINOR:
        return seed.account + start
    return f"{seed.account}{start or '@'}:{seed.minor}"


def shown_trace(result: TraceResult, seeds: Sequence[Seed], *, messages: int, seconds: float) -> TraceShown:
    """A trace."""
    return TraceShown(
        method=result.method.value,
        backward=result.backward,
        seeds=[seed_text(seed) for seed in seeds],
        flows=[_flow(one) for one in result.flows],
        flows_total=result.flows_total,
        held=[_held(one) for one in result.held],
        left=[_left(one) for one in result.left],
        currencies=[_currency(one) for one in result.legs],
        conserved=result.conserved,
        messages=messages,
        payments=result.payments,
        rows=result.rows,
        accounts=result.accounts,
        limits=list(result.limits),
        objections=list(result.objections),
        seconds=round(seconds, 3),
    )


def shown_account(one: LedgerAccount) -> AccountShown:
    """One account."""
    return AccountShown(
        account=one.account,
        currency=one.currency,
        paid=one.paid,
        paid_minor=one.paid_minor,
        received=one.received,
        received_minor=one.received_minor,
        first_at=time_text(one.first_at),
        last_at=time_text(one.last_at),
    )


def shown_payment(one: LedgerPayment) -> PaymentShown:
    """One payment as a message tells it."""
    return PaymentShown(
        message=one.message,
        row=one.row,
        reference=one.reference,
        of=one.of,
        payer=one.payer,
        payee=one.payee,
        debit_at=time_text(one.debit_at),
        credit_at=time_text(one.credit_at),
        debit_minor=None if one.debit_minor == UNKNOWN_MINOR else one.debit_minor,
        credit_minor=None if one.credit_minor == UNKNOWN_MINOR else one.credit_minor,
        debit_currency=one.debit_currency,
        credit_currency=one.credit_currency,
        kind=one.kind,
        channel=one.channel,
        told_by=_TOLD_BY[one.legs],
    )


def _flow(one: FlowLine) -> FlowShown:
    return FlowShown(
        payment=one.payment,
        message=one.message,
        row=one.row,
        payer=one.payer,
        payee=one.payee,
        at=time_text(one.at),
        credit_at=time_text(one.credit_at),
        currency=one.currency,
        amount_minor=one.minor,
        credit_currency=one.credit_currency,
        credit_minor=one.credit_minor,
        tainted_minor=one.tainted,
        confirmed_minor=one.confirmed,
        arrived_minor=one.arrived,
        depth=one.depth,
        kind=one.kind,
        channel=one.channel,
        sources=one.sources,
        labels=_labels(one.labels),
    )


def _held(one: HeldLine) -> HeldShown:
    return HeldShown(
        account=one.account,
        currency=one.currency,
        amount_minor=one.minor,
        confirmed_minor=one.confirmed,
        knowledge=one.knowledge.value,
        balance_minor=one.balance,
        first_at=time_text(one.first_at),
        last_at=time_text(one.last_at),
        depth=one.depth,
        channel=one.channel,
        labels=_labels(one.labels),
    )


def _left(one: LeftLine) -> LeftShown:
    return LeftShown(
        why=one.why,
        account=one.account,
        to=one.to,
        currency=one.currency,
        amount_minor=one.minor,
        confirmed_minor=one.confirmed,
        payment=one.payment,
        at=time_text(one.at),
    )


def _currency(one: CurrencyLeg) -> CurrencyShown:
    return CurrencyShown(
        currency=one.currency,
        seeded_minor=one.seeded,
        injected_minor=one.injected,
        converted_in_minor=one.converted_in,
        held_minor=one.held,
        left_minor=one.left,
        converted_out_minor=one.converted_out,
        residue_minor=one.residue,
    )


def _labels(labels: Sequence[tuple[str, int]]) -> list[LabelShown]:
    return [LabelShown(label, minor) for label, minor in labels]
