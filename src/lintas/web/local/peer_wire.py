# SPDX-License-Identifier: Apache-2.0
"""Requests of the local socket about peers. `peer` is an id, the beginning of one, or a name that only one has."""

from typing import Literal

import msgspec

from lintas.web.local.requesting import Request


class PeerExport(Request, frozen=True, kw_only=True):
    """Give this node's own descriptor."""


class PeerAdd(Request, frozen=True, kw_only=True):
    """Add a peer by its descriptor, which is the one file."""

    url: str = ""  # where it was fetched


class PeerList(Request, frozen=True, kw_only=True):
    """Show all peers and this node's own words."""


class PeerShow(Request, frozen=True, kw_only=True):
    """Show one peer."""

    peer: str


class PeerIntroduce(Request, frozen=True, kw_only=True):
    """Confirm that a person here heard a peer's words."""

    peer: str
    words: str
    heard_from: str  # who read them out


class PeerChange(Request, frozen=True, kw_only=True):
    """Change how a peer stands."""

    peer: str
    action: Literal["suspend", "resume", "remove"]
    ground: str


class PeerRoll(Request, frozen=True, kw_only=True):
    """Follow a restored peer into a new life of its log."""

    peer: str
    incarnation: str


class PeerAddress(Request, frozen=True, kw_only=True):
    """Set where a peer is reached; empty to go by its descriptor."""

    peer: str
    url: str


class PeerNewestHead(Request, frozen=True, kw_only=True):
    """Give the newest head of a peer's log that was countersigned here."""

    peer: str


class PeerEvidence(Request, frozen=True, kw_only=True):
    """Show what peers sent that they should not have."""

    peer: str = ""


class PeerEvidenceFile(Request, frozen=True, kw_only=True):
    """Give one piece of evidence as it is kept."""

    message: str


AnyPeerRequest = (
    PeerExport
    | PeerAdd
    | PeerList
    | PeerShow
    | PeerIntroduce
    | PeerChange
    | PeerRoll
    | PeerAddress
    | PeerNewestHead
    | PeerEvidence
    | PeerEvidenceFile
)


class Exported(msgspec.Struct, frozen=True):
    """This node's own descriptor: one line of JSON."""

    document: str
