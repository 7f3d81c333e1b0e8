# SPDX-License-Identifier: Apache-2.0
"""Files of payments in the forms of banks, FIUs and ledgers, into the rows of a ledger: one file a form."""

from lintas.formats.money.mapping import PaymentsMapping, is_payments_mapping
from lintas.formats.money.reader import PaymentsReader, guess_payments

__all__ = ["PaymentsMapping", "PaymentsReader", "guess_payments", "is_payments_mapping"]
