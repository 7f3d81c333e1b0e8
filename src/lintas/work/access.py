# SPDX-License-Identifier: Apache-2.0
"""What stands before every use case: the policy's decision, the viewer's scope, and the access entry after it.

The access entry says who read what, and why, under which policy; it is durable before content leaves.
"""

from collections.abc import Iterable, Mapping

from lintas.errors import NotAllowed
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy import access as policy
from lintas.policy.access import NOTHING, Thing
from lintas.policy.decision import Decision
from lintas.work.appending import append_content
from lintas.work.services import Services


def permit(services: Services, viewer: Viewer, activity: str, thing: Thing = NOTHING) -> Decision:
    """Ask the policy; what it allows comes back with what it asks for besides.

    Raises:
        NotAllowed: It refuses. The message says why, and what else would refuse it.
    """
    decision = policy.access(services.packs.access, viewer, activity, thing)
    if not decision.allowed:
        reasons = "; ".join((decision.reason, *(reason for _, reason in decision.also)))
        label = services.packs.access.activities[activity].label
        raise NotAllowed(f"You may not {label}: {reasons}.", rule=decision.rule)
    return decision


def scope_of(services: Services, viewer: Viewer, activity: str) -> Scope:
    """What scopes every query that a viewer's activity makes.

    Raises:
        NotAllowed: The policy refuses the activity.
    """
    permit(services, viewer, activity)
    return policy.scope_of(services.packs.access, viewer)


def log_scope_of(services: Services, viewer: Viewer, activity: str = "log.read") -> Scope:
    """What scopes a question about entries that shows nothing of what they say.

    Raises:
        NotAllowed: The policy refuses the activity.
    """
    permit(services, viewer, activity)
    return policy.log_scope_of(services.packs.access, viewer)


def record_access(
    services: Services,
    viewer: Viewer,
    verb: str,
    asked: Mapping[str, object],
    shown: Iterable[str],
    *,
    purpose: str = "",
) -> MessageId:
    """Write one access entry for one request, however many rows it shows; on disk when this returns.

    Args:
        verb: What was done: find, entity, message, alerts, log, export, receipt.
        asked: What the viewer asked for.
        shown: Ids of the messages whose content is about to leave.
    """
    ids = sorted(set(shown))
    said = {
        "viewer": viewer.id,
        "verb": verb,
        "asked": dict(asked),
        "shown": ids,
        "shown_count": len(ids),
        "purpose": purpose or viewer.purpose,
        "policy": services.packs.access.digest,
    }
    if viewer.unmasks:
        said["unmasked"] = True
    # what was asked tells of what is held: only those who may see as much as the asker read it
    marking = Marking(tlp=max(Tlp.AMBER_STRICT, viewer.clearance))
    return append_content(services, Kind.ACCESS, said, marking=marking)[1]
