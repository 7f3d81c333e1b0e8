# SPDX-License-Identifier: Apache-2.0
"""What those on a list see of it."""

import json
from collections import defaultdict
from collections.abc import Mapping

from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.people_shown import NeedListShown, NeedStep
from lintas.model.viewer import Viewer
from lintas.policy.access import may
from lintas.ports.store import Snapshot
from lintas.work.access import permit
from lintas.work.lists.standing import CHANGING
from lintas.work.services import Services

STEPS_MAX = 50  # of one list, newest first


def list_lists(services: Services, viewer: Viewer, *, with_steps: bool = True) -> list[NeedListShown]:
    """The lists that the viewer is on, with what happened on them; for whoever has the node's folder all.

    Args:
        with_steps: Whether what happened is wanted: it reads every entry about lists.

    Raises:
        NotAllowed: The policy refuses.
    """
    permit(services, viewer, "need.read")

    def look(snapshot: Snapshot) -> list[NeedListShown]:
        heads = [one for one in snapshot.need_lists() if viewer.is_folder_owner or one.name in viewer.lists]
        steps = _steps(snapshot, frozenset(one.name for one in heads)) if heads and with_steps else {}
        return [
            NeedListShown(
                name=one.name,
                opened_by=one.opened_by,
                opened_at=one.opened_at,
                closed_at=one.closed_at,
                members=one.members,
                messages=one.messages,
                may_change=may(services.packs.access, viewer, CHANGING, owner=one.opened_by),
                steps=tuple(steps.get(one.name, [])[:STEPS_MAX]),
            )
            for one in heads
        ]

    return services.store.read(look)


def lists_of_message(services: Services, viewer: Viewer, message: MessageId) -> list[str]:
    """Lists that a message is restricted to; the viewer is on all of them, or could not see it.

    Raises:
        NotAllowed: The policy refuses.
    """
    permit(services, viewer, "need.read")

    def look(snapshot: Snapshot) -> list[str]:
        entry = snapshot.entry_by_id(message)
        names = snapshot.lists_on(entry.seq) if entry is not None else []
        return [one for one in names if viewer.is_folder_owner or one in viewer.lists]

    return services.store.read(look)


def _steps(snapshot: Snapshot, names: frozenset[str]) -> Mapping[str, list[NeedStep]]:
    found: dict[str, list[NeedStep]] = defaultdict(list)
    for seq in reversed(snapshot.places_of(Kind.NEED.value)):
        for entry in snapshot.entries(seq, seq + 1):
            header = json.loads(entry.header)
            body = header["body"]
            if body["list"] in names:
                found[body["list"]].append(
                    NeedStep(
                        at=header["created_at"],
                        by=body["by"],
                        action=body["action"],
                        person=body.get("person", ""),
                        messages=len(body.get("messages", ())),
                    )
                )
    return found
