# SPDX-License-Identifier: Apache-2.0
"""The access entry: who read what, and why; durable before content leaves."""

from collections.abc import Iterable, Mapping

from lintas.errors import NotAllowed
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.policy.access import clearance_of
from lintas.work.appending import append_content
from lintas.work.services import Services

_SHOWN_MAX = 1_000  # message ids listed in one access entry; beyond that their number stands


def clearance(viewer: Viewer) -> int:
    """The number that scopes every query of this viewer.

    Raises:
        NotAllowed: The viewer sees no content at all.
    """
    level = clearance_of(viewer)
    if level < 0:
        raise NotAllowed("Operators keep the node running and see no content.", rule="role")
    return level


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
        "shown": ids[:_SHOWN_MAX],
        "shown_count": len(ids),
        "purpose": purpose,
    }
    # what was asked tells of what is held: only those who may see as much as the asker read it
    marking = Marking(tlp=max(Tlp.AMBER_STRICT, viewer.clearance))
    return append_content(services, Kind.ACCESS, said, marking=marking)[1]
