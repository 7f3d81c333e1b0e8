# SPDX-License-Identifier: Apache-2.0
"""What a verification has seen so far."""

from dataclasses import dataclass, field
from typing import Final

from lintas.work.proving.decisions import Decisions
from lintas.work.proving.hiding import Hiding
from lintas.work.proving.places import Streams
from lintas.work.proving.signers import Signers

PROBLEMS_MAX: Final = 100


@dataclass(slots=True)
class Audit:
    """What was seen so far."""

    node: str
    mode: str
    signers: Signers
    streams: Streams
    decisions: Decisions
    hiding: Hiding
    incarnation: str = ""
    ids: set[str] = field(default_factory=set)
    missing: dict[str, int] = field(default_factory=dict)  # payloads that are not there, until an erasure explains them
    leaves: list[bytes] = field(default_factory=list)
    readings: dict[str, str] = field(default_factory=dict)  # item -> the recipe that it was last read with
    standing: set[str] = field(default_factory=set)  # messages whose payload is here
    payloads: int = 0
    erased: int = 0
    problems: list[str] = field(default_factory=list)
    first_bad: tuple[int, str] | None = None

    def report(self, text: str, *, seq: int) -> None:
        """Note a problem; the earliest entry stays the first bad one."""
        line = f"entry {seq}: {text}"
        if self.first_bad is None or seq < self.first_bad[0]:
            self.first_bad = (seq, line)
        if len(self.problems) < PROBLEMS_MAX:
            self.problems.append(line)
