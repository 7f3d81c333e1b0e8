# SPDX-License-Identifier: Apache-2.0
"""A bank's answer to a question: bookings of one account, complete for a stretch of time.

Each booking is the account's own leg of a payment: the other bank's booking of it, when it comes, is the same payment.
Source: docs/spec/bank.md, "Questions".
"""

from lintas.errors import BadInput, Malformed
from lintas.formats.bank_bookings import read_bookings
from lintas.formats.money.draft import LedgerDraft, Payment
from lintas.model.bookings import Booking, BookingSide, BookingsTold
from lintas.model.money import NEVER, Covered, Leg


def read_told(raw: bytes, draft: LedgerDraft) -> None:
    """Read a bank's answer.

    Raises:
        Malformed: It is none, or tells of nothing.
    """
    try:
        said = read_bookings(raw)
    except BadInput as exc:
        raise Malformed("This is no answer of a bank about bookings.") from exc
    if not said.key or not said.currency:
        raise Malformed("This answer of a bank names no account, or no currency.")
    try:
        key = draft.accounts.key(said.key)
    except ValueError as exc:
        raise Malformed(f"This answer of a bank names an account that cannot be: {exc}") from exc
    draft.says.append(("account", key))
    for row, booking in enumerate(said.bookings, start=1):
        try:
            draft.add(_payment(draft, said, key, booking, row))
        except ValueError as exc:
            draft.reject(f"booking {row}", str(exc))
    if said.start != NEVER and said.start < said.end and not draft.rejected:
        # with a booking left out, nobody may say that these are all
        draft.covered.append(
            Covered(key, said.currency, said.start, said.end, opening=said.opening, closing=said.closing)
        )


def _payment(draft: LedgerDraft, said: BookingsTold, key: str, booking: Booking, row: int) -> Payment:
    """One booking as a payment of which one leg is known.

    Raises:
        ValueError: The account on the other side can be none.
    """
    other = draft.accounts.key(booking.other)
    there = booking.other_currency or said.currency
    if booking.side is BookingSide.DEBIT:
        return Payment(
            row=row,
            payer=key,
            payee=other,
            reference=booking.reference,  # never its own booking id, which the other bank does not know
            of=booking.of,
            debit_at=booking.at,
            debit_minor=booking.minor,
            debit_currency=said.currency,
            credit_minor=booking.other_minor,
            credit_currency=there,
            legs=Leg.PAYER,
            kind=booking.kind,
            channel=booking.channel,
        )
    return Payment(
        row=row,
        payer=other,
        payee=key,
        reference=booking.reference,
        of=booking.of,
        credit_at=booking.at,
        credit_minor=booking.minor,
        credit_currency=said.currency,
        debit_minor=booking.other_minor,
        debit_currency=there,
        legs=Leg.PAYEE,
        kind=booking.kind,
        channel=booking.channel,
    )
