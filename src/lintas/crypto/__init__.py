# SPDX-License-Identifier: Apache-2.0
"""Signing, the log's mathematics, and sealing: bytes and values in, bytes and values out.

Nothing here reads a file, a clock or a network, so that a stranger can run it again on the same bytes.
The exact formats are in docs/spec/log.md.
"""
