# SPDX-License-Identifier: Apache-2.0
"""What a person's passkey signs when they answer an order, and whether it did.

Source: docs/spec/orders.md; W3C Web Authentication Level 3, section 7.2.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final
from urllib.parse import urlsplit

from lintas.crypto.passkeys import Assertion, check_assertion, from_base64url
from lintas.errors import BadSignature
from lintas.model.ids import MessageId

_PREFIX: Final = b"lintas-assent-v1"


def assent_challenge(order: MessageId, verdict: str) -> bytes:
    """The challenge of WebAuthn under which a verdict on an order is signed; 32 bytes.

    The order's id is the digest of its header, which holds the salted digest of what is ordered: whoever signs this
    signs that one order, word for word, and that one verdict.
    """
    return sha256(b"\x00".join((_PREFIX, verdict.encode("ascii"), bytes.fromhex(order)))).digest()


def check_assent(public: bytes, assertion: Assertion, *, order: MessageId, verdict: str) -> None:
    """Check that a passkey's owner answered one order with one verdict, wherever the console stood then.

    A passkey answers to the host alone that it was enrolled at. Which host that was is taken from what the browser
    said: it must be the one whose digest the authenticator signed, or below it.

    Args:
        public: The COSE_Key that was enrolled.

    Raises:
        BadSignature: They did not.
        MalformedKey: The key cannot be used.
    """
    origin, rp_id = _site(assertion)
    challenge = assent_challenge(order, verdict)
    check_assertion(public, assertion, challenge=challenge, rp_id=rp_id, origins={origin})


def assertion_of(body: Mapping[str, Any]) -> Assertion:
    """The assertion that the body of an `assent` holds.

    Raises:
        BadSignature: It holds none, or not whole.
    """
    return Assertion(
        credential=from_base64url(body.get("credential")),
        authenticator=from_base64url(body.get("authenticator")),
        client=from_base64url(body.get("client")),
        signature=from_base64url(body.get("signature")),
    )


def _site(assertion: Assertion) -> tuple[str, str]:
    """The page's origin, and the host whose digest the authenticator signed."""
    try:
        said = json.loads(assertion.client.decode("utf-8"))
        origin = said["origin"]
        parts = urlsplit(origin)
        host = parts.hostname or ""
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as exc:
        raise BadSignature("The browser's part of the answer cannot be read.") from exc
    is_local = host == "localhost" or host.endswith(".localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_local):
        raise BadSignature("The answer was given on a page that nothing protects.")
    labels = host.split(".")
    for start in range(len(labels)):
        rp_id = ".".join(labels[start:])
        is_whole = start == 0 or "." in rp_id  # never a whole top-level domain
        if is_whole and assertion.authenticator[:32] == sha256(rp_id.encode()).digest():
            return origin, rp_id
    raise BadSignature("The passkey belongs to another site.")
