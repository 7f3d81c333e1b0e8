# SPDX-License-Identifier: Apache-2.0
"""Whoever has the node's key and its database still cannot make up a decision: `verify` names the entry."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lintas.crypto.passkeys import Assertion, SoftPasskey, to_base64url
from lintas.formats.access import parse_access
from lintas.model.header import Kind
from lintas.model.marking import Protected, Tlp
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, two_nodes
from lintas.work.access import record_access
from lintas.work.accounts import create_account, set_password
from lintas.work.accounts.viewing import viewer_of
from lintas.work.appending import append_content, append_control
from lintas.work.orders import answer, challenge, propose
from lintas.work.payloads import payload_bytes
from lintas.work.proving import verify
from lintas.work.proving.decisions import Decisions
from lintas.work.services import no_progress
from lintas.work.sharing.share import share_in
from tests.scenario.deciding import HOST, ORIGIN, Person, drawn, enrol, passkey_of, people, sharing, taken


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as pair:
        yield pair


def size(node: Node) -> int:
    return node.services.store.read(lambda snapshot: snapshot.size())


def assent(node: Node, order: str, person: Person, verdict: str, given: Assertion) -> int:
    """Write an answer into the log as whoever has the node's key can; returns its place."""
    body = {
        "authenticator": to_base64url(given.authenticator),
        "by": person.id,
        "client": to_base64url(given.client),
        "credential": to_base64url(given.credential),
        "order": order,
        "signature": to_base64url(given.signature),
        "verdict": verdict,
    }
    return append_control(node.services, Kind.ASSENT, body)[0]


def done(node: Node, order: str, by: str, *, effects: int = 0) -> int:
    return append_control(
        node.services, Kind.ASSENT, {"by": by, "effects": effects, "order": order, "verdict": "done"}
    )[0]


def released(node: Node, person: Person, message: str, peer: Node) -> int:
    """Release without asking anybody; returns how many entries that wrote."""
    before = size(node)
    to = [peer.services.keys.node]
    node.services.store.write(lambda tx: share_in(node.services, tx, person.viewer(), [message], to=to))
    return size(node) - before


def named(node: Node, seq: int, words: str) -> None:
    """Verify names the entry, first of all, and says what is wrong."""
    found = verify(node.services, progress=no_progress)
    assert not found.ok
    assert found.first_bad is not None
    assert found.first_bad.startswith(f"entry {seq}:"), found.problems
    assert words in found.first_bad, found.first_bad


def an_order(node: Node, peer: Node, person: Person, **more: Any) -> tuple[str, str]:
    message = taken(node, **more)
    return propose(node.services, person.viewer(), "share", sharing(message, peer)).id, message


def test_a_made_up_signature(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    (person,) = people(here, "Aminah")
    order, message = an_order(here, there, person)
    given = person.passkey.answer(challenge(order, "confirmed"))
    stranger = SoftPasskey(drawn("stranger"), HOST, ORIGIN).answer(challenge(order, "confirmed"))
    at = assent(here, order, person, "confirmed", replace(given, signature=stranger.signature))
    done(here, order, person.id, effects=released(here, person, message, there))
    named(here, at, "did not sign")


def test_an_assertion_over_another_order_replayed(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    (person,) = people(here, "Aminah")
    real, _ = an_order(here, there, person)
    given = person.passkey.answer(challenge(real, "confirmed"))
    answer(here.services, person.viewer(), real, "confirmed", given)
    order, message = an_order(here, there, person, text="Another +60129876543")
    at = assent(here, order, person, "confirmed", given)
    done(here, order, person.id, effects=released(here, person, message, there))
    named(here, at, "did not sign")


def test_another_verdict_than_was_signed(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    order, message = an_order(here, there, person, classes=[Protected.CHILD])
    person.says(order, "confirmed")
    at = assent(here, order, other, "approved", other.passkey.answer(challenge(order, "refused")))
    done(here, order, person.id, effects=released(here, person, message, there))
    named(here, at, "did not sign")


def test_a_passkey_added_without_vouching(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    (person,) = people(here, "Aminah")
    forged = SoftPasskey(drawn("administrator"), HOST, ORIGIN)
    at = size(here)
    enrol(here, person.id, forged)
    order, message = an_order(here, there, person)
    assent(here, order, person, "confirmed", forged.answer(challenge(order, "confirmed")))
    done(here, order, person.id, effects=released(here, person, message, there))
    named(here, at, "nobody vouched")
    assert any("did not count" in one for one in verify(here.services, progress=no_progress).problems)


def test_a_passkey_vouched_for_by_an_order_that_nobody_confirmed(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    (person,) = people(here, "Aminah supervisor")
    said = {"do": "add", "name": "Farid", "role": "analyst", "clearance": "AMBER", "opens": []}
    order = propose(here.services, person.viewer(), "people.change", said).id
    at = size(here)
    enrol(here, person.id, SoftPasskey(drawn("administrator"), HOST, ORIGIN), vouched_by=order)
    named(here, at, "nobody vouched")


def test_one_order_vouches_for_one_passkey(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    (person,) = people(here, "Aminah")
    said = {"do": "passkey", "account": person.id}
    order = propose(here.services, person.viewer(), "own.access", said).id
    assert person.says(order, "confirmed").state == "done"
    enrol(here, person.id, SoftPasskey(drawn("second"), HOST, ORIGIN), vouched_by=order)
    assert verify(here.services, progress=no_progress).ok
    at = size(here)
    enrol(here, person.id, SoftPasskey(drawn("third"), HOST, ORIGIN), vouched_by=order)
    named(here, at, "nobody vouched")


def test_a_passkey_that_was_ended_before(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    (person,) = people(here, "Aminah")
    order, message = an_order(here, there, person)
    body = {
        "account": person.id,
        "action": "ended",
        "algorithm": person.passkey.algorithm,
        "by": person.id,
        "credential": to_base64url(person.passkey.credential),
        "public": to_base64url(person.passkey.public),
        "vouched_by": "",
    }
    append_control(here.services, Kind.CREDENTIAL, body)
    at = assent(here, order, person, "confirmed", person.passkey.answer(challenge(order, "confirmed")))
    done(here, order, person.id, effects=released(here, person, message, there))
    named(here, at, "did not count")


def test_another_persons_passkey(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi")
    order, _ = an_order(here, there, person)
    at = assent(here, order, person, "confirmed", other.passkey.answer(challenge(order, "confirmed")))
    named(here, at, "another person's")


def test_ones_own_passkey_as_the_second(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, _ = people(here, "Aminah", "Budi")
    order, message = an_order(here, there, person, classes=[Protected.CHILD])
    person.says(order, "confirmed")
    at = assent(here, order, person, "approved", person.passkey.answer(challenge(order, "approved")))
    done(here, order, person.id, effects=released(here, person, message, there))
    named(here, at, "nobody answers for a second person")


def test_a_done_that_nobody_confirmed(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    (person,) = people(here, "Aminah")
    order, message = an_order(here, there, person)
    effects = released(here, person, message, there)
    at = done(here, order, person.id, effects=effects)
    found = verify(here.services, progress=no_progress)
    assert f"entry {at}: it says that an order was done which those who had to did not confirm" in found.problems
    assert found.first_bad == f"entry {at - 1}: it releases messages, without an order that people confirmed"


def test_a_childs_item_that_one_person_released(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, _ = people(here, "Aminah", "Budi")
    order, message = an_order(here, there, person, classes=[Protected.CHILD])
    person.says(order, "confirmed")
    done(here, order, person.id, effects=released(here, person, message, there))
    named(here, size(here) - 2, "without an order")


def test_a_release_without_any_order(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    (person,) = people(here, "Aminah")
    message = taken(here)
    released(here, person, message, there)
    named(here, size(here) - 1, "it releases messages, without an order")


def test_something_else_released_under_an_order(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    (person,) = people(here, "Aminah")
    other = taken(here, "What nobody spoke of: +60123334455")
    order, _ = an_order(here, there, person)
    assent(here, order, person, "confirmed", person.passkey.answer(challenge(order, "confirmed")))
    done(here, order, person.id, effects=released(here, person, other, there))
    named(here, size(here) - 2, "without an order")


def test_an_order_done_twice(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    (person,) = people(here, "Aminah")
    order, _ = an_order(here, there, person)
    person.says(order, "confirmed")
    message = taken(here, "More: +60123334455")
    effects = released(here, person, message, there)
    at = done(here, order, person.id, effects=effects)
    named(here, at - 1, "without an order")
    assert any("done before" in one for one in verify(here.services, progress=no_progress).problems)


def test_an_account_made_without_an_order(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    people(here, "Aminah")
    at = size(here)
    create_account(here.services, name="Nobody", password=None, role="supervisor", clearance=Tlp.RED)
    named(here, at, "without an order")


def set_rights(node: Node, person: Person, role: str, clearance: Tlp = Tlp.RED) -> None:
    """Change an account in the database, as whoever has the folder can."""
    node.services.store.write(
        lambda tx: tx.set_account_rights(person.id, role=role, clearance=int(clearance), opens="")
    )


def test_a_role_that_was_given_in_the_database_for_one_answer(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    person, other = people(here, "Aminah", "Budi analyst")
    order, _ = an_order(here, there, person, classes=[Protected.CHILD])
    person.says(order, "confirmed")
    set_rights(here, other, "supervisor")
    at = size(here)
    assert other.says(order, "approved").state == "done"
    set_rights(here, other, "analyst")
    named(here, at, "their role there was analyst")


def test_an_account_made_in_the_database_that_approves(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    (person,) = people(here, "Aminah")
    row = here.services.store.read(lambda snapshot: snapshot.account(person.id))
    assert row is not None
    ghost = row._replace(number=9, id="officer-0009", name="Ghost", name_key="ghost", role="supervisor")
    here.services.store.write(lambda tx: tx.add_account(ghost))
    other = Person(here, ghost.id, SoftPasskey(drawn("ghost"), HOST, ORIGIN), session="ab" * 8)
    at = size(here)
    enrol(here, other.id, other.passkey)
    order, _ = an_order(here, there, person, classes=[Protected.CHILD])
    person.says(order, "confirmed")
    assert other.says(order, "approved").state == "done"
    named(here, at, "no entry says that they work here")


@pytest.mark.parametrize("what", ["role", "clearance"])
def test_rights_that_were_changed_in_the_database_and_then_told_beside_something_else(
    nodes: tuple[Node, Node], what: str
) -> None:
    here, _ = nodes
    (person,) = people(here, "Aminah analyst GREEN")
    if what == "role":
        set_rights(here, person, "supervisor", Tlp.GREEN)
    else:
        set_rights(here, person, "analyst")
    at = size(here)
    set_password(here.services, person.id, "several plain words")
    named(here, at, f"another {what} of an account")


@pytest.mark.parametrize("more", [{"clearance": "RED"}, {"role": "supervisor"}, {"opens": ["ct"]}])
def test_more_given_to_a_person_than_two_agreed_to(nodes: tuple[Node, Node], more: dict[str, Any]) -> None:
    here, _ = nodes
    person, other, third = people(here, "Aminah supervisor", "Budi supervisor", "Citra analyst GREEN")
    said = {"do": "clearance", "account": third.id, "clearance": "AMBER"}
    order = propose(here.services, person.viewer(), "people.change", said).id
    person.says(order, "confirmed")
    assent(here, order, other, "approved", other.passkey.answer(challenge(order, "approved")))
    body = {"account": third.id, "action": "clearance", "clearance": "AMBER", "role": "analyst"} | more
    at, _ = append_control(here.services, Kind.ACCOUNT, body)
    done(here, order, person.id, effects=1)
    named(here, at, "without an order" if "clearance" in more else "than the entries before it")


def test_an_answer_to_an_order_that_is_not_there(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    (person,) = people(here, "Aminah")
    order = "ab" * 32
    at = assent(here, order, person, "confirmed", person.passkey.answer(challenge(order, "confirmed")))
    named(here, at, "does not stand before it")


def test_another_access_policy_without_an_order(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    people(here, "Aminah")
    record_access(here.services, OFFICER, "find", {}, [])
    said = {"viewer": "officer-0001", "verb": "find", "asked": {}, "shown": [], "shown_count": 0, "purpose": ""}
    at, _ = append_content(here.services, Kind.ACCESS, said | {"policy": "ab" * 32})
    named(here, at, "another access policy")


def test_an_order_under_an_access_policy_that_nobody_approved(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    people(here, "Aminah supervisor", "Budi supervisor")
    record_access(here.services, OFFICER, "find", {}, [])
    raw = resources.files("lintas.packs").joinpath("access.toml").read_bytes()
    lenient = re.sub(rb"four_eyes = true", b"four_eyes = false", raw)
    packs = replace(here.services.packs, access=parse_access(lenient))
    lax = replace(here.services, packs=packs)  # the operator put another pack in place, and takes it away again
    row = here.services.store.read(lambda snapshot: snapshot.account("officer-0001"))
    assert row is not None
    viewer = here.services.store.read(lambda snapshot: viewer_of(lax, snapshot, row))
    said = {"do": "role", "account": "officer-0002", "role": "trainer"}
    at = size(here)
    order = propose(lax, viewer, "people.change", said).id
    given = passkey_of("Aminah", "officer-0001").answer(challenge(order, "confirmed"))
    assert answer(lax, viewer, order, "confirmed", given).state == "done"
    named(here, at, "another access policy")


def test_the_old_policy_counts_until_the_new_one_that_people_approved_is_in_force(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    person, other = people(here, "Aminah supervisor", "Budi supervisor")
    record_access(here.services, OFFICER, "find", {}, [])
    order = propose(here.services, person.viewer(), "policy.change", {"digest": "ab" * 32}).id
    person.says(order, "confirmed")
    assert other.says(order, "approved").state == "done"
    record_access(here.services, OFFICER, "find", {}, [])  # the operator has not put it in place yet
    assert verify(here.services, progress=no_progress).ok
    said = {"viewer": "officer-0001", "verb": "find", "asked": {}, "shown": [], "shown_count": 0, "purpose": ""}
    append_content(here.services, Kind.ACCESS, said | {"policy": "ab" * 32})
    assert verify(here.services, progress=no_progress).ok
    at, _ = append_content(here.services, Kind.ACCESS, said | {"policy": here.services.packs.access.digest})
    named(here, at, "another access policy")


class Entry(NamedTuple):
    """An entry as the checks of decisions get it."""

    id: str
    header: dict[str, Any]
    data: bytes | None
    openings: bytes


def entries(node: Node) -> list[Entry]:
    services = node.services

    def look(snapshot: Snapshot) -> list[Entry]:
        found = []
        for entry in snapshot.entries(0, snapshot.size()):
            row = snapshot.payload(entry.seq)
            data = payload_bytes(services, snapshot, entry.seq)
            found.append(Entry(entry.id, json.loads(entry.header), data, b"{}" if row is None else row.openings))
        return found

    return services.store.read(look)


def judged(node: Node, log: list[Entry]) -> list[str]:
    """What the checks say of a log in which all signatures of the node and all digests are made to fit."""
    decisions = Decisions(node=node.services.keys.node, table=node.services.packs.access)
    said = [
        problem
        for seq, one in enumerate(log)
        for problem in decisions.problems(seq, one.id, one.header, one.data, one.openings)
    ]
    return said + [problem for _, problem in decisions.unclaimed()]


def of(log: list[Entry], verdict: str) -> int:
    return next(i for i, one in enumerate(log) if one.header.get("body", {}).get("verdict") == verdict)


def swapped(log: list[Entry], *places: int) -> list[Entry]:
    first, second = places
    changed = list(log)
    changed[first], changed[second] = changed[second], changed[first]
    return changed


def another_payload(log: list[Entry]) -> list[Entry]:
    """The same order, saying other messages."""
    changed = []
    for one in log:
        data = one.data
        if one.header["kind"] == "order" and data is not None:
            said = json.loads(data)
            said["said"]["messages"] = ["cd" * 32]
            data = json.dumps(said).encode()
        changed.append(one._replace(data=data))
    return changed


def fewer_classes(log: list[Entry]) -> list[Entry]:
    """The same order, as if nothing protected were in it."""
    changed = []
    for one in log:
        data = one.data
        if one.header["kind"] == "order" and data is not None:
            data = json.dumps(json.loads(data) | {"classes": 0, "second": False}).encode()
        changed.append(one._replace(data=data))
    return changed


CHANGES: dict[str, Callable[[list[Entry]], list[Entry]]] = {
    "the confirmation removed": lambda log: [one for i, one in enumerate(log) if i != of(log, "confirmed")],
    "the approval removed": lambda log: [one for i, one in enumerate(log) if i != of(log, "approved")],
    "the done removed": lambda log: [one for i, one in enumerate(log) if i != of(log, "done")],
    "the answers changed about": lambda log: swapped(log, of(log, "confirmed"), of(log, "approved")),
    "the approval after the done": lambda log: swapped(log, of(log, "approved"), of(log, "done")),
    "the order's payload swapped": another_payload,
    "the order's classes hidden": fewer_classes,
    "the passkeys removed": lambda log: [
        one for i, one in enumerate(log) if one.header["kind"] != "credential" or i == first_credential(log)
    ],
}


def first_credential(log: list[Entry]) -> int:
    return next(i for i, one in enumerate(log) if one.header["kind"] == "credential")


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, list[Entry]]]:
    with two_nodes(tmp_path_factory.mktemp("decided")) as (here, there):
        person, other = people(here, "Aminah", "Budi")
        order, _ = an_order(here, there, person, classes=[Protected.CHILD])
        person.says(order, "confirmed")
        other.says(order, "approved")
        yield here, entries(here)


def test_what_was_decided_holds(decided: tuple[Node, list[Entry]]) -> None:
    assert judged(*decided) == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_log_rewritten_with_the_nodes_own_key(decided: tuple[Node, list[Entry]], change: str) -> None:
    node, log = decided
    assert judged(node, CHANGES[change](log)) != []
