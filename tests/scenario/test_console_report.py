# SPDX-License-Identifier: Apache-2.0
"""The page Report: five facts in, first requests out, and nothing that was typed is ever lost."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import segno

from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import carry, two_nodes
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import create_account
from lintas.work.requests import list_requests
from tests.scenario.browsing import Browser, Page

FIVE = {
    "how": "phone",
    "name": "Siti Contoh",
    "phone": "+60123456789",
    "language": "ms",
    "own_bank": "maybank",
    "own_account": "512345678901",
    "amount": "25k",
    "currency": "MYR",
    "at": "0240",
    "to_bank": "dbs",
    "to_account": "0123456789",
    "to_name": "Ali Contoh",
    "reference": "FT2603010001",
}
CODE = (  # EMVCo: PromptPay, 25,000 baht
    "00020101021229370016A000000677010111011300668123456785303764540825000.00"
    "5802TH5912EXAMPLE SHOP6012EXAMPLE CITY63047375"
)
CHAT = "He told me: transfer to DBS account 0123456789 name: Ali Contoh. Paid RM 25,000 on 1/3/2026 10:40am"


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as pair:
        yield pair


@contextmanager
def at_report(node: Node, role: str = "duty_officer") -> Iterator[tuple[Browser, Page]]:
    create_account(node.services, name="Aminah", password=None, role=role, clearance=Tlp.RED)
    with Browser(node) as browser:
        browser.enter(node)
        page = browser.get("/report")
        assert page.status == 200, page.text
        yield browser, page


def hidden(page: Page, name: str) -> list[str]:
    return re.findall(rf'name="{name}" value="([^"]*)"', page.html)


def take(browser: Browser, page: Page, **changed: str | list[str]) -> Page:
    sent = browser.post("/report", {**FIVE, "ref": hidden(page, "ref")[0], **changed})
    assert sent.status == 303, sent.text
    return browser.open(sent.location)


def test_five_facts_make_a_report_with_a_reference_to_read_out(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        shown = take(browser, page)
        ref = hidden(page, "ref")[0]
        assert ref in shown.text
        assert "MYR 25,000.00" in shown.text.replace("\xa0", " ")
        assert "1 Mar 2026, 02:40 UTC" in shown.text
        assert "Siti Contoh" not in shown.text
        assert "+60123456789" not in shown.html


def test_the_first_request_goes_to_the_desk_of_the_receiving_bank(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    with at_report(here) as (browser, page):
        looked = browser.post("/report/look", {**FIVE, "ref": hidden(page, "ref")[0]}, headers={"hx-request": "true"})
        assert looked.status == 200, looked.text
        assert "Hold money" in looked.text
        assert "Sample crime desk" in looked.text
        offered = hidden(looked, "offered")
        assert len(offered) == 1
        browser.page = page
        shown = take(browser, page, offered=offered, send=offered)
        assert "Requested" in shown.text
    (line,) = list_requests(here.services, LOCAL_VIEWER).lines
    assert line.amount is not None
    assert (line.form, line.amount.minor, line.state) == ("hold", 2_500_000, "requested")
    carry(here, there)
    (came,) = list_requests(there.services, LOCAL_VIEWER).lines
    assert came.ref == line.ref


def test_without_scripts_the_first_requests_are_sent_from_the_next_page(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        shown = take(browser, page)
        assert "None was sent." in shown.text
        (offered,) = hidden(shown, "offered")
        sent = browser.post(f"/report/{hidden(page, 'ref')[0]}/send", {"offered": offered, "send": offered})
        assert sent.status == 303, sent.text
        assert "Requested" in browser.open(sent.location).text


def test_what_is_not_ticked_is_not_sent(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        looked = browser.post("/report/look", {**FIVE, "ref": hidden(page, "ref")[0]})
        browser.page = page
        take(browser, page, offered=hidden(looked, "offered"))
    assert list_requests(nodes[0].services, LOCAL_VIEWER).lines == []


def test_what_is_not_known_stays_empty_and_blocks_nothing(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        sent = browser.post("/report", {"ref": hidden(page, "ref")[0]})
        assert sent.status == 303, sent.text
        assert browser.open(sent.location).status == 200


def test_what_is_not_understood_is_kept_in_the_note(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        shown = take(browser, page, amount="about twenty-five", at="this morning", to_bank="the blue bank")
        assert "amount: about twenty-five" in shown.text
        assert "when: this morning" in shown.text
        assert "the blue bank" in shown.text


def test_what_was_understood_is_echoed_in_full(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        looked = browser.post("/report/look", {**FIVE, "ref": hidden(page, "ref")[0]})
        words = looked.text.replace("\xa0", " ")
        assert "MYR 25,000.00" in words
        assert "1 Mar 2026, 02:40 UTC" in words
        assert "Singapore" in words
        odd = browser.post("/report/look", {"amount": "lots", "form": page.secret}, secret=page.secret)
        assert "lots is not understood" in odd.text


def test_a_pasted_chat_suggests_and_fills_only_what_is_empty(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        fields = {"ref": hidden(page, "ref")[0], "pasted": CHAT, "to_name": "Typed Name", "currency": "MYR"}
        read = browser.post("/report/read", {**fields, "amount": "", "to_account": "", "at": ""})
        assert read.status == 200, read.text
        assert 'value="25000"' in read.html
        assert 'value="0123456789"' in read.html
        assert 'value="Typed Name"' in read.html
        assert CHAT in read.text


def test_a_pasted_chat_gives_one_button_for_all_facts(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        read = browser.post("/report/read", {"pasted": CHAT}, headers={"hx-request": "true"}, secret=page.secret)
        assert "data-use-all" in read.html
        assert 'data-fill="to_account" data-value="0123456789"' in read.html


def test_a_photo_of_a_slip_is_read_here_and_kept_with_the_report(nodes: tuple[Node, Node]) -> None:
    picture = io.BytesIO()
    segno.make(CODE).save(picture, kind="png", scale=6)
    with at_report(nodes[0]) as (browser, page):
        files = [("slip", ("slip.png", picture.getvalue(), "image/png"))]
        ref = hidden(page, "ref")[0]
        read = browser.post("/report/read", {"ref": ref}, files=files, headers={"hx-request": "true"})
        assert read.status == 200, read.text
        assert "data-use-all" in read.html
        (kept,) = re.findall(r'id="slips" name="slips" value="([0-9a-f]{64})"', read.html)
        browser.page = page
        shown = take(browser, page, slips=kept)
        assert f"/message/{kept}" in shown.html


def test_an_error_loses_no_field(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        files = [("slip", ("slip.png", b"no picture at all", "image/png"))]
        refused = browser.post("/report", {**FIVE, "ref": hidden(page, "ref")[0]}, files=files)
        assert refused.status == 400
        assert "no picture" in refused.text
        for name, value in FIVE.items():
            assert f'value="{value}"' in refused.html, name


def test_a_session_that_ended_loses_no_field(nodes: tuple[Node, Node]) -> None:
    here = nodes[0]
    with at_report(here) as (browser, page):
        old = page.secret
        ref = hidden(page, "ref")[0]
        browser.post("/sign-out")
        kept = browser.post("/report", {**FIVE, "ref": ref, "short": "two\nlines"}, secret=old)
        assert kept.status == 401
        for value in FIVE.values():
            assert value in kept.html
        browser.enter(here)
        again = browser.post("/report", {**FIVE, "ref": ref, "short": "two\nlines"}, secret=old)
        assert again.status == 403
        assert "nothing is lost" in again.text
        for name, value in FIVE.items():
            assert f'value="{value}"' in again.html, name
        assert "two\nlines" in again.html
        assert take(browser, again).status == 200


def test_the_same_report_sent_twice_is_one(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        first = take(browser, page)
        browser.page = page
        second = take(browser, page)
        assert second.status == first.status == 200
        assert browser.get("/reports").html.count('class="rq"') == 1


def test_who_reported_is_told_in_their_language_and_nothing_of_the_inquiry(nodes: tuple[Node, Node]) -> None:
    with at_report(nodes[0]) as (browser, page):
        shown = take(browser, page)
        (told,) = re.findall(r'id="tell" lang="ms">([^<]*)<', shown.html)
        assert hidden(page, "ref")[0] in told
        assert "25" not in told.replace(hidden(page, "ref")[0], "")


def test_who_may_take_no_report_is_not_offered_one(nodes: tuple[Node, Node]) -> None:
    here = nodes[0]
    create_account(here.services, name="Aminah", password=None, role="analyst", clearance=Tlp.RED)
    with Browser(here) as browser:
        browser.enter(here)
        assert 'href="/report"' not in browser.get("/desk").html
        assert browser.post("/report", FIVE).status == 403
        assert browser.get("/report").status == 403
