# SPDX-License-Identifier: Apache-2.0
"""Whole pages in each language: no text of theirs is left in English, whoever reads them and whatever they show."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Final

import pytest

from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, two_nodes
from lintas.web.console.language import TONGUES, catalog_of
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.lists import open_list
from lintas.work.services import no_progress
from lintas.work.sharing import share
from tests.scenario.browsing import Browser, Page, officer
from tests.scenario.giving import stix_bundle, stix_object

READ_OUT: Final = frozenset({"title", "placeholder", "aria-label", "alt", "label"})
UNREAD: Final = frozenset({"script", "style", "pre", "bdi"})  # what came from outside stands in the last two
OFFICERS: Final = ("/find", "/take", "/outbox", "/peers", "/lists", "/me", "/node", "/log")
OTHERS: Final = {
    "supervisor": ("/people", "/me", "/desk"),
    "oversight": ("/oversight", "/oversight?verb=find", "/oversight?checks=1", "/log"),
    "operator": ("/keys", "/node", "/me"),
}


class _Texts(HTMLParser):
    """Collects what a person reads or hears, but for what came from outside."""

    def __init__(self, unread: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._skips = unread
        self._unread = 0
        self._words = 0  # the twelve words of a node are English in every language

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._words += tag == "ol" and ("class", "words") in attrs
        self._unread += tag in self._skips
        self.found += [value for name, value in attrs if name in READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in self._skips
        self._words -= tag == "ol" and self._words

    def handle_data(self, data: str) -> None:
        if not self._unread and not self._words:
            self.found.append(data)


def left_in_english(page: Page, code: str, unread: frozenset[str] = UNREAD) -> list[str]:
    """Texts of a page that its catalog has in another form."""
    catalog, parser = catalog_of(code), _Texts(unread)
    parser.feed(page.html)
    texts = {" ".join(text.split()) for text in parser.found}
    whole = {msgid for (_, msgid), said in catalog.texts.items() if said != msgid} | set(catalog.counted)
    patterns = [_regex(msgid) for msgid in whole if "%(" in msgid and len(re.sub(r"%\(\w+\)s|\W", "", msgid)) > 5]
    return sorted(
        text for text in texts if text and (text in whole or any(pattern.fullmatch(text) for pattern in patterns))
    )


def _regex(msgid: str) -> re.Pattern[str]:
    parts = re.split(r"%\(\w+\)s", msgid)
    return re.compile(".+?".join(re.escape(part.replace("%%", "%")) for part in parts))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, list[str]]]:
    """A node that took, shared and restricts something, and addresses of pages about it."""
    with two_nodes(tmp_path_factory.mktemp("translated")) as (here, there):
        services = here.services
        person = stix_object("identity", 1, name="Example Person", identity_class="individual")
        bad: dict[str, object] = {"type": "indicator", "id": "indicator--1"}
        file = TakenFile(name="first.json", data=stix_bundle(person, bad))
        protected = TakeOptions(marking=Marking(tlp=Tlp.GREEN, classes=frozenset({Protected.WITNESS})))
        text = TakenFile(name="second.txt", data=b"Call +60123456789 or 10.0.0.1 about the parcel")
        first = take(
            services, OFFICER, [file], options=TakeOptions(marking=Marking(tlp=Tlp.GREEN)), progress=no_progress
        )
        second = take(services, OFFICER, [text], options=protected, progress=no_progress)
        own = officer(here, password=None)
        ids = {role: officer(here, role.capitalize(), role=role, password=None) for role in OTHERS}
        supervisor = Viewer(id=ids["supervisor"], clearance=Tlp.RED, role="supervisor")
        open_list(services, supervisor, "night-work", [own])
        node = there.services.keys.node
        share(services, OFFICER, first.messages[:1], to=[node], purpose="", basis="", urgent=False)
        found = find(services, OFFICER, ["10.0.0.1"], limit=5)
        entity = f"/entity?key={found.results[0].entities[0].id}"
        messages = [f"/message/{one}" for one in (first.messages[0], first.intakes[0], second.messages[0])]
        yield here, [*OFFICERS, *messages, entity, f"/peers/{node}", f"{messages[0]}/seen"]


def language_of(browser: Browser, code: str) -> None:
    browser.get("/me")
    assert browser.post("/language", {"language": code, "here": "/me"}).status == 303


@pytest.mark.parametrize("code", sorted(set(TONGUES) - {"en"}))
def test_an_officer_meets_no_english_on_a_page(site: tuple[Node, list[str]], code: str) -> None:
    node, addresses = site
    wrong: dict[str, list[str]] = {}
    with Browser(node) as browser:
        browser.enter(node)
        language_of(browser, code)
        pages = {address: browser.get(address) for address in addresses}
        pages["found"] = browser.find("10.0.0.1", "+60123456789", "Example", "nothing such")
        message = next(one for one in addresses if one.startswith("/message/")).rpartition("/")[2]
        browser.get(f"/message/{message}")
        pages["share"] = browser.open(browser.post("/share", {"message": message}).location)
        for address, page in pages.items():
            assert page.status in {200, 403}, address
            if left := left_in_english(page, code):
                wrong[address] = left
    assert wrong == {}


@pytest.mark.parametrize("role", sorted(OTHERS))
@pytest.mark.parametrize("code", sorted(set(TONGUES) - {"en"}))
def test_others_meet_no_english_on_a_page(site: tuple[Node, list[str]], code: str, role: str) -> None:
    node, _ = site
    with Browser(node) as browser:
        browser.enter(node, role.capitalize())
        language_of(browser, code)
        pages = {address: browser.get(address) for address in OTHERS[role]}
        assert [address for address, page in pages.items() if page.status != 200] == []
        wrong = {address: left for address, page in pages.items() if (left := left_in_english(page, code))}
    assert wrong == {}


def test_what_is_left_in_english_is_found(site: tuple[Node, list[str]]) -> None:
    node, _ = site
    with Browser(node) as browser:
        browser.enter(node)
        language_of(browser, "en")
        page = browser.get("/find")
    assert "Terms, one a line" in left_in_english(page, "th")
