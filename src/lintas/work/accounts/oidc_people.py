# SPDX-License-Identifier: Apache-2.0
"""From a provider's claims to a person here: role, agency and clearance are read anew at each sign-in."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lintas.errors import WrongUse
from lintas.formats.access import AccessTable
from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.ports.accounts import AccountRow
from lintas.ports.identity import ProviderSettings
from lintas.ports.store import Transaction
from lintas.work.accounts.people import account_body, check_name, create_account_in, name_key
from lintas.work.appending import append, prepare_control
from lintas.work.services import Services

_CLAIM_VALUES_MAX: Final = 1_000
_AGENCY_CHARS_MAX: Final = 200
_SAME_NAMES_MAX: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who signs in, in our terms."""

    subject: str
    sid: str
    name: str
    agency: str
    role: str
    clearance: Tlp


def person_of(table: AccessTable, settings: ProviderSettings, claims: Mapping[str, Any]) -> Person | str:
    """Read a person out of checked claims, or say in a sentence why they may not come in."""
    theirs = _texts(claims, settings.roles_claim)
    role = next((ours for name, ours in settings.roles.items() if name in theirs), "")
    if not role:
        return "Your identity provider gives you no role that this node knows."
    if role not in table.roles:
        return f"This node maps your role to {role[:40]!r}, which its access policy does not have."
    agency = " ".join(next(iter(_texts(claims, settings.agency_claim)), "").split())[:_AGENCY_CHARS_MAX]
    if settings.agencies and agency not in settings.agencies:
        return "Your identity provider names no agency that signs in at this node."
    clearance = settings.clearance
    if settings.clearance_claim:
        said = [
            settings.clearances[one] for one in _texts(claims, settings.clearance_claim) if one in settings.clearances
        ]
        if not said:
            return "Your identity provider gives you no clearance that this node knows."
        clearance = min(said)  # of several, the one that opens least
    sid = claims.get("sid", "")
    subject = str(claims["sub"])
    return Person(
        subject=subject,
        sid=sid if isinstance(sid, str) else "",
        name=_name(settings, claims, subject),
        agency=agency if agency.isprintable() else "",
        role=role,
        clearance=clearance,
    )


def admit(services: Services, tx: Transaction, settings: ProviderSettings, person: Person) -> str | None:
    """Return somebody's account as it is to be now, in the caller's transaction; None when they may not come in.

    Whose account was closed here stays out, whatever the provider says: a person decided so.
    """
    row = tx.account_by_subject(settings.issuer, person.subject)
    if row is None:
        return _first_time(services, tx, settings, person) if settings.accept_new else None
    if row.state != "open":
        return None
    if (row.role, row.clearance) != (person.role, int(person.clearance)):
        tx.set_account_rights(row.id, role=person.role, clearance=int(person.clearance), opens=row.opens)
        changed = row._replace(role=person.role, clearance=int(person.clearance))
        append(tx, prepare_control(services, Kind.ACCOUNT, account_body(changed, "provider_changed")))
    if row.agency != person.agency:
        tx.set_account_subject(row.id, issuer=settings.issuer, subject=person.subject, agency=person.agency)
    return row.id


def put_out(tx: Transaction, settings: ProviderSettings, subject: str) -> None:
    """End the sessions of somebody to whom the provider gives no role any more."""
    row: AccountRow | None = tx.account_by_subject(settings.issuer, subject)
    if row is not None:
        tx.end_account_access(row.id)


def _first_time(services: Services, tx: Transaction, settings: ProviderSettings, person: Person) -> str:
    name = _free_name(tx, person.name)
    row = create_account_in(
        services, tx, name=name, role=person.role, clearance=person.clearance, action="provider_created"
    )
    tx.set_account_subject(row.id, issuer=settings.issuer, subject=person.subject, agency=person.agency)
    return row.id


def _free_name(tx: Transaction, name: str) -> str:
    """A name that no open account has: two people of one name get two accounts, and nobody gets another's."""
    for number in range(2, _SAME_NAMES_MAX):
        tried = name if number == 2 else f"{name[:70]} {number - 1}"
        if tx.account_named(name_key(tried)) is None:
            return tried
    raise WrongUse("Too many people here have that name.")


def _name(settings: ProviderSettings, claims: Mapping[str, Any], subject: str) -> str:
    for claim in (settings.name_claim, "preferred_username"):
        said = claims.get(claim)
        if isinstance(said, str):
            try:
                return check_name(said)
            except WrongUse:
                continue
    return f"person {hashlib.sha256(subject.encode('utf-8', 'replace')).hexdigest()[:10]}"


def _texts(claims: Mapping[str, Any], path: str) -> tuple[str, ...]:
    """Values of a claim, one or several; a claim of exactly this name goes before a way into objects."""
    value: Any = claims.get(path) if path else None
    if value is None and path:
        value = claims
        for step in path.split("."):
            value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, str):
        return (value,)
    if isinstance(value, list):
        return tuple(one for one in value[:_CLAIM_VALUES_MAX] if isinstance(one, str))
    return ()
