# SPDX-License-Identifier: Apache-2.0
"""What the node and the tracing worker say to each other: frames of msgpack, each led by its length.

Rows follow an `Add` or `Make` unframed. A reply is any number of `Told`, then one answer or one `Failure`.
"""

from typing import Final

import msgspec

from lintas.model.ledger import LedgerAccount, LedgerPayment
from lintas.model.money import TraceQuery, TraceResult
from lintas.sandbox.protection import Protection

LACKS_EXIT: Final = 69  # exit codes of the worker, as in `sysexits.h`: duckdb or numba cannot be loaded
MEMORY_EXIT: Final = 75  # it met its memory limit


class Add(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """Keep the rows of one message; their bytes follow."""

    message: str
    digest: str
    size: int


class Trace(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """Trace over the rows of some messages, each with the digest of its rows."""

    messages: tuple[tuple[str, str], ...]
    query: TraceQuery


class Accounts(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """List accounts in the rows of some messages, each with the digest of its rows."""

    messages: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    limit: int


class Payments(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """List payments of one account in the rows of some messages, each with the digest of its rows."""

    messages: tuple[tuple[str, str], ...]
    account: str
    after: int
    limit: int


class Forget(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """Let go of what is kept open of some messages; of all, if none is named."""

    messages: tuple[str, ...]


class Make(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """Write rows that no message names yet; their bytes follow."""

    name: str
    size: int


class Name(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """Keep what was made under a name as the rows of one message."""

    name: str
    message: str
    digest: str


Request = Add | Trace | Accounts | Payments | Forget | Make | Name


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """The worker is confined and waits for its first request."""

    protections: tuple[Protection, ...]


class Told(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """How far the work is; total 0 means unknown."""

    what: str
    done: int
    total: int


class Done(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """It is done; says how much is kept open."""

    opened_messages: int
    opened_rows: int


class Traced(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """The answer to a trace, and how much is kept open."""

    result: TraceResult
    opened_messages: int
    opened_rows: int


class FoundAccounts(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """Accounts."""

    accounts: tuple[LedgerAccount, ...]


class FoundPayments(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """Payments."""

    payments: tuple[LedgerPayment, ...]


class Failure(msgspec.Struct, frozen=True, array_like=True, tag=6):
    """This request failed; the worker goes on."""

    error: str  # class name in our tree; empty for an exception of another kind
    message: str
    hint: str
    exception: str  # for the operator's log: what was raised and where, never content


class Damaged(msgspec.Struct, frozen=True, array_like=True, tag=7):
    """Payments of these messages cannot be read; the worker goes on."""

    messages: tuple[str, ...]
    message: str
    hint: str


Reply = Ready | Told | Done | Traced | FoundAccounts | FoundPayments | Failure | Damaged
