# SPDX-License-Identifier: Apache-2.0
"""A peer is live once two people here have heard its words; nothing less makes it so, and anybody may stop it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from lintas.errors import BadInput, LintasError, NotAllowed, OverLimit, UnknownTerm, WrongUse
from lintas.formats.peer.descriptor import make_descriptor, read_descriptor
from lintas.limits import DESCRIPTOR_BYTES_MAX
from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.testing import OFFICER, FakeClock, a_node, carry, shared_readers, two_nodes
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import close_account
from lintas.work.keeping import rebuild
from lintas.work.peering import (
    accept_incarnation,
    accuse,
    add_peer,
    announce,
    channel_of,
    confirm_words,
    describe,
    evidence_file,
    keys_of,
    list_evidence,
    list_peers,
    peer_called,
    remove_peer,
    resume_peer,
    set_address,
    show_peer,
    suspend_peer,
)
from lintas.work.proving import verify
from lintas.work.services import no_progress
from tests.scenario.introducing import FIRST, introduce, person, words_read_out


@pytest.fixture
def nodes(tmp_path: Path, clock: FakeClock) -> Iterator[tuple[Node, Node]]:
    with two_nodes(tmp_path, clock=clock, mode=Mode.LIVE) as pair:
        yield pair


def id_of(node: Node) -> str:
    return node.services.keys.node


def standing(node: Node, of: Node) -> str:
    return show_peer(node.services, OFFICER, id_of(of)).standing


def size(node: Node) -> int:
    return node.services.store.read(lambda snapshot: snapshot.size())


def assert_whole(*some: Node) -> None:
    for node in some:
        checked = verify(node.services, progress=no_progress)
        assert checked.ok, checked.problems
        assert rebuild(node.services, progress=no_progress).changed == []


def test_two_people_on_each_side_make_both_live(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    for one, other in ((here, there), (there, here)):
        assert standing(one, other) == "unverified"
        people = introduce(one, other)
        line = show_peer(one.services, OFFICER, id_of(other))
        assert line.standing == "live"
        assert [who.by for who in line.confirmations] == [who.id for who in people]
        assert line.words == words_read_out(other, OFFICER)
    assert announce(here.services) == [id_of(there)]
    assert carry(here, there) == 1
    assert_whole(here, there)


def test_one_person_alone_changes_nothing_however_often(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    one = person(here, FIRST)
    words = words_read_out(there, OFFICER)
    assert confirm_words(here.services, one, id_of(there), words, "Sample Person").standing == "unverified"
    with pytest.raises(WrongUse, match="already"):
        confirm_words(here.services, one, id_of(there), words, "Another Person")
    assert len(show_peer(here.services, OFFICER, id_of(there)).confirmations) == 1
    assert_whole(here)


def test_words_are_heard_in_any_case_and_spacing(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    words = f"  {words_read_out(there, OFFICER).upper().replace(' ', '   ')}\n"
    line = confirm_words(here.services, person(here, FIRST), id_of(there), words, "Sample Person")
    assert len(line.confirmations) == 1


def test_other_words_are_refused_and_leave_no_entry(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    one = person(here, FIRST)
    words = words_read_out(there, OFFICER).split()
    before = size(here)
    for wrong in (words[:-1], [*words, words[0]], words[::-1], words_read_out(here, OFFICER).split(), []):
        with pytest.raises(WrongUse) as refused:
            confirm_words(here.services, one, id_of(there), " ".join(wrong), "Sample Person")
        assert not any(word in str(refused.value).split() for word in words if len(word) > 6)  # no hint which one
    assert size(here) == before


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "Sam\u202eple"])
def test_who_read_the_words_has_a_name(nodes: tuple[Node, Node], name: str) -> None:
    here, there = nodes
    words = words_read_out(there, OFFICER)
    with pytest.raises(WrongUse):
        confirm_words(here.services, person(here, FIRST), id_of(there), words, name)


def test_only_a_person_with_an_open_account_and_the_role_counts(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    words = words_read_out(there, OFFICER)
    gone = person(here, "Contoh Tiga")
    close_account(here.services, gone.id)
    clerk = person(here, "Contoh Empat", role="analyst")
    dressed = Viewer(id=clerk.id, clearance=clerk.clearance, role="supervisor")  # the account's role counts
    for nobody in (LOCAL_VIEWER, OFFICER, gone, clerk, dressed, person(here, "Contoh Lima", role="operator")):
        with pytest.raises(NotAllowed):
            confirm_words(here.services, nobody, id_of(there), words, "Sample Person")
    assert show_peer(here.services, OFFICER, id_of(there)).confirmations == []


def test_words_of_the_peer_are_shown_only_once_they_were_heard(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    words = words_read_out(there, OFFICER)
    one = person(here, FIRST)
    assert confirm_words(here.services, one, id_of(there), words, "Sample Person").words == ""
    assert words not in str(list_peers(here.services, OFFICER).peers)


def test_names_of_the_other_side_stand_in_no_header_and_no_list(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    introduce(here, there)
    headers = here.services.store.read(lambda s: b"".join(entry.header for entry in s.entries(0, s.size())))
    assert b"Sample Person" not in headers
    assert "Sample Person" not in str(list_peers(here.services, OFFICER))
    assert "Sample Person" in str(show_peer(here.services, OFFICER, id_of(there)))
    operator = person(here, "Contoh Enam", role="operator")
    assert "Sample Person" not in str(show_peer(here.services, operator, id_of(there)))


def test_a_removed_peer_is_introduced_anew(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    first, second = introduce(here, there)
    clock.forward(seconds=1)
    assert remove_peer(here.services, first, id_of(there), "agreement_ended").standing == "removed"
    with pytest.raises(UnknownTerm):
        suspend_peer(here.services, first, id_of(there), "doubt")
    clock.forward(seconds=1)
    again = add_peer(here.services, first, describe(there.services))
    assert (again.standing, again.is_new) == ("unverified", True)
    words = words_read_out(there, OFFICER)
    assert confirm_words(here.services, first, id_of(there), words, "Sample Person").standing == "unverified"
    assert confirm_words(here.services, second, id_of(there), words, "Sample Person").standing == "live"
    assert_whole(here)


def test_anybody_who_decides_stops_and_only_a_named_person_resumes(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    first, _ = introduce(here, there)
    clerk, operator = person(here, "Contoh Tiga", role="analyst"), person(here, "Contoh Empat", role="operator")
    for nobody in (clerk, operator):
        with pytest.raises(NotAllowed):
            suspend_peer(here.services, nobody, id_of(there), "doubt")
    assert suspend_peer(here.services, LOCAL_VIEWER, id_of(there), "doubt").standing == "suspended"
    assert suspend_peer(here.services, first, id_of(there), "doubt").ground == "doubt"
    with pytest.raises(NotAllowed):
        resume_peer(here.services, LOCAL_VIEWER, id_of(there), "cleared_up")
    with pytest.raises(BadInput):
        resume_peer(here.services, first, id_of(there), "It was cleared up.")
    clock.forward(seconds=1)
    assert resume_peer(here.services, first, id_of(there), "cleared_up").standing == "live"
    with pytest.raises(WrongUse):
        resume_peer(here.services, first, id_of(there), "cleared_up")
    assert_whole(here)


def test_a_suspended_peer_is_not_introduced(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    one = person(here, FIRST)
    suspend_peer(here.services, one, id_of(there), "doubt")
    with pytest.raises(WrongUse, match="suspended"):
        confirm_words(here.services, one, id_of(there), words_read_out(there, OFFICER), "Sample Person")


def test_whoever_lies_is_suspended_once_with_what_it_sent(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    introduce(here, there)
    accuse(here.services, id_of(there), "fork", "It says two things.", [b"one", b"two"])
    accuse(here.services, id_of(there), "gap", "It left something out.", [b"three"])
    accuse(here.services, "lintas:" + "a" * 52, "gap", "Nobody knows it.", [b"four"])
    line = show_peer(here.services, OFFICER, id_of(there))
    assert (line.standing, line.ground) == ("suspended", "fork")
    (kept,) = list_evidence(here.services, OFFICER).evidence
    assert (kept.node, kept.what, kept.reason) == (id_of(there), "fork", "It says two things.")
    said = json.loads(evidence_file(here.services, OFFICER, kept.message))
    assert said["documents"] == ["b25l", "dHdv"]
    with pytest.raises(UnknownTerm):  # a liar marks as it likes: only those cleared for everything see it
        evidence_file(here.services, person(here, "Contoh Tiga"), kept.message)
    with pytest.raises(NotAllowed):
        evidence_file(here.services, person(here, "Contoh Empat", role="operator"), kept.message)
    assert_whole(here)


def test_two_people_follow_a_restored_peer(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    first, second = introduce(here, there)
    old = show_peer(here.services, OFFICER, id_of(there)).incarnation
    assert accept_incarnation(here.services, first, id_of(there), "0" * 15 + "1").incarnation == old
    with pytest.raises(WrongUse, match="already"):
        accept_incarnation(here.services, first, id_of(there), "0" * 15 + "1")
    assert accept_incarnation(here.services, second, id_of(there), "0" * 15 + "2").incarnation == old  # of another one
    assert accept_incarnation(here.services, first, id_of(there), "0" * 15 + "2").incarnation == "0" * 15 + "2"
    with pytest.raises(WrongUse):
        accept_incarnation(here.services, first, id_of(there), "0" * 15 + "2")
    with pytest.raises(BadInput):
        accept_incarnation(here.services, first, id_of(there), "second life")
    with pytest.raises(NotAllowed):
        accept_incarnation(here.services, LOCAL_VIEWER, id_of(there), "0" * 15 + "3")
    assert_whole(here)


def test_operators_set_where_a_peer_is_reached(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    operator = person(here, FIRST, role="operator")
    line = set_address(here.services, operator, id_of(there), "https://10.0.0.7:8418/peer/v1/descriptor")
    assert line.address == "https://10.0.0.7:8418"
    for wrong in ("http://10.0.0.7:8418", "10.0.0.7", "https://a b", "https://u:p@host", "file:///etc/passwd"):
        with pytest.raises(BadInput):
            set_address(here.services, operator, id_of(there), wrong)
    assert set_address(here.services, operator, id_of(there), "").address == ""
    with pytest.raises(NotAllowed):
        set_address(here.services, person(here, "Contoh Dua", role="analyst"), id_of(there), "https://host")


def test_a_peer_is_called_by_id_beginning_or_name(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    node = id_of(there)
    for text in (node, node[:16], "Sample crime desk", " sample CRIME desk "):
        assert peer_called(here.services, text) == node
    for text in ("", "lintas", "Sample", "lintas:0000", id_of(here)):
        with pytest.raises(UnknownTerm):
            peer_called(here.services, text)


def test_a_name_that_imitates_is_flagged_on_both(tmp_path: Path, clock: FakeClock) -> None:
    names = {"a": "Sample crime desk", "b": "Sample Crime  Desk", "c": "Example anti-scam centre", "d": "Other desk"}
    with a_node(tmp_path, clock=clock) as node:
        for folder, name in names.items():
            Node.create(tmp_path / folder, name=name, country="SG", mode=Mode.EXERCISE, clock=clock)
            with Node.open(tmp_path / folder, clock=clock, readers=shared_readers()) as other:
                added = add_peer(node.services, OFFICER, describe(other.services))
                assert bool(added.imitates) is (folder in {"b", "c"})
        flags = {peer.name: peer.imitates for peer in list_peers(node.services, OFFICER).peers}
    assert all(flags[names[folder]] for folder in "abc")
    assert "this node" in flags[names["c"]][0]
    assert flags["Other desk"] == []


def test_the_nodes_own_descriptor_is_no_peers(nodes: tuple[Node, Node]) -> None:
    with pytest.raises(WrongUse, match="own"):
        add_peer(nodes[0].services, OFFICER, describe(nodes[0].services))


def test_a_node_of_the_other_mode_is_no_peer(nodes: tuple[Node, Node], tmp_path: Path, clock: FakeClock) -> None:
    with a_node(tmp_path, clock=clock, mode=Mode.EXERCISE) as other, pytest.raises(NotAllowed, match="mix"):
        add_peer(nodes[0].services, OFFICER, describe(other.services))


def test_no_bytes_but_a_descriptor_make_a_peer(tmp_path: Path, clock: FakeClock) -> None:
    """Each flipped bit, each cut, is refused by an error of our own, and leaves no entry."""
    with two_nodes(tmp_path, clock=clock) as (here, there), a_node(tmp_path, clock=clock) as node:
        good = describe(here.services)
        assert read_descriptor(b"\n " + good + b"\r\n").document == good
        before = size(node)
        altered = [
            bytes([*good[:at], good[at] ^ bit, *good[at + 1 :]]) for at in range(0, len(good), 23) for bit in (1, 64)
        ]
        cut = [good[:length] for length in (0, 1, 60, len(good) // 2, len(good) - 1)]
        other = describe(there.services)
        swapped = [b"[" + good + b"]", good + good, good[:120] + other[120:], b"\xff" * 100, b"{}", b"null"]
        for bad in (*altered, *cut, *swapped):
            with pytest.raises(LintasError):
                add_peer(node.services, OFFICER, bad)
        with pytest.raises(OverLimit):
            add_peer(node.services, OFFICER, good + b"x" * DESCRIPTOR_BYTES_MAX)
        assert size(node) == before


def test_a_newer_profile_is_taken_and_an_older_one_changes_nothing(nodes: tuple[Node, Node], clock: FakeClock) -> None:
    here, there = nodes
    old = read_descriptor(describe(there.services))
    keys = there.services.store.read(lambda snapshot: keys_of(snapshot, id_of(there))).signed
    newer = make_descriptor(keys, old.profile, old.profile_serial + 5, there.services.keys.signing)
    assert add_peer(here.services, OFFICER, newer).is_new is False
    before = size(here)
    assert add_peer(here.services, OFFICER, newer).is_new is False
    assert size(here) == before
    assert standing(here, there) == "unverified"
    assert_whole(here)


def test_roles_that_do_not_answer_for_it_add_no_peer(nodes: tuple[Node, Node], tmp_path: Path) -> None:
    here, there = nodes
    for role in ("analyst", "operator"):
        with pytest.raises(NotAllowed):
            add_peer(here.services, Viewer(id="officer-0009", clearance=Tlp.RED, role=role), describe(there.services))


def test_a_channel_tells_nobody_with_whom_it_is(nodes: tuple[Node, Node]) -> None:
    here, there = nodes
    ours, theirs = channel_of(here.services, id_of(there)), channel_of(there.services, id_of(here))
    assert ours == channel_of(here.services, id_of(there))
    assert len({ours, theirs, channel_of(here.services, id_of(here))}) == 3


def test_a_descriptor_stays_the_same_until_something_changes(nodes: tuple[Node, Node]) -> None:
    here, _ = nodes
    assert describe(here.services) == describe(here.services)
    here.services.store.write(lambda tx: tx.put_meta("descriptor", "damaged"))
    again = read_descriptor(describe(here.services))
    assert again.node == id_of(here)


def test_keys_of_a_stranger_are_not_known(nodes: tuple[Node, Node]) -> None:
    with pytest.raises(UnknownTerm):
        nodes[0].services.store.read(lambda snapshot: keys_of(snapshot, "lintas:" + "a" * 52))
