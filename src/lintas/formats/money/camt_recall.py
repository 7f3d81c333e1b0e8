# SPDX-License-Identifier: Apache-2.0
"""camt.056 and camt.029 as rows: words about a payment that is named in `of`. They move nothing.

Source: ISO 20022 camt.056.001 and camt.029.001, versions 08 and 09 and later, as `formats/iso20022` reads them.
"""

from lintas.formats.iso20022 import read_recall, read_resolution
from lintas.formats.money.draft import LedgerDraft, Payment, reference_of
from lintas.formats.money.times import Times
from lintas.model.desk import Money
from lintas.model.money import NEVER, UNKNOWN_MINOR, Leg, PaymentKind


def read_recalls(raw: bytes, draft: LedgerDraft) -> None:
    """Read a camt.056: which payments are called back.

    Raises:
        Malformed: It is none.
        OverLimit: It is larger than a message may be.
    """
    recall = read_recall(raw)
    at = Times()[recall.made_at] if recall.made_at else NEVER
    draft.says.append(("messageId", recall.id))
    for row, one in enumerate(recall.payments, 1):
        try:
            payer = draft.accounts.key(one.from_account, recall.asker.bic)
            payee = draft.accounts.key(one.to_account, one.to_bank.bic or recall.bank.bic)
        except ValueError as exc:
            draft.reject(f"recall {row}", str(exc))
            continue
        _add(
            draft,
            row,
            (payer, payee),
            reference_of(bank=recall.asker.bic, own=one.id or recall.id),
            reference_of(uetr=one.uetr, end_to_end=one.end_to_end, bank=recall.asker.bic, own=one.transaction),
            at,
            one.amount,
        )


def read_answers(raw: bytes, draft: LedgerDraft) -> None:
    """Read a camt.029: what came of calling payments back.

    Raises:
        Malformed: It is none.
        OverLimit: It is larger than a message may be.
    """
    answer = read_resolution(raw)
    at = Times()[answer.made_at] if answer.made_at else NEVER
    draft.says += [("messageId", answer.id), ("status", answer.status)]
    for row, one in enumerate(answer.payments, 1):
        _add(
            draft,
            row,
            ("", ""),
            reference_of(bank=answer.bank.bic, own=one.id or answer.id),
            reference_of(uetr=one.uetr, end_to_end=one.end_to_end, bank=answer.asker.bic, own=one.transaction),
            at,
            one.returned or one.amount,
        )


def _add(
    draft: LedgerDraft, row: int, accounts: tuple[str, str], reference: str, of: str, at: int, amount: Money | None
) -> None:
    if not of:
        draft.reject(f"recall {row}", "It names no payment by a reference that can be relied on.")
        return
    draft.add(
        Payment(
            row=row, payer=accounts[0], payee=accounts[1], reference=reference, of=of, debit_at=at,
            debit_minor=amount.minor if amount else UNKNOWN_MINOR,
            credit_minor=amount.minor if amount else UNKNOWN_MINOR,
            debit_currency=amount.currency if amount else "", kind=PaymentKind.RECALL, legs=Leg.PAYER,
        )
    )  # fmt: skip
