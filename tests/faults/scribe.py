# SPDX-License-Identifier: Apache-2.0
"""Signs entries for tests of the store: no reader, no folder, and the same bytes on every run."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from lintas.crypto.canonical import canonical_json
from lintas.crypto.digests import commitment, salted_digest
from lintas.crypto.envelope import sign_header
from lintas.crypto.signing import SigningKey, node_id
from lintas.model.header import Header, Kind, Mode, Payload, PayloadDigest
from lintas.model.header_rules import LOCAL_CHANNEL, LOCAL_TYPE
from lintas.model.identifier import Identifier, Strength
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.reading import Derived, Entity, Posting, Statement
from lintas.ports.store import Transaction
from lintas.work.alerting import alert_id
from lintas.work.appending import Prepared, append, as_payload
from lintas.work.services import as_text

KEY = SigningKey.from_seed(b"\x07" * 32)
NODE = node_id(KEY.public)
READING = "5" * 64  # what items say of their recipe; no test of the store opens it
START = datetime(2026, 3, 1, 3, 0, tzinfo=UTC)


def said(
    key: str = "thing-1",
    *,
    name: str = "",
    phone: str = "",
    account: str = "",
    target: str = "",
    prop: str = "name",
    kind: str = "name",
) -> Derived:
    """What a message says of one entity: a name, identifiers, another entity that it points at."""
    entities = [Entity(key=key, schema="Person", caption=name or key)]
    statements, postings = [], []
    if name:
        statements.append(Statement(entity=0, prop=prop, value=name, kind=kind))
    for scheme, value in (("phone", phone), ("account", account)):
        if value:
            statements.append(Statement(entity=0, prop=scheme, value=value, kind="identifier"))
            found = Identifier(scheme=scheme, value=value, strength=Strength.CHECKED, country="MY")
            postings.append(Posting(entity=0, identifier=found, prop=scheme, original=f"written {value}"))
    if target:
        statements.append(Statement(entity=0, prop="owner", value=target, kind="entity", confidence=80))
    return Derived(entities=tuple(entities), statements=tuple(statements), postings=tuple(postings))


class Scribe:
    """Makes entries whose ids depend on the order of its calls and on nothing else."""

    def __init__(self, *, after: int = 0, key: SigningKey = KEY) -> None:
        self._made = after
        self._key = key
        self.node = node_id(key.public)

    def _next_time(self) -> str:
        self._made += 1  # a millisecond each, so that no two headers are alike
        return as_text(START + timedelta(milliseconds=self._made))

    def content(
        self,
        kind: Kind,
        data: bytes,
        *,
        tlp: Tlp = Tlp.GREEN,
        derived: Derived | None = None,
        blob: bool = False,
        channel: str = LOCAL_CHANNEL,
        refs: Mapping[str, Sequence[str]] | None = None,
        same_as: int | None = None,
        media_type: str = LOCAL_TYPE,
    ) -> Prepared:
        """A message with a payload, in the database or (`blob`) beside it."""
        salt = sha256(b"salt %d" % self._made).digest()[:16]
        openings = {name: [[salt.hex(), target] for target in targets] for name, targets in (refs or {}).items()}
        digest = salted_digest(salt, data)
        header = Header(
            originator=self.node,
            kind=kind,
            media_type=media_type,
            created_at=self._next_time(),
            mode=Mode.EXERCISE,
            marking=Marking(tlp=tlp),
            channel=channel,
            refs=tuple(
                (name, tuple(commitment(salt, name, target) for target in targets))
                for name, targets in sorted((refs or {}).items())
            ),
            reading=READING if kind is Kind.ITEM and channel == LOCAL_CHANNEL else "",
            payload=PayloadDigest(digest=digest, size_bytes=len(data)),
        )
        value = header.as_json()
        return Prepared(
            signed=sign_header(canonical_json(value), self._key),
            header=value,
            payload=Payload(salt=salt, data=data, openings=canonical_json(openings)),
            blob=digest if blob else "",
            derived=derived,
            same_as=same_as,
        )

    def control(self, kind: Kind, body: dict[str, object], *, channel: str = LOCAL_CHANNEL) -> Prepared:
        """A message without a payload."""
        header = Header(
            originator=self.node,
            kind=kind,
            media_type=LOCAL_TYPE,
            created_at=self._next_time(),
            mode=Mode.EXERCISE,
            marking=Marking(tlp=Tlp.AMBER_STRICT),
            channel=channel,
            body=body,
        )
        value = header.as_json()
        return Prepared(signed=sign_header(canonical_json(value), self._key), header=value)

    def item(self, derived: Derived | None = None, *, tlp: Tlp = Tlp.GREEN, data: bytes = b"") -> Prepared:
        """One thing taken in."""
        return self.content(Kind.ITEM, data or b"item %d" % self._made, tlp=tlp, derived=derived or Derived())

    def intake(self, items: Sequence[MessageId], *, tlp: Tlp = Tlp.GREEN, source: str = "hotline") -> Prepared:
        """The file that held some items."""
        payload = {
            "source": source,
            "file_name": "slip.txt",
            "format": "text",
            "digest": "d" * 64,
            "size_bytes": 12,
            "read": len(items) + 1,
            "used": len(items),
            "rejected": [{"id": "row 7", "reason": "no account"}],
            "items": list(items),
        }
        return self.content(Kind.INTAKE, as_payload(payload), tlp=tlp)

    def watch(
        self, terms: Sequence[tuple[str, str]], *, owner: str = "officer-0001", expires_at: str = "2026-06-01"
    ) -> Prepared:
        """A standing question."""
        payload = {
            "owner": owner,
            "note": "mules",
            "expires_at": expires_at,
            "terms": [{"scheme": scheme, "value": value} for scheme, value in terms],
        }
        return self.content(Kind.WATCH, as_payload(payload), tlp=Tlp.AMBER_STRICT)

    def alert(self, watch: MessageId, message: MessageId, *, value: str, tlp: Tlp = Tlp.GREEN) -> Prepared:
        """A watch met a message."""
        payload = {
            "id": alert_id(watch, message, "phone", value),
            "watch": watch,
            "message": message,
            "scheme": "phone",
            "value": value,
            "reason": f"Phone {value} is watched.",
        }
        return self.content(Kind.ALERT, as_payload(payload), tlp=tlp)

    def account(self) -> Prepared:
        """An entry that changes no view but the list of messages."""
        body: dict[str, object] = {"account": "officer-0001", "action": "made", "clearance": "RED", "role": "analyst"}
        return self.control(Kind.ACCOUNT, body)

    def ended(self, target: str, what: str) -> Prepared:
        """A watch was ended, or an alert acknowledged."""
        return self.control(Kind.ENDED, {"target": target, "what": what, "by": "officer-0001"})

    def erase(self, messages: Sequence[MessageId]) -> Prepared:
        """Payloads were erased."""
        return self.control(Kind.ERASE, {"messages": list(messages), "ground": "retention", "by": "officer-0001"})


def put(tx: Transaction, *entries: Prepared) -> list[int]:
    """Append entries in one transaction; returns their places."""
    return [append(tx, entry) for entry in entries]


def alert_of(entry: Prepared) -> str:
    """The alert's own id, which stands in its payload."""
    assert entry.payload is not None
    return str(json.loads(entry.payload.data)["id"])
