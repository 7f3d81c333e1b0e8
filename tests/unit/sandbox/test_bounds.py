# SPDX-License-Identifier: Apache-2.0
"""Each limit is named with its value and unit, and says what to do."""

import pytest

from lintas import limits
from lintas.errors import SandboxLimit
from lintas.sandbox import SandboxLimits, bounds

GIVEN = SandboxLimits(memory_bytes=2**31, cpu_s=1, wall_s=90, output_bytes=2**20)


@pytest.mark.parametrize(
    ("error", "limit", "sentence"),
    [
        (bounds.memory(GIVEN), "memory", "The reader was stopped at its limit of 2,048 MiB of memory."),
        (bounds.cpu(GIVEN), "cpu", "The reader was stopped at its limit of 1 second of processor time."),
        (bounds.wall(GIVEN), "wall", "The reader was stopped at its limit of 90 seconds on the clock."),
        (bounds.output(GIVEN), "output", "The reader was stopped at its limit of 1 MiB of results."),
        (bounds.crash("signal SIGBUS"), "crash", "The reader crashed on this file (signal SIGBUS)."),
        (bounds.nonsense(), "crash", "The reader gave an answer that makes no sense, and was stopped."),
        (bounds.killed(), "killed", "The reader was killed from outside while it read this file."),
    ],
)
def test_a_limit_says_which_it_is_and_what_to_do(error: SandboxLimit, limit: str, sentence: str) -> None:
    assert (error.limit, error.message) == (limit, sentence)
    assert error.hint.startswith("Nothing of it was taken. ")


def test_the_limits_are_those_of_the_one_list() -> None:
    found = SandboxLimits()
    assert found.memory_bytes == limits.READER_MEMORY_BYTES_MAX
    assert found.cpu_s == limits.READER_CPU_S_MAX
    assert found.wall_s == limits.READER_WALL_S_MAX
    assert found.output_bytes == limits.READER_OUTPUT_BYTES_MAX
