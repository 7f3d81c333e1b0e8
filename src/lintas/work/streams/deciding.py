# SPDX-License-Identifier: Apache-2.0
"""Ask the release policy about one message and one recipient: when it is shared, and again when it is sent."""

import json
from collections.abc import Mapping
from typing import Any

from lintas.model.found import PeerHead
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Protected
from lintas.model.scope import WHOLE
from lintas.policy.decision import Decision
from lintas.policy.release import CLASS_STR, Recipient, Situation, release
from lintas.ports.store import Snapshot
from lintas.work.services import Services


def recipient_of(services: Services, peer: PeerHead) -> Recipient:
    """A peer as the policy sees it; `peer add` took in only peers of this node's own mode."""
    return Recipient(
        node=peer.node,
        name=peer.name,
        country=peer.country,
        mode=services.config.mode,
        standing=peer.standing,
    )


def situation_of(
    services: Services,
    *,
    is_quarantined: bool,
    is_own: bool,
    kind: str,
    size_bytes: int,
    named: frozenset[str],
    purpose: str,
    basis: str,
    is_tipping: bool = False,
) -> Situation:
    """What else the policy goes by."""
    return Situation(
        own_mode=services.config.mode,
        own_country=services.config.country,
        is_quarantined=is_quarantined,
        is_own=is_own,
        kind=kind,
        size_bytes=size_bytes,
        named=named,
        purpose=purpose,
        basis=basis,
        law=services.packs.law,
        is_tipping=is_tipping,
    )


class StillAllowed:
    """Whether messages that were released to a peer may still go to it, asked once for each marking."""

    def __init__(self, services: Services, snapshot: Snapshot, peer: PeerHead) -> None:
        self._services = services
        self._is_quarantined = snapshot.meta("state") != "live"
        self._peer = peer
        self._recipient = recipient_of(services, peer)
        self._answers: dict[tuple[str, bool], str] = {}
        self._has_str = snapshot.has_class(Protected.STR.bit)
        self._snapshot = snapshot

    def refusal(self, header: Mapping[str, Any], message: MessageId) -> str:
        """The rule that keeps a released message back now; empty when none does."""
        if header["kind"] != Kind.ITEM:
            return ""  # receipts and descriptors go to whom something may go at all
        if self._has_str:
            head = self._snapshot.head(message, scope=WHOLE)
            if head is not None and head.classes & Protected.STR.bit:
                return CLASS_STR  # put there since it was released, so its header does not say it
        asked = (json.dumps(header["marking"], sort_keys=True), header["originator"] == self._services.keys.node)
        if asked not in self._answers:
            self._answers[asked] = self._decide(header)
        return self._answers[asked]

    def _decide(self, header: Mapping[str, Any]) -> str:
        named = frozenset({self._peer.node})
        marking = Marking.from_codes(header["marking"], recipients=named)
        refused = Decision(allowed=False, rule="purpose", reason="")
        for purpose in sorted(marking.purposes):
            for basis in sorted(marking.legal_basis):
                situation = situation_of(
                    self._services,
                    is_quarantined=self._is_quarantined,
                    is_own=header["originator"] == self._services.keys.node,
                    kind=header["kind"],
                    size_bytes=0,  # it was in bounds when it was released, and has not grown
                    named=named,
                    purpose=purpose,
                    basis=basis,
                )
                refused = release(marking, recipient=self._recipient, situation=situation)
                if refused.allowed:
                    return ""
        return refused.rule
