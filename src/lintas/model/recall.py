# SPDX-License-Identifier: Apache-2.0
"""A recall of payments, asked of the bank that sent them, and what came of it."""

from dataclasses import dataclass

from lintas.model.desk import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Institution:
    """A bank or an agency, as far as it is known."""

    name: str = ""
    bic: str = ""
    member: str = ""  # code of a national clearing system


@dataclass(frozen=True, slots=True, kw_only=True)
class RecalledPayment:
    """One payment that is to come back. It names accounts, and no person."""

    id: str  # of the recall of this payment
    end_to_end: str = ""
    transaction: str = ""
    uetr: str = ""  # RFC 4122 version 4, small letters
    amount: Money | None = None
    settled_on: str = ""  # date
    reason: str = "FRAD"  # of ExternalCancellationReason1Code
    about: tuple[str, ...] = ()  # up to 105 characters each
    from_account: str = ""
    to_account: str = ""
    to_bank: Institution = Institution()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """A camt.056: what a bank is asked to get back."""

    id: str  # up to 35 characters
    case: str  # the desk's reference
    asker: Institution
    bank: Institution
    made_at: str  # RFC 3339 UTC with milliseconds
    payments: tuple[RecalledPayment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedPayment:
    """What came of the recall of one payment."""

    id: str = ""  # of the recall of this payment, as its bank repeats it
    end_to_end: str = ""
    transaction: str = ""
    uetr: str = ""
    status: str = ""  # ACCR | RJCR | PDCR; empty when the bank does not say it payment by payment
    reason: str = ""  # code of why not: CUST, NOAS, AM04 …
    about: tuple[str, ...] = ()
    returned: Money | None = None  # what comes back
    amount: Money | None = None  # of the payment


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """A camt.029: what came of a recall."""

    id: str
    recall: str  # id of the recall that it answers, where the bank repeats it
    case: str  # the desk's reference, where the bank repeats it
    bank: Institution
    asker: Institution
    made_at: str  # empty when the file names no time that can be
    status: str  # of ExternalInvestigationExecutionConfirmation1Code: CNCL, RJCR, PDCR, PECR …
    payments: tuple[ResolvedPayment, ...] = ()
