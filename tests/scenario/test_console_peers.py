# SPDX-License-Identifier: Apache-2.0
"""Peers over two real nodes: nobody alone makes a peer live, and who may not change peers cannot."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.model.peering import Standing
from lintas.node.node import Node
from lintas.testing import shared_readers, two_nodes
from lintas.work.peering import accuse, describe
from lintas.work.witness.faults import alarm_self
from tests.scenario.agencies import PHONE, address, as_seen, chosen, id_of, released, second, standing, taken, words
from tests.scenario.browsing import Browser, officer

PEER_FORMS = ("words", "suspend", "resume", "remove", "incarnation", "address")


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as pair:
        yield pair


@pytest.fixture
def here(nodes: tuple[Node, Node]) -> Node:
    return nodes[0]


@pytest.fixture
def there(nodes: tuple[Node, Node]) -> Node:
    return nodes[1]


@pytest.fixture
def browser(here: Node) -> Iterator[Browser]:
    officer(here, password=None)
    with Browser(here) as opened:
        opened.enter(here)
        yield opened


def test_peers_are_listed_with_standing_and_flags(browser: Browser, here: Node, there: Node) -> None:
    here.services.links.note(id_of(there), last_error="Nobody answers.", unproven_since="2026-03-01T02:00:00.000Z")
    here.services.links.note(id_of(there), unproven_late=True)
    page = browser.get("/peers")
    for said in ("Sample crime desk", "SG", "unverified", "not connected", "Nobody answers.", "unproven"):
        assert said in page.text, said
    detail = browser.get(f"/peers/{id_of(there)}")
    assert "Unproven." in detail.text
    here.services.links.note(id_of(there), we_read=True)
    assert "⇄ connected" in browser.get("/peers").text


def test_a_history_of_ours_that_only_others_hold_is_an_alarm(browser: Browser, here: Node) -> None:
    assert "another history" not in browser.get("/peers").text
    alarm_self(here.services, "rollback", "A head of 900 entries is signed by this node, which has fewer.", [b"note"])
    page = browser.get("/peers")
    assert "Peers hold another history of this node." in page.text
    assert "A head of 900 entries" in page.text


def test_our_descriptor_is_given_and_added_elsewhere(tmp_path: Path) -> None:
    with two_nodes(tmp_path / "a") as (here, _), two_nodes(tmp_path / "b") as (other, _):
        officer(here, password=None)
        officer(other, password=None)
        with Browser(here) as giving, Browser(other) as adding:
            giving.enter(here)
            adding.enter(other)
            given = giving.get("/peers/descriptor")
            assert given.headers["content-disposition"].startswith('attachment; filename="lintas-my.descriptor.json"')
            assert given.data == describe(here.services)
            adding.get("/peers")
            sent = adding.post("/peers", files=[("file", ("d.json", given.data + b"\n", "application/json"))])
            assert sent.location == f"/peers/{id_of(here)}?added=new"
            page = adding.open(sent.location)
            assert "Nobody has heard its words yet" in page.text
            adding.get("/peers")
            again = adding.post("/peers", {"descriptor": given.data.decode()})
            assert again.location.endswith("added=known")
            assert "can be taken for" in adding.get("/peers").text  # both nodes are called the same


@pytest.mark.parametrize("document", ["", "   ", "{}", "nonsense", '{"keyid":"x"}', "\x00", "[" * 3000, "é" * 100])
def test_what_is_no_descriptor_is_told_and_adds_nobody(browser: Browser, here: Node, document: str) -> None:
    browser.get("/peers")
    page = browser.post("/peers", {"descriptor": document})
    assert page.status == 400, page.text
    assert 'role="alert"' in page.html
    assert len(here.services.store.read(lambda snapshot: snapshot.peers())) == 1


def test_an_altered_descriptor_and_our_own_are_refused(browser: Browser, here: Node, there: Node) -> None:
    good = describe(there.services).decode()
    for document in (good.replace("Sample crime", "Sample Crime"), describe(here.services).decode()):
        browser.get("/peers")
        assert browser.post("/peers", {"descriptor": document}).status == 400


def test_two_people_introduce_a_peer_and_one_does_not(browser: Browser, here: Node, there: Node) -> None:
    place = f"/peers/{id_of(there)}"
    page = browser.get(place)
    assert all(f"<li>{word}</li>" in page.html for word in words(here).split())
    assert words(there) not in page.text
    assert "0 of 2 people" in page.text
    spoken = "  ".join(words(there).upper().split())
    sent = browser.post(f"{place}/words", {"words": spoken, "person": "Tan Sample"})
    assert sent.location == f"{place}#introduction"
    page = browser.get(place)
    assert "1 of 2 people" in page.text and "from Tan Sample" in page.text and "by Aminah" in page.text
    assert f'action="{place}/words"' not in page.html
    assert standing(here, there) is Standing.UNVERIFIED
    again = browser.post(f"{place}/words", {"words": spoken, "person": "Tan Sample"})
    assert again.status == 400 and "already" in again.text
    with second(here, "Farid") as farid:
        farid.get(place)
        assert farid.post(f"{place}/words", {"words": words(there), "person": "Lim Sample"}).status == 303
        assert "Introduced:" in farid.get(place).text
    assert standing(here, there) is Standing.LIVE


def test_other_words_are_refused_and_kept_in_the_form(browser: Browser, here: Node, there: Node) -> None:
    place = f"/peers/{id_of(there)}"
    for heard in (words(here), " ".join(reversed(words(there).split())), words(there).rpartition(" ")[0], "", "é" * 50):
        browser.get(place)
        page = browser.post(f"{place}/words", {"words": heard, "person": "Tan Sample"})
        assert page.status == 400
        assert 'role="alert"' in page.html
        assert 'value="Tan Sample"' in page.html
        assert words(there) not in page.text
    browser.get(place)
    assert browser.post(f"{place}/words", {"words": words(there), "person": ""}).status == 400
    assert here.services.store.read(lambda snapshot: snapshot.confirmations(id_of(there))) == []


def test_a_peer_is_suspended_resumed_and_removed_with_a_ground(browser: Browser, here: Node, there: Node) -> None:
    place = f"/peers/{id_of(there)}"
    browser.get(place)
    assert browser.post(f"{place}/suspend", {"ground": "key_lost"}).status == 303
    page = browser.get(place)
    assert standing(here, there) is Standing.SUSPENDED
    assert "they lost a key, or it was stolen" in page.text
    assert browser.post(f"{place}/resume", {"ground": "Not A Code"}).status == 400
    browser.get(place)
    assert browser.post(f"{place}/resume", {"ground": "explained"}).status == 303
    browser.get(place)
    unsure = browser.post(f"{place}/remove", {"ground": "ended"})
    assert unsure.status == 400 and "Nothing was removed" in unsure.text
    browser.get(place)
    assert browser.post(f"{place}/remove", {"ground": "ended", "sure": "yes"}).status == 303
    assert standing(here, there) is Standing.REMOVED
    page = browser.get(place)
    assert "It was removed" in page.text and f'action="{place}/' not in page.html
    assert "Removed: 1" in browser.get("/peers").text


def test_a_new_life_of_a_log_takes_two_people(browser: Browser, here: Node, there: Node) -> None:
    place = f"/peers/{id_of(there)}"
    browser.get(place)
    assert browser.post(f"{place}/incarnation", {"incarnation": "xyz"}).status == 400
    browser.get(place)
    sent = browser.post(f"{place}/incarnation", {"incarnation": "ABCDEF0123456789"})
    assert "approved=1" in sent.location
    assert "A second person here has to accept" in browser.open(sent.location.partition("#")[0]).text
    browser.get(place)
    assert browser.post(f"{place}/incarnation", {"incarnation": "abcdef0123456789"}).status == 400
    with second(here, "Farid") as farid:
        farid.get(place)
        sent = farid.post(f"{place}/incarnation", {"incarnation": "abcdef0123456789"})
        assert "approved" not in sent.location
        assert "abcdef0123456789" in farid.get(place).text


def test_an_address_is_set_by_an_operator_too(browser: Browser, here: Node, there: Node) -> None:
    place = f"/peers/{id_of(there)}"
    with second(here, "Keeper", role="operator") as keeper:
        keeper.get(place)
        assert keeper.post(f"{place}/address", {"address": "https://peer.example.org:8418"}).status == 303
        assert "https://peer.example.org:8418" in keeper.get(place).text
        wrong = keeper.post(f"{place}/address", {"address": "ftp://nowhere"})
        assert wrong.status == 400 and "no address" in wrong.text


@pytest.mark.parametrize("role", ["operator", "analyst"])
def test_who_may_not_change_peers_sees_no_form_and_is_refused(
    browser: Browser, here: Node, there: Node, role: str
) -> None:
    place = f"/peers/{id_of(there)}"
    with second(here, "Somebody", role=role) as somebody:
        page = somebody.get(place)
        listed = somebody.get("/peers")
        assert page.status == listed.status == 200
        for form in set(PEER_FORMS) - {"address"}:
            assert f'action="{place}/{form}"' not in page.html
        assert 'action="/peers"' not in listed.html
        assert "Not with your role: to add, suspend or remove a peer is for" in listed.text
        fields = {
            "words": words(there),
            "person": "Tan Sample",
            "ground": "doubt",
            "sure": "yes",
            "incarnation": "abcdef0123456789",
            "address": "https://peer.example.org:8418",
            "descriptor": describe(there.services).decode(),
        }
        for form in PEER_FORMS:
            if (form, role) != ("address", "operator"):
                assert somebody.post(f"{place}/{form}", fields).status == 403, form
        assert somebody.post("/peers", fields).status == 403
    assert standing(here, there) is Standing.UNVERIFIED
    assert here.services.store.read(lambda snapshot: snapshot.confirmations(id_of(there))) == []


def test_no_form_of_a_peer_works_without_its_secret(browser: Browser, here: Node, there: Node) -> None:
    browser.get("/peers")
    for form in PEER_FORMS:
        assert browser.post(f"/peers/{id_of(there)}/{form}", {"ground": "doubt"}, secret="").status == 403
    assert standing(here, there) is Standing.UNVERIFIED


def test_an_operator_does_not_learn_who_read_the_words(browser: Browser, here: Node, there: Node) -> None:
    place = f"/peers/{id_of(there)}"
    browser.get(place)
    browser.post(f"{place}/words", {"words": words(there), "person": "Tan Sample"})
    with second(here, "Keeper", role="operator") as keeper:
        page = keeper.get(place)
        assert "1 of 2 people" in page.text
        assert "Tan Sample" not in page.html


def test_evidence_is_shown_and_opened_by_the_cleared_only(browser: Browser, here: Node, there: Node) -> None:
    accuse(here.services, id_of(there), "altered", "A message was <b>not</b> what was signed.", [b"bytes"])
    place = f"/peers/{id_of(there)}"
    page = browser.get(place)
    assert "Suspended" in page.text and "&lt;b&gt;not&lt;/b&gt;" in page.html
    (link,) = page.links("/message/")
    assert browser.get(link).status == 200
    assert "evidence: 1" in browser.get("/peers").text
    with second(here, "Clerk", clearance=Tlp.AMBER) as clerk:
        assert clerk.get(place).links("/message/") == []
        assert clerk.get(link).status == 404


@pytest.mark.parametrize("node", ["x", "lintas:" + "a" * 52, "%00", "%3Cscript%3E", "a" * 1500])
def test_a_peer_that_is_none_is_told(browser: Browser, node: str) -> None:
    assert browser.get(f"/peers/{node}").status == 404
    browser.get("/peers")
    assert browser.post(f"/peers/{node}/suspend", {"ground": "doubt"}).status == 404


def test_a_hostile_name_is_shown_and_never_run(tmp_path: Path) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    with two_nodes(tmp_path) as (here, _):
        officer(here, password=None)
        Node.create(tmp_path / "odd", name=hostile, country="SG", mode=Mode.EXERCISE, clock=here.services.clock)
        with (
            Node.open(tmp_path / "odd", clock=here.services.clock, readers=shared_readers()) as odd,
            Browser(here) as browser,
        ):
            browser.enter(here)
            browser.get("/peers")
            sent = browser.post("/peers", {"descriptor": describe(odd.services).decode()})
            assert sent.status == 303, sent.text
            pages = [browser.get(sent.location), browser.get("/peers"), browser.get("/outbox")]
            pages.append(chosen(browser, taken(here, f"call {PHONE}")))
            for page in pages:
                assert page.status == 200
                assert "<script>alert" not in page.html and "<img" not in page.html
                assert "&lt;script&gt;" in page.html


def test_nothing_goes_to_an_unverified_peer_of_a_live_node(tmp_path: Path) -> None:
    with two_nodes(tmp_path, mode=Mode.LIVE) as (here, there):
        officer(here, password=None)
        with Browser(here) as browser:
            browser.enter(here)
            page = chosen(browser, taken(here, f"call {PHONE}"))
            assert "EXERCISE" not in page.text
            assert "nobody has heard the words of" in page.text
            sent = browser.post(address(page), as_seen(page, to=id_of(there)))
            assert "1 refused" in browser.open(sent.location).text
            assert released(here) == []


def test_pages_of_exchange_hold_nothing_that_the_policy_forbids(browser: Browser, here: Node, there: Node) -> None:
    shared = chosen(browser, taken(here, f"call {PHONE}"))
    for page in (shared, *(browser.get(at) for at in ("/peers", f"/peers/{id_of(there)}", "/outbox"))):
        assert page.status == 200
        assert page.html.count("<h1") == 1
        assert "EXERCISE" in page.text
        for forbidden in (" style=", "<style", " onclick=", "javascript:", "hx-on"):
            assert forbidden not in page.html
