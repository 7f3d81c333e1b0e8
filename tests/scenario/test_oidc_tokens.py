# SPDX-License-Identifier: Apache-2.0
"""Tokens that a provider, or somebody who would be one, may send: one good, and every way to be bad."""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from lintas.config import NodeConfig, read_packs
from lintas.errors import BadSignature, NodeBusy
from lintas.limits import SIGN_IN_ELSEWHERE_MAX, SIGN_IN_ELSEWHERE_S_MAX, TOKEN_AGE_S_MAX, TOKEN_SKEW_S_MAX
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.ports.identity import ProviderMetadata, ProviderSettings
from lintas.ports.store import Transaction
from lintas.testing import FakeClock
from lintas.work.accounts import session_of
from lintas.work.accounts.oidc import begin, log_out
from lintas.work.accounts.oidc_people import Person, admit, person_of
from lintas.work.accounts.oidc_tokens import LOGOUT_EVENT, check_id_token, check_logout_token
from lintas.work.accounts.sessions import start
from lintas.work.services import Services, as_text
from tests.scenario.browsing import Browser

NOW: Final = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)
AT: Final = int(NOW.timestamp())
NONCE: Final = "n" * 43
KEY: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}, private=True)
OTHER: Final = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}, private=True)
SETTINGS: Final = ProviderSettings(
    issuer="https://idp.example",
    client_id="lintas",
    console_url="https://desk.example",
    roles={"chief": "supervisor", "duty": "duty_officer"},
)


class Keys:
    """A provider that only gives its keys; the network is no part of these tests."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.afresh = 0

    def metadata(self) -> ProviderMetadata:
        return ProviderMetadata("https://idp.example/auth", "", "")

    def keys(self, *, afresh: bool = False) -> bytes:
        self.afresh += afresh
        return self.answers[-1] if afresh else self.answers[0]

    def exchange(self, code: str, *, verifier: str) -> str:
        return ""


def key_set(*keys: RSAKey) -> bytes:
    return json.dumps({"keys": [key.as_dict(private=False) for key in keys]}).encode()


PROVIDER: Final = Keys(key_set(KEY))
ID: Final[dict[str, Any]] = {
    "iss": "https://idp.example",
    "aud": "lintas",
    "sub": "siti-1",
    "exp": AT + 300,
    "iat": AT,
    "nonce": NONCE,
}
TABLE: Final = read_packs(None).access
LOGOUT: Final[dict[str, Any]] = {
    "iss": "https://idp.example",
    "aud": "lintas",
    "sid": "s1",
    "exp": AT + 120,
    "iat": AT,
    "jti": "j1",
    "events": {LOGOUT_EVENT: {}},
}


def signed(claims: dict[str, Any], *, key: RSAKey = KEY, **header: object) -> str:
    """A token of these claims; None takes a claim out."""
    said = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "one", **header}, said, key)


def id_token(token: str) -> Any:
    return check_id_token(token, provider=PROVIDER, settings=SETTINGS, nonce=NONCE, now=NOW)


def logout_token(token: str) -> Any:
    return check_logout_token(token, provider=PROVIDER, settings=SETTINGS, now=NOW)


def unsigned(claims: dict[str, Any]) -> str:
    parts = [json.dumps(one).encode() for one in ({"alg": "none", "kid": "one"}, claims)]
    return ".".join([base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts] + [""])


def test_a_good_id_token_is_believed() -> None:
    assert id_token(signed(ID))["sub"] == "siti-1"
    assert id_token(signed(ID | {"aud": ["lintas", "other"], "azp": "lintas"}))["sub"] == "siti-1"
    assert id_token(signed(ID, typ="JWT"))["sub"] == "siti-1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"iss": "https://evil.example"},
        {"iss": "https://idp.example/"},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": ["lintas", "other"]},
        {"aud": None},
        {"azp": "other"},
        {"nonce": "m" * 43},
        {"nonce": None},
        {"nonce": 7},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 1},
        {"exp": AT - TOKEN_SKEW_S_MAX},
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": -1},
        {"iat": AT + TOKEN_SKEW_S_MAX + 1},
        {"iat": None},
        {"nbf": AT + 3600},
        {"events": {LOGOUT_EVENT: {}}},
    ],
    ids=str,
)
def test_an_id_token_with_a_wrong_claim_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSignature):
        id_token(signed(ID | wrong))


def test_a_good_logout_token_names_whose_sessions_end() -> None:
    found = logout_token(signed(LOGOUT | {"sub": "siti-1"}, typ="logout+jwt"))
    assert (found.id, found.sid, found.subject) == ("j1", "s1", "siti-1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": None},
        {"events": {}},
        {"events": {LOGOUT_EVENT: None}},
        {"events": [LOGOUT_EVENT]},
        {"nonce": NONCE},
        {"sid": None},
        {"jti": None},
        {"iat": None},
        {"iat": AT - TOKEN_AGE_S_MAX - TOKEN_SKEW_S_MAX - 1},
        {"exp": AT - TOKEN_SKEW_S_MAX},
        {"exp": None},
        {"aud": "other"},
        {"iss": "https://evil.example"},
    ],
    ids=str,
)
def test_a_logout_token_with_a_wrong_claim_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSignature):
        logout_token(signed(LOGOUT | wrong))


def test_an_id_token_logs_nobody_out_and_a_logout_token_nobody_in() -> None:
    with pytest.raises(BadSignature):
        logout_token(signed(ID))
    with pytest.raises(BadSignature):
        id_token(signed(LOGOUT | {"nonce": NONCE, "sub": "siti-1"}))
    with pytest.raises(BadSignature):
        id_token(signed(ID, typ="logout+jwt"))


@pytest.mark.parametrize("check", [id_token, logout_token])
def test_a_token_that_the_provider_did_not_sign_is_refused(check: Callable[[str], Any]) -> None:
    good = ID if check is id_token else LOGOUT
    public = json.dumps(KEY.as_dict(private=False))
    for token in (
        unsigned(good),
        signed(good, key=OTHER),
        signed(good)[:-4] + "AAAA",
        signed(good, kid="two"),
        jwt.encode({"alg": "HS256", "kid": "one"}, good, OctKey.import_key(public)),  # the public key as a secret
        signed(good) + ".x",
        "x" * 20_000,
        "",
    ):
        with pytest.raises(BadSignature):
            check(token)


def test_a_key_that_is_too_short_signs_nothing() -> None:
    with pytest.warns(Warning, match="2048"):
        short = RSAKey.generate_key(1024, {"kid": "one"}, private=True)
    token = signed(ID, key=short)
    with pytest.raises(BadSignature):
        check_id_token(token, provider=Keys(key_set(short)), settings=SETTINGS, nonce=NONCE, now=NOW)


def test_an_unknown_key_is_asked_for_once_more() -> None:
    fresh = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"}, private=True)
    provider = Keys(key_set(KEY), key_set(KEY, fresh))
    token = signed(ID, key=fresh, kid="two")
    assert check_id_token(token, provider=provider, settings=SETTINGS, nonce=NONCE, now=NOW)["sub"] == "siti-1"
    assert provider.afresh == 1


@pytest.mark.parametrize(
    "keys", [b"", b"{}", b"[]", b'{"keys": 7}', b'{"keys": [7, {"kty": "RSA"}]}', b"\xff", b"null"]
)
def test_a_broken_key_set_lets_nobody_in(keys: bytes) -> None:
    with pytest.raises(BadSignature):
        check_id_token(signed(ID), provider=Keys(keys), settings=SETTINGS, nonce=NONCE, now=NOW)


@given(st.text(max_size=300) | st.from_regex(r"[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,80}\.[A-Za-z0-9_-]{0,80}"))
def test_no_text_raises_anything_else(token: str) -> None:
    for check in (id_token, logout_token):
        with pytest.raises(BadSignature):
            check(token)


JSON: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*ID, *LOGOUT, "azp", "nbf"]), JSON))
def test_no_claims_raise_anything_else(claims: dict[str, Any]) -> None:
    for check, good in ((id_token, ID), (logout_token, LOGOUT)):
        with suppress(BadSignature):
            check(signed({**good, **claims}))


@given(st.dictionaries(st.sampled_from(["roles", "name", "agency", "sid", "preferred_username"]), JSON))
def test_whatever_is_claimed_of_a_person_is_read_or_refused_in_a_sentence(claims: dict[str, Any]) -> None:
    found = person_of(TABLE, SETTINGS, {**claims, "sub": "siti-1"})
    assert isinstance(found, Person) or found.endswith(".")


def test_the_first_role_of_the_settings_counts(services: Services) -> None:
    found = person_of(services.packs.access, SETTINGS, {"sub": "s", "roles": ["duty", "chief"], "name": "Siti Contoh"})
    assert isinstance(found, Person)
    assert (found.role, found.clearance, found.name) == ("supervisor", Tlp.AMBER_STRICT, "Siti Contoh")


def test_dots_lead_into_objects_as_some_providers_nest_roles(services: Services) -> None:
    nested = ProviderSettings(
        issuer="https://idp.example",
        client_id="lintas",
        console_url="https://desk.example",
        roles_claim="realm_access.roles",
        roles={"duty": "duty_officer"},
    )
    found = person_of(services.packs.access, nested, {"sub": "s", "realm_access": {"roles": ["duty"]}})
    assert isinstance(found, Person)
    assert found.role == "duty_officer"
    assert found.name.startswith("person ")


def with_provider(services: Services) -> Services:
    """The same node, with a provider that only has keys."""
    assert isinstance(services.config, NodeConfig)
    return replace(services, provider=PROVIDER, config=replace(services.config, oidc=SETTINGS))


def sessions_of_siti(services: Services) -> dict[str, str]:
    """An account with sessions of two logins at the provider, one that names none, and a local one; their tokens."""

    def make(tx: Transaction) -> dict[str, str]:
        person = Person(subject="siti-1", sid="", name="Siti", agency="", role="duty_officer", clearance=Tlp.AMBER)
        account = admit(services, tx, replace(SETTINGS, accept_new=True), person)
        assert account is not None
        issuer = SETTINGS.issuer
        tokens = {
            sid: start(tx, services, account, how="oidc", issuer=issuer, sid=sid).token for sid in ("s1", "s2", "")
        }
        return tokens | {"local": start(tx, services, account, how="link").token}

    return services.store.write(make)


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"sid": "s1"}, {"s2", "", "local"}),
        ({"sid": "s1", "sub": "siti-1"}, {"s2", "local"}),
        ({"sid": None, "sub": "siti-1"}, {"local"}),
        ({"sid": "s9"}, {"s1", "s2", "", "local"}),
        ({"sid": None, "sub": "ali-1"}, {"s1", "s2", "", "local"}),
    ],
    ids=lambda value: str(sorted(value, key=str)),
)
def test_a_logout_ends_what_it_names_at_once_and_nothing_else(
    services: Services, said: dict[str, Any], left: set[str]
) -> None:
    elsewhere = with_provider(services)
    tokens = sessions_of_siti(services)
    log_out(elsewhere, signed(LOGOUT | said))
    assert {name for name, token in tokens.items() if session_of(services, token) is not None} == left


def test_a_logout_token_is_believed_once(services: Services, clock: FakeClock) -> None:
    elsewhere, token = with_provider(services), signed(LOGOUT)
    log_out(elsewhere, token)
    for _ in range(2):
        with pytest.raises(BadSignature, match="used before"):
            log_out(elsewhere, token)
        clock.forward(seconds=TOKEN_AGE_S_MAX)  # it is forgotten only when it is too old by itself
    clock.forward(seconds=2 * TOKEN_SKEW_S_MAX + 1)
    with pytest.raises(BadSignature, match="too old"):
        log_out(elsewhere, token)


def test_where_no_provider_is_set_nobody_is_sent_anywhere(node: Node) -> None:
    with Browser(node) as browser:
        assert "/oidc/" not in browser.get("/sign-in").html
        assert browser.get("/oidc/start").status == 404
        assert browser.get("/oidc/callback?state=x&code=y").status == 404
        assert browser.post("/oidc/back-channel-logout", {"logout_token": "x"}).status == 404


def test_so_many_are_on_their_way_and_no_more(services: Services, clock: FakeClock) -> None:
    elsewhere = with_provider(services)
    at = as_text(clock.now())

    def fill(tx: Transaction) -> None:
        for number in range(SIGN_IN_ELSEWHERE_MAX):
            tx.keep_challenge(number.to_bytes(32), purpose="oidc", account="", said="{}", made_at=at)

    services.store.write(fill)
    with pytest.raises(NodeBusy):
        begin(elsewhere, after="/desk")
    clock.forward(seconds=SIGN_IN_ELSEWHERE_S_MAX + 1)
    assert begin(elsewhere, after="/desk").secret
