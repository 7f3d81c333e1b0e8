# SPDX-License-Identifier: Apache-2.0
"""Who saw it, and Oversight, in a real browser: accessible in both themes, by keyboard, without scripts, on a phone."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from lintas.model.marking import Tlp
from lintas.testing import OFFICER
from lintas.work.accounts import create_account, create_link
from lintas.work.finding import find
from tests.slow.test_browser_console import CHROMIUM, PHONE, Site, a_note, served

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]
CAUSE = "complaint 12 of a citizen"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """A console with a message that somebody found."""
    with served(tmp_path_factory.mktemp("oversight")) as running:
        services = running.node.services
        for name, role in (("Siti", "supervisor"), ("Omar", "oversight")):
            create_account(services, name=name, password=None, role=role, clearance=Tlp.RED)
        message = a_note(running, 1)
        find(services, OFFICER, ["+6598765432", PHONE], purpose="case 7")
        yield running, message


@pytest.fixture(scope="module")
def chromium(chromium_path: Any) -> Iterator[Any]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium_path), args=list(CHROMIUM))
        yield browser
        browser.close()


def entered(chromium: Any, site: Site, name: str, **how: Any) -> Any:
    """A page of somebody who signed in; what its policy forbids is collected on `page.said`."""
    page = chromium.new_context(base_url=site.url, **how).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.said = said
    page.goto(f"/enter/{create_link(site.node.services, name)}")
    page.click("main button")
    page.wait_for_load_state()
    return page


def violations(page: Any) -> list[tuple[str, list[str]]]:
    """What axe finds on a page."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_oversight(chromium: Any, site: tuple[Site, str], theme: str) -> None:
    running, message = site
    page = entered(chromium, running, "Omar", color_scheme=theme)
    for address in ("/oversight", "/oversight?kind=access", "/oversight?checks=1", f"/message/{message}/seen"):
        page.goto(address)
        assert violations(page) == [], address
    page.goto("/oversight")
    page.fill("#open-message", message)
    page.fill("#cause", CAUSE)
    page.press("#cause", "Enter")
    page.wait_for_url("**/oversight/open")
    assert violations(page) == []
    assert CAUSE in page.inner_text("main")
    assert page.said == []
    page.context.close()
    supervisor = entered(chromium, running, "Siti", color_scheme=theme)
    supervisor.goto("/desk")
    assert CAUSE in supervisor.inner_text("main")
    assert violations(supervisor) == []
    supervisor.get_by_role("button", name="Acknowledge entry").first.press("Enter")
    supervisor.wait_for_url("**/oversight*")
    assert violations(supervisor) == []
    supervisor.goto("/desk")
    assert CAUSE not in supervisor.inner_text("main")
    supervisor.context.close()


def test_a_search_works_without_scripts_and_on_a_phone(chromium: Any, site: tuple[Site, str]) -> None:
    running, _ = site
    page = entered(chromium, running, "Omar", java_script_enabled=False, viewport={"width": 360, "height": 740})
    page.goto("/oversight")
    page.fill("#words", "case 7")
    page.press("#words", "Enter")
    page.wait_for_url("**/oversight?*")
    assert "officer-0001" in page.inner_text("main")
    page.context.close()


def test_keys_lead_to_oversight(chromium: Any, site: tuple[Site, str]) -> None:
    running, _ = site
    page = entered(chromium, running, "Omar")
    page.goto("/log")
    page.keyboard.press("g")
    page.keyboard.press("v")
    page.wait_for_url("**/oversight")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.context.close()
