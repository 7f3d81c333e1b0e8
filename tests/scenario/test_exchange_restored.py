# SPDX-License-Identifier: Apache-2.0
"""Two nodes go on after one of them was restored: nobody is accused of what the restore lost."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest

from lintas.crypto.sealing import recipient_of
from lintas.errors import PeerRefused
from lintas.model.ids import MessageId
from lintas.model.peering import Action, ReceiptState, Standing
from lintas.node.node import Node
from lintas.node.peer_heads import PeerHeads
from lintas.node.restoring import open_incarnation, restore
from lintas.ports.store import Transaction
from lintas.testing import OFFICER, carry
from lintas.transport.workers import Workers
from lintas.work.exchange import next_batch, our_cursor, receive_batch
from lintas.work.exchange.receipts import place_receipts
from lintas.work.keeping import backup
from lintas.work.peering.standing import append_standing
from lintas.work.services import no_progress
from lintas.work.sharing import outbox, share
from tests.scenario import meeting
from tests.scenario.agencies import standing, taken
from tests.scenario.heads import World, a_world, cosign, grow, id_of, meet, newest
from tests.scenario.heads import held as head_held
from tests.scenario.test_peer_links import greeted

IDENTITY = str(pyrage.x25519.Identity.generate())  # a passphrase costs a second of scrypt each time
PEOPLE = ["officer-0001", "officer-0002"]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


def shared(node: Node, to: Node, text: str) -> None:
    share(node.services, OFFICER, [taken(node, text)], to=[id_of(to)])


def backed_up(world: World, node: Node) -> None:
    file = world.folder / "backup"
    backup(node.services, file, passphrase=None, recipients=[recipient_of(IDENTITY)], progress=no_progress)


def restored(world: World, node: Node) -> Node:
    """The node as its backup has it, in a new life of its log."""
    node.close()
    restore(world.folder / "backup", world.folder / "again", passphrase=None, identity=IDENTITY)
    open_incarnation(world.folder / "again", ground="disk_lost", approved_by=PEOPLE)
    return world.open("again")


def follow(node: Node, of: Node) -> None:
    """Two people at a node accept the life that a peer's log is in."""
    life = of.services.store.read(lambda snapshot: snapshot.meta("incarnation") or "")
    node.services.store.write(
        lambda tx: append_standing(
            node.services, tx, id_of(of), Action.ROLLED, PEOPLE, ground="new_incarnation", incarnation=life
        )
    )


def test_receipts_for_what_the_restore_lost_are_no_lie(world: World) -> None:
    my, sg = world.make("my"), world.make("sg")
    meet(my, sg)
    shared(my, sg, "call +60123456789")
    assert (carry(my, sg), carry(sg, my)) == (1, 1)
    backed_up(world, my)
    shared(my, sg, "call +60123456780")
    assert (carry(my, sg), carry(sg, my)) == (1, 1)
    my = restored(world, my)
    assert carry(sg, my) == 1  # its receipt for a message that is lost here
    assert standing(my, sg) is Standing.UNVERIFIED
    shared(my, sg, "call +60123456781")
    follow(sg, my)
    assert (carry(my, sg), carry(sg, my)) == (1, 1)


def test_a_restored_node_still_knows_a_false_receipt(world: World) -> None:
    my, sg, th = world.make("my"), world.make("sg"), world.make("th")
    meet(my, sg, th)
    backed_up(world, my)
    my = restored(world, my)
    shared(my, th, "call +60123456789")  # a message that stands here, and was never sent to sg
    released = outbox(my.services, OFFICER, only_items=True).lines[0].released

    def lie(tx: Transaction) -> None:
        peer = tx.peer(id_of(my))
        assert peer is not None
        place_receipts(sg.services, tx, peer, [MessageId(released)], ReceiptState.STORED)

    sg.services.store.write(lie)
    with pytest.raises(PeerRefused, match="never sent"):
        carry(sg, my)
    assert standing(my, sg) is Standing.SUSPENDED


def test_what_was_on_its_way_when_people_accepted_a_new_life_is_no_lie(world: World) -> None:
    my, sg = world.make("my"), world.make("sg")
    meet(my, sg)
    shared(my, sg, "call +60123456789")
    backed_up(world, my)
    my = restored(world, my)
    cursor = sg.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(my)))
    late = next_batch(my.services, id_of(sg), cursor)
    assert late is not None
    receive_batch(sg.services, id_of(my), late.document)
    shared(my, sg, "call +60123456781")
    follow(sg, my)
    with pytest.raises(PeerRefused) as refused:
        receive_batch(sg.services, id_of(my), late.document)
    assert refused.value.what == "stale"
    assert standing(sg, my) is Standing.UNVERIFIED
    assert carry(my, sg) == 1


def test_a_node_that_pushes_brings_what_its_earlier_life_released(world: World) -> None:
    """The peer cannot fetch from it, so what nobody pushes never comes."""
    my, sg = world.make("my"), world.make("sg")
    meet(my, sg)
    shared(my, sg, "call +60123456789")
    backed_up(world, my)
    my = restored(world, my)
    shared(my, sg, "call +60123456781")

    async def story() -> None:
        async with asyncio.timeout(240), meeting.served(my, listens=False), meeting.served(sg) as there:
            meeting.meet(my, there)
            await meeting.until(sg, lambda: meeting.held(sg, id_of(my)).bulk == 1)
            await asyncio.to_thread(follow, sg, my)
            sg.services.events.publish("peers")
            life = my.services.store.read(lambda snapshot: snapshot.meta("incarnation") or "")
            await meeting.until(sg, lambda: (now := meeting.held(sg, id_of(my))).incarnation == life and now.bulk == 1)

    asyncio.run(story())


def test_a_longer_head_of_a_life_that_was_lost_convicts_nobody(world: World) -> None:
    """A third node saw more of the lost life, and tells so while nobody here has accepted the new one."""
    my, sg, th = world.make("my"), world.make("sg"), world.make("th")
    meet(my, sg, th)
    backed_up(world, my)
    for number in range(20):
        shared(my, th, f"call +6012345678{number}")
    grow(my)
    cosign(sg, my)
    grow(my, "and more")
    cosign(th, my)
    longer = head_held(th, my)
    assert longer is not None
    my = restored(world, my)
    newest(my)

    async def story() -> None:
        async with asyncio.timeout(240), meeting.served(my) as here:
            heads = PeerHeads(sg.services, Workers(), node=id_of(my), proof_s=5.0, gossip_s=5.0, hear=lambda *_: None)
            heads.client = await greeted(sg, here)
            heads.life = my.services.store.read(lambda snapshot: snapshot.meta("incarnation") or "")
            heads.hear(longer.note.encode())
            running = asyncio.create_task(heads.run(is_offering=False))
            links = sg.services.links
            await meeting.until(sg, lambda: running.done() or "accepted" in links.state(id_of(my)).last_error)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await heads.client.aclose()

    asyncio.run(story())
    assert standing(sg, my) is Standing.UNVERIFIED
