# SPDX-License-Identifier: Apache-2.0
"""What a notice says: these few fixed words, the organisation's name, one number, one address."""

import json
from typing import NamedTuple

from lintas.model.header import Mode
from lintas.ports.notices import Notice

_EXERCISE = "EXERCISE EXERCISE EXERCISE"


class Mail(NamedTuple):
    """A notice as a mail says it."""

    subject: str
    body: str


def as_mail(notice: Notice) -> Mail:
    """Say it in a mail, as plain text."""
    is_exercise = notice.mode is Mode.EXERCISE
    lines = [
        *([_EXERCISE, ""] if is_exercise else []),
        f"Something waits at your desk at {notice.organisation}.",
        "",
        f"Alerts and decisions that wait for somebody: {notice.waiting}",
        f"Sign in: {notice.console}" if notice.console else "Sign in at your desk to see what it is.",
        "",
        "What it is about is never sent by mail.",
        *(["", _EXERCISE] if is_exercise else []),
    ]
    subject = f"{notice.organisation}: something waits at your desk"
    return Mail(f"EXERCISE: {subject}" if is_exercise else subject, "\n".join(lines) + "\n")


def as_json(notice: Notice) -> bytes:
    """Say it to a webhook: one fixed object, whose bytes are the same at each try while as many wait."""
    said = {
        "v": 1,
        "type": "lintas.desk.waiting",
        "organisation": notice.organisation,
        "mode": notice.mode.value,
        "text": "Something waits at your desk.",
        "waiting": notice.waiting,
        "console": notice.console,
        "made_at": notice.made_at,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def as_phone(notice: Notice, *, kind: str, to: str, desk: str) -> bytes:
    """Say it to a gateway that reaches one phone: one fixed object, whose bytes are the same at each try.

    Args:
        kind: push, sms or voice.
        to: Number of the desk's phone.
        desk: Code of the desk that the phone stands on; empty for all of them.
    """
    exercise = f"{_EXERCISE}. " if notice.mode is Mode.EXERCISE else ""
    said = {
        "v": 1,
        "type": "lintas.desk.unacknowledged",
        "kind": kind,
        "to": to,
        "organisation": notice.organisation,
        "mode": notice.mode.value,
        "desk": desk,
        "text": f"{exercise}{notice.organisation}: something waits at your desk and nobody has acknowledged it.",
        "waiting": notice.waiting,
        "console": notice.console,
        "made_at": notice.made_at,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
