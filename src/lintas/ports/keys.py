# SPDX-License-Identifier: Apache-2.0
"""The node's keys and its randomness: the only place that secrets come from."""

from typing import Protocol

from lintas.crypto.signing import SigningKey
from lintas.model.ids import NodeId


class Keys(Protocol):
    """The node's operational keys. The root key is not among them: it may stay offline."""

    @property
    def node(self) -> NodeId:
        """The node's id: digest of its root public key."""

    @property
    def signing(self) -> SigningKey:
        """The key that signs entries and what is said to peers."""

    @property
    def log(self) -> SigningKey:
        """The key that signs checkpoints."""

    @property
    def tls(self) -> SigningKey:
        """The key that serves the peer address.

        Raises:
            NodeDamaged: The node was made before nodes had one.
        """

    @property
    def cosign(self) -> SigningKey:
        """The key that countersigns heads of other logs.

        Raises:
            NodeDamaged: The node was made before nodes had one.
        """

    def taken_tag(self, data: bytes, *, source: str, marking: bytes) -> bytes:
        """Local keyed digest of (bytes, source, marking), to notice the same thing taken twice."""

    def random(self, size_bytes: int) -> bytes:
        """Fresh random bytes."""
