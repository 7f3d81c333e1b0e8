# SPDX-License-Identifier: Apache-2.0
"""People and roles, and lists, in a real browser: axe, both themes, a phone, the keyboard, and without scripts."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect, sync_playwright

from lintas.model.marking import Tlp
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import create_account, create_link
from lintas.work.duties import set_deputy, set_shift
from lintas.work.lists import open_list
from tests.slow.test_browser_console import CHROMIUM, Site, served

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

PEOPLE: Final = (("Aminah", "case_officer"), ("Siti", "supervisor"), ("Ravi", "analyst"), ("Noor", "engineer"))
PAGES: Final = {"Siti": ("/people", "/people/officer-0001", "/lists"), "Noor": ("/people", "/people/officer-0001")}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("people")) as running:
        services = running.node.services
        for name, role in PEOPLE:
            create_account(services, name=name, password=None, role=role, clearance=Tlp.RED)
        now = services.clock.now()
        set_shift(services, LOCAL_VIEWER, "Ravi", now, now + timedelta(hours=8))
        set_deputy(services, LOCAL_VIEWER, "Ravi", "Aminah", now, now + timedelta(days=3))
        open_list(services, LOCAL_VIEWER, "op-lintang", ["Siti", "Ravi"])
        yield running


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Browser]:
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=str(chromium_path), args=list(CHROMIUM))
        yield started
        started.close()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("theme", "width"), [("light", 1280), ("dark", 1280), ("light", 390), ("dark", 390)])
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    site: Site, browser: Browser, name: str, theme: str, width: int
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = context.new_page()
    page.goto(site.url + "/enter/" + create_link(site.node.services, name))
    page.locator("main button").first.click()
    for address in PAGES[name]:
        page.goto(site.url + address)
        found = Axe().run(page).response["violations"]
        assert found == [], [(one["id"], one["nodes"][0]["html"]) for one in found]
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), address
    context.close()


def test_without_scripts_and_by_keyboard_a_shift_is_set_and_ended(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + "/enter/" + create_link(site.node.services, "Siti"))
    page.locator("main button").first.press("Enter")
    page.goto(site.url + "/people")
    form = page.locator('form[action="/duties/shift"]')
    form.get_by_label("Who").select_option("officer-0004")
    form.get_by_label("From").fill("2026-03-01T12:00")
    form.get_by_label("Until").fill("2026-03-01T20:00")
    form.get_by_role("button").press("Enter")
    row = page.get_by_role("row").filter(has_text="1 Mar 2026, 20:00")
    expect(row).to_contain_text("Noor")
    row.get_by_role("button").press("Enter")
    expect(page.get_by_role("row").filter(has_text="1 Mar 2026, 20:00")).to_have_count(0)
    context.close()


def test_on_a_phone_each_right_names_who_has_it(site: Site, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(site.url + "/enter/" + create_link(site.node.services, "Noor"))
    page.locator("main button").first.click()
    page.goto(site.url + "/people")
    row = page.locator(".matrix tr").filter(has_text="make, change or close accounts")
    shown = [cell.get_attribute("data-role") for cell in row.locator("td").all() if cell.is_visible()]
    assert shown == ["Supervisor", "Operator"]
    context.close()
