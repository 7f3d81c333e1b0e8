# SPDX-License-Identifier: Apache-2.0
"""Run on a disk of its own that becomes read-only: what writes is refused, what only looks works.

python -m tests.faults.read_only_disk FOLDER
"""

import subprocess
import sys
from pathlib import Path

import pytest

from lintas.errors import StorageFailed
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.intake import TakeOptions, take
from lintas.work.services import no_progress
from tests.faults.verbs import done, refused, verb
from tests.faults.whole import SOURCE, check_whole, files_of, take_again


def remount(disk: Path, how: str) -> None:
    """Mount the disk anew."""
    subprocess.run(["mount", "-o", f"remount,{how}", str(disk)], check=True, timeout=30)


def command_lines(disk: Path) -> None:
    """Writing verbs say that the disk is read-only; looking verbs look."""
    node, slip = disk / "asc", disk / "slip.txt"
    slip.write_text("call 012-345 6789\n")
    done("init", node, "--name", "Desk", "--country", "MY")
    taken = done("take", node, slip)
    entries = done("verify", node)["entries"]
    remount(disk, "ro")
    for arguments in (
        ("take", node, slip),
        ("find", node, "x"),
        ("rebuild", node),
        ("init", disk / "b", "--name", "B", "--country", "MY"),
    ):
        kind, message, hint = refused(*arguments)
        assert (kind, message) == ("StorageFailed", "The disk is read-only.")
        assert "Mount it writable" in hint
    assert done("verify", node)["entries"] == entries
    assert done("status", node)["entries"] == entries
    code, health = verb("doctor", node)
    assert code == 1
    assert [check["name"] for check in health["checks"] if not check["ok"]] == ["disk"]
    remount(disk, "rw")
    assert done("take", node, slip)["messages"] == taken["messages"]
    assert done("verify", node)["ok"]


def a_node_that_was_not_closed(disk: Path) -> None:
    """What stands only in the journal cannot be read without writing: that is said, and nothing is lost."""
    folder = disk / "killed"
    done("init", folder, "--name", "Desk", "--country", "MY")
    files = files_of("killed")
    with Node.open(folder) as node:
        take_again(node, files, check_whole(node))
        copy = disk / "copy"
        subprocess.run(["cp", "-a", str(folder), str(copy)], check=True, timeout=30)  # as a killed process leaves it
        remount_refused(node, disk)
    assert (copy / "node.sqlite-wal").stat().st_size
    remount(disk, "ro")
    kind, message, hint = refused("verify", copy)
    assert kind == "StorageFailed"
    assert "read-only" in message
    assert "copy the folder" in hint
    remount(disk, "rw")
    with Node.open(copy) as node:
        assert all(check_whole(node).has(file.data) for file in files)


def remount_refused(node: Node, disk: Path) -> None:
    """A disk that goes read-only below a running node: what it has open stays writable, so the system refuses that."""
    tried = subprocess.run(["mount", "-o", "remount,ro", str(disk)], capture_output=True, check=False, timeout=30)
    if tried.returncode == 0:
        with pytest.raises(StorageFailed, match="read-only"):
            take(node.services, OFFICER, files_of("ro"), options=TakeOptions(source=SOURCE), progress=no_progress)
        remount(disk, "rw")


if __name__ == "__main__":
    command_lines(Path(sys.argv[1]))
    a_node_that_was_not_closed(Path(sys.argv[1]))
