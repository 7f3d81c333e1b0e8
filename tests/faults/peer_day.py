# SPDX-License-Identifier: Apache-2.0
"""A day of exchange that asks a store everything it keeps of peers, with rows to be found."""

from lintas.model.found import CheckpointRow, PeerNote
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.ports.store import Snapshot, Store, Transaction
from lintas.testing import up_to
from tests.faults.peer_scribe import LIFE, OURS, PEER_KEY, THEIRS, PeerScribe
from tests.faults.scribe import put, said

AT = "2026-03-01T03:00:00.000Z"
RED = int(Tlp.RED)


def exchange_one(store: Store) -> None:
    """Have a peer, release to it, receive from it, and ask for all of it."""
    us, peer = PeerScribe(after=50_000), PeerScribe(after=60_000, key=PEER_KEY)
    store.write(lambda tx: _exchange(tx, us, peer))
    store.read(lambda s: _look(s, peer.node))
    store.write(lambda tx: _keep(tx, peer.node))


def _exchange(tx: Transaction, us: PeerScribe, peer: PeerScribe) -> None:
    put(tx, us.key(country="MY"), peer.key(), us.descriptor("Example police", node=peer.node))
    put(tx, us.peer(peer.node, "added"), us.introduction(peer.node, "officer-0001"), us.decision("5" * 64))
    put(tx, us.peer(peer.node, "introduced"))
    home = us.content(Kind.ITEM, b"to be shared", blob=True, derived=said("shared", name="Siti binti Contoh"))
    (place,) = put(tx, home)
    released = us.released(home, place)
    put(tx, released, us.release([released.id], 1))
    sent = peer.sent(said("sent", name="Tan Ah Contoh"))
    put(tx, sent, us.received(peer.node, [sent.id], 1))
    put(tx, peer.receipt([released.id], "stored"), peer.rejection(released.id, [("row 3", "no account")], total=1))
    put(tx, us.evidence(peer.node, "gap"), us.handover(released.id, "officer-0002"))


def _look(s: Snapshot, node: str) -> None:
    (peer,) = s.peers()
    assert s.peer(node) == s.peer_of_channel(OURS) == peer
    assert s.key_places(node)
    assert s.confirmations(node)
    assert s.decision(OURS, conditions="5" * 64, policy="3" * 64)
    assert s.tip("in", THEIRS, incarnation=LIFE, lane="bulk")
    assert s.spans("out", OURS, incarnation=LIFE, lane="bulk", after=0, limit=9)
    assert s.span_at("out", OURS, incarnation=LIFE, lane="bulk", counter=1)
    assert s.stored_upto(OURS, incarnation=LIFE, lane="bulk") == 1
    assert s.channels_from(node) == [THEIRS]
    (line,) = s.outbox(scope=up_to(RED), channel="", before=s.size(), limit=9)
    assert s.outbox(scope=up_to(RED), channel=OURS, before=s.size(), limit=9) == [line]
    assert (line.states, line.rejected) == ("stored", 1)
    ((place, *_),) = s.releases_of(line.of)
    home = s.entry_by_id(line.of)
    assert home is not None
    assert s.sharing(home.seq) == [(place, line.message)]
    assert s.lost_payloads("lintas:" + "z" * 52) == []
    assert s.receipts(line.message)
    assert s.rejections(line.message)
    assert s.evidence(node, limit=9) == s.evidence("", limit=9)
    assert s.handed_to(line.message) == "officer-0002"


def _keep(tx: Transaction, node: str) -> None:
    tx.put_peer_note(PeerNote(node, "origin", 1, b"\0" * 32, "note", AT))
    assert tx.peer_notes() == [tx.peer_note("origin")]
    tx.put_checkpoint(CheckpointRow(size=1, note="note", made_at=AT))
    tx.put_cosigned(1, "note, cosigned")
    assert tx.checkpoint_at(1)
    for url in ("https://node.example", ""):
        tx.set_address(node, url)
        assert tx.address_of(node) == url
