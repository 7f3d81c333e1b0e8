# SPDX-License-Identifier: Apache-2.0
"""What a rule decided."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The outcome of a rule, with the sentence that an auditor will read."""

    allowed: bool
    rule: str
    reason: str
