# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about who did what."""

import msgspec

from lintas.model.audit import AuditQuery
from lintas.model.find_answers import MessageShown
from lintas.web.local.requesting import Request


class WhoSaw(Request, frozen=True, kw_only=True):
    """Say who saw one message."""

    message: str
    before: int = 0
    limit: int = 100


class OverseeSearch(Request, frozen=True, kw_only=True):
    """Search the log for who did what."""

    query: AuditQuery = AuditQuery()
    before: int = 0
    limit: int = 50


class OverseeBoard(Request, frozen=True, kw_only=True):
    """Say what was opened, unmasked, refused and done alone."""


class OverseeExport(Request, frozen=True, kw_only=True):
    """Export a range of the log; a negative last place is the newest entry."""

    first: int = 0
    last: int = -1


class OverseeOpen(Request, frozen=True, kw_only=True):
    """Open the content of one message for a cause."""

    message: str
    cause: str


class OverseeAcknowledge(Request, frozen=True, kw_only=True):
    """Acknowledge that content was opened."""

    access: str


AnyOverseeRequest = WhoSaw | OverseeSearch | OverseeBoard | OverseeExport | OverseeOpen | OverseeAcknowledge


class OpenedAnswer(msgspec.Struct, frozen=True):
    """What was opened, and the entry that says so."""

    message: MessageShown
    access: str


class OpeningAcknowledged(msgspec.Struct, frozen=True):
    """The entry that was acknowledged."""

    access: str
