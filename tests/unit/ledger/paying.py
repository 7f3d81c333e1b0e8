# SPDX-License-Identifier: Apache-2.0
"""Payments as columns, made by hand: for tests that need no reader."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from lintas.model.money import NEVER, Channel, Covered, LedgerRows, PaymentKind

S = 1_000_000  # microseconds of a second
DAY = 86_400 * S
START = 1_767_225_600 * S  # 2026-01-01T00:00:00Z


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """One payment."""

    payer: str
    payee: str
    minor: int
    at: int  # microseconds
    currency: str = "THB"
    reference: str = ""
    credit_at: int = NEVER
    credit_minor: int | None = None
    credit_currency: str = ""
    kind: PaymentKind = PaymentKind.TRANSFER
    channel: Channel = Channel.INSTANT
    legs: int = 3
    of: str = ""


def rows_of(payments: Sequence[Paid], covered: Sequence[Covered] = ()) -> LedgerRows:
    """Columns of some payments, numbered from 1."""
    numbers: dict[str, int] = {"": 0}

    def word(text: str) -> int:
        return numbers.setdefault(text, len(numbers))

    columns = {
        "payer": array("i", (word(one.payer) for one in payments)),
        "payee": array("i", (word(one.payee) for one in payments)),
        "reference": array("i", (word(one.reference) for one in payments)),
        "of": array("i", (word(one.of) for one in payments)),
        "debit_currency": array("i", (word(one.currency) for one in payments)),
        "credit_currency": array("i", (word(one.credit_currency or one.currency) for one in payments)),
        "kind": array("i", (word(one.kind.value) for one in payments)),
        "channel": array("i", (word(one.channel.value) for one in payments)),
        "row": array("i", range(1, len(payments) + 1)),
        "debit_at": array("q", (one.at for one in payments)),
        "credit_at": array("q", (one.at if one.credit_at == NEVER else one.credit_at for one in payments)),
        "debit_minor": array("q", (one.minor for one in payments)),
        "credit_minor": array("q", (one.minor if one.credit_minor is None else one.credit_minor for one in payments)),
        "legs": array("B", (one.legs for one in payments)),
    }
    made = {name: column.tobytes() for name, column in columns.items()}
    return msgspec.structs.replace(
        LedgerRows(count=len(payments), words=tuple(numbers), covered=tuple(covered)), **made
    )
