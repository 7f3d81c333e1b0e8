# SPDX-License-Identifier: Apache-2.0
"""Two real nodes exchange without a network: what is released arrives once, and nothing else does."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lintas.errors import BadInput, LintasError, NotAllowed, PeerRefused, UnknownTerm, WrongUse
from lintas.limits import BATCH_MESSAGES_MAX
from lintas.model.header import Kind, Mode
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Cursor, ReceiptState, Standing
from lintas.model.reading import Derived
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.readers import DeriveJob, Readers
from lintas.ports.store import Transaction
from lintas.testing import CLERK, OFFICER, carry, two_nodes
from lintas.work.appending import prepare_content
from lintas.work.exchange import answer_hello, make_hello, next_batch, our_cursor, read_welcome, receive_batch, tell
from lintas.work.exchange.answers import check_answers
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase, rebuild
from lintas.work.peering import remove_peer, suspend_peer
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.sharing import outbox, preview, share
from lintas.work.watching import add_watch, list_alerts

AMBER = Marking(tlp=Tlp.AMBER)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as pair:
        yield pair


def taken(node: Node, text: str, marking: Marking = AMBER) -> str:
    file = TakenFile(name="note.txt", data=text.encode())
    done = take(node.services, OFFICER, [file], options=TakeOptions(marking=marking), progress=no_progress)
    (message,) = done.messages
    return message


def id_of(node: Node) -> str:
    return node.services.keys.node


def assert_whole(*some: Node) -> None:
    for node in some:
        checked = verify(node.services, progress=no_progress)
        assert checked.ok, checked.problems
        rebuilt = rebuild(node.services, progress=no_progress)
        assert rebuilt.changed == []


def test_what_is_shared_arrives_and_can_be_found(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here, "Call +60 12-345 6789 about the parcel")
    done = share(here.services, OFFICER, [message], to=[id_of(there)])
    assert [line.message for line in done.released] == [message] and done.refused == []
    assert carry(here, there) == 1
    (result,) = find(there.services, OFFICER, ["+60123456789"], purpose="test").results
    assert [source.originator for source in result.sources] == [id_of(here)]
    assert result.sources[0].message == done.released[0].released != message
    assert_whole(here, there)


def test_carrying_again_brings_nothing(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    assert carry(here, there) == 1
    before = there.services.store.read(lambda snapshot: snapshot.size())
    assert carry(here, there) == 0
    assert there.services.store.read(lambda snapshot: snapshot.size()) == before


def test_the_same_batch_twice_is_stored_once(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    batch = next_batch(here.services, id_of(there), cursor)
    assert batch is not None
    first = receive_batch(there.services, id_of(here), batch.document)
    again = receive_batch(there.services, id_of(here), batch.document)
    assert (first.messages, again.messages) == (1, 0) and first.cursor == again.cursor == batch.cursor
    assert_whole(there)


def test_sharing_twice_places_once(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here, "Call +60 12-345 6789")
    first = share(here.services, OFFICER, [message], to=[id_of(there)])
    again = share(here.services, OFFICER, [message], to=[id_of(there)])
    assert again.released[0].already and again.released[0].released == first.released[0].released
    assert carry(here, there) == 1


def test_a_watch_over_there_fires_and_says_who_says_so(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    add_watch(there.services, OFFICER, ["+60 12 345 6789"], days=30, note="case")
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    carry(here, there)
    (alert,) = list_alerts(there.services, OFFICER).alerts
    assert alert.from_ == id_of(here)
    assert "Example anti-scam centre (MY" in alert.reason


def test_receipts_come_back(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here, "Call +60 12-345 6789")
    released = share(here.services, OFFICER, [message], to=[id_of(there)]).released[0].released
    carry(here, there)
    assert carry(there, here) == 1
    (line,) = outbox(here.services, OFFICER).lines
    assert (line.message, line.states) == (message, ["stored"])
    assert tell(there.services, MessageId(released), ReceiptState.SHOWN, OFFICER.id)
    assert not tell(there.services, MessageId(released), ReceiptState.SHOWN, OFFICER.id)
    carry(there, here)
    assert outbox(here.services, OFFICER).lines[0].states == ["stored", "shown"]
    assert_whole(here, there)


def test_what_no_reader_can_use_is_told_to_its_sender(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    table = b"account;amount\n" + b"".join(b"%d;%d\n" % (n, n) for n in range(5)) + b"only one cell\n"
    done = take(
        here.services,
        OFFICER,
        [TakenFile(name="rows.csv", data=table)],
        options=TakeOptions(marking=AMBER),
        progress=no_progress,
    )
    share(here.services, OFFICER, [done.messages[0]], to=[id_of(there)])
    carry(here, there)
    carry(there, here)
    line = outbox(here.services, OFFICER).lines[0]
    assert line.rejected == len(done.rejected)
    assert_whole(here, there)


def test_many_messages_arrive_in_order_and_whole(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    objects = [
        {
            "type": "indicator",
            "spec_version": "2.1",
            "id": f"indicator--00000000-0000-4000-8000-{n:012d}",
            "created": "2026-01-01T00:00:00Z",
            "modified": "2026-01-01T00:00:00Z",
            "pattern": f"[domain-name:value = 'host{n}.example']",
            "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z",
        }
        for n in range(BATCH_MESSAGES_MAX + 20)
    ]
    bundle = {"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000000", "objects": objects}
    done = take(
        here.services,
        OFFICER,
        [TakenFile(name="b.json", data=json.dumps(bundle).encode())],
        options=TakeOptions(marking=AMBER),
        progress=no_progress,
    )
    shared = share(here.services, OFFICER, done.messages, to=[id_of(there)])
    assert [line.counter for line in shared.released] == list(range(1, len(objects) + 1))
    assert carry(here, there) == len(objects)
    assert carry(there, here) > 0
    assert_whole(here, there)


def test_tlp_red_stays_home_and_the_preview_says_why(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here, "Call +60 12-345 6789", Marking(tlp=Tlp.RED))
    seen = preview(here.services, OFFICER, [message])
    assert seen.released == [] and [line.rule for line in seen.refused] == ["tlp-red"]
    done = share(here.services, OFFICER, [message], to=[id_of(there)])
    assert done.released == [] and "TLP:RED" in done.refused[0].reason
    assert carry(here, there) == 0


def test_nobody_named_is_nobody(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    with pytest.raises(WrongUse, match="Nobody"):
        share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[])


def test_who_may_not_see_a_message_cannot_share_it(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here, "Call +60 12-345 6789")
    with pytest.raises(UnknownTerm):
        share(here.services, CLERK, [message], to=[id_of(there)])
    with pytest.raises(UnknownTerm):
        preview(here.services, CLERK, [message])


def test_an_analyst_sees_who_would_get_it_and_releases_nothing(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    analyst = Viewer(id="officer-0003", clearance=Tlp.RED, role="analyst")
    message = taken(here, "Call +60 12-345 6789")
    assert preview(here.services, analyst, [message]).released
    with pytest.raises(NotAllowed, match="duty officer"):
        share(here.services, analyst, [message], to=[id_of(there)])
    assert carry(here, there) == 0


def test_a_peers_message_is_not_passed_on(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    released = share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)]).released[0]
    carry(here, there)
    done = share(there.services, OFFICER, [released.released], to=[id_of(here)])
    assert done.released == [] and done.refused[0].rule == "onward-consent"


def test_what_is_erased_before_it_was_sent_is_withheld(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    first, second = taken(here, "Call +60 12-345 6789"), taken(here, "Call +60 12-345 6780")
    share(here.services, OFFICER, [first, second], to=[id_of(there)])
    erase(here.services, OFFICER, [first], ground="mistake")
    cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    batch = next_batch(here.services, id_of(there), cursor)
    assert batch is not None and b"6789" not in batch.document and b"erased" in batch.document
    assert receive_batch(there.services, id_of(here), batch.document).messages == 1
    assert carry(here, there) == 0
    assert_whole(here, there)


def test_what_is_approved_after_the_peer_passed_it_still_arrives(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    early = taken(here, "Call +60 12-345 6789")
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6780")], to=[id_of(there)])
    assert carry(here, there) == 1
    share(here.services, OFFICER, [early], to=[id_of(there)])
    assert carry(here, there) == 1


def test_alerts_go_before_bulk(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6780")], to=[id_of(there)], urgent=True)
    cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    batch = next_batch(here.services, id_of(there), cursor)
    assert batch is not None and (batch.cursor.alert, batch.cursor.bulk) == (1, 0)


def test_an_unverified_peer_gets_nothing_outside_exercises(tmp_path: Path) -> None:
    with two_nodes(tmp_path, mode=Mode.LIVE) as (here, there):
        message = taken(here, "Call +60 12-345 6789")
        done = share(here.services, OFFICER, [message], to=[id_of(there)])
        assert done.released == [] and done.refused[0].rule == "standing-unverified"
        with pytest.raises(NotAllowed):
            next_batch(here.services, id_of(there), Cursor(incarnation="0" * 16))


def test_a_cursor_beyond_the_stream_is_refused(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    with pytest.raises(BadInput, match="rolled back"):
        next_batch(here.services, id_of(there), Cursor(incarnation=cursor.incarnation, bulk=7))


@pytest.mark.parametrize("place", [110, 400, -300, -40])
def test_a_flipped_byte_is_refused_and_the_sender_suspended(nodes: tuple[Node, Node], place: int) -> None:
    here, there = nodes
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    batch = next_batch(here.services, id_of(there), cursor)
    assert batch is not None
    altered = bytearray(batch.document)
    altered[place] ^= 1
    before = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    with pytest.raises(PeerRefused):
        receive_batch(there.services, id_of(here), bytes(altered))
    peer = there.services.store.read(lambda snapshot: snapshot.peer(id_of(here)))
    assert peer is not None and peer.standing is Standing.SUSPENDED
    assert there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here))) == before
    assert len(there.services.store.read(lambda snapshot: snapshot.evidence(id_of(here), limit=9))) == 1
    assert_whole(there)


def test_an_unknown_key_is_refused_and_accuses_nobody(nodes: tuple[Node, Node]) -> None:
    """The sender may have changed its keys: its descriptor tells, and whoever holds the connection fetches that."""
    here, there = nodes
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    batch = next_batch(
        here.services, id_of(there), there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    )
    assert batch is not None
    unknown = b'{"keyid":"ed25519:' + b"0" * 64 + batch.document[82:]
    with pytest.raises(PeerRefused) as refused:
        receive_batch(there.services, id_of(here), unknown)
    assert refused.value.what == "key"
    peer = there.services.store.read(lambda snapshot: snapshot.peer(id_of(here)))
    assert peer is not None and peer.standing is not Standing.SUSPENDED
    assert_whole(there)


def test_a_missing_message_is_a_hard_error(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    for number in range(2):
        share(here.services, OFFICER, [taken(here, f"Call +60 12-345 678{number}")], to=[id_of(there)])
    cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    late = next_batch(here.services, id_of(there), Cursor(incarnation=cursor.incarnation, bulk=1))
    assert late is not None
    with pytest.raises(PeerRefused) as refused:
        receive_batch(there.services, id_of(here), late.document)
    assert refused.value.what == "gap"


@pytest.mark.parametrize(
    ("total", "reason"), [(2**53, "no"), (10**30, "no"), (1, "half a pair: \\ud800"), (1, "\\udc00\\ud800")]
)
def test_a_rejection_that_nobody_can_keep_or_show_is_refused(nodes: tuple[Node, Node], total: int, reason: str) -> None:
    """It would end in an error that nobody foresaw, each time that it is stored or the Outbox is opened."""
    here, there = nodes
    done = share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    said = f'{{"message":"{done.released[0].released}","rejected":[{{"id":"1","reason":"{reason}"}}],"total":{total}}}'
    marking = Marking(tlp=Tlp.AMBER, recipients=frozenset({id_of(here)}))
    channel = f"pair.{32 * '0'}"
    rejection = prepare_content(there.services, Kind.REJECTION, said.encode(), marking=marking, channel=channel)

    def check(tx: Transaction) -> None:
        peer = tx.peer(id_of(there))
        assert peer is not None
        check_answers(tx, peer, [rejection])

    with pytest.raises(PeerRefused, match="form"):
        here.services.store.write(check)


def test_what_was_released_is_not_released_again_as_if_it_were_the_message(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    message = taken(here, "Call +60 12-345 6789")
    (line,) = share(here.services, OFFICER, [message], to=[id_of(there)]).released
    for ask in (share, preview):
        with pytest.raises(WrongUse, match="released"):
            ask(here.services, OFFICER, [line.released], to=[id_of(there)])
    erase(here.services, OFFICER, [message], ground="retention")
    assert carry(here, there) == 0


class Interrupted:
    """Readers during whose work something else happens."""

    def __init__(self, readers: Readers, meanwhile: Callable[[], object]) -> None:
        self.read, self.derive, self.guess_mapping = readers.read, readers.derive, readers.guess_mapping
        self.read_codes, self.read_resolution = readers.read_codes, readers.read_resolution
        self._readers, self._meanwhile = readers, meanwhile

    def derive_each(self, jobs: Sequence[DeriveJob]) -> Iterator[Derived | LintasError]:
        self._meanwhile()
        return self._readers.derive_each(jobs)


@pytest.mark.parametrize("stop", [suspend_peer, remove_peer])
def test_nothing_is_stored_of_a_peer_that_is_stopped_while_its_batch_is_read(
    nodes: tuple[Node, Node], stop: Callable[..., object]
) -> None:
    here, there = nodes
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    batch = next_batch(here.services, id_of(there), cursor)
    assert batch is not None
    readers = Interrupted(there.services.readers, lambda: stop(there.services, OFFICER, id_of(here), "asked_by_peer"))
    with pytest.raises(NotAllowed):
        receive_batch(replace(there.services, readers=readers), id_of(here), batch.document)
    assert there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here))) == cursor


def test_a_third_nodes_batch_is_not_taken_for_a_peers(nodes: tuple[Node, Node], tmp_path: Path) -> None:
    here, there = nodes
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    cursor = there.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(here)))
    batch = next_batch(here.services, id_of(there), cursor)
    assert batch is not None
    with pytest.raises(UnknownTerm):
        receive_batch(here.services, id_of(here), batch.document)  # its own: it is no peer of itself


def test_hello_and_welcome_say_how_far_each_is(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    share(here.services, OFFICER, [taken(here, "Call +60 12-345 6789")], to=[id_of(there)])
    carry(here, there)
    hello = make_hello(there.services, id_of(here), "ab" * 16)
    greeted = answer_hello(here.services, hello, session="cd" * 16)
    welcome = read_welcome(there.services, id_of(here), hello, greeted.document)
    assert greeted.node == id_of(there) and welcome.session == "cd" * 16
    assert {tip.lane: tip.counter for tip in welcome.tips} == {"alert": 0, "bulk": 1}
    with pytest.raises(PeerRefused) as refused:
        read_welcome(there.services, id_of(here), make_hello(there.services, id_of(here), "ef" * 16), greeted.document)
    assert refused.value.what == "stale"
