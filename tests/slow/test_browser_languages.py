# SPDX-License-Identifier: Apache-2.0
"""Pages of the desk in a real browser, in each language: nothing runs over its edge, no script is needed to switch."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from lintas.model.desk import Step
from lintas.model.marking import Tlp
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, two_nodes
from lintas.web.console.language import TONGUES
from lintas.work.accounts import create_account, create_link
from lintas.work.cases import open_case
from lintas.work.clocks import settle_clocks
from tests.scenario.threads import ask, head_of, say
from tests.slow.test_browser_sign_in import chromium, served

__all__ = ["chromium"]  # the fixture

pytestmark = [pytest.mark.ring("chromium"), pytest.mark.slow, pytest.mark.timeout(300)]

SIZES: Final = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
LIVE: Final = {"en": "Live", "ms": "Langsung", "th": "สด", "zh": "实时"}
PAGES: Final = ("/report", "/reports", "/requests", "/cases", "/hand-over", "/duty", "/approvals", "/nothing-here")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, list[str], str]]:
    """A desk with requests of each side, one past its time, and a case; addresses of pages about them."""
    clock = FakeClock()
    folder = tmp_path_factory.mktemp("languages")
    with two_nodes(folder, clock=clock) as (here, there), served(here) as port:
        create_account(here.services, name="Aminah", password=None, role="duty_officer", clearance=Tlp.RED)
        refs = [ask(there, here), ask(there, here), ask(here, there)]
        say(here, refs[1], Step.ACKNOWLEDGED, there)
        case = open_case(here.services, OFFICER, "Contoh", kind="investment", short="Two victims", lang="en")
        clock.forward(minutes=6)
        settle_clocks(here.services)
        about = [f"/requests/{head_of(here, ref).message}" for ref in refs]
        letters = [f"{address}/letter" for address in about[:1]]
        calls = [f"/duty/{head_of(here, refs[0]).message}/call"]
        yield here, [*PAGES, *about, *letters, *calls, f"/cases/{case.ref}"], f"http://localhost:{port}"


def enter(page: Any, node: Node, code: str) -> None:
    """Sign in by a link, and choose a language on the page that follows."""
    page.goto(f"/enter/{create_link(node.services, 'Aminah')}")
    page.locator("main button").first.click()
    page.goto("/requests")
    page.locator(f'.tongues button[value="{code}"]').click()


@pytest.mark.parametrize(
    ("code", "size"),
    [
        # what fits a phone fits a desk; Malay has the longest words
        (code, size) if size == "phone" or code == "ms" else pytest.param(code, size, marks=pytest.mark.soak)
        for code in sorted(TONGUES)
        for size in sorted(SIZES)
    ],
)
def test_no_page_of_the_desk_runs_over_its_edge(
    chromium: Any, site: tuple[Node, list[str], str], code: str, size: str
) -> None:
    node, addresses, base = site
    context = chromium.new_context(base_url=base, viewport=SIZES[size])
    page = context.new_page()
    enter(page, node, code)
    wrong = []
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == (404 if address == "/nothing-here" else 200), address
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        said = page.evaluate("document.documentElement.lang")
        if over > 0 or said != TONGUES[code].tag:
            wrong.append((address, over, said))
    context.close()
    assert wrong == []


@pytest.mark.parametrize("code", sorted(TONGUES))
def test_the_script_speaks_as_the_page_does(chromium: Any, site: tuple[Node, list[str], str], code: str) -> None:
    node, _, base = site
    context = chromium.new_context(base_url=base)
    page = context.new_page()
    enter(page, node, code)
    page.goto("/duty")
    expect(page.get_by_text(LIVE[code], exact=True)).to_be_visible()
    context.close()


def test_the_switch_needs_no_scripts(chromium: Any, site: tuple[Node, list[str], str]) -> None:
    _, _, base = site
    context = chromium.new_context(base_url=base, java_script_enabled=False)
    page = context.new_page()
    page.goto("/sign-in")
    for code, heading in (("th", "เข้าสู่ระบบ"), ("zh", "登录"), ("ms", "Log masuk"), ("en", "Sign in")):
        page.locator(f'.tongues button[value="{code}"]').click()
        expect(page.locator("h1")).to_have_text(heading)
    context.close()
