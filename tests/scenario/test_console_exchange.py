# SPDX-License-Identifier: Apache-2.0
"""Share and Outbox over two real nodes: nothing leaves that was not looked at first."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import ReceiptState
from lintas.model.reading import Rejected
from lintas.node.node import Node
from lintas.ports.store import Transaction
from lintas.testing import OFFICER, carry, two_nodes
from lintas.work.exchange import tell
from lintas.work.exchange.receipts import place_receipts
from lintas.work.sharing import outbox, share
from tests.scenario.agencies import (
    PHONE,
    address,
    as_seen,
    chosen,
    id_of,
    looked_at,
    released,
    second,
    taken,
)
from tests.scenario.browsing import Browser, officer

RED = Marking(tlp=Tlp.RED)


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


def size_of(node: Node) -> int:
    return node.services.store.read(lambda snapshot: snapshot.size())


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
        assert keeper.post("/share", {"message": message}).status == 403
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
    assert set(rest.links("/outbox?before=")) <= {older}  # at most the way to load this page anew


def test_the_outbox_hides_what_one_is_not_cleared_for(browser: Browser, here: Node, there: Node) -> None:
    message = taken(here, f"call {PHONE}")
    (line,) = share(here.services, OFFICER, [message], to=[id_of(there)]).released
    with second(here, "Clerk", clearance=Tlp.GREEN) as clerk:
        page = clerk.get("/outbox")
        assert message not in page.html and line.released not in page.html
        assert "Nothing that you may see" in page.text
