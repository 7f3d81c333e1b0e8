# SPDX-License-Identifier: Apache-2.0
"""Approvals in the console: proposed on the Share page, confirmed and approved by passkey, reviewed when done alone."""

import html
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from lintas.crypto.passkeys import SoftPasskey
from lintas.limits import REVIEW_S_MAX
from lintas.model.marking import Protected
from lintas.model.peering import Standing
from lintas.node.node import Node
from lintas.testing import FakeClock, two_nodes
from lintas.work.accounts import create_link
from lintas.work.orders import propose, settle_orders
from lintas.work.peering import suspend_peer
from tests.scenario.agencies import address, as_seen, chosen, standing, words
from tests.scenario.browsing import Browser, Page
from tests.scenario.deciding import Person, drawn, enrol, people, sharing, taken
from tests.scenario.test_orders import allow_alone, sent

HERE = {"host": "localhost"}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def nodes(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path, clock=clock) as pair:
        yield pair


@pytest.fixture
def doors() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def browser_of(doors: ExitStack, person: Person) -> Browser:
    opened = doors.enter_context(Browser(person.node))
    link = f"/enter/{create_link(person.node.services, person.id)}"
    opened.get(link)
    assert opened.post(link).status == 303
    return opened


def staff(node: Node, *named: str) -> list[Person]:
    """People whose passkeys work on this page."""
    found = people(node, *named)
    return [replace(one, passkey=at_home(node, one)) for one in found]


def at_home(node: Node, person: Person) -> SoftPasskey:
    made = SoftPasskey(drawn(f"home {person.id}"), "localhost", "http://localhost")
    order = "0" * 64  # the log's checks are not what these tests look at
    enrol(node, person.id, made, vouched_by=order)
    return made


def opened(browser: Browser, order: str) -> Page:
    return browser.get(f"/approvals/{order}", headers=HERE)


def offered(page: Page) -> dict[str, dict[str, object]]:
    """What the page asks of a passkey, by verdict."""
    forms = re.findall(r'data-assent="([^"]*)">.*?name="verdict" value="(\w+)"', page.html, re.DOTALL)
    return {verdict: json.loads(html.unescape(asked)) for asked, verdict in forms}


def says(browser: Browser, person: Person, order: str, verdict: str) -> Page:
    page = opened(browser, order)
    asked = offered(page)[verdict]
    given = json.dumps(person.passkey.answer_json(asked))
    sent = browser.post(f"/approvals/{order}", {"verdict": verdict, "answer": given})
    return opened(browser, order) if sent.status == 303 else sent


def test_share_goes_through_a_proposal_and_a_passkey(nodes: tuple[Node, Node], doors: ExitStack) -> None:
    here, there = nodes
    message = taken(here)
    (person,) = staff(here, "Aminah")
    browser = browser_of(doors, person)
    form = chosen(browser, message)
    assert "you confirm it with your passkey" in form.text
    proposed = browser.post(address(form), as_seen(form, to=there.services.keys.node))
    assert proposed.status == 303
    assert proposed.location.startswith("/approvals/")
    assert sent(here) == 0
    order = proposed.location.removeprefix("/approvals/")
    page = opened(browser, order)
    assert "Sample crime desk: 1 of 1 may go" in page.text
    assert set(offered(page)) == {"confirmed", "refused"}
    done = says(browser, person, order, "confirmed")
    assert "Done." in done.text
    assert sent(here) == 1


def test_a_second_person_approves_and_the_first_may_not(nodes: tuple[Node, Node], doors: ExitStack) -> None:
    here, there = nodes
    message = taken(here, classes=[Protected.CHILD])
    person, other = staff(here, "Aminah", "Budi")
    first, second = browser_of(doors, person), browser_of(doors, other)
    order = propose(here.services, person.viewer(), "share", sharing(message, there)).id
    assert "only who proposed it confirms it" in opened(second, order).text
    says(first, person, order, "confirmed")
    mine = opened(first, order)
    assert "nobody answers for a second person" in mine.text
    assert set(offered(mine)) == {"refused"}
    assert "1 decision waits for you" in second.get("/desk").text
    assert order in second.get("/approvals").html
    assert "Done." in says(second, other, order, "approved").text
    assert sent(here) == 1
    assert "Nothing waits for your passkey" in second.get("/approvals").text


def test_no_answer_without_a_passkey(nodes: tuple[Node, Node], doors: ExitStack) -> None:
    here, there = nodes
    (person,) = staff(here, "Aminah")
    browser = browser_of(doors, person)
    order = propose(here.services, person.viewer(), "share", sharing(taken(here), there)).id
    for given in (
        "",
        "{}",
        "nonsense",
        "[" * 20_000,
        '{"rawId": "AA", "response": {}}',
        json.dumps(person.passkey.answer_json(b"x")),
    ):
        opened(browser, order)
        page = browser.post(f"/approvals/{order}", {"verdict": "confirmed", "answer": given})
        assert page.status in {400, 403}, given
    assert sent(here) == 0


def test_what_changed_is_told_and_proposed_anew(nodes: tuple[Node, Node], doors: ExitStack) -> None:
    here, there = nodes
    person, _ = staff(here, "Aminah", "Budi")
    browser = browser_of(doors, person)
    order = propose(here.services, person.viewer(), "share", sharing(taken(here), there)).id
    suspend_peer(here.services, person.viewer(), there.services.keys.node, "doubt")
    page = opened(browser, order)
    assert "It is not what was shown any more" in page.text
    again = browser.post(f"/approvals/{order}/again", {})
    assert again.status == 303
    assert again.location != f"/approvals/{order}"


def test_done_alone_stands_on_the_desk_until_it_is_reviewed(
    nodes: tuple[Node, Node], doors: ExitStack, clock: FakeClock
) -> None:
    here, there = nodes
    allow_alone(here, "share")
    message = taken(here, classes=[Protected.CHILD])
    person, other = staff(here, "Aminah", "Budi")
    first, second = browser_of(doors, person), browser_of(doors, other)
    order = propose(here.services, person.viewer(), "share", sharing(message, there)).id
    assert "It cannot wait for a second person" in opened(first, order).text
    sent_on = first.post(f"/approvals/{order}/again", {"ground": "The child is at risk tonight"})
    order = sent_on.location.removeprefix("/approvals/")
    assert "review due in 1 h" in says(first, person, order, "alone").text.lower()
    assert sent(here) == 1
    clock.forward(seconds=REVIEW_S_MAX + 61 * 60 - 60)
    settle_orders(here.services)
    second = browser_of(doors, other)
    assert "Done alone, not reviewed" in second.get("/desk").text
    assert "review overdue for 1 h" in second.get("/approvals").text
    assert "a second person found it wrong" in says(second, other, order, "objected").text
    assert "Done alone, not reviewed" not in second.get("/desk").text


def test_an_operator_sees_orders_about_the_node_and_none_about_messages(
    nodes: tuple[Node, Node], doors: ExitStack
) -> None:
    here, there = nodes
    boss, operator = staff(here, "Aminah supervisor", "Omar operator")
    about = propose(here.services, boss.viewer(), "share", sharing(taken(here), there)).id
    keys = propose(here.services, boss.viewer(), "keys.change", {"what": ["tls"], "revoke": False}).id
    browser = browser_of(doors, operator)
    page = browser.get("/approvals")
    assert page.status == 200
    assert keys in page.html
    assert about not in page.html
    assert opened(browser, about).status == 404
    assert "Put new keys in the place of tls" in opened(browser, keys).text


def test_new_keys_and_another_policy_are_proposed_here(nodes: tuple[Node, Node], doors: ExitStack) -> None:
    here, _ = nodes
    boss, _ = staff(here, "Aminah supervisor", "Budi supervisor")
    browser = browser_of(doors, boss)
    browser.get("/approvals")
    assert browser.post("/approvals", {"action": "keys.change", "what": ["tls", "log"]}).status == 303
    browser.get("/approvals")
    assert browser.post("/approvals", {"action": "policy.change", "digest": "ab" * 32}).status == 303
    browser.get("/approvals")
    assert browser.post("/approvals", {"action": "policy.change", "digest": "nonsense"}).status == 400
    browser.get("/approvals")
    assert browser.post("/approvals", {"action": "share"}).status == 400


def test_a_role_that_decides_nothing_is_not_let_in(nodes: tuple[Node, Node], doors: ExitStack) -> None:
    here, _ = nodes
    (trainer,) = staff(here, "Tuan trainer")
    browser = browser_of(doors, trainer)
    assert browser.get("/approvals").status == 403


def test_a_peer_is_introduced_by_two_passkeys(nodes: tuple[Node, Node], doors: ExitStack) -> None:
    here, there = nodes
    first, second = staff(here, "Aminah", "Budi")
    place = f"/peers/{there.services.keys.node}"
    for person in (first, second):
        browser = browser_of(doors, person)
        browser.get(place)
        wrong = browser.post(f"{place}/words", {"words": "not these words", "person": "Ravi"})
        assert wrong.status == 400
        browser.get(place)
        proposed = browser.post(f"{place}/words", {"words": words(there), "person": "Ravi"})
        assert proposed.status == 303, proposed.text
        order = proposed.location.removeprefix("/approvals/")
        assert "Ravi" in opened(browser, order).text
        assert standing(here, there) is Standing.UNVERIFIED
        says(browser, person, order, "confirmed")
    assert standing(here, there) is Standing.LIVE


def test_a_suspended_peer_is_resumed_by_passkey(nodes: tuple[Node, Node], doors: ExitStack) -> None:
    here, there = nodes
    (person,) = staff(here, "Aminah")
    browser = browser_of(doors, person)
    place = f"/peers/{there.services.keys.node}"
    suspend_peer(here.services, person.viewer(), there.services.keys.node, "doubt")
    browser.get(place)
    proposed = browser.post(f"{place}/resume", {"ground": "explained"})
    assert standing(here, there) is Standing.SUSPENDED
    says(browser, person, proposed.location.removeprefix("/approvals/"), "confirmed")
    assert standing(here, there) is not Standing.SUSPENDED
