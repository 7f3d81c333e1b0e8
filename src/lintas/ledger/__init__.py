# SPDX-License-Identifier: Apache-2.0
"""The ledger of payments: Parquet files, and one confined child process that writes, reads and traces them.

    ledger = FolderLedger(folder / LEDGER, on_event=log)
    ledger.add(message, rows, digest=digest)
    result = ledger.trace([message], query)

Only `worker` and what it imports load duckdb and numba; the node talks to it over pipes. Design: docs/design/ledger.md.
"""

from typing import Final

LEDGER: Final = "ledger"  # name of its folder within a node's
