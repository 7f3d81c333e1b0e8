# SPDX-License-Identifier: Apache-2.0
"""Who may sign an entry at its place: this node's keys, and for what came from a peer, that peer's.

A peer's key entry stands in this log as its root signed it. Its later messages count here under the newest of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lintas.crypto.envelope import verify_header
from lintas.crypto.signing import key_id, node_id
from lintas.errors import NodeDamaged
from lintas.model.found import EntryHead
from lintas.model.header_rules import LOCAL_CHANNEL
from lintas.work.proving.entries import signed_of

FOREIGN: Final = frozenset({"item", "descriptor", "receipt", "rejection"})  # what travels
_ROLES: Final = ("signing", "log", "tls", "cosign")


@dataclass(slots=True)
class _Keys:
    serial: int
    signing: Mapping[str, bytes]


@dataclass(slots=True)
class Signers:
    """The keys that count, as the entries so far give them."""

    node: str
    mode: str
    keys: dict[str, _Keys] = field(default_factory=dict)  # by node
    log_keys: dict[bytes, int | None] = field(default_factory=dict)  # this node's, to the entry that revoked it

    def check(self, entry: EntryHead, header: Mapping[str, Any]) -> None:
        """Check who made an entry and that they signed it.

        Raises:
            NodeDamaged: It is of nobody who may stand here, or signed with a key that does not count.
            BadSignature: The signature does not verify.
        """
        if header["kind"] == "key":
            self._key(entry, header)
            return
        held = self.keys.get(header["originator"])
        public = None if held is None else held.signing.get(entry.key_id)
        if public is None:
            raise NodeDamaged("It is signed by a key that no earlier entry made valid.")
        verify_header(signed_of(entry), public)

    def stranger(self, header: Mapping[str, Any]) -> str:
        """Why a header cannot stand in this log; empty when it can."""
        originator, kind = header["originator"], header["kind"]
        is_known = originator == self.node or kind == "key" or originator in self.keys
        if not is_known or header["mode"] != self.mode:
            return "it was made by another node or in another mode"
        if originator != self.node and kind != "key" and (kind not in FOREIGN or header["channel"] == LOCAL_CHANNEL):
            return f"it is a local {kind} message of another node, which never leaves it"
        return ""

    def log_key_at(self, public: bytes, size: int) -> bool:
        """Whether a key could sign a head over so many entries: it was named before, and not revoked by then."""
        revoked = self.log_keys.get(public)
        return public in self.log_keys and (revoked is None or size <= revoked)

    def _key(self, entry: EntryHead, header: Mapping[str, Any]) -> None:
        body: dict[str, Any] = header["body"]
        root = bytes.fromhex(body["root"])
        if node_id(root) != header["originator"]:
            raise NodeDamaged("It names the root of another node.")
        verify_header(signed_of(entry), root)
        named = {role: {key["id"]: bytes.fromhex(key["public"]) for key in body.get(role, [])} for role in _ROLES}
        if any(key_id(public) != name for keys in named.values() for name, public in keys.items()):
            raise NodeDamaged("It names a key by an id that is not the key's.")
        serial, held = body.get("serial", 0), self.keys.get(header["originator"])
        if held is not None and serial <= held.serial:
            raise NodeDamaged("It names older keys than an earlier entry of that node.")
        revoked = frozenset(body.get("revoked", ()))
        signing = {name: public for name, public in named["signing"].items() if name not in revoked}
        self.keys[header["originator"]] = _Keys(serial, signing)
        if header["originator"] == self.node:
            self.log_keys |= {public: None for public in named["log"].values() if public not in self.log_keys}
            for public in self.log_keys:
                if key_id(public) in revoked and self.log_keys[public] is None:
                    self.log_keys[public] = entry.seq
