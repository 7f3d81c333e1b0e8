# SPDX-License-Identifier: Apache-2.0
"""Challenges that a passkey is to answer: each used once, soon too old, and never more than so many."""

import json
from collections.abc import Mapping
from typing import Any, Final

from lintas.crypto.passkeys import to_base64url
from lintas.errors import NodeBusy
from lintas.limits import CHALLENGE_S_MAX, CHALLENGES_MAX
from lintas.ports.store import Transaction
from lintas.work.accounts.secret_tokens import digest_of, text_before
from lintas.work.services import Services, as_text

CHALLENGE_BYTES: Final = 32
_CROWDED_S: Final = 30  # seconds that a challenge keeps its place when there are too many


def keep_challenge(
    services: Services, tx: Transaction, purpose: str, challenge: bytes, said: Mapping[str, object]
) -> None:
    """Keep a challenge until it is answered.

    Raises:
        NodeBusy: Too many wait.
    """
    now = services.clock.now()
    tx.forget_challenges(purpose, before=text_before(now, seconds=CHALLENGE_S_MAX))
    if tx.challenges_of(purpose) >= CHALLENGES_MAX:
        tx.forget_challenges(purpose, before=text_before(now, seconds=_CROWDED_S))
    if tx.challenges_of(purpose) >= CHALLENGES_MAX:
        raise NodeBusy("Too many people are signing in at this moment.", hint="Try again in a minute.")
    account = str(said.get("account", ""))
    tx.keep_challenge(_digest(challenge), purpose=purpose, account=account, said=json.dumps(said), made_at=as_text(now))


def said_of(services: Services, tx: Transaction, purpose: str, challenge: bytes) -> dict[str, Any] | None:
    """Use a challenge up and return what was kept with it; None when it is unknown, used or too old."""
    since = text_before(services.clock.now(), seconds=CHALLENGE_S_MAX)
    said = tx.use_challenge(_digest(challenge), purpose=purpose, since=since)
    if said is None:
        return None
    kept: dict[str, Any] = json.loads(said)
    return kept


def _digest(challenge: bytes) -> bytes:
    return digest_of(to_base64url(challenge))
