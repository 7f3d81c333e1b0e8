# SPDX-License-Identifier: Apache-2.0
"""Who signs in elsewhere (OpenID Connect), and keys for systems: settings, rows, and the provider's three answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from lintas.model.marking import Tlp
from lintas.ports.accounts import AccountRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderSettings:
    """What an operator sets of one OpenID provider: the table `[oidc]` of `node.toml`."""

    issuer: str  # as its tokens name it
    client_id: str
    client_secret: str = field(default="", repr=False)  # empty: the client is public, and PKCE alone binds the code
    console_url: str  # where browsers reach this console; what follows it is fixed
    scopes: tuple[str, ...] = ("openid", "profile")
    roles_claim: str = "roles"  # dots lead into objects: realm_access.roles
    name_claim: str = "name"
    agency_claim: str = "agency"
    clearance_claim: str = ""  # empty: everybody has `clearance`
    agencies: tuple[str, ...] = ()  # who of them may come in; empty: the claim is kept and not judged
    roles: Mapping[str, str] = field(default_factory=dict)  # the provider's role -> ours; the first that fits counts
    clearances: Mapping[str, Tlp] = field(default_factory=dict)  # value of the clearance claim -> ours
    clearance: Tlp = Tlp.AMBER_STRICT
    accept_new: bool = False  # whether who was never here gets an account at their first sign-in
    ca_file: str = ""  # authorities that the provider is held against, instead of the system's
    label: str = ""  # what the sign-in page calls it; empty for the issuer's host

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends browsers back to. Never taken from a request: its Host header is anybody's."""
        return f"{self.console_url.rstrip('/')}/oidc/callback"


class ProviderMetadata(NamedTuple):
    """What a provider says of itself, as far as we ask (OpenID Connect Discovery 1.0, section 3)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Provider(Protocol):
    """One OpenID provider, reached within limits of time and size and at its own host only.

    Each method raises ProviderFailed when it does not answer as it should.
    """

    def metadata(self) -> ProviderMetadata:
        """What it says of itself; kept for a while."""

    def keys(self, *, afresh: bool = False) -> bytes:
        """Its key set (RFC 7517), as bytes that nobody has checked; kept for a while.

        Args:
            afresh: Ask again, because a token names a key that is not in it; done seldom, whoever asks.
        """

    def exchange(self, code: str, *, verifier: str) -> str:
        """Exchange a code for an ID token, which nobody has checked; empty when the provider refuses the code."""


class KeyRow(NamedTuple):
    """One key of a system."""

    digest: bytes  # of the whole key, which is stored nowhere
    id: str  # 16 hex digits; they stand in the key too, so that a person can tell which it is
    account: str
    label: str
    role: str
    activities: str  # with blanks between
    made_at: str
    expires_at: str
    used_at: str
    ended_at: str  # empty while nobody ended it


class IdentityReads(Protocol):
    """What signing in elsewhere and keys ask."""

    def account_by_subject(self, issuer: str, subject: str) -> AccountRow | None:
        """The account of somebody who signs in elsewhere: the open one, else one that was closed."""

    def has_challenge(self, digest: bytes, *, purpose: str) -> bool:
        """Whether a challenge waits, or a token was seen."""

    def challenges_of(self, purpose: str) -> int:
        """How many challenges of one purpose wait."""

    def api_key(self, digest: bytes) -> KeyRow | None:
        """One key by its digest, ended ones too."""

    def api_keys(self) -> list[KeyRow]:
        """All keys, newest first, ended ones too."""


class IdentityWrites(IdentityReads, Protocol):
    """What signing in elsewhere and keys change."""

    def set_account_subject(self, account: str, *, issuer: str, subject: str, agency: str) -> None:
        """Say who somebody is elsewhere."""

    def keep_challenge(self, digest: bytes, *, purpose: str, account: str, said: str, made_at: str) -> None:
        """Keep a challenge until it is answered."""

    def use_challenge(self, digest: bytes, *, purpose: str, since: str) -> str | None:
        """Take a challenge out and return what it said; None when there is none, or it was made before `since`."""

    def forget_challenges(self, purpose: str, *, before: str) -> None:
        """Remove challenges of one purpose that are too old."""

    def end_sessions_of_sid(self, issuer: str, sid: str) -> None:
        """End the sessions that one session at the provider opened."""

    def end_sessions_of_subject(self, issuer: str, subject: str, *, sid: str) -> None:
        """End the sessions that somebody opened by the provider; if `sid` is given, those that name no session."""

    def add_api_key(self, row: KeyRow) -> None:
        """Keep a key."""

    def touch_api_key(self, digest: bytes, *, used_at: str) -> None:
        """Say that a key is in use."""

    def end_api_key(self, id_: str, *, ended_at: str) -> None:
        """End a key."""
