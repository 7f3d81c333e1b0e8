# SPDX-License-Identifier: Apache-2.0
"""The tipping-off check: whether what is about to leave tells of a report to a financial intelligence unit.

Source: FATF Recommendation 21; UN Model Provisions on tipping off. The words stand in the tipping-off pack.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

STOPPED: Final = "the check of what may leave stopped it: ask your financial intelligence unit"  # to all others alike


class Finding(NamedTuple):
    """One rule that an outgoing text meets, in words for the financial intelligence unit."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What an outgoing text carries, as far as the check asks."""

    is_str: bool = False  # it is an item of the class `str`
    held_only: int = 0  # values in it that this node holds through items of the class `str` alone
    words: tuple[str, ...] = ()  # words of the pack that stand in it


_RULES: Final[tuple[tuple[str, Callable[[Carried], bool], Callable[[Carried], str]], ...]] = (
    (
        "str-item",
        lambda c: c.is_str,
        lambda _: "it is derived from a suspicious transaction report that the unit has not released",
    ),
    (
        "held-only",
        lambda c: c.held_only > 0,
        lambda c: (
            f"{c.held_only} value{'' if c.held_only == 1 else 's'} in it "
            f"{'is' if c.held_only == 1 else 'are'} known here through suspicious transaction reports alone"
        ),
    ),
    (
        "words",
        lambda c: bool(c.words),
        lambda c: f"it speaks of such a report: {', '.join(c.words)}",
    ),
)
RULES: Final = tuple(rule for rule, _, _ in _RULES)


def tipping_off(carried: Carried) -> tuple[Finding, ...]:
    """Say which rules an outgoing text meets; none means that it tells of no report, as far as this check sees."""
    return tuple(Finding(rule, reason(carried)) for rule, meets, reason in _RULES if meets(carried))
