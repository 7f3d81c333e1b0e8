# SPDX-License-Identifier: Apache-2.0
"""account access, end-passkey, totp-off, revoke, lost: what somebody signs in with, and ending it."""

from pathlib import Path

from lintas.cli import output
from lintas.errors import WrongUse

ACTIONS = ("access", "end-passkey", "totp-off", "revoke", "lost")


def run(folder: Path, action: str, name: str, *, id_: str, actor: str, as_json: bool) -> int:
    """Do one of `ACTIONS`."""
    from lintas.web.local import sign_in_wire as wire

    if action == "lost":
        return lost(folder, wire.AccessLost(actor=actor, name=name), as_json=as_json)
    if action == "end-passkey" and not id_:
        raise WrongUse("end-passkey needs --id.", hint=f"lintas account {folder} access {name} shows the ids.")
    if action == "access":
        return shown(folder, wire.AccessShow(actor=actor, name=name), as_json=as_json)
    if action == "end-passkey":
        return shown(folder, wire.AccessEnd(actor=actor, name=name, what="passkey", id=id_), as_json=as_json)
    if action == "totp-off":
        return shown(folder, wire.AccessEnd(actor=actor, name=name, what="totp"), as_json=as_json)
    return shown(folder, wire.AccessEnd(actor=actor, name=name, what="sessions", id=id_), as_json=as_json)


def shown(folder: Path, request: object, *, as_json: bool) -> int:
    """Print what somebody signs in with, after what was asked was done."""
    from lintas.cli.asking import have_done
    from lintas.web.local import sign_in_wire, wire

    assert isinstance(request, wire.Request)
    found = have_done(folder, request, sign_in_wire.AccessAnswer)
    if as_json:
        output.json_document(found)
        return 0
    codes = "on" if found.has_codes else "off"
    output.pairs([("account", found.account), ("codes", codes), ("recovery codes", found.recovery_left)])
    output.table(
        ["passkey", "called", "enrolled", "last used", "ended"],
        [(one.id, one.label, one.added_at, one.used_at, one.ended_at) for one in found.passkeys],
    )
    output.table(
        ["session", "device", "signed in with", "since", "last used"],
        [(one.id[:16], one.device, one.how, one.started_at, one.seen_at) for one in found.sessions],
    )
    return 0


def lost(folder: Path, request: object, *, as_json: bool) -> int:
    """Say what was ended, and print the way back in."""
    from lintas.cli.asking import have_done
    from lintas.web.local import serving, sign_in_wire, wire

    assert isinstance(request, wire.Request)
    done = have_done(folder, request, sign_in_wire.LostAnswer)
    running = serving.read(folder)
    address = (running.url if running is not None else "") + done.path
    if as_json:
        output.json_document(
            {
                "account": done.account,
                "passkeys": done.passkeys,
                "had_codes": done.had_codes,
                "sessions": done.sessions,
                "link": address,
                "good_for_s": done.good_for_s,
            }
        )
        return 0
    output.line(address)
    codes = "codes off" if done.had_codes else "no codes"
    output.aside(f"{done.account}: {done.passkeys} passkeys and {done.sessions} sessions ended, {codes}.")
    output.aside(f"The link is good once, for {done.good_for_s // 60} minutes. Give it to the person face to face.")
    return 0
