# SPDX-License-Identifier: Apache-2.0
"""What entries about named people change in the views: one function for each kind, pure as all folds."""

import json

from lintas.model.ids import MessageId
from lintas.model.marking import Protected
from lintas.views.logged import Logged
from lintas.views.people_rows import AccessRow, AssentRow, ClassedRow, CredentialRow, DutyRow, NeedRow, OrderRow
from lintas.views.rows import Change


def classed(entry: Logged) -> list[Change]:
    """Messages got or lost a protected class."""
    body = entry.header["body"]
    messages = tuple(MessageId(one) for one in body["messages"])
    return [ClassedRow(messages, Protected(body["class"]).bit, body["action"] == "added")]


def need(entry: Logged) -> list[Change]:
    """A need-to-know list changed."""
    body = entry.header["body"]
    return [
        NeedRow(
            list=body["list"],
            action=body["action"],
            person=body.get("person", ""),
            messages=tuple(MessageId(one) for one in body.get("messages", ())),
            by=body["by"],
            at=entry.header["created_at"],
        )
    ]


def duty(entry: Logged) -> list[Change]:
    """A shift or a deputy was set or ended."""
    body = entry.header["body"]
    names = ("id", "what", "person", "stands_for", "starts_at", "ends_at")
    return [
        DutyRow(
            seq=entry.seq,
            is_ended=body["action"] == "ended",
            at=entry.header["created_at"],
            **{name: body[name] for name in names},
        )
    ]


def credential(entry: Logged) -> list[Change]:
    """A passkey was added or ended."""
    body = entry.header["body"]
    return [
        CredentialRow(
            id=body["credential"],
            seq=entry.seq,
            account=body["account"],
            algorithm=body["algorithm"],
            public=body["public"],
            vouched_by=body["vouched_by"],
            is_ended=body["action"] == "ended",
            at=entry.header["created_at"],
        )
    ]


def order(entry: Logged) -> list[Change]:
    """Somebody proposed something; an erased order is shown no more."""
    if entry.payload is None:
        return []
    said = json.loads(entry.payload)
    return [
        OrderRow(
            id=entry.id,
            seq=entry.seq,
            action=said["action"],
            by=said["by"],
            at=entry.header["created_at"],
            expires_at=said["expires_at"],
            ground=said["ground"],
            classes=said["classes"],
        )
    ]


def assent(entry: Logged) -> list[Change]:
    """Somebody said something to an order."""
    body = entry.header["body"]
    return [
        AssentRow(
            seq=entry.seq,
            order=MessageId(body["order"]),
            verdict=body["verdict"],
            by=body["by"],
            at=entry.header["created_at"],
            credential=body.get("credential", ""),
        )
    ]


def access(entry: Logged) -> list[Change]:
    """Somebody read something."""
    if entry.payload is None:
        return []
    said = json.loads(entry.payload)
    return [
        AccessRow(
            seq=entry.seq,
            viewer=said["viewer"],
            verb=said["verb"],
            purpose=said["purpose"],
            policy=said.get("policy", ""),
            at=entry.header["created_at"],
            shown=tuple(MessageId(one) for one in said["shown"]),
        )
    ]
