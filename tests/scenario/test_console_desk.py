# SPDX-License-Identifier: Apache-2.0
"""The Desk of several people over a real node: handing over, what came lately, how notices fare."""

from collections.abc import Iterator

import pytest

from lintas.node.node import Node
from lintas.ports.notices import NoticeRow
from lintas.testing import OFFICER, FakeClock
from lintas.work.services import Services
from lintas.work.watching import add_watch, list_alerts
from tests.scenario.browsing import Browser, officer
from tests.scenario.giving import take_text

PHONE = "+60123456789"


@pytest.fixture
def browser(node: Node) -> Iterator[Browser]:
    officer(node, password=None)
    with Browser(node) as opened:
        opened.enter(node)
        yield opened


def test_an_alert_is_handed_over_and_stands_under_mine(browser: Browser, services: Services, node: Node) -> None:
    officer(node, "Budi", password=None)
    add_watch(services, OFFICER, [PHONE], note="case 7")
    take_text(services, f"call {PHONE} now", name="note.txt")
    (alert,) = list_alerts(services, OFFICER).alerts
    page = browser.get("/desk?mine=1")
    assert alert.id in page.html
    assert "With you" in page.text
    page = browser.get(f"/alerts/{alert.id}/hand-over")
    assert "Budi (officer-0002, Duty officer)" in page.text
    assert "Aminah (" not in page.text, "who has it is not offered"
    assert page.html.count("TLP:AMBER+STRICT") >= 2
    for nobody in ("", "officer-0099", "Nobody"):
        assert browser.post(f"/alerts/{alert.id}/hand-over", {"to": nobody}).status in {400, 404}
    assert browser.post(f"/alerts/{alert.id}/hand-over", {"to": "officer-0002"}).location == f"/desk#alert-{alert.id}"
    assert "With Budi officer-0002" in browser.get("/desk").text
    assert "Nothing is yours to work on" in browser.get("/desk?mine=1").text
    with Browser(node) as other:
        other.enter(node, "Budi")
        assert alert.id in other.get("/desk?mine=1").html
        row = other.get(f"/alerts/{alert.id}/hand-over", headers={"hx-request": "true"})
        assert row.html.strip().startswith("<li")
        given = other.post(f"/alerts/{alert.id}/hand-over", {"to": "Aminah"}, headers={"hx-request": "true"})
        assert given.html.strip().startswith("<li")
        assert "With Aminah officer-0001" in given.text


def test_who_may_not_hand_over_is_offered_no_way_to(browser: Browser, services: Services, node: Node) -> None:
    officer(node, "Budi", password=None)
    add_watch(services, OFFICER, [PHONE])
    take_text(services, f"call {PHONE} now", name="note.txt")
    (alert,) = list_alerts(services, OFFICER).alerts
    assert "Hand over" in browser.get("/desk").text
    with Browser(node) as other:
        other.enter(node, "Budi")
        page = other.get("/desk")
        assert alert.id in page.html
        assert "Hand over" not in page.text
        assert (
            "<select" not in other.get(f"/alerts/{alert.id}/hand-over").html.split("<main", 1)[1].split("<footer", 1)[0]
        )
        assert other.post(f"/alerts/{alert.id}/hand-over", {"to": "Budi"}).status == 403


def test_the_desk_begins_with_what_came_lately(
    browser: Browser, services: Services, node: Node, clock: FakeClock
) -> None:
    assert "Last 24 hours" not in browser.get("/desk").text
    add_watch(services, OFFICER, [PHONE], note="case 7")
    for number in range(3):
        take_text(services, f"{number}: call {PHONE}", name=f"{number}.txt")
    text = browser.get("/desk").text
    assert "Last 24 hours alerts: 3, of watches: 1; not acknowledged: 3 case 7" in text
    assert "from Example anti-scam centre, MY" in text
    clock.forward(hours=25)
    browser.enter(node)
    assert "Last 24 hours" not in browser.get("/desk").text


def test_the_node_page_says_how_notices_fare(browser: Browser, services: Services) -> None:
    assert "Notices" not in browser.get("/node").text
    at = "2026-03-01T03:00:00.000Z"
    failing = NoticeRow("mail a@b.example", "0" * 32, 1, at, "due", 2, at, "The mail server answered 452.", "")
    services.store.write(lambda tx: tx.put_notice(failing))
    assert (
        "mail a@b.example : The mail server answered 452. Tried 2 times, again 1 Mar 2026" in browser.get("/node").text
    )
    services.store.write(lambda tx: tx.put_notice(failing._replace(state="sent", tries=0, sent_at=at)))
    assert "mail a@b.example : told 1 Mar 2026, 03:00 UTC" in browser.get("/node").text
