# SPDX-License-Identifier: Apache-2.0
"""Bodies of requests and answers that carry no signature of their own: the request is signed, the server is pinned."""

from typing import Annotated

from msgspec import Meta, Raw

from lintas.formats.peer.fields import Code, Counter, CursorOrNone, IncarnationText, LaneCode, NoteText, Sentence
from lintas.formats.peer.structs import Envelope, Wire
from lintas.limits import GOSSIP_NOTES_MAX, NOTE_BYTES_MAX


class Problem(Wire, frozen=True, kw_only=True):
    """An error as it is answered."""

    error: Code
    sentence: Sentence
    hint: Sentence = ""
    cursor: CursorOrNone = ""  # with 409: how far the answering side has the asker's streams


class Again(Wire, frozen=True, kw_only=True):
    """A request for places that the asker once had and has lost."""

    incarnation: IncarnationText
    lane: LaneCode
    ranges: Annotated[tuple[tuple[Counter, Counter], ...], Meta(min_length=1, max_length=1_000)]  # (first, count)


class AgainAnswer(Wire, frozen=True, kw_only=True):
    """Batch documents, in the order of the ranges."""

    batches: tuple[Raw, ...]
    more: bool  # whether some of the ranges wait for the next request


class Gossip(Wire, frozen=True, kw_only=True):
    """Newest heads of other logs that a node has seen."""

    notes: Annotated[tuple[NoteText, ...], Meta(max_length=GOSSIP_NOTES_MAX)]


class ProofAnswer(Wire, frozen=True, kw_only=True):
    """The `release` entry that ends at or after a place, and the proof that the sender's log holds it."""

    entry: Envelope
    receipt: Annotated[str, Meta(max_length=NOTE_BYTES_MAX)]
