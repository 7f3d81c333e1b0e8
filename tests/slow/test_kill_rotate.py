# SPDX-License-Identifier: Apache-2.0
"""`kill -9` while keys are changed: the node starts with whole keys, and what was acknowledged is so."""

from pathlib import Path
from random import Random

import pytest

from lintas.node.keys import OPERATIONAL
from lintas.node.node import Node
from lintas.work.peering import own_keys
from lintas.work.proving import make_checkpoint, verify
from lintas.work.services import no_progress
from tests.faults.killing import SOAK, how_long, lintas, moments, reopened, run_or_kill
from tests.scenario.giving import take_text

pytestmark = pytest.mark.slow
KILLS = 200 if SOAK else 6
SEEDS = range(20) if SOAK else range(1)


def new_node(folder: Path) -> Path:
    """A node with an operator."""
    lintas("init", folder, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    lintas("account", folder, "add", "Contoh Satu", "--role", "operator")
    return folder


def check_keys(node: Node) -> int:
    """Every key that the log names is here and nothing waits; returns the number of the keys."""
    keys = node.services.store.read(lambda snapshot: own_keys(node.services, snapshot))
    body: dict[str, list[dict[str, str]]] = keys.body  # type: ignore[assignment]  # lists of keys under these names
    for name in OPERATIONAL:
        assert node.services.keys.open(name).key_id == body[name][0]["id"]  # type: ignore[attr-defined]  # FileKeys
    folder = node.services.config.folder / "keys"  # type: ignore[attr-defined]  # a NodeConfig
    assert not list(folder.glob("*.next.pem"))
    return keys.serial


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.timeout(3_600 if SOAK else 300)
def test_a_killed_change_of_keys_is_done_or_not_begun(tmp_path: Path, seed: int) -> None:
    folder = new_node(tmp_path / "node")
    rotate = ("key", "rotate", folder, "--by", "Contoh Satu")
    takes_s = how_long(*rotate)
    random, serial, done, tried = Random(seed), 1, 0, 0
    parts = moments(seed, KILLS, low=0.4, high=1.15)
    while tried < KILLS or not 0 < done < tried:  # until some moments lay before the commit, some after it
        more = ("--revoke",) if random.random() < 0.3 else ()
        said = run_or_kill(*rotate, *more, after_s=parts[tried % KILLS] * takes_s)
        tried += 1
        with reopened(folder) as node:
            found = check_keys(node)
            assert found in {serial, serial + 1}
            assert said is None or found == said["serial"] == serial + 1
            done += found > serial
            takes_s *= 0.85 if found > serial else 1.15  # as others leave this machine more or less time
            serial = found
            take_text(node.services, f"call +6012345{found:05}")
            make_checkpoint(node.services)
            checked = verify(node.services, progress=no_progress)
            assert checked.ok, checked.problems
