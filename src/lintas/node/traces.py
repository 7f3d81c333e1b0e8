# SPDX-License-Identifier: Apache-2.0
"""Go on with kept traces, while the node runs."""

from lintas.node.log_follower import LogFollower, TellOfTrouble
from lintas.work.services import Services
from lintas.work.tracing_jobs.resuming import Resumed, resume_traces


class TraceKeeper(LogFollower):
    """Looks at traces again when rows come, or something is said of them."""

    def __init__(self, services: Services, *, on_trouble: TellOfTrouble) -> None:
        resumed = Resumed()

        def look() -> None:
            resume_traces(services, resumed)
            for name in sorted(set(resumed.troubles)):
                on_trouble("traces.failed", {"reason": name})

        super().__init__(services, look, name="traces", on_trouble=on_trouble)
