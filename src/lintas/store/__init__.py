# SPDX-License-Identifier: Apache-2.0
"""The store's adapters: SQLite for the log and its views, files for large payloads."""
