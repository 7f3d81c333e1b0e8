# SPDX-License-Identifier: Apache-2.0
"""A question as the Find page holds it between two requests."""

from dataclasses import dataclass, field

from lintas.model.find_answers import Filters


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked; it is asked again, and logged again, each time its page is opened."""

    terms: tuple[str, ...]
    purpose: str = ""
    file_name: str = ""
    filters: Filters = field(default_factory=Filters)
