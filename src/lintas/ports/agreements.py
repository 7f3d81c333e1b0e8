# SPDX-License-Identifier: Apache-2.0
"""Agreements in the views of the log, for the node itself."""

from typing import Protocol

from lintas.model.agreements import AgreementSaid


class AgreementReads(Protocol):
    """Fast lanes."""

    def agreements_said(self, ref: str = "", *, limit: int) -> list[AgreementSaid]:
        """What was said of agreements, or of those of one reference, in the order in which it came."""
