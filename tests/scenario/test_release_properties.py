# SPDX-License-Identifier: Apache-2.0
"""What arrives at a peer is what the policy released, no more and no less: any marking, purpose, basis, standing."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintas.errors import NotAllowed, WrongUse
from lintas.model.marking import Marking, Onward, Pap, Tlp, Use
from lintas.model.peering import Standing
from lintas.node.node import Node
from lintas.policy.release import Situation, release
from lintas.testing import OFFICER, carry, two_nodes
from lintas.work.exchange import next_batch, our_cursor, receive_batch
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase
from lintas.work.peering import resume_peer, suspend_peer
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.sharing import preview, share
from lintas.work.streams import recipient_of, situation_of
from tests.faults.tapped import readings

_NUMBERS = count()
STRANGER = "lintas:" + "a" * 52

# The nodes are made once for all examples, and each example's messages are its own.
many = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
few = settings(many, max_examples=min(settings().max_examples, 15) if settings().max_examples <= 50 else 1_000)


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path_factory.mktemp("released")) as pair:
        yield pair
        for node in pair:
            checked = verify(node.services, progress=no_progress)
            assert checked.ok, checked.problems


def id_of(node: Node) -> str:
    return str(node.services.keys.node)


def law_of(node: Node) -> tuple[list[str], list[str]]:
    """Purposes and bases of a node's law, the usual one first."""
    profile = node.services.packs.law.of(node.services.config.country)
    return (
        sorted(profile.purposes, key=lambda code: code != profile.default_purpose),
        sorted(profile.bases, key=lambda code: code != profile.default_basis),
    )


def some(*codes: str) -> st.SearchStrategy[frozenset[str]]:
    """None, the first, or any: what is all random lets hardly anything go."""
    return st.one_of(st.just(frozenset[str]()), st.just(frozenset(codes[:1])), st.frozensets(st.sampled_from(codes)))


@st.composite
def markings(draw: st.DrawFn, nodes: tuple[Node, Node]) -> Marking:
    purposes, bases = law_of(nodes[0])
    return Marking(
        tlp=draw(st.sampled_from([*Tlp, Tlp.GREEN, Tlp.AMBER])),
        pap=draw(st.sampled_from(Pap)),
        recipients=draw(some(id_of(nodes[1]), STRANGER)),
        purposes=draw(some(*purposes[:2], "odd-purpose")),
        legal_basis=draw(some(*bases[:2], "odd-basis")),
        use=draw(st.sampled_from(Use)),
        onward=draw(st.sampled_from(Onward)),
        retention=draw(st.sampled_from(["standard", "short"])),
    )


def asked(nodes: tuple[Node, Node]) -> st.SearchStrategy[tuple[str, str]]:
    purposes, bases = law_of(nodes[0])
    return st.tuples(
        st.sampled_from([purposes[0], *purposes[:2], "odd-purpose"]),
        st.sampled_from([bases[0], *bases[:2], "odd-basis"]),
    )


def taken(node: Node, marking: Marking) -> tuple[str, bytes]:
    """Take a text of its own; returns its message and its bytes."""
    data = f"Note {next(_NUMBERS)} of the desk".encode()
    options = TakeOptions(marking=marking)
    (message,) = take(
        node.services, OFFICER, [TakenFile(name="note.txt", data=data)], options=options, progress=no_progress
    ).messages
    return str(message), data


def allowed(nodes: tuple[Node, Node], marking: Marking, purpose: str, basis: str, size_bytes: int) -> bool:
    """What the policy itself says."""
    here, there = nodes
    peer = here.services.store.read(lambda snapshot: snapshot.peer(id_of(there)))
    assert peer is not None
    situation: Situation = situation_of(
        here.services,
        is_quarantined=False,
        is_own=True,
        kind="item",
        size_bytes=size_bytes,
        named=frozenset({id_of(there)}),
        purpose=purpose,
        basis=basis,
    )
    return release(marking, recipient=recipient_of(here.services, peer), situation=situation).allowed


def sent(nodes: tuple[Node, Node]) -> list[bytes]:
    """Carry what waits; returns each batch as it was sent."""
    here, there = nodes
    found: list[bytes] = []
    while True:
        cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
        batch = next_batch(here.services, id_of(there), cursor)
        if batch is None:
            return found
        found.append(batch.document)
        receive_batch(there.services, id_of(here), batch.document)


def has(node: Node, message: str) -> bool:
    return node.services.store.read(lambda snapshot: snapshot.entry_by_id(message)) is not None  # type: ignore[arg-type]  # a text from an answer


@few
@given(data=st.data())
def test_what_arrives_is_what_the_policy_released(nodes: tuple[Node, Node], data: st.DataObject) -> None:
    here, there = nodes
    purpose, basis = data.draw(asked(nodes))
    cases = [(*taken(here, one), one) for one in data.draw(st.lists(markings(nodes), min_size=1, max_size=4))]
    expected = {
        message for message, raw, marking in cases if allowed(nodes, marking, purpose, basis, size_bytes=len(raw))
    }
    ids = [message for message, _, _ in cases]
    seen = preview(here.services, OFFICER, ids, purpose=purpose, basis=basis)
    assert {line.message for line in seen.released} == expected  # the dry run promises what the share does
    assert sent(nodes) == []
    done = share(here.services, OFFICER, ids, to=[id_of(there)], purpose=purpose, basis=basis)
    assert {line.message for line in done.released} == expected
    assert {line.message for line in done.refused} == set(ids) - expected
    assert all(line.rule and line.reason for line in done.refused)
    before = there.services.store.read(lambda snapshot: snapshot.size())
    assert carry(here, there) == len(expected)
    assert all(has(there, line.released) for line in done.released)
    assert not any(has(there, message) for message in ids)  # the local ones stay at home, released or not
    assert (there.services.store.read(lambda snapshot: snapshot.size()) == before) == (not expected)
    carry(there, here)


@few
@given(data=st.data())
def test_a_stricter_marking_never_releases_more(nodes: tuple[Node, Node], data: st.DataObject) -> None:
    here, there = nodes
    purpose, basis = data.draw(asked(nodes))
    loose, other = data.draw(markings(nodes)), data.draw(markings(nodes))
    strict = loose.strictest(other)
    (first, _), (second, _) = taken(here, loose), taken(here, strict)
    done = share(here.services, OFFICER, [first, second], to=[id_of(there)], purpose=purpose, basis=basis)
    released = {line.message for line in done.released}
    assert second not in released or first in released
    assert carry(here, there) == len(released)
    carry(there, here)


@few
@given(tlps=st.lists(st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER]), min_size=1, max_size=5), data=st.data())
def test_what_is_withdrawn_before_it_was_sent_is_withheld(
    nodes: tuple[Node, Node], tlps: list[Tlp], data: st.DataObject
) -> None:
    """Erased, or the peer suspended meanwhile: its place comes without it, or nothing comes; the rest arrives."""
    here, there = nodes
    cases = [taken(here, Marking(tlp=tlp)) for tlp in tlps]
    done = share(here.services, OFFICER, [message for message, _ in cases], to=[id_of(there)])
    released = {line.message: line.released for line in done.released}
    erased = data.draw(st.sets(st.sampled_from([message for message, _ in cases])))
    if erased:
        erase(here.services, OFFICER, sorted(erased), ground="mistake")
    if data.draw(st.booleans()):
        suspend_peer(here.services, OFFICER, id_of(there), f"mistake{next(_NUMBERS)}")
        with pytest.raises(NotAllowed):
            carry(here, there)
        resume_peer(here.services, OFFICER, id_of(there), f"cleared{next(_NUMBERS)}")
    raw = b"".join(reading for document in sent(nodes) for reading in readings(document))
    for message, text in cases:
        assert has(there, released[message]) == (text in raw) == (message not in erased)
    carry(there, here)


@few
@given(order=st.permutations(range(4)), urgent=st.sets(st.integers(0, 3)))
def test_what_is_approved_after_the_peer_has_passed_it_arrives(
    nodes: tuple[Node, Node], order: list[int], urgent: set[int]
) -> None:
    """Messages are released in any order, one by one, to a peer that takes each at once."""
    here, there = nodes
    cases = [taken(here, Marking(tlp=Tlp.AMBER))[0] for _ in order]
    for place in order:
        (line,) = share(here.services, OFFICER, [cases[place]], to=[id_of(there)], urgent=place in urgent).released
        assert carry(here, there) == 1
        assert has(there, line.released)
    again = share(here.services, OFFICER, cases, to=[id_of(there)])
    assert all(line.already for line in again.released)
    assert carry(here, there) == 0
    carry(there, here)


@few
@given(data=st.data())
def test_nobody_named_is_nobody(nodes: tuple[Node, Node], data: st.DataObject) -> None:
    here, _ = nodes
    message, _ = taken(here, data.draw(markings(nodes)))
    with pytest.raises(WrongUse):
        share(here.services, OFFICER, [message], to=[])
    assert sent(nodes) == []


@few
@given(data=st.data(), standing=st.sampled_from(Standing))
def test_only_who_may_exchange_gets_anything(nodes: tuple[Node, Node], data: st.DataObject, standing: Standing) -> None:
    """The policy itself, over all standings: what refuses a peer refuses every marking."""
    here, there = nodes
    peer = here.services.store.read(lambda snapshot: snapshot.peer(id_of(there)))
    assert peer is not None
    purpose, basis = data.draw(asked(nodes))
    marking = data.draw(markings(nodes))
    recipient = replace(recipient_of(here.services, peer), standing=standing)
    situation = situation_of(
        here.services,
        is_quarantined=data.draw(st.booleans()),
        is_own=data.draw(st.booleans()),
        kind="item",
        size_bytes=1,
        named=frozenset({id_of(there)}),
        purpose=purpose,
        basis=basis,
    )
    decision = release(marking, recipient=recipient, situation=situation)
    if standing in (Standing.SUSPENDED, Standing.REMOVED) or situation.is_quarantined or not situation.is_own:
        assert not decision.allowed
    assert decision.rule and decision.reason
