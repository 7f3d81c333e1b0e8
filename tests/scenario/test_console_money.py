# SPDX-License-Identifier: Apache-2.0
"""The pages Money, a trace, and Exercise, without scripts."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.cli.exercise_folder import RECORD, make_folder, order_of, read_world
from lintas.cli.exercise_game import Game, Pace
from lintas.exercises.record import write_record
from lintas.model.marking import Marking, Tlp
from lintas.node.node import Node
from lintas.ports.bank import BankSettings
from lintas.testing import OFFICER, carry, two_nodes
from lintas.work.banking import list_questions
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.reports import file_report
from lintas.work.requests import send
from lintas.work.services import no_progress
from tests.scenario.browsing import Browser, Page, officer
from tests.scenario.money import Line, book
from tests.scenario.reporting import REPORT, VICTIM, payment, report
from tests.scenario.test_console_translated import UNREAD, language_of, left_in_english

FIRST, SECOND, THIRD = (f"MBBEMYKL:100000000{number}" for number in (1, 2, 3))
ABROAD = "CONTSGSG:2000000001"
SEED = f"{SECOND}@2026-02-28:25000.00"
LINES = (
    Line(payer=FIRST, payee=SECOND, paid="25000.00", at="2026-02-28T01:00:00Z", number=1),
    Line(payer=SECOND, payee=THIRD, paid="9000.00", at="2026-02-28T01:04:00Z", number=2),
    Line(payer=THIRD, payee=ABROAD, paid="8500.00", at="2026-02-28T01:12:00Z", number=3),
    Line(payer=SECOND, payee="", paid="2000.00", at="2026-02-28T02:12:00Z", number=4, kind="cash_out"),
)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as pair:
        book(pair[0], LINES)
        yield pair


@pytest.fixture
def browser(nodes: tuple[Node, Node]) -> Iterator[Browser]:
    officer(nodes[0], password=None)
    with Browser(nodes[0]) as opened:
        opened.enter(nodes[0])
        yield opened


def followed(browser: Browser, **fields: str) -> tuple[str, Page]:
    """Follow money by the form; says where its page is."""
    browser.get("/money")
    sent = browser.post("/money", {"title": "Parcel scam", "seeds": SEED, "method": "fifo", **fields})
    assert sent.status == 303, sent.text
    return sent.location, browser.open(sent.location)


def test_money_is_followed_by_a_form_and_told_in_words(browser: Browser) -> None:
    at, page = followed(browser)
    assert "Parcel scam" in browser.get("/money").text
    assert page.status == 200
    for words in (
        "3 payments carry it",
        "MYR 9,000.00",
        "went over the border",
        "taken out in cash",
        "What came in is what is held and what left",
        "waits for somebody to release it",
        "FIFO: what came first leaves first",
        "Nobody confirmed the half-lives",
        "inferred",
        "unknown",
    ):
        assert words in page.text, words
    assert page.html.count('class="flow flow-') == 3
    assert 'data-step="0"' in page.html
    assert "style=" not in page.html
    assert browser.get(at + "?sort=account").text.index(ABROAD) > 0


def test_it_is_shown_as_it_stood_before(browser: Browser) -> None:
    at, _ = followed(browser)
    page = browser.get(at + "?until=2026-02-28T01:05:00")
    assert "As it stood at" in page.text
    assert "1 payment carries it" in page.text
    assert ABROAD not in page.text
    assert browser.get(at + "?until=nonsense").status == 400
    assert browser.get(at + "?until=9999-12-31T23:59:59").status == 400


def test_what_waits_is_handed_on_by_a_named_person(nodes: tuple[Node, Node], browser: Browser) -> None:
    at, page = followed(browser)
    reference = page.html.split('type="checkbox" name="payment" value="')[1].split('"')[0]
    sent = browser.post(f"{at}/release", {"payment": reference})
    assert sent.status == 303, sent.text
    assert "not answered yet" in browser.open(at).text
    carry(*nodes)
    officer(nodes[1], "Mei", password=None)
    with Browser(nodes[1]) as other:
        other.enter(nodes[1], "Mei")
        found = other.get("/money")
        assert "opened by" in found.text
        assert "Handed to us" in other.get(found.links("/money/")[0]).text


def test_one_press_opens_a_hold_request_that_is_filled_in(nodes: tuple[Node, Node], browser: Browser) -> None:
    at, _ = followed(browser)
    page = browser.post(f"{at}/hold", {"account": ABROAD, "currency": "MYR"})
    assert page.status == 200, page.text
    for value in ("2000000001", "CONTSGSG", "8500", nodes[1].services.keys.node):
        assert f'value="{value}"' in page.html, value
    assert browser.post(f"{at}/hold", {"account": "MBBEMYKL:9", "currency": "MYR"}).status == 404


def test_one_press_opens_a_hold_of_an_own_account_at_the_own_desk(nodes: tuple[Node, Node], browser: Browser) -> None:
    at, _ = followed(browser)
    own = nodes[0].services.keys.node
    page = browser.post(f"{at}/hold", {"account": SECOND, "currency": "MYR"})
    assert page.status == 200, page.text
    for value in ("1000000002", "MBBEMYKL", "14000", own):
        assert f'value="{value}"' in page.html, value
    assert "It stays at this desk" in page.text
    typed = {
        "asks": "hold",
        "to": own,
        "account.value": "1000000002",
        "account.bank": "MBBEMYKL",
        "account.country": "MY",
        "amount": "14000",
        "amount.currency": "MYR",
    }
    places = [browser.post("/requests/new", typed).location for _ in range(2)]
    assert places[0].startswith("/requests/") and places[0] == places[1]  # two presses, one request
    page = browser.get(places[0])
    for words in ("Of our own desk: nothing of it is sent", "nobody else: it stays at this desk", "our turn"):
        assert words in page.text, words
    assert "Call back" not in page.text and "the other side" not in page.text
    assert "our own" in browser.get("/requests").text
    assert browser.open(at).html.count("/requests/MY-Q-") == 1  # the hold list names it


def test_what_takes_no_order_is_not_asked_of_the_own_desk(nodes: tuple[Node, Node], browser: Browser) -> None:
    own = nodes[0].services.keys.node
    assert "takes no order" in browser.get(f"/requests/new?asks=information&to={own}").text
    sent = browser.post("/requests/new", {"asks": "information", "to": own})
    assert sent.status == 400 and "takes no order" in sent.text


def test_banks_are_asked_from_the_page_once_each(nodes: tuple[Node, Node]) -> None:
    node = nodes[0]
    bank = BankSettings(
        name="contoh",
        url="http://127.0.0.1:1",
        secret=b"s" * 32,
        banks=("MBBEMYKL",),
        currency="MYR",
        trace_law="section 116",
    )
    config = dataclasses.replace(node.services.config, banks={"contoh": bank})  # type: ignore[type-var]  # a NodeConfig
    node.services = dataclasses.replace(node.services, config=config)
    officer(node, password=None)
    with Browser(node) as browser:
        browser.enter(node)
        at, page = followed(browser)
        for words in ("Whose bank to ask next", "can be asked", "Ask these banks"):
            assert words in page.text, words
        assert 'value="section 116"' in page.html
        refused = browser.post(f"{at}/ask", {"account": SECOND, "law": " "})
        assert refused.status == 400 and "Name the law" in refused.text
        assert browser.post(f"{at}/ask", {"law": "section 116"}).status == 303  # what nobody ticked stays
        assert list_questions(node.services, OFFICER) == []
        for _ in range(2):
            assert browser.post(f"{at}/ask", {"account": SECOND, "law": "section 116"}).status == 303
        (asked,) = list_questions(node.services, OFFICER)
        assert (asked.bank, asked.account, asked.law) == ("MBBEMYKL", "1000000002", "section 116")
        assert "asked, no answer yet" in browser.open(at).text


def test_who_may_not_have_banks_asked_sees_no_button(nodes: tuple[Node, Node], browser: Browser) -> None:
    at, _ = followed(browser)
    officer(nodes[0], "Budi", role="analyst", password=None)
    with Browser(nodes[0]) as other:
        other.enter(nodes[0], "Budi")
        page = other.open(at)
        assert page.status == 200 and "Whose bank to ask next" not in page.text
        assert other.post(f"{at}/ask", {"account": SECOND, "law": "x"}).status == 403
        assert other.post(f"{at}/hold", {"account": SECOND, "currency": "MYR"}).status == 403


def test_a_trace_is_run_again_and_stopped(browser: Browser) -> None:
    at, _ = followed(browser)
    assert browser.post(f"{at}/run").status == 303
    assert browser.post(f"{at}/stop", {"why": "found"}).status == 303
    page = browser.open(at)
    assert "It is followed no longer" in page.text
    assert "Stop following it" not in page.text
    assert browser.post(f"{at}/stop").status == 403


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"seeds": ""}, "No seed was given"),
        ({"seeds": f"{ABROAD}:1.00"}, "is kept in another country"),
        ({"seeds": f"{SECOND}@yesterday"}, "is no seed"),
        ({"depth": "-1"}, "followed over at most"),
        ({"depth": "9" * 9}, "followed over at most"),
        ({"method": "guess"}, "There is no such rule"),
        ({"until": "2026-02-30T00:00"}, "is no date and time"),
        ({"case": "MY-C-00000-00000-0"}, ""),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_what_cannot_be_followed_is_said_and_what_was_typed_stays(
    browser: Browser, fields: dict[str, str], words: str
) -> None:
    browser.get("/money")
    page = browser.post("/money", {"title": "Kept title", "seeds": SEED, **fields})
    assert page.status in (400, 404)
    assert words in page.text
    if page.status == 400:
        assert "Kept title" in page.html
    assert browser.get("/money").links("/money/") == []


def test_who_may_not_see_the_messages_sees_no_count_of_them(nodes: tuple[Node, Node]) -> None:
    here = nodes[0]
    rows = "From,To,Paid,Currency,Booked\n" + f"{FIRST},{SECOND},1.00,MYR,2026-02-28T05:00:00Z\n"
    mapping = {
        "v": 1,
        "form": "payments",
        "columns": {"payer": "From", "payee": "To", "amount": "Paid", "currency": "Currency", "time": "Booked"},
        "legs": "both",
    }
    take(
        here.services,
        OFFICER,
        [TakenFile(name="red.csv", data=rows.encode())],
        options=TakeOptions(marking=Marking(tlp=Tlp.RED), mapping=json.dumps(mapping)),
        progress=no_progress,
    )
    officer(here, "Ravi", clearance=Tlp.CLEAR, password=None)
    officer(here, "Siti", clearance=Tlp.RED, password=None)
    with Browser(here) as low, Browser(here) as high:
        low.enter(here, "Ravi")
        high.enter(here, "Siti")
        assert "No payments that you may see" in low.get("/money").text
        assert "5 payments that you may see" in high.get("/money").text
        at, page = followed(high)
        assert "TLP:RED" in page.text
        assert low.get(at).status == 404
        assert at.rpartition("/")[2] not in low.get("/money").html


@pytest.mark.parametrize("role", ["operator", "trainer", "oversight"])
def test_whoever_sees_no_content_sees_no_money(nodes: tuple[Node, Node], role: str) -> None:
    officer(nodes[0], "Olu", role=role, password=None)
    with Browser(nodes[0]) as browser:
        browser.enter(nodes[0], "Olu")
        assert browser.get("/money").status == 403
        assert 'href="/money"' not in browser.get("/me").html


def test_the_form_is_filled_from_a_report_and_from_a_request(nodes: tuple[Node, Node], browser: Browser) -> None:
    here, there = nodes
    filed = file_report(here.services, OFFICER, REPORT, VICTIM)
    page = browser.get(f"/money?report={filed.ref}")
    assert "MBBEMYKL:164012345678@2026-03-01T09:00:00Z:19000.50" in page.text
    assert f'name="report" value="{filed.ref}"' in page.html
    abroad = {"to": {"value": "2000000001", "bank": "CONTSGSG"}}
    filed = file_report(here.services, OFFICER, report(payments=[payment(**abroad)]), VICTIM)
    assert "is kept in SG" in browser.get(f"/money?report={filed.ref}").text
    account = {"scheme": "bank_account", "value": "1000000002", "bank": "MBBEMYKL", "country": "MY"}
    said = {"account": account, "amount": {"minor": 900_000, "currency": "MYR"}, "paid_at": "2026-02-28T01:04:00Z"}
    sent = send(there.services, OFFICER, to=str(here.services.keys.node), form="hold", fields=said)
    carry(there, here)
    page = browser.get(f"/requests/{sent.line.ref}")
    (link,) = page.links("/money?request=")
    page = browser.get(link)
    assert f"{SECOND}@2026-02-28T00:49:00Z:9000.00" in page.text
    assert sent.line.ref in page.text


def test_the_form_is_filled_for_a_case_and_not_for_what_is_none(browser: Browser) -> None:
    assert "MY-C-" not in browser.get("/money?case=nonsense").text
    assert browser.get("/money?report=MY-R-00000-00000-0").status == 200
    assert browser.get("/money?request=" + "0" * 64).status == 200


@pytest.mark.parametrize("language", ["ms", "th", "zh"])
def test_pages_speak_the_reader_s_language(browser: Browser, language: str) -> None:
    at, _ = followed(browser)
    words = {"ms": "Ke mana ia pergi", "th": "เงินไปที่ใด", "zh": "资金去向"}[language]
    page = browser.get(at, {"accept-language": language})
    assert words in page.text
    assert "Where it went" not in page.text


def test_an_exercise_is_shown_to_who_leads_it(nodes: tuple[Node, Node], tmp_path: Path) -> None:
    here, folder = nodes[0], tmp_path / "golden"
    make_folder(order_of(seed=3, scale=1, nodes="MY,SG", injects="wrong_digit", first_hour=""), folder)
    officer(here, "Tuan", role="trainer", password=None)
    officer(here, "Ravi", password=None)
    with Browser(here) as browser:
        browser.enter(here, "Tuan")
        assert "No exercise is named" in browser.get("/exercise").text
        assert browser.get("/exercise/report.html").status == 404
    config = dataclasses.replace(here.services.config, exercise=str(folder))  # type: ignore[type-var]  # a NodeConfig
    here.services = dataclasses.replace(here.services, config=config)
    with Browser(here) as browser:
        browser.enter(here, "Tuan")
        page = browser.get("/exercise")
        assert "one digit wrong" in page.text and "a victim reports" in page.text
        assert "Nothing was played yet" in page.text
        assert browser.get("/exercise/report.pdf").status == 400
        (folder / RECORD).write_bytes(write_record(Game(read_world(folder), Pace()).play()))
        assert "The longest step was to hop" in browser.get("/exercise").text
        for code in ("ms", "th", "zh"):
            language_of(browser, code)
            assert left_in_english(browser.get("/exercise"), code, UNREAD - {"bdi"}) == []
        (folder / "exercise.json").write_text("{}")
        assert browser.get("/exercise").status == 400
    with Browser(here) as browser:
        browser.enter(here, "Ravi")
        assert browser.get("/exercise").status == 403
