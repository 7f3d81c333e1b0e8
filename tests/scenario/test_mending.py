# SPDX-License-Identifier: Apache-2.0
"""What a disk lost of a peer's messages comes back from the peer, and nothing else can be slipped in."""

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.errors import NotAllowed, PeerRefused, UnknownTerm
from lintas.formats.peer import Again
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Lane
from lintas.node.node import Node
from lintas.testing import OFFICER, carry, two_nodes, up_to
from lintas.work.exchange import give_again, lost, mend
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase, rebuild
from lintas.work.peering import resume_peer
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.sharing import share

COUNT = 60


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path) as (here, there):
        files = [TakenFile(name=f"{n}.txt", data=b"Call +60 12-345 %04d now" % n) for n in range(COUNT)]
        options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
        done = take(here.services, OFFICER, files, options=options, progress=no_progress)
        share(here.services, OFFICER, done.messages, to=[there.services.keys.node])
        carry(here, there)
        yield here, there


def lose(folder: Path, seed: int, share_of: float = 0.3) -> int:
    """Lose payloads of peers' messages at random, as a damaged disk does."""
    chance = random.Random(seed)
    with sqlite3.connect(folder / "sg" / "node.sqlite", timeout=30) as connection:
        rows = connection.execute("SELECT seq FROM message WHERE channel <> 'local' AND kind = 'item'").fetchall()
        gone = [row for row in rows if chance.random() < share_of]
        connection.executemany("DELETE FROM payload WHERE seq = ?", gone)
    connection.close()
    return len(gone)


def answered(here: Node, there: Node) -> list[bytes]:
    to = there.services.keys.node
    return [
        document
        for ask in lost(there.services, here.services.keys.node)
        for document in give_again(here.services, to, ask.incarnation, Lane(ask.lane), ask.ranges).documents
    ]


@pytest.mark.parametrize("seed", range(3))
def test_what_was_lost_comes_back(nodes: tuple[Node, Node], tmp_path: Path, seed: int) -> None:
    here, there = nodes
    gone = lose(tmp_path, seed)
    assert gone and not verify(there.services, progress=no_progress).ok
    assert mend(there.services, here.services.keys.node, answered(here, there)) == gone
    assert lost(there.services, here.services.keys.node) == []
    checked = verify(there.services, progress=no_progress)
    assert checked.ok, checked.problems
    assert rebuild(there.services, progress=no_progress).changed == []
    (result,) = find(there.services, OFFICER, ["+60123450007"], purpose="test").results
    assert len(result.sources) == 1


def test_what_was_erased_does_not_come_back(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    seq, message = next(
        (seq, head.id)
        for seq, head in sorted(there.services.store.read(lambda s: s.heads(range(s.size()), scope=up_to(4))).items())
        if head.originator == here.services.keys.node and head.kind == "item"
    )
    erase(there.services, OFFICER, [message], ground="retention")
    assert seq and lost(there.services, here.services.keys.node) == []


def test_other_messages_than_those_lost_change_nothing(nodes: tuple[Node, Node], tmp_path: Path) -> None:
    here, there = nodes
    incarnation = here.services.store.read(lambda snapshot: snapshot.meta("incarnation")) or ""
    whole = give_again(here.services, there.services.keys.node, incarnation, Lane.BULK, [(1, COUNT)]).documents
    assert mend(there.services, here.services.keys.node, whole) == 0
    gone = lose(tmp_path, 7)
    altered = bytearray(whole[0])
    altered[-200] ^= 1
    with pytest.raises(PeerRefused):
        mend(there.services, here.services.keys.node, [bytes(altered)])
    with pytest.raises(NotAllowed, match="suspended"):
        mend(there.services, here.services.keys.node, whole)
    resume_peer(there.services, OFFICER, here.services.keys.node, "explained")
    assert mend(there.services, here.services.keys.node, whole) == gone


def test_places_that_never_were_are_not_given(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    incarnation = here.services.store.read(lambda snapshot: snapshot.meta("incarnation")) or ""
    with pytest.raises(UnknownTerm):
        give_again(here.services, there.services.keys.node, incarnation, Lane.BULK, [(COUNT, 2)])


def test_nothing_lost_asks_nothing(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    questions: list[Again] = lost(there.services, here.services.keys.node)
    assert questions == []
