# SPDX-License-Identifier: Apache-2.0
"""Tell people who are not at the desk that something waits there, and nothing of what."""

from lintas.work.notifying.outbox import announce, forget_others, troubles
from lintas.work.notifying.phones import PhoneRhythm
from lintas.work.notifying.rhythm import Rhythm, Timing
from lintas.work.notifying.words import as_json, as_mail, as_phone

__all__ = [
    "PhoneRhythm",
    "Rhythm",
    "Timing",
    "announce",
    "as_json",
    "as_mail",
    "as_phone",
    "forget_others",
    "troubles",
]
