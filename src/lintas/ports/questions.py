# SPDX-License-Identifier: Apache-2.0
"""Questions to banks in the views of the log."""

from typing import Protocol

from lintas.model.question import QuestionSaid
from lintas.model.scope import Scope


class QuestionReads(Protocol):
    """What banks were asked, and what came of it."""

    def questions_open(self, after: int, *, limit: int) -> list[QuestionSaid]:
        """Questions beyond a place that no answer ended, for the node itself, the oldest first."""

    def question_said(self, ref: str, *, limit: int) -> list[QuestionSaid]:
        """All that was said of one question, for the node itself, in the order in which it was said."""

    def questions_for(self, about: str, *, limit: int) -> list[QuestionSaid]:
        """Questions that were asked for one request or trace, for the node itself, the newest first."""

    def questions(self, about: str = "", *, scope: Scope, limit: int) -> list[QuestionSaid]:
        """Questions, or those for one request or trace, newest first."""

    def question_called(self, ref: str, *, scope: Scope) -> QuestionSaid | None:
        """One question, by its reference."""
