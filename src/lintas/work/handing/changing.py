# SPDX-License-Identifier: Apache-2.0
"""Offer what is open to the next officer, who accepts or declines each by name; until then it stays where it is.

Each change is one entry. If we die between two of them, the ones before are done and the others are as they were: no
thing is ever without its owner between two owners.
"""

from collections.abc import Callable, Sequence
from functools import partial

from lintas.errors import LintasError, NotAllowed, UnknownTerm, WrongUse
from lintas.model.handing_answers import HandOverDone
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.scope import Scope
from lintas.model.viewer import Viewer
from lintas.policy.access import may
from lintas.policy.access import scope_of as policy_scope
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import scope_of
from lintas.work.accounts.people import find_open
from lintas.work.accounts.viewing import viewer_of
from lintas.work.appending import append, prepare_control
from lintas.work.desk import offer_in, own_entry
from lintas.work.finding.message import checked_id
from lintas.work.handing.gathering import Owner, People, Thing, owner_of, things_in
from lintas.work.handing.listing import HANDS, SUPERVISES
from lintas.work.services import Services

_Does = Callable[[Transaction, Thing, Owner], None]


def offer_all(services: Services, viewer: Viewer, to: str) -> HandOverDone:
    """Offer everything that one answers for to the officer who comes.

    Raises:
        NotAllowed: The viewer's role hands nothing over.
        UnknownTerm: There is no such open account.
    """
    return _offer(services, viewer, to, None)


def offer(services: Services, viewer: Viewer, to: str, targets: Sequence[str]) -> HandOverDone:
    """Offer some things. What is nobody's can be offered by anybody; what is another's by supervisors alone.

    Raises:
        NotAllowed: The viewer's role hands nothing over.
        UnknownTerm: There is no such open account.
    """
    return _offer(services, viewer, to, targets)


def accept(services: Services, viewer: Viewer, targets: Sequence[str]) -> HandOverDone:
    """Accept things that one was offered: from here on one answers for them."""

    def does(tx: Transaction, thing: Thing, owner: Owner) -> None:
        _check_offered(viewer, owner)
        append(tx, own_entry(services, thing.target, by=viewer.id, to=viewer.id, action="accepted"))
        _pass_alert(services, tx, viewer, thing)

    return _each(services, viewer, "accepted", targets, does)


def decline(services: Services, viewer: Viewer, targets: Sequence[str]) -> HandOverDone:
    """Decline things that one was offered: they stay with who offered them, and the supervisor sees those of nobody."""

    def does(tx: Transaction, thing: Thing, owner: Owner) -> None:
        _check_offered(viewer, owner)
        append(tx, own_entry(services, thing.target, by=viewer.id, to="", action="declined"))

    return _each(services, viewer, "declined", targets, does)


def take(services: Services, viewer: Viewer, targets: Sequence[str]) -> HandOverDone:
    """Take what is nobody's, or whose owner is gone or off duty; supervisors take anything."""
    is_supervisor = may(services.packs.access, viewer, SUPERVISES)

    def does(tx: Transaction, thing: Thing, owner: Owner) -> None:
        if owner.person == viewer.id:
            return
        if owner.why not in ("unowned", "closed", "off_duty") and not is_supervisor:
            raise NotAllowed("Somebody answers for it: they offer it.", rule="owned")
        append(tx, own_entry(services, thing.target, by=viewer.id, to=viewer.id, action="taken"))
        _pass_alert(services, tx, viewer, thing)

    return _each(services, viewer, "taken", targets, does)


def _offer(services: Services, viewer: Viewer, to: str, targets: Sequence[str] | None) -> HandOverDone:
    is_supervisor = may(services.packs.access, viewer, SUPERVISES)
    receiver, scope = services.store.read(lambda snapshot: _receiver(services, snapshot, viewer, to))

    def does(tx: Transaction, thing: Thing, owner: Owner) -> None:
        if owner.person and owner.person != viewer.id and not is_supervisor:
            raise NotAllowed("Somebody else answers for it: they offer it.", rule="owned")
        if owner.person == receiver:
            raise WrongUse("They answer for it already.")
        if tx.head(thing.target, scope=scope) is None:
            raise NotAllowed("They may not see it: give it to somebody who may.", rule="receiver")
        if owner.offered_to != receiver:
            offer_in(services, tx, thing.target, by=viewer.id, to=receiver)

    return _each(services, viewer, "offered", targets, does)


def _receiver(services: Services, snapshot: Snapshot, viewer: Viewer, to: str) -> tuple[str, Scope]:
    row = find_open(snapshot, to)
    if row.id == viewer.id:
        raise WrongUse("Nobody hands over to themselves.")
    who = viewer_of(services, snapshot, row)
    if not may(services.packs.access, who, HANDS):
        raise NotAllowed(f"{row.name} takes nothing over: their role does not, or they are off duty.", rule="receiver")
    return row.id, policy_scope(services.packs.access, who)


def _check_offered(viewer: Viewer, owner: Owner) -> None:
    if owner.offered_to not in {viewer.id, *viewer.stands_for} or not owner.offered_to:
        raise NotAllowed("It is not offered to you.", rule="not-offered")


def _each(services: Services, viewer: Viewer, action: str, targets: Sequence[str] | None, does: _Does) -> HandOverDone:
    """Do something with each thing that was named, and say which were refused and why; all of one's own when None.

    Raises:
        NotAllowed: The viewer's role hands nothing over.
        WrongUse: Nothing is named.
    """
    scope = scope_of(services, viewer, HANDS)
    named = None if targets is None else dict.fromkeys(checked_id(one) for one in targets)
    if named is not None and not named:
        raise WrongUse("Nothing is named.")
    done, refused = services.store.write(partial(_each_in, services, viewer, scope, named, does))
    if done:
        for topic in ("log", "alerts"):
            services.events.publish(topic)
    return HandOverDone(action=action, done=done, refused=refused)


def _each_in(
    services: Services,
    viewer: Viewer,
    scope: Scope,
    named: "dict[MessageId, None] | None",
    does: _Does,
    tx: Transaction,
) -> tuple[list[str], list[tuple[str, str]]]:
    people = People.of(services, tx)
    found = {one.target: one for one in things_in(services, tx, viewer, scope)}
    mine = [one.target for one in found.values() if owner_of(tx, one, people).person == viewer.id]
    done: list[str] = []
    refused: list[tuple[str, str]] = []
    for target in mine if named is None else named:
        try:
            thing = found.get(target)
            if thing is None:
                raise UnknownTerm("There is no such open thing that you may see.")
            does(tx, thing, owner_of(tx, thing, people))
        except LintasError as exc:
            refused.append((target, exc.message))
        else:
            done.append(target)
    return done, refused


def _pass_alert(services: Services, tx: Transaction, viewer: Viewer, thing: Thing) -> None:
    """Alerts are also found on the page Desk by who has them."""
    if thing.what == "alert":
        append(tx, prepare_control(services, Kind.HANDOVER, {"target": thing.target, "by": viewer.id, "to": viewer.id}))
