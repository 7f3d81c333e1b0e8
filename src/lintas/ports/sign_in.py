# SPDX-License-Identifier: Apache-2.0
"""What sign-in knows beside names and passwords: codes, how passkeys were used, and the tokens of sessions.

Local state, no view of the log. The key of a passkey is a view: `ports.people`. A TOTP secret is the one secret that
has to be stored, because a code is made from it.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from lintas.ports.accounts import SessionRow


class TotpRow(NamedTuple):
    """A person's app that shows codes."""

    account: str
    secret: bytes
    last_step: int  # time step of the last code that was used: none opens twice


class PasskeyUse(NamedTuple):
    """How a passkey was last used."""

    credential: str  # base64url of its id
    account: str
    label: str  # what the person calls it
    uses: int  # counter of its authenticator; 0 when that keeps none
    used_at: str  # empty until it signed in


class SignInReads(Protocol):
    """What passkeys, codes and sessions ask."""

    def totp(self, account: str) -> TotpRow | None:
        """A person's app that shows codes; None when it is off."""

    def recovery_left(self, account: str) -> int:
        """How many recovery codes a person has left."""

    def passkey_use(self, credential: str) -> PasskeyUse | None:
        """How one passkey was last used."""

    def sessions_of(self, account: str) -> list[SessionRow]:
        """A person's sessions by their newest tokens, newest first."""

    def newest_token(self, first: bytes) -> SessionRow | None:
        """A session by its newest token; None when it has ended."""


class SignInWrites(SignInReads, Protocol):
    """What passkeys, codes and sessions change."""

    def put_totp(self, row: TotpRow) -> None:
        """Turn codes on, or say which was used last."""

    def end_totp(self, account: str) -> None:
        """Turn codes off."""

    def set_recovery(self, account: str, digests: Iterable[bytes]) -> None:
        """Replace a person's recovery codes."""

    def use_recovery(self, account: str, digest: bytes) -> bool:
        """Remove a recovery code; whether the person had it."""

    def put_passkey_use(self, row: PasskeyUse) -> None:
        """Say how a passkey is called and was used."""

    def retire_token(self, digest: bytes, *, rotated_at: str) -> None:
        """Say that a token was exchanged for a fresh one."""

    def end_session_named(self, account: str, first: bytes) -> None:
        """End one session of a person."""

    def end_other_sessions(self, account: str, first: bytes) -> None:
        """End every session of a person but one."""
