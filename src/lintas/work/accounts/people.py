# SPDX-License-Identifier: Apache-2.0
"""Accounts: make, list, close, set a password. The log knows each by its pseudonym; the name stays in this node."""

import unicodedata
from typing import Final

import msgspec

from lintas.errors import UnknownTerm, WrongUse
from lintas.model.header import Kind
from lintas.model.marking import Protected, Tlp
from lintas.ports.accounts import AccountReads, AccountRow
from lintas.ports.store import Transaction
from lintas.work.accounts.passwords import check_new_password, hash_password
from lintas.work.appending import append, prepare_control
from lintas.work.services import Services, as_text

NAME_CHARS_MAX: Final = 80


class AccountShown(msgspec.Struct, frozen=True):
    """One account in a list."""

    id: str
    name: str
    role: str
    clearance: str  # "TLP:AMBER"
    state: str  # open | closed
    created_at: str
    closed_at: str
    has_password: bool
    opens: tuple[str, ...] = ()  # closed classes beside the role's


def create_account(
    services: Services,
    *,
    name: str,
    password: str | None,
    role: str,
    clearance: Tlp,
    opens: frozenset[Protected] = frozenset(),
) -> str:
    """Make an account and return its id, "officer-0001" and so on; without a password only one-time links open it.

    The node's own act, as at its first start; who may ask for it is decided in `lintas.work.accounts.changing`.

    Raises:
        WrongUse: The name is taken or no name, the role is unknown, or the password is refused.
    """
    plain = check_name(name)
    check_role(services, role)
    hashed = hash_new(services, password, name=plain)
    return services.store.write(
        lambda tx: (
            create_account_in(services, tx, name=plain, hashed=hashed, role=role, clearance=clearance, opens=opens).id
        )
    )


def create_account_in(
    services: Services,
    tx: Transaction,
    *,
    name: str,
    role: str,
    clearance: Tlp,
    opens: frozenset[Protected] = frozenset(),
    hashed: str = "",
    action: str = "created",
) -> AccountRow:
    """Make an account as part of the caller's transaction: row and entry are durable together.

    Args:
        hashed: Argon2id string of a password; empty when only one-time links open the account.
        action: What the entry says; an account that no person here made is told apart.

    Raises:
        WrongUse: The name is taken or no name, or the role or a class is none that can be given.
    """
    check_role(services, role)
    check_opens(services, opens)
    row = _new_row(
        tx,
        name=check_name(name),
        password=hashed,
        role=role,
        clearance=clearance,
        opens=opens,
        at=as_text(services.clock.now()),
    )
    tx.add_account(row)
    append(tx, prepare_control(services, Kind.ACCOUNT, account_body(row, action)))
    return row


def hash_new(services: Services, password: str | None, *, name: str) -> str:
    """Check a new password and hash it; empty for none.

    Raises:
        WrongUse: The password is refused.
    """
    if password is None:
        return ""
    check_new_password(password, name=name)
    return hash_password(password, services.keys)


def check_role(services: Services, role: str) -> None:
    """Refuse a role that the access pack does not have.

    Raises:
        WrongUse: There is no such role; the hint names those that there are.
    """
    if role not in services.packs.access.roles:
        raise WrongUse(f"{role[:40]!r} is no role.", hint=f"The roles are {', '.join(services.packs.access.roles)}.")


def check_opens(services: Services, opens: frozenset[Protected]) -> None:
    """Refuse classes that are closed to nobody: to open them would say nothing.

    Raises:
        WrongUse: One of them is not closed.
    """
    closed = sorted(row.code.value for row in services.packs.access.classes.values() if row.closed)
    if wrong := sorted(one.value for one in opens if one.value not in closed):
        raise WrongUse(f"The class {wrong[0]} is not closed to anybody.", hint=f"Closed are {', '.join(closed)}.")


def set_password(services: Services, account: str, password: str) -> None:
    """Set the password of an account, given by id or name; its sessions and links end.

    Raises:
        UnknownTerm: There is no such open account.
        WrongUse: The password is refused.
    """
    row = services.store.read(lambda snapshot: find_open(snapshot, account))
    check_new_password(password, name=row.name)
    hashed = hash_password(password, services.keys)

    def change(tx: Transaction) -> None:
        tx.set_account_password(row.id, hashed)
        tx.end_account_access(row.id)
        append(tx, prepare_control(services, Kind.ACCOUNT, account_body(row, "password_set")))

    services.store.write(change)


def close_account(services: Services, account: str) -> AccountShown:
    """Close an account, given by id or name: its sessions end at once; its entries in the log stay.

    Raises:
        UnknownTerm: There is no such open account.
    """
    return shown(services.store.write(lambda tx: close_account_in(services, tx, find_open(tx, account))))


def close_account_in(services: Services, tx: Transaction, row: AccountRow) -> AccountRow:
    """Close an account as part of the caller's transaction."""
    closed_at = as_text(services.clock.now())
    tx.set_account_state(row.id, state="closed", closed_at=closed_at)
    tx.end_account_access(row.id)
    append(tx, prepare_control(services, Kind.ACCOUNT, account_body(row, "closed")))
    return row._replace(state="closed", closed_at=closed_at)


def list_accounts(services: Services) -> tuple[AccountShown, ...]:
    """Return all accounts in the order in which they were made, closed ones too."""
    return tuple(shown(row) for row in services.store.read(lambda snapshot: snapshot.accounts()))


def check_name(name: str) -> str:
    """Return a name in its one form.

    Raises:
        WrongUse: It is empty, too long, or holds characters that do not show.
    """
    plain = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(plain) <= NAME_CHARS_MAX:
        raise WrongUse(f"A name has 1 to {NAME_CHARS_MAX} characters.")
    if any(
        unicodedata.category(char) in {"Cc", "Cf", "Co", "Cs", "Cn"} and char not in "\u200c\u200d" for char in plain
    ):
        raise WrongUse("The name holds characters that do not show.")
    return plain


def name_key(name: str) -> str:
    """Fold a name to what sign-in compares."""
    return unicodedata.normalize("NFKC", " ".join(name.split())).casefold()


def find_open(reads: AccountReads, account: str) -> AccountRow:
    """Return an open account by its id or its name.

    Raises:
        UnknownTerm: There is none.
    """
    row = reads.account(account.strip()) or reads.account_named(name_key(account))
    if row is None or row.state != "open":
        raise UnknownTerm(
            f"No open account is called {account[:NAME_CHARS_MAX]!r}.", hint="lintas account DIR list shows them."
        )
    return row


def _new_row(
    tx: Transaction, *, name: str, password: str, role: str, clearance: Tlp, opens: frozenset[Protected], at: str
) -> AccountRow:
    key = name_key(name)
    if tx.account_named(key) is not None:
        raise WrongUse(f"There is already an account called {name!r}.", hint="Close it first, or take another name.")
    number = max((row.number for row in tx.accounts()), default=0) + 1  # closed accounts keep theirs
    return AccountRow(
        number=number,
        id=f"officer-{number:04d}",
        name=name,
        name_key=key,
        role=role,
        clearance=int(clearance),
        password=password,
        state="open",
        created_at=at,
        closed_at="",
        opens=" ".join(sorted(one.value for one in opens)),
    )


def account_body(row: AccountRow, action: str) -> dict[str, object]:
    """What the log says of an account after something was done with it."""
    opens = {"opens": sorted(row.opens.split())} if row.opens else {}
    said = {"account": row.id, "action": action, "clearance": Tlp(row.clearance).name, "role": row.role}
    return {**said, **opens}


def shown(row: AccountRow) -> AccountShown:
    """An account as people see it."""
    return AccountShown(
        id=row.id,
        name=row.name,
        role=row.role,
        clearance=Tlp(row.clearance).label,
        state=row.state,
        created_at=row.created_at,
        closed_at=row.closed_at,
        has_password=bool(row.password),
        opens=tuple(sorted(row.opens.split())),
    )
