# SPDX-License-Identifier: Apache-2.0
"""Read an entry of the log as an act of somebody: who, what, why; never what a message says.

What was asked is shown: a find's terms, a watch's. What was found, taken, sent or received is not: of these entries
only the header is read. A header holds codes, ids and pseudonyms alone.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from lintas.errors import NodeDamaged
from lintas.model.audit import AuditLine
from lintas.model.found import EntryHead, StoredPayload
from lintas.model.header import Kind
from lintas.work.payloads import bytes_of
from lintas.work.services import Services

_NAMES_PEOPLE: Final = frozenset({Kind.ACCESS, Kind.ORDER, Kind.WATCH, Kind.INTRODUCTION})  # content kinds read here
_PERSON_FIELDS: Final = ("by", "approved_by")
_TARGET_FIELDS: Final = ("target", "order", "decision", "node")
_LEFT_OUT: Final = frozenset(
    {
        "authenticator",
        "client",
        "signature",
        "public",
        "messages",
        "signing",
        "log",
        "cosign",
        "tls",
        "withheld",
        "root",
    }
)


def line_of(services: Services, entry: EntryHead, row: StoredPayload | None, names: Mapping[str, str]) -> AuditLine:
    """One entry as a line.

    Args:
        row: Its payload, where it has one that was not erased.
        names: Pseudonym -> name, for those who may know.
    """
    header: dict[str, Any] = json.loads(entry.header)
    kind = Kind(header["kind"])
    facts: dict[str, Any] = {}
    if "body" in header:
        facts = _of_body(kind, header["body"])
    elif kind in _NAMES_PEOPLE:
        facts = _of_payload(services, kind, row)
    facts.setdefault("action", kind.value)
    is_own = header["originator"] == services.keys.node
    facts["codes"] = {**facts.get("codes", {}), **_of_header(header)}
    return AuditLine(
        seq=entry.seq,
        id=entry.id,
        at=header["created_at"],
        kind=kind.value,
        name=names.get(facts.get("person", ""), "") if is_own else "",  # a peer's pseudonym is another's
        originator="" if is_own else header["originator"],
        erased="payload" in header and row is None,
        **facts,
    )


def _of_header(header: Mapping[str, Any]) -> dict[str, str]:
    said = {"tlp": header["marking"]["tlp"]}
    if classes := header["marking"].get("classes"):
        said["classes"] = " ".join(classes)
    return said


def _of_body(kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
    people = next((body[name] for name in _PERSON_FIELDS if body.get(name)), "")
    codes = {
        name: str(value)
        for name, value in body.items()
        if name not in _LEFT_OUT and isinstance(value, str | int) and value != "" and name not in _PERSON_FIELDS
    }
    if "messages" in body:
        codes["messages"] = str(len(body["messages"]))
    target = next((str(body[name]) for name in _TARGET_FIELDS if body.get(name)), "")
    if not target and len(body.get("messages", ())) == 1:
        target = body["messages"][0]
    action = next((str(body[name]) for name in ("action", "verdict", "state", "outcome", "what") if body.get(name)), "")
    return {
        "person": people if isinstance(people, str) else ", ".join(people),
        "action": f"{kind.value}.{action}" if action else kind.value,
        "codes": codes,
        "target": target,
        "rule": str(body.get("rule", "")),
        "outcome": "refused" if body.get("outcome") == "refuse" or action in {"refused", "objected"} else "done",
    }


def _of_payload(services: Services, kind: Kind, row: StoredPayload | None) -> dict[str, Any]:
    if row is None:
        return {}
    try:
        said = json.loads(bytes_of(services, row))
        return _READ[kind](said)
    except (NodeDamaged, ValueError, KeyError, TypeError):
        # the search goes on; `lintas verify` names the entry
        return {"action": f"{kind.value}.unreadable"}


def _access(said: Mapping[str, Any]) -> dict[str, Any]:
    asked = said["asked"]
    is_refused = said["verb"] == "refused"
    return {
        "person": said["viewer"],
        "role": said.get("role", ""),
        "action": said["verb"],
        "purpose": said["purpose"],
        "policy": said.get("policy", ""),
        "session": said.get("session", ""),
        "unmasked": bool(said.get("unmasked", False)),
        "shown": said["shown_count"],
        "asked": asked,
        "outcome": "refused" if is_refused else "done",
        "rule": str(asked.get("rule", "")) if is_refused else "",
        "target": str(asked.get("message", asked.get("alert", ""))),
    }


def _order(said: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "person": said["by"],
        "action": f"order.{said['action']}",
        "purpose": said["ground"],
        "session": said.get("session", ""),
        "codes": {"expires_at": str(said["expires_at"])},
    }


def _watch(said: Mapping[str, Any]) -> dict[str, Any]:
    terms = [str(term["value"]) for term in said["terms"]]
    return {"person": said["owner"], "action": "watch", "purpose": said["note"], "asked": {"terms": terms}}


def _introduction(said: Mapping[str, Any]) -> dict[str, Any]:
    # who spoke on the other side is named there, which is nobody's business here
    return {"person": said["by"], "action": "introduction", "target": said["node"]}


_READ: Final[Mapping[Kind, Callable[[Mapping[str, Any]], dict[str, Any]]]] = {
    Kind.ACCESS: _access,
    Kind.ORDER: _order,
    Kind.WATCH: _watch,
    Kind.INTRODUCTION: _introduction,
}
