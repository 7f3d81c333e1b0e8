# SPDX-License-Identifier: Apache-2.0
"""The signed documents of the protocol, field by field.

Typed all through, so that one pass of the decoder checks every form; `bytes` are base64 text on the wire. No field
has a default but those that may be absent: what a document says, it says.

Source: docs/spec/peer.md.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from lintas.formats.peer.fields import (
    ChannelText,
    Code,
    Count,
    Counter,
    Country,
    CursorOrNone,
    CursorText,
    Endpoint,
    Hex32,
    Hex64,
    IncarnationText,
    KeyText,
    LaneCode,
    Language,
    Mode,
    NodeText,
    NoteText,
    PhoneNumber,
    PlainText,
    RefField,
    ShortText,
    StandingCode,
    Version,
    Zone,
)
from lintas.limits import BATCH_MESSAGES_MAX, HEADER_BYTES_MAX, RELEASE_BYTES_MAX
from lintas.model.header_rules import COMMITMENTS_MAX


class Wire(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, gc=False):
    """What every struct of the protocol is: frozen, by name, and closed to fields that nobody here knows."""


class EnvelopeSignature(Wire, frozen=True, kw_only=True):
    """The one signature of an envelope."""

    keyid: KeyText
    sig: Annotated[bytes, Meta(min_length=64, max_length=64)]


class Envelope(Wire, frozen=True, kw_only=True):
    """A signed header as DSSE. `formats.peer.places` turns it into a `Signed` and back."""

    payload: Annotated[bytes, Meta(min_length=2, max_length=HEADER_BYTES_MAX)]
    payload_type: Literal["application/vnd.lintas.header+json"] = field(name="payloadType")
    signatures: tuple[EnvelopeSignature]


class Desk(Wire, frozen=True, kw_only=True):
    """A desk that people reach. For people only: nothing is decided by it."""

    code: Code
    name: PlainText
    hours: ShortText
    zone: Zone
    languages: Annotated[tuple[Language, ...], Meta(max_length=20)]
    numbers: Annotated[tuple[PhoneNumber, ...], Meta(max_length=10)]


class Profile(Wire, frozen=True, kw_only=True):
    """Who a node says it is."""

    organisation: PlainText
    country: Country
    mode: Mode
    endpoints: Annotated[tuple[Endpoint, ...], Meta(max_length=10)]  # none: it accepts no connections
    versions: Annotated[tuple[Count, ...], Meta(min_length=1, max_length=10)]  # of the protocol
    desks: Annotated[tuple[Desk, ...], Meta(max_length=50)]


class Descriptor(Wire, frozen=True, kw_only=True):
    """The signed part of a descriptor: the node's keys under its root, and who it says it is."""

    v: Version
    node: NodeText
    keys: Envelope  # of the `key` message
    profile: Profile
    serial: Count  # of the profile; a later one is larger


class TipWire(Wire, frozen=True, kw_only=True):
    """Where one stream ends."""

    lane: LaneCode
    counter: Count
    chain: Hex64


class Hello(Wire, frozen=True, kw_only=True):
    """What a node says first, and again whenever it wants to know that the other side is there now."""

    v: Version
    sender: NodeText = field(name="from")
    to: NodeText
    mode: Mode
    challenge: Hex32
    incarnation: IncarnationText  # of the sender's log
    got: CursorOrNone  # how far the sender has the other side's streams
    tips: Annotated[tuple[TipWire, ...], Meta(max_length=2)]  # of the sender's streams to the other side
    head: NoteText  # the sender's newest checkpoint
    endpoints: bool  # whether the sender accepts connections


class Welcome(Wire, frozen=True, kw_only=True):
    """The answer: the same of the other side, with the challenge given back."""

    v: Version
    sender: NodeText = field(name="from")
    to: NodeText
    mode: Mode
    challenge: Hex32  # of the hello
    incarnation: IncarnationText
    got: CursorOrNone
    tips: Annotated[tuple[TipWire, ...], Meta(max_length=2)]
    head: NoteText
    endpoints: bool
    session: Hex32  # under it later requests are numbered
    standing: StandingCode  # of the asker here


class PlacePayload(Wire, frozen=True, kw_only=True):
    """The erasable part of a released message, and what opens the references that its recipient may read."""

    salt: Hex32
    data: Annotated[bytes, Meta(max_length=RELEASE_BYTES_MAX)]
    openings: Mapping[
        RefField,
        Annotated[tuple[tuple[Hex32, Annotated[str, Meta(max_length=300)]], ...], Meta(max_length=COMMITMENTS_MAX)],
    ]


class Withheld(Wire, frozen=True, kw_only=True):
    """A place whose message was released once and is not sent now."""

    place: Hex64  # what the chain takes of it
    ground: Code


class Place(Wire, frozen=True, kw_only=True):
    """One place of a stream: a message, with its payload if its kind has one, or the word that it is withheld."""

    envelope: Envelope | UnsetType = UNSET
    payload: PlacePayload | UnsetType = UNSET
    withheld: Withheld | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.envelope is UNSET) == (self.withheld is UNSET) or (
            self.payload is not UNSET and self.envelope is UNSET
        ):
            raise ValueError("a place holds a message or says that it is withheld")


class Batch(Wire, frozen=True, kw_only=True):
    """Consecutive places of one stream, with the chain before and after them."""

    v: Version
    sender: NodeText = field(name="from")
    to: NodeText
    mode: Mode
    channel: ChannelText  # the sender's for this recipient
    incarnation: IncarnationText  # of the sender's log
    lane: LaneCode
    first: Counter
    before: Hex64
    after: Hex64
    places: Annotated[tuple[Place, ...], Meta(min_length=1, max_length=BATCH_MESSAGES_MAX)]
    head: NoteText


class Ack(Wire, frozen=True, kw_only=True):
    """How far the recipient of a pushed batch has its sender's streams now."""

    v: Version
    sender: NodeText = field(name="from")
    to: NodeText
    cursor: CursorText
