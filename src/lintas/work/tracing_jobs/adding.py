# SPDX-License-Identifier: Apache-2.0
"""Give the ledger the rows of messages that were just appended."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Self

from lintas.errors import LintasError, NotInstalled
from lintas.formats.ledger_rows import rows_digest
from lintas.limits import LEDGER_EARLY_BYTES_MIN
from lintas.model.ids import MessageId
from lintas.ports.ledger import Ledger, Made
from lintas.ports.store import Snapshot
from lintas.work.services import Services


class Begun:
    """Rows of a file that the ledger writes while the file is signed and appended. Used with `with`: all end with it.

    If we die meanwhile they count for nothing: the next start clears them away.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._made: dict[int, Made] = {}  # by the identity of the rows, which live as long as their file is taken

    def begin(self, data: bytes) -> None:
        """Begin with the rows of one message; few are not worth it."""
        if len(data) >= LEDGER_EARLY_BYTES_MIN and id(data) not in self._made:
            self._made[id(data)] = self._ledger.make(data)

    def of(self, data: bytes) -> Made | None:
        """What was begun of these very rows."""
        return self._made.get(id(data))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        for made in self._made.values():
            made.drop()


def hand_to_ledger(services: Services, rows: Iterable[tuple[MessageId, bytes]], begun: Begun | None = None) -> str:
    """Give the ledger the rows of messages that were just appended; says why it could not, which `catch_up` mends.

    Args:
        rows: (message, `Derived.ledger`); those without payments are passed over.
        begun: What the ledger writes of them already.
    """
    held: Mapping[MessageId, str] | None = None
    for message, data in rows:
        if not data:
            continue
        held = services.ledger.whole() if held is None else held
        digest = rows_digest(data)
        if held.get(message) == digest:
            continue
        try:
            wanted = wanted_as(services, message, digest)
            made = begun.of(data) if begun is not None else None
            services.ledger.add(message, data, digest=digest, is_wanted=wanted, made=made)
        except NotInstalled:
            return "Its payments are in the log; to trace them install what follows money: see `lintas ledger status`."
        except LintasError as exc:
            return f"Its payments are in the log and not yet in the ledger: {exc.message} They are added by themselves."
    return ""


def wanted_as(services: Services, message: MessageId, digest: str) -> Callable[[], bool]:
    """Whether the log still holds these very rows: asked when nobody else can change the ledger any more."""

    def look(snapshot: Snapshot, message: MessageId, digest: str) -> bool:
        one = snapshot.ledger_message(message)
        return one is not None and one.digest == digest

    return partial(services.store.read, partial(look, message=message, digest=digest))
