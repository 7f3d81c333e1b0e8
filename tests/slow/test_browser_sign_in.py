# SPDX-License-Identifier: Apache-2.0
"""Sign in by passkey in a real browser, with a virtual authenticator beside it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import a_node
from lintas.web.app import build_app
from lintas.work.accounts import create_account, create_link

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

CHROMIUM: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
AUTHENTICATOR: Final = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def served(node: Node) -> Iterator[int]:
    """Serve a console on a free port, in a thread, until the end."""
    app = build_app(node.services, secure_cookies=False)
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=5)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        app.state.streams.close()
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, int]]:
    with a_node(tmp_path_factory.mktemp("sign-in")) as node, served(node) as port:
        yield node, port


@pytest.fixture(scope="module")
def chromium(chromium_path: Path) -> Iterator[Any]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium_path), args=list(CHROMIUM))
        yield browser
        browser.close()


@contextmanager
def with_authenticator(chromium: Any, address: str, **how: Any) -> Iterator[Any]:
    """A page, with an authenticator that answers by itself; what its console says is collected on `page.said`."""
    context = chromium.new_context(base_url=address, **how)
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    tools = context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    yield page
    context.close()


def enter(page: Any, node: Node, name: str) -> None:
    """Come in by a one-time link."""
    page.goto(f"/enter/{create_link(node.services, name)}")
    page.click("main button")
    page.wait_for_url("**/desk")


def violations(page: Any) -> list[tuple[str, list[str]]]:
    """What axe finds on a page."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_person_enrols_signs_out_and_in_by_passkey(chromium: Any, site: tuple[Node, int], theme: str) -> None:
    node, port = site
    name = f"Aminah {theme}"
    create_account(node.services, name=name, password=None, role="duty_officer", clearance=Tlp.RED)
    with with_authenticator(chromium, f"http://localhost:{port}", color_scheme=theme) as page:
        page.goto("/sign-in")
        assert violations(page) == []
        enter(page, node, name)
        page.keyboard.press("g")
        page.keyboard.press("m")
        page.wait_for_url("**/me")
        assert violations(page) == []
        page.fill("#label", "virtual key")
        page.click("text=Enrol a passkey >> nth=-1")
        page.wait_for_url("**/me?done=passkey")
        expect(page.locator("section[aria-labelledby=passkeys] th[scope=row]")).to_have_text("virtual key")
        assert violations(page) == []
        page.click("text=Turn codes on…")
        page.wait_for_url("**/me/codes")
        expect(page.locator("img.drawing")).to_be_visible()
        assert violations(page) == []
        page.goto("/me")
        page.click("text=Make recovery codes…")
        page.wait_for_url("**/me/recovery")
        expect(page.locator("ol.codes li")).to_have_count(10)
        assert violations(page) == []
        page.click("text=Sign out")
        page.wait_for_url("**/sign-in")
        page.click("text=Sign in with a passkey")
        page.wait_for_url("**/desk")
        page.goto("/me")
        expect(page.locator("section[aria-labelledby=sessions]")).to_contain_text("passkey")
        page.goto("/sign-in/recover")
        assert violations(page) == []
        assert page.said == []


def test_without_a_passkey_the_page_says_so_and_the_password_stays(chromium: Any, site: tuple[Node, int]) -> None:
    _, port = site
    with with_authenticator(chromium, f"http://localhost:{port}") as page:
        page.goto("/sign-in")
        page.click("text=Sign in with a passkey")
        expect(page.locator("[data-passkey-said]")).to_contain_text("did not answer", timeout=20_000)
        expect(page.locator("text=Sign in with a password")).to_be_visible()


def test_at_an_ip_address_the_page_says_where_passkeys_work(chromium: Any, site: tuple[Node, int]) -> None:
    _, port = site
    with with_authenticator(chromium, f"http://127.0.0.1:{port}") as page:
        page.goto("/sign-in")
        expect(page.locator("main")).to_contain_text(f"http://localhost:{port}")
        expect(page.locator("text=Sign in with a passkey")).to_have_count(0)


def test_without_scripts_the_password_form_is_there_and_no_dead_button(chromium: Any, site: tuple[Node, int]) -> None:
    _, port = site
    with with_authenticator(chromium, f"http://localhost:{port}", java_script_enabled=False) as page:
        page.goto("/sign-in")
        expect(page.locator("text=Sign in with a password")).to_be_visible()
        expect(page.locator("text=Sign in with a passkey")).to_be_hidden()


def test_my_access_fits_a_phone(chromium: Any, site: tuple[Node, int]) -> None:
    node, port = site
    create_account(node.services, name="Budi", password=None, role="engineer", clearance=Tlp.GREEN)
    with with_authenticator(chromium, f"http://localhost:{port}", viewport={"width": 320, "height": 640}) as page:
        page.goto(f"/enter/{create_link(node.services, 'Budi')}")
        page.click("main button")
        page.goto("/me")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        expect(page.locator("header a[href='/me']")).to_be_visible()
