# SPDX-License-Identifier: Apache-2.0
"""Keep the ledger at what the log holds, while the node runs."""

from lintas.node.log_follower import LogFollower, TellOfTrouble
from lintas.work.services import Services
from lintas.work.tracing_jobs.catching_up import catch_up


class LedgerKeeper(LogFollower):
    """Adds rows from a peer, of a restored backup, or that a crash kept from the ledger."""

    def __init__(self, services: Services, *, on_trouble: TellOfTrouble) -> None:
        def look() -> None:
            for message, _ in catch_up(services).failed:
                on_trouble("ledger.failed", {"message": message, "reason": "unread"})

        super().__init__(services, look, name="ledger", on_trouble=on_trouble)
