# SPDX-License-Identifier: Apache-2.0
"""An exercise on four nodes that run as servers of their own, through the command line, much faster than life."""

import json
import subprocess
import sys
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path

import pytest

from lintas.cli.asking import have_done
from lintas.cli.client import File
from lintas.cli.main import main
from lintas.model.desk_answers import RequestList
from lintas.model.header import Mode
from lintas.model.peer_answers import PeerAdded
from lintas.node.node import Node
from lintas.web.local import peer_wire, request_wire
from tests.faults.ports import KeptPort
from tests.scenario.test_exercise_nodes import approve

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

COUNTRIES = ("MY", "SG", "TH", "CN")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Four nodes that know each other and serve; each ends with this test."""
    children: list[subprocess.Popen[bytes]] = []
    kept = {country: KeptPort() for country in COUNTRIES}
    folders = {country: tmp_path / country.lower() for country in COUNTRIES}
    try:
        for country, folder in folders.items():
            Node.create(folder, name=f"Exercise desk {country}", country=country, mode=Mode.EXERCISE)
            approve(folder)
            port = kept[country].number
            with (folder / "node.toml").open("a", encoding="utf-8") as settings:
                settings.write(f'peer_url = "https://127.0.0.1:{port}"\n')
            command = [sys.executable, "-m", "lintas.cli.main", "serve", str(folder), "--port", "0", "--while-stdin"]
            child = subprocess.Popen(
                [*command, "--peer-port", str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
            children.append(child)
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline().startswith(b"serving ")
        for here, there in permutations(COUNTRIES, 2):
            document = have_done(folders[there], peer_wire.PeerExport(), peer_wire.Exported).document.encode()
            have_done(folders[here], peer_wire.PeerAdd(), PeerAdded, files=[File("descriptor", document)])
        yield folders
    finally:
        for child in children:
            child.terminate()
            child.communicate(timeout=250)


def test_desks_play_on_servers_and_hold_all_that_is_true_and_nothing_else(
    served: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    golden = str(tmp_path / "golden")
    assert main(["exercise", "make", "--seed", "3", "--out", golden, "--json"]) == 0
    nodes = [word for country, folder in served.items() for word in ("--node", f"{country}={folder}")]
    capsys.readouterr()
    code = main(["exercise", "play", golden, *nodes, "--speed", "6000", "--pace", "at-once", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert said["troubles"] == []
    assert code == 0
    assert main(["exercise", "score", golden, "--json"]) == 0
    score = json.loads(capsys.readouterr().out)
    assert (score["wrong_holds"], score["basis_errors"], score["share_of_reachable"]) == ([], [], 1.0)
    assert len({hold["node"] for hold in score["holds"]}) > 1
    for node in sorted({hold["node"] for hold in score["holds"]}):  # what nodes hold is no more than is rightly held
        lines = have_done(served[node], request_wire.RequestLines(side="answerer", newest=True), RequestList).lines
        held = sum(line.held for line in lines if line.form == "hold")
        assert 0 < held <= sum(hold["rightly"] for hold in score["holds"] if hold["node"] == node)
