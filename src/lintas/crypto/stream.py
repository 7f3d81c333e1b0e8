# SPDX-License-Identifier: Apache-2.0
"""The hash chain of a stream: what a sender has released to one recipient, in which order.

One release entry of the sender's log holds the chain after its messages, so one inclusion proof shows that the log
commits to every message up to there, and two chains for one counter are proof of a fork.

Source: docs/spec/peer.md, "Streams".
"""

from collections.abc import Iterable
from hashlib import sha256
from typing import Final

from lintas.crypto.encoding import length_prefixed

_START: Final = b"lintas stream v1"
_PLACE: Final = b"lintas place v1"
_STEP: Final = b"lintas chain v1"


def chain_start(channel: str, incarnation: str, lane: str) -> str:
    """Return the chain of a stream in which nothing stands yet; 64 hex digits.

    Args:
        channel: The sender's channel to this recipient.
        incarnation: Of the sender's log.
    """
    return sha256(length_prefixed(_START, channel.encode(), incarnation.encode(), lane.encode())).hexdigest()


def place_digest(message: str) -> str:
    """Return what the chain takes of a message; 64 hex digits. It stands in for a message that is withheld."""
    return sha256(length_prefixed(_PLACE, bytes.fromhex(message))).hexdigest()


def chain_after(chain: str, places: Iterable[str]) -> str:
    """Return the chain after some more places.

    Args:
        chain: 64 hex digits.
        places: From `place_digest`, in order.
    """
    raw = bytes.fromhex(chain)
    for place in places:
        raw = sha256(length_prefixed(_STEP, raw, bytes.fromhex(place))).digest()
    return raw.hex()
