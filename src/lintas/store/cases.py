# SPDX-License-Identifier: Apache-2.0
"""Cases in the views: what was said in them, and what they come to."""

import json
from typing import Any

from lintas.model.case import CaseFact, Said
from lintas.model.case_found import CaseHead, TaskHead
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.store.rows import Rows


class CaseTables(Rows):
    """Reads."""

    def has_case_ref(self, ref: str) -> bool:
        """Whether a reference names a case here, for the node itself."""
        return self._one("case_has_ref", {"ref": ref}) is not None

    def cases_named(self, ref: str, *, scope: Scope) -> list[CaseHead]:
        """Cases of one reference; two nodes may have made the same one."""
        return [_case(row) for row in self._all("case_named", {**scope.sql} | {"ref": ref})]

    def case_of(self, opener: str, ref: str) -> CaseHead | None:
        """The case of one opener and reference, for the node itself."""
        row = self._one("case_one", {"opener": opener, "ref": ref})
        return None if row is None else _case(row)

    def case_by_message(self, message: MessageId, *, scope: Scope) -> CaseHead | None:
        """One case, by the message from which it is shown."""
        row = self._one("case_by_message", {**scope.sql} | {"message": bytes.fromhex(message)})
        return None if row is None else _case(row)

    def case_at(self, seq: int, *, scope: Scope) -> CaseHead | None:
        """The case that one place of the log says something in."""
        row = self._one("case_at", {**scope.sql} | {"seq": seq})
        return None if row is None else _case(row)

    def cases(self, *, scope: Scope, before: int, limit: int, state: str = "", node: str = "") -> list[CaseHead]:
        """Cases, the one that changed last first, beyond a place."""
        where = {"before": before, "limit": limit, "state": state, "node": node}
        return [_case(row) for row in self._all("case_newest", {**scope.sql} | where)]

    def joint_since(self, since: int, *, limit: int) -> list[CaseHead]:
        """Joint cases that changed since a place, for the node itself."""
        return [_case(row) for row in self._all("case_joint_since", {"since": since, "limit": limit})]

    def case_facts(self, opener: str, ref: str) -> list[CaseFact]:
        """What `views.case_fold.fold_case` puts a case together from."""
        return [_fact(row) for row in self._all("case_docs", {"opener": opener, "ref": ref})]

    def case_holding(self, message: MessageId) -> list[int]:
        """Places of the log that say that a message is an item of a case, for the node itself."""
        return [int(seq) for (seq,) in self._all("case_holding", {"item": bytes.fromhex(message)})]

    def case_releases(self, opener: str, ref: str, node: str) -> dict[int, frozenset[str]]:
        """Over which channels what a node said in a case was released, by place, for the node itself."""
        found: dict[int, set[str]] = {}
        for seq, channel in self._all("case_releases", {"opener": opener, "ref": ref, "node": node}):
            found.setdefault(seq, set()).add(channel)
        return {seq: frozenset(channels) for seq, channels in found.items()}

    def tasks(self, *, scope: Scope, limit: int) -> list[TaskHead]:
        """Open tasks of this node."""
        return [_task(row) for row in self._all("case_tasks", {**scope.sql} | {"limit": limit})]

    def task(self, message: MessageId, *, scope: Scope) -> TaskHead | None:
        """One open task of this node, by the message that set it."""
        row = self._one("case_task", {**scope.sql} | {"message": bytes.fromhex(message)})
        return None if row is None else _task(row)


def _case(row: tuple[Any, ...]) -> CaseHead:
    head = CaseHead(*row)
    return head._replace(message=MessageId(row[1].hex()), is_open=bool(head.is_open), is_joint=bool(head.is_joint))


def _fact(row: tuple[Any, ...]) -> CaseFact:
    seq, message, node, doc, after, what, by, at, said, short, lang = row
    return CaseFact(
        seq=seq,
        message=MessageId(message.hex()),
        node=node,
        id=doc,
        after=tuple(json.loads(after)),
        what=Said(what),
        by=by,
        at=at,
        said=json.loads(said),
        short=short,
        lang=lang,
    )


def _task(row: tuple[Any, ...]) -> TaskHead:
    return TaskHead(MessageId(row[0].hex()), *row[1:])
