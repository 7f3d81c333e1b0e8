# SPDX-License-Identifier: Apache-2.0
"""Pages in the reader's language: chosen, kept with the person, and switched on every page without scripts."""

import re
from typing import Final

import pytest

from lintas.node.node import Node
from lintas.web.console.language import TONGUES
from lintas.work.accounts import session_of
from lintas.work.accounts.own import set_own_language
from tests.scenario.browsing import Browser, Page, officer

SIGN_IN: Final = {"en": "Sign in", "ms": "Log masuk", "th": "เข้าสู่ระบบ", "zh": "登录"}
_LANG: Final = re.compile(r'<html lang="([^"]*)"')


def lang(page: Page) -> str:
    """What the page says its language is."""
    found = _LANG.search(page.html)
    assert found is not None
    return found.group(1)


def test_the_sign_in_page_follows_the_browser(node: Node) -> None:
    with Browser(node) as browser:
        for code, tongue in TONGUES.items():
            page = browser.get("/sign-in", headers={"accept-language": f"{tongue.tag},fr;q=0.2"})
            assert lang(page) == tongue.tag == page.headers["content-language"]
            assert f"<h1>{SIGN_IN[code]}</h1>" in page.html


def test_a_browser_that_asks_for_none_of_them_gets_the_nodes(node: Node) -> None:
    with Browser(node) as browser:
        assert lang(browser.get("/sign-in", headers={"accept-language": "fr"})) == "en"
        assert lang(browser.get("/sign-in")) == "en"


@pytest.mark.parametrize("code", sorted(TONGUES))
def test_the_switch_works_before_anyone_is_signed_in(node: Node, code: str) -> None:
    with Browser(node) as browser:
        browser.get("/sign-in?next=%2Flog")
        sent = browser.post("/language", {"language": code, "here": "/sign-in?next=%2Flog"})
        assert (sent.status, sent.location) == (303, "/sign-in?next=%2Flog")
        assert f"<h1>{SIGN_IN[code]}</h1>" in browser.get("/sign-in").html


def test_what_a_person_chose_is_there_in_another_browser(node: Node) -> None:
    officer(node)
    with Browser(node) as first:
        first.enter(node)
        first.get("/me")
        first.post("/language", {"language": "th", "here": "/me"})
        assert lang(first.get("/me")) == "th"
    with Browser(node) as second:
        second.enter(node)
        assert lang(second.get("/me", headers={"accept-language": "zh"})) == "th"


def test_one_persons_choice_is_not_another_ones(node: Node) -> None:
    officer(node)
    officer(node, "Somchai")
    with Browser(node) as first, Browser(node) as second:
        first.enter(node)
        second.enter(node, "Somchai")
        first.get("/me")
        first.post("/language", {"language": "zh", "here": "/me"})
        assert (lang(first.get("/me")), lang(second.get("/me"))) == ("zh-Hans", "en")


@pytest.mark.parametrize("code", ["xx", "", "EN", "../th", "th\r\nset-cookie: a=b"])
def test_a_language_that_pages_do_not_speak_changes_nothing(node: Node, code: str) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.enter(node)
        browser.get("/me")
        sent = browser.post("/language", {"language": code, "here": "/me"})
        assert sent.status == 303
        assert "lintas-language" not in sent.headers.get("set-cookie", "")
        assert lang(browser.get("/me")) == "en"


def test_the_switch_needs_the_pages_secret(node: Node) -> None:
    with Browser(node) as browser:
        browser.get("/sign-in")
        assert browser.post("/language", {"language": "th"}, secret="0" * 64).status == 403
        assert lang(browser.get("/sign-in")) == "en"


@pytest.mark.parametrize(
    "here", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example", "/enter/x"]
)
def test_the_switch_sends_nobody_elsewhere(node: Node, here: str) -> None:
    with Browser(node) as browser:
        browser.get("/sign-in")
        assert browser.post("/language", {"language": "th", "here": here}).location == "/desk"


def test_a_refusal_is_said_in_the_readers_language(node: Node) -> None:
    with Browser(node) as browser:
        browser.get("/sign-in", headers={"accept-language": "th"})
        page = browser.post(
            "/sign-in", {"name": "Nobody", "password": "not the right words"}, headers={"accept-language": "th"}
        )
        assert page.status == 403
        assert "ชื่อหรือรหัสผ่านไม่ถูกต้อง" in page.text
        assert "wrong" not in page.text


def test_a_page_that_is_not_there_is_said_in_the_readers_language(node: Node) -> None:
    with Browser(node) as browser:
        page = browser.get("/nothing-here", headers={"accept-language": "zh"})
        assert (page.status, lang(page)) == (404, "zh-Hans")
        assert "no such page" not in page.text


def test_what_the_script_says_goes_with_the_page(node: Node) -> None:
    with Browser(node) as browser:
        page = browser.get("/sign-in", headers={"accept-language": "zh"})
        assert 'type="application/json" id="words"' in page.html
        assert 'id="words"' not in browser.get("/sign-in").html


def test_the_choice_is_kept_in_the_store_and_ends_no_session(node: Node) -> None:
    account = officer(node)
    with Browser(node) as browser:
        browser.enter(node)
        token = browser.client.cookies["lintas"]
        session = session_of(node.services, token)
        assert session is not None
        assert session.language == ""
        set_own_language(node.services, session, "ms")
        row = node.services.store.read(lambda snapshot: snapshot.account(account))
        assert row is not None
        assert row.language == "ms"
        assert lang(browser.get("/me", headers={"accept-language": "zh"})) == "ms"
