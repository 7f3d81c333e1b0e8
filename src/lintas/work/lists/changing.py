# SPDX-License-Identifier: Apache-2.0
"""Open and close a list, and say who is on it."""

from collections.abc import Sequence

from lintas.errors import NotAllowed, WrongUse
from lintas.model.people_shown import NeedDone
from lintas.model.viewer import Viewer
from lintas.ports.store import Transaction
from lintas.work.access import permit
from lintas.work.accounts.people import find_open
from lintas.work.lists.standing import CHANGING, checked_name, keep_a_keeper, open_of, own_list, say, seen_list
from lintas.work.services import Services


def open_list(services: Services, viewer: Viewer, name: str, people: Sequence[str] = ()) -> NeedDone:
    """Open a list; who opens it owns it and is on it.

    Args:
        people: Accounts, by id or name, that are on it from the start.

    Raises:
        NotAllowed: The policy refuses, or nobody on it could change it.
        UnknownTerm: There is no such account.
        WrongUse: The name is none, or was taken by a list before.
    """
    permit(services, viewer, CHANGING)
    plain = checked_name(name)

    def job(tx: Transaction) -> NeedDone:
        if any(one.name == plain for one in tx.need_lists()):
            raise WrongUse(f"There was a list called {plain} before.", hint="A name stands for one list for good.")
        ids = dict.fromkeys(find_open(tx, one).id for one in people)
        if not viewer.is_folder_owner:
            ids = dict.fromkeys((viewer.id, *ids))
        keep_a_keeper(services, tx, plain, viewer.id, frozenset(ids))
        say(services, tx, plain, "opened", viewer.id, {})
        for person in ids:
            say(services, tx, plain, "joined", viewer.id, {"person": person})
        return NeedDone(name=plain, action="opened", people=list(ids))

    return services.store.write(job)


def join(services: Services, viewer: Viewer, name: str, person: str) -> NeedDone:
    """Put somebody on a list; those on it see who did.

    Raises:
        NotAllowed: The policy refuses; or a deputy would stay on it for good.
        UnknownTerm: There is no such list that the viewer is on, or no such account.
        WrongUse: The list was closed.
    """

    def job(tx: Transaction) -> NeedDone:
        found = open_of(own_list(services, tx, viewer, name))
        row = find_open(tx, person)
        if row.id == viewer.id and row.id not in found.members:  # they stand in for somebody on it, for a while
            raise NotAllowed(
                "Nobody puts themselves on a list.", rule="own-list", hint="Ask somebody who is on it by themselves."
            )
        if row.id not in found.members:
            say(services, tx, found.name, "joined", viewer.id, {"person": row.id})
        return NeedDone(name=found.name, action="joined", people=[row.id])

    return services.store.write(job)


def leave(services: Services, viewer: Viewer, name: str, person: str = "") -> NeedDone:
    """Take somebody off a list, or oneself when nobody is named.

    Raises:
        NotAllowed: The policy refuses, or nobody would be left who could change it.
        UnknownTerm: There is no such list that the viewer is on, or nobody of that name is on it.
    """
    permit(services, viewer, "need.read")

    def job(tx: Transaction) -> NeedDone:
        found = seen_list(tx, viewer, name)
        row = tx.account(person.strip()) if person else None  # who has left the agency can be taken off too
        who = (row or find_open(tx, person)).id if person else viewer.id
        if who != viewer.id:
            own_list(services, tx, viewer, name)
        if who not in found.members:
            raise WrongUse(f"{who} is not on the list {found.name}.")
        keep_a_keeper(services, tx, found.name, found.opened_by, frozenset(found.members) - {who})
        say(services, tx, found.name, "left", viewer.id, {"person": who})
        return NeedDone(name=found.name, action="left", people=[who])

    return services.store.write(job)


def close_list(services: Services, viewer: Viewer, name: str) -> NeedDone:
    """Close a list: nobody joins and nothing is added any more; what it restricts stays restricted to those on it.

    Raises:
        NotAllowed: The policy refuses.
        UnknownTerm: There is no such list that the viewer is on.
        WrongUse: It was closed already.
    """

    def job(tx: Transaction) -> NeedDone:
        found = open_of(own_list(services, tx, viewer, name))
        say(services, tx, found.name, "closed", viewer.id, {})
        return NeedDone(name=found.name, action="closed")

    return services.store.write(job)
