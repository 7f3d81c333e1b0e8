# SPDX-License-Identifier: Apache-2.0
"""From an account to the viewer that the policy asks about, as everything stands at this moment."""

from lintas.model.marking import Protected, Tlp
from lintas.model.viewer import Viewer
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Snapshot
from lintas.work.services import Services, as_text


def viewer_of(services: Services, snapshot: Snapshot, account: AccountRow, *, session: str = "") -> Viewer:
    """Who somebody is to the policy now: role, clearance, lists, shift, and whose deputy they are.

    A deputy is on the lists of the person whom they stand in for, while that one works here; their own role stays.
    """
    now = as_text(services.clock.now())
    duties = snapshot.duties_of(account.id)
    shifts = [one for one in duties if one.what == "shift"]
    absent = (one.stands_for for one in duties if one.what == "deputy" and one.is_on(now))
    stands_for = frozenset(one for one in absent if _works_here(snapshot, one))
    lists = {name for person in (account.id, *stands_for) for name in snapshot.lists_of(person)}
    return Viewer(
        id=account.id,
        clearance=Tlp(account.clearance),
        role=account.role,
        opens=frozenset(Protected(code) for code in account.opens.split()),
        lists=frozenset(lists),
        stands_for=stands_for,
        is_off_duty=bool(shifts) and not any(one.is_on(now) for one in shifts),
        session=session,
    )


def _works_here(snapshot: Snapshot, account: str) -> bool:
    row = snapshot.account(account)
    return row is not None and row.state == "open"
