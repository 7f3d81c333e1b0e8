# SPDX-License-Identifier: Apache-2.0
"""A sender proves that its log commits to what it sent; whoever sends other things than it logs is caught."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lintas.errors import HeadConflict, LintasError, NotAllowed, PeerRefused, UnknownTerm
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Standing
from lintas.node.node import Node
from lintas.testing import OFFICER, carry
from lintas.work.exchange import next_batch, our_cursor, receive_batch
from lintas.work.intake import TakeOptions
from lintas.work.keeping import erase
from lintas.work.peering import resume_peer
from lintas.work.proving import make_checkpoint
from lintas.work.sharing import share
from lintas.work.witness import check_proof, head_in, keep_cosignature, note_head, peer_head, prove_release
from tests.scenario.giving import take_text
from tests.scenario.heads import World, a_world, asks, cosign, evidence, grow, id_of, meet, newest, standing

AMBER = TakeOptions(marking=Marking(tlp=Tlp.AMBER))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def pair(world: World) -> tuple[Node, Node]:
    my, sg = world.make("my"), world.make("sg")
    meet(my, sg)
    return my, sg


def release(sender: Node, to: Node, *texts: str) -> list[str]:
    """Take texts in and share them."""
    messages = [message for text in texts for message in take_text(sender.services, text, options=AMBER).messages]
    share(sender.services, OFFICER, messages, to=[id_of(to)])
    return list(messages)


def life(node: Node) -> str:
    return node.services.store.read(lambda snapshot: snapshot.meta("incarnation")) or ""


def proven(sender: Node, to: Node, counter: int, *, lane: str = "bulk") -> bytes:
    return prove_release(sender.services, id_of(to), life(sender), lane, counter)


def checked(by: Node, sender: Node, raw: bytes, *, lane: str = "bulk", quorum: int = 1) -> int:
    note_head(by.services, id_of(sender), head_in(raw), fetch=asks(sender, by))
    return check_proof(by.services, id_of(sender), raw, incarnation=life(sender), lane=lane, quorum=quorum)


def received(by: Node, sender: Node) -> int:
    return by.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(sender))).bulk


def test_one_proof_covers_all_that_came(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    release(my, sg, "one", "two", "three")
    release(my, sg, "four")
    assert carry(my, sg) == 4
    make_checkpoint(my.services)
    assert checked(sg, my, proven(my, sg, 4)) == 4
    assert checked(sg, my, proven(my, sg, 1)) == 3  # by the release entry of the first three
    assert standing(sg, my) is Standing.UNVERIFIED


def test_receipts_are_proven_in_the_alert_lane(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    release(my, sg, "one")
    carry(my, sg)
    assert carry(sg, my) == 1
    make_checkpoint(sg.services)
    assert checked(my, sg, proven(sg, my, 1, lane="alert"), lane="alert") == 1


def test_a_place_is_proven_only_under_a_signed_head(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    grow(my)
    release(my, sg, "one")
    with pytest.raises(UnknownTerm, match="No signed head covers"):
        proven(my, sg, 1)
    make_checkpoint(my.services)
    for wrong in (0, 2, 10**15):
        with pytest.raises(UnknownTerm, match="no such place"):
            proven(my, sg, wrong)
    with pytest.raises(UnknownTerm, match="no such place"):
        prove_release(my.services, id_of(sg), "0" * 16, "bulk", 1)


def test_nobody_is_shown_the_stream_of_another(pair: tuple[Node, Node], world: World) -> None:
    my, sg = pair
    th = world.make("th")
    meet(my, th)
    release(my, sg, "for one only")
    make_checkpoint(my.services)
    with pytest.raises(UnknownTerm):
        proven(my, th, 1)
    with pytest.raises(UnknownTerm):
        prove_release(my.services, "lintas:" + "a" * 52, life(my), "bulk", 1)


def test_a_proof_waits_for_what_has_not_come_and_for_its_head(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    release(my, sg, "one")
    make_checkpoint(my.services)
    raw = proven(my, sg, 1)
    with pytest.raises(UnknownTerm, match="came here yet"):
        check_proof(sg.services, id_of(my), raw, incarnation=life(my), lane="bulk")
    carry(my, sg)
    with pytest.raises(HeadConflict) as refused:
        check_proof(sg.services, id_of(my), raw, incarnation=life(my), lane="bulk")
    assert refused.value.size == 0
    release(my, sg, "two")
    make_checkpoint(my.services)
    with pytest.raises(UnknownTerm, match="not come here yet"):
        checked(sg, my, proven(my, sg, 2))
    assert checked(sg, my, proven(my, sg, 1)) == 1
    assert standing(sg, my) is Standing.UNVERIFIED


def test_a_quorum_counts_us_and_other_cosigners(pair: tuple[Node, Node], world: World) -> None:
    my, sg = pair
    th = world.make("th")
    meet(my, th, sg)
    release(my, sg, "one")
    carry(my, sg)
    newest(my)
    raw = proven(my, sg, 1)
    assert checked(sg, my, raw, quorum=1) == 1
    keep_cosignature(my.services, id_of(sg), peer_head(sg.services, id_of(my)).note.encode())
    with pytest.raises(UnknownTerm, match="1 nodes"):
        checked(sg, my, proven(my, sg, 1), quorum=2)
    cosign(th, my)
    assert checked(sg, my, proven(my, sg, 1), quorum=2) == 1
    with pytest.raises(UnknownTerm, match="2 nodes"):
        checked(sg, my, proven(my, sg, 1), quorum=3)


def test_a_run_that_came_in_two_batches_is_proven_once_both_are_here(pair: tuple[Node, Node]) -> None:
    """Batches close at a size, runs of releases at a number: their ends need not meet."""
    my, sg = pair
    texts = [f"{number} " + "x" * 400_000 for number in range(5)]
    release(my, sg, *texts)
    make_checkpoint(my.services)
    batch = next_batch(my.services, id_of(sg), our_cursor_of(sg, my))
    assert batch is not None
    receive_batch(sg.services, id_of(my), batch.document)
    assert 0 < received(sg, my) < len(texts)
    with pytest.raises(UnknownTerm, match="not come here yet"):
        checked(sg, my, proven(my, sg, 1))
    carry(my, sg)
    assert checked(sg, my, proven(my, sg, 1)) == len(texts)


def our_cursor_of(by: Node, sender: Node) -> Any:
    return by.services.store.read(lambda snapshot: our_cursor(snapshot, id_of(sender)))


def test_what_was_withheld_is_proven_by_what_stands_in_for_it(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    messages = release(my, sg, "one", "two", "three")
    erase(my.services, OFFICER, messages[1:2], ground="recall")
    assert carry(my, sg) == 2
    make_checkpoint(my.services)
    assert checked(sg, my, proven(my, sg, 2)) == 3


def test_a_sender_that_logs_other_things_than_it_sends_is_caught(pair: tuple[Node, Node], world: World) -> None:
    """A node with two lives: one sends, the other keeps the log that peers see."""
    my, twin = world.copy(pair[0], "my", "twin")
    sg = pair[1]
    release(twin, sg, "what was sent")
    carry(twin, sg)
    release(my, sg, "what was logged")
    make_checkpoint(my.services)
    raw = proven(my, sg, 1)
    with pytest.raises(PeerRefused) as refused:
        checked(sg, my, raw)
    assert refused.value.what == "chain"
    ((told, documents),) = evidence(sg, my)
    assert (told.what, documents, standing(sg, my)) == ("chain", [raw], Standing.SUSPENDED)
    with pytest.raises(NotAllowed):
        check_proof(sg.services, id_of(my), raw, incarnation=life(my), lane="bulk")


def test_a_proof_under_a_head_that_contradicts_ours_convicts_with_both_heads(
    pair: tuple[Node, Node], world: World
) -> None:
    my, twin = world.copy(pair[0], "my", "twin")
    sg = pair[1]
    release(my, sg, "the same size")
    release(twin, sg, "in two lives")
    carry(my, sg)
    make_checkpoint(my.services)
    make_checkpoint(twin.services)
    assert checked(sg, my, proven(my, sg, 1)) == 1
    with pytest.raises(PeerRefused) as refused:
        check_proof(sg.services, id_of(my), proven(twin, sg, 1), incarnation=life(my), lane="bulk")
    assert refused.value.what == "fork"
    ((_, documents),) = evidence(sg, my)
    assert len(documents) == 2


def tampered(raw: bytes, other: bytes, foreign: bytes) -> dict[str, bytes]:
    """Proofs that are none."""
    said, another, stranger = json.loads(raw), json.loads(other), json.loads(foreign)
    head, _, note = said["receipt"].partition("\n\n")
    lines = head.split("\n")

    def with_receipt(*changed: str) -> bytes:
        return json.dumps(said | {"receipt": "\n".join(changed) + "\n\n" + note}).encode()

    signature = said["entry"]["signatures"][0]
    false = signature | {"sig": another["entry"]["signatures"][0]["sig"]}
    return {
        "empty": b"",
        "no JSON": b"\xff",
        "a field more": json.dumps(said | {"more": 1}).encode(),
        "no receipt": json.dumps(said | {"receipt": ""}).encode(),
        "another place": with_receipt(lines[0], "index 0", *lines[2:]),
        "a hash less": with_receipt(*lines[:-1]),
        "a flipped hash": with_receipt(*lines[:-1], "A" * 43 + "="),
        "the entry of another release": json.dumps(said | {"entry": another["entry"]}).encode(),
        "the entry of another node": json.dumps(said | {"entry": stranger["entry"]}).encode(),
        "a false signature": json.dumps(said | {"entry": said["entry"] | {"signatures": [false]}}).encode(),
    }


def test_what_is_no_proof_convicts(pair: tuple[Node, Node], world: World) -> None:
    my, sg = pair
    release(my, sg, "one")
    release(my, sg, "two")
    release(sg, my, "from the other side")
    carry(my, sg)
    make_checkpoint(my.services)
    make_checkpoint(sg.services)
    raw = proven(my, sg, 1)
    assert checked(sg, my, raw) == 1
    foreign = prove_release(sg.services, id_of(my), life(sg), "bulk", 1)
    for name, bad in tampered(raw, proven(my, sg, 2), foreign).items():
        world.clock.forward(seconds=1)
        with pytest.raises(PeerRefused):
            check_proof(sg.services, id_of(my), bad, incarnation=life(my), lane="bulk")
        assert (name, standing(sg, my)) == (name, Standing.SUSPENDED)
        resume_peer(sg.services, OFFICER, id_of(my), "asked_why")
    assert check_proof(sg.services, id_of(my), raw, incarnation=life(my), lane="bulk") == 1


def test_a_proof_of_another_lane_or_life_is_none(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    release(my, sg, "one")
    carry(my, sg)
    make_checkpoint(my.services)
    raw = proven(my, sg, 1)
    assert checked(sg, my, raw) == 1
    with pytest.raises(LintasError):
        check_proof(sg.services, id_of(my), raw, incarnation=life(my), lane="alert")
    with pytest.raises(NotAllowed):
        check_proof(sg.services, id_of(my), raw, incarnation="0" * 16, lane="bulk")
