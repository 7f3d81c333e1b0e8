# SPDX-License-Identifier: Apache-2.0
"""Bytes <-> a camt.056: a financial institution is asked to cancel payments and to get the money back.

Source: ISO 20022 camt.056.001.08, FIToFIPaymentCancellationRequestV08; later versions are read by the same names.
"""

from typing import Final

from lintas.errors import BadInput, Malformed
from lintas.formats.iso20022.definition import CAMT_056, violations
from lintas.formats.iso20022.fields import (
    check_namespace,
    read_account,
    read_amount,
    read_moment,
    read_party,
    read_text,
    write_account,
    write_agent,
    write_amount,
    write_party,
)
from lintas.formats.iso20022.xml import Element, branch, leaf, read_xml, write_xml
from lintas.limits import RECALLED_PAYMENTS_MAX
from lintas.model.recall import Recall, RecalledPayment

_ABOUT_MAX: Final = 10


def write_recall(recall: Recall) -> bytes:
    """Write a camt.056.001.08.

    Raises:
        BadInput: A value has not the form that the message asks for; the message names the element.
    """
    request = branch(
        "FIToFIPmtCxlReq",
        branch(
            "Assgnmt",
            leaf("Id", recall.id),
            write_party("Assgnr", recall.asker),
            write_party("Assgne", recall.bank),
            leaf("CreDtTm", recall.made_at),
        ),
        branch("Case", leaf("Id", recall.case), write_party("Cretr", recall.asker)) if recall.case else None,
        branch("CtrlData", leaf("NbOfTxs", str(len(recall.payments)))),
        branch("Undrlyg", *(_write_payment(payment) for payment in recall.payments)),
    )
    root = Element(name="Document", children=(request,) if request is not None else ())
    for violation in violations(root, "Camt056"):
        raise BadInput(f"The recall cannot be written: {violation}.")
    return write_xml(CAMT_056, root)


def _write_payment(payment: RecalledPayment) -> Element | None:
    return branch(
        "TxInf",
        leaf("CxlId", payment.id),
        leaf("OrgnlEndToEndId", payment.end_to_end),
        leaf("OrgnlTxId", payment.transaction),
        leaf("OrgnlUETR", payment.uetr),
        write_amount("OrgnlIntrBkSttlmAmt", payment.amount),
        leaf("OrgnlIntrBkSttlmDt", payment.settled_on),
        branch(
            "CxlRsnInf", branch("Rsn", leaf("Cd", payment.reason)), *(leaf("AddtlInf", one) for one in payment.about)
        ),
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
    namespace, root = read_xml(raw)
    check_namespace(namespace, "camt.056", oldest=8)
    request = root.first("FIToFIPmtCxlReq")
    if root.name != "Document" or request is None:
        raise Malformed("The file holds no FIToFIPmtCxlReq.")
    id_ = read_text(request, "Assgnmt/Id", 35)
    if not id_:
        raise Malformed("The recall has no Assgnmt/Id.")
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
        about=tuple(text for about in list(one.all("CxlRsnInf/AddtlInf"))[:_ABOUT_MAX] if (text := _about(about))),
        from_account=read_account(one, "OrgnlTxRef/DbtrAcct"),
        to_account=read_account(one, "OrgnlTxRef/CdtrAcct"),
        to_bank=read_party(one.first("OrgnlTxRef/CdtrAgt")),
    )


def _about(element: Element) -> str:
    return read_text(Element(name="", children=(element,)), element.name, 105)
