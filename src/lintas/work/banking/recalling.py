# SPDX-License-Identifier: Apache-2.0
"""Ask the bank that sent the money to recall it, beside the request to the other desk, and take in what it answers.

A recall is a file (camt.056) made anew each time from the request and the step that tells of it, always the same; it
names accounts and references, and no person. What a bank answers is read in the sandbox and held against what was
asked. If we die between the bank's answer and its entry, the answer is asked for again.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lintas.errors import BadInput, NotAllowed, UnknownTerm, WrongUse
from lintas.formats.desk import parse_doc
from lintas.formats.iso20022 import write_recall
from lintas.model.desk import Doc, Money, Side, Step, StepFact
from lintas.model.desk_found import RequestHead
from lintas.model.desk_ref import is_ref
from lintas.model.header import Mode
from lintas.model.recall import Institution, Recall, RecalledPayment, Resolution
from lintas.model.scope import WHOLE, Scope
from lintas.model.viewer import Viewer
from lintas.policy.requests import may_say, money_of
from lintas.ports.bank import plain_bank
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.banking.telling import ACTIVITY, Saying, say_in_thread
from lintas.work.desk import load_thread, request_or_unknown
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services, as_text
from lintas.work.streams import SELF

EXERCISE: Final = "EXERCISE ONLY - NO PAYMENT IS TO BE RETURNED"
PENDING: Final = "pdcr"
_TEXT_CHARS_MAX: Final = 35
_NAME_CHARS_MAX: Final = 140
_BIC: Final = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
_ID: Final = re.compile(r"(.{18})(?:-[0-9a-f]{8}(?:-1)?)?")  # reference, recall, its payment
_CONTRADICTS: Final = {"CNCL": "RJCR", "RJCR": "ACCR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallMade:
    """A recall that a person may give to the bank."""

    recall: str  # its id
    bank: str
    file: bytes  # camt.056
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallTaken:
    """What a bank said of a recall."""

    ref: str
    recall: str
    status: str
    reason: str
    amount: Money | None
    is_new: bool  # False when it had said the same before


def make_recall(
    services: Services, viewer: Viewer, request: str, *, bank: str = "", reason: str = "frad"
) -> RecallMade:
    """Ask the bank that sent the money to recall it: the thread says so from now on, and the file is there.

    Args:
        request: Reference of a request of this desk, or the id of the message that opened it.
        bank: BIC or name; the request's own `from_bank` when empty.
        reason: Code of `recall_reason`.

    Raises:
        UnknownTerm: There is no such request that this viewer may see.
        NotAllowed: This desk did not ask, or the viewer may not.
        WrongUse: Nobody says which bank sent it, or the request names no account.
        BadInput: A value of the request has not the form that banks read.
    """
    scope = scope_of(services, viewer, ACTIVITY)
    head = services.store.read(lambda snapshot: request_or_unknown(snapshot, request, scope))
    thread = services.store.read(lambda snapshot: load_thread(snapshot, head))[2]
    decision = may_say(thread, head.says_as(Step.RECALL_SENT), Step.RECALL_SENT)
    if not decision.allowed:
        raise NotAllowed(f"It cannot be recalled: {decision.reason}.", rule=decision.rule)
    said = services.store.read(lambda snapshot: _asked(services, snapshot, head))
    named = bank or str(said.get("from_bank") or "")
    if not named:
        raise WrongUse("It is not known which bank sent the money.", hint="Name it: its BIC, or its name.")
    amount = None if head.amount_minor < 0 else Money(head.amount_minor, head.currency)
    fields: dict[str, Any] = {
        "bank": named,
        "recall": f"{head.ref}-{services.keys.random(4).hex()}",
        "reason": reason,
        "amount": None if amount is None else {"minor": amount.minor, "currency": amount.currency},
    }
    made_at = as_text(services.clock.now())
    write_recall(_recall(services, head, said, fields, made_at=made_at))  # what no bank could read is refused before
    saying = Saying(what=Step.RECALL_SENT, fields=fields, is_local=True)
    if not say_in_thread(services, head, (saying,), by=viewer.id).said:
        raise WrongUse("The request changed while it was recalled.", hint="Look at it, and try again.")
    return recall_file(services, viewer, head.message, fields["recall"])


def recall_file(services: Services, viewer: Viewer, request: str, recall: str) -> RecallMade:
    """The file of a recall, to be given to its bank.

    Raises:
        UnknownTerm: There is no such recall that this viewer may see.
    """
    scope = scope_of(services, viewer, "request.read")

    def look(snapshot: Snapshot) -> tuple[RequestHead, RecallMade]:
        head = request_or_unknown(snapshot, request, scope)
        step = _sent(snapshot, head).get(recall)
        if step is None:
            raise UnknownTerm("There is no such recall.")
        return head, file_of(services, snapshot, head, step)

    head, made = services.store.read(look)
    record_access(services, viewer, "recall_file", {"recall": recall}, [head.message])
    return made


def file_of(services: Services, snapshot: Snapshot, head: RequestHead, step: StepFact) -> RecallMade:
    """The file of one recall, the same each time, for the node itself."""
    recall = _recall(services, head, _asked(services, snapshot, head), step.said, made_at=step.at)
    return RecallMade(
        recall=recall.id,
        bank=step.said["bank"],
        file=write_recall(recall),
        file_name=f"camt.056_{recall.id}.xml",
    )


def take_recall_answer(services: Services, viewer: Viewer, raw: bytes) -> RecallTaken:
    """Take in what a bank says of a recall, as somebody was given it.

    Args:
        raw: A camt.029; hostile until the sandbox has read it.

    Raises:
        BadInput: It is none, answers no recall of this node, or says what cannot be.
        SandboxLimit: Reading it reached a limit.
        NotAllowed: The viewer may not.
        UnknownTerm: It is about a request that this viewer may not see.
    """
    scope = scope_of(services, viewer, ACTIVITY)
    taken = write_answer(services, services.readers.read_resolution(raw), by=viewer.id, sees=scope)
    head = services.store.read(lambda snapshot: request_or_unknown(snapshot, taken.ref, scope))
    record_access(services, viewer, "recall_answer", {"recall": taken.recall}, [head.message])
    return taken


def write_answer(services: Services, said: Resolution, *, by: str = SELF, sees: Scope = WHOLE) -> RecallTaken:
    """Hold a bank's answer against what was asked, and write it into the thread; saying it again adds nothing.

    Raises:
        BadInput: It answers no recall of this node, or says what cannot be.
    """
    head, asked = services.store.read(lambda snapshot: _found(services, snapshot, said, sees))
    amount = _checked(said, asked)
    recall, status = asked["recall"], said.status.lower()
    reason = next((payment.reason for payment in said.payments if payment.reason), "")
    fields: dict[str, Any] = {
        "recall": recall,
        "status": status,
        "amount": None if amount is None else {"minor": amount.minor, "currency": amount.currency},
        "reason": reason,
    }
    words = ("lintas-recall-answer-v1", recall, status, reason, str(amount))
    id_ = hashlib.sha256("\n".join(words).encode("utf-8")).hexdigest()[:32]
    saying = Saying(what=Step.RECALL_ANSWERED, fields=fields, id=id_, is_local=True)
    told = say_in_thread(services, head, (saying,), by=by)
    return RecallTaken(ref=head.ref, recall=recall, status=status, reason=reason, amount=amount, is_new=bool(told.said))


def _found(
    services: Services, snapshot: Snapshot, said: Resolution, sees: Scope
) -> tuple[RequestHead, Mapping[str, Any]]:
    """The recall that an answer is of: by the ids that the bank repeats."""
    own = services.keys.node
    for id_ in (said.recall, *(payment.id for payment in said.payments), said.case):
        found = _ID.fullmatch(id_)
        if found is None or not is_ref(found[1], Doc.REQUEST):
            continue
        head = snapshot.request_of(own, found[1])
        if head is None or snapshot.request(head.message, scope=sees) is None:
            continue
        sent = {recall: step.said for recall, step in _sent(snapshot, head).items()}
        letter = {letter_recall(head): _letter(head)}
        named = [asked for recall, asked in (letter | sent).items() if id_.startswith(recall)] or (
            list((sent or letter).values()) if id_ == head.ref and len(sent) <= 1 else []
        )
        if named:
            return head, named[0]
    raise BadInput("The file answers no recall of this node.", hint="The bank repeats a recall's id, or its reference.")


def _checked(said: Resolution, told: Mapping[str, Any]) -> Money | None:
    """What comes back, as far as the answer can be so."""
    wanted = plain_bank(told["bank"])
    if _BIC.fullmatch(wanted) and said.bank.bic and said.bank.bic[:8] != wanted[:8]:
        raise BadInput(f"Another bank answers than was asked: {said.bank.bic} and not {told['bank']}.")
    contradicted = _CONTRADICTS.get(said.status, "")
    if any(payment.status == contradicted for payment in said.payments if payment.status):
        raise BadInput(f"The answer contradicts itself: {said.status} of all, and {contradicted} of a payment.")
    returned = [payment.returned for payment in said.payments if payment.returned is not None]
    if not returned:
        return None
    asked = money_of(told["amount"])
    currencies = {money.currency for money in returned} | ({asked.currency} if asked is not None else set())
    total = sum(money.minor for money in returned)
    if len(currencies) != 1 or (asked is not None and total > asked.minor):
        raise BadInput("The answer returns more than was asked for, or another currency; nothing of it was taken.")
    return Money(total, currencies.pop())


def letter_recall(head: RequestHead) -> str:
    """The id of the recall that a request's ladder gives as a letter, before anybody said that a bank was asked."""
    return f"{head.ref}-{head.doc[:8]}"


def _letter(head: RequestHead) -> dict[str, Any]:
    """What is known of a recall that went as a letter: not which bank was asked."""
    amount = None if head.amount_minor < 0 else {"minor": head.amount_minor, "currency": head.currency}
    return {"recall": letter_recall(head), "bank": "", "amount": amount}


def _sent(snapshot: Snapshot, head: RequestHead) -> dict[str, StepFact]:
    """The recalls of a thread, by their ids."""
    _, steps, _ = load_thread(snapshot, head)
    return {step.said["recall"]: step for step in steps if step.what is Step.RECALL_SENT and step.side is Side.ASKER}


def answers_in(snapshot: Snapshot, head: RequestHead) -> dict[str, str]:
    """What was answered to each recall of a thread, the newest status; only the bank's pending ones are asked again."""
    _, steps, _ = load_thread(snapshot, head)
    answered = (step for step in sorted(steps, key=lambda one: one.seq) if step.what is Step.RECALL_ANSWERED)
    return {step.said["recall"]: step.said["status"] for step in answered}


def sent_in(snapshot: Snapshot, head: RequestHead) -> dict[str, StepFact]:
    """The recalls of a thread, by their ids, for the node itself."""
    return _sent(snapshot, head)


def _asked(services: Services, snapshot: Snapshot, head: RequestHead) -> dict[str, Any]:
    """The fields of the request."""
    raw = payload_bytes(services, snapshot, head.seq)
    if raw is None:
        raise UnknownTerm("The request was erased.")
    fields: dict[str, Any] = parse_doc(raw).said["fields"]
    return fields


def _recall(
    services: Services, head: RequestHead, asked: Mapping[str, Any], said: Mapping[str, Any], *, made_at: str
) -> Recall:
    account = asked.get("account")
    if not isinstance(account, dict) or not account.get("value"):
        raise WrongUse("The request names no account that the money went to.")
    reference = str(asked.get("reference") or "")
    paid_at = str(asked.get("paid_at") or "")
    about = [head.ref] if len(reference) <= _TEXT_CHARS_MAX else [head.ref, reference[:105]]
    if services.config.mode is Mode.EXERCISE:
        about.insert(0, EXERCISE)
    payment = RecalledPayment(
        id=f"{said['recall']}-1",
        transaction=reference if len(reference) <= _TEXT_CHARS_MAX else "",
        amount=money_of(said["amount"]),
        settled_on=paid_at[:10],
        reason=said["reason"].upper(),
        about=tuple(about),
        to_account="".join(str(account["value"]).split()),
        to_bank=_institution(str(account.get("bank") or "")),
    )
    return Recall(
        id=said["recall"],
        case=head.ref,
        asker=Institution(name=services.config.name[:_NAME_CHARS_MAX]),
        bank=_institution(said["bank"]),
        made_at=made_at,
        payments=(payment,),
    )


def _institution(bank: str) -> Institution:
    plain = "".join(bank.split()).upper()
    return Institution(bic=plain) if _BIC.fullmatch(plain) else Institution(name=bank[:_NAME_CHARS_MAX])
