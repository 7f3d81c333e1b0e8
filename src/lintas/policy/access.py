# SPDX-License-Identifier: Apache-2.0
"""Who of this agency may see a message.

The same rule stands in SQL as `message.tlp <= :clearance` (every query of `store/sql/find.sql`); a property test
holds the two equal.
"""

from collections.abc import Callable
from typing import Final

from lintas.model.marking import Marking, Tlp
from lintas.model.viewer import Viewer
from lintas.policy.decision import Decision

_REFUSALS: Final[tuple[tuple[str, Callable[[Viewer, Marking], bool], str], ...]] = (
    ("role", lambda v, _: v.role == "operator", "operators keep the node running and see no content"),
    ("clearance", lambda v, m: m.tlp > v.clearance, "it is marked stricter than you are cleared for"),
)


def may_see(viewer: Viewer, marking: Marking) -> Decision:
    """Say whether a viewer may see a message with this marking. The first refusal in the table wins."""
    for rule, refuses, reason in _REFUSALS:
        if refuses(viewer, marking):
            return Decision(allowed=False, rule=rule, reason=reason)
    return Decision(allowed=True, rule="cleared", reason="you are cleared for its marking")


def may_read_access(viewer: Viewer, asker: str) -> Decision:
    """Say whether a viewer may read what somebody asked: their own questions, and supervisors those of all."""
    if viewer.id == asker:
        return Decision(allowed=True, rule="own", reason="you asked it yourself")
    if viewer.role == "supervisor":
        return Decision(allowed=True, rule="supervisor", reason="a supervisor answers for what is asked")
    if viewer.id.startswith("local:"):
        return Decision(allowed=True, rule="operator-of-the-folder", reason="whoever has the node's folder has it all")
    return Decision(allowed=False, rule="others-questions", reason="what others asked is for them and their supervisor")


def may_erase_access(viewer: Viewer) -> Decision:
    """Say whether a viewer may erase what was asked: not those whose questions it is there to show."""
    if viewer.role == "supervisor" or viewer.id.startswith("local:"):
        return Decision(allowed=True, rule="supervisor", reason="a supervisor answers for what is asked")
    return Decision(allowed=False, rule="trace", reason="who asked what is erased by a supervisor")


def may_erase_of_peers(viewer: Viewer) -> Decision:
    """Say whether a viewer may erase what shows who a peer is, how it was introduced and what it did wrong."""
    if viewer.role == "supervisor" or viewer.id.startswith("local:"):
        return Decision(allowed=True, rule="supervisor", reason="a supervisor answers for who is a peer")
    return Decision(allowed=False, rule="peers", reason="what shows how a peer came in is erased by a supervisor")


def may_end_watch(viewer: Viewer, owner: str) -> Decision:
    """Say whether a viewer may end a watch, by ending it or by erasing it."""
    if viewer.id == owner:
        return Decision(allowed=True, rule="own", reason="it is your own")
    if viewer.role == "supervisor" or viewer.id.startswith("local:"):
        return Decision(allowed=True, rule="supervisor", reason="a supervisor answers for what is watched")
    return Decision(allowed=False, rule="owner", reason="only its owner or a supervisor ends a watch")


def may_hand_over(viewer: Viewer, *, has: str, owner: str) -> Decision:
    """Say whether a viewer may give an alert to somebody else: who has it, its watch's owner, a supervisor."""
    if viewer.id == has:
        return Decision(allowed=True, rule="has", reason="you have it")
    if viewer.id == owner:
        return Decision(allowed=True, rule="own", reason="it met your own watch")
    if viewer.role == "supervisor" or viewer.id.startswith("local:"):
        return Decision(allowed=True, rule="supervisor", reason="a supervisor answers for who works on what")
    return Decision(
        allowed=False, rule="holder", reason="only who has it, its watch's owner or a supervisor hands it over"
    )


def clearance_of(viewer: Viewer) -> int:
    """The same rule as a number for SQL: the highest TLP that may be seen, -1 for nothing."""
    if viewer.role == "operator":
        return -1
    return int(Tlp(viewer.clearance))
