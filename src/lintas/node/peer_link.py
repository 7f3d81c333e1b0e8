# SPDX-License-Identifier: Apache-2.0
"""One peer's connection: greet, read its feed, push where it cannot read ours, ask again when it is silent.

Whatever goes wrong is noted for people, waited out with jitter, and tried again; nothing here is lost by a cut, because
every try begins with what the store holds.
"""

import asyncio
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import structlog

from lintas.errors import LinkFailed, LintasError, PeerAnswered, PeerRefused, PinMismatch
from lintas.formats.peer import Ack, AgainAnswer, Welcome, decode, encode, open_document
from lintas.limits import (
    BATCH_BYTES_MAX,
    BATCH_BYTES_WANTED,
    FRESH_EVERY_S,
    HELLO_BYTES_MAX,
    PROOF_S_MAX,
    RETRY_S_MAX,
    RETRY_S_MIN,
)
from lintas.model.peering import Cursor, Lane
from lintas.node.peer_cursors import reaches, where_it_is
from lintas.node.peer_heads import PeerHeads
from lintas.transport.backoff import Backoff
from lintas.transport.client import PeerClient, fetch_descriptor, tell_descriptor
from lintas.transport.sse import Event
from lintas.transport.workers import Workers
from lintas.work.exchange import (
    Ready,
    lost,
    make_hello,
    mend,
    next_batch,
    open_ahead,
    read_welcome,
    receive_batch,
)
from lintas.work.peering import describe, keys_of, learn_descriptor
from lintas.work.services import Services, as_text
from lintas.work.streams import incarnation_of, may_exchange, our_cursor

GATHER_S: Final = 0.003  # what is released together is pushed together
PEER: Final = "/peer/v1"
AGAIN_BYTES_MAX: Final = BATCH_BYTES_MAX + BATCH_BYTES_WANTED  # an answer ends after the batch that fills it
MOVES_MAX: Final = 3  # times that a peer may say that it is elsewhere before it has stored anything

log = structlog.get_logger("lintas.peering")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPace:
    """How long a connection waits for what. Seconds."""

    fresh_s: float = FRESH_EVERY_S
    gossip_s: float = FRESH_EVERY_S
    proof_s: float = PROOF_S_MAX
    retry_first_s: float = RETRY_S_MIN
    retry_longest_s: float = RETRY_S_MAX


class PeerLink:
    """One peer at one address. Used on one event loop."""

    def __init__(
        self,
        services: Services,
        workers: Workers,
        *,
        node: str,
        url: str,
        pins: frozenset[bytes],
        is_pushing: bool,
        pace: LinkPace,
        random_source: Callable[[], float],
        hear: Callable[[str, bytes], None],
    ) -> None:
        """Connect to nothing yet.

        Args:
            pins: The peer's TLS keys, raw.
            is_pushing: Send what is released to its inbox, because it cannot read our feed.
            hear: Is told of heads of other logs that this peer brought and that their owners are to prove.
        """
        self.url = url
        self._services, self._workers, self._node = services, workers, node
        self._pins, self._pace, self._is_pushing = pins, pace, is_pushing
        self._backoff = Backoff(random_source, first_s=pace.retry_first_s, longest_s=pace.retry_longest_s)
        self._nudged, self._released, self._news = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._stuck_at: Cursor | None = None
        self._waiting: asyncio.Queue[tuple[bytes, Ready | None]] = asyncio.Queue(maxsize=1)
        self._client: PeerClient
        self._is_ended = self._is_mended = False
        self.heads = PeerHeads(services, workers, node=node, proof_s=pace.proof_s, gossip_s=pace.gossip_s, hear=hear)

    def update(self, pins: frozenset[bytes]) -> None:
        """Peers changed: take the keys of this moment, and do not wait any longer."""
        if pins != self._pins:
            self._pins = pins
            self._nudged.set()

    def end(self) -> None:
        """The connection is not wanted any more: whoever runs it cancels it now."""
        self._is_ended = True

    async def run(self) -> None:
        """Keep the connection until cancelled, or until the peer is caught at a lie."""
        loop = asyncio.get_running_loop()
        events = self._services.events
        topics = {f"contact {self._node}": self._nudged, "streams": self._released}
        ends = [events.subscribe(topic, _threadsafe(loop, flag.set)) for topic, flag in topics.items()]
        try:
            while True:
                try:
                    await self._connected()
                except PeerRefused as exc:
                    log.warning("peer.refused", peer=self._node, what=exc.what)
                    if await self._is_given_up():
                        self._note(last_error=exc.message, retry_at="")
                        return  # evidence is kept and the peer suspended; a person's decision starts us anew
                    await self._rest(exc)
                except LintasError as exc:
                    await self._rest(exc)
                except Exception as exc:  # noqa: BLE001  # one peer's trouble is its own, ours with it too
                    log.error("peer.failed", peer=self._node, kind=type(exc).__name__, at=frames_of(exc))  # noqa: TRY400
                    await self._rest(LinkFailed("The connection failed in a way that nobody foresaw."))
        finally:
            for end in ends:
                end()
            self._note(we_read=False, retry_at="")

    async def _is_given_up(self) -> bool:
        """Whether nothing is exchanged with the peer any more. Not every refusal suspends it."""
        try:
            peer = await self._work(lambda: self._services.store.read(lambda snapshot: snapshot.peer(self._node)))
        except LintasError:
            return False
        return peer is None or not may_exchange(self._services, peer)

    async def _rest(self, exc: LintasError) -> None:
        """Wait before the next try: until the time is up, or the peer comes by itself."""
        if await self._learn(exc):
            return
        wait_s = self._backoff.next_s()
        log.info("peer.unreachable", peer=self._node, kind=type(exc).__name__, wait_ms=round(wait_s * 1000))
        self._note(last_error=exc.message, retry_at=as_text(self._services.clock.now() + timedelta(seconds=wait_s)))
        self._nudged.clear()
        await within(self._nudged, wait_s)
        self._note(retry_at="")

    async def _learn(self, exc: LintasError) -> bool:
        """Where a key is unknown on either side, swap descriptors: says whether the peer has told new keys of its own.

        A descriptor is believed because the peer's root signed it, wherever and however it came.
        """
        is_theirs = isinstance(exc, PinMismatch) or (isinstance(exc, PeerRefused) and exc.what == "key")
        is_ours = isinstance(exc, PeerAnswered) and exc.status == 401 and exc.code == "signature"
        try:
            if is_ours:
                await tell_descriptor(self.url, await self._work(lambda: describe(self._services)))
            if not is_theirs:
                return False
            document, _ = await fetch_descriptor(self.url)
            is_news = await self._work(lambda: learn_descriptor(self._services, self._node, document))
            self._pins = await self._work(
                lambda: self._services.store.read(lambda snapshot: keys_of(snapshot, self._node).tls)
            )
        except LintasError as failure:
            log.info("peer.not_learned", peer=self._node, kind=type(failure).__name__)
            return False
        return is_news

    async def _connected(self) -> None:
        """One life of the connection; ends with an error only.

        Raises:
            LintasError: Whatever ended it.
        """
        self._client = self.heads.client = PeerClient(
            url=self.url,
            node=self._node,
            pins=lambda: self._pins,
            key=self._services.keys.signing,
            clock=self._services.clock,
        )
        self._waiting = asyncio.Queue(maxsize=1)  # what an earlier connection left there comes again from the feed
        try:
            welcome = await self._greet()
            self._backoff.succeeded()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read())
                group.create_task(self._store())
                group.create_task(self._mend())
                group.create_task(self._ask_again())
                group.create_task(self.heads.run(is_offering=self._is_pushing))
                if self._is_pushing:
                    group.create_task(self._push(welcome.got))
        except BaseExceptionGroup as exc:
            if self._is_ended:
                # the line broke while we were being ended: before Python 3.13 a group tells that, and forgets the end
                raise asyncio.CancelledError from exc
            task = asyncio.current_task()
            while task is not None and task.cancelling():
                task.uncancel()  # before Python 3.13 a group leaves its own request counted when one of its tasks fails
            raise _first(exc) from exc
        finally:
            self._note(we_read=False)
            await self._client.aclose()

    async def _greet(self) -> Welcome:
        """Challenge the peer, and begin a session with its answer."""
        challenge, nonce = (self._services.keys.random(16).hex() for _ in range(2))
        hello = await self._work(lambda: make_hello(self._services, self._node, challenge))
        reply = await self._client.greet(f"{PEER}/hello", hello, nonce)
        welcome = await self._work(lambda: read_welcome(self._services, self._node, hello, reply.body))
        self._client.use_session(welcome.session)
        self.heads.life = welcome.incarnation
        if welcome.head:
            self.heads.hear(welcome.head.encode())
        return welcome

    async def _read(self) -> None:
        """Read the peer's feed; a peer that ends it in order is read again at once."""
        while True:
            cursor = await self._held()
            async with self._client.feed(f"{PEER}/feed", f"after={cursor}") as events:
                self._note(we_read=True)
                async for event in events:
                    if event is not None:
                        await self._take(event)
            self._note(we_read=False)
            await self._waiting.join()
            if await self._held() == cursor:
                raise LinkFailed("The peer ends its feed and has sent nothing new on it.")

    async def _take(self, event: Event) -> None:
        if event.name == "batch":
            # checked while the one before it is stored; two wait at most
            ready = await self._work(lambda: open_ahead(self._services, self._node, event.data))
            await self._waiting.put((event.data, ready))
            self._news.set()
        elif event.name == "head":
            self.heads.hear(event.data)
        elif event.name == "incarnation":
            await self._waiting.join()
            raise LinkFailed(
                "The peer opened a new life of its log; two people here decide whether to follow.",
                hint="lintas peer roll DIR NODE",
            )

    async def _store(self) -> None:
        """Store what was read, in order."""
        while True:
            document, ready = await self._waiting.get()
            await self._work(partial(receive_batch, self._services, self._node, document, ready))
            self.heads.came()  # only now: what is not stored yet would be taken for proven
            self._waiting.task_done()
            self._note(last_contact=as_text(self._services.clock.now()))

    async def _mend(self) -> None:
        """Ask for what this node's disk lost of the peer's messages; that the peer cannot help ends nothing else."""
        try:
            if not self._is_mended:  # looking takes a second a million messages: no peer has it done by coming again
                await self._ask_for_lost()
            self._is_mended = True
        except PeerRefused:
            raise
        except LintasError as exc:
            log.warning("peer.not_mended", peer=self._node, kind=type(exc).__name__)

    async def _ask_for_lost(self) -> None:
        for question in await self._work(lambda: lost(self._services, self._node)):
            is_more = True
            while is_more:
                reply = await self._client.post(f"{PEER}/again", encode(question), bytes_max=AGAIN_BYTES_MAX)
                answer = decode(AgainAnswer, reply.body, bytes_max=AGAIN_BYTES_MAX)
                documents = [bytes(one) for one in answer.batches]
                mended = await self._work(partial(mend, self._services, self._node, documents))
                log.info("peer.mended", peer=self._node, messages=mended)
                is_more = answer.more and mended > 0
                left = await self._work(lambda: lost(self._services, self._node)) if is_more else []
                question = next((one for one in left if one.lane == question.lane), question)  # noqa: PLW2901

    async def _ask_again(self) -> None:
        """Challenge the peer whenever nothing signed came for a while: a silent line and a withheld one look alike."""
        while True:
            self._news.clear()
            if not await within(self._news, self._pace.fresh_s):
                self._check_progress(await self._greet(), await self._held())

    def _check_progress(self, welcome: Welcome, held: Cursor) -> None:
        """See that what the peer says it released arrives.

        Raises:
            LinkFailed: It was ahead at the last challenge already, and nothing has come since.
        """
        missing = sum(max(0, tip.counter - held.at(Lane(tip.lane))) for tip in welcome.tips)
        if welcome.incarnation != held.incarnation or not missing:
            self._stuck_at = None
        elif self._stuck_at == held:
            raise LinkFailed(f"The peer has released {missing} messages that do not arrive.")
        else:
            self._stuck_at = held

    async def _push(self, got: str) -> None:
        """Send what is released to the peer's inbox, from where it says that it is.

        A peer that follows an earlier life of our log still gets what it is due of it, and only then hears of the new.
        """
        cursor = Cursor.from_text(got) if got else None
        moves = 0
        while True:
            self._released.clear()
            own = await self._work(lambda: self._services.store.read(incarnation_of))
            at = cursor or Cursor(incarnation=own)
            batch = await self._work(partial(next_batch, self._services, self._node, at))
            if batch is None and at.incarnation != own:
                cursor = Cursor(incarnation=own)
                continue
            if batch is None:
                await self._released.wait()
                await asyncio.sleep(GATHER_S)
                continue
            try:
                reply = await self._client.post(f"{PEER}/inbox", batch.document, bytes_max=HELLO_BYTES_MAX)
            except PeerAnswered as exc:
                moves += 1
                if moves > MOVES_MAX:
                    raise
                cursor = where_it_is(exc, at)
                continue
            cursor = await self._work(partial(self._acknowledged, reply.body))
            if not reaches(cursor, batch.cursor):
                raise LinkFailed("The peer acknowledges less than it was sent.")
            moves = 0
            self._note(ours_stored=str(cursor), last_contact=as_text(self._services.clock.now()))

    def _acknowledged(self, document: bytes) -> Cursor:
        keys = self._services.store.read(lambda snapshot: keys_of(snapshot, self._node).signing)
        try:
            ack = decode(Ack, open_document("ack", document, keys=keys, bytes_max=HELLO_BYTES_MAX))
        except LintasError as exc:
            raise LinkFailed("The peer's acknowledgement does not hold.") from exc
        if (ack.sender, ack.to) != (self._node, self._services.keys.node):
            raise LinkFailed("The acknowledgement is from or for another node.")
        return Cursor.from_text(ack.cursor)

    async def _held(self) -> Cursor:
        return await self._work(lambda: self._services.store.read(lambda snapshot: our_cursor(snapshot, self._node)))

    async def _work(self, call: Callable[[], T]) -> T:
        return await self._workers.run(self._node, call)

    def _note(self, **changes: str | bool) -> None:
        self._services.links.note(self._node, **changes)


async def within(event: asyncio.Event, seconds: float) -> bool:
    """Whether an event comes before time is up."""
    try:
        async with asyncio.timeout(seconds):  # not `wait_for`: before Python 3.12 it can lose a cancellation
            await event.wait()
    except TimeoutError:
        return False
    return True


def frames_of(error: BaseException) -> str:
    """Where it failed, innermost last; never the message, which may hold what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-8:]
    return " ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames)


def _threadsafe(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> Callable[[], None]:
    def called() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call)

    return called


def _first(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """What ended a connection: a lie before a failure of the line, and nobody's bug hidden behind either."""
    found = [_first(exc) if isinstance(exc, BaseExceptionGroup) else exc for exc in group.exceptions]
    return min(found, key=_weight)


def _weight(exc: BaseException) -> int:
    if not isinstance(exc, LintasError):
        return 0
    return 1 if isinstance(exc, PeerRefused) else 2
