# SPDX-License-Identifier: Apache-2.0
"""Speak to other nodes: pinned connections, signed requests, live feeds, and how often to try. Knows no use case."""
