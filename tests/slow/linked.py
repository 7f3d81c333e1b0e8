# SPDX-License-Identifier: Apache-2.0
"""Two nodes as real `lintas serve` processes that reach each other through fault proxies, and what must hold of them.

The proxies keep their ports while the servers behind them are killed and started again.
"""

import fcntl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from threading import Event
from typing import IO, Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from lintas.cli.client import NotListening, ask
from lintas.errors import NodeBusy
from lintas.model.header import Mode
from lintas.model.marking import Marking, Tlp
from lintas.model.peer_answers import PeerLine
from lintas.model.share_answers import OutboxPage, ReleasedLine, Shared
from lintas.model.watch_answers import Alerts
from lintas.node.node import Node
from lintas.ports.clock import Clock
from lintas.testing import OFFICER, shared_readers
from lintas.web.local import serving, wire
from lintas.web.local.peer_wire import PeerShow
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.peering import add_peer, describe
from lintas.work.services import no_progress
from lintas.work.watching import add_watch
from tests.faults.killing import LINTAS, READERS_END_S_MAX, SOAK
from tests.faults.proxy import FaultProxy
from tests.faults.whole import WATCHED

NOWHERE: Final = ("127.0.0.1", 9)  # nobody serves there: a connection is refused
WAIT_S: Final = 600.0 if SOAK else 90.0  # that a busy machine may take; no test waits for it to pass
STAYS: Final = "this stays at home"
HOME: Final = 3  # messages of each side that nobody shares
PATIENCE_S: Final = 0.1  # between two looks at what tells no event

T = TypeVar("T")


class Side:
    """One node: its folder, the process that serves it while it runs, and the proxy before that."""

    def __init__(self, name: str, folder: Path, proxy: FaultProxy) -> None:
        self.name, self.folder, self.proxy = name, folder, proxy
        self.id = ""
        self.messages: list[str] = []  # local ids of what is there to be shared, in order
        self.released: dict[tuple[str, str], ReleasedLine] = {}  # what sharing acknowledged, by local id and recipient
        self.alerted: list[str] = []  # messages that alerted the desk, in order
        self.said_by: dict[str, str] = {}  # whose they are
        self.listens = True
        self.up = Event()  # set while its server may be asked
        self.gone = Event()  # set while it has no server
        self._log = folder.with_suffix(".log")
        self._child: subprocess.Popen[bytes] | None = None
        self._stderr: IO[bytes] | None = None
        self._last_alert = ""

    @property
    def pid(self) -> int:
        """The process that serves it."""
        assert self._child is not None
        return self._child.pid

    def begin(self) -> None:
        """Start its server without waiting for it."""
        assert self._child is None
        with (self.folder / "writer.lock").open("rb") as lock:
            fcntl.flock(
                lock, fcntl.LOCK_EX
            )  # a reader that was being forked when its parent died holds it for a moment
        peers = ["--peer-port", "0"] if self.listens else []
        command = [*LINTAS, "serve", str(self.folder), "--port", "0", *peers]
        self.gone.clear()
        self._stderr = self._log.open("ab")
        self._child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._stderr)

    def ready(self) -> None:
        """Wait until it serves, and lead the proxy to it."""
        assert self._child is not None
        assert self._child.stdout is not None
        line = self._child.stdout.readline()
        assert line.startswith(b"serving "), self.told()
        if self.listens:
            word, url = self._child.stdout.readline().split()
            assert word == b"peers", self.told()
            where = urlsplit(url.decode())
            assert where.hostname is not None and where.port is not None
            self.proxy.lead_to((where.hostname, where.port))
        self.up.set()

    def start(self) -> None:
        """Start its server; it accepts when this returns."""
        self.begin()
        self.ready()

    def kill(self) -> None:
        """`kill -9`, at whatever it does."""
        self.up.clear()
        if self._child is not None:
            self._child.kill()
        self._end()

    def ends(self) -> None:
        """Wait until another thread has killed it."""
        child = self._child
        if child is not None:
            child.wait(WAIT_S)
        assert self.gone.wait(WAIT_S)

    def killed_after(self, seconds: float) -> None:
        """Kill a server that was begun, after some time or when it ended by itself."""
        assert self._child is not None
        try:
            code = self._child.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.kill()
        else:
            raise AssertionError(f"{self.name} ended with {code}: {self.told()}")

    def stop(self) -> None:
        """Ask it to end, as an operator does."""
        self.up.clear()
        assert self._child is not None
        self._child.terminate()
        assert self._child.wait(60) == 0, self.told()
        self._end()

    def _end(self) -> None:
        if self._child is not None:
            # the pipe is at its end only when its readers are gone too
            self._child.communicate(timeout=READERS_END_S_MAX)
            self._child = None
        if self._stderr is not None:
            self._stderr.close()
            self._stderr = None
        self.gone.set()

    def told(self) -> str:
        """The end of what it wrote to the operator's log."""
        return self._log.read_bytes()[-3000:].decode(errors="replace") if self._log.exists() else ""

    def lines(self, event: str) -> int:
        """How often the operator's log tells an event."""
        return self._log.read_bytes().count(f"event={event}".encode())

    def prepare(self, count: int, *, clock: Clock | None = None) -> None:
        """Let it hold so many messages to share and some that stay, and watch for what others say."""
        with Node.open(self.folder, clock=clock, readers=shared_readers()) as node:
            self.messages = taken(node, [text_of(self.name, n, lorem=2000 * (n % 7 == 3)) for n in range(count)])
            taken(node, [f"{STAYS} {n}: call {WATCHED}\n" for n in range(HOME)])
            add_watch(node.services, OFFICER, [WATCHED], days=30)

    def ask(self, request: wire.Request, kind: type[T]) -> T:
        """Ask its server through the local socket."""
        where = serving.read(self.folder)
        if where is None:
            raise NotListening
        return msgspec.json.decode(ask(where.socket, request, [], no_progress), type=kind)

    def share(self, messages: Sequence[str], to: "Side", *, urgent: bool = False) -> list[ReleasedLine]:
        """Share some of its messages; what it acknowledged is remembered."""
        done = self.ask(wire.Share(messages=list(messages), to=[to.id], urgent=urgent), Shared)
        assert done.refused == []
        self.remember(done.released)
        return done.released

    def remember(self, lines: Sequence[ReleasedLine]) -> None:
        """Keep what a sharing acknowledged; a message that was shared before has the same released one."""
        for line in lines:
            assert self.released.setdefault((line.message, line.to), line).released == line.released

    def released_to(self, other: "Side") -> list[str]:
        """Ids under which another node knows what was shared with it."""
        return [line.released for line in self.released.values() if line.to == other.id]

    def share_surely(self, messages: Sequence[str], to: "Side", *, urgent: bool = False) -> None:
        """Share some messages, again if the server is killed before it acknowledges them."""
        while True:
            assert self.up.wait(WAIT_S)
            try:
                self.share(messages, to, urgent=urgent)
            except (NodeBusy, NotListening):
                continue  # `up` was cleared before it was killed, and is set when it serves again
            return

    def sees(self, released: Sequence[str]) -> None:
        """Wait until its desk was alerted to all of some messages of the other side."""
        ends = time.monotonic() + WAIT_S
        while missing := set(released) - set(self.alerted):
            assert time.monotonic() < ends, f"{self.name} lacks {len(missing)} of {len(released)}\n{self.told()}"
            self.look(wait_s=5)

    def look(self, *, wait_s: float) -> None:
        """Read the alerts that are new, or wait for one."""
        said = self.ask(wire.AlertList(after=self._last_alert, wait_s=wait_s), Alerts)
        self.alerted += [one.message for one in said.alerts]
        self.said_by |= {one.message: one.from_ for one in said.alerts}
        if said.alerts:
            self._last_alert = said.alerts[-1].id


class Pair:
    """Both nodes."""

    def __init__(self, my: Side, sg: Side) -> None:
        self.my, self.sg = my, sg
        self.both = (my, sg)

    def other(self, side: Side) -> Side:
        """The one that a side exchanges with."""
        return self.sg if side is self.my else self.my

    def start(self) -> None:
        """Start both at the same time."""
        for side in self.both:
            side.begin()
        for side in self.both:
            side.ready()

    def stop(self) -> None:
        """Let both end."""
        for side in self.both:
            side.stop()

    def arrived(self) -> None:
        """Wait until everything that was shared is there, and then its receipts are back.

        Receipts wake no desk, but they go before what is shared later.
        """
        for side in self.both:
            self.other(side).sees(side.released_to(self.other(side)))
        for side in (self.sg, self.my):
            (line,) = side.share(side.messages[-1:], self.other(side))
            self.other(side).sees([line.released])

    def witnessed(self) -> None:
        """End both, which signs their heads, and start them again: each then countersigns the other's head."""
        self.stop()
        sizes = {side.id: _newest_size(side) for side in self.both}
        self.start()
        ends = time.monotonic() + WAIT_S
        for side in self.both:
            other = self.other(side)
            while True:
                peer = side.ask(PeerShow(peer=other.id), PeerLine)
                if peer.cosigned and peer.head is not None and peer.head.size >= sizes[other.id]:
                    break
                assert time.monotonic() < ends, f"{peer.head}, cosigned: {peer.cosigned}\n{side.told()}"
                side.look(wait_s=PATIENCE_S)
        for side in self.both:
            while not self.is_even(side):
                assert time.monotonic() < ends, f"{side.name} sent what the other does not have\n{side.told()}"
                side.look(wait_s=PATIENCE_S)

    def is_even(self, side: Side) -> bool:
        """Whether the other side stored all that this one sent, and said so of the last that people shared.

        The receipt of the very last message is what a node still says when nobody waits for anything any more.
        """
        other = self.other(side)
        sent = {lane.lane: lane.sent for lane in side.ask(PeerShow(peer=other.id), PeerLine).lanes}
        came = {lane.lane: lane.received for lane in other.ask(PeerShow(peer=side.id), PeerLine).lanes}
        closing = side.released.get((side.messages[-1], other.id))
        if closing is None:
            return sent == came
        page = side.ask(wire.ShowOutbox(peer=other.id, limit=500), OutboxPage)
        states = [line.states for line in page.lines if line.released == closing.released]
        return sent == came and any("stored" in one for one in states)


def _newest_size(side: Side) -> int:
    with Node.open(side.folder, write=False) as node:
        newest = node.services.store.read(lambda snapshot: snapshot.checkpoint())
    assert newest is not None
    return newest.size


def text_of(mark: str, number: int, *, lorem: int = 0) -> str:
    """A message that meets the other side's watch."""
    return f"{mark} {number}: call {WATCHED} at once\n" + "lorem ipsum dolor\n" * lorem


def parts_of(messages: Sequence[str], count: int) -> list[list[str]]:
    """Messages in about equal parts, in order."""
    return [list(messages[len(messages) * n // count : len(messages) * (n + 1) // count]) for n in range(count)]


@contextmanager
def linked(
    folder: Path,
    seed: int,
    *,
    count: tuple[int, int] = (60, 20),
    listens: tuple[bool, bool] = (True, True),
    push: tuple[str, str] = ("auto", "auto"),
    clock: Clock | None = None,
) -> Iterator[Pair]:
    """Two nodes of an exercise that have each other's descriptors, hold messages to share, and are not started.

    Args:
        count: How many messages MY and SG can share; one more of each closes the exchange.
        listens: Whether MY and SG accept connections.
        push: Their settings.
        clock: While they are prepared.
    """
    with ExitStack() as stack:
        my, sg = (
            new_side(stack, folder, f"{seed}", country, clock=clock, listens=listens[n], push=push[n])
            for n, country in enumerate(("MY", "SG"))
        )
        meet(my, sg, clock=clock)
        for side, many in ((my, count[0]), (sg, count[1])):
            side.prepare(many + 1, clock=clock)
        yield Pair(my, sg)


def new_side(
    stack: ExitStack,
    folder: Path,
    seed: str,
    country: str,
    *,
    clock: Clock | None = None,
    listens: bool = True,
    push: str = "auto",
) -> Side:
    """A new node of an exercise behind a proxy of its own; its server, if it has one then, is killed at the end."""
    proxy = stack.enter_context(FaultProxy(NOWHERE, seed=Random(f"{seed} {country}").randrange(2**32)))
    side = Side(country.lower(), folder / country.lower(), proxy)
    side.listens = listens
    name = f"Example desk {country}"
    side.id = Node.create(side.folder, name=name, country=country, mode=Mode.EXERCISE, clock=clock).node
    host, port = proxy.address
    with (side.folder / "node.toml").open("a") as settings:
        settings.write(f'push = "{push}"\n')
        if listens:
            settings.write(f'peer_url = "https://{host}:{port}"\n')
    stack.callback(side.kill)
    return side


def meet(one: Side, other: Side, *, clock: Clock | None = None) -> None:
    """Give each of two nodes the other's descriptor."""
    with (
        Node.open(one.folder, clock=clock, readers=shared_readers()) as here,
        Node.open(other.folder, clock=clock, readers=shared_readers()) as there,
    ):
        add_peer(here.services, OFFICER, describe(there.services))
        add_peer(there.services, OFFICER, describe(here.services))


def taken(node: Node, texts: Sequence[str]) -> list[str]:
    files = [TakenFile(name=f"{number}.txt", data=text.encode()) for number, text in enumerate(texts)]
    options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
    return list(take(node.services, OFFICER, files, options=options, progress=no_progress).messages)
