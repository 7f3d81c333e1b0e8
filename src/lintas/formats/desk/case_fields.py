# SPDX-License-Identifier: Apache-2.0
"""The form of the fields of what is said in a case.

Source: docs/spec/cases.md.
"""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from lintas.formats.desk import structs as form
from lintas.limits import CASE_MEMBERS_MAX, CASE_PAST_MAX
from lintas.model.case import Said


class Opened(form.Part, frozen=True, kw_only=True):
    """A case begins."""

    title: Annotated[form.Text, Meta(min_length=1)]
    area: form.CodeOrNone = ""
    kind: form.CodeOrNone = ""


class Changed(form.Part, frozen=True, kw_only=True):
    """One field has another value from here on."""

    field: Annotated[str, Meta(pattern=r"^(title|area|kind|summary)\Z")]
    value: form.Short


class Invited(form.Part, frozen=True, kw_only=True):
    """A node is asked to join."""

    node: form.NodeId
    title: form.Text
    members: Annotated[tuple[form.NodeId, ...], Meta(max_length=CASE_MEMBERS_MAX)]  # who is in it now
    past: Annotated[tuple[form.DocId, ...], Meta(max_length=CASE_PAST_MAX)] = ()  # said by nodes that left since


class Joined(form.Part, frozen=True, kw_only=True):
    """A node joins."""

    officer: form.Text = ""


class Declined(form.Part, frozen=True, kw_only=True):
    """A node does not join."""

    ground: form.Code


class Officer(form.Part, frozen=True, kw_only=True):
    """Who is in charge in one state."""

    node: form.NodeId
    name: form.Text


class Item(form.Part, frozen=True, kw_only=True):
    """A message belongs to the case; it keeps its own marking and is released on its own."""

    message: form.MessageDigest
    title: form.Text = ""
    tell: bool = False  # members who may not have it may know that it is there


class Given(form.Part, frozen=True, kw_only=True):
    """Under which id a member has an item."""

    item: form.DocId
    node: form.NodeId
    message: form.MessageDigest


class Account(form.Part, frozen=True, kw_only=True):
    """What the case is about."""

    account: form.AccountPart
    role: form.CodeOrNone = ""


class Task(form.Part, frozen=True, kw_only=True):
    """Work."""

    title: Annotated[form.Text, Meta(min_length=1)]
    to: form.NodeId
    officer: form.Text = ""
    due: form.MomentOrNone = ""
    request: form.RefOrNone = ""


class TaskState(form.Part, frozen=True, kw_only=True):
    """How far work is."""

    task: form.DocId
    state: Annotated[str, Meta(pattern=r"^(open|done|dropped)\Z")]


class Note(form.Part, frozen=True, kw_only=True):
    """A few words, in `short`."""

    home: bool = False  # stays at its author's node


class Event(form.Part, frozen=True, kw_only=True):
    """Something that happened."""

    at: form.Moment
    title: Annotated[form.Text, Meta(min_length=1)]


class Person(form.Part, frozen=True, kw_only=True):
    """Somebody whom the case is about."""

    role: form.Code
    name: form.Text = ""
    entity: form.Text = ""


class Coordinator(form.Part, frozen=True, kw_only=True):
    """Another coordinating desk: proposed by one, accepted by the present one and by the new one."""

    node: form.NodeId
    step: Annotated[str, Meta(pattern=r"^(proposed|accepted)\Z")]
    proposal: Annotated[str, Meta(pattern=r"^([0-9a-f]{32})?\Z")] = ""


class Passed(form.Part, frozen=True, kw_only=True):
    """Documents that do not come any more: erased, or of a node that sends nothing here."""

    past: Annotated[tuple[form.DocId, ...], Meta(min_length=1, max_length=CASE_PAST_MAX)]


CASE_FIELDS: Final[Mapping[Said, type[msgspec.Struct]]] = {
    Said.OPENED: Opened,
    Said.CHANGED: Changed,
    Said.INVITED: Invited,
    Said.JOINED: Joined,
    Said.DECLINED: Declined,
    Said.LEFT: form.Nothing,
    Said.OFFICER: Officer,
    Said.COORDINATOR: Coordinator,
    Said.CLOSED: form.Nothing,
    Said.REOPENED: form.Nothing,
    Said.TASK: Task,
    Said.TASK_STATE: TaskState,
    Said.ITEM: Item,
    Said.GIVEN: Given,
    Said.ACCOUNT: Account,
    Said.NOTE: Note,
    Said.EVENT: Event,
    Said.PERSON: Person,
    Said.PASSED: Passed,
}
