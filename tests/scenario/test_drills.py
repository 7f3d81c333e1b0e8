# SPDX-License-Identifier: Apache-2.0
"""Tamper drills: somebody with the folder edits, deletes, reorders, truncates, rolls back, forks; who notices, when.

Each drill does it to the real files. The table in docs/trust.md, "Drills", has a row for each test here.
"""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

import lintas_verify
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.testing import OFFICER, FakeClock, a_node
from lintas.web.local.calling import LOCAL_VIEWER
from lintas.work.accounts import create_account
from lintas.work.finding import find, show_message
from lintas.work.keeping import doctor, rebuild
from lintas.work.lists import open_list, restrict
from lintas.work.protecting import add_class
from lintas.work.proving import entry_file, log_page, make_checkpoint, receipt, verify
from lintas.work.services import no_progress
from tests.scenario.giving import take_text

PHONE = "+60123456780"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A node with messages, a large one among them, accesses, and signed heads; it is closed."""
    with a_node(tmp_path) as node:
        taken = [take_text(node.services, f"{n}: call {PHONE[:-1]}{n}", name=f"{n}.txt") for n in range(4)]
        make_checkpoint(node.services)
        take_text(node.services, "large " * 20_000, name="large.txt")
        find(node.services, OFFICER, [PHONE], purpose="case 7")
        show_message(node.services, OFFICER, taken[0].messages[0])
        make_checkpoint(node.services)
    return tmp_path


def change(folder: Path, *statements: str) -> None:
    """Do something to the database with another tool."""
    connection = sqlite3.connect(folder / "node" / "node.sqlite", isolation_level=None)
    for statement in statements:
        assert connection.execute(statement).rowcount >= 1, statement
    connection.close()


def problems_of(folder: Path, *, head: bytes = b"") -> list[str]:
    """What `verify` says."""
    with a_node(folder) as node:
        return verify(node.services, progress=no_progress, head=head).problems


def ailing(folder: Path) -> dict[str, str]:
    """Checks of `doctor` that fail."""
    with a_node(folder) as node:
        return {check.name: check.detail for check in doctor(node.services).checks if not check.ok}


def kept_head(folder: Path) -> bytes:
    """The newest signed head, as a peer, an auditor or the printer keeps it."""
    with a_node(folder) as node:
        return log_page(node.services, OFFICER).checkpoint.encode()


def test_files_that_nobody_touched_pass_every_drill(folder: Path) -> None:
    assert problems_of(folder, head=kept_head(folder)) == []
    assert not ailing(folder)
    with a_node(folder) as node:
        assert rebuild(node.services, progress=no_progress).changed == []


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE entry SET header = CAST(REPLACE(CAST(header AS TEXT), 'F6', 'A1') AS BLOB) WHERE seq = 3", "entry 3"),
        ("UPDATE payload SET data = CAST('call nobody' AS BLOB) WHERE seq = 1", "entry 1"),
        (
            "UPDATE checkpoint SET note = REPLACE(note, 'log', 'lag') WHERE size = (SELECT MIN(size) FROM checkpoint)",
            "ch",
        ),
        ("UPDATE tile SET hashes = zeroblob(length(hashes)) WHERE level = 0", "tile"),
    ],
    ids=["an entry", "a payload", "a checkpoint", "a tile"],
)
def test_an_edit_is_caught_by_verify(folder: Path, statement: str, said: str) -> None:
    change(folder, statement)
    assert any(said in problem for problem in problems_of(folder))


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM entry WHERE seq = 4", "DELETE FROM payload WHERE seq = 6", "DELETE FROM tile"],
    ids=["an entry", "a payload", "the tiles"],
)
def test_a_deletion_is_caught_by_verify(folder: Path, statement: str) -> None:
    change(folder, statement)
    assert problems_of(folder)


def test_a_deleted_blob_is_caught_by_doctor_at_the_next_look_and_by_verify(folder: Path) -> None:
    (blob,) = [path for path in (folder / "node" / "blobs").glob("??/*") if path.stat().st_size > 100_000]
    blob.unlink()
    assert "blobs" in ailing(folder)
    assert problems_of(folder)


def test_deleted_heads_change_nothing_that_others_kept(folder: Path) -> None:
    """The log is as it was; the node signs again at the next tick, and a head kept elsewhere still fits."""
    head = kept_head(folder)
    change(folder, "DELETE FROM checkpoint")
    with a_node(folder) as node:
        assert make_checkpoint(node.services) is not None
    assert problems_of(folder, head=head) == []


@pytest.mark.parametrize("table", ["entry", "payload", "tile"])
def test_a_new_order_is_caught_by_verify(folder: Path, table: str) -> None:
    if table == "tile":
        with a_node(folder) as node:  # a second tile to change places with
            for number in range(150):
                find(node.services, OFFICER, [f"term {number}"])
                find(node.services, OFFICER, [f"word {number}"])
        change(
            folder,
            "UPDATE tile SET number = 1000 WHERE level = 0 AND number = 0",
            "UPDATE tile SET number = 0 WHERE level = 0 AND number = 1",
            "UPDATE tile SET number = 1 WHERE level = 0 AND number = 1000",
        )
    else:
        steps = ((1, 1000), (3, 1), (1000, 3))
        change(folder, *(f"UPDATE {table} SET seq = {new} WHERE seq = {old}" for old, new in steps))
    assert problems_of(folder)


def cut(folder: Path) -> None:
    """Cut the last entries off, everywhere where they stand."""
    change(folder, "DELETE FROM payload WHERE seq >= 8", "DELETE FROM entry WHERE seq >= 8")


def test_a_log_that_was_cut_short_is_caught_by_doctor_and_verify(folder: Path) -> None:
    cut(folder)
    assert "signed up to entry" in ailing(folder)["head"]
    assert problems_of(folder)


def test_a_log_cut_with_its_heads_is_caught_by_a_head_that_others_kept(folder: Path) -> None:
    head = kept_head(folder)
    cut(folder)
    change(folder, "DELETE FROM checkpoint", "DELETE FROM tile")
    assert any("lost" in problem for problem in problems_of(folder, head=head))


def test_a_log_that_was_rolled_back_is_caught_by_a_head_that_others_kept(folder: Path) -> None:
    """Alone the old copy is whole: what catches it is what a peer, an auditor or the printer has."""
    old = folder.with_name("old")
    shutil.copytree(folder / "node", old / "node")
    with a_node(folder) as node:
        find(node.services, OFFICER, ["what will be lost"])
        make_checkpoint(node.services)
    head = kept_head(folder)
    assert problems_of(old) == []
    assert any("lost" in problem for problem in problems_of(old, head=head))


def test_a_log_that_was_forked_is_caught_by_a_head_of_the_other_side(folder: Path) -> None:
    other = folder.with_name("other")
    shutil.copytree(folder / "node", other / "node")
    heads = []
    for side, clock in ((folder, FakeClock()), (other, FakeClock())):
        with a_node(side, clock=clock) as node:
            find(node.services, OFFICER, [f"asked at {side.name}"])
            make_checkpoint(node.services)
        heads.append(kept_head(side))
    assert problems_of(folder, head=heads[0]) == [] == problems_of(other, head=heads[1])
    assert any("differ" in problem or "lost" in problem for problem in problems_of(other, head=heads[0]))


VIEWS = {
    "who saw it": ("DELETE FROM seen WHERE access = (SELECT MAX(access) FROM seen)", {"seen"}),
    "who it was": ("UPDATE access SET viewer = 'officer-0099'", {"access"}),
    "that it was asked": ("DELETE FROM access WHERE seq = (SELECT MAX(seq) FROM access)", {"access"}),
    "a class": ("UPDATE message SET classes = 8 WHERE seq = 1", {"message"}),
    "a need-to-know list": ("UPDATE message SET needs = 1 WHERE seq = 1", {"message"}),
    "what is found": ("DELETE FROM posting", {"posting"}),
}


@pytest.mark.parametrize("what", VIEWS)
def test_views_that_were_changed_are_named_and_mended_by_rebuild(folder: Path, what: str) -> None:
    statement, views = VIEWS[what]
    change(folder, statement)
    with a_node(folder) as node:
        assert set(rebuild(node.services, progress=no_progress).changed) == views
        assert rebuild(node.services, progress=no_progress).changed == []


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM seen WHERE access = (SELECT MAX(access) FROM seen)",
        "DELETE FROM seen",
        "DELETE FROM access WHERE seq = (SELECT MIN(seq) FROM access)",
    ],
)
def test_a_trail_that_was_thinned_out_is_caught_by_doctor(folder: Path, statement: str) -> None:
    change(folder, statement)
    assert "lintas rebuild" in hints(folder)["accesses"]


def hints(folder: Path) -> dict[str, str]:
    """What `doctor` says to do about checks that fail."""
    with a_node(folder) as node:
        return {check.name: check.hint for check in doctor(node.services).checks if not check.ok}


def test_a_marking_that_was_lowered_in_the_views_is_caught_by_verify(folder: Path) -> None:
    change(folder, "UPDATE message SET tlp = 0 WHERE seq = 3")
    assert any("entry 3" in problem for problem in problems_of(folder))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE message SET classes = 0 WHERE classes != 0",
        "UPDATE message SET needs = 0 WHERE needs != 0",
        "DELETE FROM need",
        "UPDATE need SET list = 'op-other'",
        "INSERT INTO need_member (list, person, since) VALUES ('op-lintang', 'officer-0002', '2026')",
    ],
)
def test_what_was_hidden_and_is_shown_by_the_views_is_caught_by_verify(tmp_path: Path, statement: str) -> None:
    with a_node(tmp_path) as node:
        taken = [take_text(node.services, f"{n}: call {PHONE[:-1]}{n}", name=f"{n}.txt") for n in range(2)]
        for name in ("Aminah", "Budi"):
            create_account(node.services, name=name, password=None, role="case_officer", clearance=Tlp.RED)
        open_list(node.services, LOCAL_VIEWER, "op-lintang", ["Aminah"])
        restrict(node.services, LOCAL_VIEWER, "op-lintang", [taken[0].messages[0]])
        add_class(node.services, LOCAL_VIEWER, [taken[1].messages[0]], "ct")
    assert problems_of(tmp_path) == []
    change(tmp_path, statement)
    (found,) = {problem.partition(": ")[2] or problem for problem in problems_of(tmp_path)}
    assert "rebuild" in found
    assert "lintang" not in found


def test_an_entry_that_was_altered_is_caught_outside_by_lintas_verify(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A receipt that somebody was given shows the alteration without this node: nothing of Lintas is imported."""
    with a_node(folder) as node:
        place = node.services.store.read(lambda s: s.places_of(Kind.ITEM.value))[0]
        message = node.services.store.read(lambda s: next(s.entries(place, place + 1)).id)
        (tmp_path / "a.tlog-proof").write_bytes(receipt(node.services, OFFICER, message))
        entry = json.loads(entry_file(node.services, OFFICER, message))
        key = log_page(node.services, OFFICER).vkey
    arguments = [str(tmp_path / "a.tlog-proof"), "--entry", str(tmp_path / "a.entry.json"), "--key", key]
    (tmp_path / "a.entry.json").write_text(json.dumps(entry))
    lintas_verify.main(arguments)
    assert capsys.readouterr().out.startswith("proven:")
    signature = entry["envelope"]["signatures"][0]["sig"]
    entry["envelope"]["signatures"][0]["sig"] = ("A" if signature[0] != "A" else "B") + signature[1:]
    (tmp_path / "a.entry.json").write_text(json.dumps(entry))
    with pytest.raises(SystemExit) as refused:
        lintas_verify.main(arguments)
    assert refused.value.code == 1
