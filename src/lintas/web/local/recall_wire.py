# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about recalls of payments."""

import msgspec

from lintas.web.local.requesting import Request


class RecallNew(Request, frozen=True, kw_only=True):
    """Ask the bank that sent the money to recall it."""

    request: str
    bank: str = ""
    reason: str = "frad"


class RecallFile(Request, frozen=True, kw_only=True):
    """Give the file of a recall."""

    request: str
    recall: str


class RecallAnswer(Request, frozen=True, kw_only=True):
    """Take what a bank says of a recall: the file that follows."""


AnyRecallRequest = RecallNew | RecallFile | RecallAnswer


class RecallTaken(msgspec.Struct, frozen=True):
    """What a bank said of a recall."""

    ref: str
    recall: str
    status: str
    reason: str
    minor: int  # what comes back; -1 when the bank does not say
    currency: str
    is_new: bool
