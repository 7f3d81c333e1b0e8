# SPDX-License-Identifier: Apache-2.0
"""The form of what each document of the desk says. Unknown fields are refused: a newer form is a newer version.

Source: docs/spec/desk.md.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lintas.limits import (
    DESK_ACCOUNTS_MAX,
    DESK_FIELDS_MAX,
    DESK_PAYMENTS_MAX,
    DESK_SHORT_CHARS_MAX,
    DESK_TEXT_CHARS_MAX,
)
from lintas.model.header_rules import INTEGER_MAX

_TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]*\Z"  # no control characters but tab and line ends
_TIME = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\Z"

Text = Annotated[str, Meta(max_length=DESK_TEXT_CHARS_MAX, pattern=_TEXT)]
Short = Annotated[str, Meta(max_length=DESK_SHORT_CHARS_MAX, pattern=_TEXT)]
Code = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}\Z")]
CodeOrNone = Annotated[str, Meta(pattern=r"^([a-z0-9][a-z0-9_.-]{0,63})?\Z")]
Country = Annotated[str, Meta(pattern=r"^([A-Z]{2})?\Z")]
Language = Annotated[str, Meta(pattern=r"^([a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2})?\Z")]
Moment = Annotated[str, Meta(pattern=_TIME)]
MomentOrNone = Annotated[str, Meta(pattern=r"^\Z|" + _TIME)]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
Ref = Annotated[str, Meta(pattern=r"^[A-Z]{2}-[RQCATH]-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]\Z")]
RefOrNone = Annotated[str, Meta(pattern=r"^([A-Z]{2}-[RQCATH]-[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z])?\Z")]
NodeId = Annotated[str, Meta(pattern=r"^lintas:[a-z2-7]{52}\Z")]
NodeIdOrNone = Annotated[str, Meta(pattern=r"^(lintas:[a-z2-7]{52})?\Z")]
MessageDigest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
DocId = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Minor = Annotated[int, Meta(ge=0, le=INTEGER_MAX)]
Seconds = Annotated[int, Meta(ge=1, le=366 * 24 * 3600)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every part of a document shares: no field beyond its own."""


class MoneyPart(Part, frozen=True, kw_only=True):
    """An amount in minor units."""

    minor: Minor
    currency: Currency


class AccountPart(Part, frozen=True, kw_only=True):
    """An account, wallet or proxy as far as it is known."""

    scheme: CodeOrNone = ""
    value: Text = ""
    bank: Text = ""  # BIC or name
    country: Country = ""
    name: Text = ""  # of its holder, as the payer saw it


class PaymentPart(Part, frozen=True, kw_only=True):
    """One payment as the victim or a slip tells it."""

    amount: MoneyPart | None = None
    at: MomentOrNone = ""
    from_bank: Text = ""
    to: AccountPart = AccountPart()
    reference: Text = ""
    rail: CodeOrNone = ""


class ContactPart(Part, frozen=True, kw_only=True):
    """How the scammer was reached."""

    scheme: Code
    value: Text


class ReportSaid(Part, frozen=True, kw_only=True):
    """What happened."""

    how: Code
    area: CodeOrNone = ""
    kind: CodeOrNone = ""
    payments: Annotated[tuple[PaymentPart, ...], Meta(max_length=DESK_PAYMENTS_MAX)] = ()
    contacts: Annotated[tuple[ContactPart, ...], Meta(max_length=DESK_ACCOUNTS_MAX)] = ()
    slips: Annotated[tuple[MessageDigest, ...], Meta(max_length=DESK_ACCOUNTS_MAX)] = ()
    texts: Annotated[tuple[MessageDigest, ...], Meta(max_length=DESK_ACCOUNTS_MAX)] = ()
    language: Language = ""
    state: Annotated[str, Meta(pattern=r"^(open|closed)\Z")] = "open"
    duplicate_of: RefOrNone = ""
    short: Short = ""
    lang: Language = ""


class VictimSaid(Part, frozen=True, kw_only=True):
    """Who reported it."""

    name: Text = ""
    phone: Text = ""
    id_scheme: CodeOrNone = ""
    id: Text = ""
    own: AccountPart = AccountPart()
    address: Text = ""
    language: Language = ""
    short: Short = ""
    lang: Language = ""


class ContactPerson(Part, frozen=True, kw_only=True):
    """Whom the other desk calls."""

    name: Text = ""
    number: Text = ""
    languages: Annotated[tuple[Language, ...], Meta(max_length=10)] = ()


class RequestSaid(Part, frozen=True, kw_only=True):
    """What one desk asks another for."""

    to: NodeId
    form: Code
    power: CodeOrNone
    desk: Code
    purpose: Code
    basis: Code
    urgency: Annotated[str, Meta(pattern=r"^(now|today|routine)\Z")]
    fields: Annotated[dict[Code, Any], Meta(max_length=DESK_FIELDS_MAX)]
    levels: Annotated[dict[Code, Seconds], Meta(max_length=10)]
    agreement: RefOrNone = ""
    case: RefOrNone = ""
    report: RefOrNone = ""
    contact: ContactPerson = ContactPerson()
    short: Short = ""
    lang: Language = ""


class StepSaid(Part, frozen=True, kw_only=True):
    """One thing that is said or done in a request's thread."""

    asker: NodeId
    what: Code
    fields: Annotated[dict[Code, Any], Meta(max_length=DESK_FIELDS_MAX)] = {}
    ground: CodeOrNone = ""
    short: Short = ""
    lang: Language = ""


class CaseSaid(Part, frozen=True, kw_only=True):
    """One thing that one party says in a case."""

    opener: NodeId
    what: Code
    fields: Annotated[dict[Code, Any], Meta(max_length=DESK_FIELDS_MAX)] = {}
    short: Short = ""
    lang: Language = ""


class TraceSaid(Part, frozen=True, kw_only=True):
    """One thing that is said of money that is followed."""

    opener: NodeId
    what: Code
    to: NodeIdOrNone = ""  # empty: it stays at home
    fields: Annotated[dict[Code, Any], Meta(max_length=DESK_FIELDS_MAX)] = {}
    short: Short = ""
    lang: Language = ""


class AgreementSaid(Part, frozen=True, kw_only=True):
    """A fast lane between two nodes."""

    proposer: NodeId
    what: Annotated[str, Meta(pattern=r"^(proposed|accepted|ended)\Z")]
    terms: Annotated[dict[Code, Any], Meta(max_length=DESK_FIELDS_MAX)]


class QuestionSaid(Part, frozen=True, kw_only=True):
    """One thing that is said of a question to a bank."""

    what: Code
    fields: Annotated[dict[Code, Any], Meta(max_length=DESK_FIELDS_MAX)] = {}


class Ordered(Part, frozen=True, kw_only=True):
    """An order under the answering desk's own law."""

    power: Code
    door: Code
    authority: Text
    law: Text
    order_no: Text = ""
    account: AccountPart = AccountPart()
    whole: bool = False
    amount: MoneyPart | None = None
    expires_at: MomentOrNone = ""
    clock: CodeOrNone = ""
    relies: CodeOrNone = ""
    words: CodeOrNone = ""
    bank: Text = ""


class Instructed(Part, frozen=True, kw_only=True):
    """An order on its way through a bank's connection."""

    bank: Text
    instruction: DocId
    kind: Annotated[str, Meta(pattern=r"^(hold|release|extend)\Z")]
    amount: MoneyPart | None = None
    expires_at: MomentOrNone = ""


class Delivered(Part, frozen=True, kw_only=True):
    """The bank has the order."""

    bank: Text
    at: Moment
    channel: CodeOrNone = ""


class Confirmed(Part, frozen=True, kw_only=True):
    """What the bank did, in its own words and figures."""

    bank: Text
    at: Moment
    bank_ref: Text = ""
    blocked: MoneyPart | None = None
    tainted: MoneyPart | None = None
    whole: bool = False


class Failed(Part, frozen=True, kw_only=True):
    """What the bank could not do."""

    bank: Text
    at: Moment
    reason: Text


class NextHop(Part, frozen=True, kw_only=True):
    """Where money went on to."""

    account: AccountPart
    amount: MoneyPart | None = None
    at: MomentOrNone = ""
    reference: Text = ""


class Gone(Part, frozen=True, kw_only=True):
    """The money, or a part of it, went on."""

    amount: MoneyPart | None = None
    next: Annotated[tuple[NextHop, ...], Meta(max_length=DESK_PAYMENTS_MAX)] = ()


class Answered(Part, frozen=True, kw_only=True):
    """What was asked for."""

    answers: Annotated[dict[Code, Any], Meta(max_length=DESK_FIELDS_MAX)]


class Extended(Part, frozen=True, kw_only=True):
    """A hold goes on."""

    expires_at: Moment
    law: Text = ""
    order_no: Text = ""


class Ended(Part, frozen=True, kw_only=True):
    """A hold, or a part of it, ended."""

    amount: MoneyPart | None = None
    order_no: Text = ""
    at: Moment
    to: Text = ""


class Corrected(Part, frozen=True, kw_only=True):
    """The request was wrong."""

    why: Code
    review_s: Seconds


class Reviewed(Part, frozen=True, kw_only=True):
    """What the authority decided after a correction."""

    decision: Annotated[str, Meta(pattern=r"^(kept|released)\Z")]


class CallBack(Part, frozen=True, kw_only=True):
    """Two one-time words: the asking officer reads the first, the answering one the second."""

    words: Annotated[tuple[Text, ...], Meta(min_length=2, max_length=2)]
    expires_at: Moment


class Door(Part, frozen=True, kw_only=True):
    """Another door that was tried."""

    door: Code
    how: Code
    outcome: CodeOrNone = ""


class Promised(Part, frozen=True, kw_only=True):
    """A call that was promised."""

    at: Moment
    to: Text


class Kept(Part, frozen=True, kw_only=True):
    """It was made."""

    promise: DocId


class RecallSent(Part, frozen=True, kw_only=True):
    """Own bank was asked to recall a payment."""

    bank: Text
    recall: Text
    reason: CodeOrNone = ""
    amount: MoneyPart | None = None


class RecallAnswered(Part, frozen=True, kw_only=True):
    """What came of it."""

    recall: Text
    status: Text
    amount: MoneyPart | None = None
    reason: Text = ""


class Nothing(Part, frozen=True, kw_only=True):
    """What says no more than that it happened."""
