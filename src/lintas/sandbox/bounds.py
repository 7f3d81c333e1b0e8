# SPDX-License-Identifier: Apache-2.0
"""How much one file may cost, and the sentence that is said when it costs more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lintas import limits
from lintas.errors import SandboxLimit

OnEvent = Callable[[str, Mapping[str, str | int]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxLimits:
    """What one reader process may use for one file, or for one message that is read again."""

    memory_bytes: int = limits.READER_MEMORY_BYTES_MAX
    cpu_s: int = limits.READER_CPU_S_MAX  # whole seconds, 1 or more; the kernel counts in whole seconds
    wall_s: float = limits.READER_WALL_S_MAX
    output_bytes: int = limits.READER_OUTPUT_BYTES_MAX
    start_s: float = limits.READER_START_S_MAX
    resting_bytes: int = limits.READER_RESTING_BYTES_MAX

    def __post_init__(self) -> None:
        assert self.cpu_s >= 1 and self.wall_s > 0 and self.memory_bytes > 0, "a limit of nothing reads nothing"


_SPLIT = "Nothing of it was taken. Split the file into smaller parts and take them one by one."
_KEEP = "Nothing of it was taken. Keep the file apart: it may have been made to do harm. Tell the maintainers."


def memory(limits_: SandboxLimits) -> SandboxLimit:
    """The process asked for more memory than it may have."""
    return _reached("memory", f"{limits_.memory_bytes // 2**20:,} MiB of memory", _SPLIT)


def cpu(limits_: SandboxLimits) -> SandboxLimit:
    """The process computed for too long."""
    return _reached("cpu", f"{limits_.cpu_s:,} {_seconds(limits_.cpu_s)} of processor time", _SPLIT)


def wall(limits_: SandboxLimits) -> SandboxLimit:
    """The process took too long."""
    hint = f"{_SPLIT} If this machine was busy, take it again later."
    return _reached("wall", f"{limits_.wall_s:,g} {_seconds(limits_.wall_s)} on the clock", hint)


def output(limits_: SandboxLimits) -> SandboxLimit:
    """The file says more than one file may."""
    return _reached("output", f"{limits_.output_bytes // 2**20:,} MiB of results", _SPLIT)


def crash(how: str) -> SandboxLimit:
    """The process ended by itself in the middle of a file."""
    return SandboxLimit(f"The reader crashed on this file ({how}).", limit="crash", hint=_KEEP)


def nonsense() -> SandboxLimit:
    """The process answered what no reader answers: hostile bytes may have taken it over."""
    return SandboxLimit("The reader gave an answer that makes no sense, and was stopped.", limit="crash", hint=_KEEP)


def killed() -> SandboxLimit:
    """Somebody else ended the process: the kernel when memory ran out, or a person."""
    return SandboxLimit(
        "The reader was killed from outside while it read this file.",
        limit="killed",
        hint="Nothing of it was taken. This machine may be short of memory: see its system log, then take it again.",
    )


def _reached(limit: str, amount: str, hint: str) -> SandboxLimit:
    return SandboxLimit(f"The reader was stopped at its limit of {amount}.", limit=limit, hint=hint)


def _seconds(count: float) -> str:
    return "second" if count == 1 else "seconds"
