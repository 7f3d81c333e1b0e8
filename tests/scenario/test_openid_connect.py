# SPDX-License-Identifier: Apache-2.0
"""Sign in by a real OpenID provider, over real sockets: what it lets in, what it does not, and how it ends."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from lintas.limits import SIGN_IN_ELSEWHERE_S_MAX
from lintas.work.accounts import close_account, list_accounts
from lintas.work.keeping import doctor
from tests.scenario.elsewhere import ANSWER_S, SECRET, Person, Site, a_site

pytestmark = [pytest.mark.ring("node"), pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with a_site(tmp_path_factory.mktemp("elsewhere")) as running:
        yield running


def said_in_log(site: Site) -> list[dict[str, object]]:
    """Bodies of all account entries."""
    headers = site.services.store.read(lambda s: [json.loads(entry.header) for entry in s.entries(0, s.size())])
    return [header["body"] for header in headers if header["kind"] == "account"]


def account_of(site: Site, sub: str) -> str:
    """The account of somebody at the provider, empty for none."""
    issuer = site.provider.issuer
    row = site.services.store.read(lambda s: s.account_by_subject(issuer, sub))
    return row.id if row is not None else ""


def changed(address: str, **parts: str) -> str:
    """The same address with other values in its query."""
    where = urlsplit(address)
    query = {name: values[0] for name, values in parse_qs(where.query).items()} | parts
    return where._replace(query=urlencode(query)).geturl()


def test_the_sign_in_page_leads_to_the_provider(site: Site) -> None:
    page = httpx.get(f"{site.console}/sign-in", timeout=ANSWER_S).text
    assert "Sign in with Agency account" in page
    assert "/oidc/start?next=" in page


def test_a_person_signs_in_and_is_known_by_a_pseudonym(site: Site) -> None:
    site.provider.name("siti-1", "staff", "asc-supervisor", name="Siti Contoh", clearance="up to amber")
    person = site.person()
    back = person.sign_in()
    assert (back.status_code, back.headers["location"]) == (303, "/peers")
    assert person.desk() == 200
    row = next(one for one in list_accounts(site.services) if one.name == "Siti Contoh")
    assert (row.id, row.role, row.clearance) == (account_of(site, "siti-1"), "supervisor", "TLP:AMBER")
    made = {"account": row.id, "action": "provider_created", "clearance": "AMBER", "role": "supervisor"}
    assert made in said_in_log(site)
    assert b"Siti" not in site.services.store.read(lambda s: b"".join(e.header for e in s.entries(0, s.size())))


def test_the_request_carries_pkce_state_and_nonce(site: Site) -> None:
    query = parse_qs(urlsplit(site.person().leave_for_provider()).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["response_type"] == ["code"]
    assert all(len(query[name][0]) == 43 for name in ("state", "nonce", "code_challenge"))
    assert query["redirect_uri"] == [f"{site.console}/oidc/callback"]


def test_a_role_changes_with_the_claim_and_the_log_says_so(site: Site) -> None:
    site.provider.name("ali-1", "asc-duty", name="Ali Contoh")
    site.person().sign_in()
    account = account_of(site, "ali-1")
    site.provider.name("ali-1", "asc-supervisor", name="Ali Contoh")
    site.person().sign_in()
    actions = [(body["action"], body["role"]) for body in said_in_log(site) if body["account"] == account]
    assert actions == [("provider_created", "duty_officer"), ("provider_changed", "supervisor")]
    assert next(check for check in doctor(site.services).checks if check.name == "accounts").ok


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"roles": ["visitor"]}, "no role that this node knows"),
        ({"roles": []}, "no role that this node knows"),
        ({"roles": {"asc-duty": True}}, "no role that this node knows"),
        ({"roles": ["asc-ghost"]}, "access policy does not have"),
        ({"roles": "asc-duty", "agency": "Another agency"}, "names no agency that signs in"),
        ({"roles": "asc-duty", "clearance": "cosmic"}, "no clearance that this node knows"),
    ],
)
def test_who_has_no_role_agency_or_clearance_here_is_told_so(site: Site, claims: dict[str, object], why: str) -> None:
    site.provider.name("stranger-1", **claims)
    person = site.person()
    back = person.sign_in()
    assert back.status_code == 403
    assert why in back.text
    assert person.desk() == 303
    assert account_of(site, "stranger-1") == ""


def test_who_loses_the_role_loses_the_session(site: Site) -> None:
    site.provider.name("budi-1", "asc-duty")
    first = site.person()
    first.sign_in()
    assert first.desk() == 200
    site.provider.name("budi-1", "visitor")
    assert site.person().sign_in().status_code == 403
    assert first.desk() == 303


def test_a_closed_account_stays_closed_whatever_the_provider_says(site: Site) -> None:
    site.provider.name("chong-1", "asc-duty")
    site.person().sign_in()
    close_account(site.services, account_of(site, "chong-1"))
    back = site.person().sign_in()
    assert back.status_code == 403
    assert "You may not sign in here with this identity." in back.text


def test_two_people_of_one_name_get_two_accounts(site: Site) -> None:
    for sub in ("lim-1", "lim-2"):
        site.provider.name(sub, "asc-duty", name="Lim Example")
        assert site.person().sign_in().status_code == 303
    assert account_of(site, "lim-1") != account_of(site, "lim-2")
    assert {"Lim Example", "Lim Example 2"} <= {one.name for one in list_accounts(site.services)}


def refused(answer: httpx.Response, why: str) -> None:
    assert answer.status_code == 403, answer.text
    assert why in answer.text
    assert not [name for name in answer.cookies if name == "lintas"]


def on_the_way(site: Site) -> tuple[Person, str]:
    """A person who is about to come back, and the address."""
    site.provider.name("devi-1", "asc-duty")
    person = site.person()
    return person, person.go_through(person.leave_for_provider())


def test_another_state_is_refused(site: Site) -> None:
    person, address = on_the_way(site)
    refused(person.come_back(changed(address, state="A" * 43)), "began in another browser")


def test_another_browser_cannot_finish_a_sign_in(site: Site) -> None:
    _, address = on_the_way(site)
    other = site.person()
    other.leave_for_provider()
    refused(other.come_back(address), "began in another browser")


def test_an_address_works_once(site: Site) -> None:
    person, address = on_the_way(site)
    assert person.come_back(address).status_code == 303
    refused(person.come_back(address), "used already")


def test_a_code_of_another_sign_in_is_refused(site: Site) -> None:
    _, address = on_the_way(site)
    code = parse_qs(urlsplit(address).query)["code"][0]
    other, own = on_the_way(site)
    refused(other.come_back(changed(own, code=code)), "did not sign you in")  # its PKCE verifier does not fit


def test_a_used_code_is_refused(site: Site) -> None:
    person, address = on_the_way(site)
    person.come_back(address)
    code = parse_qs(urlsplit(address).query)["code"][0]
    other, own = on_the_way(site)
    refused(other.come_back(changed(own, code=code)), "did not sign you in")


def test_another_issuer_in_the_address_is_refused(site: Site) -> None:
    person, address = on_the_way(site)
    refused(person.come_back(changed(address, iss="https://idp.example")), "Another provider answered")


def test_an_error_of_the_provider_signs_nobody_in(site: Site) -> None:
    person, address = on_the_way(site)
    refused(person.come_back(changed(address, error="access_denied")), "did not sign you in")


def test_a_sign_in_that_takes_too_long_is_refused(site: Site) -> None:
    person, address = on_the_way(site)
    site.clock.forward(seconds=SIGN_IN_ELSEWHERE_S_MAX + 1)
    try:
        refused(person.come_back(address), "took too long")
    finally:
        site.clock.set_back(seconds=SIGN_IN_ELSEWHERE_S_MAX + 1)


def test_nothing_in_the_database_finishes_a_sign_in(site: Site) -> None:
    person, address = on_the_way(site)
    query = parse_qs(urlsplit(address).query)
    secret = person.client.cookies["lintas-oidc"]
    folder = site.node.services.config.folder  # type: ignore[attr-defined]  # a node's own settings have it
    written = b"".join(path.read_bytes() for path in folder.glob("node.sqlite*"))
    for one in (query["state"][0], query["code"][0], secret, SECRET):
        assert one.encode() not in written


def test_logging_out_at_the_provider_ends_the_live_session_here(site: Site) -> None:
    site.provider.name("ee-1", "asc-duty")
    person, elsewhere = site.person(), site.person()
    person.sign_in()
    elsewhere.sign_in()
    assert (person.desk(), elsewhere.desk()) == (200, 200)
    person.log_out_at_provider()
    assert (person.desk(), elsewhere.desk()) == (303, 200)  # the other session at the provider goes on


@pytest.mark.parametrize("body", ["", "logout_token=", "logout_token=a.b.c", "logout_token=x&logout_token=y", "é=1"])
def test_a_logout_by_anybody_else_is_refused(site: Site, body: str) -> None:
    kind = {"content-type": "application/x-www-form-urlencoded"}
    address = f"{site.console}/oidc/back-channel-logout"
    answer = httpx.post(address, content=body.encode(), headers=kind, timeout=ANSWER_S)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


def test_who_was_never_here_waits_until_they_are_accepted(tmp_path_factory: pytest.TempPathFactory) -> None:
    with a_site(tmp_path_factory.mktemp("known-only"), accept_new=False) as strict:
        strict.provider.name("new-1", "asc-duty")
        refused(strict.person().sign_in(), "You may not sign in here with this identity.")
        assert list_accounts(strict.services) == ()
