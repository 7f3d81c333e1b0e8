# SPDX-License-Identifier: Apache-2.0
"""Files of payments in the forms of banks, FIUs and ledgers, into the rows of a ledger: one file a form.

Import from the files: who needs an amount does not load what reads a hundred million of them.
"""
