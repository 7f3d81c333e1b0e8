# SPDX-License-Identifier: Apache-2.0
"""What was checked and what came of it. A check that fails never stops those that do not build on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Literal

from lintas.conformance.catalogue import CATALOGUE, Check
from lintas.errors import LintasError

DETAIL_CHARS_MAX: Final = 300  # of what a node under test may make us print

Result = Literal["ok", "failed", "skipped"]


class Failed(Exception):  # never leaves this package
    """The node does otherwise than the specification says."""


class Skipped(Exception):  # never leaves this package
    """The check cannot be made here, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One check and its result."""

    code: str
    sentence: str  # what should be so
    section: str  # of docs/spec/peer.md
    result: Result
    detail: str = ""  # why it failed or was skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All checks, in the order of the catalogue."""

    url: str
    node: str  # who answered there; empty when nobody did
    outcomes: tuple[Outcome, ...]

    def count(self, result: Result) -> int:
        """How many checks came out so."""
        return sum(one.result == result for one in self.outcomes)

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return not self.count("failed")


@dataclass(slots=True)
class Notes:
    """Results as they come."""

    only: Sequence[str] = ()  # areas that are asked for; empty for all
    found: dict[str, tuple[Result, str]] = field(default_factory=dict)

    def wants(self, area: str) -> bool:
        """Whether an area is asked for."""
        return not self.only or area in self.only

    def check(self, code: str) -> "Checking":
        """Make one check: what is raised within says how it came out."""
        assert code in CATALOGUE and code not in self.found, code
        return Checking(self, code)

    def skip(self, area: str, why: str) -> None:
        """Say of all checks of an area that were not made why not."""
        for code, check in CATALOGUE.items():
            if check.area == area and code not in self.found:
                self.found[code] = ("skipped", why)

    def report(self, url: str, node: str) -> Report:
        """All checks of the areas that were asked for."""
        outcomes = []
        for code, check in CATALOGUE.items():
            if self.wants(check.area) or code in self.found:
                result, detail = self.found.get(code, ("skipped", "What it builds on did not hold."))
                outcomes.append(_outcome(check, result, detail))
        return Report(url=url, node=node, outcomes=tuple(outcomes))


class Checking:
    """One check while it is made."""

    def __init__(self, notes: Notes, code: str) -> None:
        self._notes, self._code = notes, code

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Note what came of it; whatever else is raised is our own mistake and goes on."""
        if value is None:
            self._notes.found[self._code] = ("ok", "")
        elif isinstance(value, Skipped):
            self._notes.found[self._code] = ("skipped", str(value))
        elif isinstance(value, Failed | LintasError):
            said = value.message if isinstance(value, LintasError) else str(value)
            self._notes.found[self._code] = ("failed", _cut(said))
        else:
            return False
        return True


def require(is_so: bool, otherwise: str) -> None:  # noqa: FBT001  # reads as an assertion
    """Fail the check unless something is so."""
    if not is_so:
        raise Failed(otherwise)


def _outcome(check: Check, result: Result, detail: str) -> Outcome:
    return Outcome(code=check.code, sentence=check.sentence, section=check.section, result=result, detail=detail)


def _cut(text: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return plain if len(plain) <= DETAIL_CHARS_MAX else plain[: DETAIL_CHARS_MAX - 1] + "…"
