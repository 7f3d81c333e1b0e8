# SPDX-License-Identifier: Apache-2.0
"""Cases in the views of the log. What takes a scope shows a person only what they may see."""

from typing import Protocol

from lintas.model.case import CaseFact
from lintas.model.case_found import CaseHead, TaskHead
from lintas.model.ids import MessageId
from lintas.model.scope import Scope


class CaseReads(Protocol):
    """Cases, what was said in them, tasks."""

    def has_case_ref(self, ref: str) -> bool:
        """Whether a reference names a case here, for the node itself."""

    def cases_named(self, ref: str, *, scope: Scope) -> list[CaseHead]:
        """Cases of one reference; two nodes may have made the same one."""

    def case_of(self, opener: str, ref: str) -> CaseHead | None:
        """The case of one opener and reference, for the node itself."""

    def case_by_message(self, message: MessageId, *, scope: Scope) -> CaseHead | None:
        """One case, by the message from which it is shown."""

    def case_at(self, seq: int, *, scope: Scope) -> CaseHead | None:
        """The case that one place of the log says something in."""

    def cases(self, *, scope: Scope, before: int, limit: int, state: str = "", node: str = "") -> list[CaseHead]:
        """Cases, the one that changed last first, beyond a place.

        Args:
            state: Only those that are `open` or `closed`.
            node: Only those that a node is in.
        """

    def joint_since(self, since: int, *, limit: int) -> list[CaseHead]:
        """Joint cases that changed since a place, for the node itself."""

    def case_facts(self, opener: str, ref: str) -> list[CaseFact]:
        """What `views.case_fold.fold_case` puts a case together from."""

    def case_holding(self, message: MessageId) -> list[int]:
        """Places of the log that say that a message is an item of a case, for the node itself."""

    def case_releases(self, opener: str, ref: str, node: str) -> dict[int, frozenset[str]]:
        """Over which channels what a node said in a case was released, by place, for the node itself."""

    def tasks(self, *, scope: Scope, limit: int) -> list[TaskHead]:
        """Open tasks of this node."""

    def task(self, message: MessageId, *, scope: Scope) -> TaskHead | None:
        """One open task of this node, by the message that set it."""
