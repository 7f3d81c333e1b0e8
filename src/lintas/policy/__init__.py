# SPDX-License-Identifier: Apache-2.0
"""Decisions as pure functions: each returns a rule and a sentence."""
