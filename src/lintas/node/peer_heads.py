# SPDX-License-Identifier: Apache-2.0
"""Heads of one peer's log and of ours: verified, countersigned, proven, told on.

A head that came with a greeting, on the feed or by gossip is held against the one we hold; the peer shows the proof.
What it sent must then be proven to stand in its log within PROOF_S_MAX, else people are alarmed.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final, TypeVar

import structlog

from lintas.errors import HeadConflict, LinkFailed, LintasError, PeerAnswered, PeerRefused, UnknownTerm
from lintas.formats.peer import Gossip, decode, encode
from lintas.limits import NOTE_BYTES_MAX
from lintas.model.peering import Cursor, Lane
from lintas.transport.client import PeerClient
from lintas.transport.workers import Workers
from lintas.work.services import Services, as_text
from lintas.work.streams import our_cursor
from lintas.work.witness import (
    Due,
    check_proof,
    gossip_in,
    gossip_out,
    head_in,
    keep_answer,
    note_head,
    offer_checkpoint,
)

PEER: Final = "/peer/v1"
HEADS_WAITING_MAX: Final = 16  # heads not looked at yet; an older one is left out: the newest implies it
ROUNDS_MAX: Final = 16  # questions to the peer about one head
PROOF_BYTES_MAX: Final = 2 * NOTE_BYTES_MAX

log = structlog.get_logger("lintas.peering")
T = TypeVar("T")


class PeerHeads:
    """What one connection does about heads. Used on one event loop."""

    client: PeerClient  # of the connection as it is now

    def __init__(
        self,
        services: Services,
        workers: Workers,
        *,
        node: str,
        proof_s: float,
        gossip_s: float,
        hear: Callable[[str, bytes], None],
    ) -> None:
        self._services, self._workers, self._node = services, workers, node
        self._proof_s, self._gossip_s, self._hear_of = proof_s, gossip_s, hear
        self._due: deque[bytes] = deque(maxlen=HEADS_WAITING_MAX)
        self._woken = asyncio.Event()
        self._seen = b""  # the newest head that needed nothing more
        self._proven: Cursor | None = None
        self._unproven_since_s: float | None = None
        self._offered = 0  # size of our newest head that the peer countersigned
        self._told: list[str] = []
        self.life = ""  # of the peer's log, as its newest welcome named it

    def hear(self, note: bytes) -> None:
        """A head of this peer's log came, from it or from others."""
        if note != self._seen:
            self._due.append(note)
            self._woken.set()

    def came(self) -> None:
        """Messages came that no head proves yet."""
        if self._unproven_since_s is None:
            services = self._services
            self._unproven_since_s = services.clock.monotonic_s()
            services.links.note(self._node, unproven_since=as_text(services.clock.now()))

    async def run(self, *, is_offering: bool) -> None:
        """Do what is due until cancelled.

        Args:
            is_offering: Bring our own heads to the peer, because it cannot fetch them.

        Raises:
            LintasError: The peer refused, lied or fell silent.
        """
        async with asyncio.TaskGroup() as group:
            group.create_task(self._verify())
            group.create_task(self._watch_proofs())
            group.create_task(self._gossip())
            if is_offering:
                group.create_task(self._offer())

    async def _verify(self) -> None:
        while True:
            self._woken.clear()
            while self._due:
                note = self._due.popleft()
                await self._steadily(self._note_head(note))
                self._seen = note
            await self._steadily(self._prove())
            await self._woken.wait()

    async def _steadily(self, step: Coroutine[Any, Any, None]) -> None:
        """Do one step; what goes wrong with heads alone leaves messages flowing, and is tried again with the next head.

        Raises:
            PeerRefused: The peer was caught at a lie.
            LinkFailed: The line is cut.
        """
        try:
            await step
        except PeerAnswered as exc:
            log.info("head.refused", peer=self._node, status=exc.status, code=exc.code)
        except (PeerRefused, LinkFailed):
            raise
        except LintasError as exc:
            log.warning("head.failed", peer=self._node, kind=type(exc).__name__)
            self._services.links.note(self._node, last_error=exc.message)

    async def _note_head(self, note: bytes) -> None:
        """See a head verified, asking the peer for what that takes; no thread waits for the network."""
        answers: dict[int, bytes | None] = {}

        def fetch(size: int) -> bytes | None:
            if size not in answers:
                raise _AskedError(size)
            return answers.pop(size)

        for _ in range(ROUNDS_MAX):
            try:
                cosigned = await self._work(lambda: note_head(self._services, self._node, note, fetch=fetch))
            except _AskedError as asked:
                answers[asked.size] = await self._checkpoint(asked.size)
                continue
            except UnknownTerm:
                return  # of a life of the log that nobody here accepted: people decide
            if cosigned is not None:
                await self.client.post(f"{PEER}/cosignature", cosigned, media_type="text/plain")
            return

    async def _checkpoint(self, size: int) -> bytes | None:
        """The peer's newest head and the proof from a size on; None when its log is shorter."""
        try:
            return (await self.client.get(f"{PEER}/checkpoint", f"from={size}", bytes_max=NOTE_BYTES_MAX)).body
        except PeerAnswered as exc:
            if exc.status != 400:
                raise
        # Shorter than a log that it no longer keeps says nothing: it was restored, says so, and people decide.
        held = await self._work(lambda: self._services.store.read(lambda snapshot: our_cursor(snapshot, self._node)))
        if self.life and self.life != held.incarnation:
            raise UnknownTerm("The peer's log is in a life that nobody here has accepted.")
        return None

    async def _prove(self) -> None:
        """Ask for proofs of what came and is not proven yet."""
        held = await self._work(lambda: self._services.store.read(lambda snapshot: our_cursor(snapshot, self._node)))
        proven = self._proven
        if proven is None or proven.incarnation != held.incarnation:
            proven = Cursor(incarnation=held.incarnation)
        for lane in Lane:
            if held.at(lane) > proven.at(lane):
                upto = await self._prove_lane(held, lane)
                alert, bulk = (upto, proven.bulk) if lane is Lane.ALERT else (proven.alert, upto)
                proven = Cursor(
                    incarnation=held.incarnation, alert=max(alert, proven.alert), bulk=max(bulk, proven.bulk)
                )
        self._proven = proven
        if all(proven.at(lane) >= held.at(lane) for lane in Lane) and self._unproven_since_s is not None:
            self._unproven_since_s = None
            self._services.links.note(self._node, unproven_since="", unproven_late=False)

    async def _prove_lane(self, held: Cursor, lane: Lane) -> int:
        """How far a lane is proven now; 0 when nothing new is."""
        self.came()
        query = f"incarnation={held.incarnation}&lane={lane.value}&counter={held.at(lane)}"
        try:
            reply = await self.client.get(f"{PEER}/proof", query, bytes_max=PROOF_BYTES_MAX)
        except PeerAnswered as exc:
            if exc.status == 404:
                return 0  # no head covers it yet; the next one wakes us
            raise
        for _ in range(2):
            try:
                return await self._work(
                    lambda: check_proof(
                        self._services, self._node, reply.body, incarnation=held.incarnation, lane=lane.value
                    )
                )
            except UnknownTerm:
                return 0  # it covers more than has come: the rest is on its way
            except HeadConflict:
                await self._note_head(head_in(reply.body))
        return 0

    async def _watch_proofs(self) -> None:
        """Alarm people when places stay unproven for too long; ask again meanwhile."""
        while True:
            await asyncio.sleep(self._proof_s / 4)
            since = self._unproven_since_s
            if since is not None:
                self._woken.set()
                if self._services.clock.monotonic_s() - since > self._proof_s:
                    self._services.links.note(self._node, unproven_late=True)

    async def _gossip(self) -> None:
        """Swap heads of other logs, when ours changed."""
        while True:
            await self._steadily(self._swap())
            await asyncio.sleep(self._gossip_s)

    async def _swap(self) -> None:
        notes = await self._work(lambda: gossip_out(self._services, self._node))
        if notes and notes != self._told:
            body = encode(Gossip(notes=tuple(notes)))
            reply = await self.client.post(f"{PEER}/gossip", body, bytes_max=NOTE_BYTES_MAX)
            self._told = notes
            for due in await self._work(lambda: self._heard(reply.body)):
                self._hear_of(due.node, due.note)

    def _heard(self, body: bytes) -> list[Due]:
        return gossip_in(self._services, self._node, decode(Gossip, body).notes)

    async def _offer(self) -> None:
        """Bring each new head of ours to the peer and keep its countersignature."""
        while True:
            await self._steadily(self._offer_newest())
            await asyncio.sleep(self._gossip_s)

    async def _offer_newest(self) -> None:
        newest = await self._work(lambda: self._services.store.read(lambda snapshot: snapshot.checkpoint()))
        if newest is not None and newest.size > self._offered:
            await self._offer_from(self._offered)
            self._offered = newest.size

    async def _offer_from(self, size: int) -> None:
        for _ in range(ROUNDS_MAX):
            start = size
            try:
                body = await self._work(partial(offer_checkpoint, self._services, self._node, start))
            except UnknownTerm:
                return  # no head of this life of our log yet
            try:
                reply = await self.client.post(f"{PEER}/checkpoint", body, media_type="text/plain")
            except PeerAnswered as exc:
                said = exc.body.strip()
                if exc.status != 409 or not said.isdigit() or len(said) > 15 or int(said) == start:
                    raise
                size = int(said)
                continue
            await self._work(partial(keep_answer, self._services, self._node, body, reply.body))
            return

    async def _work(self, call: Callable[[], T]) -> T:
        return await self._workers.run(self._node, call)


class _AskedError(Exception):
    """A head needs a proof from some size on that was not fetched yet."""

    def __init__(self, size: int) -> None:
        self.size = size
