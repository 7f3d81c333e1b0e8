# SPDX-License-Identifier: Apache-2.0
"""Show what is open: one's own, what one is asked to take, what has nobody; to supervisors all that needs an owner."""

from typing import Final

from lintas.errors import UnknownTerm
from lintas.model.handing_answers import HandOver, OpenThing
from lintas.model.viewer import Viewer
from lintas.policy.access import may
from lintas.ports.store import Snapshot
from lintas.work.access import record_access, scope_of
from lintas.work.accounts.people import find_open
from lintas.work.accounts.viewing import viewer_of
from lintas.work.handing.gathering import NEVER, Owner, People, Thing, owner_of, things_in
from lintas.work.services import Services, as_text

HANDS: Final = "hand_over"
SUPERVISES: Final = "duty.change"


def list_open(services: Services, viewer: Viewer, person: str = "") -> HandOver:
    """Show what is open, the next due first.

    Args:
        person: Whose things, for supervisors; one's own when empty.

    Raises:
        NotAllowed: The viewer's role takes nothing over, or they ask for another's and set no shifts.
        UnknownTerm: There is no such account.
    """
    scope = scope_of(services, viewer, HANDS)
    is_supervisor = may(services.packs.access, viewer, SUPERVISES)

    def look(snapshot: Snapshot) -> HandOver:
        whose = find_open(snapshot, person).id if person.strip() else viewer.id
        if whose != viewer.id and not is_supervisor:
            raise UnknownTerm("You see what is open for you, and what is nobody's.")
        people = People.of(services, snapshot)
        now = as_text(services.clock.now())
        rows = [
            (one, owner, shown(one, owner, people, now))
            for one in things_in(services, snapshot, viewer, scope)
            for owner in [owner_of(snapshot, one, people)]
        ]
        rows.sort(key=lambda row: (row[0].due or NEVER, row[0].what, row[0].target))
        them = {viewer.id, *viewer.stands_for} if whose == viewer.id else {whose}
        return HandOver(
            person=whose,
            mine=[row for _, owner, row in rows if owner.person == whose],
            to_me=[row for _, owner, row in rows if owner.offered_to in them],
            nobody=[row for _, owner, row in rows if not owner.person],
            left=[row for _, owner, row in rows if owner.why] if is_supervisor else [],
            is_supervisor=is_supervisor,
            receivers=_receivers(services, snapshot, viewer),
        )

    found = services.store.read(look)
    ids = {one.target for rows in (found.mine, found.to_me, found.nobody, found.left) for one in rows}
    if ids:
        record_access(services, viewer, "hand_over", {"person": found.person}, ids)
    return found


def shown(one: Thing, owner: Owner, people: People, now: str) -> OpenThing:
    """A thing as pages show it."""
    return OpenThing(
        what=one.what,
        target=one.target,
        ref=one.ref,
        title=one.title,
        state=one.state,
        clock=one.clock,
        due=one.due,
        is_missed=bool(one.due) and one.due <= now,
        address=one.address,
        owner=owner.person,
        owner_name=people.names.get(owner.person, owner.person),
        offered_to=owner.offered_to,
        offered_name=people.names.get(owner.offered_to, owner.offered_to),
        why=owner.why,
    )


def _receivers(services: Services, snapshot: Snapshot, viewer: Viewer) -> list[tuple[str, str]]:
    """Whom things can be offered to: open accounts whose role takes over, and who are not out of their shifts."""
    found = []
    for row in snapshot.accounts():
        if row.state == "open" and row.id != viewer.id:
            who = viewer_of(services, snapshot, row)
            if not who.is_off_duty and may(services.packs.access, who, HANDS):
                found.append((row.id, row.name))
    return found
