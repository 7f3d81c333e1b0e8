# SPDX-License-Identifier: Apache-2.0
"""Tokens of an OpenID provider, checked in full before anything in them is believed.

Source: OpenID Connect Core 1.0, section 3.1.3.7; OpenID Connect Back-Channel Logout 1.0, section 2.6; RFC 8725.
"""

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from lintas.errors import BadSignature
from lintas.limits import PROVIDER_TOKEN_CHARS_MAX, TOKEN_AGE_S_MAX, TOKEN_SKEW_S_MAX
from lintas.ports.identity import Provider, ProviderSettings

# Signatures by a key of the provider that nobody else has: never `none`, never a shared secret.
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LOGOUT_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
TEXT_CHARS_MAX: Final = 255  # OpenID Connect Core 1.0, section 2, on sub

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogoutToken:
    """Whose sessions end."""

    id: str  # jti
    subject: str
    sid: str


def check_id_token(token: str, *, provider: Provider, settings: ProviderSettings, nonce: str, now: datetime) -> Claims:
    """Return the claims of an ID token.

    Raises:
        BadSignature: It is not signed by the provider, not for us, too old, or of another sign-in.
        ProviderFailed: The provider's keys cannot be had.
    """
    claims = _signed_claims(token, provider)
    _check_shared(claims, settings, now)
    if not hmac.compare_digest(_text(claims, "nonce").encode(), nonce.encode()):
        raise BadSignature("The provider's token belongs to another sign-in.")
    if "events" in claims:
        raise BadSignature("The provider's token is no ID token.")
    if not _text(claims, "sub"):
        raise BadSignature("The provider's token names nobody.")
    return claims


def check_logout_token(token: str, *, provider: Provider, settings: ProviderSettings, now: datetime) -> LogoutToken:
    """Return whose sessions a logout token ends; that it was used before, the caller looks up by its id.

    Raises:
        BadSignature: It is not signed by the provider, not for us, too old, or no logout token.
        ProviderFailed: The provider's keys cannot be had.
    """
    claims = _signed_claims(token, provider, types=("logout+jwt", "jwt", ""))
    _check_shared(claims, settings, now)
    if now.timestamp() - _number(claims, "iat") > TOKEN_AGE_S_MAX + TOKEN_SKEW_S_MAX:
        raise BadSignature("The provider's token is too old.")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT_EVENT), dict) or "nonce" in claims:
        raise BadSignature("The provider's token is no logout token.")
    found = LogoutToken(id=_text(claims, "jti"), subject=_text(claims, "sub"), sid=_text(claims, "sid"))
    if not found.id or not (found.subject or found.sid):
        raise BadSignature("The provider's token names no session.")
    return found


def _signed_claims(token: str, provider: Provider, *, types: tuple[str, ...] = ("jwt", "")) -> Claims:
    if len(token) > PROVIDER_TOKEN_CHARS_MAX or not token.isascii():
        raise BadSignature("The provider's token cannot be read.")
    decoded = _reading(lambda: _decode(token, provider.keys()), otherwise=lambda: provider.keys(afresh=True), of=token)
    said = decoded.header.get("typ", "")
    if not isinstance(said, str) or said.lower().removeprefix("application/") not in types:
        raise BadSignature("The provider's token is of another kind.")
    return decoded.claims


def _reading(read: Callable[[], jwt.Token], *, otherwise: Callable[[], bytes], of: str) -> jwt.Token:
    """Read a token; one that names an unknown key is read again with keys asked for afresh: providers change them."""
    try:
        try:
            return read()
        except InvalidKeyIdError:
            return _decode(of, otherwise())
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # of no token do we say which check it failed, beyond that it is not the provider's
        raise BadSignature("The provider's token is not signed by it.") from None


def _decode(token: str, raw: bytes) -> jwt.Token:
    public = [key for key in json.loads(raw)["keys"] if _is_strong(key)]
    return jwt.decode(token, KeySet.import_key_set({"keys": public}), algorithms=list(ALGORITHMS))


def _is_strong(key: object) -> bool:
    """Say whether a key of the set may count: public ones only, RSA of 2048 bits or more (RFC 7518, section 3.3)."""
    if not isinstance(key, dict) or key.get("use", "sig") != "sig":
        return False
    return key.get("kty") in {"EC", "OKP"} or (key.get("kty") == "RSA" and len(str(key.get("n", ""))) >= 342)


def _check_shared(claims: Claims, settings: ProviderSettings, now: datetime) -> None:
    """What both kinds of tokens say alike: who made it, for whom, when."""
    if _text(claims, "iss") != settings.issuer:
        raise BadSignature("The provider's token is another issuer's.")
    audience = claims.get("aud")
    named = [audience] if isinstance(audience, str) else audience
    if not isinstance(named, list) or settings.client_id not in named:
        raise BadSignature("The provider's token is for somebody else.")
    party = claims.get("azp", settings.client_id if len(named) == 1 else None)
    if party != settings.client_id:
        raise BadSignature("The provider's token is for somebody else.")
    at = now.timestamp()
    if _number(claims, "exp") <= at - TOKEN_SKEW_S_MAX:
        raise BadSignature("The provider's token is too old.")
    if _number(claims, "iat") > at + TOKEN_SKEW_S_MAX or ("nbf" in claims and _number(claims, "nbf") > at + 60):
        raise BadSignature("The provider's token is from the future.", hint="Compare the clocks.")


def _text(claims: Claims, name: str) -> str:
    value = claims.get(name, "")
    if not isinstance(value, str) or len(value) > TEXT_CHARS_MAX:
        raise BadSignature("The provider's token holds a claim that cannot be.")
    return value


def _number(claims: Claims, name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 2**53:
        raise BadSignature("The provider's token says no time.")
    return float(value)
