# SPDX-License-Identifier: Apache-2.0
"""Accounts: make, list, close, set a password. The log knows each by its pseudonym; the name stays in this node."""

import unicodedata
from typing import Final

import msgspec

from lintas.errors import UnknownTerm, WrongUse
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.ports.accounts import AccountReads, AccountRow
from lintas.ports.store import Transaction
from lintas.work.accounts.passwords import check_new_password, hash_password
from lintas.work.appending import append, prepare_control
from lintas.work.services import Services, as_text

ROLES: Final = (
    "duty_officer",
    "analyst",
    "supervisor",
    "operator",
)  # an operator keeps the node running and sees no content
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


def create_account(services: Services, *, name: str, password: str | None, role: str, clearance: Tlp) -> str:
    """Make an account and return its id, "officer-0001" and so on; without a password only one-time links open it.

    Raises:
        WrongUse: The name is taken or no name, the role is unknown, or the password is refused.
    """
    plain = check_name(name)
    if role not in ROLES:
        raise WrongUse(f"{role[:40]!r} is no role.", hint=f"The roles are {', '.join(ROLES)}.")
    if password is not None:
        check_new_password(password, name=plain)
    hashed = "" if password is None else hash_password(password, services.keys)

    def create(tx: Transaction) -> str:
        row = _new_row(
            tx, name=plain, password=hashed, role=role, clearance=clearance, at=as_text(services.clock.now())
        )
        tx.add_account(row)
        append(tx, prepare_control(services, Kind.ACCOUNT, _body(row, "created")))
        return row.id  # row and entry are durable together

    return services.store.write(create)


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
        append(tx, prepare_control(services, Kind.ACCOUNT, _body(row, "password_set")))

    services.store.write(change)


def close_account(services: Services, account: str) -> AccountShown:
    """Close an account, given by id or name: its sessions end at once; its entries in the log stay.

    Raises:
        UnknownTerm: There is no such open account.
    """
    row = services.store.read(lambda snapshot: find_open(snapshot, account))
    closed_at = as_text(services.clock.now())

    def close(tx: Transaction) -> None:
        tx.set_account_state(row.id, state="closed", closed_at=closed_at)
        tx.end_account_access(row.id)
        append(tx, prepare_control(services, Kind.ACCOUNT, _body(row, "closed")))

    services.store.write(close)
    return _shown(row._replace(state="closed", closed_at=closed_at))


def list_accounts(services: Services) -> tuple[AccountShown, ...]:
    """Return all accounts in the order in which they were made, closed ones too."""
    return tuple(_shown(row) for row in services.store.read(lambda snapshot: snapshot.accounts()))


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


def _new_row(tx: Transaction, *, name: str, password: str, role: str, clearance: Tlp, at: str) -> AccountRow:
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
    )


def _body(row: AccountRow, action: str) -> dict[str, object]:
    return {"account": row.id, "action": action, "clearance": Tlp(row.clearance).name, "role": row.role}


def _shown(row: AccountRow) -> AccountShown:
    return AccountShown(
        id=row.id,
        name=row.name,
        role=row.role,
        clearance=Tlp(row.clearance).label,
        state=row.state,
        created_at=row.created_at,
        closed_at=row.closed_at,
        has_password=bool(row.password),
    )
