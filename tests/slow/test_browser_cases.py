# SPDX-License-Identifier: Apache-2.0
"""Cases and Hand-over in a real browser: keyboard alone, phone, both themes, no serious fault of accessibility."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, carry, two_nodes
from lintas.work import cases
from lintas.work.accounts import create_account, create_link
from tests.slow.test_browser_sign_in import chromium, served

__all__ = ["chromium"]  # the fixture

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

WIDE = {"viewport": {"width": 1366, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Node, str, str]]:
    """A node with a joint case in which two wrote past each other, its address, and the case's message."""
    with two_nodes(tmp_path, clock=FakeClock()) as (here, there), served(here) as port:
        for name, role in (("Aminah", "supervisor"), ("Ravi", "duty_officer")):
            create_account(here.services, name=name, password=None, role=role, clearance=Tlp.RED)
        done = cases.open_case(here.services, OFFICER, "Parcel scam")
        ref = done.ref
        cases.invite(here.services, OFFICER, ref, there.services.keys.node)
        carry(here, there)
        cases.join(there.services, OFFICER, ref)
        carry(there, here)
        cases.settle_cases(here.services)
        carry(here, there)
        cases.change(here.services, OFFICER, ref, "title", "Parcel scam of June")
        cases.change(there.services, OFFICER, ref, "title", "Op Bungkusan")
        carry(there, here)
        cases.add_account(here.services, OFFICER, ref, "0123456789", bank="KASITHBK", country="TH")
        cases.add_person(here.services, OFFICER, ref, "victim", "Siti Contoh")
        cases.add_task(here.services, OFFICER, ref, "Ask the bank", due="2026-03-01T06:00:00.000Z")
        cases.add_note(here.services, OFFICER, ref, "The bank calls back at nine")
        yield here, f"http://localhost:{port}", done.message


def entered(chromium: Any, node: Node, address: str, name: str, **shape: Any) -> Any:
    page = chromium.new_context(base_url=address, **shape).new_page()
    page.goto(f"/enter/{create_link(node.services, name)}")
    page.locator("main button").first.click()
    return page


def faults(page: Any) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found]


@pytest.mark.parametrize("shape", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_read_by_everybody_and_fit(
    chromium: Any, site: tuple[Node, str, str], shape: dict[str, Any], theme: str
) -> None:
    node, address, message = site
    page = entered(chromium, node, address, "Aminah", color_scheme=theme, **shape)
    for where in ("/cases", f"/cases/{message}", "/hand-over"):
        page.goto(where)
        assert faults(page) == [], where
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} is {wide} px too wide"
    page.context.close()


def test_a_case_is_opened_and_worked_in_by_keyboard_alone(chromium: Any, site: tuple[Node, str, str]) -> None:
    node, address, _ = site
    page = entered(chromium, node, address, "Aminah", **WIDE)
    page.goto("/desk")
    page.keyboard.press("g")
    page.keyboard.press("c")
    expect(page.get_by_role("heading", name="Cases", exact=True)).to_be_visible()
    page.wait_for_load_state()  # only then does the script hear keys
    page.keyboard.press("o")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="By keyboard")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.keyboard.type("A note by keyboard")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("A note by keyboard")).to_be_visible()
    page.context.close()


def test_what_was_said_past_each_other_is_chosen_between(chromium: Any, site: tuple[Node, str, str]) -> None:
    node, address, message = site
    page = entered(chromium, node, address, "Aminah", **WIDE)
    page.goto(f"/cases/{message}")
    expect(page.get_by_role("heading", name="Said past each other")).to_be_visible()
    expect(page.get_by_text("Siti Contoh")).to_have_count(0)
    page.get_by_role("button", name="Take this one").first.click()
    expect(page.get_by_role("heading", name="Said past each other")).to_have_count(0)
    page.context.close()


def test_a_thing_is_offered_and_accepted_by_keyboard(chromium: Any, site: tuple[Node, str, str]) -> None:
    node, address, _ = site
    page = entered(chromium, node, address, "Aminah", **WIDE)
    page.goto("/desk")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.get_by_role("heading", name="Hand-over")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("j")
    page.keyboard.press("a")  # it is nobody's by an account: whoever comes takes it
    expect(page.get_by_role("heading", name="You answer for 1")).to_be_visible()
    page.get_by_role("button", name="Offer all that I answer for").click()
    expect(page.get_by_text("offered, and not accepted yet").first).to_be_visible()
    other = entered(chromium, node, address, "Ravi", **WIDE)
    other.goto("/hand-over")
    other.keyboard.press("j")
    other.keyboard.press("a")
    expect(other.get_by_role("heading", name="You answer for 1")).to_be_visible()
    page.goto("/hand-over")
    expect(page.get_by_role("heading", name="You answer for 0")).to_be_visible()
    for one in (page, other):
        one.context.close()


def test_the_list_is_printed_without_buttons(chromium: Any, site: tuple[Node, str, str]) -> None:
    node, address, _ = site
    page = entered(chromium, node, address, "Aminah", **WIDE)
    page.goto("/hand-over")
    page.emulate_media(media="print")
    expect(page.get_by_text("Ask the bank").first).to_be_visible()
    expect(page.locator("#offer")).to_be_hidden()
    page.context.close()
