# SPDX-License-Identifier: Apache-2.0
"""What each field of a header may hold: codes, ids, digests and times, never free text, because a header is permanent.

Source: docs/spec/message.md.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Final

from lintas.errors import MalformedHeader
from lintas.model.marking import Protected, Tlp

LOCAL_CHANNEL: Final = "local"
LOCAL_TYPE: Final = "application/vnd.lintas.local+json"  # payloads and bodies that Lintas itself writes
MESSAGES_MAX: Final = 200  # message ids in one body: with them a header stays below HEADER_BYTES_MAX
COMMITMENTS_MAX: Final = 100  # commitments under one reference, as above
APPROVALS_MIN: Final = 2  # people who answer for a new incarnation
INTEGER_MAX: Final = 2**53 - 1  # Source: RFC 7493 (I-JSON) section 2.2

_NODE: Final = re.compile(r"lintas:[a-z2-7]{52}", re.ASCII)
_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_INCARNATION: Final = re.compile(r"[0-9a-f]{16}", re.ASCII)
_CHANNEL: Final = re.compile(r"pair\.[0-9a-f]{32}", re.ASCII)  # bilateral; its sender alone knows with whom
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)
_LIST: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)  # of a need-to-know list; no sign that LIKE reads
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]{1,2800}", re.ASCII)  # without padding (RFC 4648 section 5)
_PERSON: Final = re.compile(r"[a-z0-9][a-z0-9_.:-]{0,63}", re.ASCII)  # pseudonym: officer-0001, local:cli
_FIELD: Final = re.compile(r"[a-z][a-z_]{0,31}", re.ASCII)
_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z", re.ASCII)
_MEDIA_TYPE: Final = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,80}(?:;[a-z]{1,20}=[a-z0-9._-]{1,40}){0,4}", re.ASCII)

Rule = Callable[[object], bool]


def _fits(pattern: re.Pattern[str]) -> Rule:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _one_of(*codes: str) -> Rule:
    return lambda value: isinstance(value, str) and value in codes


def _list_of(rule: Rule, *, least: int, most: int, is_sorted: bool = False) -> Rule:
    """A list without doubles; `is_sorted` where order says nothing, so that one set has one spelling."""

    def check(value: object) -> bool:
        if not isinstance(value, list) or not least <= len(value) <= most or not all(rule(one) for one in value):
            return False
        texts = [str(one) for one in value]
        return len(set(texts)) == len(texts) and (not is_sorted or texts == sorted(texts))

    return check


def _object_of(rules: Mapping[str, Rule]) -> Rule:
    def check(value: object) -> bool:
        return (
            isinstance(value, dict)
            and value.keys() == rules.keys()
            and all(rule(value[name]) for name, rule in rules.items())
        )

    return check


def is_count(value: object) -> bool:
    """Say whether a value is a whole number from 0 on that every JSON reader keeps."""
    return type(value) is int and 0 <= value <= INTEGER_MAX


def is_time(value: object) -> bool:
    """Say whether a value is a moment in RFC 3339 UTC with exactly three digits of a second."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


is_node: Final = _fits(_NODE)
is_digest: Final = _fits(_DIGEST)
is_code: Final = _fits(_CODE)
is_person: Final = _fits(_PERSON)
is_list: Final = _fits(_LIST)
is_base64url: Final = _fits(_BASE64URL)
is_channel: Final = _fits(_CHANNEL)
is_incarnation: Final = _fits(_INCARNATION)
is_media_type: Final = _fits(_MEDIA_TYPE)
_is_field: Final = _fits(_FIELD)
_are_commitments: Final = _list_of(is_digest, least=1, most=COMMITMENTS_MAX)
_is_key: Final = _object_of({"algorithm": _one_of("ed25519"), "id": is_digest, "public": is_digest})

VERDICTS: Final = (  # what somebody says to an order
    "confirmed",  # who proposed it, by their own passkey
    "approved",  # a second named person, before it took effect
    "refused",
    "alone",  # who proposed it did it first, by break-glass
    "reviewed",  # a second named person, after it was done alone: it was right
    "objected",  # as above: it was wrong
    "done",
    "lapsed",  # its time ended before it was done
    "escalated",  # done alone, and nobody reviewed it in time
)
LANES: Final = ("alert", "bulk")  # of each stream, in the order in which they are sent
_STREAM: Final[Mapping[str, Rule]] = {  # where a run of messages stands in a stream
    "chain": is_digest,  # after the last of them
    "channel": is_channel,
    "count": lambda value: is_count(value) and value != 0,
    "first": lambda value: is_count(value) and value != 0,
    "incarnation": _fits(_INCARNATION),
    "lane": _one_of(*LANES),
}

# By kind of control message: fields that may be left out.
BODIES_MORE: Final[Mapping[str, Mapping[str, Rule]]] = {
    "key": {
        "cosign": _list_of(_is_key, least=1, most=10),
        "revoked": _list_of(is_digest, least=1, most=100, is_sorted=True),
        "serial": is_count,
        "tls": _list_of(_is_key, least=1, most=10),
    },
    "assent": {  # the passkey's four where a person answered, none where the node itself says what became of it
        "authenticator": is_base64url,
        "client": is_base64url,
        "credential": is_base64url,
        "effects": is_count,  # of `done`: how many entries right before it are what the order did
        "signature": is_base64url,
    },
    "account": {"opens": _list_of(_one_of(*Protected), least=1, most=len(Protected), is_sorted=True)},
    "need": {
        "messages": _list_of(is_digest, least=1, most=MESSAGES_MAX, is_sorted=True),
        "person": is_person,
    },
    "due": {"item": is_code},
    "owned": {"to": is_person},
    "received": {"withheld": _list_of(is_digest, least=1, most=MESSAGES_MAX)},
}

# By kind of control message: each of these fields, and no other.
BODIES: Final[Mapping[str, Mapping[str, Rule]]] = {
    "key": {
        "country": _fits(_COUNTRY),
        "incarnation": _fits(_INCARNATION),
        "log": _list_of(_is_key, least=1, most=10),
        "root": is_digest,
        "signing": _list_of(_is_key, least=1, most=10),
    },
    "derive": {"messages": _list_of(is_digest, least=1, most=MESSAGES_MAX), "reading": is_digest},
    "erase": {"by": is_person, "ground": is_code, "messages": _list_of(is_digest, least=1, most=MESSAGES_MAX)},
    "incarnation": {
        "approved_by": _list_of(is_person, least=APPROVALS_MIN, most=10, is_sorted=True),
        "ground": is_code,
        "incarnation": _fits(_INCARNATION),
        "previous": _fits(_INCARNATION),
        "previous_root": is_digest,
        "previous_size": is_count,
    },
    "ended": {"by": is_person, "target": is_digest, "what": _one_of("alert", "watch", "opened")},
    "account": {
        "account": is_person,
        "action": is_code,
        "clearance": _one_of(*Tlp.__members__),
        "role": is_code,
    },
    "peer": {
        "action": is_code,
        "by": _list_of(is_person, least=1, most=10, is_sorted=True),
        "channel": is_channel,
        "ground": is_code,
        "incarnation": _fits(_INCARNATION),
        "node": is_node,
    },
    "decision": {
        "channel": is_channel,
        "conditions": is_digest,
        "outcome": _one_of("release", "refuse"),
        "policy": is_digest,
        "rule": is_code,
    },
    "release": {**_STREAM, "by": is_person, "decision": is_digest},
    "received": {**_STREAM, "node": is_node},
    "receipt": {
        "by": is_person,
        "desk": is_code,
        "ground": is_code,
        "messages": _list_of(is_digest, least=1, most=MESSAGES_MAX),
        "state": is_code,
    },
    "assent": {"by": is_person, "order": is_digest, "verdict": _one_of(*VERDICTS)},
    "credential": {
        "account": is_person,
        "action": _one_of("added", "ended"),
        "algorithm": lambda value: type(value) is int and -70_000 < value < 0,  # COSE, RFC 9053
        "by": is_person,
        "credential": is_base64url,
        "public": is_base64url,  # COSE_Key, RFC 9052 section 7
        "vouched_by": lambda value: value == "" or is_digest(value),  # the order under which it was added
    },
    "need": {
        "action": _one_of("opened", "joined", "left", "closed", "restricted", "freed"),
        "by": is_person,
        "list": is_list,
    },
    "duty": {
        "action": _one_of("set", "ended"),
        "by": is_person,
        "ends_at": is_time,
        "id": is_digest,
        "person": is_person,
        "stands_for": lambda value: value == "" or is_person(value),
        "starts_at": is_time,
        "what": _one_of("shift", "deputy"),
    },
    "classed": {
        "action": _one_of("added", "released"),
        "by": is_person,
        "class": _one_of(*Protected),
        "messages": _list_of(is_digest, least=1, most=MESSAGES_MAX, is_sorted=True),
    },
    "owned": {
        "action": _one_of("taken", "offered", "accepted", "declined"),
        "by": is_person,
        "target": is_digest,
    },
    "due": {
        "by": is_person,
        "clock": is_code,
        "due_at": is_time,
        "state": _one_of("warned", "missed", "seen"),
        "target": is_digest,
    },
    "handover": {"by": is_person, "target": is_digest, "to": is_person},
}


def check_body(kind: str, body: object) -> None:
    """Refuse a body that is not exactly what its kind's schema says.

    Raises:
        MalformedHeader: The kind has no body, a field is missing or unknown, or one holds what it may not.
    """
    rules = BODIES.get(kind)
    if rules is None:
        raise MalformedHeader(f"A message of kind {kind} has no body.")
    if not isinstance(body, dict):
        raise MalformedHeader(f"A message of kind {kind} has a body.")
    more = BODIES_MORE.get(kind, {})
    check_fields(body, rules.keys(), optional=more.keys(), where=f"body of kind {kind}")
    for name, value in body.items():
        if not (rules.get(name) or more[name])(value):
            raise MalformedHeader(f"The body's field {name} holds what it may not.")


def check_refs(refs: Mapping[str, object]) -> None:
    """Refuse references that are not commitments under the names of fields.

    Raises:
        MalformedHeader: A name is none, or what stands under it is no list of digests.
    """
    for name, commitments in refs.items():
        if not _is_field(name) or not _are_commitments(commitments):
            raise MalformedHeader("A reference is not a list of commitments under the name of a field.")


def check_fields(
    value: Mapping[str, object], required: Iterable[str], *, optional: Iterable[str] = (), where: str
) -> None:
    """Refuse missing and unknown fields.

    Raises:
        MalformedHeader: There is one; the message names it, cut short if it is long.
    """
    needed, allowed = frozenset(required), frozenset(optional)
    if missing := sorted(needed - value.keys()):
        raise MalformedHeader(f"The {where} lacks the field {missing[0]}.")
    if unknown := sorted(map(str, value.keys() - needed - allowed)):
        raise MalformedHeader(f"The {where} has an unknown field {unknown[0][:40]!r}.")
