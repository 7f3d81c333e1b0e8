# SPDX-License-Identifier: Apache-2.0
"""The signed header of a message: codes and ids only, because a header is permanent.

Source: docs/spec/message.md.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lintas.model.ids import KeyId, MessageId, NodeId
from lintas.model.marking import Grading, Marking

HEADER_VERSION: Final = 1
HEADER_TYPE: Final = "application/vnd.lintas.header+json"


class Mode(StrEnum):
    """Whether a node works on real cases or on exercises. Fixed at `init`; the two never mix."""

    LIVE = "live"
    EXERCISE = "exercise"


class Kind(StrEnum):
    """What a message is. Content kinds have an erasable payload, control kinds a body of codes and ids."""

    ITEM = "item"  # content: one thing taken in: a STIX object, a table, a text
    INTAKE = "intake"  # content, local only: the container that items came from, so that the file can be given back
    ACCESS = "access"  # content, local only: who read what, and why
    WATCH = "watch"  # content: a standing question
    ALERT = "alert"  # content: a watch met a message
    KEY = "key"  # control: the node's keys, signed by its root
    DERIVE = "derive"  # control: messages were read again with newer readers or packs
    ERASE = "erase"  # control: payloads were erased
    INCARNATION = "incarnation"  # control: a restored node goes on, and says what it lost
    ENDED = "ended"  # control: a watch was ended or an alert acknowledged
    ACCOUNT = "account"  # control: a local account was made, changed or closed


CONTROL_KINDS: Final = frozenset({Kind.KEY, Kind.DERIVE, Kind.ERASE, Kind.INCARNATION, Kind.ENDED, Kind.ACCOUNT})


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadDigest:
    """What a header says of its payload; without the salt, which is erased with it, the digest tells nothing."""

    digest: str  # 64 hex digits: SHA-256 of salt and bytes
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header as a value. Its canonical bytes are signed and their digest is the message's id."""

    originator: NodeId
    kind: Kind
    media_type: str
    created_at: str  # RFC 3339 UTC with milliseconds; informative: order comes from the log
    mode: Mode
    marking: Marking
    grading: Grading = field(default_factory=Grading)
    channel: str = "local"
    areas: tuple[str, ...] = ()
    refs: tuple[tuple[str, tuple[str, ...]], ...] = ()  # field -> salted commitments, sorted
    payload: PayloadDigest | None = None  # content kinds
    body: dict[str, object] | None = None  # control kinds
    reading: str = ""  # items: 64 hex digits, digest of the recipe (reader, packs, options) that derives its statements

    def __post_init__(self) -> None:
        is_control = self.kind in CONTROL_KINDS
        assert (self.body is not None) == is_control, "control kinds have a body, content kinds none"
        assert (self.payload is None) == is_control, "content kinds have a payload, control kinds none"

    def as_json(self) -> dict[str, object]:
        """The JSON object whose canonical form is signed."""
        value: dict[str, object] = {
            "areas": sorted(self.areas),
            "channel": self.channel,
            "created_at": self.created_at,
            "grading": self.grading.code,
            "kind": self.kind.value,
            "marking": self.marking.codes(),
            "media_type": self.media_type,
            "mode": self.mode.value,
            "originator": self.originator,
            "refs": {name: list(commitments) for name, commitments in self.refs},
            "v": HEADER_VERSION,
        }
        if self.payload is not None:
            value["payload"] = {"digest": self.payload.digest, "size_bytes": self.payload.size_bytes}
        if self.body is not None:
            value["body"] = self.body
        if self.reading:
            value["reading"] = self.reading
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A header with its canonical bytes, its id and one signature."""

    id: MessageId
    header_bytes: bytes
    key_id: KeyId
    algorithm: str
    signature: bytes
    leaf: bytes  # 32 bytes: RFC 6962 leaf hash of (id, key id, signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The erasable part: salt, bytes and what opens the header's commitments."""

    salt: bytes  # 16 bytes
    data: bytes
    openings: bytes = b"{}"  # canonical JSON: field -> list of [salt hex, target]
