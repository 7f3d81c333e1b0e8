# SPDX-License-Identifier: Apache-2.0
"""What a node says of its state and health, of its backups and of coming back from one.

Field names are the contract of docs/design: they stay from the day they appear.
"""

import msgspec


class Check(msgspec.Struct, frozen=True):
    """One line of `doctor`."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


class Health(msgspec.Struct, frozen=True):
    """What `doctor` found."""

    ok: bool
    checks: list[Check]


class NoticeShown(msgspec.Struct, frozen=True):
    """How it stands with telling one target that something waits."""

    target: str  # "mail duty@agency.example"
    state: str  # due | sent | clear (nothing waits)
    tries: int  # that failed since it was last accepted
    reason: str  # why the last one did
    next_at: str  # when it is tried again
    sent_at: str  # when its server last took one


class Status(msgspec.Struct, frozen=True):
    """What `status` shows."""

    node: str
    name: str
    country: str
    mode: str
    incarnation: str
    state: str  # live | quarantined
    version: str
    entries: int
    checkpoint_size: int
    checkpoint_at: str
    messages: int
    entities: int
    statements: int
    identifiers: int
    watches: int
    alerts: int
    unacknowledged: int
    database_bytes: int
    blobs_bytes: int
    serving: str  # address of the console when a server runs, else empty
    notices: list[NoticeShown] = []
    peers: int = 0  # without those that were removed
    peers_suspended: int = 0  # of them
    alarm: str = ""  # how peers know this log otherwise than it is here; empty when none does
    policy: str = ""  # digest of the access policy in force
    policy_warning: str = ""  # that it is not the one that people approved; empty when it is
    orders_open: int = 0  # that wait for somebody: for a decision, or for a review of what was done alone


class BackedUp(msgspec.Struct, frozen=True):
    """What `backup` did."""

    file: str
    size_bytes: int
    entries: int
    checkpoint: str
    sealed: bool
    seconds: float


class Restored(msgspec.Struct, frozen=True):
    """What `restore` did."""

    node: str
    entries: int
    state: str  # quarantined | live
    incarnation: str
    detail: str
