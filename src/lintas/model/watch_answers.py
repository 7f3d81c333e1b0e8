# SPDX-License-Identifier: Apache-2.0
"""What watches, their alerts and the digest of them answer, for pages, command line and API.

Field names are the contract of docs/design: they stay from the day they appear.
"""

import msgspec


class TermShown(msgspec.Struct, frozen=True):
    """One term of a watch."""

    scheme: str
    value: str


class WatchAdded(msgspec.Struct, frozen=True):
    """What `watch add` did."""

    watch: str
    terms: list[TermShown]
    expires_at: str
    already_held: int  # terms that something the viewer may see already carries: use find


class WatchShown(msgspec.Struct, frozen=True):
    """One watch in a list."""

    id: str
    owner: str
    note: str
    created_at: str
    expires_at: str
    ended_at: str
    state: str  # live | expired | ended
    terms: list[TermShown]


class AlertShown(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """One alert: one row per id, whatever is delivered again."""

    id: str
    watch: str
    term: str
    message: str
    from_: str
    reason: str
    at: str
    seq: int
    scheme: str
    source: str
    marking: str
    grading: str
    benign: list[str]
    acknowledged_by: str
    acknowledged_at: str
    from_name: str = ""  # organisation and country of the originator: "Example FIU, SG"; empty when unknown here
    from_flags: list[str] = []  # what to mind about a peer: "unverified", "suspended", "removed", "looks like …"
    owner: str = ""  # whose watch it met
    has: str = ""  # who works on it: to whom it was last handed over, else the watch's owner


class Alerts(msgspec.Struct, frozen=True):
    """Alerts in the order in which they happened."""

    alerts: list[AlertShown]


class DigestFrom(msgspec.Struct, frozen=True):
    """Alerts of one watch on what one node says."""

    node: str
    name: str
    flags: list[str]
    alerts: int


class DigestWatch(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Alerts of one watch since a time."""

    watch: str
    owner: str
    note: str
    terms: list[TermShown]  # that were met, the latest ten
    alerts: int
    unacknowledged: int
    first_at: str
    newest_at: str
    from_: list[DigestFrom]


class Digest(msgspec.Struct, frozen=True):
    """What met the watches since a time, newest first, in numbers."""

    since: str
    alerts: int
    unacknowledged: int
    watches: list[DigestWatch]
