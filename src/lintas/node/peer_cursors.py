# SPDX-License-Identifier: Apache-2.0
"""What a peer says of how far it has our streams, which is not believed beyond reason."""

import json

from lintas.errors import BadInput, PeerAnswered
from lintas.model.peering import Cursor, Lane


def reaches(told: Cursor, sent: Cursor) -> bool:
    """Whether a peer that was sent a batch says that it has it. It may have more, from our feed."""
    return told.incarnation == sent.incarnation and all(told.at(lane) >= sent.at(lane) for lane in Lane)


def where_it_is(exc: PeerAnswered, at: Cursor) -> Cursor:
    """Where the peer says that it is, after a batch that does not follow.

    Raises:
        PeerAnswered: It says nothing new.
    """
    try:
        told = Cursor.from_text(str(json.loads(exc.body)["cursor"]))
    except (BadInput, ValueError, KeyError, TypeError, RecursionError):
        raise exc from None
    if exc.status != 409 or told == at:
        raise exc
    return told
