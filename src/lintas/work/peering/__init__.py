# SPDX-License-Identifier: Apache-2.0
"""Peers: know them by their descriptors, introduce them by people, stop and resume, keep evidence.

Source: docs/spec/peer.md.
"""

from lintas.work.peering.accusing import accuse
from lintas.work.peering.adding import accept_descriptor, add_peer, check_descriptor, learn_descriptor
from lintas.work.peering.announcing import announce
from lintas.work.peering.describing import describe
from lintas.work.peering.directory import PeerKeys, channel_of, keys_of, own_keys, signing_ever
from lintas.work.peering.introducing import confirm_words
from lintas.work.peering.listing import (
    addresses_of,
    evidence_file,
    list_evidence,
    list_peers,
    newest_head,
    peer_called,
    show_peer,
)
from lintas.work.peering.standing import accept_incarnation, remove_peer, resume_peer, set_address, suspend_peer

__all__ = [
    "PeerKeys",
    "accept_descriptor",
    "accept_incarnation",
    "accuse",
    "add_peer",
    "addresses_of",
    "announce",
    "channel_of",
    "check_descriptor",
    "confirm_words",
    "describe",
    "evidence_file",
    "keys_of",
    "learn_descriptor",
    "list_evidence",
    "list_peers",
    "newest_head",
    "own_keys",
    "peer_called",
    "remove_peer",
    "resume_peer",
    "set_address",
    "show_peer",
    "signing_ever",
    "suspend_peer",
]
