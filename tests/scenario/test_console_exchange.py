# SPDX-License-Identifier: Apache-2.0
"""Share, Outbox and Peers over two real nodes: nothing leaves unseen, nobody alone makes a peer live."""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from lintas.crypto.words import words_of
from lintas.model.header import Mode
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import ReceiptState, Standing
from lintas.model.reading import Rejected
from lintas.node.node import Node
from lintas.ports.store import Transaction
from lintas.testing import OFFICER, carry, two_nodes
from lintas.work.exchange import tell
from lintas.work.exchange.receipts import place_receipts
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.peering import accuse, describe, own_keys
from lintas.work.services import no_progress
from lintas.work.sharing import outbox, share
from lintas.work.witness.faults import alarm_self
from tests.scenario.browsing import Browser, Page, officer

PHONE = "+60123456789"
AMBER = Marking(tlp=Tlp.AMBER)
RED = Marking(tlp=Tlp.RED)
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


def second(node: Node, name: str, *, role: str = "duty_officer", clearance: Tlp = Tlp.RED) -> Browser:
    """Another person's browser, signed in; the caller closes it."""
    officer(node, name, role=role, clearance=clearance, password=None)
    opened = Browser(node)
    opened.enter(node, name)
    return opened


def id_of(node: Node) -> str:
    return node.services.keys.node


def words(node: Node) -> str:
    """What a node's people read out."""
    return node.services.store.read(lambda snapshot: words_of(own_keys(node.services, snapshot).root))


def standing(node: Node, peer: Node) -> Standing:
    """How a peer stands at a node."""
    found = node.services.store.read(lambda snapshot: snapshot.peer(id_of(peer)))
    assert found is not None
    return found.standing


def taken(node: Node, text: str, marking: Marking = AMBER) -> str:
    """Take a text in; returns its message."""
    file = TakenFile(name="note.txt", data=text.encode())
    done = take(node.services, OFFICER, [file], options=TakeOptions(marking=marking), progress=no_progress)
    return done.messages[0]


def size_of(node: Node) -> int:
    return node.services.store.read(lambda snapshot: snapshot.size())


def chosen(browser: Browser, message: str) -> Page:
    """Press “Share…” on a message's page."""
    browser.get(f"/message/{message}")
    sent = browser.post("/share", {"message": message})
    assert sent.status == 303, sent.text
    return browser.open(sent.location)


def address(page: Page) -> str:
    """Where the Share form is sent."""
    found = re.search(r'class="share-form" method="post" action="([^"]+)"', page.html)
    assert found is not None
    return found.group(1)


def looked_at(page: Page) -> str:
    """What the preview on a page was for."""
    found = re.search(r'name="looked_at" value="([^"]*)"', page.html)
    assert found is not None
    return unescape(found.group(1))


def as_seen(page: Page, **fields: str) -> dict[str, str]:
    """The form as the page shows it, with some fields filled in."""
    purpose, basis = looked_at(page).split(" ")
    return {"for": purpose, "basis": basis, "looked_at": looked_at(page), **fields}


def released(node: Node) -> list[str]:
    """Local messages that were released, newest first."""
    return [line.message for line in outbox(node.services, OFFICER, only_items=True).lines]


# --- Share ---


def test_a_message_is_shared_with_the_peer_that_is_ticked(browser: Browser, here: Node, there: Node) -> None:
    message = taken(here, f"call {PHONE}")
    assert 'action="/share"' in browser.get(f"/message/{message}").html
    page = chosen(browser, message)
    assert "Nothing has been sent" in page.text
    assert "Sample crime desk" in page.text
    assert "Will see it" in page.text
    assert released(here) == []
    sent = browser.post(address(page), as_seen(page, to=id_of(there)))
    assert sent.status == 303
    done = browser.open(sent.location)
    assert "1 released" in done.text
    assert done.links("/outbox?peer=")
    assert released(here) == [message]
    assert carry(here, there) == 1


def test_the_preview_alone_releases_nothing(browser: Browser, here: Node, there: Node) -> None:
    page = chosen(browser, taken(here, f"call {PHONE}"))
    for headers in ({}, {"hx-request": "true"}):
        look = browser.post(f"{address(page)}/preview", as_seen(page, to=id_of(there)), headers=headers)
        assert look.status == 200
        assert "Will see it" in look.text
    assert released(here) == []
    assert carry(here, there) == 0


def test_the_preview_in_place_is_a_part_of_the_page_and_keeps_the_ticks(
    browser: Browser, here: Node, there: Node
) -> None:
    page = chosen(browser, taken(here, f"call {PHONE}"))
    fields = as_seen(page, to=id_of(there), basis="asean_mlat")
    part = browser.post(f"{address(page)}/preview", fields, headers={"hx-request": "true"})
    assert "<html" not in part.html
    assert looked_at(part).endswith(" asean_mlat")
    assert re.search(rf'value="{id_of(there)}"[^>]* checked', part.html)
    assert 'id="who-said"' in part.html


def test_tlp_red_stays_home_and_the_page_says_why(browser: Browser, here: Node, there: Node) -> None:
    message = taken(here, f"call {PHONE}", RED)
    page = chosen(browser, message)
    assert "Will not see it" in page.text
    assert "it is TLP:RED" in page.text
    assert re.search(rf'value="{id_of(there)}"[^>]* disabled', page.html)
    sent = browser.post(address(page), as_seen(page, to=id_of(there)))  # as if the box had been forced
    done = browser.open(sent.location)
    assert "1 refused" in done.text and "it is TLP:RED" in done.text
    assert released(here) == []


def test_some_of_several_are_counted_by_reason(browser: Browser, here: Node, there: Node) -> None:
    texts = [taken(here, f"call {PHONE} {number}") for number in range(2)] + [taken(here, f"hide {PHONE}", RED)]
    browser.find(PHONE)
    page = browser.open(browser.post("/share", {"message": texts}).location)
    assert "3 messages, marked at most TLP:RED" in page.text
    assert "Will see 2 of 3" in page.text
    assert "1 not: it is TLP:RED" in page.text
    done = browser.open(browser.post(address(page), as_seen(page, to=id_of(there))).location)
    assert "2 released" in done.text and "1 refused" in done.text
    assert sorted(released(here)) == sorted(texts[:2])


def test_what_was_not_looked_at_is_not_sent(browser: Browser, here: Node, there: Node) -> None:
    page = chosen(browser, taken(here, f"call {PHONE}"))
    for fields in (
        as_seen(page, to=id_of(there), basis="asean_mlat"),
        as_seen(page, to=id_of(there), **{"for": "prosecution"}),
        as_seen(page, to=id_of(there), looked_at=""),
    ):
        again = browser.post(address(page), fields)
        assert again.status == 400
        assert "Nothing was sent" in again.text
        assert 'role="alert"' in again.html
    assert released(here) == []


def test_nobody_ticked_is_nobody(browser: Browser, here: Node) -> None:
    page = chosen(browser, taken(here, f"call {PHONE}"))
    refused = browser.post(address(page), as_seen(page))
    assert refused.status == 400
    assert "nobody gets it" in refused.text
    assert released(here) == []


def test_a_stranger_cannot_be_ticked(browser: Browser, here: Node) -> None:
    page = chosen(browser, taken(here, f"call {PHONE}"))
    assert browser.post(address(page), as_seen(page, to="lintas:" + "a" * 52)).status == 404
    assert released(here) == []


def test_the_law_that_decides_is_chosen_and_told_where_it_is_unconfirmed(
    browser: Browser, here: Node, there: Node
) -> None:
    page = chosen(browser, taken(here, f"call {PHONE}"))
    profile = here.services.packs.law.of("MY")
    for code, basis in profile.bases.items():
        assert f'value="{code}"' in page.html
        assert basis.label in page.text
    assert re.search(rf'value="{profile.default_purpose}" selected', page.html)
    assert re.search(rf'value="{profile.default_basis}" selected', page.html)
    assert "Unconfirmed by any source" in page.text
    wrong = browser.post(f"{address(page)}/preview", as_seen(page, **{"for": "prosecution"}))
    assert "Will not see it" in wrong.text and "does not serve the purpose" in wrong.text


def test_urgent_goes_into_the_alert_lane(browser: Browser, here: Node, there: Node) -> None:
    page = chosen(browser, taken(here, f"call {PHONE}"))
    browser.post(address(page), as_seen(page, to=id_of(there), urgent="yes"))
    (line,) = outbox(here.services, OFFICER, only_items=True).lines
    assert line.lane == "alert"


def test_sharing_again_says_that_it_is_there_already(browser: Browser, here: Node, there: Node) -> None:
    message = taken(here, f"call {PHONE}")
    page = chosen(browser, message)
    browser.post(address(page), as_seen(page, to=id_of(there)))
    again = chosen(browser, message)
    assert "Has it already" in again.text
    assert re.search(rf'value="{id_of(there)}"[^>]* disabled', again.html)


def test_a_taken_file_is_shared_whole(browser: Browser, here: Node, there: Node) -> None:
    browser.get("/take")
    files = [("files", (f"{name}.txt", f"call {PHONE} {name}".encode(), "text/plain")) for name in ("one", "two")]
    page = browser.open(browser.post("/take", {"tlp": "AMBER"}, files=files).location)
    intakes = re.findall(r'name="message" value="([0-9a-f]{64})"', page.html)
    assert len(intakes) == 2
    shown = browser.open(browser.post("/share", {"message": intakes}).location)
    assert "2 messages" in shown.text
    browser.post(address(shown), as_seen(shown, to=id_of(there)))
    assert len(released(here)) == 2


def test_find_results_carry_a_box_for_each_message(browser: Browser, here: Node) -> None:
    message = taken(here, f"call {PHONE}")
    page = browser.find(PHONE)
    assert f'form="share-ticked" name="message" value="{message}"' in page.html
    assert '<form id="share-ticked" method="post" action="/share">' in page.html
    assert browser.post("/share", {}).status == 400  # nothing ticked


def test_a_hidden_message_is_never_shown_and_never_shared(browser: Browser, here: Node, there: Node) -> None:
    secret = taken(here, f"the hidden number is {PHONE}")
    before = released(here)
    with second(here, "Clerk", clearance=Tlp.GREEN) as clerk:
        clerk.get("/find")
        sent = clerk.post("/share", {"message": secret})
        page = clerk.get(sent.location)
        assert page.status == 404
        assert "that you may see" in page.text
        assert "hidden number" not in page.text and PHONE not in page.text
        clerk.get("/find")
        for place in ("", "/preview"):
            fields = {"to": id_of(there), "for": "", "basis": "", "looked_at": ""}
            assert clerk.post(f"{sent.location}{place}", fields).status == 404
    assert released(here) == before


def test_what_one_person_chose_no_other_sees(browser: Browser, here: Node, there: Node) -> None:
    page = chosen(browser, taken(here, f"call {PHONE}"))
    done = browser.post(address(page), as_seen(page, to=id_of(there))).location
    with second(here, "Other") as other:
        assert other.get(address(page)).status == 404
        assert other.get(done).status == 404
        other.get("/find")
        assert other.post(address(page), as_seen(page, to=id_of(there))).status == 404


@pytest.mark.parametrize("message", ["nonsense", "0" * 64, "<script>alert(1)</script>"])
def test_what_is_no_message_is_told(browser: Browser, message: str) -> None:
    browser.get("/find")
    page = browser.get(browser.post("/share", {"message": message}).location)
    assert page.status == 404
    assert "<script>alert" not in page.html


def test_no_step_of_sharing_works_without_the_forms_secret(browser: Browser, here: Node, there: Node) -> None:
    message = taken(here, f"call {PHONE}")
    page = chosen(browser, message)
    for place in ("/share", address(page), f"{address(page)}/preview"):
        assert browser.post(place, as_seen(page, to=id_of(there), message=message), secret="0" * 64).status == 403
    assert released(here) == []


def test_an_operator_neither_shares_nor_sees_the_outbox(browser: Browser, here: Node, there: Node) -> None:
    message = taken(here, f"call {PHONE}")
    share(here.services, OFFICER, [message], to=[id_of(there)])
    with second(here, "Keeper", role="operator") as keeper:
        assert keeper.get("/outbox").status == 403
        assert keeper.get("/outbox/stream", {"accept": "text/event-stream"}).status == 403
        keeper.get("/find")
        page = keeper.get(keeper.post("/share", {"message": message}).location)
        assert page.status == 403
        assert keeper.get("/peers").status == 200


def test_each_look_is_in_the_log_before_the_page_leaves(browser: Browser, here: Node) -> None:
    message = taken(here, f"call {PHONE}")
    browser.get(f"/message/{message}")
    place = browser.post("/share", {"message": message}).location
    before = size_of(here)
    browser.get(place)
    headers = here.services.store.read(lambda s: [json.loads(e.header) for e in s.entries(before, s.size())])
    assert headers and {header["kind"] for header in headers} == {"access"}


# --- Outbox ---


def test_the_outbox_follows_a_message_to_the_desk(browser: Browser, here: Node, there: Node) -> None:
    message = taken(here, f"call {PHONE}")
    (line,) = share(here.services, OFFICER, [message], to=[id_of(there)]).released
    page = browser.get("/outbox")
    assert "on its way" in page.text
    assert "1 on its way" in page.text  # the peer's lag
    assert page.links(f"/message/{message}")
    carry(here, there)
    carry(there, here)
    assert "✓ stored" in browser.get("/outbox").text
    tell(there.services, MessageId(line.released), ReceiptState.SHOWN, OFFICER.id)
    carry(there, here)
    page = browser.get("/outbox")
    assert "shown to desk duty" in page.text
    assert "has all" in page.text


def test_what_was_refused_or_not_used_there_is_told(browser: Browser, here: Node, there: Node) -> None:
    messages = [taken(here, f"call {PHONE} {number}") for number in range(2)]
    lines = share(here.services, OFFICER, messages, to=[id_of(there)]).released
    carry(here, there)
    rejected = {MessageId(lines[0].released): [Rejected(id=f"row {number}", reason="no <b>") for number in range(5)]}

    def answer(tx: Transaction) -> None:
        peer = tx.peer(id_of(here))
        assert peer is not None
        place_receipts(there.services, tx, peer, [], ReceiptState.STORED, rejected=rejected)
        refused = [MessageId(lines[1].released)]
        place_receipts(there.services, tx, peer, refused, ReceiptState.REFUSED, ground="not_for_us")

    there.services.store.write(answer)
    carry(there, here)
    page = browser.get("/outbox")
    assert "5 parts not used there: row 0: no <b> ; row 1: no <b> ; row 2: no <b> …" in page.text
    assert "<b>" not in page.html.replace("<bdi>", "")
    assert "refused there: not for us" in page.text


def test_the_outbox_is_filtered_by_peer_and_knows_no_stranger(browser: Browser, here: Node, there: Node) -> None:
    share(here.services, OFFICER, [taken(here, f"call {PHONE}")], to=[id_of(there)])
    page = browser.get(f"/outbox?peer={id_of(there)}")
    assert "Released to Sample crime desk" in page.text
    assert "on its way" in page.text
    assert browser.get(f"/outbox?peer={id_of(here)}").status == 404
    assert browser.get("/outbox?peer=%3Cscript%3E").status == 404


def test_the_outbox_is_paged_and_leaves_receipts_out(browser: Browser, here: Node, there: Node) -> None:
    share(there.services, OFFICER, [taken(there, f"back {PHONE}")], to=[id_of(here)])
    carry(there, here)  # which puts a receipt into our stream
    share(here.services, OFFICER, [taken(here, f"call {PHONE} {number}") for number in range(53)], to=[id_of(there)])
    first = browser.get("/outbox")
    assert len(re.findall(r'<span data-row-host><a class="mono"', first.html)) == 50
    (older,) = first.links("/outbox?before=")
    rest = browser.get(older)
    assert len(re.findall(r'<span data-row-host><a class="mono"', rest.html)) == 3
    assert rest.links("/outbox?before=") == []


def test_the_outbox_hides_what_one_is_not_cleared_for(browser: Browser, here: Node, there: Node) -> None:
    message = taken(here, f"call {PHONE}")
    (line,) = share(here.services, OFFICER, [message], to=[id_of(there)]).released
    with second(here, "Clerk", clearance=Tlp.GREEN) as clerk:
        page = clerk.get("/outbox")
        assert message not in page.html and line.released not in page.html
        assert "Nothing that you may see" in page.text


# --- Peers ---


def test_peers_are_listed_with_standing_and_flags(browser: Browser, here: Node, there: Node) -> None:
    here.services.links.note(id_of(there), last_error="Nobody answers.", unproven_since="2026-03-01T02:00:00.000Z")
    here.services.links.note(id_of(there), unproven_late=True)
    page = browser.get("/peers")
    for words_ in ("Sample crime desk", "SG", "unverified", "not connected", "Nobody answers.", "unproven"):
        assert words_ in page.text, words_
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
        assert "decides whom this node talks to" in listed.text
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
        with Node.open(tmp_path / "odd", clock=here.services.clock) as odd, Browser(here) as browser:
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
