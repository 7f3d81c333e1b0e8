# SPDX-License-Identifier: Apache-2.0
"""What a rule decided."""

from dataclasses import dataclass
from enum import StrEnum


class Obligation(StrEnum):
    """What an allowed act asks for besides."""

    ASSERTION = "assertion"  # the person's own passkey over the order's id
    SECOND = "second"  # a second named person before it takes effect
    MASK = "mask"  # what it shows is masked
    LOG_PURPOSE = "log_purpose"  # the purpose stands in the access entry
    WATERMARK = "watermark"  # what is printed or saved names who did it
    NO_EXPORT = "no_export"  # it is shown, never saved


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome of a rule, with the sentence that an auditor will read."""

    allowed: bool
    rule: str
    reason: str
    obligations: frozenset[Obligation] = frozenset()
    also: tuple[tuple[str, str], ...] = ()  # (rule, reason) of what else refuses it
