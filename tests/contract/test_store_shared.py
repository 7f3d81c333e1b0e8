# SPDX-License-Identifier: Apache-2.0
"""Bytes that stand once for many messages, and what of exchange is found."""

import pytest

from lintas.crypto.digests import salted_digest
from lintas.errors import UnknownTerm
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.ports.store import Store, Transaction
from lintas.testing import up_to
from tests.contract.conftest import OpenStore
from tests.faults.peer_scribe import OTHER, OURS, PeerScribe, did
from tests.faults.scribe import said

RED = int(Tlp.RED)
PHONE = "+60123456789"


def test_released_messages_share_the_bytes_of_their_local_one(store: Store, us: PeerScribe) -> None:
    home = us.item(data=b"the same bytes")
    (place,) = did(store, home)
    copies = [us.released(home, place), us.released(home, place, channel=OTHER)]
    places = did(store, *copies)
    again = us.released(copies[0], places[0])
    places += did(store, again)
    rows = store.read(lambda s: s.payload_rows(0, 99))
    assert [rows[seq].data for seq in places] == [b"the same bytes"] * 3
    for copy, seq in zip([*copies, again], places, strict=True):
        row = store.read(lambda s, seq=seq: s.payload(seq))  # type: ignore[misc]  # of this turn
        assert row == rows[seq]
        assert row.seq == seq
        assert copy.payload is not None
        assert (row.salt, row.openings) == (copy.payload.salt, copy.payload.openings)
        assert salted_digest(row.salt, row.data or b"") == copy.header["payload"]["digest"]
    shared = store.read(lambda s: s.sharing(place))
    assert shared == [(seq, copy.id) for seq, copy in zip(places, [*copies, again], strict=True)]
    assert store.read(lambda s: s.sharing(places[0])) == [], "the bytes of what shares stand at the first"
    assert store.read(lambda s: s.releases_of(home.id)) == [
        (places[0], copies[0].id, OURS),
        (places[1], copies[1].id, OTHER),
    ]


def test_the_bytes_stand_once(store: Store, us: PeerScribe, open_store: OpenStore) -> None:
    home = us.item(data=b"x" * 50_000)
    (place,) = did(store, home)
    before = store.size_bytes()
    did(store, *(us.released(home, place, channel=f"pair.{n:032x}") for n in range(50)))
    store.settle()
    assert store.size_bytes() - before < 500_000
    store.close()
    assert open_store().read(lambda s: s.payload(50)).data == b"x" * 50_000  # type: ignore[union-attr]  # it is there


def test_erasing_the_first_erases_all_that_share_its_bytes_and_the_other_way_round_only_the_one(
    store: Store, us: PeerScribe
) -> None:
    home = us.content(Kind.ITEM, b"large", blob=True)
    (place,) = did(store, home)
    copies = [us.released(home, place), us.released(home, place, channel=OTHER, blob=True)]
    places = did(store, *copies)
    assert store.read(lambda s: list(s.blob_names())) == [home.blob]
    assert [row.blob for row in store.read(lambda s: s.payload_rows(0, 9)).values()] == [home.blob] * 3
    assert store.write(lambda tx: tx.erase_payloads([places[0]])) == []
    assert sorted(store.read(lambda s: s.payload_rows(0, 9))) == [place, places[1]]
    assert store.write(lambda tx: tx.erase_payloads([place])) == [home.blob]
    assert store.read(lambda s: (s.payload_rows(0, 9), list(s.blob_names()))) == ({}, [])


def test_a_blob_that_another_row_names_is_still_needed(store: Store, us: PeerScribe) -> None:
    """Two peers that give the same bytes under the same salt make two messages over one blob."""
    one, other = us.content(Kind.ITEM, b"large", blob=True), us.content(Kind.ITEM, b"other", blob=True)

    def both(tx: Transaction) -> None:
        tx.append(one.signed, one.payload, one.blob)
        tx.append(other.signed, other.payload, one.blob)

    store.write(both)
    assert store.write(lambda tx: tx.erase_payloads([0])) == []
    assert store.write(lambda tx: tx.erase_payloads([1])) == [one.blob]


def test_bytes_that_were_erased_are_shared_no_more(store: Store, us: PeerScribe) -> None:
    home = us.item()
    (place,) = did(store, home)
    copy = us.released(home, place)
    store.write(lambda tx: tx.erase_payloads([place]))
    with pytest.raises(UnknownTerm, match="erased"):
        did(store, copy)
    assert store.read(lambda s: s.size()) == 1


def test_what_a_peer_sent_is_found_like_what_was_taken(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    store.write(lambda tx: tx.put_meta("node", us.node))
    sent = peer.sent(said("ali", name="Ali bin Contoh", phone=PHONE))
    did(store, sent, us.received(peer.node, [sent.id], 1))
    (hit,) = store.read(lambda s: list(s.hits([(0, "phone", PHONE)], scope=up_to(RED), limit=9)))
    assert (hit.entity, hit.seq) == ("ali", 0)
    assert [fact.seq for fact in store.read(lambda s: s.worded(["ali"], phrase=False, scope=up_to(RED), limit=9))] == [
        0
    ]
    head = store.read(lambda s: s.head(sent.id, scope=up_to(RED)))
    assert head is not None
    assert (head.originator, head.source, head.intake) == (peer.node, "", "")
    assert store.read(lambda s: s.counts(scope=up_to(RED))["messages"]) == 1


def test_what_was_released_is_no_second_item(store: Store, us: PeerScribe) -> None:
    store.write(lambda tx: tx.put_meta("node", us.node))
    home = us.item(said("ali", name="Ali bin Contoh", phone=PHONE))
    (place,) = did(store, home)
    before = store.read(lambda s: s.counts(scope=up_to(RED)))
    did(store, us.released(home, place), us.released(home, place, channel=OTHER))
    assert store.read(lambda s: s.counts(scope=up_to(RED))) == before
    assert len(store.read(lambda s: list(s.hits([(0, "phone", PHONE)], scope=up_to(RED), limit=9)))) == 1
