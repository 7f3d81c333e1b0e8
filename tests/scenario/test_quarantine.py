# SPDX-License-Identifier: Apache-2.0
"""Files that are not read: kept apart under a random name, given out to a named person, never shown by a browser."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from lintas.errors import BadInput, Malformed, NotAllowed, SetAside, UnknownTerm
from lintas.limits import QUARANTINE_DAYS_MAX, QUARANTINE_FILES_MAX
from lintas.model.marking import Marking, Tlp
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.node.quarantine import FOLDER, FolderQuarantine
from lintas.ports.quarantine import Aside
from lintas.testing import OFFICER, FakeClock
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.intake.quarantine import drop, list_aside, release, show_aside
from lintas.work.services import as_text, no_progress
from tests.scenario.browsing import Browser, officer
from tests.scenario.giving import take_bytes
from tests.unit.formats.test_suspicion import CSV, HOSTILE, PE

GROUND = "report 17: shown to the laboratory"
EXAMINER = Viewer(id="officer-0009", clearance=Tlp.RED, role="examiner")


def place(node: Node) -> Path:
    return node.services.config.folder / FOLDER  # type: ignore[attr-defined,no-any-return]  # a NodeConfig


def put_aside(node: Node, raw: bytes = PE, name: str = "report.csv") -> str:
    with pytest.raises(SetAside):
        take_bytes(node.services, raw, name=name)
    return list_aside(node.services, OFFICER)[-1].id


def accesses(node: Node) -> int:
    entries = node.services.store.read(lambda snapshot: list(snapshot.entries(0, snapshot.size())))
    return sum(json.loads(entry.header)["kind"] == "access" for entry in entries)


@pytest.mark.parametrize("what", sorted(HOSTILE.keys() - {"a name that reads backwards"}))  # such a name is mended
def test_nothing_of_a_hostile_file_is_taken_in(node: Node, what: str) -> None:
    name, raw, rule = HOSTILE[what]
    before = node.services.store.read(lambda snapshot: snapshot.counts(scope=WHOLE))
    with pytest.raises(SetAside) as told:
        take_bytes(node.services, raw, name=name)
    found = list_aside(node.services, OFFICER)
    assert [(one.rule, one.size_bytes) for one in found] == [(rule, len(raw))]
    assert found[0].id in told.value.message
    assert node.services.store.read(lambda snapshot: snapshot.counts(scope=WHOLE)) == before


def test_it_lies_under_a_random_name_that_only_its_owner_reads(node: Node) -> None:
    id_ = put_aside(node)
    files = sorted(place(node).iterdir())
    assert [path.name for path in files] == [id_, f"{id_}.known"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(place(node).stat().st_mode) == 0o700
    assert files[0].read_bytes() == PE
    assert "report" not in id_


def test_its_neighbours_are_taken(node: Node) -> None:
    files = [
        TakenFile(name="a.csv", data=CSV),
        TakenFile(name="b.csv", data=PE),
        TakenFile(name="c.csv", data=CSV + b"x,1\n"),
    ]
    taken = take(node.services, OFFICER, files, options=TakeOptions(), progress=no_progress)
    assert [one.file for one in taken.rejected] == ["b.csv"]
    assert "set aside" in taken.rejected[0].reason
    assert len(taken.messages) == 2


def test_a_named_person_releases_it_with_a_ground_and_it_is_an_entry(node: Node) -> None:
    id_ = put_aside(node)
    before = accesses(node)
    aside, data = release(node.services, EXAMINER, id_[:8], ground=GROUND)
    assert (aside.id, data) == (id_, PE)
    assert accesses(node) == before + 1
    assert show_aside(node.services, EXAMINER, id_).id == id_  # it stays until it is dropped
    drop(node.services, EXAMINER, id_, ground=GROUND)
    assert accesses(node) == before + 2
    assert list_aside(node.services, OFFICER) == []
    assert list(place(node).iterdir()) == []


@pytest.mark.parametrize("role", ["analyst", "duty_officer", "operator", "trainer", "oversight"])
def test_who_may_not_release_it_does_not(node: Node, role: str) -> None:
    id_ = put_aside(node)
    viewer = Viewer(id="officer-0008", clearance=Tlp.RED, role=role)
    for decide in (release, drop):
        with pytest.raises(NotAllowed):
            decide(node.services, viewer, id_, ground=GROUND)
    assert (place(node) / id_).exists()


def test_the_folders_owner_without_a_name_does_not(node: Node) -> None:
    id_ = put_aside(node)
    with pytest.raises(NotAllowed):
        release(node.services, Viewer(id="local:cli", clearance=Tlp.RED, role="examiner"), id_, ground=GROUND)


@pytest.mark.parametrize("ground", ["", "   ", "short", "x" * 301])
def test_without_a_ground_it_stays(node: Node, ground: str) -> None:
    id_ = put_aside(node)
    with pytest.raises(BadInput):
        release(node.services, EXAMINER, id_, ground=ground)


@pytest.mark.parametrize("id_", ["", "0" * 32, "../keys/signing.pem", "*", "..", "\0"])
def test_another_id_opens_nothing(node: Node, id_: str) -> None:
    put_aside(node)
    with pytest.raises(UnknownTerm):
        release(node.services, EXAMINER, id_, ground=GROUND)
    assert node.services.quarantine.data(id_) is None
    assert not node.services.quarantine.remove(id_)


def test_who_is_cleared_for_less_does_not_hear_of_it(node: Node) -> None:
    with pytest.raises(SetAside):
        take_bytes(node.services, PE, name="a.csv", options=TakeOptions(marking=Marking(tlp=Tlp.RED)))
    low = Viewer(id="officer-0007", clearance=Tlp.GREEN, role="examiner")
    assert list_aside(node.services, low) == []
    with pytest.raises(UnknownTerm):
        release(node.services, low, list_aside(node.services, EXAMINER)[0].id, ground=GROUND)


def test_what_is_too_old_is_destroyed(node: Node, clock: FakeClock) -> None:
    id_ = put_aside(node)
    clock.forward(days=QUARANTINE_DAYS_MAX + 1)
    assert list_aside(node.services, OFFICER) == []
    assert not (place(node) / id_).exists()


def an_aside(number: int, clock: FakeClock, size_bytes: int = 1) -> Aside:
    return Aside(
        id=f"{number:032x}",
        name="a",
        size_bytes=size_bytes,
        rule="archive",
        reason="It is.",
        by="local:cli",
        tlp=2,
        at=as_text(clock.now() + timedelta(seconds=number)),
    )


def test_there_is_room_for_so_many_and_no_more(tmp_path: Path, clock: FakeClock) -> None:
    quarantine = FolderQuarantine(tmp_path, clock)
    (tmp_path / FOLDER).mkdir(mode=0o700)
    for number in range(QUARANTINE_FILES_MAX):
        aside = an_aside(number, clock)
        (tmp_path / FOLDER / aside.id).write_bytes(b"x")
        (tmp_path / FOLDER / f"{aside.id}.known").write_text(
            json.dumps({name: getattr(aside, name) for name in aside.__slots__})
        )
    assert not quarantine.put(an_aside(9_999, clock), b"x")
    assert quarantine.remove(f"{3:032x}")
    assert quarantine.put(an_aside(9_999, clock), b"x")
    assert not (tmp_path / FOLDER / f"{3:032x}").exists()


def test_bytes_are_counted_too(tmp_path: Path, clock: FakeClock) -> None:
    quarantine = FolderQuarantine(tmp_path, clock)
    assert quarantine.put(an_aside(1, clock, size_bytes=1024**3), b"x")
    assert not quarantine.put(an_aside(2, clock), b"xy")


@pytest.mark.parametrize("left", ["data", "known", "cut"])
def test_what_a_crash_left_is_swept(tmp_path: Path, clock: FakeClock, left: str) -> None:
    quarantine = FolderQuarantine(tmp_path, clock)
    quarantine.put(an_aside(1, clock), b"x")
    path = tmp_path / FOLDER / f"{1:032x}"
    if left == "data":
        path.with_suffix(".known").unlink()
    elif left == "known":
        path.unlink()
    else:
        path.with_suffix(".known").write_bytes(b'{"id": "000')
    assert list(quarantine.listed()) == []
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_a_browser_is_told_and_never_shown_it(node: Node) -> None:
    officer(node)
    with Browser(node) as browser:
        browser.enter(node)
        browser.get("/take")
        sent = browser.post("/take", {}, files=[("files", ("report.csv", PE, "text/csv"))])
        page = browser.open(sent.location)
        assert "set aside" in page.text
        id_ = list_aside(node.services, OFFICER)[0].id
        for address in (f"/quarantine/{id_}", f"/static/{id_}", f"/{FOLDER}/{id_}", f"/static/../{FOLDER}/{id_}"):
            answer = browser.get(address)
            assert answer.status == 404, address
            assert PE not in answer.data


def test_a_file_that_is_given_out_is_never_shown_inline(node: Node) -> None:
    officer(node)
    taken = take_bytes(node.services, CSV, name="rows.csv")
    with Browser(node) as browser:
        browser.enter(node)
        answer = browser.get(f"/message/{taken.messages[0]}/file")
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_what_was_set_aside_is_in_no_backup(node: Node) -> None:
    import inspect

    from lintas.node import archive

    put_aside(node)
    assert FOLDER not in inspect.getsource(archive)  # its parts are named one by one


def test_an_unreadable_file_is_still_told_as_before(node: Node) -> None:
    with pytest.raises(Malformed) as told:
        take_bytes(node.services, b"\x89PNG\r\n\x1a\n" + bytes(range(256)), name="a.png")
    assert not isinstance(told.value, SetAside)
