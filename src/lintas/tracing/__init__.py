# SPDX-License-Identifier: Apache-2.0
"""Follow money through payments: exact integers, no clock, no store. Source: docs/spec/tracing.md."""

from lintas.tracing.reference import trace

__all__ = ["trace"]
