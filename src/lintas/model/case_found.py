# SPDX-License-Identifier: Apache-2.0
"""What the views know of cases."""

from typing import NamedTuple

from lintas.model.ids import MessageId


class CaseHead(NamedTuple):
    """A case as this node sees it."""

    seq: int
    message: MessageId  # by which it is seen: that opened it, or that invited this node
    opener: str
    ref: str
    title: str
    area: str
    kind: str
    is_open: bool
    standing: str  # of this node: opener | invited | joined | declined | left
    is_joint: bool
    coordinator: str  # node
    members: str  # node ids that are in it, with a space between
    conflicts: int
    waiting: int  # documents whose earlier ones have not come
    tasks: int  # open ones of this node
    next_due: str  # of them; `9` when nothing is due
    by: str
    at: str
    changed: int  # place of the newest document


class TaskHead(NamedTuple):
    """An open task of this node."""

    message: MessageId  # that set it, by which somebody answers for it
    seq: int  # of its case
    ref: str
    opener: str
    doc: str
    title: str
    officer: str
    due: str  # RFC 3339 UTC with milliseconds; empty when no time is set
