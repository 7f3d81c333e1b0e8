# SPDX-License-Identifier: Apache-2.0
"""Real local servers of others (a bank, a gateway for phones) for exercises and tests; each is a process of its own.

They stand beside Lintas and import nothing of it: what a node takes from them has gone over a wire.
"""
