# SPDX-License-Identifier: Apache-2.0
"""What a store keeps of peers: their standing, evidence, heads, addresses; and that all of exchange comes back."""

from lintas.model.found import CheckpointRow, PeerNote
from lintas.ports.store import Store, Transaction
from lintas.store.case_views import CASE_VIEWS
from lintas.store.desk_views import DESK_VIEWS
from lintas.store.ledger import LEDGER_VIEWS
from lintas.store.people_views import PEOPLE_VIEWS
from lintas.store.questions import QUESTION_VIEWS
from lintas.store.traces import TRACE_VIEWS
from lintas.views.fold import Logged, fold
from lintas.work.appending import Prepared
from tests.faults.peer_scribe import LIFE, NEXT_LIFE, OTHER, OURS, THEIRS, PeerScribe, did
from tests.faults.scribe import said

PHONE = "+60123456789"


def test_nobody_is_a_peer_of_a_new_store(store: Store, peer: PeerScribe) -> None:
    assert store.read(lambda s: (s.peers(), s.peer(peer.node), s.peer_of_channel(OURS), s.evidence("", limit=9))) == (
        [],
        None,
        None,
        [],
    )


def test_a_peer_is_what_its_entries_say(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    key, descriptor, added = peer.key(), us.descriptor("Example police", node=peer.node), us.peer(peer.node, "added")
    places = did(store, us.key(country="MY"), key, descriptor, added)
    found = store.read(lambda s: s.peer(peer.node))
    assert found is not None
    assert (found.node, found.name, found.country, found.channel) == (peer.node, "Example police", "SG", OURS)
    assert (found.is_introduced, found.is_suspended, found.is_removed) == (False, False, False)
    assert (found.keys_seq, found.profile_seq, found.incarnation, found.ground) == (*places[1:3], LIFE, "agreed")
    assert found.added_at == found.changed_at == added.header["created_at"]
    assert store.read(lambda s: (s.peers(), s.peer_of_channel(OURS))) == ([found], found)
    assert store.read(lambda s: (s.peer_of_channel(THEIRS), s.peer(us.node))) == (None, None)


def test_a_peer_without_keys_or_descriptor_has_no_name_and_no_country(
    store: Store, us: PeerScribe, peer: PeerScribe
) -> None:
    did(store, us.peer(peer.node, "added"))
    found = store.read(lambda s: s.peer(peer.node))
    assert found is not None
    assert (found.name, found.country, found.keys_seq, found.profile_seq) == ("", "", 0, 0)


def flags(store: Store, node: str) -> tuple[bool, bool, bool, str]:
    """How a peer stands, and in which life of its log."""
    found = store.read(lambda s: s.peer(node))
    assert found is not None
    return found.is_introduced, found.is_suspended, found.is_removed, found.incarnation


def test_each_action_changes_what_it_is_named_for_and_nothing_else(
    store: Store, us: PeerScribe, peer: PeerScribe
) -> None:
    steps = [
        ("added", (False, False, False, LIFE)),
        ("introduced", (True, False, False, LIFE)),
        ("suspended", (True, True, False, LIFE)),
        ("resumed", (True, False, False, LIFE)),
        ("rolled", (True, False, False, NEXT_LIFE)),
        ("removed", (True, False, True, NEXT_LIFE)),
        ("added", (False, False, False, NEXT_LIFE)),
    ]
    for action, expected in steps:
        life = NEXT_LIFE if expected[3] == NEXT_LIFE else LIFE
        did(store, us.peer(peer.node, action, incarnation=life, ground=f"ground-{action}"))
        assert flags(store, peer.node) == expected, action
        found = store.read(lambda s: s.peer(peer.node))
        assert found is not None
        assert found.ground == f"ground-{action}"


def test_only_a_rolled_incarnation_is_another_one(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    did(store, us.peer(peer.node, "added"))
    for action in ("introduced", "suspended", "resumed", "removed"):
        did(store, us.peer(peer.node, action, incarnation=NEXT_LIFE))
        assert flags(store, peer.node)[3] == LIFE


def test_who_was_never_added_is_no_peer_whatever_is_said_of_it(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    did(store, *(us.peer(peer.node, action) for action in ("introduced", "suspended", "removed", "rolled")))
    assert store.read(lambda s: s.peers()) == []


def test_the_newest_keys_and_descriptor_count(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    did(store, us.peer(peer.node, "added"), peer.key(country="SG"), us.descriptor("Before", node=peer.node))
    places = did(store, peer.key(country="TH"), us.descriptor("After", node=peer.node))
    found = store.read(lambda s: s.peer(peer.node))
    assert found is not None
    assert (found.country, found.name, found.keys_seq, found.profile_seq) == ("TH", "After", *places)


def test_an_erased_descriptor_gives_way_to_the_one_before_it(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    before, after = us.descriptor("Before", node=peer.node), us.descriptor("After", node=peer.node)
    did(store, us.peer(peer.node, "added"), before, after, us.erase([after.id]))
    found = store.read(lambda s: s.peer(peer.node))
    assert found is not None
    assert (found.name, found.profile_seq) == ("Before", 1)


def test_peers_stand_in_the_order_of_their_names(
    store: Store, us: PeerScribe, peer: PeerScribe, third: PeerScribe
) -> None:
    did(store, us.peer(peer.node, "added"), us.peer(third.node, "added", channel=OTHER))
    did(store, us.descriptor("Zeta", node=peer.node), us.descriptor("Alpha", node=third.node))
    assert [one.name for one in store.read(lambda s: s.peers())] == ["Alpha", "Zeta"]
    found = store.read(lambda s: [s.peer_of_channel(channel) for channel in (OURS, OTHER)])
    assert [one.name for one in found if one is not None] == ["Zeta", "Alpha"]


def test_key_entries_of_every_node_are_found_oldest_first(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    assert did(store, us.key(), peer.key(), us.key(), peer.key()) == [0, 1, 2, 3]
    assert store.read(lambda s: (s.key_places(us.node), s.key_places(peer.node), s.key_places("nobody"))) == (
        [0, 2],
        [1, 3],
        [],
    )


def test_each_person_confirms_once_and_only_since_the_peer_was_last_added(
    store: Store, us: PeerScribe, peer: PeerScribe
) -> None:
    did(store, us.introduction(peer.node, "officer-0009"), us.peer(peer.node, "added"))
    assert store.read(lambda s: s.confirmations(peer.node)) == []
    heard = [
        us.introduction(peer.node, "officer-0002", their_person="A"),
        us.introduction(peer.node, "officer-0001", their_person="B"),
        us.introduction(peer.node, "officer-0002", their_person="C"),
    ]
    did(store, *heard)
    found = store.read(lambda s: s.confirmations(peer.node))
    assert [(one.by, one.their_person) for one in found] == [("officer-0002", "A"), ("officer-0001", "B")]
    assert found[0].at == heard[0].header["created_at"]
    did(store, us.erase([heard[0].id]))
    assert [one.their_person for one in store.read(lambda s: s.confirmations(peer.node))] == ["B", "C"]
    did(store, us.peer(peer.node, "added"))
    assert store.read(lambda s: s.confirmations(peer.node)) == []


def test_a_decision_is_found_by_all_its_conditions_and_the_first_one_stays(store: Store, us: PeerScribe) -> None:
    first, second = us.decision("5" * 64), us.decision("5" * 64, outcome="refuse", rule="standing")
    did(store, first, second)
    policy = "3" * 64

    def ask(channel: str, conditions: str, policy: str) -> tuple[str, str, str] | None:
        return store.read(lambda s: s.decision(channel, conditions=conditions, policy=policy))

    assert ask(OURS, "5" * 64, policy) == (first.id, "release", "marking")
    assert ask(OTHER, "5" * 64, policy) is None
    assert ask(OURS, "6" * 64, policy) is None
    assert ask(OURS, "5" * 64, "4" * 64) is None


def test_evidence_is_listed_newest_first_of_one_peer_or_of_all(
    store: Store, us: PeerScribe, peer: PeerScribe, third: PeerScribe
) -> None:
    entries = [us.evidence(peer.node, "gap"), us.evidence(third.node, "fork"), us.evidence(peer.node, "chain")]
    did(store, *entries)
    everything = store.read(lambda s: s.evidence("", limit=9))
    assert [(row.node, row.what, row.message) for row in everything] == [
        (peer.node, "chain", entries[2].id),
        (third.node, "fork", entries[1].id),
        (peer.node, "gap", entries[0].id),
    ]
    assert [row.what for row in store.read(lambda s: s.evidence(peer.node, limit=9))] == ["chain", "gap"]
    assert [row.what for row in store.read(lambda s: s.evidence(peer.node, limit=1))] == ["chain"]
    did(store, us.erase([entries[2].id]))
    assert [row.what for row in store.read(lambda s: s.evidence(peer.node, limit=9))] == ["gap"]


def test_the_newest_head_of_each_other_log_is_kept(store: Store, peer: PeerScribe) -> None:
    rows = [
        PeerNote(peer.node, "origin/one", 3, b"\0" * 32, "note 3", "2026-03-01"),
        PeerNote(peer.node, "origin/two", 1, b"\1" * 32, "note 1", "2026-03-01"),
        PeerNote(peer.node, "origin/one", 7, b"\2" * 32, "note 7", "2026-03-02"),
    ]
    for row in rows:
        store.write(lambda tx, row=row: tx.put_peer_note(row))  # type: ignore[misc]  # the row of this turn
    assert store.read(lambda s: s.peer_notes()) == [rows[2], rows[1]]
    assert store.read(lambda s: (s.peer_note("origin/two"), s.peer_note("none"))) == (rows[1], None)
    store.write(lambda tx: tx.empty_views())
    assert store.read(lambda s: s.peer_notes()) == [rows[2], rows[1]], "no log holds them"


def test_a_checkpoint_gains_cosignatures_and_no_other_changes(store: Store) -> None:
    for size in (3, 7):
        store.write(lambda tx, size=size: tx.put_checkpoint(CheckpointRow(size, "note", "2026-03-01")))  # type: ignore[misc]  # of this turn
    store.write(lambda tx: tx.put_cosigned(3, "note\n— peer"))
    store.write(lambda tx: tx.put_cosigned(99, "of nothing"))
    assert store.read(lambda s: list(s.checkpoints())) == [
        CheckpointRow(3, "note\n— peer", "2026-03-01"),
        CheckpointRow(7, "note", "2026-03-01"),
    ]


def test_an_address_is_set_replaced_and_forgotten(store: Store, peer: PeerScribe) -> None:
    assert store.read(lambda s: s.address_of(peer.node)) == ""
    for url in ("https://one.example", "https://two.example", "", ""):
        store.write(lambda tx, url=url: tx.set_address(peer.node, url))  # type: ignore[misc]  # of this turn
        assert store.read(lambda s: s.address_of(peer.node)) == url


def test_an_alert_is_whose_it_was_last_handed_to(store: Store, us: PeerScribe) -> None:
    watch, item = us.watch([("phone", PHONE)]), us.item()
    alert = us.alert(watch.id, item.id, value=PHONE)
    did(store, watch, item, alert)
    assert store.read(lambda s: s.handed_to(alert.id)) == ""
    did(store, us.handover(alert.id, "officer-0002"), us.handover(alert.id, "officer-0003"))
    assert store.read(lambda s: (s.handed_to(alert.id), s.handed_to(item.id))) == ("officer-0003", "")


def test_views_of_exchange_come_back_equal_from_the_log(
    store: Store, us: PeerScribe, peer: PeerScribe, third: PeerScribe
) -> None:
    entries = everything(store, us, peer, third)
    before = store.write(lambda tx: tx.views_digest())
    empty = [view for view, (count, _) in before.items() if not count]
    assert empty == [
        "intake",
        "intake_item",
        *PEOPLE_VIEWS,
        *DESK_VIEWS,
        *CASE_VIEWS,
        *LEDGER_VIEWS,
        *TRACE_VIEWS,
        *QUESTION_VIEWS,
    ]

    def again(tx: Transaction) -> dict[str, tuple[int, str]]:
        tx.empty_views()
        gone = {seq for seq in range(tx.size()) if tx.payload(seq) is None}
        for seq, entry in enumerate(entries):
            payload = None if seq in gone else entry.payload
            data, openings = (None, b"{}") if payload is None else (payload.data, payload.openings)
            derived = None if seq in gone else entry.derived
            tx.apply(fold(Logged(seq, entry.id, entry.header, data, derived, openings)))
        return tx.views_digest()

    assert store.write(again) == before


def everything(store: Store, us: PeerScribe, peer: PeerScribe, third: PeerScribe) -> list[Prepared]:
    """A log with every kind of exchange, some of it erased; returns its entries in order."""
    entries: list[Prepared] = []

    def do(*more: Prepared) -> list[int]:
        entries.extend(more)
        return did(store, *more)

    do(us.key(country="MY"), peer.key(), us.descriptor("Example police", node=peer.node), us.peer(peer.node, "added"))
    do(us.introduction(peer.node, "officer-0001"), us.introduction(peer.node, "officer-0002"))
    do(
        us.peer(peer.node, "introduced", by=("officer-0001", "officer-0002")),
        us.peer(third.node, "added", channel=OTHER),
    )
    do(us.descriptor("Zeta", node=third.node), us.decision("5" * 64), us.decision("5" * 64, outcome="refuse"))
    homes = [us.item(said(f"thing-{n}", name=f"name {n}", phone=f"+601234567{n}")) for n in range(4)]
    places = do(*homes)
    first = [us.released(one, place) for one, place in zip(homes[:2], places[:2], strict=True)]
    do(*first, us.release([one.id for one in first], 1))
    second = [us.released(one, place) for one, place in zip(homes[2:], places[2:], strict=True)]
    do(*second, us.release([one.id for one in second], 3))
    sent = [peer.sent(said(f"sent-{n}", name=f"name {n}", target="thing-0")) for n in range(3)]
    do(*sent, us.received(peer.node, [one.id for one in sent], 1), us.withheld(peer.node, 4, ["e" * 64]))
    do(peer.receipt([first[0].id, second[0].id], "stored"), peer.receipt([first[0].id], "shown"))
    do(third.receipt([second[1].id], "refused", ground="purpose"))
    rejections = [peer.rejection(first[0].id, [("row 3", "no account")], total=2) for _ in range(2)]
    do(*rejections)
    watch = us.watch([("phone", PHONE)])
    alert = us.alert(watch.id, sent[0].id, value=PHONE)
    do(watch, alert, us.handover(alert.id, "officer-0002"))
    evidence = [us.evidence(peer.node, "gap"), us.evidence(third.node, "fork", reason="half \\ud800 of a fork")]
    do(*evidence, us.peer(third.node, "suspended", by=("node:self",), ground="fork"))
    gone = [homes[0], first[0], second[1], sent[1], evidence[0], rejections[1], entries[5], entries[8]]
    do(us.erase([one.id for one in gone]))
    ids = {one.id for one in gone}
    store.write(lambda tx: tx.erase_payloads([seq for seq, one in enumerate(entries) if one.id in ids]))
    return entries
