# SPDX-License-Identifier: Apache-2.0
"""The ledger of payments: rows of messages as columns on disk, and whoever traces money through them.

It is a view: all of it can be made again from the payloads of messages. It knows no viewer, so whoever calls names the
messages that may be read, each time. Any thread may call.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

from lintas.model.ids import MessageId
from lintas.model.ledger import LedgerAccount, LedgerPayment, LedgerStatus
from lintas.model.money import TraceQuery, TraceResult

LedgerProgress: TypeAlias = Callable[[str, int, int], None]  # what is being done, how much is done, of how much


class Made(Protocol):
    """Rows that are being written before a message names them."""

    def drop(self) -> None:
        """Remove them, if no message has got them."""


class Ledger(Protocol):
    """The port.

    Raises:
        NotInstalled: From `add`, `trace`, `accounts` and `payments`: what they need is not installed here.
        SandboxLimit: From the same: the worker reached a limit, which is named; the next call has a new one.
        StorageFailed: The disk refused.
        LedgerDamaged: From `trace`, `accounts` and `payments`: rows of some messages cannot be read. They are no longer
            held, so they can be added again.
    """

    def status(self, messages: Iterable[MessageId] | None = None) -> LedgerStatus:
        """How it is; starts nothing.

        Args:
            messages: Count these alone; None: all that it holds.
        """

    def is_installed(self) -> bool:
        """Whether what traces is there; found, not loaded."""

    def whole(self) -> Mapping[MessageId, str]:
        """The messages whose rows are all there, each with the digest of its rows that `add` was given."""

    def make(self, rows: bytes) -> Made:
        """Begin to write rows that no message names yet, beside whatever the caller does; returns at once.

        They count for nothing until `add` is given them. What goes wrong is no error here: `add` writes them then.
        """

    def add(
        self,
        message: MessageId,
        rows: bytes,
        *,
        digest: str,
        is_wanted: Callable[[], bool] = lambda: True,
        made: Made | None = None,
    ) -> None:
        """Keep the rows of one message in place of any that it had; whole and on disk when this returns.

        Args:
            made: The same rows, begun by `make`.
            rows: msgpack of `model.money.LedgerRows`.
            digest: What `whole` shall say of them.
            is_wanted: Asked when nobody else can change the ledger any more; False leaves it as it is.

        Raises:
            Malformed: They are none; nothing was kept.
        """

    def remove(self, messages: Iterable[MessageId]) -> None:
        """Remove all that is held of some messages; what is not held is no error."""

    def trace(
        self, messages: Sequence[MessageId], query: TraceQuery, *, progress: LedgerProgress | None = None
    ) -> TraceResult:
        """Trace over the rows of some messages and no others; those that are not whole are left out.

        Raises:
            BadInput: The query cannot be answered; the message says why.
            OverLimit: They have more than TRACE_ROWS_MAX rows.
        """

    def accounts(
        self,
        messages: Sequence[MessageId],
        *,
        names: Sequence[str] = (),
        limit: int,
        progress: LedgerProgress | None = None,
    ) -> tuple[LedgerAccount, ...]:
        """Accounts in the rows of some messages, those that moved most first; or those of some names alone."""

    def payments(
        self, messages: Sequence[MessageId], account: str, *, after: int = 0, limit: int
    ) -> tuple[LedgerPayment, ...]:
        """Payments of one account in the rows of some messages, in order of time; the first `after` are left out."""

    def close(self) -> None:
        """End the worker, if there is one; a later call starts another."""
