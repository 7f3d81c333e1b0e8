# SPDX-License-Identifier: Apache-2.0
"""Tell people who are not at the desk that something waits there, and nothing of what."""

from lintas.work.notifying.outbox import announce, forget_others, troubles
from lintas.work.notifying.rhythm import Rhythm
from lintas.work.notifying.words import as_json, as_mail

__all__ = ["Rhythm", "announce", "as_json", "as_mail", "forget_others", "troubles"]
