# SPDX-License-Identifier: Apache-2.0
"""Introduce a peer: two people here hear its words on a call, each for themselves, and type what they heard.

The words come from the root key alone. Who reads them out is known to those who listen, by voice, by a number that
they looked up elsewhere, by having met; the machine cannot do that part.
"""

import structlog

from lintas.crypto.words import same_words
from lintas.errors import NotAllowed, WrongUse
from lintas.model.header import Kind
from lintas.model.peer_answers import PeerLine
from lintas.model.peering import Action
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.accounts.people import check_name
from lintas.work.accounts.viewing import viewer_of
from lintas.work.appending import append, as_payload, prepare_content
from lintas.work.binding import check_unordered
from lintas.work.peering.directory import keys_of
from lintas.work.peering.listing import show_peer
from lintas.work.peering.standing import append_standing, present_peer
from lintas.work.services import Services

PEOPLE_MIN = 2  # on each side; each node counts its own
_GROUND = "words_heard"

log = structlog.get_logger("lintas.peering")


def confirm_words(services: Services, viewer: Viewer, node: str, words: str, their_person: str) -> PeerLine:
    """Confirm as one person that a peer's words were heard; with the second person the peer is live.

    If we die before the commit, the person was not heard and confirms again; after it, the confirmation and, if it is
    the second, the peer's new standing are there.

    Args:
        words: As typed by who heard them: any case, any spaces.
        their_person: Who read them out, by name; kept in the erasable part only.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer has no account here, or a role that may not; or it takes an order (rule `needs-order`).
        WrongUse: The words are not this peer's; the same person confirmed before; the peer is introduced already or
            suspended; the other person's name is none.
    """
    permit(services, viewer, "peers.answer")
    name = check_name(their_person)
    services.store.read(lambda snapshot: check_words(services, snapshot, viewer, node, words))

    def confirm(tx: Transaction) -> bool:
        check_unordered(services, tx, viewer, "peers.answer")
        return confirm_in(services, tx, viewer, node, name)

    is_live = services.store.write(confirm)
    services.events.publish("log")
    if is_live:
        services.events.publish("peers")
        services.events.publish("streams")
    return show_peer(services, viewer, node)


def check_words(services: Services, snapshot: Snapshot, viewer: Viewer, node: str, words: str) -> None:
    """Hold what somebody heard against a peer's words.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer has no account here, or a role that may not.
        WrongUse: The words are not this peer's.
    """
    _check_person(services, snapshot, viewer)
    present_peer(snapshot, node)
    if same_words(words, keys_of(snapshot, node).root):
        return
    log.info("peer.words_refused", peer=node, by=viewer.id)
    raise WrongUse(
        "Those are not the words of this peer.",
        hint="Have them read once more, slowly. If they are still others, this is not their descriptor: "
        "do not go on, and get the descriptor another way.",
    )


def confirm_in(services: Services, tx: Transaction, viewer: Viewer, node: str, their_person: str) -> bool:
    """Confirm as part of the caller's transaction, which has held the words; returns whether the peer is live now.

    Raises:
        UnknownTerm: There is no such peer.
        NotAllowed: The viewer has no account here, or a role that may not.
        WrongUse: The same person confirmed before; the peer is introduced already or suspended.
    """
    _check_person(services, tx, viewer)
    peer = present_peer(tx, node)
    if peer.is_introduced:
        raise WrongUse("This peer is introduced already.")
    if peer.is_suspended:
        raise WrongUse("This peer is suspended.", hint="Look at why, and resume it first.")
    heard = {one.by for one in tx.confirmations(node)}
    if viewer.id in heard:
        raise WrongUse("You have confirmed these words already.", hint="A second person here has to hear them too.")
    said = {"node": node, "by": viewer.id, "their_person": their_person}
    append(tx, prepare_content(services, Kind.INTRODUCTION, as_payload(said)))
    people = sorted(heard | {viewer.id})
    if len(people) < PEOPLE_MIN:
        return False
    append_standing(services, tx, node, Action.INTRODUCED, people, ground=_GROUND)
    return True


def _check_person(services: Services, snapshot: Snapshot, viewer: Viewer) -> None:
    """Only people of this node count: an account that is open, in the role that it has now."""
    row = snapshot.account(viewer.id)
    if row is None or row.state != "open":
        raise NotAllowed("A person with an account here answers for this.", rule="named-person")
    permit(services, viewer_of(services, snapshot, row), "peers.answer")
