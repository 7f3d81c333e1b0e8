# SPDX-License-Identifier: Apache-2.0
"""Peers tell each other which heads they saw: a log that shows each of them another history is caught."""

from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from lintas.crypto.checkpoint import sign_checkpoint
from lintas.crypto.note import format_note
from lintas.crypto.sealing import recipient_of
from lintas.crypto.witness import parse_offer
from lintas.errors import NodeDamaged, NotAllowed, OverLimit, PeerRefused, UnknownTerm
from lintas.limits import CHECKPOINT_EVERY_S, GOSSIP_NOTES_MAX
from lintas.model.found import PeerNote
from lintas.model.peering import Standing
from lintas.node.node import Node
from lintas.node.restoring import open_incarnation, release_with_head, restore
from lintas.testing import OFFICER, FakeClock, shared_readers
from lintas.work.keeping import backup, doctor, rebuild, status
from lintas.work.peering import suspend_peer
from lintas.work.services import no_progress
from lintas.work.witness import (
    Due,
    gossip_in,
    gossip_out,
    note_head,
    offer_checkpoint,
    own_alarm,
    peer_head,
    witness_checkpoint,
)
from tests.scenario.heads import (
    World,
    a_world,
    asks,
    assert_convicted,
    cosign,
    evidence,
    grow,
    held,
    id_of,
    meet,
    newest,
    standing,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def three(world: World) -> tuple[Node, Node, Node]:
    nodes = world.make("my"), world.make("sg"), world.make("th")
    meet(*nodes)
    return nodes


def gossip(teller: Node, hearer: Node) -> list[Due]:
    return gossip_in(hearer.services, id_of(teller), gossip_out(teller.services, id_of(hearer)))


def test_gossip_tells_the_newest_heads_and_the_addressees_own_first(three: tuple[Node, Node, Node]) -> None:
    my, sg, th = three
    for log in (my, th):
        grow(log)
        cosign(sg, log)
    for addressee, other in ((my, th), (th, my)):
        first, second = gossip_out(sg.services, id_of(addressee))
        assert first.startswith(id_of(addressee))
        assert second.startswith(id_of(other))
    assert gossip_out(my.services, id_of(sg)) == []


def test_heads_that_agree_ask_for_nothing(three: tuple[Node, Node, Node]) -> None:
    my, sg, th = three
    grow(my)
    cosign(sg, my)
    cosign(th, my)
    assert gossip(sg, th) == gossip(th, sg) == gossip(sg, my) == []
    assert own_alarm_of(my) is None


def own_alarm_of(node: Node) -> str | None:
    alarm = node.services.store.read(own_alarm)
    return None if alarm is None else alarm.what


def test_a_fork_of_one_size_shown_to_two_peers_convicts_the_log_and_not_the_messenger(
    three: tuple[Node, Node, Node], world: World
) -> None:
    my, sg, th = three
    my, twin = world.copy(my, "my", "twin")
    one, other = grow(my, "one history"), grow(twin, "another one")
    cosign(sg, my)
    cosign(th, twin)
    assert gossip(sg, th) == []
    assert_convicted(th, my, "fork", one, other)
    assert standing(th, sg) is Standing.UNVERIFIED
    gossip(th, sg)  # told nothing of a log whose owner is suspended
    assert standing(sg, my) is Standing.UNVERIFIED


def test_a_fork_that_never_shows_two_peers_one_size_is_caught_too(three: tuple[Node, Node, Node], world: World) -> None:
    my, sg, th = three
    my, twin = world.copy(my, "my", "twin")
    one = grow(my, "one history")
    cosign(sg, my)
    grow(twin, "another")
    other = grow(twin, "and longer")
    cosign(th, twin)
    (smaller,) = gossip(sg, th)
    assert smaller.node == id_of(my)
    with pytest.raises(PeerRefused) as refused:
        note_head(th.services, smaller.node, smaller.note, fetch=asks(twin, th))
    assert refused.value.what == "fork"
    assert_convicted(th, my, "fork", one, other)


def test_a_larger_head_that_somebody_saw_is_fetched_from_its_owner(three: tuple[Node, Node, Node]) -> None:
    my, sg, th = three
    grow(my)
    cosign(th, my)
    grow(my, "more")
    cosign(sg, my)
    (larger,) = gossip(sg, th)
    cosigned = note_head(th.services, larger.node, larger.note, fetch=asks(my, th))
    assert cosigned is not None
    assert held(th, my) == replace_note(held(sg, my), held(th, my))
    assert gossip(sg, th) == []


def replace_note(one: PeerNote | None, like: PeerNote | None) -> PeerNote:
    """The same head with the other's lines."""
    assert one is not None
    assert like is not None
    return one._replace(note=like.note, at=like.at)


def test_an_owner_that_denies_what_it_showed_another_is_caught(three: tuple[Node, Node, Node], world: World) -> None:
    my, sg, th = three
    my, old = world.copy(my, "my", "old")
    grow(old, "short")
    cosign(th, old)
    for text in ("one", "two", "three"):
        grow(my, text)
    cosign(sg, my)
    (larger,) = gossip(sg, th)
    with pytest.raises(PeerRefused) as refused:
        note_head(th.services, larger.node, larger.note, fetch=asks(old, th))
    assert refused.value.what == "rollback"
    assert standing(th, my) is Standing.SUSPENDED


def test_what_says_nothing_is_passed_over(three: tuple[Node, Node, Node], world: World) -> None:
    my, sg, _ = three
    good = grow(my)
    cosign(sg, my)
    (world.folder / "far").mkdir()
    Node.create(world.folder / "far" / "node", name="Far away", country="LA", mode=my.services.config.mode)
    with Node.open(world.folder / "far" / "node", clock=world.clock, readers=shared_readers()) as far:
        unknown = grow(far)
    flipped = good.replace(b"\n\n", b"\nx\n\n", 1)
    forged = format_note(sign_checkpoint(parse_offer(offer(my, sg)).checkpoint, sg.services.keys.log))
    own = good.replace(id_of(my).encode(), id_of(sg).encode())
    notes: list[bytes | str] = [
        unknown,
        flipped,
        forged,
        own,
        b"",
        b"\xff" * 50,
        b"/",
        b"\n\n",
        "half a character \ud800",
    ]
    assert gossip_in(sg.services, id_of(my), notes) == []
    assert own_alarm_of(sg) is None
    assert standing(sg, my) is Standing.UNVERIFIED


def offer(of: Node, by: Node) -> bytes:
    return offer_checkpoint(of.services, id_of(by), 0)


def test_gossip_is_bounded_and_for_peers_only(three: tuple[Node, Node, Node]) -> None:
    my, sg, th = three
    grow(my)
    cosign(sg, my)
    with pytest.raises(OverLimit):
        gossip_in(sg.services, id_of(my), [b""] * (GOSSIP_NOTES_MAX + 1))
    suspend_peer(sg.services, OFFICER, id_of(my), "asked_by_peer")
    with pytest.raises(NotAllowed):
        gossip_out(sg.services, id_of(my))
    with pytest.raises(NotAllowed):
        gossip_in(sg.services, id_of(my), [])
    assert gossip_out(sg.services, id_of(th)) == []
    with pytest.raises(UnknownTerm):
        gossip_out(sg.services, "lintas:" + "a" * 52)


def test_more_heads_than_fit_are_told_by_turns(three: tuple[Node, Node, Node], world: World) -> None:
    """Hundreds of peers are not opened here: one more row for a log that is told already stands for them."""
    my, sg, _ = three
    grow(my)
    cosign(sg, my)
    row = held(sg, my)
    assert row is not None
    peer = sg.services.store.read(lambda snapshot: snapshot.peer(id_of(my)))
    assert peer is not None
    for number in range(2 * GOSSIP_NOTES_MAX + 7):
        other = row._replace(origin=f"{number:03d}/log/{peer.incarnation}", note=f"{number}")
        sg.services.store.write(lambda tx, other=other: tx.put_peer_note(other))  # type: ignore[misc]  # of this turn
    seen = set[str]()
    for _ in range(4):
        told = gossip_out(sg.services, id_of(three[2]))
        assert len(told) == GOSSIP_NOTES_MAX
        seen.update(told)
        world.clock.forward(seconds=CHECKPOINT_EVERY_S)
    assert len(seen) == 2 * GOSSIP_NOTES_MAX + 8


def test_a_node_that_was_rolled_back_meets_its_own_signature(three: tuple[Node, Node, Node], world: World) -> None:
    my, sg, _ = three
    my, old = world.copy(my, "my", "old")
    for text in ("what", "will", "be", "lost"):
        grow(my, text)
    cosign(sg, my)
    my.close()
    grow(old, "something else")
    assert own_alarm_of(old) is None
    assert status(old.services).alarm == ""
    assert gossip(sg, old) == []
    assert own_alarm_of(old) == "rollback"
    ((told, documents),) = evidence(old, old)
    kept = held(sg, old)
    assert kept is not None
    assert documents == [kept.note.encode()]
    size = old.services.store.read(lambda snapshot: snapshot.size())
    gossip(sg, old)
    assert old.services.store.read(lambda snapshot: snapshot.size()) == size  # the same head is kept once
    (check,) = [one for one in doctor(old.services).checks if one.name == "head"]
    assert (check.ok, check.detail) == (False, told.reason)
    assert status(old.services).alarm == told.reason
    assert rebuild(old.services, progress=no_progress).changed == []
    assert old.services.store.read(own_alarm) == told


def test_a_node_that_runs_twice_meets_its_other_history(three: tuple[Node, Node, Node], world: World) -> None:
    my, twin = world.copy(three[0], "my", "twin")
    grow(my, "one history")
    for text in ("another", "and", "longer"):
        grow(twin, text)
    cosign(three[1], my)
    gossip(three[1], twin)
    assert own_alarm_of(twin) == "fork"
    gossip(three[1], my)
    assert own_alarm_of(my) is None


IDENTITY = str(pyrage.x25519.Identity.generate())


def backed_up(node: Node, file: Path) -> None:
    backup(node.services, file, passphrase=None, recipients=[recipient_of(IDENTITY)], progress=no_progress)


def test_the_head_that_a_peer_holds_lets_a_restored_node_go_on(world: World, tmp_path: Path) -> None:
    my, sg = world.make("my"), world.make("sg")
    meet(my, sg)
    grow(my)
    cosign(sg, my)
    with pytest.raises(UnknownTerm):
        peer_head(my.services, id_of(sg))
    backed_up(my, tmp_path / "new.backup")
    newest(my)
    cosign(sg, my)
    kept = peer_head(sg.services, id_of(my))
    my.close()
    restore(tmp_path / "new.backup", tmp_path / "again", passphrase=None, identity=IDENTITY)
    assert release_with_head(tmp_path / "again", kept.note.encode()).state == "live"
    with Node.open(tmp_path / "again", clock=world.clock, readers=shared_readers()) as again:
        grow(again, "and on")
        body = offer_checkpoint(again.services, id_of(sg), kept.size)
        assert witness_checkpoint(sg.services, id_of(again), body)


def test_the_head_that_a_peer_holds_shows_a_restored_node_what_it_lost(world: World, tmp_path: Path) -> None:
    my, sg = world.make("my"), world.make("sg")
    meet(my, sg)
    grow(my)
    backed_up(my, tmp_path / "old.backup")
    grow(my, "after the backup")
    cosign(sg, my)
    kept = peer_head(sg.services, id_of(my)).note
    my.close()
    restore(tmp_path / "old.backup", tmp_path / "again", passphrase=None, identity=IDENTITY)
    with pytest.raises(NodeDamaged, match="lost"):
        release_with_head(tmp_path / "again", kept.encode())
    open_incarnation(tmp_path / "again", ground="disk_lost", approved_by=["officer-0001", "officer-0002"])
    with Node.open(tmp_path / "again", clock=FakeClock(), readers=shared_readers()) as again:
        grow(again, "and on")
        gossip_in(again.services, id_of(sg), [kept])
        assert own_alarm_of(again) is None  # of the life that two people closed
        with pytest.raises(UnknownTerm, match="no log"):  # nobody at the peer has accepted the new one yet
            witness_checkpoint(sg.services, id_of(again), offer_checkpoint(again.services, id_of(sg), 0))
    assert standing(sg, my) is Standing.UNVERIFIED


def test_a_new_incarnation_settles_an_alarm(world: World, tmp_path: Path) -> None:
    my, sg = world.make("my"), world.make("sg")
    meet(my, sg)
    my, old = world.copy(my, "my", "old")
    for text in ("what", "will", "be", "lost"):
        grow(my, text)
    cosign(sg, my)
    gossip(sg, old)
    assert own_alarm_of(old) == "rollback"
    backed_up(old, tmp_path / "old.backup")
    restore(tmp_path / "old.backup", tmp_path / "again", passphrase=None, identity=IDENTITY)
    open_incarnation(tmp_path / "again", ground="disk_lost", approved_by=["officer-0001", "officer-0002"])
    with Node.open(tmp_path / "again", clock=world.clock, readers=shared_readers()) as again:
        assert own_alarm_of(again) is None
