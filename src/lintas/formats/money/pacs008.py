# SPDX-License-Identifier: Apache-2.0
"""pacs.008: a bank tells another of customers' credit transfers. What it says of the debit is its own booking.

Source: ISO 20022 pacs.008.001, FIToFICustomerCreditTransfer, versions 02 and later by the same names.
"""

from typing import Final

from lintas.formats.money.draft import LedgerDraft, Payment, other_name, reference_of
from lintas.formats.money.iso import account_leaves, account_of, bank_of, channel_of
from lintas.formats.money.pacs import PacsForm, PacsReading, read_pacs
from lintas.formats.money.xml import Fields
from lintas.model.money import Leg, PaymentKind

_GROUP: Final = (
    "MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "TtlIntrBkSttlmAmt", "TtlIntrBkSttlmAmt@Ccy", "IntrBkSttlmDt",
    "PmtTpInf/LclInstrm/Cd", "PmtTpInf/LclInstrm/Prtry", "PmtTpInf/SvcLvl/Cd",
)  # fmt: skip
_PAYMENT: Final = (
    "PmtId/EndToEndId", "PmtId/TxId", "PmtId/UETR", "PmtId/InstrId", "PmtTpInf/LclInstrm/Cd",
    "PmtTpInf/LclInstrm/Prtry", "PmtTpInf/SvcLvl/Cd", "IntrBkSttlmAmt", "IntrBkSttlmAmt@Ccy", "IntrBkSttlmDt",
    "SttlmTmIndctn/DbtDtTm", "SttlmTmIndctn/CdtDtTm", "AccptncDtTm", "InstdAmt", "InstdAmt@Ccy",
    *account_leaves("DbtrAcct", "DbtrAgt"), *account_leaves("CdtrAcct", "CdtrAgt"),
)  # fmt: skip


def _row(reading: PacsReading, row: int, fields: Fields, minor: int, currency: str) -> Payment:
    draft, group = reading.draft, reading.group
    payer = account_of(draft, fields, "DbtrAcct", "DbtrAgt")
    payee = account_of(draft, fields, "CdtrAcct", "CdtrAgt")
    if not payer and not payee:
        raise ValueError("It names no account, neither the payer's nor the payee's.")
    said, said_currency = reading.values.amount(fields, "InstdAmt", may_be_absent=True)
    debit, credit, debit_currency = minor, minor, currency
    if said_currency == currency:  # what is between the two are the banks' charges
        debit, credit = max(said, minor), min(said, minor)
    elif said_currency:
        debit, debit_currency = said, said_currency
    end_to_end = fields.get("PmtId/EndToEndId", "")
    reference = reference_of(
        uetr=fields.get("PmtId/UETR", ""), end_to_end=end_to_end,
        bank=bank_of(fields, "DbtrAgt"), own=fields.get("PmtId/TxId") or fields.get("PmtId/InstrId", ""),
    )  # fmt: skip
    return Payment(
        row=row, payer=payer, payee=payee, reference=reference, of=other_name(end_to_end, reference),
        debit_at=reading.debited_at(row, fields),
        credit_at=reading.values.moment(fields, "SttlmTmIndctn/CdtDtTm"),
        debit_minor=debit, credit_minor=credit, debit_currency=debit_currency, credit_currency=currency,
        kind=PaymentKind.TRANSFER, legs=Leg.PAYER,
        channel=channel_of(*(
            where.get(f"PmtTpInf/{path}", "")
            for where in (fields, group) for path in ("LclInstrm/Cd", "LclInstrm/Prtry", "SvcLvl/Cd")
        )),
    )  # fmt: skip


_FORM: Final = PacsForm(
    body="FIToFICstmrCdtTrf",
    element="CdtTrfTxInf",
    noun="payment",
    amount="IntrBkSttlmAmt",
    total="TtlIntrBkSttlmAmt",
    group=_GROUP,
    payment=_PAYMENT,
    debited=("SttlmTmIndctn/DbtDtTm", "AccptncDtTm"),
    row=_row,
)


def read_pacs008(raw: bytes, draft: LedgerDraft) -> None:
    """Read a pacs.008 into a ledger's rows.

    Raises:
        Malformed: It is none.
        OverLimit: It is larger or deeper than a file may be.
    """
    read_pacs(raw, draft, _FORM)
