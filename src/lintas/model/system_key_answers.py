# SPDX-License-Identifier: Apache-2.0
"""What use cases about keys of systems answer."""

import msgspec


class SystemKeyMade(msgspec.Struct, frozen=True):
    """A new key. This is the only time that it is told."""

    key: str
    id: str
    account: str
    role: str
    activities: list[str]
    expires_at: str


class SystemKeyLine(msgspec.Struct, frozen=True):
    """One key in a list, without the key."""

    id: str
    account: str
    label: str
    role: str
    activities: list[str]
    made_at: str
    expires_at: str
    used_at: str
    ended_at: str
    state: str  # live | expired | ended | closed (its account is)


class SystemKeys(msgspec.Struct, frozen=True):
    """Keys, newest first."""

    keys: list[SystemKeyLine]
