# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about keys of systems."""

import msgspec

from lintas.web.local.requesting import Request


class SystemKeyMake(Request, frozen=True, kw_only=True):
    """Make a key for an account."""

    account: str
    role: str = ""
    activities: list[str] = []  # noqa: RUF012  # a struct copies it
    days: int = 0  # none: some hours
    label: str = ""


class SystemKeyList(Request, frozen=True, kw_only=True):
    """Show keys, without the keys themselves."""


class SystemKeyEnd(Request, frozen=True, kw_only=True):
    """End a key."""

    id: str


AnySystemRequest = SystemKeyMake | SystemKeyList | SystemKeyEnd


class SystemKeyMade(msgspec.Struct, frozen=True):
    """A new key. It is told this once."""

    key: str
    id: str
    account: str
    role: str
    activities: list[str]
    expires_at: str


class SystemKeyLine(msgspec.Struct, frozen=True):
    """One key in a list."""

    id: str
    account: str
    label: str
    role: str
    activities: list[str]
    made_at: str
    expires_at: str
    used_at: str
    ended_at: str
    state: str  # live | expired | ended | closed


class SystemKeys(msgspec.Struct, frozen=True):
    """Keys, newest first."""

    keys: list[SystemKeyLine]
