# SPDX-License-Identifier: Apache-2.0
"""`kill -9` while files are taken, by the command line and by the server: each file is there whole or not at all."""

import subprocess
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from random import Random
from threading import Thread

import msgspec
import pytest

from lintas.cli.client import File as Sent
from lintas.cli.client import NotListening, ask
from lintas.errors import NodeBusy
from lintas.model.intake_answers import Taken
from lintas.web.local import serving, wire
from lintas.work.intake import TakenFile
from tests.faults.killing import how_long, lintas, moments, reopened, run_or_kill, served
from tests.faults.whole import SOURCE, WATCHED, check_whole, files_of, take_again

pytestmark = pytest.mark.slow
KILLS_A_NODE = 25  # then a fresh one: checking a long log again and again takes the time, not the killing


def new_node(folder: Path) -> Path:
    """A node with one watch that the files meet."""
    lintas("init", folder, "--name", "Desk", "--country", "MY", "--mode", "exercise")
    lintas("watch", folder, "add", WATCHED)
    return folder


def written(folder: Path, files: list[TakenFile]) -> list[Path]:
    """Files on disk, for a command line to take."""
    folder.mkdir()
    for file in files:
        (folder / file.name).write_bytes(file.data)
    return [folder / file.name for file in files]


def kill_command_lines(tmp_path: Path, *, seed: int, count: int) -> None:
    """Kill `lintas take` so many times, and until it was too late with its answer once."""
    node = new_node(tmp_path / f"node-{seed}")
    takes_s = how_long("take", node, *written(tmp_path / f"{seed}-whole", files_of("whole")), "--source", SOURCE)
    answered = number = 0
    parts = moments(seed, count, low=0.35, high=1.1)
    while number < count or answered == number:
        files = files_of(f"cli {seed} {number}")
        paths = written(tmp_path / f"{seed}-{number}", files)
        said = run_or_kill("take", node, *paths, "--source", SOURCE, after_s=parts[number % count] * takes_s)
        number += 1
        with reopened(node) as opened:
            holding = check_whole(opened)
            if said is not None:
                answered += 1
                takes_s *= 0.85  # others left this machine more time than when it was measured
                assert all(holding.has(file.data) for file in files)
                assert said["messages"] == [item for file in files for item in holding.files[digest(file)]]
            take_again(opened, files, holding)


def digest(file: TakenFile) -> str:
    """What a file is held by."""
    return sha256(file.data).hexdigest()


class Client:
    """Takes one file after the other through a server's socket, and remembers what was acknowledged."""

    def __init__(self, socket: str, files: list[TakenFile], child: "subprocess.Popen[bytes]", kill_at: int) -> None:
        self.acknowledged: dict[str, list[str]] = {}
        self._socket, self._files, self._child = socket, files, child
        self._steps_left = kill_at
        self._thread = Thread(target=self._work)
        self._thread.start()

    def _work(self) -> None:
        for file in self._files:
            try:
                raw = ask(self._socket, wire.Take(source=SOURCE), [Sent(file.name, file.data)], self._step)
            except (NodeBusy, NotListening):
                return
            self.acknowledged[digest(file)] = msgspec.json.decode(raw, type=Taken).messages

    def _step(self, what: str, done: int, total: int) -> None:
        self._steps_left -= 1
        if self._steps_left == 0:
            self._child.kill()

    def join(self) -> None:
        """Wait until it has taken all, or its server is gone."""
        self._thread.join(60)
        assert not self._thread.is_alive()


def kill_servers(tmp_path: Path, *, seed: int, count: int) -> int:
    """Kill `lintas serve` so many times, with two clients at work; returns how many files were acknowledged."""
    node = new_node(tmp_path / f"served-{seed}")
    acknowledged = 0
    by_steps = Random(seed)
    for number, after_s in enumerate(moments(seed, count, low=0.0, high=0.4)):
        lines = [files_of(f"line {seed} {number} {line}") for line in (1, 2)]
        kill_at = by_steps.randrange(1, 16) if number % 2 else 0  # at a line of progress, or at a time
        with served(node) as child:
            where = serving.read(node)
            assert where is not None
            clients = [Client(where.socket, files, child, kill_at) for files in lines]
            if not kill_at:
                with suppress(subprocess.TimeoutExpired):
                    child.wait(timeout=after_s)
                child.kill()
            for client in clients:
                client.join()
        with reopened(node) as opened:
            holding = check_whole(opened)
            for client in clients:
                acknowledged += len(client.acknowledged)
                for file, messages in client.acknowledged.items():
                    assert list(holding.files[file]) == messages
            take_again(opened, [file for files in lines for file in files], holding)
    return acknowledged


def test_a_command_line_that_is_killed_leaves_each_file_whole_or_absent(tmp_path: Path) -> None:
    kill_command_lines(tmp_path, seed=1, count=4)


def test_a_server_that_is_killed_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    assert kill_servers(tmp_path, seed=2, count=4) > 0


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 116))
def test_four_hundred_killed_command_lines(tmp_path: Path, seed: int) -> None:
    kill_command_lines(tmp_path, seed=seed, count=KILLS_A_NODE)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(200, 212))
def test_three_hundred_killed_servers(tmp_path: Path, seed: int) -> None:
    kill_servers(tmp_path, seed=seed, count=KILLS_A_NODE)
