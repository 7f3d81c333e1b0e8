# SPDX-License-Identifier: Apache-2.0
"""Money in a real browser: keyboard alone, the slider, phone, both themes, no serious fault of accessibility."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.ports.bank import BankSettings
from lintas.testing import OFFICER, FakeClock, two_nodes
from lintas.work.accounts import create_account, create_link
from lintas.work.banking import list_questions
from lintas.work.requests import list_requests
from lintas.work.tracing_jobs.opening import Wanted, open_trace
from tests.scenario.money import book
from tests.scenario.test_console_money import ABROAD, LINES, SECOND, SEED
from tests.slow.test_browser_sign_in import chromium, served

__all__ = ["chromium"]  # the fixture

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

WIDE = {"viewport": {"width": 1280, "height": 900}}
BIC = "MBBEMYKL"
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


@pytest.fixture(scope="module")
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, str, str]]:
    """The same with a bank that can be asked, and that is away."""
    folder: Path = tmp_path_factory.mktemp("asking")
    with two_nodes(folder, clock=FakeClock()) as (here, _):
        bank = BankSettings(name="contoh", url="http://127.0.0.1:1", secret=b"s" * 32, banks=(BIC,), currency="MYR")
        config = dataclasses.replace(here.services.config, banks={"contoh": bank})  # type: ignore[type-var]  # NodeConfig
        here.services = dataclasses.replace(here.services, config=config)
        with served(here) as port:
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


@pytest.mark.parametrize("shape", [WIDE, PHONE], ids=["wide", "phone"])
def test_one_press_opens_a_hold_of_an_own_account_at_the_own_desk(
    chromium: Any, site: tuple[Node, str, str], shape: dict[str, Any]
) -> None:
    page = entered(chromium, site, **shape)
    page.goto(site[2])
    page.get_by_role("button", name=f"Hold {SECOND}…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It stays at this desk")).to_be_visible()
    page.get_by_role("button", name="Open the request").click()
    expect(page.get_by_text("Of our own desk: nothing of it is sent")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    lines = list_requests(site[0].services, OFFICER).lines
    assert [one.is_own for one in lines] == [True]  # the second press, on the phone, opened the same one
    page.context.close()


@pytest.mark.parametrize("shape", [WIDE, PHONE], ids=["wide", "phone"])
def test_banks_are_asked_by_keyboard_and_on_a_phone(
    chromium: Any, asking: tuple[Node, str, str], shape: dict[str, Any]
) -> None:
    page = entered(chromium, asking, **shape)
    page.goto(asking[2])
    law = page.get_by_label("Law under which the banks are asked")
    if law.count():  # on the phone nothing is left to be asked
        law.fill("section 116")
        page.get_by_role("button", name="Ask these banks").focus()
        page.keyboard.press("Enter")
    expect(page.get_by_text("asked, no answer yet").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    asked = list_questions(asking[0].services, OFFICER)
    assert asked and len({one.account for one in asked}) == len(asked)
    page.context.close()
