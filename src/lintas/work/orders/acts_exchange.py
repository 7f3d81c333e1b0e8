# SPDX-License-Identifier: Apache-2.0
"""What is ordered towards peers: release messages, introduce a peer, resume it, follow it into a new life."""

from dataclasses import replace
from typing import Any, Final

from lintas.errors import WrongUse
from lintas.model.found import PeerHead
from lintas.model.ids import MessageId
from lintas.model.viewer import Viewer
from lintas.policy.release import policy_digest
from lintas.ports.store import Snapshot, Transaction
from lintas.work.accounts.people import check_name
from lintas.work.orders.action import About, Action, Saying, touched
from lintas.work.orders.reading import code_of, flag_of, text_of, texts_of
from lintas.work.peering.introducing import check_words, confirm_in
from lintas.work.peering.standing import accept_in, check_incarnation, present_peer, resume_in
from lintas.work.services import Services
from lintas.work.sharing.share import meant, preview_in, share_in


def _keep_share(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, Any]:
    to = texts_of(said, "to")
    if not to:
        raise WrongUse("Nobody is named, so nobody gets it.", hint="Name a peer.")
    found = meant(
        services,
        snapshot,
        viewer,
        texts_of(said, "messages"),
        to=to,
        purpose=text_of(said, "purpose"),
        basis=text_of(said, "basis"),
    )
    if not found.messages:
        raise WrongUse("No message is named.", hint="A file that held no messages has nothing to share.")
    return {
        "messages": [head.id for head in found.messages],
        "to": [peer.node for peer in found.peers],
        "purpose": found.purpose,
        "basis": found.basis,
        "urgent": flag_of(said, "urgent"),
    }


def _about_share(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> About:
    how = {"to": said["to"], "purpose": said["purpose"], "basis": said["basis"]}
    found = meant(services, snapshot, viewer, said["messages"], **how)
    seen = preview_in(services, snapshot, viewer, said["messages"], **how)
    profile = services.packs.law.of(services.config.country)
    purpose, basis = profile.purposes.get(found.purpose), profile.bases.get(found.basis)
    stands = _stands_share(services, snapshot, viewer, said)
    tells = list(stands.tells)
    for peer in found.peers:
        goes = sum(1 for line in seen.released if line.to == peer.node)
        stays = "; ".join(sorted({line.reason for line in seen.refused if line.to == peer.node}))
        name, whole = peer.name or peer.node[:24], len(found.messages)
        said_of = (
            f"{name}: {goes:,} of {whole:,} may go; what stays: {stays}"
            if stays
            else f"{name}: {goes:,} of {whole:,} may go"
        )
        tells.append(("To", said_of))
    tells.append(("Purpose", purpose.label if purpose else found.purpose))
    tells.append(("Legal basis", basis.label if basis else found.basis))
    tells.append(("Lane", "urgent, before everything else" if said["urgent"] else "usual"))
    return replace(stands, tells=tuple(tells))


def _stands_share(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> About:
    """What a sharing depends on, without asking of each message who would get it."""
    found = meant(
        services, snapshot, viewer, said["messages"], to=said["to"], purpose=said["purpose"], basis=said["basis"]
    )
    whole = touched(snapshot, found.messages)
    count = len(whole.messages)
    names = ", ".join(peer.name or peer.node[:24] for peer in found.peers)
    return About(
        summary=f"Release 1 message to {names}" if count == 1 else f"Release {count:,} messages to {names}",
        tells=(("What", "1 message" if count == 1 else f"{count:,} messages"),),
        messages=whole.messages,
        tlp=whole.tlp,
        classes=whole.classes,
        lists=whole.lists,
        shown={"the messages": whole.digest, "the law": policy_digest(services.packs.law)}
        | {f"the peer {peer.name or peer.node}": _standing(peer) for peer in found.peers},
    )


def _run_share(services: Services, tx: Transaction, viewer: Viewer, _order: MessageId, said: Saying) -> dict[str, Any]:
    done = share_in(
        services,
        tx,
        viewer,
        said["messages"],
        to=said["to"],
        purpose=said["purpose"],
        basis=said["basis"],
        urgent=said["urgent"],
    )
    return {"shared": done}


def _keep_peer(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, Any]:
    what, node = text_of(said, "what"), text_of(said, "node")
    peer = present_peer(snapshot, node)
    if what == "introduce":
        # the words themselves are held now and kept nowhere: who confirms says that they heard them
        check_words(services, snapshot, viewer, node, text_of(said, "words"))
        if viewer.id in {one.by for one in snapshot.confirmations(node)}:
            raise WrongUse("You have confirmed these words already.", hint="A second person here has to hear them too.")
        return {"what": what, "node": node, "their_person": check_name(text_of(said, "their_person"))}
    if what == "resume":
        if not peer.is_suspended:
            raise WrongUse("This peer is not suspended.")
        return {"what": what, "node": node, "ground": code_of(said, "ground")}
    if what == "roll":
        incarnation = text_of(said, "incarnation")
        check_incarnation(incarnation)
        return {"what": what, "node": node, "incarnation": incarnation}
    raise WrongUse("That is nothing to be answered about a peer.", hint="introduce, resume or roll")


def _peer_words(what: str, name: str) -> str:
    if what == "introduce":
        return f"Confirm that the words of {name} were heard on a call"
    if what == "resume":
        return f"Go on with {name}, which is suspended"
    return f"Follow {name} into a new life of its log"


def _about_peer(_services: Services, snapshot: Snapshot, _viewer: Viewer, said: Saying) -> About:
    peer = present_peer(snapshot, said["node"])
    name = peer.name or peer.node[:24]
    tells = [("Peer", name), ("Node id", peer.node), ("It stands", str(peer.standing))]
    if said["what"] == "introduce":
        tells.append(("Heard from", said["their_person"]))
    elif said["what"] == "resume":
        tells.append(("Ground", said["ground"]))
    else:
        tells += [("Life until now", peer.incarnation), ("New life", said["incarnation"])]
    return About(
        summary=_peer_words(said["what"], name),
        tells=tuple(tells),
        shown={f"the peer {name}": _standing(peer), "its keys": str(peer.keys_seq)},
    )


def _run_peer(services: Services, tx: Transaction, viewer: Viewer, _order: MessageId, said: Saying) -> dict[str, Any]:
    if said["what"] == "introduce":
        return {"is_live": confirm_in(services, tx, viewer, said["node"], said["their_person"])}
    if said["what"] == "resume":
        resume_in(services, tx, viewer, said["node"], said["ground"])
        return {}
    return {"is_followed": accept_in(services, tx, viewer, said["node"], said["incarnation"])}


def _standing(peer: PeerHead) -> str:
    return f"{peer.standing} {peer.incarnation} {peer.changed_at}"


SHARE: Final = Action(
    keep=_keep_share, about=_about_share, stands=_stands_share, run=_run_share, events=("log", "streams")
)
PEERS_ANSWER: Final = Action(keep=_keep_peer, about=_about_peer, run=_run_peer, events=("log", "peers", "streams"))
