# SPDX-License-Identifier: Apache-2.0
"""The desk in a real browser: a report by keyboard and by phone, in keys, touches and seconds; threads by single keys.

The seconds are those of a speed model, not of this machine: see `Typist`. The node's own time is measured beside them.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import expect, sync_playwright

from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, carry, two_nodes
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import create_account
from lintas.work.clocks import settle_clocks
from lintas.work.requests import list_requests, say, send
from tests.slow.test_browser_sign_in import CHROMIUM, enter, served, violations, with_authenticator

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

PHONE_SIZE: Final = {"width": 390, "height": 844}
SCREENSHOTS: Final = os.environ.get("LINTAS_SCREENSHOTS", "")  # a folder; empty: none are kept
GOAL_S: Final = 90

# Keystroke-level model: Card, Moran and Newell, "The keystroke-level model for user performance time with interactive
# systems", Communications of the ACM 23(7), 1980: K 0.28 s for an average typist who is no typist, 0.2 s for a skilled
# one; M 1.35 s to think before a unit of work; H 0.4 s to move a hand. The average typist is taken here.
KEY_S: Final = 0.28
THINK_S: Final = 1.35
# Typing on a phone: 36.2 words a minute of five characters on average: Palin and others, "How do people type on mobile
# devices?", MobileHCI 2019. A touch: pointing time of the keystroke-level model.
PHONE_KEY_S: Final = 60 / (36.2 * 5)
TOUCH_S: Final = 1.1

ACCOUNT: Final = {"scheme": "bank_account", "value": "0123456789", "bank": "DBSSSGSG", "country": "SG", "name": "Ali"}
AMOUNT: Final = {"minor": 2_500_000, "currency": "SGD"}
TOLD: Final = (  # what the caller says, in the order in which people tell it; empty: asked and not known
    ("name", "Siti Contoh"),
    ("phone", "0123456789"),
    ("own_bank", "maybank"),
    ("own_account", "512345678901"),
    ("amount", "25k"),
    ("at", "now"),
    ("to_bank", "dbs"),
    ("to_account", "0123456789"),
    ("to_name", "Ali Contoh"),
    ("reference", "FT2603010001"),
)


@dataclass(slots=True, kw_only=True)
class Typist:
    """Counts what a person does, and says how long it takes them."""

    key_s: float
    keys: int = 0
    touches: int = 0
    thinks: int = 0
    started: float = field(default_factory=time.monotonic)
    waited_s: float = 0.0  # for the node

    def seconds(self) -> float:
        """By the model, with the node's own time."""
        return self.keys * self.key_s + self.touches * TOUCH_S + self.thinks * THINK_S + self.waited_s

    def told(self, how: str) -> str:
        """One line for the record."""
        return (
            f"{how}: {self.keys} keys, {self.touches} touches, {self.thinks} thoughts, "
            f"{self.waited_s:.2f} s for the node: {self.seconds():.0f} s"
        )


@pytest.fixture(scope="module")
def chromium(chromium_path: Path) -> Iterator[Any]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium_path), args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def nodes(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path, clock=clock) as pair:
        yield pair


@contextmanager
def at_desk(chromium: Any, node: Node, name: str, role: str = "duty_officer", **how: Any) -> Iterator[Any]:
    """A signed-in person's page."""
    create_account(node.services, name=name, password=None, role=role, clearance=Tlp.RED)
    with served(node) as port, with_authenticator(chromium, f"http://localhost:{port}", **how) as page:
        enter(page, node, name)
        yield page
        assert page.said == []


def snap(page: Any, name: str) -> None:
    """Keep a picture, if a folder for them is named."""
    if SCREENSHOTS:
        Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        page.evaluate("window.scrollTo(0, 0)")
        page.screenshot(path=f"{SCREENSHOTS}/{name}.png", full_page=True, caret="initial")


def whole(page: Any, name: str) -> None:
    """Nothing is wider than the screen, and nobody is shut out."""
    snap(page, name)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert violations(page) == []


def ask(here: Node, there: Node, **changed: Any) -> str:
    fields = {"account": ACCOUNT, "amount": AMOUNT} | changed
    shown = send(
        here.services, OFFICER, to=there.services.keys.node, form="hold", fields=fields, short="A caller told us"
    )
    carry(here, there)
    return shown.ref


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_report_is_taken_by_keyboard_in_less_than_ninety_seconds(
    chromium: Any, nodes: tuple[Node, Node], theme: str
) -> None:
    here, there = nodes
    with at_desk(chromium, here, "Aminah", color_scheme=theme) as page:
        typist = Typist(key_s=KEY_S)
        page.keyboard.press("g")
        page.keyboard.press("r")
        page.wait_for_url("**/report")
        typist.keys, typist.thinks = 2, 1
        expect(page.locator("#name")).to_be_focused()
        snap(page, f"report-empty-{theme}")
        for name, text in TOLD:
            while page.evaluate("document.activeElement.id") != name:
                page.keyboard.press("Enter")
                typist.keys += 1
            page.keyboard.type(text)
            typist.keys += len(text)
            typist.thinks += 1
        expect(page.locator("#first input[name=send]")).to_be_checked()
        expect(page.locator("#echo-amount")).to_contain_text("25,000.00")
        expect(page.locator("#echo-to")).to_contain_text("DBS")
        whole(page, f"report-{theme}")
        begun = time.monotonic()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/report/*-R-*")
        typist.waited_s += time.monotonic() - begun
        typist.keys += 2
        typist.thinks += 1
        expect(page.locator(".rows")).to_contain_text("Requested")
        whole(page, f"reported-{theme}")
        print(typist.told("New report by keyboard"))
        assert typist.seconds() < GOAL_S
    (line,) = list_requests(here.services, LOCAL_VIEWER).lines
    assert line.other == there.services.keys.node


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_report_is_taken_by_phone_in_less_than_ninety_seconds(
    chromium: Any, nodes: tuple[Node, Node], theme: str
) -> None:
    phone: dict[str, Any] = {"viewport": PHONE_SIZE, "has_touch": True, "is_mobile": True, "color_scheme": theme}
    with at_desk(chromium, nodes[0], "Budi", **phone) as page:
        typist = Typist(key_s=PHONE_KEY_S)
        page.goto("/desk")
        whole(page, f"phone-desk-{theme}")
        page.tap("nav a[href='/report']")
        page.wait_for_url("**/report")
        typist.touches, typist.thinks = 1, 1
        for name, text in TOLD:
            page.tap(f"#{name}")
            page.keyboard.type(text)
            typist.touches += 1
            typist.keys += len(text)
            typist.thinks += 1
        page.tap("h1")
        expect(page.locator("#first input[name=send]")).to_be_checked()
        whole(page, f"phone-report-{theme}")
        begun = time.monotonic()
        page.tap("[data-send]")
        page.wait_for_url("**/report/*-R-*")
        typist.waited_s += time.monotonic() - begun
        typist.touches += 2
        typist.thinks += 1
        expect(page.locator(".rows")).to_contain_text("Requested")
        whole(page, f"phone-reported-{theme}")
        print(typist.told("New report by phone"))
        assert typist.seconds() < GOAL_S


def test_a_pasted_chat_is_read_at_once_and_one_key_takes_all_of_it(chromium: Any, nodes: tuple[Node, Node]) -> None:
    chat = "Transfer to DBS account 0123456789 name: Ali Contoh. Paid RM 25,000 on 28/2/2026 10:40pm"
    with at_desk(chromium, nodes[0], "Chong") as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto("/report")
        page.evaluate("text => navigator.clipboard.writeText(text)", chat)
        page.focus("#pasted")
        page.keyboard.press("Control+V")
        expect(page.locator("[data-use-all]")).to_be_focused()
        whole(page, "report-pasted")
        page.keyboard.press("Enter")
        expect(page.locator("#to_account")).to_have_value("0123456789")
        expect(page.locator("#amount")).to_have_value("25000")
        expect(page.locator("#name")).to_be_focused()


def test_a_report_survives_the_end_of_its_session(chromium: Any, nodes: tuple[Node, Node]) -> None:
    here = nodes[0]
    with at_desk(chromium, here, "Dewi") as page:
        page.goto("/report")
        for name, text in TOLD:
            page.fill(f"#{name}", text)
        other = page.context.new_page()
        other.goto("/desk")
        other.click("text=Sign out")
        other.wait_for_url("**/sign-in*")
        page.focus("#to_name")
        page.keyboard.press("Control+Enter")
        expect(page.locator("h1")).to_contain_text("nothing is lost")
        whole(page, "report-kept")
        enter(other, here, "Dewi")
        page.click("main form button")
        expect(page.locator("#problem")).to_contain_text("nothing is lost")
        for name, text in TOLD:
            expect(page.locator(f"#{name}")).to_have_value(text)
        page.click("[data-send]")
        page.wait_for_url("**/report/*-R-*")
        page.said[:] = [line for line in page.said if "401" not in line and "403" not in line]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_request_is_answered_by_single_keys(
    chromium: Any, nodes: tuple[Node, Node], clock: FakeClock, theme: str
) -> None:
    here, there = nodes
    ref = ask(here, there)
    ask(here, there, account=ACCOUNT | {"value": "9876543210"}, amount={"minor": 700_000, "currency": "SGD"})
    clock.forward(seconds=310)
    settle_clocks(there.services)
    with at_desk(chromium, there, "Farid", "supervisor", color_scheme=theme) as page:
        page.keyboard.press("g")
        page.keyboard.press("q")
        page.wait_for_url("**/requests")
        expect(page.locator(".clock-missed").first).to_be_visible()
        whole(page, f"requests-{theme}")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url("**/requests/*")
        expect(page.locator("#ref")).to_have_text(ref)
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        expect(page.locator(".rq-head")).to_contain_text("Acknowledged")
        page.wait_for_load_state()  # only then does the script hear keys
        page.keyboard.press("o")
        expect(page.locator("#say-ordered")).to_have_attribute("open", "")
        whole(page, f"request-order-{theme}")
        page.fill("#ordered-law", "Criminal Procedure Code, section 35")
        page.fill("#ordered-expires_at", "72h")
        page.select_option("#ordered-relies", "written_order")
        page.focus("#ordered-expires_at")
        page.keyboard.press("Enter")
        expect(page.locator(".rq-head")).to_contain_text("Ordered")
        page.wait_for_load_state()
        page.keyboard.press("d")
        page.keyboard.press("Enter")
        expect(page.locator(".rq-head")).to_contain_text("Delivered")
        expect(page.locator(".amounts-held")).to_contain_text("nothing")
        page.wait_for_load_state()
        page.keyboard.press("h")
        page.fill("#confirmed-blocked", "18k")
        page.fill("#confirmed-tainted", "18k")
        page.keyboard.press("Enter")
        expect(page.locator(".amounts-held")).to_contain_text("18,000.00")
        whole(page, f"request-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_requests_fit_a_phone(chromium: Any, nodes: tuple[Node, Node], clock: FakeClock, theme: str) -> None:
    here, there = nodes
    ref = ask(here, there)
    say(there.services, OFFICER, ref, "acknowledged")
    say(there.services, OFFICER, ref, "clarify", short="Which of the last two digits?")
    carry(there, here)
    clock.forward(seconds=3000)
    settle_clocks(here.services)
    phone: dict[str, Any] = {"viewport": PHONE_SIZE, "has_touch": True, "is_mobile": True, "color_scheme": theme}
    with at_desk(chromium, here, "Gita", **phone) as page:
        page.goto("/requests")
        whole(page, f"phone-requests-{theme}")
        page.tap(".rq a[data-row]")
        page.wait_for_url("**/requests/*")
        whole(page, f"phone-request-{theme}")
        page.tap("#say-clarified summary")
        page.fill("#clarified-short", "The last one is 9")
        page.tap("#say-clarified button")
        expect(page.locator(".thread")).to_contain_text("The last one is 9")
        whole(page, f"phone-request-said-{theme}")


@pytest.mark.parametrize("language", ["ms", "th", "zh"])
def test_each_language_fits_a_phone_and_a_desk(
    chromium: Any, nodes: tuple[Node, Node], clock: FakeClock, language: str
) -> None:
    here, there = nodes
    ref = ask(here, there)
    say(there.services, OFFICER, ref, "acknowledged")
    carry(there, here)
    clock.forward(seconds=3000)
    settle_clocks(there.services)
    with at_desk(chromium, there, "Kim", "supervisor", locale=language) as page:
        for name, address in {"report": "/report", "requests": "/requests", "request": f"/requests/{ref}"}.items():
            for width in (390, 1280):
                page.set_viewport_size({"width": width, "height": 844})
                page.goto(address)
                if name == "request":
                    page.click("#say-ordered summary")
                whole(page, f"{language}-{name}-{width}")


def test_a_new_request_is_counted_and_never_pushed_in(chromium: Any, nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ask(here, there)
    with at_desk(chromium, there, "Hana") as page:
        page.goto("/requests")
        expect(page.locator("[data-live-count]")).to_have_text("Live")
        ask(here, there, account=ACCOUNT | {"value": "9876543210"})
        expect(page.locator("[data-live-count]")).to_have_text("1 new")
        assert page.locator(".rq").count() == 1
        page.click("[data-live-show]")
        expect(page.locator(".rq")).to_have_count(2)


def enrol(page: Any) -> None:
    """Give the signed-in person a passkey."""
    page.goto("/me")
    page.fill("#label", "virtual key")
    page.click("text=Enrol a passkey >> nth=-1")
    page.wait_for_url("**/me?done=passkey")


def test_where_a_passkey_binds_one_key_takes_the_report_and_one_touch_sends(
    chromium: Any, nodes: tuple[Node, Node]
) -> None:
    here, there = nodes
    with at_desk(chromium, here, "Indah") as page:
        enrol(page)
        page.goto("/report")
        for name, text in TOLD:
            page.fill(f"#{name}", text)
        expect(page.locator("#first input[name=send]")).to_be_checked()
        page.focus("#name")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/report/*-R-*")
        assert list_requests(here.services, LOCAL_VIEWER).lines == []
        expect(page.locator("form[data-assent] button")).to_be_focused()
        whole(page, "reported-passkey")
        page.keyboard.press("Enter")
        expect(page.locator(".rows")).to_contain_text("Requested")
    (line,) = list_requests(here.services, LOCAL_VIEWER).lines
    assert line.other == there.services.keys.node


def test_an_order_is_proposed_and_confirmed_by_passkey(chromium: Any, nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ref = ask(here, there)
    say(there.services, OFFICER, ref, "acknowledged")
    with at_desk(chromium, there, "Joko", "supervisor") as page:
        enrol(page)
        page.goto(f"/requests/{ref}")
        page.keyboard.press("o")
        page.fill("#ordered-law", "Criminal Procedure Code, section 35")
        page.fill("#ordered-expires_at", "72h")
        page.select_option("#ordered-relies", "written_order")
        page.focus("#ordered-expires_at")
        page.keyboard.press("Enter")
        page.wait_for_url("**/approvals/*")
        page.goto(f"/requests/{ref}")
        expect(page.locator(".rq-head")).to_contain_text("Acknowledged")
        whole(page, "request-waits")
        page.click("text=Confirm or approve it")
        page.click("text=Confirm with your passkey")
        expect(page.locator(".order-state")).to_be_visible()
        page.goto(f"/requests/{ref}")
        expect(page.locator(".amounts-held")).to_contain_text("nothing")
