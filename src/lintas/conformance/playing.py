# SPDX-License-Identifier: Apache-2.0
"""Play everything against one address, in the order in which one thing builds on the other."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from lintas.conformance.asking import Asker, code_of
from lintas.conformance.catalogue import AREAS, LIARS
from lintas.conformance.checking import Notes, Report
from lintas.conformance.feeding import check_again, check_feed, check_silence
from lintas.conformance.giving import check_inbox, is_standing
from lintas.conformance.greeting import check_descriptor, check_hello, check_more_hellos
from lintas.conformance.heading import check_growth, check_shown, check_witness
from lintas.conformance.identity import HONEST, Identities
from lintas.conformance.line import Line
from lintas.conformance.lying import check_lies
from lintas.conformance.play import Patience, Play, asker
from lintas.conformance.proving import check_busy, check_errors, check_gossip, check_proofs
from lintas.conformance.received import Received
from lintas.conformance.signing import check_requests, check_routes, check_sessions
from lintas.errors import WrongUse
from lintas.formats.peer.descriptor import OpenedDescriptor
from lintas.model.header import Mode

NAMES: Final = (HONEST, *LIARS)
"""All peers that the tool needs at a node, the honest one first."""

_ORDER: Final[Sequence[tuple[str, Callable[[Play], None]]]] = (
    ("hello", check_more_hellos),
    ("request", check_requests),
    ("route", check_routes),
    ("feed", check_feed),
    ("again", check_again),
    ("heads", check_shown),
    ("inbox", check_inbox),  # the node's log grows by it, which later heads show
    ("heads", check_witness),
    ("proof", check_proofs),
    ("gossip", check_gossip),
    ("feed", check_silence),
    ("request", check_sessions),
    ("lie", check_lies),
    ("heads", check_growth),  # by now the node has signed a later head
    ("errors", check_errors),
    ("busy", check_busy),
)
_NEEDED_BY: Final[Mapping[Callable[[Play], None], Sequence[str]]] = {
    check_feed: ("again", "proof"),
    check_shown: ("proof",),
    check_witness: ("gossip",),
}


class NotKnown(WrongUse):
    """The node does not know this tool."""


def play(url: str, identities: Identities, *, patience: Patience, only: Sequence[str] = ()) -> Report:
    """Make all checks, or those of some areas and what they build on: descriptor, handshake and hello always.

    Args:
        url: `https://HOST:PORT`, of the peer address.
        only: Of `AREAS`; empty for all.

    Raises:
        NotKnown: The node does not know the tool's honest peer, or suspended it.
        WrongUse: The node is of mode live.
        BadInput: The address is none.
        LinkFailed: Nobody answers.
    """
    assert set(only) <= set(AREAS)
    line, notes = Line(url), Notes(only=only)
    try:
        line.server_key()  # nobody there is no finding about a node
        descriptor = check_descriptor(line, notes)
        if descriptor is not None:
            if descriptor.mode is not Mode.EXERCISE:
                raise WrongUse(
                    "That node is of mode live, where nothing is for tests.",
                    hint="Play against a node of mode exercise that runs the same software.",
                )
            _go_on(line, identities, notes, patience, descriptor)
        return notes.report(line.url, descriptor.node if descriptor is not None else "")
    finally:
        line.close()


def _go_on(line: Line, identities: Identities, notes: Notes, patience: Patience, descriptor: OpenedDescriptor) -> None:
    honest = asker(line, identities, HONEST, descriptor.node)
    _check_known(honest, patience)
    welcome = check_hello(honest, descriptor, notes)
    if welcome is None:
        return
    run = Play(
        line=line,
        identities=identities,
        notes=notes,
        patience=patience,
        descriptor=descriptor,
        honest=honest,
        welcome=welcome,
        received=Received(),
    )
    for area, check in _ORDER:
        if notes.wants(area) or any(notes.wants(one) for one in _NEEDED_BY.get(check, ())):
            check(run)


def _check_known(honest: Asker, patience: Patience) -> None:
    """Greet once before anything is judged: a node that does not know us must refuse nearly everything."""
    reply = honest.greet(honest.hello()[0])
    if reply.status == 429:  # an earlier run was stopped while it asked too much
        time.sleep(patience.forgiven_s)
        reply = honest.greet(honest.hello()[0])
    if is_standing(reply):
        raise NotKnown(
            "The node exchanges nothing with this tool's honest peer: it is suspended, removed, or was not introduced.",
            hint="Resume it there, or name a new folder with --identity.",
        )
    if reply.status == 401 and code_of(reply) == "signature":
        raise NotKnown("The node does not know this tool yet.")
