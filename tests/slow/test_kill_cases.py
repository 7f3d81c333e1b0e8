# SPDX-License-Identifier: Apache-2.0
"""`kill -9` while a joint case is worked in or carried: each document went once or not at all, and none is lost."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, carry, shared_readers
from lintas.work import cases
from lintas.work.cases.carrying import owed
from lintas.work.proving import verify
from lintas.work.services import no_progress
from tests.faults.killing import SOAK, how_long, moments, reopened, run_or_kill
from tests.scenario.heads import meet

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

KILLS = 40 if SOAK else 5
SAID = ("One", "Two", "Three", "Four")
CARRY = """
import sys
from pathlib import Path
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.work.cases import settle_cases
with Node.open(Path(sys.argv[1])) as node:
    print(settle_cases(node.services), flush=True)
"""


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """The folder of a node that owes documents to one who just joined; the case; and the other node."""
    folder = tmp_path_factory.mktemp("nodes")
    for name, country in (("my", "MY"), ("sg", "SG")):
        Node.create(folder / name, name=f"Desk {name}", country=country, mode=Mode.EXERCISE)
    with (
        Node.open(folder / "my", readers=shared_readers()) as here,
        Node.open(folder / "sg", readers=shared_readers()) as there,
    ):
        meet(here, there)
        ref = cases.open_case(here.services, OFFICER, "Parcel scam").ref
        for text in SAID:
            cases.add_note(here.services, OFFICER, ref, text)
        cases.change(here.services, OFFICER, ref, "summary", "In a few words")
        cases.invite(here.services, OFFICER, ref, there.services.keys.node)
        carry(here, there)
        cases.join(there.services, OFFICER, ref)
        carry(there, here)
        return folder / "my", ref, there.services.keys.node


def check_once(node: Node, ref: str) -> int:
    """Every document of ours has at most one copy for each member; returns how many are still owed."""
    own = node.services.keys.node

    def look(snapshot: Snapshot) -> int:
        facts = [one for one in snapshot.case_facts(own, ref) if one.node == own]
        for one in facts:
            channels = [channel for _, _, channel in snapshot.releases_of(one.message)]
            assert len(channels) == len(set(channels))
        return sum(len(one.facts) for one in owed(node.services, snapshot, own, ref))

    return node.services.store.read(look)


def test_what_was_said_before_goes_to_who_joined_once_whenever_we_die(
    tmp_path: Path, joined: tuple[Path, str, str]
) -> None:
    folder, ref, _ = joined
    whole = tmp_path / "whole"
    shutil.copytree(folder, whole)
    began = time.monotonic()
    subprocess.run([sys.executable, "-c", CARRY, str(whole)], check=True, capture_output=True, timeout=120)
    takes_s = time.monotonic() - began
    for number, after_s in enumerate(moments(7, KILLS, low=0.4 * takes_s, high=1.1 * takes_s)):
        copy = tmp_path / f"copy-{number}"
        shutil.copytree(folder, copy)
        with subprocess.Popen([sys.executable, "-c", CARRY, str(copy)], stdout=subprocess.PIPE) as child:
            try:
                child.communicate(timeout=after_s)
            except subprocess.TimeoutExpired:
                child.kill()
                child.communicate(timeout=250)
        with reopened(copy) as node:
            left = check_once(node, ref)
            assert left in (0, len(SAID) + 1), "one transaction: all of it went, or nothing"
            cases.settle_cases(node.services)
            assert check_once(node, ref) == 0
            size = node.services.store.read(lambda snapshot: snapshot.size())
            cases.settle_cases(node.services)
            assert node.services.store.read(lambda snapshot: snapshot.size()) == size, "done twice it adds nothing"
            assert verify(node.services, progress=no_progress).ok


def test_a_note_is_said_and_on_its_way_or_neither_whenever_we_die(
    tmp_path: Path, joined: tuple[Path, str, str]
) -> None:
    folder, ref, _ = joined
    node_folder = tmp_path / "node"
    shutil.copytree(folder, node_folder)
    with reopened(node_folder) as node:
        cases.settle_cases(node.services)
    takes_s = how_long("case", node_folder, "note", ref, "Whole")
    for number, after_s in enumerate(moments(11, KILLS, low=0.5 * takes_s, high=1.1 * takes_s)):
        said = run_or_kill("case", node_folder, "note", ref, f"Note {number}", after_s=after_s)
        with reopened(node_folder) as node:
            notes = [one.text for one in cases.show_case(node.services, OFFICER, ref).notes]
            assert notes.count(f"Note {number}") <= 1
            assert said is None or f"Note {number}" in notes
            assert check_once(node, ref) == 0, "what was said has its place in the other's stream"
