# SPDX-License-Identifier: Apache-2.0
"""What two nodes exchanged comes back equal from each log, is erased whole, and every erasure is explained."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.errors import NotAllowed
from lintas.limits import PAYLOAD_INLINE_BYTES_MAX
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, carry, two_nodes, up_to
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase, rebuild, status
from lintas.work.peering import accuse
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.sharing import share
from lintas.work.watching import add_watch, list_alerts

Nodes = tuple[Node, Node]
PHONE = "+60123456789"
SUPERVISOR = Viewer(id="officer-0009", clearance=Tlp.RED, role="supervisor")


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """Two nodes that know each other."""
    with two_nodes(tmp_path) as both:
        yield both


def taken(node: Node, *texts: str) -> list[str]:
    """Take some texts; returns their messages."""
    files = [TakenFile(name=f"{n}.txt", data=text.encode()) for n, text in enumerate(texts)]
    options = TakeOptions(source="Hotline", marking=Marking(tlp=Tlp.GREEN))
    return take(node.services, OFFICER, files, options=options, progress=no_progress).messages


def shared(here: Node, there: Node, messages: list[str]) -> list[str]:
    """Release messages to the other node; returns what was released."""
    done = share(here.services, OFFICER, messages, to=[there.services.keys.node])
    assert done.refused == []
    return [line.released for line in done.released]


def settled(here: Node, there: Node) -> None:
    """Carry until neither has anything for the other: receipts go back too."""
    while carry(here, there) + carry(there, here):
        pass


def sizes(node: Node) -> dict[str, int]:
    """How many rows each view has."""
    return {view: count for view, (count, _) in node.services.store.write(lambda tx: tx.views_digest()).items()}


def checked(node: Node) -> None:
    """Views equal a rebuild, and the log verifies."""
    assert rebuild(node.services, progress=no_progress).changed == []
    found = verify(node.services, progress=no_progress)
    assert found.problems == []
    assert found.ok


def test_views_of_both_nodes_come_back_equal_from_their_logs(nodes: Nodes) -> None:
    here, there = nodes
    add_watch(there.services, OFFICER, [PHONE])
    shared(here, there, taken(here, f"call {PHONE}", "ali@bank.example", "x" * (PAYLOAD_INLINE_BYTES_MAX + 1)))
    settled(here, there)
    assert len(list_alerts(there.services, OFFICER).alerts) == 1
    for node in nodes:
        checked(node)
        rows = sizes(node)
        assert all(rows[view] for view in ("peer", "peer_key", "peer_profile", "span", "stream", "receipt"))
    assert sizes(here)["released"] == 3
    assert sizes(there)["released"] == 0


def test_what_was_shared_is_found_once_here_and_once_there(nodes: Nodes) -> None:
    here, there = nodes
    local = taken(here, f"call {PHONE}")
    released = shared(here, there, local)
    before = here.services.store.read(lambda s: s.counts(scope=up_to(Tlp.RED)))
    settled(here, there)
    for node, message in ((here, local[0]), (there, released[0])):
        (found,) = find(node.services, OFFICER, [PHONE]).results
        assert [source.message for source in found.sources] == [message]
        counts = node.services.store.read(lambda s: s.counts(scope=up_to(Tlp.RED)))
        assert counts["messages"] == before["messages"] == 1


@pytest.mark.parametrize("size", [10, PAYLOAD_INLINE_BYTES_MAX + 1])
def test_a_local_message_is_erased_with_all_that_was_released_of_it(nodes: Nodes, size: int) -> None:
    here, there = nodes
    local = taken(here, f"call {PHONE}" + " " * size)
    released = shared(here, there, local)
    settled(here, there)
    done = erase(here.services, OFFICER, local, ground="retention")
    assert done.erased == local
    assert done.also == released
    left = here.services.store.read(lambda s: [s.entry_by_id(MessageId(one)) for one in (*local, *released)])
    assert all(one is not None for one in left)
    assert here.services.store.read(lambda s: [s.payload(one.seq) for one in left if one is not None]) == [None, None]
    assert list(here.services.blobs.names()) == []
    for node in nodes:
        checked(node)
    assert find(there.services, OFFICER, [PHONE]).results[0].sources != [], "who received it keeps it"


def test_only_what_was_released_can_be_erased_and_the_local_message_stays(nodes: Nodes) -> None:
    here, there = nodes
    local = taken(here, f"call {PHONE}")
    released = shared(here, there, local)
    done = erase(here.services, OFFICER, released, ground="recall")
    assert (done.erased, done.also) == (released, [])
    (found,) = find(here.services, OFFICER, [PHONE]).results
    assert [source.message for source in found.sources] == local
    settled(here, there)
    assert find(there.services, OFFICER, [PHONE]).results[0].sources == [], "it was not sent yet, so it never is"
    for node in nodes:
        checked(node)


def test_an_intake_is_erased_with_what_was_released_of_its_items(nodes: Nodes) -> None:
    here, there = nodes
    answer = take(
        here.services,
        OFFICER,
        [TakenFile(name="a.csv", data=b"phone\n0123456789\n0123456780\n0123456781\n")],
        options=TakeOptions(marking=Marking(tlp=Tlp.GREEN)),
        progress=no_progress,
    )
    released = shared(here, there, answer.messages)
    done = erase(here.services, OFFICER, answer.intakes, ground="retention")
    assert set(done.also) == {*answer.messages, *released}
    checked(here)


def test_what_came_from_a_peer_is_erased_with_its_alerts(nodes: Nodes) -> None:
    here, there = nodes
    add_watch(there.services, OFFICER, [PHONE])
    released = shared(here, there, taken(here, f"call {PHONE}"))
    settled(here, there)
    done = erase(there.services, OFFICER, released, ground="retention")
    assert len(done.also) == 1
    assert list_alerts(there.services, OFFICER).alerts == []
    checked(there)


def test_how_a_peer_came_in_is_erased_by_a_supervisor(nodes: Nodes) -> None:
    here, there = nodes
    peer = here.services.store.read(lambda s: s.peer(there.services.keys.node))
    assert peer is not None
    entry = here.services.store.read(lambda s: next(s.entries(peer.profile_seq, peer.profile_seq + 1)))
    with pytest.raises(NotAllowed, match="supervisor"):
        erase(here.services, OFFICER, [entry.id], ground="retention")
    erase(here.services, SUPERVISOR, [entry.id], ground="retention")
    after = here.services.store.read(lambda s: s.peer(there.services.keys.node))
    assert after is not None
    assert after.profile_seq == 0
    checked(here)


def test_reading_again_reads_what_came_from_peers_and_no_released_copy(nodes: Nodes) -> None:
    here, there = nodes
    shared(here, there, taken(here, f"call {PHONE}"))
    settled(here, there)
    for node in nodes:
        before = sizes(node)
        assert rebuild(node.services, read_again=True, progress=no_progress).changed == []
        assert sizes(node) == before, "the packs are those of the first reading"


def test_the_status_says_how_many_peers_there_are_and_how_many_are_suspended(nodes: Nodes) -> None:
    here, there = nodes
    assert (status(here.services).peers, status(here.services).peers_suspended) == (1, 0)
    accuse(here.services, there.services.keys.node, "gap", "Places are missing.", [b"document"])
    assert (status(here.services).peers, status(here.services).peers_suspended) == (1, 1)
    checked(here)
