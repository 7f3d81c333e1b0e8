# SPDX-License-Identifier: Apache-2.0
"""When an act binds: from the first passkey on this node, what binds is done through an order and not directly."""

from lintas.errors import NotAllowed
from lintas.model.header import Kind
from lintas.model.viewer import Viewer
from lintas.policy import access as policy
from lintas.policy.access import NOTHING, Thing
from lintas.policy.decision import Obligation
from lintas.ports.store import Snapshot
from lintas.work.services import Services

_APPROVE = "orders.approve"
_PEOPLE = "people.change"


def is_bound(snapshot: Snapshot) -> bool:
    """Whether anybody ever enrolled a passkey on this node; it never ends."""
    return bool(snapshot.places_of(Kind.CREDENTIAL.value))


def approvers(services: Services, snapshot: Snapshot) -> frozenset[str]:
    """Open accounts with a passkey whose role may answer what others propose."""
    roles = services.packs.access.activities[_APPROVE].roles
    enrolled = {one.account for one in snapshot.credentials()}
    return frozenset(
        row.id for row in snapshot.accounts() if row.state == "open" and row.id in enrolled and row.role in roles
    )


def must_order(services: Services, snapshot: Snapshot, viewer: Viewer, activity: str, thing: Thing = NOTHING) -> bool:
    """Whether an act that the policy allows has to go through an order.

    A protected class that asks for a second person asks for it also where nobody has a passkey yet: then it waits until
    two have one. People are changed without one when nobody is left who could answer it: else a node whose passkeys
    are all lost could never have another one.
    """
    if policy.takes_two(services.packs.access, activity, thing.classes):
        return True
    decision = policy.access(services.packs.access, viewer, activity, thing)
    if not decision.obligations & {Obligation.ASSERTION, Obligation.SECOND} or not is_bound(snapshot):
        return False
    return activity != _PEOPLE or bool(approvers(services, snapshot))


def needs_second(services: Services, snapshot: Snapshot, activity: str, classes: int, *, is_lone: bool = False) -> bool:
    """Whether a second named person is needed before an act takes effect.

    For a protected class that says so always; else from the second person on who could be one.

    Args:
        is_lone: One is enough for this one: a fast lane is in force for it.
    """
    if policy.takes_two(services.packs.access, activity, classes):
        return True
    if is_lone:
        return False
    return services.packs.access.activities[activity].four_eyes and len(approvers(services, snapshot)) > 1


def check_unordered(
    services: Services, snapshot: Snapshot, viewer: Viewer, activity: str, thing: Thing = NOTHING
) -> None:
    """Refuse to do directly what has to be ordered.

    Raises:
        NotAllowed: Rule `needs-order`.
    """
    if must_order(services, snapshot, viewer, activity, thing):
        label = services.packs.access.activities[activity].label
        raise NotAllowed(
            f"To {label} needs a named person's own passkey here.",
            rule="needs-order",
            hint="Sign in to the console, propose it there and confirm it with your passkey.",
        )
