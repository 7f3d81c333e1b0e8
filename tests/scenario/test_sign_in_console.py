# SPDX-License-Identifier: Apache-2.0
"""Sign in and My access, over the console's pages."""

import re
import threading
from datetime import timedelta

import pyotp
import pytest

from lintas.limits import SESSION_IDLE_S_MAX, TOKEN_EVERY_S, TOKEN_GRACE_S
from lintas.node.node import Node
from lintas.testing import FakeClock
from lintas.work.accounts import create_link, session_of, sign_in, sign_out
from lintas.work.accounts.codes import STEP_S
from lintas.work.services import Services
from tests.scenario.browsing import PASSWORD, Browser, officer
from tests.scenario.signing import KeyBrowser

COOKIE = "lintas"


def secret_of(page_text: str) -> str:
    """The secret that a page of codes shows."""
    found = re.search(r"\b([A-Z2-7]{32})\b", page_text)
    assert found is not None
    return found.group(1)


def with_codes(browser: Browser, clock: FakeClock) -> pyotp.TOTP:
    """Turn codes on."""
    browser.get("/me")
    page = browser.post("/me/codes")
    totp = pyotp.TOTP(secret_of(page.text))
    offer = re.search(r'name="offer" value="([^"]+)"', page.html)
    assert offer is not None
    done = browser.post("/me/codes/on", {"offer": offer.group(1), "code": totp.at(clock.now())})
    assert done.location == "/me?done=codes", done.text
    return totp


def test_a_person_enrols_signs_out_and_comes_back_by_passkey(node: Node) -> None:
    officer(node, password=None)
    with KeyBrowser(node) as browser:
        browser.enter(node)
        assert browser.enrol("my phone").location == "/me?done=passkey"
        assert "my phone" in browser.get("/me").text
        browser.post("/sign-out")
        assert browser.get("/me").status == 303
        assert browser.sign_in_by_key("/me").location == "/me"
        assert "passkey" in browser.get("/me").text


def test_the_page_says_who_one_is_and_what_one_may(node: Node) -> None:
    officer(node, role="engineer")
    with Browser(node) as browser:
        browser.enter(node)
        page = browser.get("/me")
        for words in (
            "officer-0001",
            "Engineer",
            "Sees nothing of what messages say.",
            "one-time link",
            "Passkeys do not work at this address",
        ):
            assert words in page.text
        assert "None yet" in page.text


def test_at_an_ip_address_the_page_says_where_passkeys_work(node: Node) -> None:
    officer(node)
    with Browser(node) as browser:
        page = browser.get("/sign-in", headers={"host": "127.0.0.1:8420"})
        assert "http://localhost:8420" in page.text
        assert "data-passkey" not in page.html


def test_a_passkey_of_another_page_is_told_like_any_other_wrong_one(node: Node) -> None:
    officer(node)
    with KeyBrowser(node) as browser:
        browser.enter(node)
        browser.enrol()
        browser.post("/sign-out")
        browser.key.origin = "http://localhost:1"
        page = browser.sign_in_by_key()
        assert page.status == 403
        assert "does not sign anybody in here" in page.text


def test_codes_are_asked_for_once_they_are_on_and_open_once(node: Node, clock: FakeClock) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.sign_in("Aminah")
        totp = with_codes(browser, clock)
        browser.post("/sign-out")
        said = set()
        used = totp.at(clock.now())  # it was shown to turn them on
        for code in ("", "000000", used, "12345", "１２３４５６"):
            browser.get("/sign-in")
            page = browser.post("/sign-in", {"name": "Aminah", "password": PASSWORD, "code": code})
            assert page.status == 403
            said.add(page.text.split("Sign in with a password")[0].split("Page of")[0])
        browser.get("/sign-in")
        page = browser.post("/sign-in", {"name": "Aminah", "password": "another password", "code": totp.now()})
        said.add(page.text.split("Sign in with a password")[0].split("Page of")[0])
        assert len(said) == 1
        clock.forward(seconds=STEP_S)
        browser.get("/sign-in")
        sent = {"name": "Aminah", "password": PASSWORD, "code": totp.at(clock.now())}
        assert browser.post("/sign-in", sent).status == 303
        assert "password and a code" in browser.get("/me").text
        with Browser(node) as other:
            other.get("/sign-in")
            assert other.post("/sign-in", sent).status == 403


@pytest.mark.parametrize(("by", "works"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(node: Node, services: Services, clock: FakeClock, by: int, *, works: bool) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.sign_in("Aminah")
        totp = with_codes(browser, clock)
        clock.forward(seconds=10 * STEP_S)
        browser.post("/sign-out")
        browser.get("/sign-in")
        code = totp.at(clock.now() + timedelta(seconds=by * STEP_S))
        page = browser.post("/sign-in", {"name": "Aminah", "password": PASSWORD, "code": code})
        assert (page.status == 303) is works


def test_a_wrong_code_leaves_the_offer_and_codes_off(node: Node) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.enter(node)
        browser.get("/me")
        page = browser.post("/me/codes")
        offer = re.search(r'name="offer" value="([^"]+)"', page.html)
        assert offer is not None
        again = browser.post("/me/codes/on", {"offer": offer.group(1), "code": "000000"})
        assert again.status == 403
        assert secret_of(again.text) == secret_of(page.text)
        assert "Off." in browser.get("/me").text


def test_codes_are_turned_off_with_a_code(node: Node, clock: FakeClock) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.enter(node)
        totp = with_codes(browser, clock)
        browser.get("/me")
        assert browser.post("/me/codes/off", {"code": totp.at(clock.now())}).status == 403  # used to turn them on
        clock.forward(seconds=STEP_S)
        browser.get("/me")
        assert browser.post("/me/codes/off", {"code": totp.at(clock.now())}).status == 303
        assert "Off." in browser.get("/me").text


def test_the_drawing_holds_to_the_policy_of_our_pages(node: Node) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.enter(node)
        browser.get("/me")
        page = browser.post("/me/codes")
        assert 'src="data:image/svg+xml;base64,' in page.html
        assert "style=" not in page.html and "<script>" not in page.html


def test_a_recovery_code_opens_once_and_only_to_enrol_anew(node: Node, clock: FakeClock) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.sign_in("Aminah")
        browser.get("/me")
        assert browser.post("/me/recovery").status == 403  # there is nothing yet to bring back
        with_codes(browser, clock)
        browser.get("/me")
        codes = re.findall(r'<li class="mono">([a-z2-7-]{19})</li>', browser.post("/me/recovery").html)
        assert len(set(codes)) == 10
        browser.post("/sign-out")
        sent = {"name": "Aminah", "password": PASSWORD, "code": codes[0].upper().replace("-", " ")}
        for wrong in (
            {**sent, "code": "aaaa-aaaa-aaaa-aaaa"},
            {**sent, "password": "another password"},
            {**sent, "name": "Nobody"},
        ):
            browser.get("/sign-in/recover")
            assert browser.post("/sign-in/recover", wrong).status == 403
        browser.get("/sign-in/recover")
        assert browser.post("/sign-in/recover", sent).location == "/me"
        assert "You came in with a recovery code" in browser.get("/me").text
        for closed in ("/desk", "/find", "/log", "/people", "/node", "/peers"):
            assert browser.get(closed).location == "/me", closed
        browser.get("/me")
        for shut in ("/find", "/me/recovery", "/me/sessions/others", "/me/codes/off", "/take"):
            assert browser.post(shut, {"terms": "x", "code": "1"}).status == 403, shut
        clock.forward(seconds=STEP_S)
        totp = with_codes(browser, clock)
        browser.post("/sign-out")
        browser.get("/sign-in/recover")
        assert browser.post("/sign-in/recover", sent).status == 403  # used
        clock.forward(seconds=STEP_S)
        browser.get("/sign-in")
        entry = {"name": "Aminah", "password": PASSWORD, "code": totp.at(clock.now())}
        assert browser.post("/sign-in", entry).status == 303
        assert browser.get("/find").status == 200


def test_a_session_changes_its_token_and_forms_of_open_pages_still_work(node: Node, clock: FakeClock) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.enter(node)
        browser.get("/me")
        before = browser.client.cookies[COOKIE]
        assert browser.page is not None
        secret = browser.page.secret
        clock.forward(seconds=TOKEN_EVERY_S)
        browser.get("/me")
        assert browser.client.cookies[COOKIE] != before
        assert browser.get("/me").status == 200
        assert browser.post("/me/sessions/others", secret=secret).status == 303


def test_requests_beside_each_other_do_not_sign_anybody_out(node: Node, services: Services, clock: FakeClock) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    clock.forward(seconds=TOKEN_EVERY_S)
    found: list[str] = []

    def use() -> None:
        session = session_of(services, token, rotate=True)
        found.append("out" if session is None else session.fresh)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fresh = [one for one in found if one]
    assert "out" not in found
    assert len(fresh) == 1
    clock.forward(seconds=TOKEN_GRACE_S - 1)
    assert session_of(services, token, rotate=True) is not None
    assert session_of(services, fresh[0], rotate=True) is not None


def test_an_old_token_ends_the_session_for_whoever_copied_it(node: Node, services: Services, clock: FakeClock) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    clock.forward(seconds=TOKEN_EVERY_S)
    session = session_of(services, token, rotate=True)
    assert session is not None
    assert session_of(services, session.fresh) is not None
    clock.forward(seconds=TOKEN_GRACE_S + 1)
    seen = services.events.count("sign-in")
    assert session_of(services, token, touch=False) is not None  # a stream that waits is no theft
    assert session_of(services, token) is None
    assert session_of(services, session.fresh) is None
    assert services.events.count("sign-in") == seen + 1
    with Browser(node) as browser:
        browser.sign_in("Aminah")
        assert "somebody came with an old token" in browser.get("/me").text


def test_an_answer_that_was_lost_signs_nobody_out_but_leaves_one_token(
    node: Node, services: Services, clock: FakeClock
) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    clock.forward(seconds=TOKEN_EVERY_S)
    lost = session_of(services, token, rotate=True)
    clock.forward(seconds=TOKEN_GRACE_S + 1)
    again = session_of(services, token, rotate=True)
    assert lost is not None and again is not None
    assert again.fresh not in {"", lost.fresh}
    assert session_of(services, again.fresh) is not None
    clock.forward(seconds=TOKEN_GRACE_S + 1)
    assert session_of(services, lost.fresh) is None  # whoever has that one copied it: both are out
    assert session_of(services, again.fresh) is None


def test_signing_out_ends_every_token_of_a_session(node: Node, services: Services, clock: FakeClock) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    clock.forward(seconds=TOKEN_EVERY_S)
    session = session_of(services, token, rotate=True)
    assert session is not None
    sign_out(services, token)
    assert session_of(services, session.fresh) is None


def test_a_session_whose_token_changed_rests_too_long_all_the_same(
    node: Node, services: Services, clock: FakeClock
) -> None:
    officer(node)
    token = sign_in(services, "Aminah", PASSWORD).token
    clock.forward(seconds=TOKEN_EVERY_S)
    session = session_of(services, token, rotate=True)
    assert session is not None
    clock.forward(seconds=SESSION_IDLE_S_MAX)
    assert session_of(services, session.fresh) is None
    assert session_of(services, token) is None


def test_one_ends_ones_other_sessions_and_nobody_elses(node: Node) -> None:
    officer(node)
    officer(node, "Budi")
    agent = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    with Browser(node) as one, Browser(node) as two, Browser(node) as budi:
        budi.enter(node, "Budi")
        one.enter(node)
        two.client.headers.update(agent)
        two.enter(node)
        page = one.get("/me")
        assert "Firefox on Linux" in page.text
        ends = re.findall(r'action="(/me/sessions/[0-9a-f]{64}/end)"', page.html)
        assert len(ends) == 1
        budi.get("/me")
        assert budi.post(ends[0]).status == 404
        assert two.get("/me").status == 200
        assert one.post(ends[0]).status == 303
        assert two.get("/me").status == 303
        two.enter(node)
        one.get("/me")
        one.post("/me/sessions/others")
        assert (one.get("/me").status, two.get("/me").status, budi.get("/me").status) == (200, 303, 200)


def test_a_link_says_how_a_session_began(node: Node, services: Services) -> None:
    officer(node)
    with Browser(node) as browser:
        address = f"/enter/{create_link(services, 'Aminah')}"
        browser.get(address)
        browser.post(address)
        assert "one-time link" in browser.get("/me").text
