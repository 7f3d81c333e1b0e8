# SPDX-License-Identifier: Apache-2.0
"""Orders: what binds takes effect with the passkeys that it needs, once, and not otherwise."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest

from lintas.crypto.passkeys import Assertion, to_base64url
from lintas.errors import LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.formats.access import parse_access
from lintas.formats.law import LawProfiles
from lintas.limits import GRANT_S_MAX, ORDER_S_MAX, REVIEW_S_MAX
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Protected
from lintas.model.scope import WHOLE
from lintas.node.node import Node
from lintas.node.rotating import rotate
from lintas.testing import FakeClock, a_node, two_nodes
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import close_account
from lintas.work.appending import append_control
from lintas.work.binding import granted
from lintas.work.finding import show_message
from lintas.work.keeping import doctor, status
from lintas.work.lists import open_list, restrict
from lintas.work.orders import (
    answer,
    carry_out_in,
    challenge,
    list_orders,
    propose,
    settle_orders,
    show_order,
    waiting_orders,
)
from lintas.work.peering import suspend_peer
from lintas.work.protecting import add_class
from lintas.work.proving import verify
from lintas.work.services import as_text, no_progress
from lintas.work.sharing import outbox, share
from tests.scenario.deciding import Person, a_person, drawn, enrol, people, sharing, taken


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def nodes(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path, clock=clock) as pair:
        yield pair


def sent(node: Node) -> int:
    return len([one for one in outbox(node.services, LOCAL_VIEWER).lines if one.kind == "item"])


def verdicts(node: Node, order: str) -> list[str]:
    person = LOCAL_VIEWER
    return [one.verdict for one in show_order(node.services, person, order).assents]


def refused(rule: str, person: Person, order: str, verdict: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        person.says(order, verdict)
    assert caught.value.rule == rule, caught.value


def allow_alone(node: Node, *activities: str) -> None:
    """Give the node a law profile under which a lone officer may act first."""
    law = node.services.packs.law
    changed = LawProfiles(
        default=replace(law.default, alone=frozenset(activities)),
        countries={code: replace(one, alone=frozenset(activities)) for code, one in law.countries.items()},
        digest=law.digest,
    )
    node.services = replace(node.services, packs=replace(node.services.packs, law=changed))


def whole(node: Node) -> None:
    found = verify(node.services, progress=no_progress)
    assert found.ok, found.problems


def test_before_the_first_passkey_nothing_is_ordered(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here)
    with pytest.raises(WrongUse, match="passkey"):
        propose(here.services, LOCAL_VIEWER, "share", sharing(message, there))
    assert share(here.services, LOCAL_VIEWER, [message], to=[there.services.keys.node]).released


def test_from_the_first_passkey_on_nobody_shares_directly(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here)
    person = a_person(here, "Aminah")
    for viewer in (LOCAL_VIEWER, person.viewer()):
        with pytest.raises(NotAllowed) as caught:
            share(here.services, viewer, [message], to=[there.services.keys.node])
        assert caught.value.rule == "needs-order"
    assert sent(here) == 0


def test_a_share_is_done_with_the_proposers_passkey(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here)
    person = a_person(here, "Aminah")
    order = propose(here.services, person.viewer(), "share", sharing(message, there))
    assert order.state == "proposed"
    assert sent(here) == 0
    done = person.says(order, "confirmed")
    assert done.state == "done"
    assert done.result is not None
    assert len(done.result["shared"].released) == 1
    assert sent(here) == 1
    assert verdicts(here, order.id) == ["confirmed", "done"]
    whole(here)


def test_answering_again_changes_nothing(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here)
    person = a_person(here, "Aminah")
    order = propose(here.services, person.viewer(), "share", sharing(message, there))
    person.says(order, "confirmed")
    size = here.services.store.read(lambda snapshot: snapshot.size())
    assert person.says(order, "confirmed").state == "done"
    assert here.services.store.read(lambda snapshot: snapshot.size()) == size


def test_an_answer_without_a_passkey_is_none(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person = a_person(here, "Aminah")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here), there))
    with pytest.raises(NotAllowed) as caught:
        answer(here.services, person.viewer(), order.id, "confirmed", None)
    assert caught.value.rule == "passkey"


@pytest.mark.parametrize("what", ["another's", "another verdict", "another order", "altered", "ended", "unknown"])
def test_an_assertion_that_does_not_count_is_refused(nodes: tuple[Node, Node], what: str) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    message = taken(here)
    order = propose(here.services, person.viewer(), "share", sharing(message, there))
    second = propose(here.services, person.viewer(), "share", sharing(message, there))
    given = person.passkey.answer(challenge(order.id, "confirmed"))
    if what == "another's":
        given = other.passkey.answer(challenge(order.id, "confirmed"))
    elif what == "another verdict":
        given = person.passkey.answer(challenge(order.id, "refused"))
    elif what == "another order":
        given = person.passkey.answer(challenge(second.id, "confirmed"))
    elif what == "altered":
        given = replace(given, signature=given.signature[:-1] + bytes([given.signature[-1] ^ 1]))
    elif what == "ended":
        end_passkey(here, person)
    else:
        given = Assertion(
            credential=b"none", authenticator=given.authenticator, client=given.client, signature=given.signature
        )
    with pytest.raises(NotAllowed) as caught:
        answer(here.services, person.viewer(), order.id, "confirmed", given)
    assert caught.value.rule == "passkey"
    assert verdicts(here, order.id) == []
    assert sent(here) == 0


def end_passkey(node: Node, person: Person) -> None:
    append_control(
        node.services,
        Kind.CREDENTIAL,
        {
            "account": person.id,
            "action": "ended",
            "algorithm": person.passkey.algorithm,
            "by": person.id,
            "credential": to_base64url(person.passkey.credential),
            "public": to_base64url(person.passkey.public),
            "vouched_by": "",
        },
    )


def test_a_childs_item_waits_for_a_second_person(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here, classes=[Protected.CHILD])
    person, other = people(here, "Aminah", "Budi supervisor")
    order = propose(here.services, person.viewer(), "share", sharing(message, there))
    assert order.line.needs_second
    refused("unconfirmed", other, order.id, "approved")
    assert person.says(order, "confirmed").state == "confirmed"
    assert sent(here) == 0
    refused("self-approval", person, order.id, "approved")
    assert waiting_orders(here.services, other.viewer())[0] == 1
    assert waiting_orders(here.services, person.viewer())[0] == 0
    assert other.says(order, "approved").state == "done"
    assert sent(here) == 1
    whole(here)


def test_an_analyst_does_not_approve(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, analyst = people(here, "Aminah", "Citra analyst")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    person.says(order, "confirmed")
    refused("role", analyst, order.id, "approved")


def test_the_same_session_is_no_second_person(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    other.session = person.session
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    person.says(order, "confirmed")
    refused("same-session", other, order.id, "approved")


def duty(node: Node, clock: FakeClock, person: str, *, stands_for: str = "", hours: tuple[int, int] = (-1, 8)) -> None:
    start, end = (as_text(clock.now() + timedelta(hours=one)) for one in hours)
    append_control(
        node.services,
        Kind.DUTY,
        {
            "action": "set",
            "by": person,
            "ends_at": end,
            "id": drawn(f"{person}{stands_for}{start}")(32).hex(),
            "person": person,
            "stands_for": stands_for,
            "starts_at": start,
            "what": "deputy" if stands_for else "shift",
        },
    )


def test_ones_own_deputy_is_no_second_person(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    duty(here, clock, other.id, stands_for=person.id)
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    person.says(order, "confirmed")
    refused("deputy", other, order.id, "approved")


def test_who_is_off_duty_approves_nothing(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    person.says(order, "confirmed")
    duty(here, clock, other.id, hours=(-20, -12))
    refused("off-duty", other, order.id, "approved")
    assert list_orders(here.services, other.viewer()).open == []


def test_a_closed_account_approves_nothing(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    person.says(order, "confirmed")
    was = other.viewer()
    close_account(here.services, other.id)
    with pytest.raises(NotAllowed) as caught:
        answer(here.services, was, order.id, "approved", other.passkey.answer(challenge(order.id, "approved")))
    assert caught.value.rule == "named-person"


def test_whoever_left_does_nothing_more(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    person.says(order, "confirmed")
    close_account(here.services, person.id)
    refused("changed", other, order.id, "approved")
    assert sent(here) == 0


def test_an_order_past_its_time_is_stale_and_lapses(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    person.says(order, "confirmed")
    clock.forward(seconds=ORDER_S_MAX)
    refused("stale", other, order.id, "approved")
    assert settle_orders(here.services) == 1
    assert settle_orders(here.services) == 0
    assert show_order(here.services, other.viewer(), order.id).state == "lapsed"
    refused("settled", other, order.id, "approved")
    whole(here)


def test_an_approval_names_what_was_shown(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    person.says(order, "confirmed")
    suspend_peer(here.services, person.viewer(), there.services.keys.node, "doubt")
    refused("changed", other, order.id, "approved")
    assert "Sample crime desk" in show_order(here.services, other.viewer(), order.id).changed
    assert verdicts(here, order.id) == ["confirmed"]


def test_another_class_makes_an_order_stale(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person = a_person(here, "Aminah")
    message = taken(here)
    order = propose(here.services, person.viewer(), "share", sharing(message, there))
    body = {"action": "added", "by": person.id, "class": "victim", "messages": [message]}
    append_control(here.services, Kind.CLASSED, body)
    refused("changed", person, order.id, "confirmed")


def test_a_refusal_settles_it(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    person.says(order, "confirmed")
    assert other.says(order, "refused").state == "refused"
    refused("settled", other, order.id, "approved")
    assert sent(here) == 0


def test_who_proposed_it_takes_it_back(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person = a_person(here, "Aminah")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here), there))
    assert person.says(order, "refused").state == "refused"
    refused("settled", person, order.id, "confirmed")


def test_only_who_proposed_it_confirms_it(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here), there))
    refused("not-yours", other, order.id, "confirmed")


def test_what_the_folder_proposed_a_named_person_takes_over(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person = a_person(here, "Aminah")
    order = propose(here.services, LOCAL_VIEWER, "share", sharing(taken(here), there))
    with pytest.raises(NotAllowed):
        answer(here.services, LOCAL_VIEWER, order.id, "confirmed", person.passkey.answer(b"x" * 32))
    done = person.says(order, "confirmed")
    assert (done.state, done.line.actor) == ("done", person.id)
    assert sent(here) == 1
    whole(here)


def test_alone_is_refused_where_the_law_does_not_allow_it(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person = a_person(here, "Aminah")
    said = sharing(taken(here, classes=[Protected.CHILD]), there)
    order = propose(here.services, person.viewer(), "share", said, ground="The child is at risk tonight")
    refused("alone", person, order.id, "alone")


def test_alone_needs_a_written_ground(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    allow_alone(here, "share")
    person = a_person(here, "Aminah")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here, classes=[Protected.CHILD]), there))
    refused("ground", person, order.id, "alone")


def test_done_alone_is_reviewed_by_another_person(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    allow_alone(here, "share")
    person, other = people(here, "Aminah", "Budi")
    said = sharing(taken(here, classes=[Protected.CHILD]), there)
    order = propose(here.services, person.viewer(), "share", said, ground="The child is at risk tonight")
    assert person.says(order, "alone").state == "alone"
    assert sent(here) == 1
    refused("self-approval", person, order.id, "reviewed")
    refused("settled", other, order.id, "approved")
    assert [line.id for line in waiting_orders(here.services, other.viewer())[1]] == [order.id]
    assert other.says(order, "reviewed").state == "reviewed"
    assert waiting_orders(here.services, other.viewer()) == (0, [])
    whole(here)


def test_what_nobody_reviewed_is_escalated_and_stays(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    allow_alone(here, "share")
    person, other = people(here, "Aminah", "Budi")
    said = sharing(taken(here, classes=[Protected.CHILD]), there)
    order = propose(here.services, person.viewer(), "share", said, ground="The child is at risk tonight")
    person.says(order, "alone")
    clock.forward(seconds=REVIEW_S_MAX - 1)
    assert settle_orders(here.services) == 0
    clock.forward(days=40)  # the node stood still
    assert settle_orders(here.services) == 1
    assert settle_orders(here.services) == 0
    shown = show_order(here.services, other.viewer(), order.id)
    assert shown.state == "escalated"
    assert [line.id for line in list_orders(here.services, other.viewer()).alone] == [order.id]
    assert other.says(order, "objected").state == "objected"
    assert list_orders(here.services, other.viewer()).alone == []
    whole(here)


def test_who_may_not_see_a_message_sees_no_order_about_it(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, clerk = people(here, "Aminah", "Dewi duty_officer GREEN")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here), there))
    assert list_orders(here.services, clerk.viewer()).open == []
    with pytest.raises(UnknownTerm):
        show_order(here.services, clerk.viewer(), order.id)
    with pytest.raises(UnknownTerm):
        clerk.says(order, "refused")


@pytest.mark.parametrize("how", ["a list", "a closed class"])
def test_an_order_hides_with_what_it_is_about(nodes: tuple[Node, Node], how: str) -> None:
    here, _ = nodes
    person, other = people(here, "Aminah case_officer", "Budi supervisor")
    message = taken(here, classes=[Protected.CHILD])
    said = {"messages": [message], "purpose": "find her at the harbour"}
    order = propose(here.services, person.viewer(), "unmask", said).id
    assert show_order(here.services, other.viewer(), order).id == order
    if how == "a list":
        open_list(here.services, person.viewer(), "op-lintang")
        restrict(here.services, person.viewer(), "op-lintang", [message])
        assert show_order(here.services, person.viewer(), order).id == order
    else:
        add_class(here.services, person.viewer(), [message], "str")
    for look in (show_order, show_message):
        with pytest.raises(UnknownTerm):
            look(here.services, other.viewer(), order)
    assert not list_orders(here.services, other.viewer()).open


def test_people_are_changed_by_order(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    boss, other = people(here, "Aminah supervisor", "Budi supervisor")
    said = {"do": "add", "name": "Farid", "role": "analyst", "clearance": "AMBER", "opens": []}
    order = propose(here.services, boss.viewer(), "people.change", said)
    assert order.line.needs_second
    boss.says(order, "confirmed")
    done = other.says(order, "approved")
    assert done.state == "done"
    assert done.result is not None
    account = done.result["account"]
    row = here.services.store.read(lambda snapshot: snapshot.account(account))
    assert row is not None
    assert row.name == "Farid"
    whole(here)


def test_an_order_about_a_person_never_comes_to_be_about_another_of_the_same_name(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    person, other, analyst = people(here, "Aminah supervisor", "Budi supervisor", "Citra analyst")
    said = {"do": "role", "account": "Citra", "role": "supervisor"}
    order = person.says(propose(here.services, person.viewer(), "people.change", said), "confirmed").id
    close_account(here.services, analyst.id)
    people(here, "Citra trainer CLEAR")
    refused("changed", other, order, "approved")


@pytest.mark.parametrize("is_approved", [False, True])
def test_new_keys_are_not_for_who_may_not_change_them_any_more(nodes: tuple[Node, Node], is_approved: bool) -> None:
    here, _ = nodes
    person, other, third = people(here, "Aminah operator", "Budi supervisor", "Citra supervisor")
    said = {"what": ["tls"], "revoke": False}
    order = person.says(propose(here.services, person.viewer(), "keys.change", said), "confirmed").id
    if is_approved:
        assert third.says(order, "approved").state == "approved"
    lowered = {"do": "role", "account": person.id, "role": "trainer"}
    change = other.says(propose(here.services, other.viewer(), "people.change", lowered), "confirmed").id
    assert third.says(change, "approved").state == "done"
    if not is_approved:
        refused("role", third, order, "approved")
    with pytest.raises(NotAllowed) as caught:
        here.services.store.read(lambda snapshot: carry_out_in(here.services, snapshot, order, "keys.change"))
    assert caught.value.rule == ("role" if is_approved else "settled")


def test_a_class_is_released_by_two(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    boss, other = people(here, "Aminah supervisor", "Budi")
    message = taken(here, classes=[Protected.VICTIM])
    order = propose(here.services, boss.viewer(), "class.release", {"class": "victim", "messages": [message]})
    boss.says(order, "confirmed")
    other.says(order, "approved")
    heads = here.services.store.read(lambda s: s.head(MessageId(message), scope=WHOLE))
    assert heads is not None
    assert heads.classes == 0
    whole(here)


def test_an_unmasking_is_granted_for_a_while_to_who_asked(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, _ = nodes
    boss, other = people(here, "Aminah", "Budi")
    message = taken(here, classes=[Protected.CHILD])
    order = propose(here.services, boss.viewer(), "unmask", {"messages": [message], "purpose": "find the family"})
    boss.says(order, "confirmed")

    def holds(person: Person) -> bool:
        viewer = person.viewer()
        return here.services.store.read(lambda s: granted(here.services, s, viewer, "unmask", [message])) is not None

    assert not holds(boss)
    other.says(order, "approved")
    assert holds(boss)
    assert not holds(other)
    clock.forward(seconds=GRANT_S_MAX)
    assert not holds(boss)


def test_nothing_is_said_when_it_cannot_be_done(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person = a_person(here, "Aminah")
    order = propose(here.services, person.viewer(), "share", sharing(taken(here), there))
    body = {"action": "added", "by": person.id, "class": "str", "messages": order.messages}
    append_control(here.services, Kind.CLASSED, body)
    with pytest.raises(LintasError):
        person.says(order, "confirmed")
    assert here.services.store.read(lambda snapshot: snapshot.assents(order.id)) == []  # type: ignore[arg-type]  # id
    assert sent(here) == 0


def test_a_second_passkey_needs_vouching_to_count_in_verify(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    person = a_person(here, "Aminah")
    enrol(here, person.id, type(person.passkey)(drawn("another"), "console.example", "https://console.example:8443"))
    found = verify(here.services, progress=no_progress)
    assert not found.ok
    assert "nobody vouched" in str(found.first_bad)


def test_keys_are_changed_under_an_order_that_is_used_once(tmp_path: Path) -> None:
    clock = FakeClock(datetime.now(UTC))  # the command that changes keys goes by this machine's
    folder = tmp_path / "node"
    with a_node(tmp_path, clock=clock) as node:
        boss, other = people(node, "Aminah supervisor", "Budi operator")
        order = propose(node.services, boss.viewer(), "keys.change", {"what": ["tls"], "revoke": False}).id
        boss.says(order, "confirmed")

    def turned_down(what: list[str], name: str) -> str:
        with pytest.raises(NotAllowed) as caught:
            rotate(folder, by=boss.id, what=what, order=name)
        return caught.value.rule

    assert turned_down(["tls"], "") == "needs-order"
    assert turned_down(["tls"], order) == "settled"  # nobody approved it yet
    with a_node(tmp_path, clock=clock) as node:
        other.node = node
        assert other.says(order, "approved").state == "approved"
    assert turned_down(["tls", "log"], order) == "order"
    rotate(folder, by=boss.id, what=["tls"], order=order)
    assert turned_down(["tls"], order) == "settled"
    with a_node(tmp_path, clock=clock) as node:
        assert show_order(node.services, LOCAL_VIEWER, order).state == "done"
        whole(node)


def test_the_node_catches_up_when_it_starts(tmp_path: Path) -> None:
    clock = FakeClock()
    with two_nodes(tmp_path, clock=clock) as (here, there):
        person, _ = people(here, "Aminah", "Budi")
        order = propose(here.services, person.viewer(), "share", sharing(taken(here), there)).id
    clock.forward(days=3)
    with two_nodes(tmp_path, clock=clock) as (here, _):
        seen = here.services.events.count("orders")
        here.start_ticks()
        here.services.events.wait("orders", seen=seen, timeout_s=60)
        assert show_order(here.services, LOCAL_VIEWER, order).state == "lapsed"


def test_what_waits_for_a_second_person_is_told_as_a_number(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    allow_alone(here, "share")
    person, other = people(here, "Aminah", "Budi")

    def waits(upto: int = -1) -> tuple[int, int]:
        found = here.services.store.read(lambda snapshot: snapshot.waiting(upto))
        return found.alerts, found.fresh

    said = sharing(taken(here, classes=[Protected.CHILD]), there)
    first = propose(here.services, person.viewer(), "share", said).id
    assert waits() == (0, 0)  # so far it waits for who proposed it
    person.says(first, "confirmed")
    assert waits() == (1, 1)
    other.says(first, "approved")
    assert waits() == (0, 0)
    second = propose(here.services, person.viewer(), "share", said, ground="The child is at risk tonight").id
    person.says(second, "alone")
    told = here.services.store.read(lambda snapshot: snapshot.waiting(-1)).newest
    assert waits(told) == (1, 0)
    clock.forward(seconds=REVIEW_S_MAX)
    settle_orders(here.services)
    assert waits(told) == (1, 1)  # escalated: told once more
    other.says(second, "reviewed")
    assert waits() == (0, 0)


@pytest.mark.parametrize("when", ["told", *map(str, range(1, 9))])
def test_a_kill_leaves_it_done_or_not_and_answering_again_changes_nothing(tmp_path: Path, when: str) -> None:
    clock = FakeClock(datetime.now(UTC))  # the process that dies goes by this machine's
    with two_nodes(tmp_path, clock=clock) as (here, there):
        (person,) = people(here, "Aminah")
        order = propose(here.services, person.viewer(), "share", sharing(taken(here), there)).id
        before = here.services.store.read(lambda snapshot: snapshot.size())
    command = [sys.executable, "-m", "tests.faults.decider", str(tmp_path / "my"), order, when]
    died = subprocess.run(command, timeout=250, check=False, capture_output=True)
    assert died.returncode in {0, -9}, died.stderr
    with two_nodes(tmp_path, clock=clock) as (here, _):
        person.node = here
        found = verdicts(here, order)
        assert found in ([], ["confirmed", "done"])
        assert sent(here) == len(found) // 2
        assert when != "told" or found
        assert person.says(order, "confirmed").state == "done"
        assert verdicts(here, order) == ["confirmed", "done"]
        assert sent(here) == 1
        assert here.services.store.read(lambda snapshot: snapshot.size()) > before
        whole(here)


def test_another_access_policy_is_told_until_people_approve_it(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    boss, other = people(here, "Aminah supervisor", "Budi supervisor")
    propose(here.services, boss.viewer(), "share", sharing(taken(here), there))
    said = here.services.packs.access
    assert status(here.services).policy_warning == ""
    changed = parse_access(resources.files("lintas").joinpath("packs/access.toml").read_bytes() + b"\n# ours\n")
    order = propose(here.services, boss.viewer(), "policy.change", {"digest": changed.digest}).id
    here.services = replace(here.services, packs=replace(here.services.packs, access=changed))
    assert said.digest[:12] in status(here.services).policy_warning
    assert not next(check for check in doctor(here.services).checks if check.name == "policy").ok
    here.services = replace(here.services, packs=replace(here.services.packs, access=said))
    boss.says(order, "confirmed")
    other.says(order, "approved")
    assert status(here.services).policy_warning != ""  # what was approved is not in place yet
    here.services = replace(here.services, packs=replace(here.services.packs, access=changed))
    assert status(here.services).policy_warning == ""
    show_order(here.services, LOCAL_VIEWER, order)
    whole(here)
