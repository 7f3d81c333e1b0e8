# SPDX-License-Identifier: Apache-2.0
"""The phone of the desk in a real browser: passkey, thumb and keyboard, both themes, and nothing kept on the phone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from lintas.model.desk import Step
from lintas.model.marking import Protected, Tlp
from lintas.node.node import Node
from lintas.testing import FakeClock, two_nodes
from lintas.work.accounts import create_account, create_link
from lintas.work.clocks import settle_clocks
from tests.scenario.deciding import taken
from tests.scenario.test_orders import sent
from tests.scenario.threads import ACCOUNT, ask, head_of, say
from tests.slow.test_browser_approvals import enrol
from tests.slow.test_browser_sign_in import chromium, served, with_authenticator

__all__ = ["chromium"]  # the fixture

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TARGET_MIN = 44  # CSS pixels: a thumb at night


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def site(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node, str]]:
    """The desk whose phone it is, the one that asks it, and the address."""
    with two_nodes(tmp_path, clock=clock) as (here, there), served(here) as port:
        create_account(here.services, name="Aminah", password=None, role="duty_officer", clearance=Tlp.RED)
        yield here, there, f"http://localhost:{port}"


def enter(page: Any, node: Node) -> None:
    page.goto(f"/enter/{create_link(node.services, 'Aminah')}")
    page.locator("main button").first.click()
    page.goto("/duty")


def kept(page: Any) -> dict[str, Any]:
    """All that this browser keeps of the address."""
    found: dict[str, Any] = page.evaluate(
        """async () => {
          const shells = await Promise.all((await caches.keys()).map(async (name) => {
            const shell = await caches.open(name);
            return Promise.all((await shell.keys()).map(async (request) =>
              [request.url, await (await shell.match(request)).text()]));
          }));
          return { shells: shells.flat(), local: Object.entries(localStorage), session: Object.entries(sessionStorage),
                   bases: await indexedDB.databases() };
        }"""
    )
    return found


def test_a_night_on_the_phone_leaves_nothing_on_it(
    chromium: Any, site: tuple[Node, Node, str], clock: FakeClock
) -> None:
    here, there, address = site
    refs = [ask(there, here) for _ in range(3)]
    clock.forward(minutes=6)
    settle_clocks(here.services)
    with with_authenticator(chromium, address, **PHONE) as page:
        enter(page, here)
        enrol(page)
        page.get_by_role("button", name="Sign out").first.click()
        page.goto("/duty")
        page.get_by_role("button", name="Sign in with a passkey").tap()
        page.wait_for_url(f"{address}/duty")
        page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
        page.get_by_role("button", name=f"Acknowledge {refs[0]}").tap()
        expect(page.get_by_text("You have it.")).to_be_visible()
        card = page.locator("article", has=page.get_by_text(refs[1]))
        card.get_by_text("Refuse …").tap()
        card.get_by_label("Ground").select_option(index=1)
        card.get_by_role("button", name=f"Refuse {refs[1]}").tap()
        expect(page.get_by_text("Refused.")).to_be_visible()
        page.get_by_role("link", name=f"Call about {refs[2]}").tap()
        page.get_by_role("button", name="Draw new words").tap()
        expect(page.locator(".duty-word")).to_have_count(2)
        assert page.get_by_role("link", name="Call +6561234567").get_attribute("href") == "tel:+6561234567"
        page.get_by_role("button", name="They said it").tap()
        expect(page.get_by_text("the right word was heard")).to_be_visible()
        page.goto("/duty")
        held = kept(page)
        assert [held[name] for name in ("local", "session", "bases")] == [[], [], []]
        names = {url.removeprefix(address).partition("?")[0] for url, _ in held["shells"]}
        assert names == {"/duty/offline", "/duty/icon.svg", "/static/app.css"}
        for url, text in held["shells"]:  # no more than anybody gets: so no word drawn here, however short or usual
            assert httpx.get(url).text == text
        everything = json.dumps(held)
        planted = [*refs, ACCOUNT["value"], "25,000", "Sample crime", "Aminah", "Contoh", "anti-scam"]
        assert [word for word in planted if word in everything] == []
        assert [line for line in page.said if "Content Security" in line or "Error" in line] == []
    assert [head_of(here, ref).state for ref in refs] == ["acknowledged", "refused", "requested"]


def test_without_a_connection_the_phone_says_so_and_shows_nothing(
    chromium: Any, site: tuple[Node, Node, str], clock: FakeClock
) -> None:
    here, there, address = site
    ref = ask(there, here)
    with with_authenticator(chromium, address, **PHONE) as page:
        enter(page, here)
        page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
        page.reload()
        assert ref in page.content()
        page.context.set_offline(True)
        page.goto("/duty")
        expect(page.get_by_role("heading", name="No connection")).to_be_visible()
        assert ref not in page.content()
        page.context.set_offline(False)
        page.get_by_role("link", name="Try again").tap()
        expect(page.get_by_text(ref).first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_are_clean_and_what_is_pressed_is_large(
    chromium: Any, site: tuple[Node, Node, str], clock: FakeClock, theme: str
) -> None:
    here, there, address = site
    mine = ask(there, here)
    say(here, mine, Step.ACKNOWLEDGED, there)
    ref = ask(there, here)
    clock.forward(minutes=31)
    settle_clocks(here.services)
    with with_authenticator(chromium, address, **PHONE, color_scheme=theme) as page:
        enter(page, here)
        for place in ("/duty", f"/duty/{head_of(here, ref).message}/call", "/duty/offline"):
            page.goto(place)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            assert not wide, f"{place} scrolls sideways"
            for target in page.locator("main button:visible, main .button:visible, main select:visible").all():
                box = target.bounding_box()
                assert box["height"] >= TARGET_MIN, target.inner_text()
        page.goto("/duty")
        assert page.locator("h2 .count").all_text_contents() == ["1", "2", "1"]


def test_it_works_by_keyboard_and_without_scripts(
    chromium: Any, site: tuple[Node, Node, str], clock: FakeClock
) -> None:
    here, there, address = site
    refs = [ask(there, here) for _ in range(2)]
    context = chromium.new_context(base_url=address, java_script_enabled=False, **PHONE)
    page = context.new_page()
    enter(page, here)
    page.get_by_role("button", name=f"Acknowledge {refs[0]}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You have it.")).to_be_visible()
    card = page.locator("article", has=page.get_by_text(refs[1]))
    card.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Refused.")).to_be_visible()
    context.close()
    assert [head_of(here, ref).state for ref in refs] == ["acknowledged", "refused"]


def test_an_open_page_says_that_something_came(chromium: Any, site: tuple[Node, Node, str], clock: FakeClock) -> None:
    here, there, address = site
    with with_authenticator(chromium, address, **PHONE) as page:
        enter(page, here)
        expect(page.get_by_text("Live")).to_be_visible()
        ref = ask(there, here)
        here.services.events.publish("alerts")
        page.get_by_role("link", name="Show").tap()
        expect(page.get_by_text(ref).first).to_be_visible()


def test_an_approval_is_given_from_the_phone_by_passkey(
    chromium: Any, site: tuple[Node, Node, str], clock: FakeClock
) -> None:
    here, there, address = site
    create_account(here.services, name="Budi", password=None, role="duty_officer", clearance=Tlp.RED)
    message = taken(here, classes=[Protected.CHILD])
    with (
        with_authenticator(chromium, address) as desk,
        with_authenticator(chromium, address, **PHONE) as phone,
    ):
        desk.goto(f"/enter/{create_link(here.services, 'Budi')}")
        desk.locator("main button").first.click()
        enrol(desk)
        enter(phone, here)
        enrol(phone)
        desk.goto(f"/message/{message}")
        desk.click("text=Share…")
        desk.check(f"input[name=to][value='{there.services.keys.node}']")
        desk.click("text=Propose to share with those ticked")
        desk.wait_for_url("**/approvals/*")
        desk.click("text=Confirm with your passkey")
        expect(desk.locator(".order-state")).to_contain_text("Waits for a second person")
        phone.goto("/duty")
        expect(phone.get_by_role("heading", name="Approvals that wait for you")).to_be_visible()
        assert Axe().run(phone).violations_count == 0
        phone.get_by_role("button", name="Approve with your passkey").tap()
        expect(phone.get_by_text("Your answer is written.")).to_be_visible()
        assert sent(here) == 1
        expect(phone.get_by_role("heading", name="Approvals that wait for you")).to_have_count(0)
