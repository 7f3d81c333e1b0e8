# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about files that were set aside."""

from typing import Literal

import msgspec

from lintas.web.local.requesting import Request


class QuarantineList(Request, frozen=True, kw_only=True):
    """Show what was set aside."""


class QuarantineShow(Request, frozen=True, kw_only=True):
    """Show what is known of one file."""

    id: str


class QuarantineDecide(Request, frozen=True, kw_only=True):
    """Release or destroy one file."""

    id: str
    what: Literal["release", "drop"]
    ground: str


AnyQuarantineRequest = QuarantineList | QuarantineShow | QuarantineDecide


class AsideShown(msgspec.Struct, frozen=True):
    """One file that was set aside; nothing of what it holds."""

    id: str
    name: str
    size_bytes: int
    rule: str
    reason: str
    at: str
    by: str
    marking: str


class AsideList(msgspec.Struct, frozen=True):
    """What lies in the quarantine."""

    files: list[AsideShown]


class AsideDecided(msgspec.Struct, frozen=True):
    """What became of one file; its bytes when it was released."""

    file: AsideShown
    name: str  # under which it is given out
    data: bytes
