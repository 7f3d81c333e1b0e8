# SPDX-License-Identifier: Apache-2.0
"""Follow money: keep the ledger, trace over it, and keep traces that other agencies take further."""
