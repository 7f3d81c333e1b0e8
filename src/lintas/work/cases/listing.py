# SPDX-License-Identifier: Apache-2.0
"""Keep a case to those on a need-to-know list: to everybody else it is not there."""

from lintas.model.people_shown import NeedDone
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import scope_of
from lintas.work.cases.carrying import CHANGES
from lintas.work.cases.saying import case_or_unknown
from lintas.work.lists import restrict
from lintas.work.services import Services


def put_on_list(services: Services, viewer: Viewer, case: str, name: str) -> NeedDone:
    """Restrict a case, and all that is said in it from here on, to a list that the viewer is on.

    Its items are restricted one by one: they may belong to other cases too.

    Raises:
        NotAllowed: The viewer may not change that list, or works in no cases.
        UnknownTerm: There is no such list that they are on, or no such case that they may see.
    """
    scope = scope_of(services, viewer, CHANGES)

    def said(snapshot: Snapshot) -> list[str]:
        head = case_or_unknown(snapshot, case, scope)
        facts = snapshot.case_facts(head.opener, head.ref)
        seen = snapshot.heads([one.seq for one in facts], scope=scope)
        return [one.id for one in seen.values()]

    # a document that comes between the two is restricted by the next use of this; until then its case is not shown
    return restrict(services, viewer, name, services.store.read(said))
