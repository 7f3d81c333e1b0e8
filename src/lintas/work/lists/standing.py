# SPDX-License-Identifier: Apache-2.0
"""Who may touch a list, and what keeps it from hiding things from everybody."""

from collections.abc import Mapping

from lintas.errors import NotAllowed, UnknownTerm, WrongUse
from lintas.model.header import Kind
from lintas.model.header_rules import is_list
from lintas.model.people import NeedListHead
from lintas.model.viewer import Viewer
from lintas.policy.access import Thing
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.appending import append, prepare_control
from lintas.work.services import Services

CHANGING = "need.change"


def checked_name(name: str) -> str:
    """Read a list's name.

    Raises:
        WrongUse: It is none.
    """
    plain = name.strip().lower()
    if not is_list(plain):
        raise WrongUse(
            f"{name[:40]!r} is no name of a list.", hint="Use lower-case letters, digits and -, at most 40: op-lintang."
        )
    return plain


def own_list(services: Services, reads: Snapshot, viewer: Viewer, name: str) -> NeedListHead:
    """A list that the viewer is on and may change; whoever has the node's folder may change each.

    Raises:
        UnknownTerm: There is none, as far as this viewer may know.
        NotAllowed: Neither their role nor their being its owner allows it.
    """
    found = seen_list(reads, viewer, name)
    permit(services, viewer, CHANGING, Thing(owner=found.opened_by))
    return found


def seen_list(reads: Snapshot, viewer: Viewer, name: str) -> NeedListHead:
    """A list that the viewer is on.

    Raises:
        UnknownTerm: There is none, as far as this viewer may know.
    """
    plain = checked_name(name)
    found = next((one for one in reads.need_lists() if one.name == plain), None)
    if found is None or not (viewer.is_folder_owner or {viewer.id, *viewer.stands_for} & set(found.members)):
        raise UnknownTerm(f"You are on no list called {plain!r}.", hint="lintas need DIR list shows yours.")
    return found


def open_of(found: NeedListHead) -> NeedListHead:
    """The same list, if it still stands.

    Raises:
        WrongUse: It was closed.
    """
    if found.closed_at:
        raise WrongUse(f"The list {found.name} was closed {found.closed_at}.", hint="Open another one.")
    return found


def keep_a_keeper(services: Services, reads: Snapshot, name: str, owner: str, members: frozenset[str]) -> None:
    """Refuse to leave a list without anybody who could ever change it: what it restricts would be hidden from all.

    Raises:
        NotAllowed: Nobody of these is its owner, or has a role that changes lists.
    """
    roles = services.packs.access.activities[CHANGING].roles
    open_accounts = {one.id: one.role for one in reads.accounts() if one.state == "open"}
    if not any(who == owner or role in roles for who, role in open_accounts.items() if who in members):
        labels = sorted(services.packs.access.roles[role].label.lower() for role in roles)
        raise NotAllowed(
            f"Nobody would be left on the list {name} who could change it.",
            rule="last-keeper",
            hint=f"Its owner, or one of these roles, stays on it: {', '.join(labels)}.",
        )


def say(services: Services, tx: Transaction, name: str, action: str, by: str, more: Mapping[str, object]) -> None:
    """Append one step of a list."""
    append(tx, prepare_control(services, Kind.NEED, {"action": action, "by": by, "list": name, **more}))
