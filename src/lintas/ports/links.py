# SPDX-License-Identifier: Apache-2.0
"""How the connections to peers are right now; known to the running node only, and gone with it."""

from typing import NamedTuple, Protocol


class LinkState(NamedTuple):
    """One peer's connections. Times are RFC 3339 UTC with milliseconds, empty for never."""

    node: str
    reads_us: bool = False  # it has our feed open
    we_read: bool = False  # we have its feed open
    last_contact: str = ""  # something signed by it arrived
    last_error: str = ""  # sentence of the last failure since then
    retry_at: str = ""  # when we connect again
    ours_stored: str = ""  # cursor: how far it has our streams, as it said
    unproven_since: str = ""  # since when we hold places of it without a proof that its log holds them
    unproven_late: bool = False  # for longer than PROOF_S_MAX: an alarm


class Links(Protocol):
    """Written by the loops that keep the connections, read by pages and `status`."""

    def state(self, node: str) -> LinkState:
        """How things are with one peer."""

    def note(self, node: str, **changes: str | bool) -> None:
        """Change some fields of one peer's state."""
