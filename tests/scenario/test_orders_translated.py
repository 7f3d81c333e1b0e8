# SPDX-License-Identifier: Apache-2.0
"""What waits for a passkey is said in the reader's language: on Approvals, on an order's own page, on the phone."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Final

import pytest

from lintas.model.marking import Protected
from lintas.node.node import Node
from lintas.testing import two_nodes
from lintas.web.console.language import TONGUES
from lintas.work.orders import propose, show_order
from lintas.work.peering import suspend_peer
from lintas.work.protecting import add_class
from tests.scenario.browsing import Browser
from tests.scenario.deciding import Person, sharing, taken
from tests.scenario.test_console_approvals import HERE, browser_of, opened, says, staff
from tests.scenario.test_console_translated import UNREAD, language_of, left_in_english

OTHERS: Final = sorted(set(TONGUES) - {"en"})
READ: Final = UNREAD - {"bdi"}  # an order's words stand there, beside names
LAST: Final = "ab" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A node where something of each kind waits, and the one who proposed it."""

    node: Node
    boss: Person
    orders: tuple[str, ...]
    changed: str  # one of them, about what is not any more as it was shown
    browser: Browser
    second: Browser  # of who may approve


def waiting(here: Node, there: Node, boss: Person) -> Iterator[tuple[str, dict[str, object]]]:
    """Each action that a supervisor proposes on the pages."""
    several = [taken(here, text=f"Parcel {number}", classes=[Protected.CHILD]) for number in range(2)]
    for messages in (several[:1], several):
        yield "class.release", {"class": "child", "messages": messages}
        yield "unmask", {"messages": messages, "purpose": "identification"}
        yield "export", {"messages": messages}
        yield "share", sharing(messages[0], there) | {"messages": messages}
    yield "keys.change", {"what": ["tls", "log"], "revoke": True}
    yield "keys.change", {"what": ["tls"], "revoke": False}
    yield "policy.change", {"digest": LAST}
    add = {"do": "add", "name": "Lee", "role": "analyst", "clearance": "AMBER"}
    yield "people.change", add | {"opens": []}
    yield "people.change", add | {"opens": ["str"]}
    for do in ({"do": "close"}, {"do": "passkey"}, {"do": "lost"}, {"do": "role", "role": "analyst"}):
        yield "people.change", {"account": "Budi", **do}
    yield "own.access", {"do": "passkey", "account": boss.id}
    suspend_peer(here.services, boss.viewer(), there.services.keys.node, "doubt")
    yield "peers.answer", {"what": "resume", "node": there.services.keys.node, "ground": "explained"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with two_nodes(tmp_path_factory.mktemp("orders")) as (here, there), ExitStack() as doors:
        boss, other, _ = staff(here, "Aminah supervisor", "Chai supervisor", "Budi")
        first, second = browser_of(doors, boss), browser_of(doors, other)
        made = []
        for action, said in waiting(here, there, boss):
            made.append(propose(here.services, boss.viewer(), action, said).id)
            if action == "class.release":
                assert "waits for a second person" in says(first, boss, made[-1], "confirmed").text.lower()
        changed = made[1]  # of one message that is of one more class now
        add_class(
            here.services, boss.viewer(), show_order(here.services, boss.viewer(), changed).messages[:1], "victim"
        )
        yield Site(node=here, boss=boss, orders=tuple(made), changed=changed, browser=first, second=second)


@pytest.mark.parametrize("code", OTHERS)
def test_no_order_is_shown_in_english(site: Site, code: str) -> None:
    language_of(site.browser, code)
    wrong = {}
    for order in site.orders:
        page = opened(site.browser, order)
        assert page.status == 200, page.text
        if left := left_in_english(page, code, READ):
            wrong[order] = left
    assert wrong == {}


@pytest.mark.parametrize("address", ["/approvals", "/duty", "/desk"])
@pytest.mark.parametrize("code", OTHERS)
def test_no_list_of_orders_is_in_english(site: Site, code: str, address: str) -> None:
    for browser in (site.browser, site.second):
        language_of(browser, code)
        page = browser.get(address, headers=HERE)
        assert page.status == 200, page.text
        assert left_in_english(page, code, READ) == []


def test_english_stays_in_what_is_kept(site: Site) -> None:
    said = {show_order(site.node.services, site.boss.viewer(), one).line.summary for one in site.orders}
    assert {
        "Take 2 messages out of the class child",
        "See what is masked in 2 messages",
        "Save 1 message to be carried elsewhere",
        "Put new keys in the place of tls",
        f"Put the access policy {LAST[:16]}… into force",
        "Let yourself enrol one more passkey",
        "Go on with Sample crime desk, which is suspended",
    } <= said
    assert any(one.startswith("Close the account of Budi (") for one in said)


def test_what_changed_is_named_in_the_readers_language(site: Site) -> None:
    language_of(site.browser, "th")
    page = opened(site.browser, site.changed)
    assert "ข้อความที่เกี่ยวข้อง" in page.text
    assert "the messages" not in page.text
