# SPDX-License-Identifier: Apache-2.0
"""A person's passkeys: enrol, list, name, end.

A public key stands in the log, because orders are checked with it later. A person's first passkey is theirs by the
session in which it is enrolled; every further one names the order by which somebody vouched for it.

What is true if we die: a challenge is used up before its answer is looked at, so no answer counts twice; the entry and
the label are one write.

Source: Web Authentication Level 3, section 7.1.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from lintas.crypto.passkeys import ALGORITHMS, CREDENTIAL_BYTES_MAX, algorithm_of, from_base64url, to_base64url
from lintas.errors import BadSignature, NotAllowed, OverLimit, UnknownTerm, WrongUse
from lintas.limits import CHALLENGE_S_MAX, PASSKEYS_MAX
from lintas.model.header import Kind
from lintas.model.people import CredentialHead
from lintas.ports.sign_in import PasskeyUse
from lintas.ports.store import Snapshot, Transaction
from lintas.work.accounts.challenging import CHALLENGE_BYTES, keep_challenge, said_of
from lintas.work.accounts.relying_party import RelyingParty, check_works
from lintas.work.accounts.vouching import NOBODY_YET, others_who_may, vouched_for
from lintas.work.appending import append, prepare_control
from lintas.work.services import Services

LABEL_CHARS_MAX: Final = 60
_PURPOSE: Final = "passkey-enrol"


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyShown:
    """One passkey, for its owner."""

    id: str  # base64url
    label: str
    added_at: str
    used_at: str  # empty until it signed in
    ended_at: str  # empty while it stands
    vouched_by: str  # id of an order; empty for the first


def user_handle(services: Services, account: str) -> bytes:
    """What an authenticator knows a person by: it tells nothing of who they are, and is another one on each node."""
    return sha256(f"lintas-user\x00{services.keys.node}\x00{account}".encode()).digest()


def list_passkeys(services: Services, account: str) -> tuple[PasskeyShown, ...]:
    """A person's passkeys, oldest first, ended ones too."""
    return services.store.read(lambda snapshot: shown_passkeys(snapshot, account))


def shown_passkeys(snapshot: Snapshot, account: str) -> tuple[PasskeyShown, ...]:
    """The same, in a read of the caller's."""
    return tuple(_shown(snapshot, one) for one in snapshot.credentials_of(account))


def begin_enrolment(services: Services, account: str, party: RelyingParty) -> dict[str, Any]:
    """Ask for a new passkey of somebody who is signed in: PublicKeyCredentialCreationOptionsJSON.

    Raises:
        NotAllowed: Nobody vouched for a further one, or passkeys do not work at this address.
        OverLimit: They have too many.
    """
    check_works(party)
    challenge = services.keys.random(CHALLENGE_BYTES)

    def keep(tx: Transaction) -> tuple[str, list[str]]:
        row = tx.account(account)
        assert row is not None, "who is signed in has an account"
        _check_may(services, tx, account)
        keep_challenge(services, tx, _PURPOSE, challenge, {"account": account, "rp": party.id})
        return row.name, [one.id for one in tx.credentials_of(account) if not one.ended_at]

    name, held = services.store.write(keep)
    return {
        "rp": {"id": party.id, "name": f"Lintas {services.config.name}"},
        "user": {"id": to_base64url(user_handle(services, account)), "name": account, "displayName": name},
        "challenge": to_base64url(challenge),
        "pubKeyCredParams": [{"type": "public-key", "alg": one} for one in ALGORITHMS],
        "timeout": CHALLENGE_S_MAX * 1000,
        "excludeCredentials": [{"type": "public-key", "id": one} for one in held],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def enrol(services: Services, account: str, answer: str, *, label: str, party: RelyingParty) -> PasskeyShown:
    """Take a new passkey, as the browser gave it.

    Args:
        answer: RegistrationResponseJSON.
        label: What the person calls it.

    Raises:
        NotAllowed: It answers no question of ours, or nobody vouched for it.
        WrongUse: The label is no name, or the passkey is enrolled already.
    """
    plain = _label(label)
    check_works(party)
    given, challenge = _read(answer)
    said = services.store.write(lambda tx: said_of(services, tx, _PURPOSE, challenge))
    if said is None or said["account"] != account or said["rp"] != party.id:
        raise NotAllowed("This took too long, or was not asked here.", rule="passkey", hint="Begin again on My access.")
    credential, public = _verified(given, challenge, party)
    algorithm = algorithm_of(public)

    def add(tx: Transaction) -> PasskeyShown:
        vouched_by = _check_may(services, tx, account)
        name = to_base64url(credential)
        if tx.credential(name) is not None:
            raise WrongUse("This passkey is enrolled already.")
        body = {
            "account": account,
            "action": "added",
            "algorithm": algorithm,
            "by": account,
            "credential": name,
            "public": to_base64url(public),
            "vouched_by": vouched_by,
        }
        append(tx, prepare_control(services, Kind.CREDENTIAL, body))
        tx.put_passkey_use(PasskeyUse(name, account, plain, 0, ""))
        held = tx.credential(name)
        assert held is not None, "it was just added"
        return _shown(tx, held)

    return services.store.write(add)


def rename_passkey(services: Services, account: str, credential: str, label: str) -> None:
    """Call one's own passkey something else.

    Raises:
        UnknownTerm: They have no such passkey.
        WrongUse: The label is no name.
    """
    plain = _label(label)

    def change(tx: Transaction) -> None:
        held = _own(tx, account, credential)
        use = tx.passkey_use(held.id) or PasskeyUse(held.id, account, plain, 0, "")
        tx.put_passkey_use(use._replace(label=plain))

    services.store.write(change)


def end_passkey(services: Services, account: str, credential: str, *, by: str) -> None:
    """End a passkey: nothing signed with it from now on counts. What it signed before stands.

    Raises:
        UnknownTerm: They have no such passkey.
        NotAllowed: It is the only thing that they sign in with; or a new one would need nobody who vouches for it, so
            that whoever finds a browser open could put theirs in its place.
    """

    def end(tx: Transaction) -> None:
        held = _own(tx, account, credential)
        row = tx.account(account)
        others = [one for one in tx.credentials_of(account) if not one.ended_at and one.id != held.id]
        if by == account and row is not None and not row.password and not row.subject and not others:
            raise NotAllowed(
                "It is the only thing that you sign in with.",
                rule="last-passkey",
                hint="If it is lost, ask a supervisor: everything is ended then, and you get a link.",
            )
        if by == account and not others and not others_who_may(services, tx, account):
            raise NotAllowed(
                "It is your last one, and nobody else here could vouch for another.",
                rule="last-passkey",
                hint="Enrol another one first. If it is lost: lintas account DIR lost NAME, on the node's machine.",
            )
        end_in(services, tx, held, by=by)

    services.store.write(end)


def end_in(services: Services, tx: Transaction, held: CredentialHead, *, by: str) -> None:
    """End a passkey as part of the caller's transaction."""
    body = {
        "account": held.account,
        "action": "ended",
        "algorithm": held.algorithm,
        "by": by,
        "credential": held.id,
        "public": held.public,
        "vouched_by": held.vouched_by,
    }
    append(tx, prepare_control(services, Kind.CREDENTIAL, body))


def _check_may(services: Services, snapshot: Snapshot, account: str) -> str:
    """The order that vouches for a further passkey; empty for a person's first.

    Raises:
        NotAllowed: Rule `vouch`: nobody did.
        OverLimit: They have too many.
    """
    held = snapshot.credentials_of(account)
    if sum(not one.ended_at for one in held) >= PASSKEYS_MAX:
        raise OverLimit(f"A person has up to {PASSKEYS_MAX} passkeys.", hint="End one that is not used.")
    order = vouched_for(services, snapshot, account)
    if order is None:
        raise NotAllowed(
            "Somebody has to vouch for a further passkey first.",
            rule="vouch",
            hint="Confirm it with one that you have, on My access, or ask somebody who may change people.",
        )
    return "" if order is NOBODY_YET else order


def _own(snapshot: Snapshot, account: str, credential: str) -> CredentialHead:
    held = snapshot.credential(credential)
    if held is None or held.account != account or held.ended_at:
        raise UnknownTerm("There is no such passkey.", hint="My access shows those that there are.")
    return held


def _shown(snapshot: Snapshot, head: CredentialHead) -> PasskeyShown:
    use = snapshot.passkey_use(head.id)
    return PasskeyShown(
        id=head.id,
        label=use.label if use is not None else "Passkey",  # of a node restored without its local state
        added_at=head.added_at,
        used_at=use.used_at if use is not None else "",
        ended_at=head.ended_at,
        vouched_by=head.vouched_by,
    )


def _label(label: str) -> str:
    plain = " ".join(label.split())
    if not 1 <= len(plain) <= LABEL_CHARS_MAX or not plain.isprintable():
        raise WrongUse(
            f"A passkey is called something of 1 to {LABEL_CHARS_MAX} characters.", hint="Such as: my phone."
        )
    return plain


def _read(answer: str) -> tuple[Mapping[str, Any], bytes]:
    try:
        given = json.loads(answer)
    except (ValueError, RecursionError) as exc:
        raise _bad() from exc
    response = given.get("response") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(response, dict):
        raise _bad()
    try:
        client = json.loads(from_base64url(response.get("clientDataJSON")).decode("utf-8"))
        return given, from_base64url(client.get("challenge") if isinstance(client, dict) else None)
    except (BadSignature, ValueError, RecursionError) as exc:
        raise _bad() from exc


def _verified(given: Mapping[str, Any], challenge: bytes, party: RelyingParty) -> tuple[bytes, bytes]:
    """Credential id and public key (COSE_Key) of an answer that holds."""
    import webauthn  # noqa: PLC0415  # costs time at import, and only an enrolment needs it
    from webauthn.helpers.cose import COSEAlgorithmIdentifier  # noqa: PLC0415  # as above

    try:
        done = webauthn.verify_registration_response(
            credential=dict(given),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=sorted(party.origins),
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(one) for one in ALGORITHMS],
        )
    except Exception as exc:  # it reads a stranger's bytes; what it raises for them is not written down
        raise _bad() from exc
    if not 16 <= len(done.credential_id) <= CREDENTIAL_BYTES_MAX:
        raise _bad()
    return done.credential_id, done.credential_public_key


def _bad() -> NotAllowed:
    return NotAllowed("The passkey's answer does not hold.", rule="passkey", hint="Begin again on My access.")
