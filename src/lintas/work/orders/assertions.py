# SPDX-License-Identifier: Apache-2.0
"""Whether a passkey that answered counts: it is that person's, and it was not ended."""

from lintas.crypto.assents import check_assent
from lintas.crypto.passkeys import Assertion, from_base64url, to_base64url
from lintas.errors import BadInput, NotAllowed
from lintas.model.ids import MessageId
from lintas.ports.store import Snapshot


def check_counts(snapshot: Snapshot, account: str, assertion: Assertion, *, order: MessageId, verdict: str) -> None:
    """Refuse an assertion that is not this person's own passkey over this order and this verdict.

    Raises:
        NotAllowed: Rule `passkey`.
    """
    held = snapshot.credential(to_base64url(assertion.credential))
    if held is None or held.account != account:
        raise NotAllowed("That passkey is not yours on this node.", rule="passkey", hint="Use your own.")
    if held.ended_at:
        raise NotAllowed("That passkey was ended.", rule="passkey", hint="Use another one of yours.")
    try:
        check_assent(from_base64url(held.public), assertion, order=order, verdict=verdict)
    except BadInput as exc:
        raise NotAllowed(
            f"The passkey's answer does not hold: {exc.message}", rule="passkey", hint="Open the page again."
        ) from exc
