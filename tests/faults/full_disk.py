# SPDX-License-Identifier: Apache-2.0
"""Run on a disk of 8 MiB: it fills up, refuses, and after it is freed everything goes on.

python -m tests.faults.full_disk FOLDER
"""

import os
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from lintas.errors import StorageFailed
from lintas.node.node import Node
from lintas.testing import OFFICER, up_to
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import backup, erase, rebuild
from lintas.work.services import no_progress
from lintas.work.watching import add_watch
from tests.faults.verbs import done, refused
from tests.faults.whole import SOURCE, WATCHED, check_whole, files_of, folder_of, take_again

FULL = ("StorageFailed", "The disk is full.", "Nothing was acknowledged. Free some space, then do it again.")


def fill(disk: Path, *, leave_bytes: int) -> None:
    """Fill a disk up to some bytes."""
    with (disk / "filler").open("wb") as file:
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize
        file.write(bytes(free - leave_bytes))


def free(disk: Path) -> None:
    """Free it again."""
    (disk / "filler").unlink()


def command_lines_on_a_full_disk(disk: Path) -> None:
    """Each verb says that the disk is full, and works once it is not."""
    node, slip = disk / "asc", disk / "slip.txt"
    slip.write_text("call 012-345 6789\n")
    done("init", node, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    taken = done("take", node, slip)
    fill(disk, leave_bytes=0)
    assert refused("take", node, slip) == FULL
    assert refused("find", node, "012-345 6789") == FULL  # nothing is shown that could not be written down
    assert refused("verify", node) == FULL
    assert refused("doctor", node) == FULL
    assert refused("init", disk / "other", "--name", "Desk", "--country", "MY") == FULL
    free(disk)
    assert done("take", node, slip)["duplicates"] == 1
    assert done("find", node, "012-345 6789")["results"][0]["sources"][0]["message"] == taken["messages"][0]
    assert done("verify", node)["ok"]
    done("init", disk / "other", "--name", "Desk", "--country", "MY")


def a_running_node_on_a_full_disk(disk: Path) -> None:
    """A node that is open when the disk fills up refuses, keeps what it has, and needs no new start."""
    folder = disk / "running"
    done("init", folder, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    large = TakenFile(name="large.txt", data=sha256(b"x").hexdigest().encode() * 9000)
    more = files_of("more")
    with Node.open(folder) as node:
        add_watch(node.services, OFFICER, [WATCHED])
        take_again(node, files_of("first"), check_whole(node))
        for leave_bytes in (0, 200_000, 4096, 40_000):
            before = check_whole(node, orphans=True)
            fill(disk, leave_bytes=leave_bytes)
            refusals = 0
            for file in (large, *more):
                refusals += refuses(node, file)
            assert refusals
            if leave_bytes == 0:
                other_verbs_refuse(node)
            free(disk)
            after = check_whole(node, orphans=True)
            assert before.files.items() <= after.files.items()
        take_again(node, [large, *more], check_whole(node, orphans=True), orphans=True)
    with Node.open(folder) as node:
        assert all(check_whole(node).has(file.data) for file in [large, *more, *files_of("first")])


def refuses(node: Node, file: TakenFile) -> bool:
    """Take a file; says whether the disk was too full for it."""
    try:
        take(node.services, OFFICER, [file], options=TakeOptions(source=SOURCE), progress=no_progress)
    except StorageFailed as exc:
        said = exc.message
    else:
        return False
    assert said == "The disk is full."
    return True


def other_verbs_refuse(node: Node) -> None:
    """Every other write of a full disk is refused in the same words."""
    services = node.services
    first = services.store.read(lambda s: s.intakes(scope=up_to(4), before=10**9, limit=1))[0][0].id
    for act in (
        lambda: find(services, OFFICER, [WATCHED]),
        lambda: rebuild(services, progress=no_progress),
        lambda: erase(services, OFFICER, [first], ground="retention"),
        lambda: backup(services, folder_of(node) / "b", passphrase="long enough", recipients=[], progress=no_progress),
    ):
        with pytest.raises(StorageFailed, match="The disk is full"):
            act()
    assert not (folder_of(node) / "b").exists()


if __name__ == "__main__":
    command_lines_on_a_full_disk(Path(sys.argv[1]))
    a_running_node_on_a_full_disk(Path(sys.argv[1]))
