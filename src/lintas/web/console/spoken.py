# SPDX-License-Identifier: Apache-2.0
"""Which templates still speak English alone: their text is marked so. Every other one speaks all four languages."""

from typing import Final

ENGLISH_ONLY: Final = frozenset(
    f"{name}.html"
    for name in (
        *("audit_parts", "columns", "entity"),
        *("find", "found", "keys", "lists", "log", "me", "message", "node", "opened", "outbox"),
        *("oversight", "peer", "peer_parts", "peers", "people", "person", "seen", "share"),
        *("share_parts", "share_who", "shared", "take", "taken"),
    )
)
