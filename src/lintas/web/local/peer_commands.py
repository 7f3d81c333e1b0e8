# SPDX-License-Identifier: Apache-2.0
"""The verbs about peers: what the command line can ask, and the function that does it."""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from lintas.model.peer_answers import EvidenceList, PeerAdded, PeerHeadAnswer, PeerLine, Peers
from lintas.web.local import peer_wire
from lintas.web.local.calling import Call
from lintas.web.local.requesting import Request
from lintas.web.local.wire import FileAnswer
from lintas.work import peering


def export(call: Call, _request: peer_wire.PeerExport) -> peer_wire.Exported:
    """Give our descriptor."""
    return peer_wire.Exported(peering.describe(call.services).decode())


def add(call: Call, request: peer_wire.PeerAdd) -> PeerAdded:
    """Add a peer."""
    return peering.add_peer(call.services, call.viewer, call.one_file().data, url=request.url)


def list_all(call: Call, _request: peer_wire.PeerList) -> Peers:
    """Show all peers."""
    return peering.list_peers(call.services, call.viewer)


def show(call: Call, request: peer_wire.PeerShow) -> PeerLine:
    """Show one peer."""
    return peering.show_peer(call.services, call.viewer, _meant(call, request.peer))


def introduce(call: Call, request: peer_wire.PeerIntroduce) -> PeerLine:
    """Confirm that a person heard the words."""
    node = _meant(call, request.peer)
    return peering.confirm_words(call.services, call.viewer, node, request.words, request.heard_from)


def change(call: Call, request: peer_wire.PeerChange) -> PeerLine:
    """Change how a peer stands."""
    does = {"suspend": peering.suspend_peer, "resume": peering.resume_peer, "remove": peering.remove_peer}
    return does[request.action](call.services, call.viewer, _meant(call, request.peer), request.ground)


def roll(call: Call, request: peer_wire.PeerRoll) -> PeerLine:
    """Follow a restored peer."""
    return peering.accept_incarnation(call.services, call.viewer, _meant(call, request.peer), request.incarnation)


def set_address(call: Call, request: peer_wire.PeerAddress) -> PeerLine:
    """Set where a peer is reached."""
    return peering.set_address(call.services, call.viewer, _meant(call, request.peer), request.url)


def newest_head(call: Call, request: peer_wire.PeerNewestHead) -> PeerHeadAnswer:
    """Give a peer's newest head."""
    return peering.newest_head(call.services, call.viewer, _meant(call, request.peer))


def evidence(call: Call, request: peer_wire.PeerEvidence) -> EvidenceList:
    """Show evidence."""
    node = _meant(call, request.peer) if request.peer else ""
    return peering.list_evidence(call.services, call.viewer, node)


def evidence_file(call: Call, request: peer_wire.PeerEvidenceFile) -> FileAnswer:
    """Give one piece of evidence."""
    data = peering.evidence_file(call.services, call.viewer, request.message)
    return FileAnswer(f"{request.message[:16]}.evidence.json", data)


def _meant(call: Call, text: str) -> str:
    return peering.peer_called(call.services, text)


PEER_COMMANDS: Final[dict[type[Request], Callable[[Call, Any], msgspec.Struct]]] = {
    peer_wire.PeerExport: export,
    peer_wire.PeerAdd: add,
    peer_wire.PeerList: list_all,
    peer_wire.PeerShow: show,
    peer_wire.PeerIntroduce: introduce,
    peer_wire.PeerChange: change,
    peer_wire.PeerRoll: roll,
    peer_wire.PeerAddress: set_address,
    peer_wire.PeerNewestHead: newest_head,
    peer_wire.PeerEvidence: evidence,
    peer_wire.PeerEvidenceFile: evidence_file,
}
