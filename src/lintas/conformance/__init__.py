# SPDX-License-Identifier: Apache-2.0
"""Play the peer protocol against any node and say which of its promises hold (docs/spec/peer.md).

A client of the protocol and of nothing else: it knows no store and no node of ours.
"""
