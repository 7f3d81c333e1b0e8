# SPDX-License-Identifier: Apache-2.0
"""Which templates still speak English alone: their text is marked so. Every other one speaks all four languages."""

from typing import Final

ENGLISH_ONLY: Final = frozenset(
    f"{name}.html"
    for name in (
        "audit_parts",
        "keys",
        "lists",
        "log",
        "me",
        "node",
        "opened",
        "outbox",
        "oversight",
        "peer",
        "peers",
        "people",
        "person",
        "seen",
    )
)
