# SPDX-License-Identifier: Apache-2.0
"""Messages that hold payments, in the views."""

from typing import Any, Final

from lintas.model.ids import MessageId
from lintas.model.ledger import LedgerMessage
from lintas.model.reading import Derived
from lintas.model.scope import Scope
from lintas.store.rows import Rows
from lintas.views.ledger import ledger_row

LEDGER_VIEWS: Final = ("ledger_message",)


class LedgerTables(Rows):
    """Reads."""

    def ledger_messages(self) -> list[LedgerMessage]:
        """All messages that hold payments, in order, for the node itself."""
        return [_message(row) for row in self._all("ledger_messages")]

    def ledger_message(self, message: MessageId) -> LedgerMessage | None:
        """One message that holds payments, for the node itself."""
        row = self._one("ledger_message_of", {"id": bytes.fromhex(message)})
        return None if row is None else _message(row)

    def ledger_seen(self, *, scope: Scope) -> list[LedgerMessage]:
        """Messages whose payments a viewer may see, in order."""
        return [_message(row) for row in self._all("find_ledger_messages", scope.sql)]


class LedgerViews(LedgerTables):
    """Part of one transaction."""

    def show_ledger(self, seq: int, derived: Derived) -> None:
        """Show that a message holds payments, if it does."""
        row = ledger_row(derived)
        if row is not None:
            self._run("view_ledger_put", {"seq": seq, **row._asdict()})

    def forget_ledger(self, seq: int) -> None:
        """Forget what one message held."""
        self._run("view_ledger_remove", {"seq": seq})


def _message(row: tuple[Any, ...]) -> LedgerMessage:
    return LedgerMessage(row[0], MessageId(row[1].hex()), *row[2:])
