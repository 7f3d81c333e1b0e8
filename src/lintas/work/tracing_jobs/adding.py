# SPDX-License-Identifier: Apache-2.0
"""Give the ledger the rows of messages that were just appended."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from lintas.errors import LintasError, NotInstalled
from lintas.formats.ledger_rows import rows_digest
from lintas.model.ids import MessageId
from lintas.ports.store import Snapshot
from lintas.work.services import Services


def hand_to_ledger(services: Services, rows: Iterable[tuple[MessageId, bytes]]) -> str:
    """Give the ledger the rows of messages that were just appended; says why it could not, which `catch_up` mends.

    Args:
        rows: (message, `Derived.ledger`); those without payments are passed over.
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
            services.ledger.add(message, data, digest=digest, is_wanted=wanted_as(services, message, digest))
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
