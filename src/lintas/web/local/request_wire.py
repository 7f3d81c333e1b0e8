# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about requests between desks. None signs an order: that takes a passkey."""

from typing import Any

import msgspec

from lintas.model.agreement_answers import AgreementLine
from lintas.model.desk_answers import RequestShown
from lintas.model.order_answers import OrderShown
from lintas.web.local.requesting import Request


class RequestSent(msgspec.Struct, frozen=True):
    """The thread; or, where passkeys bind, what waits for a named person's passkey."""

    shown: RequestShown | None = None
    order: OrderShown | None = None


def sent(done: RequestShown | OrderShown) -> RequestSent:
    """What is answered to whoever asked a desk for something."""
    return RequestSent(order=done) if isinstance(done, OrderShown) else RequestSent(shown=done)


class RequestSend(Request, frozen=True, kw_only=True):
    """Send a request to another desk, or propose to where passkeys bind."""

    to: str
    form: str
    fields: dict[str, Any]
    purpose: str = ""
    basis: str = ""
    urgency: str = "now"
    short: str = ""
    lang: str = "en"
    report: str = ""
    case: str = ""
    agreement: str = ""


class RequestPreviewed(RequestSend, frozen=True, kw_only=True):
    """See what sending a request would do."""


class RequestShow(Request, frozen=True, kw_only=True):
    """Show one thread."""

    request: str


class RequestClaims(Request, frozen=True, kw_only=True):
    """Show every request about the same account."""

    request: str


class RequestLines(Request, frozen=True, kw_only=True):
    """Show requests, the next due first."""

    newest: bool = False
    side: str = ""
    form: str = ""
    state: str = ""
    case: str = ""
    report: str = ""
    after: str = ""
    limit: int = 50


class RequestFind(Request, frozen=True, kw_only=True):
    """Find requests."""

    text: str
    limit: int = 50


class RequestSay(Request, frozen=True, kw_only=True):
    """Say one thing in a thread."""

    request: str
    what: str
    fields: dict[str, Any] = {}  # noqa: RUF012  # a struct copies it
    ground: str = ""
    short: str = ""
    lang: str = "en"


class RequestOrder(RequestSay, frozen=True, kw_only=True):
    """Propose what takes a power, for people to sign."""


class RequestCorrect(Request, frozen=True, kw_only=True):
    """Correct a request that was wrong."""

    request: str
    why: str
    alone: bool = False
    short: str = ""
    lang: str = "en"


class LaneList(Request, frozen=True, kw_only=True):
    """Show fast lanes."""


class LaneSaid(msgspec.Struct, frozen=True):
    """The fast lane; or, where passkeys bind, what waits for a named person's passkey."""

    line: AgreementLine | None = None
    order: OrderShown | None = None


class LaneSay(Request, frozen=True, kw_only=True):
    """Propose, accept or end a fast lane."""

    what: str
    ref: str = ""
    to: str = ""
    terms: dict[str, Any] = {}  # noqa: RUF012  # a struct copies it


AnyDeskRequest = (
    RequestSend
    | RequestPreviewed
    | RequestShow
    | RequestClaims
    | RequestLines
    | RequestFind
    | RequestSay
    | RequestOrder
    | RequestCorrect
    | LaneList
    | LaneSay
)
