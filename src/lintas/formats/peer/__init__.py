# SPDX-License-Identifier: Apache-2.0
"""What nodes say to each other: signed documents, their fields and the places of a batch (docs/spec/peer.md)."""

from lintas.formats.peer.bodies import Again, AgainAnswer, Gossip, Problem, ProofAnswer
from lintas.formats.peer.documents import decode, encode, open_document, peek_document, sign_document
from lintas.formats.peer.fields import PROTOCOL_VERSION
from lintas.formats.peer.places import envelope_of, opened, place_of, signed_of, withheld
from lintas.formats.peer.structs import (
    Ack,
    Batch,
    Descriptor,
    Desk,
    Envelope,
    EnvelopeSignature,
    Hello,
    Place,
    PlacePayload,
    Profile,
    TipWire,
    Welcome,
    Withheld,
)

__all__ = [
    "PROTOCOL_VERSION",
    "Ack",
    "Again",
    "AgainAnswer",
    "Batch",
    "Descriptor",
    "Desk",
    "Envelope",
    "EnvelopeSignature",
    "Gossip",
    "Hello",
    "Place",
    "PlacePayload",
    "Problem",
    "Profile",
    "ProofAnswer",
    "TipWire",
    "Welcome",
    "Withheld",
    "decode",
    "encode",
    "envelope_of",
    "open_document",
    "opened",
    "peek_document",
    "place_of",
    "sign_document",
    "signed_of",
    "withheld",
]
