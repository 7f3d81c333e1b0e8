# SPDX-License-Identifier: Apache-2.0
"""Who works here: each account with its role, lists, passkeys, and whether they are on duty."""

from lintas.model.marking import Tlp
from lintas.model.people_shown import PersonLine
from lintas.model.viewer import Viewer
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Snapshot
from lintas.work.access import permit
from lintas.work.accounts.viewing import viewer_of
from lintas.work.services import Services


def list_people(services: Services, viewer: Viewer) -> list[PersonLine]:
    """Every account, open ones first, in the order in which they were made.

    Raises:
        NotAllowed: The policy refuses.
    """
    permit(services, viewer, "people.read")

    def look(snapshot: Snapshot) -> list[PersonLine]:
        rows = sorted(snapshot.accounts(), key=lambda row: (row.state == "closed", row.number))
        return [_line(services, snapshot, row) for row in rows]

    return services.store.read(look)


def _line(services: Services, snapshot: Snapshot, row: AccountRow) -> PersonLine:
    now = viewer_of(services, snapshot, row)
    has_shifts = any(one.what == "shift" for one in snapshot.duties_of(row.id))
    return PersonLine(
        id=row.id,
        name=row.name,
        role=row.role,
        clearance=Tlp(row.clearance).label,
        opens=sorted(row.opens.split()),
        state=row.state,
        lists=len(snapshot.lists_of(row.id)),
        passkeys=sum(1 for one in snapshot.credentials_of(row.id) if not one.ended_at),
        duty=("off" if now.is_off_duty else "on") if has_shifts and row.state == "open" else "",
        stands_for=sorted(now.stands_for),
    )
