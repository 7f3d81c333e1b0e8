# SPDX-License-Identifier: Apache-2.0
"""Messages as they stand in a batch, and back. Nothing is verified here."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from lintas.crypto.envelope import make_signed
from lintas.errors import Malformed
from lintas.formats.peer.structs import Envelope, EnvelopeSignature, Place, PlacePayload, Withheld
from lintas.model.header import HEADER_TYPE, Payload, Signed

_WRITER: Final = msgspec.json.Encoder(order="sorted")
_OPENINGS: Final = msgspec.json.Decoder(dict[str, tuple[tuple[str, str], ...]])


def envelope_of(signed: Signed) -> Envelope:
    """Write a signed header as the envelope of a place or a descriptor."""
    signature = EnvelopeSignature(keyid=f"{signed.algorithm}:{signed.key_id}", sig=signed.signature)
    return Envelope(payload=signed.header_bytes, payload_type=HEADER_TYPE, signatures=(signature,))


def signed_of(envelope: Envelope) -> Signed:
    """Read an envelope that the decoder has checked; the signature is not verified.

    Raises:
        MalformedEnvelope: The key id is none of an algorithm known here.
    """
    signature = envelope.signatures[0]
    return make_signed(envelope.payload, signature.keyid, signature.sig)


def place_of(
    signed: Signed, payload: Payload | None = None, *, openings: Mapping[str, Sequence[Sequence[str]]] | None = None
) -> Place:
    """Put a message into a place.

    Args:
        payload: None for control kinds.
        openings: Field → pairs of (salt in hex, target) that the recipient may read; None for all of the payload's.

    Raises:
        Malformed: The payload's own openings cannot be read.
    """
    if payload is None:
        return Place(envelope=envelope_of(signed))
    try:
        said = _OPENINGS.decode(payload.openings) if openings is None else _pairs(openings)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise Malformed("What opens the payload's references cannot be read.") from exc
    body = PlacePayload(salt=payload.salt.hex(), data=payload.data, openings=said)
    return Place(envelope=envelope_of(signed), payload=body)


def withheld(place: str, ground: str) -> Place:
    """Say that a message was released once and is not sent now.

    Args:
        place: `crypto.stream.place_digest` of its id.
        ground: Why, as a code.
    """
    return Place(withheld=Withheld(place=place, ground=ground))


def opened(place: Place) -> tuple[Signed, Payload | None] | None:
    """Take a message out of its place; None if it is withheld. Neither signature nor digest is verified.

    Raises:
        MalformedEnvelope: The key id is none of an algorithm known here.
    """
    if isinstance(place.envelope, msgspec.UnsetType):
        return None
    signed = signed_of(place.envelope)
    if isinstance(place.payload, msgspec.UnsetType):
        return signed, None
    said = _WRITER.encode(place.payload.openings)  # texts under ASCII names: the form of RFC 8785
    return signed, Payload(salt=bytes.fromhex(place.payload.salt), data=place.payload.data, openings=said)


def _pairs(openings: Mapping[str, Sequence[Sequence[str]]]) -> dict[str, tuple[tuple[str, str], ...]]:
    return {name: tuple((pair[0], pair[1]) for pair in pairs) for name, pairs in openings.items()}
