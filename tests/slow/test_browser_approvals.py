# SPDX-License-Identifier: Apache-2.0
"""Approvals in a real browser: proposed at the desk, confirmed and approved by passkeys, the second one on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import expect, sync_playwright

from lintas.model.marking import Protected, Tlp
from lintas.node.node import Node
from lintas.testing import two_nodes
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import create_account
from lintas.work.orders import list_orders
from tests.scenario.deciding import taken
from tests.scenario.test_orders import sent
from tests.slow.test_browser_sign_in import CHROMIUM, enter, served, violations, with_authenticator

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

PHONE_SIZE: Final = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium(chromium_path: Path) -> Iterator[Any]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium_path), args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as pair:
        yield pair


def enrol(page: Any) -> None:
    """Give the signed-in person a passkey."""
    page.goto("/me")
    page.fill("#label", "virtual key")
    page.click("text=Enrol a passkey >> nth=-1")
    page.wait_for_url("**/me?done=passkey")


def fits(page: Any) -> None:
    """Nothing is wider than the phone, and nobody is shut out."""
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_SIZE["width"]
    assert violations(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_childs_item_is_released_by_two_passkeys(chromium: Any, nodes: tuple[Node, Node], theme: str) -> None:
    here, there = nodes
    message = taken(here, classes=[Protected.CHILD])
    for name in ("Aminah", "Budi"):
        create_account(here.services, name=name, password=None, role="duty_officer", clearance=Tlp.RED)
    with served(here) as port:
        address = f"http://localhost:{port}"
        phone = {"viewport": PHONE_SIZE, "has_touch": True, "is_mobile": True, "color_scheme": theme}
        with (
            with_authenticator(chromium, address, color_scheme=theme) as desk,
            with_authenticator(chromium, address, **phone) as hand,
        ):
            enter(desk, here, "Aminah")
            enrol(desk)
            enter(hand, here, "Budi")
            enrol(hand)
            desk.goto(f"/message/{message}")
            desk.click("text=Share…")
            desk.wait_for_url("**/share/*")
            desk.check(f"input[name=to][value='{there.services.keys.node}']")
            desk.click("text=Propose to share with those ticked")
            desk.wait_for_url("**/approvals/*")
            assert violations(desk) == []
            order = desk.url.rpartition("/")[2]
            confirm = desk.locator("button", has_text="Confirm with your passkey")
            confirm.focus()
            desk.keyboard.press("Enter")
            expect(desk.locator(".order-state")).to_contain_text("Waits for a second person")
            assert sent(here) == 0
            hand.goto("/desk")
            fits(hand)
            hand.click("text=1 decision waits for you")
            hand.wait_for_url("**/approvals")
            fits(hand)
            hand.click(f"#waiting a[href='/approvals/{order}']")
            hand.wait_for_url(f"**/approvals/{order}")
            fits(hand)
            hand.tap("text=Approve with your passkey")
            expect(hand.locator(".order-state")).to_contain_text("Done.")
            assert sent(here) == 1
            desk.keyboard.press("g")
            desk.keyboard.press("a")
            desk.wait_for_url("**/approvals")
            assert violations(desk) == []
            assert desk.said == hand.said == []
    assert [line.state for line in list_orders(here.services, LOCAL_VIEWER).history] == ["done"]
