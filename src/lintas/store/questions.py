# SPDX-License-Identifier: Apache-2.0
"""Questions to banks in the views."""

import json
from typing import Any, Final

from lintas.model.ids import MessageId
from lintas.model.question import QuestionSaid
from lintas.model.scope import Scope
from lintas.store.rows import Rows
from lintas.views.questions import QuestionRow

QUESTION_VIEWS: Final = ("question",)


class QuestionTables(Rows):
    """Reads."""

    def questions_open(self, after: int, *, limit: int) -> list[QuestionSaid]:
        """Questions beyond a place that no answer ended, for the node itself, the oldest first."""
        return [_said(row) for row in self._all("questions_unanswered", {"after": after, "limit": limit})]

    def question_said(self, ref: str, *, limit: int) -> list[QuestionSaid]:
        """All that was said of one question, for the node itself, in the order in which it was said."""
        return [_said(row) for row in self._all("question_said", {"ref": ref, "limit": limit})]

    def questions_for(self, about: str, *, limit: int) -> list[QuestionSaid]:
        """Questions that were asked for one request or trace, for the node itself, the newest first."""
        return [_said(row) for row in self._all("questions_for", {"about": about, "limit": limit})]

    def questions(self, about: str = "", *, scope: Scope, limit: int) -> list[QuestionSaid]:
        """Questions, or those for one request or trace, newest first."""
        where = {**scope.sql} | {"about": about, "limit": limit}
        return [_said(row) for row in self._all("questions_seen", where)]

    def question_called(self, ref: str, *, scope: Scope) -> QuestionSaid | None:
        """One question, by its reference."""
        row = self._one("question_called", {**scope.sql} | {"ref": ref})
        return None if row is None else _said(row)


class QuestionViews(QuestionTables):
    """Part of one transaction."""

    def show_question(self, row: QuestionRow) -> None:
        """Show what was said of a question."""
        self._run("view_question_put", row._asdict() | {"message": bytes.fromhex(row.message)})

    def forget_question(self, seq: int) -> None:
        """Forget what one erased message said."""
        self._run("view_question_remove", {"seq": seq})


def _said(row: tuple[Any, ...]) -> QuestionSaid:
    seq, message, ref, doc, what, about, by, at, said = row
    return QuestionSaid(seq, MessageId(message.hex()), ref, doc, what, about, by, at, json.loads(said))
