# SPDX-License-Identifier: Apache-2.0
"""Real nodes countersign each other's heads, and catch each other when a log shows two histories or goes back."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import lintas_verify
from lintas.crypto.checkpoint import Checkpoint, log_origin, open_checkpoint, sign_checkpoint
from lintas.crypto.note import Note, NoteSignature, cosign_note, format_note, parse_note
from lintas.crypto.witness import format_offer, parse_offer
from lintas.errors import (
    BadInput,
    BadSignature,
    HeadConflict,
    LintasError,
    MalformedNote,
    NotAllowed,
    PeerRefused,
    UnknownTerm,
)
from lintas.limits import NOTE_SIGNATURES_MAX
from lintas.model.header import Mode
from lintas.model.peering import Standing
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.proving import entry_file, make_checkpoint, receipt, verifier_key, verify
from lintas.work.services import no_progress
from lintas.work.witness import (
    keep_answer,
    keep_cosignature,
    note_head,
    offer_checkpoint,
    peer_head,
    wanted_from,
    witness_checkpoint,
)
from tests.scenario.giving import take_text
from tests.scenario.heads import (
    World,
    a_world,
    asks,
    assert_convicted,
    cosign,
    cosign_key,
    evidence,
    grow,
    held,
    id_of,
    log_key,
    meet,
    newest,
    offered,
    standing,
)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with a_world(tmp_path) as made:
        yield made


@pytest.fixture
def pair(world: World) -> tuple[Node, Node]:
    my, sg = world.make("my"), world.make("sg")
    meet(my, sg)
    return my, sg


def test_a_head_is_cosigned_kept_and_verified(pair: tuple[Node, Node], world: World) -> None:
    my, sg = pair
    for text in ("first", "second", "third"):
        grow(my, text)
        world.clock.forward(seconds=10)
        cosign(sg, my)
    opened = open_checkpoint(newest(my), log_key(my), [cosign_key(sg)], quorum=1)
    assert [line.at_s for line in opened.cosigned] == [int(world.clock.now().timestamp())]
    kept = held(sg, my)
    assert kept is not None
    assert (kept.size, kept.root) == (opened.checkpoint.size, opened.checkpoint.root)
    assert verify(my.services, progress=no_progress).ok


def test_two_peers_cosign_one_head_and_both_lines_stay(pair: tuple[Node, Node], world: World) -> None:
    my, sg = pair
    th = world.make("th")
    meet(my, th)
    grow(my)
    cosign(sg, my)
    before = newest(my)
    cosign(th, my)
    assert newest(my).startswith(before)
    assert len(open_checkpoint(newest(my), log_key(my), [cosign_key(sg), cosign_key(th)], quorum=2).cosigned) == 2


def test_a_receipt_shows_the_cosignature_to_a_stranger(
    pair: tuple[Node, Node], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    my, sg = pair
    (message,) = take_text(my.services, "call +60123456789").messages
    cosign(sg, my)
    (tmp_path / "entry.json").write_bytes(entry_file(my.services, OFFICER, message))
    (tmp_path / "entry.tlog-proof").write_bytes(receipt(my.services, OFFICER, message))
    vkey = my.services.store.read(lambda snapshot: verifier_key(my.services, snapshot))
    args = [str(tmp_path / "entry.tlog-proof"), "--entry", str(tmp_path / "entry.json"), "--key", vkey]
    lintas_verify.main([*args, "--witness", cosign_key(sg).vkey])
    assert f"cosigned by {id_of(sg)}/cosign" in capsys.readouterr().out
    with pytest.raises(SystemExit) as refused:
        lintas_verify.main([*args, "--witness", cosign_key(my).vkey])
    assert refused.value.code == 1


def test_the_head_is_durable_before_the_cosignature_leaves(pair: tuple[Node, Node], tmp_path: Path) -> None:
    my, sg = pair
    grow(my)
    body = offered(my, sg)
    disk = sqlite3.connect(tmp_path / "sg" / "node.sqlite", isolation_level=None)
    disk.execute("CREATE TRIGGER full BEFORE INSERT ON peer_note BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    with pytest.raises(LintasError):
        witness_checkpoint(sg.services, id_of(my), body)
    assert held(sg, my) is None
    disk.execute("DROP TRIGGER full")
    witness_checkpoint(sg.services, id_of(my), body)
    (row,) = disk.execute("SELECT size FROM peer_note").fetchall()  # another connection sees what was committed
    disk.close()
    assert row == (parse_offer(body).checkpoint.size,)


def test_a_proof_from_another_size_is_told_the_size_that_is_held(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    grow(my)
    cosign(sg, my)
    kept = held(sg, my)
    assert kept is not None
    grow(my, "more")
    for wrong in (0, kept.size - 1):
        with pytest.raises(HeadConflict) as refused:
            witness_checkpoint(sg.services, id_of(my), offer_checkpoint(my.services, id_of(sg), wrong))
        assert refused.value.size == kept.size
    assert witness_checkpoint(sg.services, id_of(my), offer_checkpoint(my.services, id_of(sg), kept.size))
    assert standing(sg, my) is Standing.UNVERIFIED


def test_the_head_that_is_held_is_cosigned_again(pair: tuple[Node, Node], world: World) -> None:
    """Who died before the answer arrived asks again."""
    my, sg = pair
    grow(my)
    cosign(sg, my)
    before = newest(my)
    world.clock.forward(minutes=1)
    cosign(sg, my)
    assert newest(my) == before  # the first line stays: the earliest time says most


def test_of_many_offers_at_once_none_rolls_another_back(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    bodies = []
    for number in range(6):
        grow(my, f"text {number}")
        bodies.append(offer_checkpoint(my.services, id_of(sg), 0))

    def give(body: bytes) -> int:
        try:
            witness_checkpoint(sg.services, id_of(my), body)
        except HeadConflict:
            return 0
        return parse_offer(body).checkpoint.size

    with ThreadPoolExecutor(len(bodies)) as pool:
        taken = [size for size in pool.map(give, bodies) if size]
    kept = held(sg, my)
    assert kept is not None
    assert taken == [kept.size]


def test_a_proof_that_does_not_lead_from_the_held_head_convicts(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    grow(my)
    cosign(sg, my)
    kept = held(sg, my)
    assert kept is not None
    larger = grow(my, "more")
    offer = parse_offer(offered(my, sg))
    forged = replace(offer, proof=(bytes(32), *offer.proof[1:]))
    with pytest.raises(PeerRefused) as refused:
        witness_checkpoint(sg.services, id_of(my), format_offer(forged))
    assert refused.value.what == "fork"
    assert held(sg, my) == kept
    assert_convicted(sg, my, "fork", kept.note.encode(), larger)
    with pytest.raises(NotAllowed):
        witness_checkpoint(sg.services, id_of(my), format_offer(offer))


def bad_heads(my: Node, sg: Node) -> dict[str, tuple[bytes, type[LintasError]]]:
    """Offers that were not signed by the peer's log, or are of another."""
    offer = parse_offer(offer_checkpoint(my.services, id_of(sg), 0))
    head, keys = offer.checkpoint, my.services.keys

    def signed(changed: Checkpoint) -> bytes:
        return format_offer(replace(offer, note=format_note(sign_checkpoint(changed, keys.log))))

    def noted(note: Note) -> bytes:
        return format_offer(replace(offer, note=format_note(note)))

    note = parse_note(offer.note)
    flipped = replace(note.signatures[0], signature=bytes(64))
    extended = f"{note.text}more\n"
    return {
        "a false signature": (noted(replace(note, signatures=(flipped,))), BadSignature),
        "signed by a stranger": (noted(sign_checkpoint(head, sg.services.keys.log)), BadSignature),
        "signed with the key for entries": (noted(sign_checkpoint(head, keys.signing)), BadSignature),
        "another node": (signed(replace(head, origin=log_origin(keys.node, "0" * 16))), UnknownTerm),
        "our own log": (signed(replace(head, origin=log_key(sg).name)), UnknownTerm),
        "a line more": (
            noted(
                Note(
                    text=extended,
                    signatures=(replace(note.signatures[0], signature=keys.log.sign(extended.encode())),),
                )
            ),
            MalformedNote,
        ),
        "no offer": (offer.note, MalformedNote),
        "empty": (b"", MalformedNote),
    }


def test_a_head_that_the_log_did_not_sign_is_refused_and_convicts_nobody(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    grow(my)
    for name, (body, error) in bad_heads(my, sg).items():
        with pytest.raises(error):
            witness_checkpoint(sg.services, id_of(my), body)
        assert (name, held(sg, my)) == (name, None)
    assert evidence(sg, my) == []
    assert standing(sg, my) is Standing.UNVERIFIED


def test_only_known_peers_are_witnessed(world: World) -> None:
    my, sg = world.make("my", Mode.LIVE), world.make("sg", Mode.LIVE)
    grow(my)
    with pytest.raises(UnknownTerm):
        offer_checkpoint(my.services, id_of(sg), 0)
    meet(my, sg)
    with pytest.raises(NotAllowed):  # added, but nobody has heard its words
        offer_checkpoint(my.services, id_of(sg), 0)


def test_a_size_beyond_the_newest_head_is_not_offered(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    with pytest.raises(UnknownTerm):
        offer_checkpoint(my.services, id_of(sg), 0)
    size = open_checkpoint(grow(my), log_key(my)).checkpoint.size
    for wrong in (size + 1, -1):
        with pytest.raises(BadInput):
            offer_checkpoint(my.services, id_of(sg), wrong)


def test_a_node_copied_on_disk_is_caught_at_the_same_size(pair: tuple[Node, Node], world: World) -> None:
    my, twin = world.copy(pair[0], "my", "twin")
    sg = pair[1]
    one, other = grow(my, "one history"), grow(twin, "another one")
    assert open_checkpoint(one, log_key(my)).checkpoint.size == open_checkpoint(other, log_key(my)).checkpoint.size
    cosign(sg, my)
    with pytest.raises(PeerRefused, match="two histories") as refused:
        witness_checkpoint(sg.services, id_of(my), offer_checkpoint(twin.services, id_of(sg), 0))
    assert refused.value.what == "fork"
    assert_convicted(sg, my, "fork", one, other)


def test_a_node_copied_on_disk_is_caught_when_it_grew_further(pair: tuple[Node, Node], world: World) -> None:
    my, twin = world.copy(pair[0], "my", "twin")
    sg = pair[1]
    one = grow(my, "one history")
    cosign(sg, my)
    other = [grow(twin, text) for text in ("another", "history", "and", "longer")][-1]
    with pytest.raises(PeerRefused) as refused:
        witness_checkpoint(sg.services, id_of(my), offered(twin, sg))
    assert refused.value.what == "fork"
    assert_convicted(sg, my, "fork", one, other)


def test_a_log_that_goes_back_is_caught_when_it_greets(pair: tuple[Node, Node], world: World) -> None:
    """An old copy is put back by hand, past `restore`, and goes on."""
    my, old = world.copy(pair[0], "my", "old")
    sg = pair[1]
    known = [grow(my, text) for text in ("what", "will", "be", "lost")][-1]
    cosign(sg, my)
    my.close()
    shorter = grow(old, "something else")
    assert wanted_from(sg.services, id_of(old), shorter) == open_checkpoint(known, log_key(old)).checkpoint.size
    with pytest.raises(PeerRefused) as refused:
        note_head(sg.services, id_of(old), shorter, fetch=asks(old, sg))
    assert refused.value.what == "rollback"
    assert_convicted(sg, old, "rollback", known, shorter)


def test_a_log_that_shows_less_than_it_signed_is_caught(pair: tuple[Node, Node], world: World) -> None:
    my, old = world.copy(pair[0], "my", "old")
    sg = pair[1]
    first = grow(old, "first")
    known = [grow(my, text) for text in ("first", "second", "third")][-1]
    with pytest.raises(PeerRefused) as refused:
        note_head(sg.services, id_of(my), known, fetch=asks(old, sg))
    assert refused.value.what == "rollback"
    assert_convicted(sg, my, "rollback", known, first)


def test_a_log_that_says_it_is_shorter_is_caught(pair: tuple[Node, Node], world: World) -> None:
    my, old = world.copy(pair[0], "my", "old")
    sg = pair[1]
    for text in ("what", "will", "be", "lost"):
        grow(my, text)
    cosign(sg, my)
    larger = grow(my, "more")
    grow(old, "something else")
    with pytest.raises(PeerRefused) as refused:
        note_head(sg.services, id_of(my), larger, fetch=asks(old, sg))
    assert refused.value.what == "rollback"
    assert_convicted(sg, my, "rollback", larger)


def test_a_smaller_head_is_proven_earlier_or_convicts(pair: tuple[Node, Node], world: World) -> None:
    my, twin = world.copy(pair[0], "my", "twin")
    sg = pair[1]
    earlier, forked = grow(my, "one"), grow(twin, "other")
    grow(my, "two")
    cosign(sg, my)
    assert note_head(sg.services, id_of(my), earlier, fetch=asks(my, sg)) is None
    assert standing(sg, my) is Standing.UNVERIFIED
    with pytest.raises(PeerRefused) as refused:
        note_head(sg.services, id_of(my), forked, fetch=asks(my, sg))
    assert refused.value.what == "fork"
    assert_convicted(sg, my, "fork", forked, newest(my))


def test_a_head_is_followed_while_the_log_grows(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    seen = grow(my, "one")
    asked: list[int] = []

    def fetch(size: int) -> bytes | None:
        if len(asked) < 3:
            grow(my, f"meanwhile {len(asked)}")
        asked.append(size)
        return asks(my, sg)(size)

    cosigned = note_head(sg.services, id_of(my), seen, fetch=fetch)
    assert cosigned is not None
    keep_cosignature(my.services, id_of(sg), cosigned)
    assert len(open_checkpoint(newest(my), log_key(my), [cosign_key(sg)], quorum=1).cosigned) == 1
    assert note_head(sg.services, id_of(my), newest(my), fetch=fetch) is None
    assert len(asked) < 8


def test_an_answer_that_was_overtaken_is_no_rollback(pair: tuple[Node, Node]) -> None:
    """The question was answered, and before it is looked at another connection brings a larger head."""
    my, sg = pair
    seen = grow(my, "one")
    grow(my, "two")
    size = open_checkpoint(seen, log_key(my)).checkpoint.size
    answers = [offer_checkpoint(my.services, id_of(sg), size)]
    grow(my, "three")
    cosign(sg, my)

    def fetch(start: int) -> bytes | None:
        return answers.pop() if answers else asks(my, sg)(start)

    assert note_head(sg.services, id_of(my), seen, fetch=fetch) is not None
    assert answers == []
    assert standing(sg, my) is Standing.UNVERIFIED


def test_an_answer_to_another_question_is_refused(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    grow(my)
    cosign(sg, my)
    larger = grow(my, "more")
    with pytest.raises(PeerRefused) as refused:
        note_head(sg.services, id_of(my), larger, fetch=lambda _: offer_checkpoint(my.services, id_of(sg), 1))
    assert refused.value.what == "malformed"


def test_nothing_is_asked_about_the_head_that_is_held(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    assert wanted_from(sg.services, id_of(my), grow(my)) == 0
    cosign(sg, my)
    assert wanted_from(sg.services, id_of(my), newest(my)) is None
    size = peer_head(sg.services, id_of(my)).size
    assert wanted_from(sg.services, id_of(my), grow(my, "more")) == size


def test_a_cosignature_on_something_else_is_not_kept(pair: tuple[Node, Node], world: World) -> None:
    my, sg = pair
    grow(my)
    head, key = parse_note(newest(my)), sg.services.keys.cosign
    name = f"{id_of(sg)}/cosign"
    text = head.text.replace("\n", "\nx", 1)
    other = sign_checkpoint(Checkpoint(origin=log_key(my).name, size=99, root=bytes(32)), my.services.keys.log)

    def given(text: str, *lines: NoteSignature) -> bytes:
        return format_note(Note(text=text, signatures=lines))

    for raw, error in (
        (b"", MalformedNote),
        (given(head.text, *head.signatures), BadSignature),
        (given(head.text, cosign_note(head.text, name, my.services.keys.cosign, 1)), BadSignature),
        (given(head.text, replace(cosign_note(head.text, name, key, 1), signature=bytes(72))), BadSignature),
        (given(text, cosign_note(text, name, key, 1)), UnknownTerm),
        (given(other.text, cosign_note(other.text, name, key, 1)), UnknownTerm),
        (given("x\n", cosign_note("x\n", name, key, 1)), UnknownTerm),
    ):
        with pytest.raises(error):
            keep_cosignature(my.services, id_of(sg), raw)
    with pytest.raises(UnknownTerm):
        keep_cosignature(my.services, id_of(my), given(head.text, cosign_note(head.text, name, key, 1)))
    assert parse_note(newest(my)) == head


def test_a_note_is_never_filled_beyond_what_readers_read(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    size = open_checkpoint(grow(my), log_key(my)).checkpoint.size
    head = parse_note(newest(my))
    strangers = tuple(NoteSignature(name=f"s-{n}", key_hash=bytes(4), signature=b"x") for n in range(99))
    full = Note(text=head.text, signatures=head.signatures + strangers)
    assert len(full.signatures) == NOTE_SIGNATURES_MAX
    my.services.store.write(lambda tx: tx.put_cosigned(size, format_note(full).decode()))
    cosign(sg, my)
    assert parse_note(newest(my)) == full
    kept = held(sg, my)
    assert kept is not None
    assert "s-1" not in kept.note  # what strangers wrote below a head is not passed on


def test_an_answer_is_kept_with_the_offer_that_it_answers(pair: tuple[Node, Node]) -> None:
    my, sg = pair
    grow(my)
    body = offered(my, sg)
    line = witness_checkpoint(sg.services, id_of(my), body)
    grow(my, "the log grows meanwhile")
    make_checkpoint(my.services)
    keep_answer(my.services, id_of(sg), body, line)
    size = parse_offer(body).checkpoint.size
    row = my.services.store.read(lambda snapshot: snapshot.checkpoint_at(size))
    assert row is not None
    assert open_checkpoint(row.note.encode(), log_key(my), [cosign_key(sg)], quorum=1).checkpoint.size == size
    with pytest.raises(MalformedNote):
        keep_answer(my.services, id_of(sg), body, b"nothing")
