# SPDX-License-Identifier: Apache-2.0
"""The form of what is said of a question to a bank. It stays at home: no other node is told what a bank was asked.

Source: docs/spec/desk.md, "Questions to banks".
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from lintas.errors import Malformed
from lintas.formats.desk import structs as form
from lintas.model.question import Asked

DigestOrNone = Annotated[str, Meta(pattern=r"^([0-9a-f]{64})?\Z")]
Named = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+\Z")]


class AskedPart(form.Part, frozen=True, kw_only=True):
    """What a bank is asked, for what, and under which law."""

    about: form.Ref  # request or kept trace
    asker: form.NodeIdOrNone = ""  # of that request
    bank: Named
    account: form.AccountPart
    currency: form.Currency
    start: form.Moment
    until: form.MomentOrNone = ""
    authority: Named
    law: Named


class ToldPart(form.Part, frozen=True, kw_only=True):
    """What came of it; the bookings themselves are an item of their own."""

    state: Annotated[str, Meta(pattern=r"^(done|partly|failed)\Z")]
    at: form.Moment
    item: DigestOrNone = ""
    bookings: form.Minor = 0
    start: form.MomentOrNone = ""
    end: form.MomentOrNone = ""
    bank_ref: form.Text = ""
    reason: form.CodeOrNone = ""


class NotedPart(form.Part, frozen=True, kw_only=True):
    """That it was not answered, or with what cannot be."""

    note: form.Code
    codes: Annotated[tuple[form.Code, ...], Meta(max_length=20)] = ()


_FIELDS: Final[Mapping[Asked, type[msgspec.Struct]]] = {
    Asked.ASKED: AskedPart,
    Asked.TOLD: ToldPart,
    Asked.NOTED: NotedPart,
    Asked.DROPPED: form.Nothing,
}


def question_fields(what: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Hold what is said of a question against its form; what was left out stands there as empty.

    Raises:
        Malformed: It is nothing that is said of one.
        msgspec.ValidationError: A field has another form.
    """
    try:
        shape = _FIELDS[Asked(what)]
    except ValueError:
        raise Malformed(f"{what[:40]!r} is nothing that is said of a question.") from None
    made: dict[str, Any] = msgspec.to_builtins(msgspec.convert(fields, shape))
    return made
