# SPDX-License-Identifier: Apache-2.0
"""Measure payments on their way into the ledger, and out of it."""

from ledger_keeping import measure_keeping, measure_taking
from ledger_reading import measure_reading
from measuring import Bench


def main() -> None:
    """Print one line for each figure."""
    bench = Bench("ledger", "payments: read, taken, written to Parquet, opened")
    bench.run({"reading": measure_reading, "keeping": measure_keeping, "taking": measure_taking})
    bench.finish()


if __name__ == "__main__":
    main()
