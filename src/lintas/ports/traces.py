# SPDX-License-Identifier: Apache-2.0
"""Kept traces in the views of the log. What takes a scope shows a person only what they may see."""

from typing import Protocol

from lintas.model.ids import MessageId
from lintas.model.kept_trace import TraceFact
from lintas.model.scope import Scope
from lintas.model.trace_found import TraceHead


class TraceReads(Protocol):
    """Traces, and what was said of them."""

    def traces_named(self, ref: str, *, scope: Scope) -> list[TraceHead]:
        """Traces of one reference; two nodes may have made the same one."""

    def trace_of(self, opener: str, ref: str) -> TraceHead | None:
        """The trace of one opener and reference, for the node itself."""

    def trace_by_message(self, message: MessageId, *, scope: Scope) -> TraceHead | None:
        """One trace, by the message from which it is shown."""

    def trace_at(self, seq: int, *, scope: Scope) -> TraceHead | None:
        """The trace of which one place of the log says something."""

    def traces(self, *, scope: Scope, before: int, limit: int, stands: str = "", case_ref: str = "") -> list[TraceHead]:
        """Traces, the one that changed last first, beyond a place."""

    def traces_live(self, *, after: int, limit: int) -> list[TraceHead]:
        """Traces that nobody stopped, beyond a place, for the node itself."""

    def trace_facts(self, opener: str, ref: str) -> list[TraceFact]:
        """What `views.trace_fold.fold_trace` puts a trace together from."""

    def trace_spent(self, node: str, to: str, *, since: str, until: int) -> int:
        """How many payments one node handed another since a time, up to a place of the log, for the node itself."""
