# SPDX-License-Identifier: Apache-2.0
"""The signed header of a message: codes and ids only, because a header is permanent.

Source: docs/spec/message.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Self

from lintas.errors import BadInput, MalformedHeader
from lintas.model.header_rules import (
    LOCAL_CHANNEL,
    LOCAL_TYPE,
    check_body,
    check_fields,
    check_refs,
    is_channel,
    is_code,
    is_count,
    is_digest,
    is_media_type,
    is_node,
    is_time,
)
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
    DESCRIPTOR = "descriptor"  # content, may travel: a signed document of who a node is: keys, desks, addresses
    REJECTION = "rejection"  # content, travels: what a recipient's reader could not use, and why
    RECEIPT = "receipt"  # control, travels: what became of messages at their recipient
    INTRODUCTION = "introduction"  # content, local only: who read which words to whom on a call
    EVIDENCE = "evidence"  # content, local only: what a peer sent that it should not have
    PEER = "peer"  # control, local only: a peer's standing was changed
    DECISION = "decision"  # control, local only: what may be released on a channel under some conditions, or not
    RELEASE = "release"  # control: the messages before it were given places in one recipient's stream
    RECEIVED = "received"  # control, local only: the messages before it came from a peer's stream
    ORDER = "order"  # content, local only: what a named person proposes to do; people confirm it by its id
    ASSENT = "assent"  # control, local only: what a person said to an order, with their passkey's assertion
    CREDENTIAL = "credential"  # control, local only: a person's passkey was added or ended
    NEED = "need"  # control, local only: a need-to-know list was opened, joined, left, closed, or restricts messages
    DUTY = "duty"  # control, local only: a shift or a deputy was set or ended
    CLASSED = "classed"  # control, local only: messages were put into a protected class, or released from it
    OWNED = "owned"  # control, local only: somebody answers for an open thing of the desk, or is asked to
    DUE = "due"  # control, local only: a clock of the desk warned or ran out, or a named person saw that it did
    HANDOVER = "handover"  # control, local only: an alert is another person's from here on


CONTROL_KINDS: Final = frozenset(
    {
        Kind.KEY,
        Kind.DERIVE,
        Kind.ERASE,
        Kind.INCARNATION,
        Kind.ENDED,
        Kind.ACCOUNT,
        Kind.RECEIPT,
        Kind.PEER,
        Kind.DECISION,
        Kind.RELEASE,
        Kind.RECEIVED,
        Kind.HANDOVER,
        Kind.ASSENT,
        Kind.CREDENTIAL,
        Kind.NEED,
        Kind.DUTY,
        Kind.CLASSED,
        Kind.OWNED,
        Kind.DUE,
    }
)
TRAVELLING_ONLY: Final = frozenset({Kind.REJECTION, Kind.RECEIPT})
# a released item or descriptor is another message than the local one it is of
TRAVELLING: Final = TRAVELLING_ONLY | {Kind.ITEM, Kind.DESCRIPTOR}


@dataclass(frozen=True, slots=True, kw_only=True)
class PayloadDigest:
    """What a header says of its payload; without the salt, which is erased with it, the digest tells nothing."""

    digest: str  # 64 hex digits: SHA-256 of salt and bytes
    size_bytes: int

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Read the object in a header's field `payload`.

        Raises:
            MalformedHeader: It is not a digest and a size.
        """
        match value:
            case {"digest": str(digest), "size_bytes": int(size), **more} if not more and is_count(size):
                return cls(digest=digest, size_bytes=size)
            case _:
                raise MalformedHeader("The header's payload is not a digest and a size.")


_FIELDS: Final = frozenset(
    {
        "areas",
        "channel",
        "created_at",
        "grading",
        "kind",
        "marking",
        "media_type",
        "mode",
        "originator",
        "refs",
        "v",
    }
)
_MORE_FIELDS: Final = frozenset({"body", "payload", "reading"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header as a value. Its canonical bytes are signed and their digest is the message's id.

    Made of what a person said (`areas`) as well as of what a stranger sent, so every field is checked here.

    Raises:
        MalformedHeader: A field holds what the format does not allow.
    """

    originator: NodeId
    kind: Kind
    media_type: str
    created_at: str  # RFC 3339 UTC with milliseconds; informative: order comes from the log
    mode: Mode
    marking: Marking
    grading: Grading = field(default_factory=Grading)
    channel: str = LOCAL_CHANNEL
    areas: tuple[str, ...] = ()
    refs: tuple[tuple[str, tuple[str, ...]], ...] = ()  # (field, salted commitments in the order of their openings)
    payload: PayloadDigest | None = None  # content kinds
    body: dict[str, object] | None = None  # control kinds
    reading: str = ""  # items: 64 hex digits, digest of the recipe (reader, packs, options) that derives its statements

    def __post_init__(self) -> None:
        for name, holds in (
            ("originator", is_node(self.originator)),
            ("media_type", is_media_type(self.media_type)),
            ("created_at", is_time(self.created_at)),
            ("channel", self._is_on_its_channel()),
        ):
            if not holds:
                raise MalformedHeader(f"The header's field {name} holds what it may not.")
        for area in self.areas:
            if not is_code(area):
                raise MalformedHeader(
                    f"{area[:40]!r} is no crime area.",
                    hint="An area is a code: lower-case letters, digits, '.', '_' and '-'.",
                )
        check_refs({name: list(commitments) for name, commitments in self.refs})
        if self.kind in CONTROL_KINDS:
            self._check_control()
        else:
            self._check_content()

    @property
    def is_local(self) -> bool:
        """Whether the message never leaves its node."""
        return self.channel == LOCAL_CHANNEL

    def _is_on_its_channel(self) -> bool:
        if self.channel == LOCAL_CHANNEL:
            return self.kind not in TRAVELLING_ONLY
        return is_channel(self.channel) and self.kind in TRAVELLING

    def _check_control(self) -> None:
        if self.payload is not None or self.refs or self.areas:
            raise MalformedHeader("A control message has a body; it has no payload, references or areas.")
        if self.media_type != LOCAL_TYPE or self.reading:
            raise MalformedHeader("A control message is read by its kind, so it names no other media type or reading.")
        check_body(self.kind.value, self.body)

    def _check_content(self) -> None:
        if self.payload is None or self.body is not None:
            raise MalformedHeader("A content message has a payload and no body.")
        if not is_digest(self.payload.digest) or not is_count(self.payload.size_bytes):
            raise MalformedHeader("The header's payload is not a digest and a size.")
        if self.kind is Kind.ITEM:
            # how the originator reads is its own affair, and its packs' digests would tell its versions
            if not (is_digest(self.reading) if self.is_local else self.reading == ""):
                raise MalformedHeader("A local item names the recipe that it was read with, a released one does not.")
        elif self.reading or self.media_type != LOCAL_TYPE:
            raise MalformedHeader("Only an item has a reading or a media type of its own.")

    def as_json(self) -> dict[str, object]:
        """The JSON object whose canonical form is signed."""
        value: dict[str, object] = {
            "areas": sorted(set(self.areas)),
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

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Self:
        """Read what `as_json` writes, and refuse everything else.

        Args:
            value: A parsed JSON object; `crypto.canonical.parse_canonical` has seen that its bytes were canonical.

        Raises:
            MalformedHeader: A field is missing, unknown, or holds what it may not; or a list is not in its one order.
        """
        if type(value.get("v")) is not int or value["v"] != HEADER_VERSION:
            raise MalformedHeader("The header is of a version that is not known here.")
        check_fields(value, _FIELDS, optional=_MORE_FIELDS, where="header")
        marking, refs, body, payload = (value.get(name) for name in ("marking", "refs", "body", "payload"))
        if not isinstance(marking, dict) or not isinstance(refs, dict):
            raise MalformedHeader("The header's marking and refs are objects.")
        if "body" in value and not isinstance(body, dict):
            raise MalformedHeader("The header's body is an object.")
        check_refs(refs)
        try:
            header = cls(
                originator=NodeId(_text(value, "originator")),
                kind=Kind(_text(value, "kind")),
                media_type=_text(value, "media_type"),
                created_at=_text(value, "created_at"),
                mode=Mode(_text(value, "mode")),
                marking=Marking.from_codes(marking),
                grading=Grading.from_text(_text(value, "grading")),
                channel=_text(value, "channel"),
                areas=_texts(value, "areas"),
                refs=tuple((name, tuple(commitments)) for name, commitments in sorted(refs.items())),
                payload=PayloadDigest.from_json(payload) if "payload" in value else None,
                body=body if isinstance(body, dict) else None,
                reading=_text(value, "reading") if "reading" in value else "",
            )
        except MalformedHeader:
            raise
        except (BadInput, ValueError) as exc:
            raise MalformedHeader("The header has a code that is not known here.") from exc
        if header.as_json() != value:  # one header has one spelling: sorted lists, no doubles, codes as we write them
            raise MalformedHeader("The header spells a list or a code otherwise than in its one form.")
        return header


def _text(value: Mapping[str, object], name: str) -> str:
    found = value[name]
    if not isinstance(found, str):
        raise MalformedHeader(f"The header's field {name} is no text.")
    return found


def _texts(value: Mapping[str, object], name: str) -> tuple[str, ...]:
    found = value[name]
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise MalformedHeader(f"The header's field {name} is no list of texts.")
    return tuple(found)


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
