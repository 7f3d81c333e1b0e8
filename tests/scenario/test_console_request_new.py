# SPDX-License-Identifier: Apache-2.0
"""The page New request: every form of the pack, to any peer, from nothing or for a report."""

from urllib.parse import urlencode

from lintas.node.node import Node
from lintas.testing import OFFICER, carry
from lintas.work.reports import file_report
from lintas.work.requests import list_requests, show_request
from tests.scenario.test_console_requests import ACCOUNT, AMOUNT, browsers, clock, nodes, plain

__all__ = ["clock", "nodes"]  # fixtures


def address(there: Node, asks: str, **more: str) -> str:
    return "/requests/new?" + urlencode({"asks": asks, "to": str(there.services.keys.node), **more})


def test_it_asks_first_what_and_of_whom(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    with browsers((here, "duty_officer")) as (browser,):
        page = browser.get("/requests/new")
        assert page.status == 200
        for code, form in here.services.packs.forms.forms.items():
            assert (f'<option value="{code}"' in page.html) is not form.outside
        assert str(there.services.keys.node) in page.html
        assert "Send the request" not in page.text
        assert "New request" in browser.get("/requests").text


def test_every_form_of_the_pack_shows_its_fields_and_who_answers(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    with browsers((here, "duty_officer")) as (browser,):
        for code, form in here.services.packs.forms.forms.items():
            page = browser.get(address(there, code))
            assert page.status == 200, code
            shown = [one.code for one in form.fields if f'name="{one.code}' in page.html]
            assert ("Send the request" in page.text) is not form.outside
            assert shown == ([] if form.outside else [one.code for one in form.fields]), code


def test_a_person_is_looked_for_and_the_other_desk_has_it(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    with browsers((here, "duty_officer")) as (browser,):
        assert browser.get(address(there, "locate")).status == 200
        said = {"person.name": "Siti Contoh", "person.born": "1990", "place": "Poipet", "urgency": "today"}
        sent = browser.post("/requests/new", {"asks": "locate", "to": str(there.services.keys.node), **said})
        assert sent.status == 303
        page = browser.open(sent.location)
        assert "Siti Contoh" in plain(page)
    carry(here, there)
    (line,) = list_requests(there.services, OFFICER).lines
    shown = show_request(there.services, OFFICER, line.message)
    assert (shown.line.form, shown.line.urgency) == ("locate", "today")
    assert shown.fields == {"person": {"name": "Siti Contoh", "born": "1990"}, "place": "Poipet"}


def test_what_is_wrong_is_said_and_nothing_typed_is_lost(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    with browsers((here, "duty_officer")) as (browser,):
        to = str(there.services.keys.node)
        assert browser.get(address(there, "hold")).status == 200
        said = {"asks": "hold", "to": to, "account.value": "0123456789", "amount": "many", "amount.currency": "SGD"}
        page = browser.post("/requests/new", said)
        assert page.status == 400
        assert "is no amount" in plain(page)
        assert 'value="0123456789"' in page.html
        assert 'value="many"' in page.html
        page = browser.post("/requests/new", {"asks": "hold", "to": to, "amount": "25k"})
        assert page.status == 400
        assert browser.post("/requests/new", {"asks": "none", "to": to}).status == 400
        assert browser.post("/requests/new", {"asks": "igrip", "to": to}).status == 400
        assert browser.post("/requests/new", {"asks": "hold", "to": "lintas:nobody"}).status in {400, 404}
    assert list_requests(here.services, OFFICER).lines == []


def test_a_report_fills_in_what_it_knows(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    paid = {"amount": AMOUNT, "at": "2026-03-01T11:00:00+08:00", "from_bank": "MBBEMYKL", "to": ACCOUNT}
    filed = file_report(here.services, OFFICER, {"how": "phone", "payments": [paid]}, {"name": "Tan Contoh"})
    with browsers((here, "duty_officer")) as (browser,):
        page = browser.get(address(there, "trace", report=filed.ref))
        assert page.status == 200
        assert 'value="0123456789"' in page.html
        assert filed.ref in page.text
        assert "Tan Contoh" not in page.html


def test_who_may_not_send_is_offered_no_form(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    with browsers((here, "analyst")) as (browser,):
        assert browser.get(address(there, "hold")).status == 403
        assert browser.post("/requests/new", {"asks": "hold", "to": str(there.services.keys.node)}).status == 403
        assert "New request" not in browser.get("/requests").text
