# SPDX-License-Identifier: Apache-2.0
"""Change who works here, in which role: what may be asked, who may ask it, and each change as an entry of the log.

One change is a small mapping, so that an order can carry it word for word:
{"do": "add", "name", "role", "clearance", "opens"}, {"do": "role", "account", "role"},
{"do": "clearance", "account", "clearance"}, {"do": "opens", "account", "opens"}, {"do": "close", "account"},
{"do": "passkey", "account"} (vouch for one more), {"do": "lost", "account"} (end all that they sign in with).
"""

from collections.abc import Mapping
from typing import Final

from lintas.errors import BadInput, NotAllowed, WrongUse
from lintas.formats.access import AccessTable
from lintas.model.header import Kind
from lintas.model.marking import Protected, Tlp
from lintas.model.people_shown import AccountFacts
from lintas.model.viewer import Viewer
from lintas.policy.rights import Rights, rights_of
from lintas.ports.accounts import AccountRow
from lintas.ports.store import Snapshot, Transaction
from lintas.work.access import permit
from lintas.work.accounts.losing import lose_in
from lintas.work.accounts.people import (
    AccountShown,
    account_body,
    check_name,
    check_opens,
    check_role,
    close_account_in,
    create_account_in,
    find_open,
    hash_new,
    shown,
)
from lintas.work.appending import append, prepare_control
from lintas.work.binding import check_unordered
from lintas.work.services import Services

CHANGING: Final = "people.change"
_KEPT: Final = ("orders.approve", CHANGING)  # somebody with a passkey has to be left who may do these


def change_people(
    services: Services, viewer: Viewer, said: Mapping[str, object], *, password: str | None = None
) -> AccountShown:
    """Make, change or close an account at once.

    Args:
        said: One change, as the module says.
        password: Of a new account; it never stands in an order.

    Raises:
        NotAllowed: The policy refuses, or one of the rules `needs-order`, `own-role`, `last-approver`.
        UnknownTerm: There is no such open account.
        WrongUse: The change is none that can be made.
    """
    permit(services, viewer, CHANGING)
    hashed = hash_new(services, password, name=check_name(_text(said, "name"))) if password is not None else ""

    def job(tx: Transaction) -> AccountShown:
        check_unordered(services, tx, viewer, CHANGING)
        return change_people_in(services, tx, viewer, said, hashed=hashed)

    return services.store.write(job)


def change_people_in(
    services: Services, tx: Transaction, viewer: Viewer, said: Mapping[str, object], *, hashed: str = ""
) -> AccountShown:
    """Make a change as part of the caller's transaction, which has asked the policy. See `change_people`."""
    check_change(services, tx, viewer, said)
    if said["do"] == "add":
        row = create_account_in(
            services,
            tx,
            name=_text(said, "name"),
            role=_text(said, "role"),
            clearance=_clearance(said),
            opens=_opens(said),
            hashed=hashed,
        )
        return shown(row)
    row = find_open(tx, _text(said, "account"))
    if said["do"] == "close":
        return shown(close_account_in(services, tx, row))
    if said["do"] == "lost":
        lose_in(services, tx, row, by=viewer.id)
    if said["do"] in {"lost", "passkey"}:
        return shown(row)  # the order itself vouches: `lintas.work.accounts.vouching`
    after = _after(row, said)
    if after == row:
        return shown(row)
    tx.set_account_rights(row.id, role=after.role, clearance=after.clearance, opens=after.opens)
    tx.end_account_access(row.id)  # what a session was opened for may be theirs no more
    append(tx, prepare_control(services, Kind.ACCOUNT, account_body(after, str(said["do"]))))
    return shown(after)


def check_change(services: Services, reads: Snapshot, viewer: Viewer, said: Mapping[str, object]) -> str:
    """Refuse a change that cannot be made; returns it as a sentence for those who decide.

    Raises:
        NotAllowed: It is one's own role, or would leave nobody who can approve.
        UnknownTerm: There is no such open account.
        WrongUse: It is no change, or holds what no account can have.
    """
    do = said.get("do")
    if do not in _FIELDS or said.keys() != _FIELDS[str(do)]:
        raise WrongUse("That is no change of an account.", hint=f"Changes are {', '.join(_FIELDS)}.")
    if "role" in said:
        check_role(services, _text(said, "role"))
    if "opens" in said:
        check_opens(services, _opens(said))
    if do == "add":
        name, role = check_name(_text(said, "name")), services.packs.access.roles[_text(said, "role")]
        label, cleared = role.label.lower(), _clearance(said).label
        if opens := ", ".join(sorted(_opens(said))):
            return f"Add {name} as {label}, cleared for {cleared}, and for {opens}"
        return f"Add {name} as {label}, cleared for {cleared}"
    row = find_open(reads, _text(said, "account"))
    if do == "close":
        _leave_somebody(services.packs.access, reads, row, role="")
        return f"Close the account of {row.name} ({row.id})"
    if do == "passkey":
        return f"Vouch for one more passkey of {row.name} ({row.id})"
    if do == "lost":
        return f"End every passkey, code and session of {row.name} ({row.id}), who lost a device"
    if row.id == viewer.id:
        raise NotAllowed(
            "Nobody changes their own role, clearance or classes.",
            rule="own-role",
            hint="Ask another person who may change accounts.",
        )
    after = _after(row, said)
    _leave_somebody(services.packs.access, reads, row, role=after.role)
    label, cleared = services.packs.access.roles[after.role].label.lower(), Tlp(after.clearance).label
    if opens := ", ".join(sorted(after.opens.split())):
        return f"{row.name} ({row.id}) becomes {label}, cleared for {cleared}, and for {opens}"
    return f"{row.name} ({row.id}) becomes {label}, cleared for {cleared}"


def show_account(services: Services, viewer: Viewer, account: str) -> AccountFacts:
    """Say who somebody is here, and what their role may do.

    Raises:
        NotAllowed: The policy refuses.
        UnknownTerm: There is no such open account.
    """
    permit(services, viewer, "people.read")

    def look(snapshot: Snapshot) -> tuple[AccountRow, int, int]:
        row = find_open(snapshot, account)
        passkeys = [one for one in snapshot.credentials_of(row.id) if not one.ended_at]
        return row, len(snapshot.lists_of(row.id)), len(passkeys)

    row, lists, passkeys = services.store.read(look)
    rights = rights_of_row(services.packs.access, row)
    return AccountFacts(
        id=row.id,
        name=row.name,
        role=row.role,
        role_label=rights.label if rights else row.role,
        clearance=Tlp(row.clearance).label,
        opens=sorted(row.opens.split()),
        may=list(rights.sentences()) if rights else ["The access policy knows no such role: nothing is allowed."],
        lists=lists,
        passkeys=passkeys,
        has_password=bool(row.password),
    )


def rights_of_row(table: AccessTable, row: AccountRow) -> Rights | None:
    """What the table says of an account; None when a replaced pack no longer has its role."""
    if row.role not in table.roles:
        return None
    return rights_of(table, row.role, frozenset(Protected(one) for one in row.opens.split()))


_FIELDS: Final[Mapping[str, frozenset[str]]] = {
    "add": frozenset({"do", "name", "role", "clearance", "opens"}),
    "role": frozenset({"do", "account", "role"}),
    "clearance": frozenset({"do", "account", "clearance"}),
    "opens": frozenset({"do", "account", "opens"}),
    "close": frozenset({"do", "account"}),
    "passkey": frozenset({"do", "account"}),
    "lost": frozenset({"do", "account"}),
}


def _after(row: AccountRow, said: Mapping[str, object]) -> AccountRow:
    if said["do"] == "role":
        return row._replace(role=_text(said, "role"))
    if said["do"] == "clearance":
        return row._replace(clearance=int(_clearance(said)))
    return row._replace(opens=" ".join(sorted(one.value for one in _opens(said))))


def _leave_somebody(table: AccessTable, reads: Snapshot, row: AccountRow, *, role: str) -> None:
    """Refuse to take away the last passkey under which something can still be decided."""
    enrolled = {one.account for one in reads.credentials()}
    people = {one.id: one.role for one in reads.accounts() if one.state == "open" and one.id in enrolled}
    for activity in _KEPT:
        may = table.activities[activity].roles
        if {who for who, has in people.items() if has in may} == {row.id} and role not in may:
            raise NotAllowed(
                f"{row.name} is the last person with a passkey who may {table.activities[activity].label}.",
                rule="last-approver",
                hint="Let another person of such a role enrol a passkey first.",
            )


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value.strip():
        raise WrongUse(f"The change says no {name}.")
    return value


def _clearance(said: Mapping[str, object]) -> Tlp:
    return Tlp.from_text(_text(said, "clearance"))


def _opens(said: Mapping[str, object]) -> frozenset[Protected]:
    value = said["opens"]
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise WrongUse("The classes of a change are a list.")
    try:
        return frozenset(Protected(one) for one in value)
    except ValueError as exc:
        raise BadInput(
            "There is no such protected class.", hint=f"Classes are {', '.join(one.value for one in Protected)}."
        ) from exc
