# SPDX-License-Identifier: Apache-2.0
"""What a person's passkey signs when they answer an order.

Source: docs/spec/orders.md.
"""

from hashlib import sha256
from typing import Final

from lintas.model.ids import MessageId

_PREFIX: Final = b"lintas-assent-v1"


def assent_challenge(order: MessageId, verdict: str) -> bytes:
    """The challenge of WebAuthn under which a verdict on an order is signed; 32 bytes.

    The order's id is the digest of its header, which holds the salted digest of what is ordered: whoever signs this
    signs that one order, word for word, and that one verdict.
    """
    return sha256(b"\x00".join((_PREFIX, verdict.encode("ascii"), bytes.fromhex(order)))).digest()
