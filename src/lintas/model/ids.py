# SPDX-License-Identifier: Apache-2.0
"""Names for the kinds of id, so that the type checker keeps them apart."""

from typing import NewType

MessageId = NewType("MessageId", str)  # 64 lower-case hex digits: SHA-256 of the canonical header
NodeId = NewType("NodeId", str)  # "lintas:" and base32 of the SHA-256 of the root public key
KeyId = NewType("KeyId", str)  # 64 lower-case hex digits
AlertId = NewType("AlertId", str)  # 64 lower-case hex digits: digest of (watch, message, value)
EntityKey = NewType("EntityKey", str)  # id of an entity as its source gave it, or derived from its message
