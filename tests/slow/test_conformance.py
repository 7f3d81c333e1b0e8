# SPDX-License-Identifier: Apache-2.0
"""`lintas conformance` passes against our own node, and names the defect of each node that has one."""

import contextlib
import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lintas.conformance.bad_batches import bad_batches
from lintas.conformance.catalogue import AREAS, BAD_BATCHES, BAD_HELLOS, BAD_REQUESTS, CATALOGUE, LIARS
from lintas.conformance.identity import HONEST, Identities, descriptor_of, open_identities
from lintas.conformance.line import Line
from lintas.conformance.play import Patience, asker
from lintas.conformance.playing import NAMES, play
from lintas.formats.peer.descriptor import read_descriptor
from lintas.limits import PEERS_MAX
from lintas.model.header import Mode
from lintas.model.marking import Marking, Tlp
from lintas.node.clock import SystemClock
from lintas.node.node import Node
from lintas.testing import OFFICER, shared_readers
from lintas.web.local import serving as announced
from lintas.web.peer.feeds import Pace
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.peering import add_peer
from lintas.work.proving import make_checkpoint
from lintas.work.services import no_progress
from lintas.work.sharing import share
from tests.faults.defects import DEFECTS, Defect, serving
from tests.faults.ports import KeptPort
from tests.faults.terminal import main

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "docs" / "spec" / "vectors" / "peer"
SPEC = (ROOT / "docs" / "spec" / "peer.md").read_text(encoding="utf-8")
SWIFT = Patience(heartbeat_s=20.0, feed_s=20.0, tick_s=20.0, forgiven_s=0.0)
HASTY = replace(SWIFT, heartbeat_s=0.6)  # for a node that never beats, however long one waits
PACE = Pace(heartbeat_s=0.1)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node whose head is signed several times a second."""
    folder = tmp_path_factory.mktemp("conformance") / "node"
    Node.create(folder, name="Example anti-scam centre", country="MY", mode=Mode.EXERCISE)
    stop = threading.Event()
    with Node.open(folder, clock=SystemClock(), readers=shared_readers()) as opened:

        def tick() -> None:
            while not stop.wait(0.2):
                make_checkpoint(opened.services)

        ticks = threading.Thread(target=tick)
        ticks.start()
        try:
            yield opened
        finally:
            stop.set()
            ticks.join()


class StillClock(SystemClock):
    """A clock on which nothing lasts: who asks too much is refused then, however slow the machine."""

    def monotonic_s(self) -> float:
        """Seconds that passed: none."""
        return 0.0


@pytest.fixture
def still_node(tmp_path: Path) -> Iterator[Node]:
    """A node that gives nobody time to ask again."""
    Node.create(tmp_path / "still", name="Example anti-scam centre", country="MY", mode=Mode.EXERCISE)
    with Node.open(tmp_path / "still", clock=StillClock(), readers=shared_readers()) as opened:
        yield opened


def known(node: Node, name: str, *liars: str, identities: Identities | None = None) -> Identities:
    """A new tool that the node knows, to which three messages were shared: one urgent, two not."""
    identities = identities or Identities(seed=name.encode().ljust(32, b".")[:32])
    for one in (HONEST, *liars):
        add_peer(node.services, OFFICER, descriptor_of(identities.of(one)))
    honest = identities.of(HONEST).id
    for number in range(3):
        file = TakenFile(name="note.txt", data=f"{name} {number}: call +60 12-345 678{number}".encode())
        options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
        done = take(node.services, OFFICER, [file], options=options, progress=no_progress)
        share(node.services, OFFICER, list(done.messages), to=[honest], urgent=number == 0)
    make_checkpoint(node.services)
    return identities


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: one.name)
def test_a_node_with_one_defect_fails_the_check_that_names_it(request: pytest.FixtureRequest, defect: Defect) -> None:
    node = request.getfixturevalue("still_node" if "busy.limit" in defect.fails else "node")
    assert isinstance(node, Node)
    identities = known(node, defect.name, *([defect.liar] if defect.liar else []))
    areas = {code.partition(".")[0] for code in defect.fails} | set(defect.areas)
    wrap = defect.make() if defect.make is not None else None
    tls = defect.tls(node) if defect.tls is not None else None
    with serving(node, wrap, pace=PACE, tls=tls) as url:
        patience = HASTY if "feed.heartbeat" in defect.fails else SWIFT
        report = play(url, identities, patience=patience, only=sorted(areas))
    failed = {one.code: one.detail for one in report.outcomes if one.result == "failed"}
    assert failed.keys() == set(defect.fails), failed


def test_a_good_node_fails_nothing_and_a_second_run_needs_no_memory(node: Node) -> None:
    identities = known(node, "good")
    areas = [area for area in AREAS if area not in {"busy", "lie"}]
    with serving(node, pace=PACE) as url:
        reports = [play(url, identities, patience=SWIFT, only=areas) for _ in range(2)]
    for report in reports:
        assert [one for one in report.outcomes if one.result != "ok"] == []


@contextlib.contextmanager
def process(folder: Path) -> Iterator[str]:
    """A real server in a process of its own."""
    command = [sys.executable, "-m", "lintas.cli.main", "serve", str(folder), "--port", "0", "--peer-port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline().startswith("serving ")
            where = announced.read(folder)
            assert where is not None
            yield where.peer_url
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(30)


def test_our_own_server_keeps_the_whole_protocol(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, tool = tmp_path / "asc", tmp_path / "tool"
    Node.create(folder, name="Desk", country="MY", mode=Mode.EXERCISE)
    with Node.open(folder, readers=shared_readers()) as opened:  # its head is signed as it is closed
        known(opened, "whole", *LIARS, identities=open_identities(tool))
    with process(folder) as url:
        command = ["conformance", url, "--identity", str(tool), "--quick", "--json"]
        code = main(command)
        report = json.loads(capsys.readouterr().out)
        assert main([*command, "--only", "lie"]) == 0
        again = json.loads(capsys.readouterr().out)
    assert {one["code"]: one["detail"] for one in report["outcomes"] if one["result"] == "failed"} == {}
    assert code == 0
    skipped = {one["code"]: one["detail"] for one in report["outcomes"] if one["result"] == "skipped"}
    assert skipped.keys() <= {"feed.heartbeat", "busy.limit"}, skipped
    assert [one["code"] for one in report["outcomes"]] == list(CATALOGUE)
    lies = {one["code"]: one for one in again["outcomes"]}
    assert lies["lie.gap"]["detail"].startswith("This peer told its lie in an earlier run")
    assert lies["lie.others"]["result"] == "ok"


def test_a_tool_that_is_not_known_says_what_to_do(
    node: Node, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tool = tmp_path / "my tool"
    with serving(node, pace=PACE) as url:
        assert main(["conformance", url, "--identity", str(tool), "--json"]) == 2
    said = json.loads(capsys.readouterr().out)["error"]
    assert said["class"] == "NotKnown"
    assert f"for one in '{tool}/peers'/*.json; do lintas peer add NODE" in said["hint"]
    files = sorted((tool / "peers").iterdir())
    assert len(files) == len(NAMES) < PEERS_MAX / 5
    assert [read_descriptor(file.read_bytes()).node for file in files] == [
        open_identities(tool).of(name).id for name in NAMES
    ]


def test_a_live_node_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Node.create(tmp_path / "live", name="Desk", country="MY", mode=Mode.LIVE)
    with Node.open(tmp_path / "live", readers=shared_readers()) as opened, serving(opened) as url:
        assert main(["conformance", url, "--identity", str(tmp_path / "tool")]) == 2
    assert "mode live" in capsys.readouterr().err


def test_nobody_there_is_no_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nobody = KeptPort()  # that no other server of this machine may come to have
    url = f"https://127.0.0.1:{nobody.number}"
    assert main(["conformance", url, "--identity", str(tmp_path / "tool")]) == 2
    assert "did not answer" in capsys.readouterr().err


def test_every_bad_vector_of_the_specification_is_played() -> None:
    codes = json.loads((VECTORS / "refused.json").read_text(encoding="utf-8"))
    of = {kind: {name.removeprefix(kind) for name in codes if name.startswith(kind)} for kind in ("batch_", "hello_")}
    assert {name: codes[f"batch_{name}"] for name in of["batch_"]} == BAD_BATCHES
    assert of["hello_"] <= set(BAD_HELLOS)
    requests = {name.removeprefix("request_") for name in codes if name.startswith("request_")}
    # to another node: answered by its own code, so it is a check of its own
    assert requests - {"addressee_changed"} <= set(BAD_REQUESTS)


def test_lies_are_those_of_the_catalogue() -> None:
    me = asker(Line("https://127.0.0.1:1"), Identities(seed=b"\x01" * 32), HONEST, "lintas:" + "a" * 52)
    assert {name: code for name, (code, _) in bad_batches(me.sample).items()} == BAD_BATCHES


def test_every_check_names_a_section_that_is_there() -> None:
    sections = set(re.findall(r"^#{2,3} (.+)$", SPEC, re.MULTILINE))
    assert {check.section for check in CATALOGUE.values()} <= sections
    assert {check.area for check in CATALOGUE.values()} == set(AREAS)


def test_the_specification_has_what_the_checks_cite() -> None:
    assert all(check.sentence.endswith(".") for check in CATALOGUE.values())
