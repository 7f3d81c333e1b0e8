# SPDX-License-Identifier: Apache-2.0
"""A process that answers an order and dies at a chosen moment: python -m tests.faults.decider FOLDER ORDER WHEN."""

import os
import signal
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from lintas.node.node import Node
from lintas.work.orders import answer, challenge
from tests.scenario.deciding import Person, passkey_of


class DyingClock:
    """The node's clock, until the given call."""

    def __init__(self, clock: object, calls: int) -> None:
        self._clock = clock
        self._left = calls

    def now(self) -> datetime:
        self._left -= 1
        if self._left == 0:
            die()
        moment: datetime = self._clock.now()  # type: ignore[attr-defined]  # a clock
        return moment

    def monotonic_s(self) -> float:
        return float(self._clock.monotonic_s())  # type: ignore[attr-defined]  # a clock


class DyingEvents:
    """Dies when the first news is published: what was written is durable, and nobody was told."""

    def publish(self, _topic: str) -> None:
        die()


def die() -> None:
    """End at once, as when the power goes."""
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Answer, and die."""
    folder, order, when = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    with Node.open(folder) as node:
        services = node.services
        if when == "told":
            services = replace(services, events=DyingEvents())  # type: ignore[arg-type]  # all that is asked of it
        else:
            services = replace(services, clock=DyingClock(services.clock, int(when)))
        person = Person(node, "officer-0001", passkey_of("Aminah", "officer-0001"))
        given = person.passkey.answer(challenge(order, "confirmed"))
        answer(services, person.viewer(), order, "confirmed", given)


if __name__ == "__main__":
    main()
