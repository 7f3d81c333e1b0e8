# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about keys of systems."""

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
