# SPDX-License-Identifier: Apache-2.0
"""One OpenID provider over HTTP: every answer bounded in time and size, and nothing asked of any other host.

Plain http is spoken with a loopback address only; no redirect is followed; no proxy of the environment is used.
Source: OpenID Connect Discovery 1.0, sections 3 and 4; RFC 6749, section 4.1.3; RFC 7636.
"""

import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import httpx
import msgspec

from lintas.errors import ProviderFailed
from lintas.limits import (
    PROVIDER_AFRESH_S_MIN,
    PROVIDER_BYTES_MAX,
    PROVIDER_KEEP_S_MAX,
    PROVIDER_REST_S,
    PROVIDER_S_MAX,
)
from lintas.ports.clock import Clock
from lintas.ports.identity import ProviderMetadata, ProviderSettings

DISCOVERY: Final = "/.well-known/openid-configuration"
ASKED: Final = {"accept": "application/json", "accept-encoding": "identity"}  # nothing swells on arrival
HINT: Final = "Try again in a moment, or sign in with an account of this node."


class _Metadata(msgspec.Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    code_challenge_methods_supported: list[str] = []  # a struct copies it


class _Tokens(msgspec.Struct, frozen=True):
    id_token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    body: bytes


class HttpProvider:
    """The Provider port over HTTP. Safe to use from several threads."""

    def __init__(self, settings: ProviderSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._place = _place(settings.issuer)
        self._lock = threading.Lock()
        self._metadata: tuple[ProviderMetadata, float] | None = None  # what it said, and when: seconds of the clock
        self._keys: tuple[bytes, float] | None = None
        self._failed: tuple[ProviderFailed, float] | None = None  # the last asking, if it failed
        self._context: ssl.SSLContext | None = None

    def metadata(self) -> ProviderMetadata:
        """What the provider says of itself, asked again after a while.

        Raises:
            ProviderFailed: It does not answer, is another issuer, or sends us to another host.
        """
        with self._lock:  # one asks, the others wait for its answer
            return self._described()

    def _described(self) -> ProviderMetadata:
        now = self._clock.monotonic_s()
        kept = self._metadata
        if kept is not None and now - kept[1] < PROVIDER_KEEP_S_MAX:
            return kept[0]
        body = self._get(self._settings.issuer.rstrip("/") + DISCOVERY)
        try:
            said = msgspec.json.decode(body, type=_Metadata)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ProviderFailed("The identity provider does not describe itself.", hint=HINT) from None
        if said.issuer != self._settings.issuer:
            raise ProviderFailed("The identity provider calls itself by another name than node.toml does.")
        if said.code_challenge_methods_supported and "S256" not in said.code_challenge_methods_supported:
            raise ProviderFailed("The identity provider does not know PKCE with S256.")
        for address in (said.authorization_endpoint, said.token_endpoint, said.jwks_uri):
            self._check(address)
        found = ProviderMetadata(said.authorization_endpoint, said.token_endpoint, said.jwks_uri)
        self._metadata = (found, now)
        return found

    def keys(self, *, afresh: bool = False) -> bytes:
        """The provider's key set; asked for afresh at most once in a while, whoever wants it.

        Raises:
            ProviderFailed: It does not answer.
        """
        with self._lock:  # who sends tokens with unknown keys waits for one answer, not for one each
            now = self._clock.monotonic_s()
            kept = self._keys
            if kept is not None and now - kept[1] < (PROVIDER_AFRESH_S_MIN if afresh else PROVIDER_KEEP_S_MAX):
                return kept[0]
            body = self._get(self._described().jwks_uri)
            self._keys = (body, now)
            return body

    def exchange(self, code: str, *, verifier: str) -> str:
        """Exchange a code for an ID token; empty when the provider refuses it.

        Raises:
            ProviderFailed: It does not answer, or with something else.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_uri,
            "client_id": self._settings.client_id,
            "code_verifier": verifier,
        }
        credentials: tuple[str, str] | None = None
        if self._settings.client_secret:  # RFC 6749, section 2.3.1: both are form-encoded first
            credentials = (quote(self._settings.client_id, safe=""), quote(self._settings.client_secret, safe=""))
        answer = self._ask("POST", self.metadata().token_endpoint, form=form, credentials=credentials)
        if answer.status in (400, 401):
            return ""
        if answer.status != 200:
            raise ProviderFailed(f"The identity provider answered {answer.status}.", hint=HINT)
        try:
            return msgspec.json.decode(answer.body, type=_Tokens).id_token
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise ProviderFailed("The identity provider gave no ID token.", hint=HINT) from None

    def _get(self, address: str) -> bytes:
        """Ask for something that is kept; when it failed a moment ago, whoever asks now waits for nothing."""
        now = time.monotonic()
        if self._failed is not None and now - self._failed[1] < PROVIDER_REST_S:
            raise ProviderFailed(self._failed[0].message, hint=HINT)
        try:
            body = self._asked(address)
        except ProviderFailed as exc:
            self._failed = (exc, time.monotonic())
            raise
        self._failed = None
        return body

    def _asked(self, address: str) -> bytes:
        answer = self._ask("GET", address)
        if answer.status != 200:
            raise ProviderFailed(f"The identity provider answered {answer.status}.", hint=HINT)
        return answer.body

    def _ask(
        self,
        method: str,
        address: str,
        *,
        form: Mapping[str, str] | None = None,
        credentials: tuple[str, str] | None = None,
    ) -> _Answer:
        self._check(address)
        ends = time.monotonic() + PROVIDER_S_MAX
        try:
            with (
                httpx.Client(
                    verify=self._trusted(), timeout=PROVIDER_S_MAX, follow_redirects=False, trust_env=False
                ) as client,
                client.stream(method, address, data=form, auth=credentials, headers=ASKED) as response,
            ):
                return _Answer(status=response.status_code, body=_bounded(response, ends))
        except httpx.TimeoutException:
            raise ProviderFailed("The identity provider did not answer in time.", hint=HINT) from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise ProviderFailed("The identity provider cannot be reached.", hint=HINT) from None

    def _check(self, address: str) -> None:
        """Refuse to go anywhere but to the issuer's own scheme, host and port.

        Raises:
            ProviderFailed: The address is elsewhere.
        """
        if _place(address) != self._place:
            raise ProviderFailed("The identity provider names an address at another host; nothing was sent there.")

    def _trusted(self) -> ssl.SSLContext:
        if self._context is None:
            try:
                self._context = ssl.create_default_context(cafile=self._settings.ca_file or None)
            except OSError:
                raise ProviderFailed("The file [oidc] ca_file cannot be read.") from None
        return self._context


def _bounded(response: httpx.Response, ends: float) -> bytes:
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > PROVIDER_BYTES_MAX:
            raise ProviderFailed("The identity provider's answer is too large.")
        if time.monotonic() > ends:
            raise ProviderFailed("The identity provider did not answer in time.", hint=HINT)
    return bytes(body)


def _place(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address; one of no place when it has none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return "", "", 0
    if parts.username is not None:
        return "", "", 0
    return parts.scheme, (parts.hostname or "").lower(), port or {"https": 443, "http": 80}.get(parts.scheme, 0)
