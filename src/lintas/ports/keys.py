# SPDX-License-Identifier: Apache-2.0
"""Keys and randomness: the only place that secrets come from."""

from typing import Protocol

from lintas.model.ids import KeyId, NodeId


class Keys(Protocol):
    """The node's operational keys. Nothing here gives a private key away."""

    @property
    def node(self) -> NodeId:
        """The node's id: digest of its root public key."""

    @property
    def signing_key(self) -> KeyId:
        """Id of the key that signs entries."""

    @property
    def algorithm(self) -> str:
        """Algorithm of the signing key."""

    def sign(self, data: bytes) -> bytes:
        """Sign with the operational signing key."""

    def sign_head(self, data: bytes) -> bytes:
        """Sign a checkpoint with the log key."""

    @property
    def log_public(self) -> bytes:
        """Public half of the log key: 32 bytes."""

    def taken_tag(self, data: bytes, *, source: str, marking: str) -> bytes:
        """Local keyed digest of (bytes, source, marking), to notice the same thing taken twice."""

    def random(self, size_bytes: int) -> bytes:
        """Fresh random bytes."""
