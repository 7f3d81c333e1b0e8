# SPDX-License-Identifier: Apache-2.0
"""What a function of the peer address is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.responses import Response

from lintas.transport.budget import Budget
from lintas.transport.workers import Workers
from lintas.web.peer.feeds import Feeds
from lintas.web.peer.sessions import Sessions
from lintas.web.rates import Limits
from lintas.work.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What stands behind the peer address while the node runs."""

    services: Services
    workers: Workers
    sessions: Sessions
    feeds: Feeds
    budget_of: Callable[[str], Budget]  # node -> what it may still ask
    limits: Limits  # what each address may ask that is not known yet
    strangers: Budget  # what all who are not known yet may ask together
    hear: Callable[[str, bytes], None]  # node, head -> its log's owner is to prove that head


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerCall:
    """One request, its signature verified."""

    door: Door
    node: str  # who asks; empty when anybody may
    body: bytes
    query: Mapping[str, str]
    headers: Mapping[str, str]
    abort: Callable[[], None]  # hangs up at once, whatever is still unsent

    @property
    def services(self) -> Services:
        """The node's own."""
        return self.door.services


AnswerFunction = Callable[[PeerCall], Response]
