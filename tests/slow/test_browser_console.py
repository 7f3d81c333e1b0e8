# SPDX-License-Identifier: Apache-2.0
"""The console in a real browser: both themes, keyboard, live news, no scripts, paper, within its own policy."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

from lintas.crypto.words import words_of
from lintas.model.marking import Marking, Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, carry, two_nodes
from lintas.web.app import build_app
from lintas.work.accounts import create_account, create_link
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.peering import accuse, own_keys
from lintas.work.services import no_progress
from lintas.work.sharing import share
from lintas.work.watching import add_watch

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

CHROMIUM: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHONE: Final = "+60123456789"
TABLE: Final = f"report,name,phone,marking\nR-1,Siti Contoh,{PHONE},AMBER\nR-2,สมชาย ตัวอย่าง,+66812345678,GREEN\n"
FEED: Final = json.dumps(
    {
        "type": "bundle",
        "id": "bundle--00000000-0000-4000-8000-000000000001",
        "objects": [
            {
                "type": "identity",
                "spec_version": "2.1",
                "id": "identity--00000000-0000-4000-8000-000000000002",
                "created": "2026-01-02T03:04:05.000Z",
                "modified": "2026-01-02T03:04:05.000Z",
                "name": "Example desk",
                "description": f"reached by {PHONE}",
                "confidence": 80,
            },
            {"type": "nonsense"},
        ],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A served console with something in it."""

    node: Node
    peer: Node  # that it exchanges with
    url: str

    @property
    def peer_page(self) -> str:
        """Where the peer is shown."""
        return f"/peers/{self.peer.services.keys.node}"

    def words(self) -> str:
        """What the peer's people read out."""
        services = self.peer.services
        return services.store.read(lambda snapshot: words_of(own_keys(services, snapshot).root))


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve a console on a free port, in a thread, until the end."""
    with two_nodes(folder) as (node, peer):
        app = build_app(node.services, secure_cookies=False)
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, access_log=False, ws="none", timeout_graceful_shutdown=5)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield Site(node=node, peer=peer, url=f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            app.state.streams.close()
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive(), "a live stream kept the server"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("console")) as running:
        services = running.node.services
        for name in ("Aminah", "Budi"):
            create_account(services, name=name, password=None, role="duty_officer", clearance=Tlp.RED)
        add_watch(services, OFFICER, [PHONE], note="case 7")
        files = [
            TakenFile(name="table.csv", data=TABLE.encode()),
            TakenFile(name="feed.json", data=FEED.encode()),
            TakenFile(name="chat.txt", data=f"bro, call {PHONE} or see hxxps://slip[.]example/a".encode()),
        ]
        take(services, OFFICER, files, options=TakeOptions(), progress=no_progress)
        shared = [a_note(running, number) for number in range(2)]
        share(services, OFFICER, shared, to=[running.peer.services.keys.node])
        carry(running.node, running.peer)
        carry(running.peer, running.node)
        share(services, OFFICER, [a_note(running, 2)], to=[running.peer.services.keys.node])
        yield running


def a_note(site: Site, number: int, tlp: Tlp = Tlp.AMBER) -> str:
    """Take a note in that may be shared; returns its message."""
    file = TakenFile(name="note.txt", data=f"note {number} on +6598765432".encode())
    options = TakeOptions(marking=Marking(tlp=tlp))
    return take(site.node.services, OFFICER, [file], options=options, progress=no_progress).messages[0]


@pytest.fixture(scope="module")
def chromium(chromium_path: Path) -> Iterator[Any]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(chromium_path), args=list(CHROMIUM))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, site: Site) -> Iterator[Callable[..., Any]]:
    """Open a signed-in page; what its console says and what its policy forbids is collected on `page.said`."""
    contexts = []

    def open_one(*, signed_in: bool = True, at: Site = site, **how: Any) -> Any:
        context = chromium.new_context(base_url=at.url, **how)
        contexts.append(context)
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.said = said
        if signed_in:
            page.goto(f"/enter/{create_link(at.node.services, 'Aminah')}")
            page.click("main button")
            page.wait_for_url("**/desk")
        return page

    yield open_one
    for context in contexts:
        context.close()


def live(page: Any, words: str) -> None:
    """Wait until the Desk's live line says this."""
    expect(page.locator("[data-live-count]")).to_have_text(words, timeout=20_000)


def walk(page: Any) -> Iterator[str]:
    """Go through every kind of page as an officer would, stopping on each."""
    yield "desk"
    page.goto("/desk?mine=1")
    yield "mine"
    page.goto(page.locator(".alert a", has_text="Hand over").first.get_attribute("href"))
    yield "hand over"
    page.goto("/find")
    yield "find"
    page.fill("#terms", f"{PHONE}\nสมชาย\n8.8.8.8\nnobody@mail.test")
    page.click("main button.main")
    page.wait_for_url("**/find/*")
    yield "found"
    page.locator("[data-row-host] a").first.click()
    page.wait_for_url("**/entity*")
    yield "entity"
    page.goto("/take")
    yield "take"
    page.set_input_files("#files", files=[{"name": "more.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}])
    page.click("main button.main")
    page.wait_for_url("**/take/columns/*")
    yield "columns"
    page.click("main button.main")
    page.wait_for_url("**/take/done/*")
    yield "taken"
    page.goto("/log")
    yield "log"
    page.goto("/peers")
    yield "peers"
    page.locator("[data-row-host] a").first.click()
    page.wait_for_url("**/peers/lintas:*")
    yield "peer"
    page.goto("/outbox")
    yield "outbox"
    page.locator("[data-row-host] a").first.click()
    page.wait_for_url("**/message/*")
    page.click("text=Share…")
    page.wait_for_url("**/share/*")
    yield "share"
    page.goto("/take")
    page.locator("[data-row-host] a", has_text="feed.json").first.click()
    page.wait_for_url("**/message/*")
    yield "intake"
    page.goto("/desk")
    page.locator("[data-row]").first.click()
    page.wait_for_url("**/message/*")
    yield "message"
    page.goto("/node")
    yield "node"
    page.goto("/message/nothing")
    yield "problem"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(open_page: Callable[..., Any], theme: str) -> None:
    page = open_page(color_scheme=theme)
    found = []
    for name in walk(page):
        results = Axe().run(page).response
        found += [(name, rule["id"], [node["html"][:200] for node in rule["nodes"]]) for rule in results["violations"]]
    assert found == []
    page.context.clear_cookies()
    page.goto("/sign-in")
    assert Axe().run(page).response["violations"] == []


def test_no_page_breaks_its_own_policy_or_says_anything(open_page: Callable[..., Any]) -> None:
    page = open_page()
    for _ in walk(page):
        page.wait_for_load_state("load")
    assert [said for said in page.said if "404" not in said] == []  # the last page is missing on purpose


@pytest.mark.parametrize("width", [320, pytest.param(390, marks=pytest.mark.soak), 768])
def test_no_page_is_wider_than_a_phone(open_page: Callable[..., Any], width: int) -> None:
    page = open_page(viewport={"width": width, "height": 800})
    for name in walk(page):
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, name


def test_every_target_is_large_enough(open_page: Callable[..., Any]) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 CSS pixels; links inside a sentence or a table's cell are excepted."""
    page = open_page()
    for name in walk(page):
        small = page.evaluate(
            """() => [...document.querySelectorAll(
              "button, select, input:not([type=hidden]), summary, .nav a, .button, .jump a"
            )]
            .filter((one) => one.checkVisibility() && !one.closest(".sr"))
            .map((one) => [one.getBoundingClientRect(), one.outerHTML.slice(0, 120), one.closest("label")])
            .filter(([box, , label]) => Math.min(box.width, box.height) < 24 && !(label && label.clientHeight >= 24))
            .map(([box, html]) => `${box.width}x${box.height} ${html}`)"""
        )
        assert small == [], name


def test_everything_is_done_by_keyboard(open_page: Callable[..., Any]) -> None:
    page = open_page()
    keys = page.keyboard
    keys.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    keys.press("Enter")
    keys.press("j")
    assert page.evaluate("document.activeElement.hasAttribute('data-row')")
    first = page.evaluate("document.activeElement.href")
    keys.press("j")
    assert page.evaluate("document.activeElement.href") != first or page.locator("[data-row]").count() == 1
    keys.press("k")
    assert page.evaluate("document.activeElement.href") == first
    keys.press("Enter")
    page.wait_for_url("**/message/*")
    for letter, place in (("t", "take"), ("f", "find"), ("l", "log"), ("d", "desk")):
        keys.press("g")
        keys.press(letter)
        page.wait_for_url(f"**/{place}")
    keys.press("?")
    assert page.locator("#help").evaluate("help => help.open")
    keys.press("Escape")
    assert not page.locator("#help").evaluate("help => help.open")
    keys.press("/")
    assert page.evaluate("document.activeElement.id") == "quick"
    keys.type(PHONE)
    keys.press("Enter")
    page.wait_for_url("**/find/*")
    assert page.locator("main [role=status]").inner_text().startswith("1 of 1 term found")


def test_single_keys_are_switched_off_at_the_foot(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.uncheck("input[name=keys]")
    page.click(".look button[type=submit]")
    page.wait_for_load_state("load")
    page.keyboard.press("?")
    page.keyboard.press("/")
    assert not page.locator("#help").evaluate("help => help.open")
    assert page.evaluate("document.activeElement.tagName") != "INPUT"


def test_the_focus_ring_is_never_hidden_behind_a_banner(open_page: Callable[..., Any]) -> None:
    """WCAG 2.2, 2.4.11."""
    page = open_page(viewport={"width": 1100, "height": 420})
    page.goto("/log")
    for _ in range(45):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
              const box = document.activeElement.getBoundingClientRect();
              const top = document.querySelector(".banners-top").getBoundingClientRect();
              const bottom = document.querySelector(".banners-bottom").getBoundingClientRect();
              const isHidden = box.bottom <= top.bottom || box.top >= bottom.top;
              const isJudged = !document.activeElement.matches(".skip") && box.height > 0 && box.height < 200;
              return isJudged && isHidden
                ? document.activeElement.outerHTML : "";
            }"""
        )
        assert hidden == ""


def test_an_alert_is_handed_over_in_place_by_keyboard(open_page: Callable[..., Any], site: Site) -> None:
    late = TakenFile(name="hand.txt", data=f"hand {PHONE}".encode())
    take(site.node.services, OFFICER, [late], options=TakeOptions(), progress=no_progress)
    page = open_page()
    row = page.locator(".alert").first
    alert = row.get_attribute("id")
    row.locator("a", has_text="Hand over").focus()
    page.keyboard.press("Enter")
    choice = page.locator(f"#{alert} select")
    expect(choice).to_be_focused()
    assert page.url.endswith("/desk"), "in its row, not on a page of its own"
    assert Axe().run(page).response["violations"] == []
    page.keyboard.type("Budi")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{alert} .alert-facts")).to_contain_text("Budi officer-0002")
    page.goto("/desk?mine=1")
    assert page.locator(f"#{alert}").count() == 0


def test_new_alerts_are_counted_and_never_pushed(open_page: Callable[..., Any], site: Site) -> None:
    page = open_page()
    live(page, "Live")
    rows = page.locator(".alert").count()
    for number in (1, 2):
        note = TakenFile(name="late.txt", data=f"late {number} {PHONE}".encode())
        take(site.node.services, OFFICER, [note], options=TakeOptions(), progress=no_progress)
        live(page, f"{number} new")
    assert page.locator(".alert").count() == rows
    assert page.title().startswith("(2)")
    page.click("[data-live-show]")
    expect(page.locator(".alert")).to_have_count(rows + 2)


def test_a_second_desk_is_told_by_the_first_and_takes_over(open_page: Callable[..., Any], site: Site) -> None:
    first = open_page()
    live(first, "Live")
    second = first.context.new_page()
    second.goto("/desk")
    live(second, "Live")
    for number in (1, 2):
        note = TakenFile(name="two.txt", data=f"two {number} {PHONE}".encode())
        take(site.node.services, OFFICER, [note], options=TakeOptions(), progress=no_progress)
        live(second, f"{number} new")
        if number == 1:
            first.close()


def test_a_paused_desk_stays_still_and_then_catches_up(open_page: Callable[..., Any], site: Site) -> None:
    page = open_page()
    live(page, "Live")
    page.click("[data-live-pause]")
    assert page.locator("[data-live-count]").inner_text() == "Paused"
    note = TakenFile(name="pause.txt", data=f"pause {PHONE}".encode())
    take(site.node.services, OFFICER, [note], options=TakeOptions(), progress=no_progress)
    assert page.locator("[data-live-count]").inner_text() == "Paused"
    page.click("[data-live-pause]")
    live(page, "1 new")


def test_an_alert_is_acknowledged_in_place(open_page: Callable[..., Any], site: Site) -> None:
    page = open_page()
    waiting = page.locator(".alert-open").count()
    assert waiting > 0
    page.locator(".alert-open button", has_text="Acknowledge").first.click()
    expect(page.locator(".alert-open")).to_have_count(waiting - 1)
    expect(page.locator("#alerts .count")).to_contain_text(f"{waiting - 1} ")
    assert page.url.endswith("/desk")


def test_every_page_works_without_scripts(open_page: Callable[..., Any]) -> None:
    page = open_page(java_script_enabled=False)
    for name in walk(page):
        assert page.locator("h1").count() == 1, name
        assert page.locator(".banner").count() == 2, name
    page.goto("/desk")
    page.locator(".alert-open button", has_text="Acknowledge").first.click()
    page.wait_for_url("**/desk#alert-*")
    page.goto("/desk?mine=1")
    page.locator(".alert a", has_text="Hand over").first.click()
    page.wait_for_url("**/hand-over")
    page.select_option(".hand-over select", "officer-0002")
    page.locator(".hand-over button").click()
    page.wait_for_url("**/desk#alert-*")
    assert page.locator(".alert:target .alert-facts", has_text="Budi").count() == 1
    page.select_option("select[name=theme]", "dark")
    page.click(".look button[type=submit]")
    page.wait_for_load_state("load")
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_paper_carries_the_marking_and_no_buttons(open_page: Callable[..., Any]) -> None:
    page = open_page()
    page.emulate_media(media="print")
    assert page.locator(".banners-top").evaluate("one => getComputedStyle(one).position") == "fixed"
    assert page.locator(".banners-bottom").evaluate("one => getComputedStyle(one).position") == "fixed"
    assert not page.locator("main button").first.is_visible()
    assert len(page.pdf()) > 1_000


def test_forced_colours_keep_markings_and_states_apart(open_page: Callable[..., Any]) -> None:
    page = open_page(forced_colors="active")
    assert page.locator(".banner").first.evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"
    assert "not acknowledged" in page.locator(".alert").first.inner_text() or page.locator(".state-done").count() > 0


def test_thai_burmese_and_khmer_have_room(open_page: Callable[..., Any], site: Site) -> None:
    text = "กี่ปู่ญี่ปุ่น မြန်မာနိုင်ငံ ភាសាខ្មែរស្ត្រី"
    options = TakeOptions(marking=Marking(tlp=Tlp.GREEN))
    file = TakenFile(name="scripts.txt", data=text.encode())
    (message,) = take(site.node.services, OFFICER, [file], options=options, progress=no_progress).messages
    page = open_page()
    page.goto(f"/message/{message}")
    ratio = page.locator("pre.received").first.evaluate(
        "one => parseFloat(getComputedStyle(one).lineHeight) / parseFloat(getComputedStyle(one).fontSize)"
    )
    assert ratio >= 1.59


def test_a_message_is_shared_by_keyboard_with_the_preview_live(open_page: Callable[..., Any], site: Site) -> None:
    page = open_page()
    message = a_note(site, 10)
    keys = page.keyboard
    page.goto(f"/message/{message}")
    page.get_by_role("button", name="Share…").focus()
    keys.press("Enter")
    page.wait_for_url("**/share/*")
    expect(page.locator(".verdict")).to_contain_text("Will see it", timeout=20_000)
    page.locator("#for").focus()
    keys.type("prosecuting")  # a select goes to the option that starts so
    expect(page.locator(".verdict")).to_contain_text("Will not see it", timeout=20_000)
    assert page.evaluate("document.activeElement.id") == "for"
    expect(page.locator("#who-said")).to_have_text("0 of 1 peer can get it", timeout=20_000)
    keys.press("Tab")
    assert page.evaluate("document.activeElement.id") == "basis"
    keys.type("ASEAN treaty")
    expect(page.locator(".verdict")).to_contain_text("Will see it", timeout=20_000)
    expect(page.locator("#who-said")).to_have_text("1 of 1 peer can get it", timeout=20_000)
    assert Axe().run(page).response["violations"] == []
    for place in ("urgent", "", "to"):
        keys.press("Tab")
        assert page.evaluate("document.activeElement.name") == place
    keys.press("Space")
    keys.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Share with those ticked"
    keys.press("Enter")
    page.wait_for_url("**/done")
    expect(page.locator("main [role=status]")).to_contain_text("released 1", timeout=20_000)
    assert Axe().run(page).response["violations"] == []
    assert page.said == []


def test_enter_in_the_share_form_only_looks(open_page: Callable[..., Any], site: Site) -> None:
    page = open_page()
    page.goto(f"/message/{a_note(site, 11)}")
    page.click("text=Share…")
    page.wait_for_url("**/share/*")
    page.locator("input[name=to]").check()
    page.locator("input[name=to]").press("Enter")
    page.wait_for_url("**/preview")
    assert page.locator("input[name=to]").is_checked()
    assert "Nothing has been sent" in page.locator("main").inner_text()


def test_a_message_is_shared_without_scripts(open_page: Callable[..., Any], site: Site) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(f"/message/{a_note(site, 12)}")
    page.click("text=Share…")
    page.wait_for_url("**/share/*")
    page.select_option("#for", "prosecution")
    page.click("text=Show who will see it")
    page.wait_for_url("**/preview")
    assert "Will not see it" in page.locator(".verdict").inner_text()
    page.select_option("#basis", "asean_mlat")
    page.click("text=Share with those ticked")
    page.wait_for_load_state("load")
    assert "Nothing was sent" in page.locator("#problem").inner_text()
    assert "Will see it" in page.locator(".verdict").inner_text()
    page.check("input[name=to]")
    page.click("text=Share with those ticked")
    page.wait_for_url("**/done")


def test_an_open_outbox_says_when_it_is_out_of_date(open_page: Callable[..., Any], site: Site) -> None:
    page = open_page()
    page.goto("/outbox")
    expect(page.locator("[data-changes-said]")).to_have_text("Live", timeout=20_000)
    rows = page.locator(".outbox tbody tr").count()
    share(site.node.services, OFFICER, [a_note(site, 20)], to=[site.peer.services.keys.node])
    expect(page.locator("[data-changes-said]")).to_have_text("Something changed", timeout=20_000)
    assert page.locator(".outbox tbody tr").count() == rows
    page.click("[data-changes-show]")
    expect(page.locator(".outbox tbody tr")).to_have_count(rows + 1)


def test_two_people_introduce_a_peer_by_keyboard(open_page: Callable[..., Any], site: Site) -> None:
    services = site.node.services
    create_account(services, name="Farid", password=None, role="supervisor", clearance=Tlp.RED)
    for name, seen in (("Aminah", "1 of 2 people here have heard them."), ("Farid", "Introduced:")):
        page = open_page(signed_in=False)
        page.goto(f"/enter/{create_link(services, name)}")
        page.click("main button")
        page.wait_for_url("**/desk")
        keys = page.keyboard
        for key in ("g", "p"):
            keys.press(key)
        page.wait_for_url("**/peers")
        for key in ("j", "Enter"):
            keys.press(key)
        page.wait_for_url("**/peers/lintas:*")
        assert page.locator(".our-words li").count() == 12
        assert page.locator(".our-words li").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)") >= 20
        page.locator("#words").focus()
        keys.type("these are other words than theirs")
        keys.press("Tab")
        keys.type("Tan Sample")
        keys.press("Enter")
        expect(page.locator("#problem")).to_contain_text("not the words of this peer", timeout=20_000)
        assert Axe().run(page).response["violations"] == []
        assert page.locator("#person").input_value() == "Tan Sample"
        page.locator("#words").fill(site.words().upper())
        page.locator("#person").press("Enter")
        page.wait_for_url("**#introduction")
        expect(page.locator("#introduction")).to_contain_text(seen, timeout=20_000)
        assert Axe().run(page).response["violations"] == []


def test_a_suspended_peer_says_so_without_colour(open_page: Callable[..., Any], tmp_path: Path) -> None:
    with served(tmp_path) as other:
        create_account(other.node.services, name="Aminah", password=None, role="duty_officer", clearance=Tlp.RED)
        accuse(other.node.services, other.peer.services.keys.node, "altered", "It altered a message.", [b"bytes"])
        page = open_page(at=other, forced_colors="active", viewport={"width": 320, "height": 800})
        for at in ("/peers", "/outbox", other.peer_page):
            page.goto(at)
            assert "suspended" in page.locator(".standing").first.inner_text()
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert "It altered a message." in page.locator("#evidence").inner_text()
        assert Axe().run(page).response["violations"] == []
        page.context.close()
