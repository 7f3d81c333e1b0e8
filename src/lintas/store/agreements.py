# SPDX-License-Identifier: Apache-2.0
"""Agreements in the views."""

from typing import Final

from lintas.model.agreements import AgreementSaid
from lintas.model.ids import MessageId
from lintas.store.rows import Rows
from lintas.views.agreements import AgreementRow

AGREEMENT_VIEWS: Final = ("agreement",)


class AgreementTables(Rows):
    """Reads."""

    def agreements_said(self, ref: str = "", *, limit: int) -> list[AgreementSaid]:
        """What was said of agreements, or of those of one reference, for the node itself."""
        rows = self._all("agreements_said", {"ref": ref, "limit": limit})
        return [AgreementSaid(row[0], MessageId(row[1].hex()), *row[2:]) for row in rows]


class AgreementViews(AgreementTables):
    """Part of one transaction."""

    def show_agreement(self, row: AgreementRow) -> None:
        """Show what somebody said of an agreement."""
        self._run("view_agreement_put", row._asdict() | {"message": bytes.fromhex(row.message)})

    def forget_agreement(self, seq: int) -> None:
        """Forget what one erased message said."""
        self._run("view_agreement_remove", {"seq": seq})
