# SPDX-License-Identifier: Apache-2.0
"""What the use cases about reports answer, in the shapes that command line and pages share."""

from typing import Any

import msgspec


class LikenessShown(msgspec.Struct, frozen=True):
    """Another report that may tell of the same payment."""

    ref: str
    message: str
    rank: int  # 1: very likely; 2: likely; 3: look
    rule: str
    sentence: str  # English; the pages translate it
    at: str  # when it was taken
    state: str


class ElsewhereShown(msgspec.Struct, frozen=True):
    """What else here knows a receiving account, as far as the viewer may see."""

    scheme: str
    value: str
    reports: list[str] = []  # references
    requests: list[str] = []
    cases: list[str] = []
    messages: list[str] = []  # other messages, by id
    more: bool = False


class AskDraft(msgspec.Struct, frozen=True):
    """A request that can be sent at once: `asked` is what `work.requests` takes."""

    how: str  # peer: to another desk; own_bank: the victim's bank recalls; own_door: we order; nobody: no peer
    payment: int  # number of the payment in the report, from 0
    form: str
    fields: dict[str, Any]
    missing: list[str] = []  # labels of fields that must still be filled in
    to: str = ""  # node
    to_name: str = ""
    country: str = ""  # of the receiving bank
    bank: str = ""  # that is asked, of own_bank; that holds the account, of own_door
    doors: list[str] = []  # codes of own doors, of own_door; of rungs of the ladder, of nobody
    asked: dict[str, Any] = {}


class ReportFiled(msgspec.Struct, frozen=True):
    """What filing or changing a report did."""

    ref: str
    message: str
    status: str  # code that who reported may hear
    is_again: bool  # it was filed before with this reference: nothing was written
    duplicates: list[LikenessShown]
    elsewhere: list[ElsewhereShown]
    suggestions: list[AskDraft]
    notes: list[str] = []  # what was kept as it was typed because it could not be read


class ReportVersion(msgspec.Struct, frozen=True):
    """One document of a report."""

    message: str
    doc: str
    by: str
    at: str
    state: str


class VictimShown(msgspec.Struct, frozen=True):
    """Who reported, or that it is withheld."""

    message: str
    masked: bool
    said: dict[str, Any] = {}
    note: str = ""


class ReportShown(msgspec.Struct, frozen=True):
    """One report as it is now."""

    ref: str
    message: str
    doc: str
    by: str
    at: str
    said: dict[str, Any]  # empty when it was erased
    erased: bool
    status: str
    victim: VictimShown | None
    versions: list[ReportVersion]  # newest first
    requests: list[str]  # references of requests made for it
    duplicates: list[LikenessShown]
    elsewhere: list[ElsewhereShown]
    suggestions: list[AskDraft]
    owner: str = ""


class ReportLine(msgspec.Struct, frozen=True):
    """One report in a list."""

    seq: int
    ref: str
    message: str
    at: str  # of its newest document
    by: str
    how: str
    area: str
    kind: str
    state: str
    duplicate_of: str
    payments: list[dict[str, Any]]  # scheme, value, minor (-1: not known), currency, at, reference


class CodeRead(msgspec.Struct, frozen=True):
    """One QR code of a slip: what it says, or why it says nothing."""

    text: str
    scheme: str = ""  # promptpay, paynow, duitnow, qris, vietqr, qrph, thai_slip, other; empty: no payment code
    reason: str = ""
    payment: dict[str, Any] = {}  # what it suggests for a payment of the report
    notes: list[str] = []


class SlipRead(msgspec.Struct, frozen=True):
    """What a slip says. Nothing of it is in a report until a person puts it there."""

    message: str  # under which the picture is kept
    codes_message: str  # under which the codes' texts are kept and found; empty when there were none
    codes: list[CodeRead]
    note: str = ""


class FactShown(msgspec.Struct, frozen=True):
    """One thing that a text says, with the place it came from."""

    kind: str
    start: int
    end: int
    original: str
    value: str
    scheme: str = ""
    money: dict[str, Any] | None = None
    role: str = ""
    assumed: bool = False


class ChatRead(msgspec.Struct, frozen=True):
    """What a pasted text says. Nothing of it is in a report until a person puts it there."""

    message: str  # under which the text is kept; empty when it was not taken
    facts: list[FactShown]
    payments: list[dict[str, Any]]  # suggested for the report
    contacts: list[dict[str, str]]
