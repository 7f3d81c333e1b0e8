# SPDX-License-Identifier: Apache-2.0
"""Codes of an app (TOTP): turn them on, check them, turn them off.

Source: RFC 6238, with SHA-1, 6 digits and 30 seconds, which every app knows; one step before or after is taken
(section 5.2), and no code opens twice.
"""

import base64
import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import pyotp
import segno

from lintas.errors import NotAllowed
from lintas.limits import CHALLENGE_S_MAX
from lintas.ports.sign_in import TotpRow
from lintas.ports.store import Transaction
from lintas.work.accounts.noting import note
from lintas.work.accounts.secret_tokens import digest_of, new_token, text_before
from lintas.work.accounts.tries import charge, subject_of
from lintas.work.services import Services, as_text

STEP_S: Final = 30
SECRET_BYTES: Final = 20  # RFC 4226 section 4, R6: 160 bits
_PURPOSE: Final = "totp"
_AROUND: Final = (0, -1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A secret that a person is about to put into their app; it counts once they showed a code of it."""

    token: str  # names the offer
    secret: str  # base32, for typing
    address: str  # otpauth://, for an app on the same device
    drawing: str  # SVG of the address, as a data: URL


def step_of(secret: bytes, code: str, *, now: datetime, after: int) -> int | None:
    """The time step that a code belongs to; None when it is wrong, too old, or not later than `after`."""
    plain = "".join(code.split())
    if len(plain) != 6 or not plain.isascii() or not plain.isdecimal():
        return None
    totp = pyotp.TOTP(base64.b32encode(secret).decode("ascii"))
    at = int(now.timestamp()) // STEP_S
    fits = [at + by for by in _AROUND if pyotp.utils.strings_equal(totp.generate_otp(at + by), plain)]
    return next((step for step in fits if step > after), None)


def offer_codes(services: Services, account: str) -> Offer:
    """Make a secret and keep it until the person shows a code of it."""
    secret = services.keys.random(SECRET_BYTES)
    token = new_token(services.keys)
    now = services.clock.now()

    def keep(tx: Transaction) -> str:
        tx.forget_challenges(_PURPOSE, before=text_before(now, seconds=2 * CHALLENGE_S_MAX))
        _keep(tx, token, account, secret, as_text(now))
        row = tx.account(account)
        assert row is not None, "who is signed in has an account"
        return row.name

    return _offer(services, token, secret, services.store.write(keep))


def turn_on(services: Services, account: str, token: str, code: str) -> Offer | None:
    """Turn codes on, or off and on with another secret, once a code of it is shown.

    Returns:
        None when they are on; the same offer again when the code is wrong.

    Raises:
        NotAllowed: The offer is too old; too many codes were wrong.
    """
    charge(services, subject_of("totp", account))
    now = services.clock.now()

    def turn(tx: Transaction) -> tuple[bytes, str] | None:
        since = text_before(now, seconds=2 * CHALLENGE_S_MAX)
        said = tx.use_challenge(digest_of(token), purpose=_PURPOSE, since=since)
        kept = json.loads(said) if said else {}
        row = tx.account(account)
        if kept.get("account") != account or row is None:
            raise NotAllowed("This took too long.", rule="totp", hint="Begin again on My access.")
        secret = bytes.fromhex(kept["secret"])
        step = step_of(secret, code, now=now, after=0)
        if step is None:
            _keep(tx, token, account, secret, kept["made_at"])
            return secret, row.name
        tx.put_totp(TotpRow(account, secret, step))
        tx.forget_tries(subject_of("totp", account))
        note(tx, services, account, "totp_on")
        return None

    again = services.store.write(turn)
    return None if again is None else _offer(services, token, *again)


def turn_off(services: Services, account: str, code: str) -> None:
    """Turn codes off, with a code: whoever finds a browser open cannot.

    Raises:
        NotAllowed: The code is wrong, or too many were.
    """
    subject = subject_of("totp", account)
    charge(services, subject)

    def turn(tx: Transaction) -> bool:
        row = tx.totp(account)
        if row is None or step_of(row.secret, code, now=services.clock.now(), after=row.last_step) is None:
            return False
        tx.end_totp(account)
        tx.forget_tries(subject)
        note(tx, services, account, "totp_off")
        return True

    if not services.store.write(turn):
        raise NotAllowed("The code is wrong, or was used before.", rule="totp", hint="Wait for the next one.")


def _keep(tx: Transaction, token: str, account: str, secret: bytes, made_at: str) -> None:
    said = json.dumps({"account": account, "secret": secret.hex(), "made_at": made_at})
    tx.keep_challenge(digest_of(token), purpose=_PURPOSE, account=account, said=said, made_at=made_at)


def _offer(services: Services, token: str, secret: bytes, name: str) -> Offer:
    plain = base64.b32encode(secret).decode("ascii")
    address = pyotp.TOTP(plain).provisioning_uri(name=name, issuer_name=f"Lintas {services.config.name}")
    drawing = io.BytesIO()
    segno.make(address, error="m").save(
        drawing, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True, nl=False,
        title="Code for your app",
    )  # fmt: skip
    picture = "data:image/svg+xml;base64," + base64.b64encode(drawing.getvalue()).decode("ascii")
    return Offer(token=token, secret=plain, address=address, drawing=picture)
