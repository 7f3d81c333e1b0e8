# SPDX-License-Identifier: Apache-2.0
"""Write acts as events with the field names of the Elastic Common Schema, one JSON object a line.

Source: Elastic Common Schema 8.17 (field reference); what each field holds here: docs/spec/audit.md.
"""

from collections.abc import Mapping
from typing import Any, Final

from lintas.crypto.canonical import canonical_json
from lintas.model.audit import AuditLine

ECS_VERSION: Final = "8.17.0"
DATASET: Final = "lintas.audit"

# Kind of entry -> (event.category, event.type); both hold only what the schema's version allows.
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "access": ("database", "access"),
    "watch": ("database", "access"),
    "order": ("process", "info"),
    "assent": ("process", "info"),
    "account": ("iam", "admin"),
    "credential": ("iam", "change"),
    "duty": ("iam", "change"),
    "need": ("iam", "change"),
    "classed": ("configuration", "change"),
    "key": ("configuration", "change"),
    "incarnation": ("configuration", "change"),
    "peer": ("configuration", "change"),
    "introduction": ("configuration", "change"),
    "descriptor": ("configuration", "info"),
    "erase": ("database", "deletion"),
    "item": ("database", "creation"),
    "intake": ("database", "creation"),
    "derive": ("database", "change"),
    "decision": ("network", "info"),
    "release": ("network", "info"),
    "received": ("network", "info"),
    "receipt": ("network", "info"),
    "rejection": ("network", "info"),
    "evidence": ("intrusion_detection", "info"),
    "alert": ("database", "info"),
    "ended": ("process", "end"),
    "handover": ("process", "change"),
    "owned": ("process", "change"),
    "due": ("process", "info"),
}


def event_of(line: AuditLine, *, node: str, organisation: str) -> dict[str, Any]:
    """One act as an event. Names of people are left out: `user.id` is the pseudonym that the log knows.

    Args:
        node: This node's id.
        organisation: Its agency's name.
    """
    category, type_ = _KINDS.get(line.kind, ("process", "info"))
    is_refused = line.outcome == "refused"
    event: dict[str, Any] = {
        "id": line.id,
        "sequence": line.seq,
        "kind": "event",
        "category": [category],
        "type": [type_, "denied" if is_refused else "allowed"] if line.kind in {"access", "decision"} else [type_],
        "action": line.action,
        "outcome": "failure" if is_refused else "success",
        "dataset": DATASET,
        "module": "lintas",
        "provider": node,
    }
    if line.purpose:
        event["reason"] = line.purpose
    said: dict[str, Any] = {
        "@timestamp": line.at,
        "ecs": {"version": ECS_VERSION},
        "event": event,
        "organization": {"id": node, "name": organisation},
        "labels": _labels(line),
    }
    if line.person:
        people = line.person.split(", ")
        said["user"] = {"id": people[0]}
        if len(people) > 1:
            said["related"] = {"user": people}
        if line.role:
            said["user"]["roles"] = [line.role]
    if line.originator:
        said["source"] = {"address": line.originator}
    if line.rule or line.policy:
        said["rule"] = {key: value for key, value in (("name", line.rule), ("version", line.policy)) if value}
    return said


def _labels(line: AuditLine) -> dict[str, str]:
    """Keyword values alone, as the schema wants labels; what was asked is JSON in one of them."""
    labels = {f"code_{name}": value for name, value in line.codes.items()}
    labels["kind"] = line.kind
    if line.kind == "access":
        labels["shown"] = str(line.shown)
        labels["unmasked"] = "true" if line.unmasked else "false"
    if line.asked:
        labels["asked"] = canonical_json(line.asked).decode()
    named = (("target", line.target), ("session", line.session), ("answered_by", line.answered_by))
    labels |= {name: value for name, value in named if value}
    if line.erased:
        labels["erased"] = "true"
    return labels


def encode_events(lines: tuple[AuditLine, ...], *, node: str, organisation: str) -> bytes:
    """Acts as NDJSON: each line canonical JSON, in the order in which they were given."""
    return b"".join(canonical_json(event_of(line, node=node, organisation=organisation)) + b"\n" for line in lines)
