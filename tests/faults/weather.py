# SPDX-License-Identifier: Apache-2.0
"""What befalls the connections of one node, chosen by a seed."""

from random import Random
from typing import Final

from tests.faults.proxy import Fault, Kind, Way

HARM: Final = [Kind.RESET, Kind.BLACKHOLE, Kind.DELAY, Kind.REFUSE, Kind.DRIP, Kind.HALF_CLOSE]


def faults_of(chance: Random, kind: Kind) -> list[Fault]:
    """Some faults of one kind for the next connections, differently hard."""
    way: Way = chance.choice(["up", "down", "both"])
    return [
        Fault(
            kind=kind,
            way="both" if kind is Kind.BLACKHOLE else way,
            after_bytes=chance.choice([0, 200, 2_000, 20_000, 200_000]) + chance.randrange(1_000),
            delay_s=chance.uniform(0.0, 0.02),
            jitter_s=chance.uniform(0.0, 0.03),
            bytes_s=chance.randrange(50_000, 300_000),
        )
        for _ in range(chance.randrange(1, 4))
    ]
