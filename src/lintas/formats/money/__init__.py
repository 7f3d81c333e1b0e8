# SPDX-License-Identifier: Apache-2.0
"""Files of payments in the forms of banks, FIUs and ledgers, into the rows of a ledger: one file a form."""

from lintas.formats.money.reader import PaymentsReader

__all__ = ["PaymentsReader"]
