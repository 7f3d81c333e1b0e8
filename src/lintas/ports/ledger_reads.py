# SPDX-License-Identifier: Apache-2.0
"""What the store knows of messages that hold payments."""

from typing import Protocol

from lintas.model.ids import MessageId
from lintas.model.ledger import LedgerMessage
from lintas.model.scope import Scope


class LedgerReads(Protocol):
    """Part of a snapshot. The payments themselves are in the ledger: see `ports.ledger`."""

    def ledger_messages(self) -> list[LedgerMessage]:
        """All messages that hold payments, in order, for the node itself."""

    def ledger_message(self, message: MessageId) -> LedgerMessage | None:
        """One message that holds payments, for the node itself."""

    def ledger_seen(self, *, scope: Scope) -> list[LedgerMessage]:
        """Messages whose payments a viewer may see, in order; masked ones are none of them."""
