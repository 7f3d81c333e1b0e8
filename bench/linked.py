# SPDX-License-Identifier: Apache-2.0
"""Two nodes as real `lintas serve` processes that reach each other over TLS, and what is measured of them."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, Self, TypeVar
from urllib.parse import urlsplit

import msgspec

from lintas.cli.client import ask
from lintas.model.header import Kind, Mode
from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Cursor, Lane
from lintas.node.node import Node
from lintas.policy.release import released_marking
from lintas.ports.store import Transaction
from lintas.testing import OFFICER
from lintas.web.local import serving, wire
from lintas.work.appending import Prepared, prepare_content
from lintas.work.peering import add_peer, describe
from lintas.work.services import Services, no_progress
from lintas.work.streams import known_peer, our_cursor, place, protocol_decision, recipient_of

STIX: Final = "application/stix+json;version=2.1"
WAIT_S: Final = 3_600.0  # for what a busy machine may take
LOOK_S: Final = 0.1  # between two looks at a node that tells no event
AT_ONCE: Final = 5_000  # messages released in one transaction
CLOCK_TICKS_S: Final = 100  # of /proc's processor times, as Linux has them on all machines that people use

T = TypeVar("T")


class Side:
    """One node: its folder, where it is reached, and the process that serves it while it runs."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder, self.id = name, folder, ""
        self.port = free_port()
        self.front = self.port  # where the other side connects to: a relay may stand there
        self._child: subprocess.Popen[bytes] | None = None
        self._log = folder.with_suffix(".log")

    @property
    def pid(self) -> int:
        """The process that serves it."""
        assert self._child is not None
        return self._child.pid

    def start(self) -> None:
        """Start its server; it accepts when this returns."""
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                [*_LINTAS, "serve", self.folder, "--port", "0", "--peer-port", str(self.port), "--while-stdin"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        assert self._child.stdout is not None
        for word in (b"serving ", b"peers "):
            line = self._child.stdout.readline()
            assert line.startswith(word), self._log.read_text("utf-8", "replace")[-2000:]

    def stop(self) -> None:
        """Ask it to end, and wait."""
        child, self._child = self._child, None
        if child is not None:
            child.terminate()
            child.communicate(timeout=60)

    def ask(self, request: wire.Request, kind: type[T]) -> T:
        """Ask its server through the local socket, as the command line does."""
        where = serving.read(self.folder)
        assert where is not None, f"{self.name} does not serve"
        return msgspec.json.decode(ask(where.socket, request, [], no_progress), type=kind)

    def cpu_s(self) -> float:
        """Processor time so far: the server's, and that of the readers it has now."""
        return sum(map(_cpu_s, [self.pid, *descendants(self.pid)]))

    def peak_mb(self) -> float:
        """The most memory that the server ever had resident (VmHWM); its readers not counted."""
        return memory_mb(self.pid, "VmHWM")


class Held:
    """How far a node has another's streams, read from its files beside the server that writes them."""

    def __init__(self, side: Side) -> None:
        self._side = side

    def __enter__(self) -> Self:
        self._node = Node.open(self._side.folder, write=False)
        return self

    def __exit__(self, *_: object) -> None:
        self._node.close()

    def cursor(self, of: str) -> Cursor:
        """What is stored of a peer's streams."""
        return self._node.services.store.read(lambda snapshot: our_cursor(snapshot, of))

    def wait_bulk(self, of: str, count: int) -> None:
        """Wait until so many places of a peer's bulk stream are stored."""
        ends = time.monotonic() + WAIT_S
        while self.cursor(of).bulk < count:
            assert time.monotonic() < ends, f"{self.cursor(of)} after {WAIT_S} s"
            time.sleep(LOOK_S)


_LINTAS: Final = [sys.executable, "-m", "lintas.cli.main"]


@contextmanager
def linked(folder: Path, *, fronts: Sequence[int] = ()) -> Iterator[tuple[Side, Side]]:
    """Two nodes of an exercise, MY and SG, that have each other's descriptors. Nobody serves them yet.

    Args:
        fronts: Ports of relays at which MY and SG are reached, 0 for none; `Side.port` is where each really listens.
    """
    with ExitStack() as stack:
        sides = []
        for number, country in enumerate(("MY", "SG")):
            side = Side(country, folder / country.lower())
            side.front = (fronts[number] if fronts else 0) or side.port
            Node.create(side.folder, name=f"Bench {country}", country=country, mode=Mode.EXERCISE)
            with (side.folder / "node.toml").open("a") as settings:
                settings.write(f'peer_url = "https://127.0.0.1:{side.front}"\n')
            stack.callback(side.stop)
            sides.append(side)
        my, sg = sides
        with Node.open(my.folder) as one, Node.open(sg.folder) as other:
            my.id, sg.id = one.services.keys.node, other.services.keys.node
            introduce(one.services, [describe(other.services)])
            introduce(other.services, [describe(one.services)])
        yield my, sg


def introduce(services: Services, descriptors: Sequence[bytes]) -> None:
    """Add peers; in an exercise nobody needs to read out words."""
    for document in descriptors:
        add_peer(services, OFFICER, document)


def release_small(services: Services, to: str, texts: Iterator[bytes]) -> int:
    """Release many small messages to one peer at once, and return how many.

    They are made as `share` makes them, without the local messages that they would be of: what a recipient gets and
    checks is the same, and a million are ready in minutes.
    """
    peer = services.store.read(lambda snapshot: known_peer(snapshot, to))
    profile = services.packs.law.of(services.config.country)
    marking = released_marking(
        Marking(tlp=Tlp.AMBER),
        recipient=recipient_of(services, peer),
        purpose=profile.default_purpose,
        basis=profile.default_basis,
    )
    local = "0" * 64  # stands where the local message's id would; it stays closed to the recipient

    def put(tx: Transaction, part: Sequence[Prepared]) -> None:
        decision = protocol_decision(services, tx, peer.channel)
        place(services, tx, peer.channel, Lane.BULK, part, by=OFFICER.id, decision=decision)

    count, part = 0, []
    for text in texts:
        part.append(
            prepare_content(
                services,
                Kind.ITEM,
                text,
                media_type=STIX,
                marking=marking,
                refs={"release_of": [local]},
                channel=peer.channel,
            )
        )
        count += 1
        if len(part) == AT_ONCE:
            services.store.write(lambda tx, part=part: put(tx, part))  # type: ignore[misc]  # bound now on purpose
            part = []
    if part:
        services.store.write(lambda tx: put(tx, part))
    return count


def free_port() -> int:
    """A port that nobody is given but a server that is told its number, until this program ends.

    A socket that is bound and does not listen keeps it, and lets in a server that sets SO_REUSEADDR.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        held.detach()
        return port


def port_of(url: str) -> int:
    """The port of an address."""
    port = urlsplit(url).port
    assert port is not None
    return port


def descendants(pid: int) -> list[int]:
    """Processes that one started, and those that these started."""
    found: list[int] = []
    with suppress(OSError):  # it may end while it is looked at
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text(encoding="ascii").split()]
    return found + [below for child in found for below in descendants(child)]


def memory_mb(pid: int, field: str) -> float:
    """One memory figure of a process, in MB: VmRSS is resident now, VmHWM the most there ever was."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    raise AssertionError(f"no {field} of {pid}")


def _cpu_s(pid: int) -> float:
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return 0.0  # it ended
    fields = said.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS_S
