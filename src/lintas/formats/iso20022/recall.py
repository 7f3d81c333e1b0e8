# SPDX-License-Identifier: Apache-2.0
"""Bytes <-> a camt.056: a financial institution is asked to cancel payments and to get the money back.

Source: ISO 20022 camt.056.001.08, FIToFIPaymentCancellationRequestV08; later versions are read by the same names.
"""

from lintas.errors import Malformed
from lintas.formats.iso20022.definition import CAMT_056
from lintas.formats.iso20022.fields import (
    read_account,
    read_amount,
    read_moment,
    read_party,
    read_text,
    write_account,
    write_agent,
    write_amount,
)
from lintas.formats.iso20022.message import (
    read_about,
    read_message,
    write_assignment,
    write_case,
    write_ids,
    write_message,
    write_reason,
)
from lintas.formats.iso20022.xml import Element, branch, leaf
from lintas.limits import RECALLED_PAYMENTS_MAX
from lintas.model.recall import Recall, RecalledPayment


def write_recall(recall: Recall) -> bytes:
    """Write a camt.056.001.08.

    Raises:
        BadInput: A value has not the form that the message asks for; the message names the element.
    """
    request = branch(
        "FIToFIPmtCxlReq",
        write_assignment(recall.id, by=recall.asker, to=recall.bank, made_at=recall.made_at),
        write_case("Case", recall.case, recall.asker),
        branch("CtrlData", leaf("NbOfTxs", str(len(recall.payments)))),
        branch("Undrlyg", *(_write_payment(payment) for payment in recall.payments)),
    )
    return write_message(CAMT_056, "Camt056", request, what="recall")


def _write_payment(payment: RecalledPayment) -> Element | None:
    return branch(
        "TxInf",
        leaf("CxlId", payment.id),
        *write_ids(payment.end_to_end, payment.transaction, payment.uetr),
        write_amount("OrgnlIntrBkSttlmAmt", payment.amount),
        leaf("OrgnlIntrBkSttlmDt", payment.settled_on),
        write_reason("CxlRsnInf", payment.reason, payment.about),
        branch(
            "OrgnlTxRef",
            write_account("DbtrAcct", payment.from_account),
            branch("CdtrAgt", write_agent(payment.to_bank)),
            write_account("CdtrAcct", payment.to_account),
        ),
    )


def read_recall(raw: bytes) -> Recall:
    """Read a camt.056.

    Raises:
        Malformed: It is none, or an element that every recall has is missing; the message says which.
        OverLimit: It is larger than a message may be.
    """
    id_, request = read_message(raw, "camt.056", "FIToFIPmtCxlReq", oldest=8, what="recall")
    found = list(request.all("Undrlyg/TxInf"))
    if not 1 <= len(found) <= RECALLED_PAYMENTS_MAX:
        raise Malformed(f"The recall names {len(found):,} payments; 1 to {RECALLED_PAYMENTS_MAX} are read.")
    return Recall(
        id=id_,
        case=read_text(request, "Case/Id", 35),
        asker=read_party(request.first("Assgnmt/Assgnr")),
        bank=read_party(request.first("Assgnmt/Assgne")),
        made_at=read_moment(request, "Assgnmt/CreDtTm"),
        payments=tuple(_read_payment(one) for one in found),
    )


def _read_payment(one: Element) -> RecalledPayment:
    return RecalledPayment(
        id=read_text(one, "CxlId", 35),
        end_to_end=read_text(one, "OrgnlEndToEndId", 35),
        transaction=read_text(one, "OrgnlTxId", 35),
        uetr=read_text(one, "OrgnlUETR", 36),
        amount=read_amount(one, "OrgnlIntrBkSttlmAmt"),
        settled_on=read_text(one, "OrgnlIntrBkSttlmDt", 10),
        reason=read_text(one, "CxlRsnInf/Rsn/Cd", 4),
        about=read_about(one, "CxlRsnInf/AddtlInf"),
        from_account=read_account(one, "OrgnlTxRef/DbtrAcct"),
        to_account=read_account(one, "OrgnlTxRef/CdtrAcct"),
        to_bank=read_party(one.first("OrgnlTxRef/CdtrAgt")),
    )
