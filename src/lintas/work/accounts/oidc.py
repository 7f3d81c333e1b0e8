# SPDX-License-Identifier: Apache-2.0
"""Sign in by an OpenID provider: code flow with PKCE, role and agency from its claims each time, and its logout.

What is true if the database is stolen: nothing in it finishes a sign-in that is on its way. Nonce and PKCE verifier
are derived from a secret that only the person's browser holds; the state, too, is stored as a digest.

Source: OpenID Connect Core 1.0; RFC 7636; RFC 9207; OpenID Connect Back-Channel Logout 1.0; RFC 9700.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from lintas.errors import BadSignature, NodeBusy, NotAllowed, UnknownTerm
from lintas.limits import (
    SIGN_IN_ELSEWHERE_MAX,
    SIGN_IN_ELSEWHERE_S_MAX,
    TOKEN_AGE_S_MAX,
    TOKEN_SKEW_S_MAX,
)
from lintas.ports.identity import Provider, ProviderSettings
from lintas.ports.store import Transaction
from lintas.work.accounts.oidc_people import Person, admit, person_of, put_out
from lintas.work.accounts.oidc_tokens import check_id_token, check_logout_token
from lintas.work.accounts.secret_tokens import digest_of, new_token, text_before
from lintas.work.accounts.sessions import Started, start
from lintas.work.services import Services, as_text

_ON_THE_WAY: Final = "oidc"
_LOGGED_OUT: Final = "oidc-logout"
_SEEN_S: Final = TOKEN_AGE_S_MAX + 2 * TOKEN_SKEW_S_MAX  # after which a logout token is too old by itself
_RULE: Final = "oidc"


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """Where a browser goes, and the secret that it keeps until it is back."""

    address: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a browser brings back from the provider; all of it may be anybody's."""

    state: str
    code: str
    issuer: str  # RFC 9207; empty when the provider does not say
    error: str
    secret: str  # of the browser


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A sign-in that came to its end."""

    started: Started
    after: str  # where the person wanted to go


def begin(services: Services, *, after: str) -> Begun:
    """Send somebody to the provider.

    Raises:
        UnknownTerm: No provider is set.
        NodeBusy: Too many people are on their way.
        ProviderFailed: The provider does not answer.
    """
    provider, settings = _provider(services)
    metadata = provider.metadata()
    state, secret = new_token(services.keys), new_token(services.keys)
    said = json.dumps({"after": after, "browser": digest_of(secret).hex()})
    if not services.store.write(lambda tx: _keep(tx, services, state, said)):
        raise NodeBusy("Too many people are signing in at this moment.", hint="Try again in a few minutes.")
    address = prepare_grant_uri(
        metadata.authorization_endpoint,
        settings.client_id,
        "code",
        redirect_uri=settings.redirect_uri,
        scope=" ".join(settings.scopes),
        state=state,
        nonce=_derived(secret, b"nonce"),
        code_challenge=create_s256_code_challenge(_derived(secret, b"verifier")),
        code_challenge_method="S256",
    )
    return Begun(address=str(address), secret=secret)


def finish(services: Services, back: Returned, *, device: str = "") -> Finished:
    """Sign somebody in who comes back; their account is made if this is their first time and that is accepted.

    Args:
        device: What the browser says it is.

    Raises:
        UnknownTerm: No provider is set.
        NotAllowed: What came back is not of a sign-in of this browser, or the provider or node.toml says no.
        ProviderFailed: The provider does not answer.
    """
    provider, settings = _provider(services)
    since = text_before(services.clock.now(), seconds=SIGN_IN_ELSEWHERE_S_MAX)
    digest = digest_of(back.state)
    kept = services.store.write(lambda tx: tx.use_challenge(digest, purpose=_ON_THE_WAY, since=since))
    said = json.loads(kept) if kept is not None else {"browser": "", "after": ""}
    if not back.secret or not hmac.compare_digest(digest_of(back.secret).hex(), said["browser"]):
        raise NotAllowed(
            "This sign-in took too long, was used already, or began in another browser.",
            rule=_RULE,
            hint="Begin again on the sign-in page.",
        )
    if back.issuer and back.issuer != settings.issuer:
        raise NotAllowed("Another provider answered than was asked.", rule=_RULE)
    if back.error or not back.code:
        raise NotAllowed("The identity provider did not sign you in.", rule=_RULE, hint="Begin again.")
    person = _known(services, provider, settings, back)

    def enter(tx: Transaction) -> Started | None:
        account = admit(services, tx, settings, person)
        if account is None:
            return None
        return start(tx, services, account, how="oidc", device=device, issuer=settings.issuer, sid=person.sid)

    started = services.store.write(enter)
    if started is None:
        raise NotAllowed(
            "You may not sign in here with this identity.",
            rule=_RULE,
            hint="Ask whoever runs this node to let you in.",
        )
    return Finished(started=started, after=said["after"])


def log_out(services: Services, token: str) -> None:
    """End sessions, as the provider says: those of one of its sessions, or all of one person. At once.

    Raises:
        UnknownTerm: No provider is set.
        BadSignature: The logout token is not good, or was used before.
        ProviderFailed: The provider's keys cannot be had.
    """
    provider, settings = _provider(services)
    now = services.clock.now()
    logout = check_logout_token(token, provider=provider, settings=settings, now=now)
    seen = digest_of(f"{settings.issuer}\x00{logout.id}")

    def end(tx: Transaction) -> bool:
        tx.forget_challenges(_LOGGED_OUT, before=text_before(now, seconds=_SEEN_S))
        if tx.has_challenge(seen, purpose=_LOGGED_OUT):
            return False
        tx.keep_challenge(seen, purpose=_LOGGED_OUT, account="", said="", made_at=as_text(now))
        if logout.sid:
            tx.end_sessions_of_sid(settings.issuer, logout.sid)
        if logout.subject:
            tx.end_sessions_of_subject(settings.issuer, logout.subject, sid=logout.sid)
        return True

    if not services.store.write(end):
        raise BadSignature("The provider's token was used before.")


def _provider(services: Services) -> tuple[Provider, ProviderSettings]:
    if services.provider is None or services.config.oidc is None:
        raise UnknownTerm("Nobody signs in elsewhere here.", hint="The table [oidc] of node.toml names a provider.")
    return services.provider, services.config.oidc


def _keep(tx: Transaction, services: Services, state: str, said: str) -> bool:
    now = services.clock.now()
    tx.forget_challenges(_ON_THE_WAY, before=text_before(now, seconds=SIGN_IN_ELSEWHERE_S_MAX))
    if tx.challenges_of(_ON_THE_WAY) >= SIGN_IN_ELSEWHERE_MAX:
        return False
    tx.keep_challenge(digest_of(state), purpose=_ON_THE_WAY, account="", said=said, made_at=as_text(now))
    return True


def _known(services: Services, provider: Provider, settings: ProviderSettings, back: Returned) -> Person:
    """Who somebody is, by a token that is theirs and of this sign-in.

    Raises:
        NotAllowed: The code or the token is not good, or no role is theirs.
    """
    token = provider.exchange(back.code, verifier=_derived(back.secret, b"verifier"))
    if not token:
        raise NotAllowed("The identity provider did not sign you in.", rule=_RULE, hint="Begin again.")
    nonce = _derived(back.secret, b"nonce")
    try:
        claims = check_id_token(token, provider=provider, settings=settings, nonce=nonce, now=services.clock.now())
    except BadSignature as exc:
        raise NotAllowed(exc.message, rule=_RULE, hint=exc.hint or "Begin again.") from exc
    found = person_of(services.packs.access, settings, claims)
    if isinstance(found, Person):
        return found
    services.store.write(lambda tx: put_out(tx, settings, str(claims["sub"])))
    raise NotAllowed(found, rule=_RULE, hint="Whoever runs your identity provider and this node can change that.")


def _derived(secret: str, what: bytes) -> str:
    """A value that only whoever has the browser's secret can make: 43 characters, as RFC 7636 asks of a verifier."""
    digest = hmac.digest(secret.encode("utf-8", "replace"), b"lintas-oidc\x00" + what, hashlib.sha256)
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
