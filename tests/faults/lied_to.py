# SPDX-License-Identifier: Apache-2.0
"""A node that is lied to, and an honest peer of it that must not notice: both real, over real TLS, on one loop."""

import asyncio
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from lintas.model.marking import Marking, Tlp
from lintas.model.peering import Cursor, Lane, Standing
from lintas.model.viewer import Viewer
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER, FakeClock, two_nodes
from lintas.web.peer.feeds import Pace
from lintas.work.exchange import our_cursor
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import rebuild
from lintas.work.peering import add_peer, evidence_file, list_evidence, resume_peer, show_peer
from lintas.work.proving import verify
from lintas.work.services import no_progress
from lintas.work.sharing import share
from tests.faults.liar import Liar
from tests.scenario.meeting import Served, held, meet, served, until

STORY_S_MAX = 240.0  # for one story, on a busy machine; nobody waits for it to pass
HEAD = Viewer(id="officer-0009", clearance=Tlp.RED, role="duty_officer")
T = TypeVar("T")


class Charge(NamedTuple):
    """What a node keeps against a peer."""

    what: str
    reason: str
    documents: list[bytes]


class Stage:
    """The two nodes while they are served."""

    def __init__(self, runner: asyncio.Runner, clock: FakeClock, node: Served, honest: Served) -> None:
        self._runner, self._clock = runner, clock
        self.served, self.honest = node, honest
        self.node = node.node
        self._numbers = count(1)
        self._shared = count(1)

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        """Run a story while both nodes are served; budgets of requests are full again when it begins."""
        self._clock.forward(minutes=1)

        async def bounded() -> T:
            async with asyncio.timeout(STORY_S_MAX):
                return await story

        return self._runner.run(bounded())

    async def liar(self) -> Liar:
        """A peer that was added here, and has told no lie yet."""
        liar = Liar(next(self._numbers), self.served.id)
        await asyncio.to_thread(add_peer, self.node.services, OFFICER, liar.descriptor())
        return liar

    @asynccontextmanager
    async def reading(self, liar: Liar) -> AsyncIterator[Liar]:
        """Let the node connect to a liar's server; afterwards it does so no more."""
        async with liar.serving() as url:
            self.node.services.store.write(lambda tx: tx.set_address(liar.id, url))
            self.node.services.events.publish("peers")
            try:
                yield liar
            finally:
                self.node.services.store.write(lambda tx: tx.set_address(liar.id, ""))
                self.node.services.events.publish("peers")

    async def until(self, is_true: Any) -> None:
        """Wait until something is so at the node."""
        await until(self.node, is_true)

    def held(self, liar: Liar) -> Cursor:
        """How far the node has a liar's streams."""
        return self.node.services.store.read(lambda snapshot: our_cursor(snapshot, liar.id))

    def standing(self, liar: Liar) -> Standing:
        """How a liar stands."""
        peer = self.node.services.store.read(lambda snapshot: snapshot.peer(liar.id))
        assert peer is not None
        return peer.standing

    def ground(self, liar: Liar) -> str:
        """Why a liar stands so."""
        return show_peer(self.node.services, OFFICER, liar.id).ground

    def charges(self, liar: Liar) -> list[Charge]:
        """What is kept against a liar, newest first, as a person with the clearance for it reads it."""
        services = self.node.services
        found = []
        for shown in list_evidence(services, OFFICER, liar.id).evidence:
            kept = json.loads(evidence_file(services, OFFICER, shown.message))
            assert (kept["node"], kept["what"], kept["reason"]) == (liar.id, shown.what, shown.reason)
            found.append(Charge(shown.what, shown.reason, [b64decode(one) for one in kept["documents"]]))
        return found

    def finds(self, number: str) -> int:
        """How many things a person finds by a number."""
        (result,) = find(self.node.services, OFFICER, [number], purpose="test").results
        return len(result.sources)

    def taken_from(self, liar: Liar) -> list[str]:
        """Entries of the node's log that are a liar's messages, or say that one was let in."""

        def ids(snapshot: Snapshot) -> list[str]:
            heads = snapshot.entries(0, snapshot.size())
            return [head.id for head in heads if liar.channel.encode() in head.header]

        return self.node.services.store.read(ids)

    async def resume(self, liar: Liar) -> None:
        """A person lets a peer in again."""
        await asyncio.to_thread(resume_peer, self.node.services, HEAD, liar.id, "looked_at")

    @asynccontextmanager
    async def undisturbed(self) -> AsyncIterator[None]:
        """The honest peer gets and gives a message while something goes on, and stands as before afterwards."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._swap())
            yield
        line = show_peer(self.node.services, OFFICER, self.honest.id)
        assert (line.standing, line.evidence) == ("unverified", [])  # as good as live in an exercise

    async def _swap(self) -> None:
        here, there = self.served, self.honest
        for sender, recipient in ((here, there), (there, here)):
            released = await asyncio.to_thread(self._share, sender.node, recipient.id)
            await until(recipient.node, lambda: _has(recipient.node, released))  # noqa: B023  # awaited in the loop

    def _share(self, sender: Node, to: str) -> str:
        file = TakenFile(name="note.txt", data=f"Honest note {next(self._shared)}".encode())
        options = TakeOptions(marking=Marking(tlp=Tlp.AMBER))
        (message,) = take(sender.services, OFFICER, [file], options=options, progress=no_progress).messages
        (line,) = share(sender.services, OFFICER, [message], to=[to]).released
        return str(line.released)

    def check_whole(self) -> None:
        """Everything that the node holds still verifies and can be rebuilt; the honest peer too."""
        for node in (self.node, self.honest.node):
            checked = verify(node.services, progress=no_progress)
            assert checked.ok, checked.problems
            assert rebuild(node.services, progress=no_progress).changed == []


def _has(node: Node, message: str) -> bool:
    return node.services.store.read(lambda snapshot: snapshot.entry_by_id(message)) is not None  # type: ignore[arg-type]  # a text from an answer


@contextmanager
def a_stage(folder: Path, *, pace: Pace | None = None) -> Iterator[Stage]:
    """Two nodes that exchange for as long as it lasts; both must be whole at its end."""
    clock = FakeClock()
    with two_nodes(folder, clock=clock) as (here, there), asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def begin() -> tuple[Served, Served]:
            node = await stack.enter_async_context(served(here, pace=pace))
            honest = await stack.enter_async_context(served(there))
            meet(here, honest)
            meet(there, node)
            return node, honest

        stage = Stage(runner, clock, *runner.run(begin()))
        try:
            yield stage
            stage.check_whole()
        finally:
            runner.run(stack.aclose())


def bulk(cursor: Cursor) -> int:
    """The counter of the bulk lane."""
    return cursor.at(Lane.BULK)


__all__ = ["HEAD", "Charge", "Stage", "a_stage", "bulk", "held"]
