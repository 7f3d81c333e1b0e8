# SPDX-License-Identifier: Apache-2.0
"""Make, open and run one node."""

import json
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import structlog

from lintas.config import NodeConfig, read_packs, read_settings, write_settings
from lintas.config.passphrase import check_strength, key_passphrase
from lintas.config.settings import FILE_NAME as SETTINGS
from lintas.config.settings import new_settings
from lintas.crypto.signing import SigningKey
from lintas.errors import BadInput, LintasError, NodeDamaged
from lintas.ledger import LEDGER
from lintas.ledger.adapter import FolderLedger
from lintas.limits import CHECKPOINT_EVERY_S
from lintas.model.header import Kind, Mode
from lintas.model.ids import NodeId
from lintas.node.archive import clear_unfinished
from lintas.node.banks import BankKeeper
from lintas.node.clock import SystemClock
from lintas.node.clocks import ClockKeeper
from lintas.node.events import LocalEvents
from lintas.node.inception import open_log
from lintas.node.installation import FolderInstallation
from lintas.node.keys import FOLDER as KEYS
from lintas.node.keys import OPERATIONAL, FileKeys, Named, make_keys, read_keys
from lintas.node.ledger import LedgerKeeper
from lintas.node.links import LocalLinks
from lintas.node.logs import configure
from lintas.node.notices import Notifier
from lintas.node.quarantine import FolderQuarantine
from lintas.node.traces import TraceKeeper
from lintas.ports.clock import Clock
from lintas.ports.identity import Provider
from lintas.ports.store import Snapshot
from lintas.sandbox.pool import ReaderPool
from lintas.store.blobs import FileBlobs, sync_folder
from lintas.store.connection import storage_errors
from lintas.store.lock import WriterLock
from lintas.store.sqlite import SqliteStore
from lintas.work.orders import settle_orders
from lintas.work.proving import make_checkpoint
from lintas.work.services import Services
from lintas.work.tracing_jobs.catching_up import drop_erased

BLOBS: Final = "blobs"
_TROUBLES: Final = frozenset(
    {"bank.failed", "bank.trouble", "ledger.damaged", "ledger.failed", "ledger.worker_failed", "traces.failed"}
    | {
        "checkpoint.failed",
        "clocks.failed",
        "notice.failed",
        "orders.failed",
        "sandbox.reader_failed",
        "settle.failed",
        "traces.failed",
    }
)
_UNFINISHED: Final = ".unfinished"  # stands in a folder until `create` has done everything


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """A new node."""

    node: NodeId
    fingerprint: str  # the root key's digest in groups of four, to be read aloud


class Node:
    """One opened node: its services, and the threads that keep it."""

    def __init__(
        self,
        services: Services,
        store: SqliteStore,
        lock: WriterLock | None,
        *,
        readers: ReaderPool,
        ends_readers: bool,
    ) -> None:
        self.services = services
        self._store = store
        self._readers = readers
        self._ends_readers = ends_readers
        self._lock = lock
        self._stopping = threading.Event()
        self._ticks: threading.Thread | None = None
        self._notifier: Notifier | None = None
        self._clocks: ClockKeeper | None = None
        self._banks: BankKeeper | None = None
        self._payments: LedgerKeeper | None = None
        self._traces: TraceKeeper | None = None

    @classmethod
    def create(cls, folder: Path, *, name: str, country: str, mode: Mode, clock: Clock | None = None) -> Created:
        """Make a node in a folder that does not exist or is empty.

        If we die here, the folder is left marked as unfinished: the next `create` clears it, and nothing else opens it.

        Raises:
            BadInput: The folder holds something, or name or country cannot be.
        """
        config = new_settings(folder, name=name, country=country, mode=mode)
        passphrase = passphrase_of_keys()
        if passphrase is not None:
            check_strength(passphrase)
        with storage_errors():
            _claim(folder)
        root, keys = make_keys(folder, passphrase=passphrase)
        with storage_errors():
            write_settings(config)
        lock = WriterLock.take(folder)
        try:
            with storage_errors():
                (folder / BLOBS).mkdir(mode=0o700)
            store = SqliteStore(folder, lock=lock, is_new=True)
            try:
                open_log(store, root, keys, country=config.country, mode=config.mode, clock=clock or SystemClock())
            finally:
                store.close()
        finally:
            lock.release()
        with storage_errors():
            for changed in (folder / KEYS, folder, folder.resolve().parent):
                sync_folder(changed)
            # Only now may the mark go, and for good: were it to come back, the next `create` would clear a whole node.
            (folder / _UNFINISHED).unlink()
            sync_folder(folder)
        return Created(node=keys.node, fingerprint=fingerprint(root))

    @classmethod
    def open(
        cls, folder: Path, *, write: bool = True, clock: Clock | None = None, readers: ReaderPool | None = None
    ) -> Self:
        """Open a node.

        Args:
            write: Take the writer's lock; False only reads, and writes no access entry either.
            readers: Reader processes that several nodes of one process share and the caller ends; None for its own.

        Raises:
            BadInput: There is no node.
            NodeBusy: Another process writes to it.
            NodeDamaged: It does not hold together; `lintas doctor` says more.
        """
        config = read_settings(folder)
        if (folder / _UNFINISHED).exists():
            raise NodeDamaged("This node was never finished.", hint=f"Run `lintas init {folder} …` again.")
        packs = read_packs(folder, goaml_schema=config.goaml_schema)
        lock = WriterLock.take(folder) if write else None
        store: SqliteStore | None = None
        try:
            store = SqliteStore(folder, lock=lock)
            keys = _open_keys(folder, store, config, settle=lock is not None)
            blobs = FileBlobs(folder / BLOBS)
            if lock is not None:
                # a transaction that did not commit, or an erasure cut short, may have left files behind
                needed = store.read(lambda snapshot: list(snapshot.blob_names()))
                blobs.sweep(needed)
                clear_unfinished(folder)
                store.settle()  # who died after an erasure left its bytes in the journal
        except BaseException:
            if store is not None:
                store.close()
            if lock is not None:
                lock.release()
            raise
        ends_readers = readers is None
        readers = readers or ReaderPool(workers=config.reader_workers, on_event=_log_event)
        ledger = FolderLedger(folder / LEDGER, on_event=_log_event)
        if lock is not None:
            ledger.sweep()
        services = Services(
            store=store,
            blobs=blobs,
            clock=clock or SystemClock(),
            keys=keys,
            readers=readers,
            events=LocalEvents(),
            packs=packs,
            config=config,
            installation=FolderInstallation(folder, store, readers),
            links=LocalLinks(),
            quarantine=FolderQuarantine(folder, clock or SystemClock()),
            ledger=ledger,
            provider=_provider(config, clock or SystemClock()),
        )
        if lock is not None:
            drop_erased(services)  # an erasure cut short between its commit and the ledger's files
        return cls(services, store, lock, readers=readers, ends_readers=ends_readers)

    def start_ticks(self) -> None:
        """Warm a reader, sign the head of the log at fixed ticks, tell people that something waits; until closed."""
        assert self._ticks is None
        self._clocks = ClockKeeper(self.services, on_trouble=_log_event)
        self._clocks.start()
        self._ticks = threading.Thread(target=self._tick, name="lintas-ticks", daemon=True)
        self._ticks.start()
        assert isinstance(self.services.config, NodeConfig)
        self._notifier = Notifier(self.services, self.services.config.notify, on_trouble=_log_event)
        self._notifier.start()
        self._banks = BankKeeper(self.services, self.services.config.banks, on_trouble=_log_event)
        self._banks.start()
        self._payments = LedgerKeeper(self.services, on_trouble=_log_event)
        self._payments.start()
        self._traces = TraceKeeper(self.services, on_trouble=_log_event)
        self._traces.start()

    def close(self) -> None:
        """Finish what was accepted, sign the head, let go of everything. Closing twice is no error."""
        self._stopping.set()
        if self._clocks is not None:
            self._clocks.close()
            self._clocks = None
        if self._banks is not None:
            self._banks.close()
            self._banks = None
        if self._traces is not None:
            self._traces.close()
            self._traces = None
        if self._payments is not None:
            self._payments.close()
            self._payments = None
        self.services.ledger.close()
        if self._notifier is not None:
            self._notifier.close()
            self._notifier = None
        if self._ticks is not None:
            self._ticks.join()
            self._ticks = None
        if self._lock is not None:
            self._sign_head()
        if self._ends_readers:
            self._readers.close()
        self._store.close()
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tick(self) -> None:
        self._warm()
        self._settle_orders()  # what came due while the node stood still
        while not self._stopping.wait(CHECKPOINT_EVERY_S):
            self._settle_orders()
            self._sign_head()
            self._settle()

    def _warm(self) -> None:
        """Start a reader process, so that the first message of a peer does not wait for it."""
        try:
            self._readers.warm()
        except LintasError as exc:
            _log_event("sandbox.reader_failed", {"reason": type(exc).__name__})

    def _settle(self) -> None:
        """Try again to cut the journal off, if a reader kept it when something was erased."""
        if self._store.is_settled:
            return
        try:
            self._store.settle()
        except LintasError as exc:
            _log_event("settle.failed", {"reason": type(exc).__name__})

    def _settle_orders(self) -> None:
        """Say what time did to orders: lapsed, or done alone and not reviewed in time."""
        try:
            settle_orders(self.services)
        except LintasError as exc:
            # quarantined, or the disk refuses: nothing is lost, the next tick looks again
            _log_event("orders.failed", {"reason": type(exc).__name__})

    def _sign_head(self) -> None:
        try:
            make_checkpoint(self.services)
        except LintasError as exc:
            # a full disk or a quarantined node signs nothing; the entries are durable without it and the next tick
            # tries
            _log_event("checkpoint.failed", {"reason": type(exc).__name__})


def fingerprint(root: SigningKey) -> str:
    """The root key's id in groups of four, to be read aloud."""
    digits = root.key_id[:32]
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _identity(store: SqliteStore, config: NodeConfig) -> NodeId:
    """Which node the log is of; its mode is the one that was fixed when it was made."""
    node, mode = store.read(lambda snapshot: (snapshot.meta("node"), snapshot.meta("mode")))
    if node is None or mode is None:
        raise NodeDamaged("The database names no node.", hint="Restore the last backup.")
    if mode != config.mode.value:
        raise NodeDamaged(
            f"{SETTINGS} says mode {config.mode.value}, the log says {mode}.",
            hint="The mode was fixed at init and cannot change. Put the setting back.",
        )
    return NodeId(node)


def _open_keys(folder: Path, store: SqliteStore, config: NodeConfig, *, settle: bool) -> FileKeys:
    """The keys that the log names; a change of keys that was cut short is finished or forgotten first."""
    node = _identity(store, config)
    named = store.read(lambda snapshot: _named_keys(snapshot, node, config))
    return read_keys(folder, node=node, passphrase=passphrase_of_keys(), named=named, settle=settle)


def _named_keys(snapshot: Snapshot, node: NodeId, config: NodeConfig) -> Named:
    """What the node's newest key entry names; refuses settings that are not those that were signed."""
    for seq in reversed(snapshot.places_of(Kind.KEY.value)):
        header = json.loads(next(snapshot.entries(seq, seq + 1)).header)
        if header["originator"] != node:
            continue  # a peer's
        for name, said, signed in (
            ("mode", config.mode.value, header["mode"]),
            ("country", config.country, header["body"]["country"]),
        ):
            if said != signed:
                raise NodeDamaged(
                    f"This node says {name} {said}, its log says {signed}.",
                    hint="It was fixed at init and cannot change. Put it back.",
                )
        return {name: [key["id"] for key in header["body"].get(name, [])] for name in OPERATIONAL}
    raise NodeDamaged(f"This node says node {node}, its log names no keys of it.", hint="Restore the last backup.")


def _claim(folder: Path) -> None:
    """Make the folder ours: new, empty, or left unfinished by an earlier `create`."""
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is no folder.")
    if folder.exists() and (folder / _UNFINISHED).exists():
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        raise BadInput(f"{folder} is not empty.", hint="Name a new folder; a node never shares one.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    (folder / _UNFINISHED).touch(mode=0o600)


def _provider(config: NodeConfig, clock: Clock) -> Provider | None:
    """Who people may sign in with elsewhere; asked for nothing until somebody does."""
    if config.oidc is None:
        return None
    from lintas.transport.provider import HttpProvider  # noqa: PLC0415  # costs time at import; few nodes need it

    return HttpProvider(config.oidc, clock)


def passphrase_of_keys() -> str | None:
    """What the keys are sealed under; None when they are not."""
    return key_passphrase()


def _log_event(name: str, facts: Mapping[str, str | int]) -> None:
    if not structlog.is_configured():
        configure(verbose=False)
    log = structlog.get_logger("lintas")
    (log.warning if name in _TROUBLES else log.info)(name, **facts)
