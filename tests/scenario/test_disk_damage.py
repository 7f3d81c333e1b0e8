# SPDX-License-Identifier: Apache-2.0
"""Files that are missing, damaged, foreign or forbidden: each is named, nothing is lost, and mending it is enough."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lintas.errors import NodeDamaged
from lintas.node.node import Node
from lintas.testing import OFFICER, shared_readers, up_to
from lintas.work.finding import show_message
from lintas.work.intake import export
from lintas.work.keeping import doctor
from lintas.work.proving import verify
from lintas.work.services import no_progress
from tests.faults.machine import run_bound_by_permissions
from tests.faults.verbs import done, refused, verb
from tests.faults.whole import check_whole, files_of, take_again


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A node that holds a file of each kind, and is closed."""
    folder = tmp_path / "asc"
    done("init", folder, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    with Node.open(folder, readers=shared_readers()) as opened:
        take_again(opened, files_of("held"), check_whole(opened))
    return folder


def test_whatever_may_not_be_read_or_written_is_named(tmp_path: Path) -> None:
    run_bound_by_permissions("tests.faults.forbidden", tmp_path)


def spoil(name: str, data: bytes | None) -> Callable[[Path], None]:
    """Replace a file of a node's folder, or remove it."""

    def act(folder: Path) -> None:
        if data is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(data)

    return act


def change(sql: str) -> Callable[[Path], None]:
    """Change a node's database behind its back."""

    def act(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "node.sqlite", isolation_level=None)) as connection:
            connection.execute(sql)

    return act


def cut(folder: Path) -> None:
    """Cut the database file in the middle."""
    file = folder / "node.sqlite"
    os.truncate(file, file.stat().st_size // 2)


def scramble(folder: Path) -> None:
    """Overwrite a page in the middle of the database."""
    with (folder / "node.sqlite").open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 40960)


# What happened, and what `take` must name then.
DAMAGES: dict[str, tuple[Callable[[Path], None], str]] = {
    "no database": (spoil("node.sqlite", None), "node.sqlite is missing"),
    "an empty database": (spoil("node.sqlite", b""), "database"),
    "no database at all": (spoil("node.sqlite", b"not a database, though long enough " * 200), "database"),
    "a database cut in the middle": (cut, "database"),
    "a scrambled database": (scramble, "database"),
    "a database of a newer version": (
        change("UPDATE meta SET value = 'm9999_post_future' WHERE name = 'schema'"),
        "m9999_post_future",
    ),
    "a database that names no node": (change("DELETE FROM meta WHERE name = 'node'"), "names no node"),
    "no signing key": (spoil("keys/signing.pem", None), "keys/signing.pem is missing"),
    "no log key": (spoil("keys/log.pem", None), "keys/log.pem is missing"),
    "no local key": (spoil("keys/local.key", None), "keys/local.key is missing"),
    "an empty signing key": (spoil("keys/signing.pem", b""), "keys/signing.pem is damaged"),
    "a cut signing key": (
        spoil("keys/signing.pem", b"-----BEGIN PRIVATE KEY-----\nMC4"),
        "keys/signing.pem is damaged",
    ),
    "a cut local key": (spoil("keys/local.key", b"short"), "keys/local.key is damaged"),
    "another mode": (spoil("node.toml", b'name = "Desk"\ncountry = "MY"\nmode = "live"\n'), "the log says exercise"),
}


@pytest.mark.parametrize("name", sorted(DAMAGES))
def test_damage_is_named_with_what_to_do_and_nothing_is_made_worse(node: Path, tmp_path: Path, name: str) -> None:
    harm, sign = DAMAGES[name]
    copy = tmp_path / "copy"
    shutil.copytree(node, copy)
    harm(node)
    damaged = {path: path.read_bytes() for path in (node / "keys").iterdir()}
    slip = tmp_path / "slip.txt"
    slip.write_text("more\n")
    kind, message, _ = refused("take", node, slip)
    assert kind in {"NodeDamaged", "StorageFailed"}
    assert sign in message
    assert {path: path.read_bytes() for path in (node / "keys").iterdir()} == damaged
    shutil.rmtree(node)
    shutil.copytree(copy, node)  # the hint says: put it back
    with Node.open(node, readers=shared_readers()) as opened:
        take_again(opened, files_of("held"), check_whole(opened))


@pytest.mark.parametrize("name", ["signing.pem", "log.pem"])
def test_the_key_of_another_node_is_refused_before_it_signs_anything(node: Path, tmp_path: Path, name: str) -> None:
    other = tmp_path / "other"
    done("init", other, "--name", "Other", "--country", "SG", "--mode", "exercise")
    entries = done("verify", node)["entries"]
    ours = (node / "keys" / name).read_bytes()
    (node / "keys" / name).write_bytes((other / "keys" / name).read_bytes())
    assert refused("find", node, "x")[1] == f"keys/{name} is not the key that this log names."
    (node / "keys" / name).write_bytes(ours)
    assert done("verify", node)["entries"] == entries
    assert done("find", node, "x")["results"]


def test_settings_that_cannot_be_are_bad_input(node: Path, tmp_path: Path) -> None:
    settings = (node / "node.toml").read_bytes()
    for spoiled in (b"\xff\xfe", b"name = ", settings + b"colour = 'red'\n", b""):
        (node / "node.toml").write_bytes(spoiled)
        code, said = verb("verify", node)
        assert code == 2
        assert said["error"]["message"]
    (node / "node.toml").write_bytes(settings)
    assert done("verify", node)["ok"]


def test_a_missing_blob_is_told_by_doctor_verify_and_whoever_wants_it(node: Path) -> None:
    (blob,) = node.glob("blobs/*/*")
    data = blob.read_bytes()
    blob.unlink()
    with Node.open(node, readers=shared_readers()) as opened:
        services = opened.services
        (broken,) = [check for check in doctor(services).checks if check.name == "blobs"]
        assert not broken.ok
        assert "verify" in broken.hint
        checked = verify(services, progress=no_progress)
        assert not checked.ok
        assert len(checked.problems) == 1
        seq = int(str(checked.first_bad).removeprefix("entry ").split(":")[0])
        message = services.store.read(lambda s: next(s.entries(seq, seq + 1)).id)
        for want in (lambda: show_message(services, OFFICER, message), lambda: export(services, OFFICER, message)):
            with pytest.raises(NodeDamaged, match="blob"):
                want()
        others = [file for file in files_of("held") if file.data != data]
        for file in others:
            (one,) = [
                m
                for m in services.store.read(lambda s: s.intakes(scope=up_to(4), before=99, limit=9))
                if m[1].file_name == file.name
            ]  # used in this turn
            assert export(services, OFFICER, one[0].id)[1] == file.data
    blob.write_bytes(data)
    with Node.open(node, readers=shared_readers()) as opened:
        check_whole(opened)


def test_an_altered_blob_is_told_by_verify(node: Path) -> None:
    (blob,) = node.glob("blobs/*/*")
    blob.write_bytes(blob.read_bytes()[:-1] + b"!")
    code, said = verb("verify", node)
    assert code != 0
    assert "payload was altered" in said["first_bad"]


def test_a_folder_that_others_may_enter_is_told_by_doctor(node: Path) -> None:
    node.chmod(0o755)
    (node / "keys" / "signing.pem").chmod(0o644)
    code, health = verb("doctor", node)
    assert code == 1
    wrong = {check["name"]: check["hint"] for check in health["checks"] if not check["ok"]}
    assert "chmod 700" in wrong["folder"]
    assert "chmod 600" in wrong["keys"]


def test_an_unfinished_node_is_not_opened_and_can_be_made_again(node: Path) -> None:
    (node / ".unfinished").touch()
    kind, message, hint = refused("verify", node)
    assert (kind, message) == ("NodeDamaged", "This node was never finished.")
    assert "lintas init" in hint


def test_views_that_were_tampered_with_come_back_by_a_rebuild(node: Path) -> None:
    before = done("rebuild", node)
    assert before["changed"] == []
    change("DELETE FROM posting")(node)
    change("UPDATE value SET text = 'something else'")(node)
    assert done("verify", node)["ok"]  # the log is untouched
    assert set(done("rebuild", node)["changed"]) == {"posting", "value", "statement"}
    assert done("rebuild", node)["changed"] == []
