# SPDX-License-Identifier: Apache-2.0
"""See what is masked: for one view, for a purpose, and with a trace that those who answer for the item see.

Source: domain rules on victims, children and witnesses; what needs a second person stands in the access pack.
"""

import json
from dataclasses import replace

from lintas.errors import NotAllowed
from lintas.model.find_answers import Unmasking
from lintas.model.found import MessageHead
from lintas.model.marking import classes_of
from lintas.model.scope import WHOLE, Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import Thing, kept_masked, may
from lintas.policy.access import scope_of as policy_scope_of
from lintas.ports.store import Snapshot
from lintas.work.access import permit
from lintas.work.binding import granted
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services

UNMASK = "unmask"  # how access entries name it
UNMASK_EXPORT = "unmask.export"  # as above: it was saved too
_SHOWN_MAX = 50
_SEQ_MAX = 2**62


def unmasks(services: Services, viewer: Viewer, purpose: str) -> tuple[Viewer, Scope]:
    """The viewer and the scope of one view that is not masked; nothing of it is remembered.

    What needs a second person to be unmasked stays masked in this scope.

    Raises:
        NotAllowed: Their role may not, or they said no purpose.
    """
    asking = replace(viewer, purpose=purpose.strip(), unmasks=True)
    permit(services, asking, UNMASK)
    return asking, policy_scope_of(services.packs.access, asking)


def withheld(services: Services, head: MessageHead) -> str:
    """The sentence that stands in the place of what is masked."""
    rows = services.packs.access.classes
    labels = sorted(rows[one].label.lower() for one in classes_of(head.masked))
    return f"What it says is withheld (class: {', '.join(labels)}). Unmask it if you must, and say what for."


def check_alone(services: Services, snapshot: Snapshot, viewer: Viewer, head: MessageHead) -> None:
    """Refuse to unmask what takes two people.

    Raises:
        NotAllowed: It is masked by a class that needs a second person, or another rule of the policy refuses it.
    """
    permit(services, viewer, UNMASK, Thing(tlp=head.tlp, classes=head.classes))
    kept = kept_masked(services.packs.access, head.classes)
    if kept and granted(services, snapshot, viewer, UNMASK, [head.id]) is None:
        named = sorted(row.label.lower() for row in kept)
        raise NotAllowed(
            f"It is about a {', '.join(named)}: one person alone does not unmask it.",
            rule="needs-order",
            hint="Propose it on the message's page; a second named person approves it.",
        )


def unmaskings(services: Services, snapshot: Snapshot, viewer: Viewer, head: MessageHead) -> list[Unmasking]:
    """Who unmasked a message, newest first: for whoever took it, is on a list of it, or may see who saw messages."""
    if not head.classes or not _answers_for(services, snapshot, viewer, head):
        return []
    seen = snapshot.seen(head.id, before=_SEQ_MAX, limit=500)
    found = [one for one in seen if one.verb in (UNMASK, UNMASK_EXPORT)]
    return [Unmasking(by=one.viewer, at=one.at, purpose=one.purpose) for one in found[:_SHOWN_MAX]]


def _answers_for(services: Services, snapshot: Snapshot, viewer: Viewer, head: MessageHead) -> bool:
    if may(services.packs.access, viewer, "seen.read"):
        return True
    if viewer.lists & frozenset(snapshot.lists_on(head.seq)):
        return True
    intakes = [head.id] if head.kind == "intake" else snapshot.intakes_of(head.seq, scope=WHOLE)
    for intake in intakes:
        entry = snapshot.entry_by_id(intake)
        data = payload_bytes(services, snapshot, entry.seq) if entry is not None else None
        if data is not None and json.loads(data).get("by") == viewer.id:
            return True
    return False
