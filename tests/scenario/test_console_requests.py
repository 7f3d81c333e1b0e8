# SPDX-License-Identifier: Apache-2.0
"""The pages Requests and Request: due first, whose turn, what may be said next; and the clocks on every page."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from lintas.model.desk import Doc
from lintas.model.desk_ref import make_ref
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.ports.store import Transaction
from lintas.testing import OFFICER, FakeClock, carry, two_nodes
from lintas.work.accounts import create_account
from lintas.work.clocks import settle_clocks
from lintas.work.desk import Draft, prepare_doc, send_in, write_in
from lintas.work.desk.writing import Written
from lintas.work.requests import say, send, show_request
from lintas.work.services import Services
from tests.scenario.browsing import Browser, Page

ACCOUNT = {"scheme": "bank_account", "value": "0123456789", "bank": "DBSSSGSG", "country": "SG", "name": "Ali Contoh"}
AMOUNT = {"minor": 2_500_000, "currency": "SGD"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def nodes(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path, clock=clock) as pair:
        yield pair


def ask(here: Node, there: Node, **changed: Any) -> str:
    """Ask the other desk to hold, and carry it there."""
    fields = {"account": ACCOUNT, "amount": AMOUNT} | changed
    shown = send(here.services, OFFICER, to=there.services.keys.node, form="hold", fields=fields, short="Siti was told")
    carry(here, there)
    return shown.ref


@contextmanager
def browsers(*seats: tuple[Node, str]) -> Iterator[list[Browser]]:
    with ExitStack() as stack:
        found = []
        for node, role in seats:
            create_account(node.services, name=role, password=None, role=role, clearance=Tlp.RED)
            browser = stack.enter_context(Browser(node))
            browser.enter(node, role)
            found.append(browser)
        yield found


def press(browser: Browser, page: Page, what: str, **fields: str) -> Page:
    """Say something on a request's page, and see what comes."""
    (address,) = set(re.findall(r'action="(/requests/[0-9a-f]{64}/say)"', page.html))
    sent = browser.post(address, {"what": what, **fields})
    return browser.open(sent.location) if sent.status == 303 else sent


def plain(page: Page) -> str:
    return page.text.replace("\xa0", " ")


def test_open_requests_stand_with_the_next_due_first_and_whose_turn_it_is(
    nodes: tuple[Node, Node], clock: FakeClock
) -> None:
    here, there = nodes
    first = ask(here, there)
    clock.forward(minutes=2)
    second = ask(here, there, account=ACCOUNT | {"value": "9876543210"})
    with browsers((here, "duty_officer"), (there, "duty_officer")) as (ours, theirs):
        page = ours.get("/requests")
        assert page.html.index(first) < page.html.index(second)
        assert "their turn" in page.text
        assert "due in" in page.text
        assert "SGD 25,000.00" in plain(page)
        came = theirs.get("/requests")
        assert "our turn" in came.text
        assert "Acknowledge due in 3 min" in came.text


def test_requests_are_found_by_reference_account_and_words(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    with browsers((here, "duty_officer")) as (browser,):
        for text in (ref, ref.lower().replace("-", " "), "0123456789", "Siti told"):
            page = browser.get(f"/requests?q={text}")
            assert page.status == 200
            assert ref in page.text, text
        assert "No request that you may see is like that." in browser.get("/requests?q=nobody+here").text


def test_requests_are_narrowed_by_side_form_state_and_turn(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    with browsers((here, "duty_officer")) as (browser,):
        for query, stands in (
            ("show=asker", True),
            ("show=answerer", False),
            ("show=ours", False),
            ("show=all", True),
            ("form=hold", True),
            ("form=trace", False),
            ("state=requested", True),
            ("state=held", False),
            ("show=nonsense&form=nonsense&state=nonsense", True),
        ):
            page = browser.get(f"/requests?{query}")
            assert (f'class="rq-ref mono">{ref}' in page.html) is stands, query


def test_the_other_desk_acknowledges_orders_and_only_a_confirmed_amount_is_held(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    with browsers((there, "supervisor")) as (browser,):
        page = browser.get(f"/requests/{ref}")
        assert page.status == 200, page.text
        assert "0123456789" in page.text
        page = press(browser, page, "acknowledged")
        assert "Acknowledged" in page.text
        door = re.findall(r'name="door" value="([^"]+)"', page.html)[0]
        order = {
            "door": door,
            "authority": "Sample crime desk",
            "law": "Criminal Procedure Code, section 35",
            "account": "0123456789",
            "amount": "25k",
            "amount.currency": "SGD",
            "expires_at": "72h",
        }
        unsaid = press(browser, page, "ordered", **order)
        assert "The bank relies on: needed." in unsaid.text
        page = press(browser, page, "ordered", **order, relies="written_order")
        assert "Ordered" in page.text, page.text
        assert "held now nothing" in plain(page)
        page = press(browser, page, "delivered", bank="dbs", at="now")
        assert "held now nothing" in plain(page)
        blocked = {"bank": "dbs", "at": "now", "blocked": "18k", "blocked.currency": "SGD", "tainted": "18k"}
        page = press(browser, page, "confirmed", **blocked, **{"tainted.currency": "SGD"})
        assert "held now SGD 18,000.00" in plain(page), page.text
        assert "Partly held" in page.text


def test_a_refusal_needs_its_ground_and_keeps_what_was_typed(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    with browsers((there, "duty_officer")) as (browser,):
        page = browser.get(f"/requests/{ref}")
        wrong = press(browser, page, "refused", short="we may not do this")
        assert wrong.status == 400
        assert "we may not do this" in wrong.html
        assert re.search(r'id="say-refused"[^>]* open', wrong.html)
        page = press(browser, wrong, "refused", ground="no_legal_power", short="we may not do this")
        assert "Refused" in page.text


def test_an_amount_that_is_none_is_refused_with_what_to_write(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    with browsers((there, "duty_officer")) as (browser,):
        page = browser.get(f"/requests/{ref}")
        wrong = press(browser, page, "gone", amount="a lot", **{"amount.currency": "SGD"})
        assert wrong.status == 400
        assert "is no amount" in wrong.text
        page = press(browser, wrong, "gone", amount="7k", **{"amount.currency": "SGD", "next_bank": "ocbc"})
        assert page.status == 200
        assert "SGD 7,000.00" in plain(page)


def test_a_page_offers_nothing_that_is_not_this_sides_to_say(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    with browsers((here, "duty_officer"), (there, "duty_officer"), (there, "analyst")) as seats:
        ours, theirs, reader = seats[0], seats[1], seats[2]
        assert 'id="say-acknowledged"' not in ours.get(f"/requests/{ref}").html
        page = theirs.get(f"/requests/{ref}")
        assert 'id="say-acknowledged"' in page.html
        assert 'id="say-ordered"' not in page.html
        assert 'id="say-acknowledged"' not in reader.get(f"/requests/{ref}").html
        assert press(theirs, page, "extended", expires_at="72h").status == 403


def test_what_the_other_side_said_since_stands_on_top_as_new(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    say(there.services, OFFICER, ref, "acknowledged")
    say(there.services, OFFICER, ref, "clarify", short="Which digit?")
    carry(there, here)
    with browsers((here, "duty_officer")) as (browser,):
        page = browser.get(f"/requests/{ref}")
        assert "2 steps, 2 new" in page.text
        assert "Which digit?" in page.text
        page = press(browser, page, "clarified", short="The last one is 9")
        assert "2 new" not in page.text


def test_the_next_clocks_stand_on_every_page_and_what_ran_out_until_seen(
    nodes: tuple[Node, Node], clock: FakeClock
) -> None:
    here, there = nodes
    ref = ask(here, there)
    with browsers((there, "duty_officer")) as (browser,):
        for address in ("/desk", "/requests", "/find", "/log", "/approvals"):
            assert ref in browser.get(address).text, address
        clock.forward(seconds=301)
        settle_clocks(there.services)
        page = browser.get("/desk")
        assert "overdue by" in page.text
        strip = page.html.partition('class="clocks"')[2]
        found = re.findall(r'name="(target|clock|item|due_at|here)" value="([^"]*)"', strip)
        seen = browser.post("/clocks/seen", dict(found[:5]))
        assert seen.status == 303
        assert seen.location == "/desk"
        assert "overdue by" not in browser.get("/desk").text


def test_who_sees_no_requests_sees_no_clocks(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    with browsers((here, "operator")) as (browser,):
        page = browser.get("/node")
        assert page.status == 200
        assert ref not in page.text
        assert browser.get("/requests").status == 403
        assert browser.get(f"/requests/{ref}").status == 403


def test_a_letter_carries_the_marking_and_what_is_asked(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    ref = ask(here, there)
    message = show_request(here.services, OFFICER, ref).line.message
    with browsers((here, "duty_officer")) as (browser,):
        letter = browser.get(f"/requests/{message}/letter")
        assert letter.status == 200
        assert letter.text.count("TLP:AMBER") >= 2
        assert "SGD 25,000.00" in plain(letter)
        page = browser.get(f"/requests/{ref}")
        rungs = page.links(f"/requests/{message}/letter/")
        assert rungs
        for address in rungs:
            assert browser.get(address).status == 200
        assert browser.get(f"/requests/{message}/letter/nonsense").status == 404


def test_a_named_person_takes_a_request_over(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    with browsers((there, "duty_officer")) as (browser,):
        page = browser.get(f"/requests/{ref}")
        assert "whoever is on duty" in page.text
        (address,) = re.findall(r'action="(/requests/[0-9a-f]{64}/own)"', page.html)
        sent = browser.post(address)
        page = browser.open(sent.location)
        assert "You have it." in page.text
        assert "/own" not in page.html


@pytest.mark.parametrize("address", ["/requests/XX-Q-00000-00000-0", "/requests/" + "0" * 64, "/requests/%2e%2e"])
def test_a_request_that_is_not_there_is_told_plainly(nodes: tuple[Node, Node], address: str) -> None:
    with browsers((nodes[0], "duty_officer")) as (browser,):
        assert browser.get(address).status in {400, 404}


@pytest.mark.parametrize("odd", [5, [1], {"a": {"b": [1]}}, "not a moment", True])
def test_a_request_whose_fields_are_none_of_its_form_can_be_opened(nodes: tuple[Node, Node], odd: Any) -> None:
    here, there = nodes
    to = there.services.keys.node
    names = ("paid_at", "from_bank", "reference", "rail", "kind", "method", "until", "reason")
    said = {
        "to": to,
        "form": "hold",
        "power": "hold",
        "desk": "x",
        "purpose": "scam_response",
        "basis": "police_cooperation",
        "urgency": "now",
        "fields": {"account": ACCOUNT, "amount": AMOUNT} | dict.fromkeys(names, odd),
        "levels": {},
    }
    ref = make_ref("SG", Doc.REQUEST, bytes)
    asked = prepare_doc(here.services, Draft(doc=Doc.REQUEST, ref=ref, said=said, by=OFFICER.id, to=frozenset({to})))
    answer = prepare_doc(
        there.services,
        Draft(
            doc=Doc.STEP,
            ref=ref,
            said={
                "asker": here.services.keys.node,
                "what": "answered",
                "fields": {"answers": dict.fromkeys((*names, "power", "bank", "door", "whole", "next"), odd)},
            },
            by=OFFICER.id,
            to=frozenset({here.services.keys.node}),
        ),
    )
    for node, other, written in ((here, there, asked), (there, here, answer)):
        services, peer = node.services, other.services.keys.node

        def job(tx: Transaction, services: Services = services, peer: str = peer, written: Written = written) -> None:
            write_in(services, tx, written)
            send_in(services, tx, OFFICER, written.entry.id, to=peer, activity="request.send")

        services.store.write(job)
        carry(node, other)
    with browsers((there, "duty_officer"), (here, "duty_officer")) as seats:
        for node, browser in zip((there, here), seats, strict=True):
            message = show_request(node.services, OFFICER, ref).line.message
            for address in (f"/requests/{message}", f"/requests/{message}/letter", f"/duty/{message}/call"):
                assert browser.get(address).status == 200, address


@pytest.mark.parametrize("request_id", ["zzz", "0" * 63, "0" * 64 + "0", "SG-Q-00000-00000-0"])
def test_a_stream_of_what_is_no_request_is_refused(nodes: tuple[Node, Node], request_id: str) -> None:
    with browsers((nodes[0], "duty_officer")) as (browser,):
        assert browser.ask("GET", f"/requests/{request_id}/stream").status in {400, 404}
