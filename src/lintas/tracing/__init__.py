# SPDX-License-Identifier: Apache-2.0
"""Follow money through payments: exact integers, no clock, no store.

`fast` needs numba, of the ring `money`; `reference` says the same in Python alone, slowly.

Source: docs/spec/tracing.md.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lintas.model.money import TraceQuery, TraceResult
    from lintas.tracing.table import LedgerTable


def trace(table: "LedgerTable", query: "TraceQuery") -> "TraceResult":
    """Follow money from the seeds. Who asks more than once keeps what `fast.open_ledger` gives."""
    from lintas.tracing.fast import trace as compiled  # noqa: PLC0415 - loads the compiler: a second and 100 MB

    return compiled(table, query)
