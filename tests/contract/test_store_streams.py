# SPDX-License-Identifier: Apache-2.0
"""What a store keeps of streams: runs, ends, receipts, and the outbox."""

from collections.abc import Sequence

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintas.model.found import SpanHead
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.ports.store import Snapshot, Store, Transaction
from lintas.testing import up_to
from tests.faults.peer_scribe import LIFE, NEXT_LIFE, OTHER, OURS, THEIRS, PeerScribe, did, share
from tests.faults.scribe import put, said

RED, GREEN = int(Tlp.RED), int(Tlp.GREEN)
UNKNOWN = MessageId("0" * 64)


def spans(store: Store, *, after: int = 0, limit: int = 99, lane: str = "bulk", **more: str) -> list[SpanHead]:
    """Runs of our stream to the peer."""
    channel, life = more.get("channel", OURS), more.get("incarnation", LIFE)
    return store.read(lambda s: s.spans("out", channel, incarnation=life, lane=lane, after=after, limit=limit))


def test_a_stream_in_which_nothing_stands_has_no_end(store: Store) -> None:
    assert store.read(lambda s: s.tip("out", OURS, incarnation=LIFE, lane="bulk")) is None
    assert spans(store) == []
    assert store.read(lambda s: s.span_at("out", OURS, incarnation=LIFE, lane="bulk", counter=1)) is None
    assert store.read(lambda s: s.stored_upto(OURS, incarnation=LIFE, lane="bulk")) == 0


def test_a_run_is_the_messages_before_the_entry_that_says_so(store: Store, us: PeerScribe) -> None:
    ids = share(store, us, 3, 1)
    (span,) = spans(store)
    assert (span.incarnation, span.lane, span.first, span.length) == (LIFE, "bulk", 1, 3)
    assert span.release == span.seq + 3
    assert [head.id for head in store.read(lambda s: list(s.entries(span.seq, span.release)))] == ids
    tip = store.read(lambda s: s.tip("out", OURS, incarnation=LIFE, lane="bulk"))
    assert tip == (3, span.chain, span.release)


def test_streams_of_other_channels_lanes_lives_and_directions_are_others(
    store: Store, us: PeerScribe, peer: PeerScribe
) -> None:
    share(store, us, 1, 1)
    share(store, us, 2, 1, lane="alert")
    share(store, us, 3, 1, channel=OTHER)
    share(store, us, 4, 1, incarnation=NEXT_LIFE)
    sent = [peer.sent(said(f"thing-{n}")) for n in range(5)]
    did(store, *sent, us.received(peer.node, [one.id for one in sent], 1))
    lengths = [
        spans(store),
        spans(store, lane="alert"),
        spans(store, channel=OTHER),
        spans(store, incarnation=NEXT_LIFE),
        store.read(lambda s: s.spans("in", THEIRS, incarnation=LIFE, lane="bulk", after=0, limit=9)),
    ]
    assert [[span.length for span in found] for found in lengths] == [[1], [2], [3], [4], [5]]
    assert store.read(lambda s: s.tip("in", THEIRS, incarnation=LIFE, lane="bulk")).counter == 5  # type: ignore[union-attr]  # it is there
    assert store.read(lambda s: s.tip("out", THEIRS, incarnation=LIFE, lane="bulk")) is None
    assert store.read(lambda s: (s.channels_from(peer.node), s.channels_from(us.node))) == ([THEIRS], [])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
@given(data=st.data(), lengths=st.lists(st.integers(1, 5), min_size=1, max_size=8))
def test_runs_beyond_a_counter_are_those_whose_last_is_beyond_it(
    store: Store, data: st.DataObject, lengths: Sequence[int]
) -> None:
    size = store.read(lambda s: s.size())
    us, life = PeerScribe(after=1_000_000 + size), f"{size:016x}"
    first = 1
    for length in lengths:
        share(store, us, length, first, incarnation=life)
        first += length
    after = data.draw(st.integers(0, first + 2))
    limit = data.draw(st.integers(1, 9))
    everything = spans(store, incarnation=life)
    assert [span.length for span in everything] == list(lengths)
    beyond = [span for span in everything if span.first + span.length - 1 > after]
    assert spans(store, incarnation=life, after=after, limit=limit) == beyond[:limit]
    for counter in range(first + 3):
        holds = [span for span in everything if span.first <= counter < span.first + span.length]
        found = store.read(
            lambda s, counter=counter: s.span_at("out", OURS, incarnation=life, lane="bulk", counter=counter)  # type: ignore[misc]  # the counter of this turn
        )
        assert found == (holds[0] if holds else None)


def test_a_peer_that_withholds_still_fills_its_places(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    sent = peer.sent(said("thing-1"))
    did(store, sent, us.received(peer.node, [sent.id], 1), us.withheld(peer.node, 2, ["e" * 64, "f" * 64]))
    found = store.read(lambda s: s.spans("in", THEIRS, incarnation=LIFE, lane="bulk", after=0, limit=9))
    assert [(span.first, span.length, span.seq) for span in found] == [(1, 1, 0), (2, 2, -1)]
    assert store.read(lambda s: s.outbox(scope=up_to(RED), channel="", before=99, limit=9)) == []


def test_two_nodes_that_name_one_channel_do_not_stop_the_store(
    store: Store, us: PeerScribe, peer: PeerScribe, third: PeerScribe
) -> None:
    one, other = peer.sent(said("a")), third.sent(said("b"))
    did(store, one, us.received(peer.node, [one.id], 1), other, us.received(third.node, [other.id], 1))
    assert store.read(lambda s: (s.channels_from(peer.node), s.channels_from(third.node))) == ([THEIRS], [])


def known(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    """The peer is one, with a name."""
    did(store, peer.key(), us.descriptor("Example police", node=peer.node), us.peer(peer.node, "added"))


def test_the_first_receipt_of_a_state_stays_and_each_node_speaks_for_itself(
    store: Store, us: PeerScribe, peer: PeerScribe, third: PeerScribe
) -> None:
    known(store, us, peer)
    (one,) = share(store, us, 1, 1)
    shown = peer.receipt([one], "shown", desk="duty")
    did(store, peer.receipt([one], "stored"), shown, peer.receipt([one], "shown", desk="fraud"))
    did(store, third.receipt([one], "refused", ground="purpose"))
    found = store.read(lambda s: s.receipts(one))
    assert [(row.node, row.state, row.desk, row.ground) for row in found] == [
        (peer.node, "stored", "duty", "none"),
        (peer.node, "shown", "duty", "none"),
        (third.node, "refused", "duty", "purpose"),
    ]
    assert found[1].at == shown.header["created_at"]
    assert store.read(lambda s: s.receipts(UNKNOWN)) == []


def upto(store: Store, lane: str = "bulk", incarnation: str = LIFE) -> int:
    """How far the peer says that it stored our stream."""
    return store.read(lambda s: s.stored_upto(OURS, incarnation=incarnation, lane=lane))


def test_a_stream_is_stored_up_to_the_highest_counter_with_a_receipt(
    store: Store, us: PeerScribe, peer: PeerScribe
) -> None:
    known(store, us, peer)
    bulk = share(store, us, 4, 1) + share(store, us, 3, 5)
    alert = share(store, us, 2, 1, lane="alert")
    assert (upto(store), upto(store, "alert")) == (0, 0)
    did(store, peer.receipt([bulk[1], alert[0]], "stored"))
    assert (upto(store), upto(store, "alert")) == (2, 1)
    did(store, peer.receipt([bulk[5]], "refused", ground="purpose"))
    assert (upto(store), upto(store, "alert")) == (6, 1)
    did(store, peer.receipt([bulk[0], bulk[2], UNKNOWN], "stored"))
    assert upto(store) == 6, "it never goes back"
    did(store, peer.receipt([bulk[6]], "shown"))
    assert upto(store) == 6, "shown to a desk says nothing of the stream"
    assert upto(store, incarnation=NEXT_LIFE) == 0


def test_only_the_recipient_says_how_far_it_stored(
    store: Store, us: PeerScribe, peer: PeerScribe, third: PeerScribe
) -> None:
    known(store, us, peer)
    did(store, us.peer(third.node, "added", channel=OTHER))
    ids = share(store, us, 2, 1)
    did(store, third.receipt(ids, "stored"), us.receipt(ids, "stored"))
    assert upto(store) == 0
    line, _ = store.read(lambda s: s.outbox(scope=up_to(RED), channel=OURS, before=99, limit=9))
    assert line.states == ""


def test_the_outbox_lists_what_was_released_newest_first(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    known(store, us, peer)
    did(store, us.peer("lintas:" + "a" * 52, "added", channel=OTHER))
    ours = share(store, us, 2, 1)
    others = share(store, us, 1, 1, channel=OTHER, lane="alert")
    ours += share(store, us, 2, 3)
    did(store, peer.receipt(ours[:2], "stored"), peer.receipt(ours[:1], "shown"))
    did(store, peer.rejection(ours[0], [("row 3", "no account")], total=7))
    lines = store.read(lambda s: s.outbox(scope=up_to(RED), channel="", before=999, limit=99))
    assert [line.message for line in lines] == [ours[3], ours[2], *others, ours[1], ours[0]]
    assert [line.counter for line in lines] == [4, 3, 1, 2, 1]
    assert [line.states for line in lines] == ["", "", "", "stored", "stored shown"]
    assert [line.rejected for line in lines] == [0, 0, 0, 0, 7]
    assert [line.lane for line in lines] == ["bulk", "bulk", "alert", "bulk", "bulk"]
    assert {line.node for line in lines} == {peer.node, "lintas:" + "a" * 52}
    last = lines[-1]
    home = store.read(lambda s: s.head(last.of, scope=up_to(RED)))
    assert home is not None
    assert (home.kind, last.kind, last.size_bytes, last.tlp) == ("item", "item", home.size_bytes, GREEN)
    assert store.read(lambda s: s.rejections(ours[0])) == [(peer.node, (("row 3", "no account"),), 7)]
    assert store.read(lambda s: s.rejections(ours[1])) == []


def test_the_outbox_is_paged_and_asks_who_looks(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    known(store, us, peer)

    def job(tx: Transaction) -> None:
        homes = [us.item(tlp=tlp) for tlp in (Tlp.GREEN, Tlp.RED, Tlp.GREEN, Tlp.RED)]
        released = [
            us.released(one, place, tlp=Tlp[one.header["marking"]["tlp"]])
            for one, place in zip(homes, put(tx, *homes), strict=True)
        ]
        put(tx, *released, us.release([one.id for one in released], 1))

    store.write(job)
    share(store, us, 1, 5)

    def page(s: Snapshot, clearance: int, before: int, limit: int, channel: str) -> list[int]:
        return [line.counter for line in s.outbox(scope=up_to(clearance), channel=channel, before=before, limit=limit)]

    for channel in ("", OURS):
        assert store.read(lambda s, c=channel: page(s, RED, 999, 99, c)) == [5, 4, 3, 2, 1]  # type: ignore[misc]  # this turn's
        assert store.read(lambda s, c=channel: page(s, GREEN, 999, 99, c)) == [5, 3, 1]  # type: ignore[misc]  # this turn's
        assert store.read(lambda s, c=channel: page(s, -1, 999, 99, c)) == []  # type: ignore[misc]  # this turn's
        seen: list[int] = []
        before = 999
        while lines := store.read(
            lambda s, b=before, c=channel: s.outbox(scope=up_to(RED), channel=c, before=b, limit=2)  # type: ignore[misc]
        ):
            seen += [line.counter for line in lines]
            before = lines[-1].seq
        assert seen == [5, 4, 3, 2, 1]
    assert store.read(lambda s: page(s, RED, 999, 99, OTHER)) == []


def test_receipts_and_descriptors_are_of_no_local_message(store: Store, us: PeerScribe, peer: PeerScribe) -> None:
    known(store, us, peer)
    receipt = us.receipt([UNKNOWN], "stored", channel=OURS)
    did(store, receipt, us.release([receipt.id], 1, lane="alert"))
    (line,) = store.read(lambda s: s.outbox(scope=up_to(RED), channel=OURS, before=99, limit=9))
    assert (line.message, line.of, line.kind) == (receipt.id, "", "receipt")
