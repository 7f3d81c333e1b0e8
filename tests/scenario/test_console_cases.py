# SPDX-License-Identifier: Apache-2.0
"""The pages Cases, Case and Hand-over, without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, carry, two_nodes
from lintas.work import cases
from lintas.work.accounts import create_account, list_accounts
from tests.scenario.browsing import Browser, Page


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as pair:
        yield pair


@contextmanager
def browsing(node: Node, *, name: str = "Aminah", role: str = "duty_officer") -> Iterator[Browser]:
    if name not in {one.name for one in list_accounts(node.services)}:
        create_account(node.services, name=name, password=None, role=role, clearance=Tlp.RED)
    with Browser(node) as browser:
        browser.enter(node, name)
        yield browser


def opened(browser: Browser, title: str = "Parcel scam of June") -> Page:
    browser.get("/cases")
    sent = browser.post("/cases", {"title": title, "kind": "", "area": ""})
    assert sent.status == 303, sent.text
    page = browser.open(sent.location)
    assert page.status == 200 and title in page.text
    return page


def said(browser: Browser, address: str, **fields: str) -> Page:
    sent = browser.post(f"{address}/say", fields)
    assert sent.status == 303, sent.text
    return browser.open(sent.location.split("#")[0])


def address_of(browser: Browser) -> str:
    return browser.get("/cases").links("/cases/")[0]


def test_a_case_is_opened_and_worked_in_by_forms_alone(nodes: tuple[Node, Node]) -> None:
    with browsing(nodes[0]) as browser:
        opened(browser)
        at = address_of(browser)
        browser.get(at)
        page = said(browser, at, what="account", value="0123456789", bank="KASITHBK", country="th", scheme="")
        assert "0123456789" in page.text and "KASITHBK" in page.text
        page = said(browser, at, what="note", note="The bank calls back at nine")
        assert "The bank calls back at nine" in page.text
        page = said(browser, at, what="task", title="Ask the bank", officer="", due="2026-03-01T12:00")
        assert "Ask the bank" in page.text
        page = said(browser, at, what="event", at="2026-02-28T20:00", title="First call of the scammer")
        assert "First call of the scammer" in page.text
        assert "Parcel scam of June" in browser.get("/cases?words=parcel").text


def test_a_victim_in_a_case_is_withheld(nodes: tuple[Node, Node]) -> None:
    with browsing(nodes[0]) as browser:
        opened(browser)
        at = address_of(browser)
        browser.get(at)
        page = said(browser, at, what="person", role="victim", name="Siti Contoh")
        assert "Siti Contoh" not in page.text
        assert "withheld" in page.text


def test_a_form_without_its_secret_changes_nothing(nodes: tuple[Node, Node]) -> None:
    with browsing(nodes[0]) as browser:
        opened(browser)
        at = address_of(browser)
        browser.get(at)
        assert browser.post(f"{at}/say", {"what": "note", "note": "x", "form": "0" * 64}).status in (400, 403)


def test_what_cannot_be_said_is_told_on_the_page(nodes: tuple[Node, Node]) -> None:
    with browsing(nodes[0]) as browser:
        opened(browser)
        at = address_of(browser)
        browser.get(at)
        answer = browser.post(f"{at}/say", {"what": "note", "note": "  "})
        assert answer.status >= 400
        assert "The note is empty" in answer.text
        assert browser.post(f"{at}/say", {"what": "nonsense"}).status >= 400
        assert browser.get("/cases/" + "0" * 64).status == 404


def test_whoever_works_in_no_cases_is_refused(nodes: tuple[Node, Node]) -> None:
    with browsing(nodes[0], name="Olu", role="operator") as browser:
        assert browser.get("/cases").status == 403
        assert browser.get("/hand-over").status == 403


def test_an_invited_agency_joins_on_its_page(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    done = cases.open_case(here.services, OFFICER, "Two agencies")
    cases.invite(here.services, OFFICER, done.ref, there.services.keys.node)
    carry(here, there)
    with browsing(there) as browser:
        page = browser.get("/cases")
        assert "we are invited" in page.text
        at = page.links("/cases/")[0]
        page = browser.get(at)
        assert "asks us to join this case" in page.text
        page = said(browser, at, what="join", officer="")
        assert "joined" in page.text
    carry(there, here)
    cases.settle_cases(here.services)
    carry(here, there)
    with browsing(here) as browser:
        assert "Sample crime desk" in browser.get(address_of(browser)).text


def test_conflicting_titles_are_shown_with_both_values_and_chosen_between(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    done = cases.open_case(here.services, OFFICER, "Two agencies")
    cases.invite(here.services, OFFICER, done.ref, there.services.keys.node)
    carry(here, there)
    cases.join(there.services, OFFICER, done.ref)
    carry(there, here)
    cases.settle_cases(here.services)
    carry(here, there)
    cases.change(here.services, OFFICER, done.ref, "title", "Name of ours")
    cases.change(there.services, OFFICER, done.ref, "title", "Name of theirs")
    carry(here, there)
    carry(there, here)
    with browsing(here) as browser:
        at = address_of(browser)
        page = browser.get(at)
        assert "Said past each other" in page.text
        assert "Name of ours" in page.text and "Name of theirs" in page.text
        page = said(browser, at, what="change", field="title", value="Name of theirs")
        assert "Said past each other" not in page.text


def test_a_shift_is_handed_over_thing_by_thing(nodes: tuple[Node, Node]) -> None:
    node = nodes[0]
    with browsing(node) as browser, browsing(node, name="Ravi") as next_one:
        opened(browser)
        at = address_of(browser)
        browser.get(at)
        said(browser, at, what="task", title="Ask the bank", officer="", due="")
        said(browser, at, what="task", title="Call the victim", officer="", due="")
        page = browser.get("/hand-over")
        assert "Ask the bank" in page.text and "Call the victim" in page.text
        ravi = next(one.id for one in list_accounts(node.services) if one.name == "Ravi")
        assert browser.post("/hand-over", {"do": "offer_all", "to": ravi}).status == 303
        theirs = next_one.get("/hand-over")
        targets = [part.split('"')[0] for part in theirs.html.split('name="target" value="')[1:]]
        first = targets[0]
        assert next_one.post("/hand-over", {"do": "accept", "target": first}).status == 303
        still = next_one.get("/hand-over")
        assert still.text.count("Offered to you 1") == 1
        assert "You answer for 1" in still.text
        assert "You answer for 1" in browser.get("/hand-over").text


def test_what_is_not_offered_cannot_be_accepted(nodes: tuple[Node, Node]) -> None:
    node = nodes[0]
    with browsing(node) as browser:
        opened(browser)
        at = address_of(browser)
        browser.get(at)
        said(browser, at, what="task", title="Ask the bank", officer="", due="")
        browser.get("/hand-over")
        answer = browser.post("/hand-over", {"do": "accept", "target": "0" * 64})
        assert "no such open thing" in answer.text
