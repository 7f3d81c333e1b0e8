# SPDX-License-Identifier: Apache-2.0
"""`kill -9` while views are built anew, and while messages are read again: the old views stand, or the new ones."""

from importlib import resources
from pathlib import Path

import pytest

from lintas.node.node import Node
from lintas.testing import shared_readers
from lintas.work.keeping import rebuild
from lintas.work.services import no_progress
from tests.faults.killing import how_long, lintas, moments, reopened, run_or_kill
from tests.faults.whole import WATCHED, check_whole, files_of, take_again

pytestmark = pytest.mark.slow
KILLS_A_NODE = 30


def new_node(folder: Path) -> Path:
    """A node that holds enough for a rebuild to take a while."""
    lintas("init", folder, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    lintas("watch", folder, "add", WATCHED)
    with Node.open(folder, readers=shared_readers()) as node:
        take_again(node, [file for number in range(4) for file in files_of(f"file {number}")], check_whole(node))
    return folder


def replace_pack(node: Path, number: int) -> None:
    """Put a pack into the node's folder that differs from the last one, so that every message is outdated."""
    ours = resources.files("lintas.packs").joinpath("identifiers.toml").read_bytes()
    (node / "packs").mkdir(exist_ok=True)
    (node / "packs" / "identifiers.toml").write_bytes(ours + b"\n# as of day %d\n" % number)


def kill_rebuilds(tmp_path: Path, *, seed: int, count: int) -> None:
    """Kill `lintas rebuild` so many times, each other time while it reads everything again."""
    node = new_node(tmp_path / f"node-{seed}")
    replace_pack(node, -1)
    reads_s, builds_s = how_long("rebuild", node, "--read-again"), how_long("rebuild", node)
    with reopened(node) as opened:
        files = check_whole(opened).files
    for number, part in enumerate(moments(seed, count, low=0.4, high=1.05)):
        reads_again = number % 2 == 0
        if reads_again:
            replace_pack(node, number)
        more = ["--read-again"] if reads_again else []
        said = run_or_kill("rebuild", node, *more, after_s=part * (reads_s if reads_again else builds_s))
        assert said is None or said["changed"] == []
        with reopened(node) as opened:
            assert check_whole(opened).files == files
            assert rebuild(opened.services, read_again=True, progress=no_progress).changed == []
    with reopened(node) as opened:
        assert rebuild(opened.services, read_again=True, progress=no_progress).read_again == 0
        assert check_whole(opened).files == files


def test_a_rebuild_that_is_killed_leaves_views_as_if_it_had_not_begun_or_had_ended(tmp_path: Path) -> None:
    kill_rebuilds(tmp_path, seed=3, count=4)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(300, 310))
def test_three_hundred_killed_rebuilds(tmp_path: Path, seed: int) -> None:
    kill_rebuilds(tmp_path, seed=seed, count=KILLS_A_NODE)
