# SPDX-License-Identifier: Apache-2.0
"""What the verbs about what people sign in with say over the local socket."""

from typing import Literal

import msgspec

from lintas.web.local.requesting import Request


class AccessShow(Request, frozen=True, kw_only=True):
    """Say what somebody signs in with."""

    name: str


class AccessEnd(Request, frozen=True, kw_only=True):
    """End a part of it."""

    name: str
    what: Literal["passkey", "totp", "sessions"]
    id: str = ""  # of the passkey, or of one session; empty for all sessions


class AccessLost(Request, frozen=True, kw_only=True):
    """End all of it, because a device was lost."""

    name: str


AnySignInRequest = AccessShow | AccessEnd | AccessLost


class PasskeyLine(msgspec.Struct, frozen=True):
    """One passkey."""

    id: str
    label: str
    added_at: str
    used_at: str  # empty until it signed in
    ended_at: str  # empty while it stands
    vouched_by: str  # id of an order; empty for the first


class SessionLine(msgspec.Struct, frozen=True):
    """One open session."""

    id: str
    device: str
    how: str
    started_at: str
    seen_at: str


class AccessAnswer(msgspec.Struct, frozen=True):
    """What somebody signs in with."""

    account: str
    passkeys: list[PasskeyLine]
    has_codes: bool
    recovery_left: int
    sessions: list[SessionLine]


class LostAnswer(msgspec.Struct, frozen=True):
    """What was ended, and a one-time link: its path, to be put after the console's address."""

    account: str
    passkeys: int
    had_codes: bool
    sessions: int
    path: str
    good_for_s: int
