# SPDX-License-Identifier: Apache-2.0
"""Sign in by passkey, without typing a name: the authenticator knows who it is for.

Whatever is wrong with an answer, the words are the same.

Source: Web Authentication Level 3, section 7.2.
"""

import json
from typing import Any, Final

from lintas.crypto.passkeys import (
    Assertion,
    asked_of,
    check_assertion,
    from_base64url,
    read_assertion,
    to_base64url,
)
from lintas.errors import BadInput, NotAllowed
from lintas.limits import CHALLENGE_S_MAX
from lintas.ports.sign_in import PasskeyUse
from lintas.ports.store import Transaction
from lintas.work.accounts.challenging import CHALLENGE_BYTES, keep_challenge, said_of
from lintas.work.accounts.noting import TOPIC, note
from lintas.work.accounts.passkeys import user_handle
from lintas.work.accounts.relying_party import RelyingParty, check_works
from lintas.work.accounts.sessions import Started, start
from lintas.work.accounts.tries import charge, subject_of
from lintas.work.services import Services, as_text

_PURPOSE: Final = "passkey-in"
_LABEL: Final = "Passkey"  # of one whose label was lost with the local state of a node


def begin_passkey(services: Services, party: RelyingParty) -> dict[str, Any]:
    """Ask whoever is there for their passkey: PublicKeyCredentialRequestOptionsJSON.

    Raises:
        NotAllowed: Passkeys do not work at this address.
        NodeBusy: Too many were asked.
    """
    check_works(party)
    challenge = services.keys.random(CHALLENGE_BYTES)
    services.store.write(lambda tx: keep_challenge(services, tx, _PURPOSE, challenge, {"rp": party.id}))
    return {
        "challenge": to_base64url(challenge),
        "rpId": party.id,
        "timeout": CHALLENGE_S_MAX * 1000,
        "userVerification": "required",
        "allowCredentials": [],
    }


def sign_in_by_passkey(services: Services, answer: str, *, party: RelyingParty, device: str = "") -> Started:
    """Start a session for whoever's passkey answered.

    Args:
        answer: AuthenticationResponseJSON.

    Raises:
        NotAllowed: Rule `sign-in`: it does not count here. Rule `passkey-copied`: its counter went back. Rule
            `throttled`: too many tries with this passkey.
    """
    check_works(party)
    try:
        given, handle = _read(answer)
        challenge = asked_of(given.client)
    except BadInput as exc:
        raise _refused() from exc
    name = to_base64url(given.credential)
    subject = subject_of("passkey", name)
    charge(services, subject)
    said = services.store.write(lambda tx: said_of(services, tx, _PURPOSE, challenge))
    held = services.store.read(lambda snapshot: snapshot.credential(name))
    if said is None or said["rp"] != party.id or held is None:
        raise _refused()
    try:
        public = from_base64url(held.public)
        count = check_assertion(public, given, challenge=challenge, rp_id=party.id, origins=party.origins)
    except BadInput as exc:
        raise _refused() from exc
    if handle is not None and handle != user_handle(services, held.account):
        raise _refused()

    def enter(tx: Transaction) -> Started | str:
        now, row = tx.credential(name), tx.account(held.account)
        if now is None or now.ended_at or row is None or row.state != "open":
            return "sign-in"
        use = tx.passkey_use(name) or PasskeyUse(name, row.id, _LABEL, 0, "")
        if (count or use.uses) and count <= use.uses:
            note(tx, services, row.id, "passkey_copied")
            return "passkey-copied"
        tx.put_passkey_use(use._replace(uses=count, used_at=as_text(services.clock.now())))
        tx.forget_tries(subject)
        return start(tx, services, row.id, how="passkey", device=device)

    started = services.store.write(enter)
    if started == "passkey-copied":
        services.events.publish(TOPIC)
        raise NotAllowed(
            "This passkey was used elsewhere since: there may be a copy of it.",
            rule="passkey-copied",
            hint="Sign in another way, end it on My access, and tell your supervisor.",
        )
    if isinstance(started, str):
        raise _refused()
    return started


def _read(answer: str) -> tuple[Assertion, bytes | None]:
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError) as exc:
        raise _refused() from exc
    given = read_assertion(said)
    handle = said["response"].get("userHandle")
    return given, None if handle is None else from_base64url(handle)


def _refused() -> NotAllowed:
    return NotAllowed(
        "This passkey does not sign anybody in here.",
        rule="sign-in",
        hint="It was not enrolled on this node, was ended, or took too long. Try again, or sign in another way.",
    )
