# SPDX-License-Identifier: Apache-2.0
"""Money in a real browser: keyboard alone, the slider, phone, both themes, no serious fault of accessibility."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, two_nodes
from lintas.work.accounts import create_account, create_link
from lintas.work.tracing_jobs.opening import Wanted, open_trace
from tests.scenario.money import book
from tests.scenario.test_console_money import ABROAD, LINES, SEED
from tests.slow.test_browser_sign_in import chromium, served

__all__ = ["chromium"]  # the fixture

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

WIDE = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, str, str]]:
    """A node that follows money, its address, and the trace's page."""
    folder: Path = tmp_path_factory.mktemp("money")
    with two_nodes(folder, clock=FakeClock()) as (here, _), served(here) as port:
        create_account(here.services, name="Aminah", password=None, role="supervisor", clearance=Tlp.RED)
        book(here, LINES)
        done = open_trace(here.services, OFFICER, Wanted(seeds=(SEED,), title="Parcel scam of March"))
        yield here, f"http://localhost:{port}", f"/money/{done.shown.line.message}"


def entered(chromium: Any, site: tuple[Node, str, str], **shape: Any) -> Any:
    page = chromium.new_context(base_url=site[1], **shape).new_page()
    page.goto(f"/enter/{create_link(site[0].services, 'Aminah')}")
    page.locator("main button").first.click()
    return page


@pytest.mark.parametrize("shape", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "th")])
def test_pages_are_read_by_everybody_and_fit(
    chromium: Any, site: tuple[Node, str, str], shape: dict[str, Any], theme: str, language: str
) -> None:
    page = entered(chromium, site, color_scheme=theme, locale=language, **shape)
    wrong: list[str] = []
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    for where in ("/money", site[2]):
        page.goto(where)
        found = Axe().run(page).response["violations"]
        assert [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found] == [], where
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{where} is {wide} px too wide"
    assert wrong == []  # nothing that the policy of contents refused
    page.context.close()


def test_money_is_found_and_followed_through_by_keyboard(chromium: Any, site: tuple[Node, str, str]) -> None:
    page = entered(chromium, site, **WIDE)
    page.goto("/desk")
    page.keyboard.press("g")
    page.keyboard.press("y")
    expect(page.get_by_role("heading", name="Money", exact=True)).to_be_visible()
    page.wait_for_load_state()  # only then does the script hear keys
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Parcel scam of March")).to_be_visible()
    page.wait_for_load_state()
    flows = page.locator("a.flow")
    expect(flows).to_have_count(len(LINES) - 1)
    assert page.locator("a.flow[tabindex='0']").count() == 1
    flows.first.focus()
    page.keyboard.press("ArrowDown")  # what the receiver paid on: over the border
    expect(page.locator("[data-flow-said]")).to_contain_text(ABROAD)
    expect(page.locator("[data-flow-said]")).to_contain_text("over the border to SG")
    page.keyboard.press("ArrowUp")
    expect(page.locator("[data-flow-said]")).not_to_contain_text(ABROAD)
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert page.url.endswith(f"#p{len(LINES) - 2}")
    page.context.close()


def test_a_slider_goes_through_time_and_the_page_follows(chromium: Any, site: tuple[Node, str, str]) -> None:
    page = entered(chromium, site, **WIDE)
    page.goto(site[2])
    slider = page.locator("#slide")
    expect(slider).to_be_visible()
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator("a.flow.later")).to_have_count(len(LINES) - 2)
    page.get_by_role("button", name="Show it").click()
    expect(page.get_by_text("As it stood at")).to_be_visible()
    expect(page.locator("a.flow")).to_have_count(1)
    page.context.close()


def test_one_press_opens_the_hold_request(chromium: Any, site: tuple[Node, str, str]) -> None:
    page = entered(chromium, site, **WIDE)
    page.goto(site[2])
    page.get_by_role("button", name=f"Hold {ABROAD}…").click()
    expect(page.get_by_role("button", name="Send the request")).to_be_visible()
    expect(page.locator("input[name='account.value']")).to_have_value("2000000001")
    assert ABROAD not in page.url
    page.context.close()
