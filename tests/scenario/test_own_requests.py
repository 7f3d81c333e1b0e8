# SPDX-License-Identifier: Apache-2.0
"""Requests of a desk to itself: the own order under the own law, and nothing of it leaves the node."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lintas.errors import LintasError, NotAllowed, WrongUse
from lintas.model.desk import Doc
from lintas.model.desk_answers import RequestShown
from lintas.model.header import Mode
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Snapshot, Transaction
from lintas.testing import CLERK, FakeClock, shared_readers
from lintas.work.clocks.calling import call_back
from lintas.work.clocks.ladder import show_ladder
from lintas.work.desk import Draft, new_ref, prepare_doc, send_in, thread_in, write_in
from lintas.work.desk.writing import Written
from lintas.work.keeping import rebuild
from lintas.work.peering import add_peer, describe
from lintas.work.requests import (
    claims_on,
    correct,
    list_requests,
    preview_request,
    say,
    search_requests,
    send,
    show_request,
)
from lintas.work.requests.settling import settle_requests
from lintas.work.requests.showing import asked_in
from lintas.work.services import no_progress
from lintas.work.sharing.share import share
from tests.scenario.asking import ACCOUNT, OFFICER, SIGNER, Desks, baht, fields, two_desks
from tests.scenario.threads import head_of

BLOCKED = {
    "bank": "KASITHBK",
    "bank_ref": "K-1",
    "whole": False,
    "blocked": baht(2_500_000),
    "tainted": baht(2_500_000),
}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desks(tmp_path: Path, clock: FakeClock) -> Iterator[Desks]:
    with two_desks(tmp_path, clock) as pair:
        yield pair


def refused(rule: str, call: Any) -> None:
    with pytest.raises(NotAllowed) as caught:
        call()
    assert caught.value.rule == rule, caught.value


def opened(node: Node, said: dict[str, Any] | None = None, *, to: str = "own", form: str = "hold") -> RequestShown:
    return send(node.services, OFFICER, to=to, form=form, fields=said or fields())


def held(node: Node, ref: str) -> RequestShown:
    say(node.services, SIGNER, ref, "ordered", {"whole": False})
    say(node.services, SIGNER, ref, "delivered", {"bank": "KASITHBK"})
    return say(node.services, SIGNER, ref, "confirmed", BLOCKED)


def released(node: Node) -> list[MessageId]:
    """Messages of a node that were released to anybody."""

    def look(snapshot: Snapshot) -> list[MessageId]:
        ids = [one.id for one in snapshot.entries(0, snapshot.size())]
        return [one for one in ids if snapshot.releases_of(one)]

    return node.services.store.read(look)


def test_an_own_hold_goes_from_the_request_to_the_banks_word(desks: Desks) -> None:
    node = desks.answers
    shown = opened(node)
    line = shown.line
    assert (line.is_own, line.side, line.other, line.other_name) == (
        True,
        "answerer",
        node.services.keys.node,
        "Sample desk TH",
    )
    assert line.is_ours and line.next_clock == "acknowledge" and shown.basis == "own_law" and shown.doors
    assert shown.seen_by.nodes == [node.services.keys.node]
    say(node.services, SIGNER, shown.ref, "acknowledged")
    done = held(node, shown.ref)
    assert (done.state, done.amounts.held) == ("held", 2_500_000)
    assert {one.what: one.side for one in done.steps} == dict.fromkeys(
        ("acknowledged", "ordered", "delivered", "confirmed"), "answerer"
    )
    refused("no-extension", lambda: say(node.services, SIGNER, shown.ref, "extended", {}))  # as that law says
    assert say(node.services, SIGNER, shown.ref, "released", {}).state == "released"
    assert say(node.services, OFFICER, shown.ref, "closed", {}).state == "closed"


def test_an_own_hold_ends_at_its_time_and_is_found_as_any_other(desks: Desks, clock: FakeClock) -> None:
    node = desks.answers
    ref = opened(node).ref
    held(node, ref)
    assert [one.ref for one in search_requests(node.services, OFFICER, ref).lines] == [ref]
    assert [one.ref for one in search_requests(node.services, OFFICER, "1234567890").lines] == [ref]
    for side in ("", "asker", "answerer"):
        assert [one.ref for one in list_requests(node.services, OFFICER, side=side).lines] == [ref]
    clock.forward(hours=24 * 30)
    assert settle_requests(node.services) == 1
    assert show_request(node.services, OFFICER, ref).state == "expired"


def test_two_presses_are_one_request(desks: Desks) -> None:
    node = desks.answers
    first = opened(node)
    for to in ("own", " own ", node.services.keys.node):
        again = opened(node, to=to)
        assert (again.ref, again.is_new, again.note) == (first.ref, False, "asked-already")
    assert opened(node, fields(value="555")).ref != first.ref


def test_a_peers_request_about_the_same_account_is_another_one_and_claims_the_same_block(desks: Desks) -> None:
    theirs = desks.ask()
    desks.held(theirs, whole=True, blocked=9_000_000)
    mine = opened(desks.answers)
    assert mine.is_new and mine.ref != theirs
    ordered = say(desks.answers.services, SIGNER, mine.ref, "ordered", {"whole": True})
    assert (ordered.state, ordered.amounts.held) == ("held", 2_500_000)  # by the block that stands: no bank is told
    assert {one.ref for one in claims_on(desks.answers.services, SIGNER, mine.ref).lines} == {theirs, mine.ref}
    desks.says("released", theirs, {})
    assert show_request(desks.answers.services, SIGNER, mine.ref).state == "acknowledged"  # the block is over


def test_nothing_of_an_own_request_leaves_the_node(desks: Desks) -> None:
    node, other = desks.answers, desks.asks
    before = other.services.store.read(lambda snapshot: snapshot.size())
    ref = opened(node).ref
    say(node.services, SIGNER, ref, "acknowledged")
    held(node, ref)
    say(node.services, OFFICER, ref, "noted", {}, short="for us alone")
    correct(node.services, OFFICER, ref, why="wrong_digit")
    say(node.services, SIGNER, ref, "reviewed", {"decision": "released"})
    desks.carry()
    assert released(node) == []
    assert other.services.store.read(lambda snapshot: snapshot.size()) == before
    assert list_requests(other.services, OFFICER, newest=True).lines == []


def test_nobody_can_share_a_document_of_an_own_request(desks: Desks) -> None:
    node = desks.answers
    ref = opened(node).ref
    shown = say(node.services, SIGNER, ref, "acknowledged")
    for message in (shown.line.message, shown.steps[0].message):
        done = share(
            node.services,
            OFFICER,
            [message],
            to=[desks.asks.services.keys.node],
            purpose="scam_response",
            basis="police_cooperation",
        )
        assert [one.rule for one in done.refused] == ["tlp-amber-strict"] and not done.released


def test_an_own_request_creates_no_power(desks: Desks) -> None:
    node = desks.answers
    ref = opened(node).ref
    analyst = Viewer(id="officer-0011", clearance=Tlp.RED, role="analyst")
    for viewer in (OFFICER, analyst, CLERK):
        with pytest.raises(NotAllowed):
            say(node.services, viewer, ref, "ordered", {"whole": False})
    with pytest.raises(NotAllowed):
        send(node.services, CLERK, to="own", form="hold", fields=fields())
    assert show_request(node.services, SIGNER, ref).state == "requested"
    more = fields()["amount"] | {"minor": 2_500_001}
    refused("more-than-asked", lambda: say(node.services, SIGNER, ref, "ordered", {"whole": False, "amount": more}))
    refused("other-account", lambda: say(node.services, SIGNER, ref, "ordered", {"account": ACCOUNT | {"value": "9"}}))


def test_only_what_takes_an_order_is_asked_of_the_own_desk(desks: Desks) -> None:
    for form in ("information", "trace", "release"):
        with pytest.raises(WrongUse, match="takes no order"):
            opened(desks.answers, form=form)
    said = {
        "provider": "Contoh Chat",
        "data": "access_logs",
        "identifier": {"scheme": "phone", "value": "+66812345678"},
    }
    assert opened(desks.answers, said, form="preserve").line.power == "preserve"


def test_the_own_desk_is_not_asked_for_an_account_of_another_country_or_on_another_basis(desks: Desks) -> None:
    node = desks.answers
    abroad = {"account": ACCOUNT | {"country": "SG", "bank": "DBSSSGSG"}, "amount": baht(5)}
    with pytest.raises(WrongUse, match="kept in SG"):
        opened(node, abroad)
    with pytest.raises(WrongUse, match="kept in SG"):
        preview_request(node.services, OFFICER, to="own", form="hold", fields=abroad)
    with pytest.raises(WrongUse, match="needs no basis"):
        send(node.services, OFFICER, to="own", form="hold", fields=fields(), basis="police_cooperation")
    assert send(node.services, OFFICER, to="own", form="hold", fields=fields(), basis="own_law").basis == "own_law"
    unsaid = {"account": {key: said for key, said in ACCOUNT.items() if key != "country"}, "amount": baht(5)}
    assert opened(node, unsaid).line.is_own


def test_nobody_calls_or_asks_back_or_climbs_a_ladder_at_their_own_desk(desks: Desks) -> None:
    node = desks.answers
    shown = opened(node)
    offered = {one.what for one in shown.says}
    assert offered.isdisjoint({"call_back", "clarify", "clarified"}) and {"ordered", "withdrawn", "refused"} <= offered
    refused("side", lambda: show_ladder(node.services, OFFICER, shown.ref))
    refused("own", lambda: say(node.services, SIGNER, shown.ref, "clarify", {}))
    refused("own", lambda: call_back(node.services, OFFICER, shown.ref))


def test_a_step_that_is_the_other_sides_in_a_foreign_request_stays_refused(desks: Desks) -> None:
    ref = desks.ask()
    refused("side", lambda: say(desks.asks.services, SIGNER, ref, "ordered", {"whole": False}))
    refused("side", lambda: say(desks.answers.services, SIGNER, ref, "withdrawn", {}))


def test_a_preview_says_that_it_stays_at_home(desks: Desks) -> None:
    node = desks.answers
    seen = preview_request(node.services, OFFICER, to="own", form="hold", fields=fields())
    assert (seen.may_go, seen.to_name, seen.to_country) == (True, "Sample desk TH", "TH")
    assert seen.seen_by.nodes == [node.services.keys.node] and seen.seen_by.marking == "TLP:AMBER+STRICT"


def test_a_peer_that_is_called_own_is_not_taken_for_the_own_desk(tmp_path: Path, clock: FakeClock) -> None:
    for name, country in (("own", "SG"), ("th", "TH")):
        Node.create(tmp_path / name, name=name, country=country, mode=Mode.EXERCISE, clock=clock)
    with (
        Node.open(tmp_path / "own", clock=clock, readers=shared_readers()) as peer,
        Node.open(tmp_path / "th", clock=clock, readers=shared_readers()) as node,
    ):
        add_peer(node.services, OFFICER, describe(peer.services))
        seen = preview_request(node.services, OFFICER, to="own", form="hold", fields=fields())
        assert seen.to == peer.services.keys.node
        mine = preview_request(node.services, OFFICER, to=node.services.keys.node, form="hold", fields=fields())
        assert mine.to == node.services.keys.node


def forged(node: Node, draft: Draft, to: str) -> None:
    """Write a document without asking anybody, and release it."""
    written: Written = prepare_doc(node.services, draft)

    def job(tx: Transaction) -> None:
        write_in(node.services, tx, written)
        send_in(node.services, tx, OFFICER, written.entry.id, to=to, activity="request.answer")

    node.services.store.write(job)


@pytest.mark.parametrize("whose", ["theirs", "ours"])
def test_a_peer_cannot_make_us_believe_that_a_request_is_our_own(desks: Desks, whose: str) -> None:
    liar, node = desks.asks, desks.answers
    us = node.services.keys.node
    head = head_of(liar, desks.ask())
    said = liar.services.store.read(lambda snapshot: asked_in(liar.services, snapshot, head)).said
    ref = liar.services.store.read(lambda snapshot: new_ref(liar.services, snapshot, Doc.REQUEST))
    to = us if whose == "ours" else liar.services.keys.node
    said = {**said, "to": to, "fields": fields(value="555")}
    forged(liar, Draft(doc=Doc.REQUEST, ref=ref, said=said, by=OFFICER.id, to=frozenset({us})), us)
    desks.carry()
    lines = list_requests(node.services, SIGNER, newest=True).lines
    assert not any(one.is_own for one in lines)
    assert (ref in {one.ref for one in lines}) == (whose == "ours")  # asked of us it is an ordinary request of theirs


def test_a_peer_that_knows_the_reference_changes_nothing(desks: Desks) -> None:
    liar, node = desks.asks, desks.answers
    us, ref = node.services.keys.node, opened(desks.answers).ref
    held(node, ref)
    for what, given in (("released", {"amount": None, "order_no": "", "at": "", "to": ""}), ("withdrawn", {})):
        said = {"asker": us, "what": what, "fields": given, "ground": "", "short": "", "lang": ""}
        try:
            forged(liar, Draft(doc=Doc.STEP, ref=ref, said=said, by=OFFICER.id, to=frozenset({us})), us)
        except LintasError:
            continue
    desks.carry()
    shown = show_request(node.services, SIGNER, ref)
    assert (shown.state, shown.amounts.held) == ("held", 2_500_000)
    assert {one.side for one in shown.steps if not one.counts} == {"outsider"}


def test_views_built_again_are_the_same(desks: Desks) -> None:
    node = desks.answers
    ref = opened(node).ref
    held(node, ref)
    correct(node.services, OFFICER, ref, why="wrong_digit")
    before = node.services.store.write(lambda tx: tx.views_digest())
    rebuild(node.services, progress=no_progress)
    assert node.services.store.write(lambda tx: tx.views_digest()) == before
    thread = node.services.store.read(
        lambda snapshot: thread_in(snapshot, snapshot.requests_called(ref, scope=WHOLE)[0])
    )
    assert thread.reviewing and not thread.idle and not thread.crossed
