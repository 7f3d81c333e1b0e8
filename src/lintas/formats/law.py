# SPDX-License-Identifier: Apache-2.0
"""The law pack: for which purposes and on which bases the agencies of a country may release what they have.

A profile is the sender's: a recipient's own law decides what it does with what it got. Rows say where they come from
and whether that was confirmed; what an unconfirmed row decides is said to be unconfirmed.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Final, TypeVar

import msgspec

from lintas.errors import BadPack
from lintas.limits import HANDOFF_HOPS_MAX, HANDOFF_REVISIONS_MAX

LAW_VERSION: Final = 1
ANYWHERE: Final = "*"  # among what a basis covers: every country

_ANY: Final = "default"  # among the rows of hand-off
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)  # as in a header's marking
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Purpose:
    """What something may be released for."""

    code: str
    label: str
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A law, treaty or arrangement on which something may be released."""

    code: str
    label: str
    source: str
    confirmed: bool
    carries_evidence: bool  # what it carries may be used in court; else it is intelligence
    countries: frozenset[str]  # of recipients, groups taken apart; meaningless if `is_anywhere`
    is_anywhere: bool
    purposes: frozenset[str]  # that it serves; empty for all

    def covers(self, country: str) -> bool:
        """Say whether one may release to a country on it."""
        return self.is_anywhere or country in self.countries

    def serves(self, purpose: str) -> bool:
        """Say whether one may release for a purpose on it."""
        return not self.purposes or purpose in self.purposes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LawProfile:
    """What the agencies of one country may release. Compared by identity."""

    country: str  # two letters; empty for the default profile
    label: str
    source: str
    confirmed: bool
    purposes: Mapping[str, Purpose]
    bases: Mapping[str, Basis]
    default_purpose: str  # that a form may suggest; empty if a person must choose
    default_basis: str  # as above
    alone: frozenset[str] = frozenset()  # activities in which a lone officer may act first, with a written ground


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOffRow:
    """What a country's node may hand on of money that is followed, and answer, without a person who releases it."""

    is_unattended: bool
    source: str
    confirmed: bool
    per_day: int  # payments, revisions included, that go to one node a day, or come from it
    revisions: int  # of one payment
    hops: int  # borders from who opened the trace
    rounds: int  # times that money comes back to a node that it had been at

    @property
    def lets_machines(self) -> bool:
        """Whether a machine may; an unconfirmed row lets it nothing."""
        return self.is_unattended and self.confirmed


NO_HANDOFF: Final = HandOffRow(
    is_unattended=False, source="no law pack was given", confirmed=False, per_day=0, revisions=0, hops=0, rounds=0
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class LawProfiles:
    """All profiles of a node. Compared by identity, so that it can stand in a frozen value."""

    default: LawProfile
    countries: Mapping[str, LawProfile]
    digest: str  # SHA-256 of the pack's bytes, 64 lower-case hex digits
    handoffs: Mapping[str, HandOffRow] = field(default_factory=dict)  # by country; `default` for all others

    def __repr__(self) -> str:
        return f"LawProfiles({self.digest[:12]})"

    def of(self, country: str) -> LawProfile:
        """Give a country's profile, or the default one if it has none."""
        return self.countries.get(country, self.default)

    def handoff_of(self, country: str) -> HandOffRow:
        """Give what a country's node may hand on, or what the default says."""
        return self.handoffs.get(country) or self.handoffs.get(_ANY, NO_HANDOFF)


NO_LAW: Final = LawProfiles(  # of packs without a law pack, as readers get them: it permits nothing
    default=LawProfile(
        country="",
        label="no law pack",
        source="no law pack was given",
        confirmed=False,
        purposes={},
        bases={},
        default_purpose="",
        default_basis="",
    ),
    countries={},
    digest=sha256(b"").hexdigest(),
)


_Named = TypeVar("_Named", Purpose, Basis)


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: _Text
    source: _Text
    confirmed: bool


class _Group(_Row, frozen=True, forbid_unknown_fields=True):
    countries: tuple[str, ...]


class _Basis(_Row, frozen=True, forbid_unknown_fields=True):
    carries_evidence: bool
    covers: tuple[str, ...]  # names of groups, country codes, or ANYWHERE
    purposes: tuple[str, ...] = ()


class _Profile(_Row, frozen=True, forbid_unknown_fields=True):
    purposes: tuple[str, ...]
    bases: tuple[str, ...]
    default_purpose: str = ""
    default_basis: str = ""
    alone: tuple[str, ...] = ()  # activities; that there is such a one is asked when somebody acts


class _HandOff(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    unattended: Annotated[str, msgspec.Meta(pattern=r"^(yes|no)$")]
    source: _Text
    confirmed: bool
    per_day: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
    revisions: Annotated[int, msgspec.Meta(ge=1, le=HANDOFF_REVISIONS_MAX)]
    hops: Annotated[int, msgspec.Meta(ge=1, le=HANDOFF_HOPS_MAX)]
    rounds: Annotated[int, msgspec.Meta(ge=0, le=HANDOFF_HOPS_MAX)]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    purpose: dict[str, _Row]
    basis: dict[str, _Basis]
    default: _Profile
    group: dict[str, _Group] = {}
    profile: dict[str, _Profile] = {}
    handoff: dict[str, _HandOff] = {}


@lru_cache(maxsize=4)  # a node reads it once; tests start many
def parse_law(raw: bytes) -> LawProfiles:
    """Read the law pack.

    Raises:
        BadPack: It does not hold to its schema, or a row names another that is not there; the hint says what to mend.
    """
    try:
        file = msgspec.convert(tomllib.loads(raw.decode("utf-8")), _File)
    except (
        ValueError,
        RecursionError,
    ) as exc:  # UnicodeDecodeError, TOMLDecodeError and ValidationError are ValueErrors
        raise BadPack(
            f"The law pack cannot be read: {exc}.", hint="Compare it with the pack that came with Lintas."
        ) from exc
    if file.version != LAW_VERSION:
        raise BadPack(
            f"Version {file.version} of the law pack is not known here.", hint=f"Use version = {LAW_VERSION}."
        )
    _check_codes(file)
    groups = {name: _countries(f"group.{name}", group.countries) for name, group in file.group.items()}
    purposes = {
        code: Purpose(code=code, label=row.label, source=row.source, confirmed=row.confirmed)
        for code, row in file.purpose.items()
    }
    bases = {code: _basis(code, row, groups, purposes) for code, row in file.basis.items()}
    return LawProfiles(
        default=_profile("", file.default, purposes, bases),
        countries={country: _profile(country, row, purposes, bases) for country, row in file.profile.items()},
        digest=sha256(raw).hexdigest(),
        handoffs={country: _handoff(row) for country, row in file.handoff.items()},
    )


def _handoff(row: _HandOff) -> HandOffRow:
    return HandOffRow(
        is_unattended=row.unattended == "yes",
        source=row.source,
        confirmed=row.confirmed,
        per_day=row.per_day,
        revisions=row.revisions,
        hops=row.hops,
        rounds=row.rounds,
    )


def _check_codes(file: _File) -> None:
    for table, names in (("group", file.group), ("purpose", file.purpose), ("basis", file.basis)):
        for name in names:
            if not _CODE.fullmatch(name):
                raise BadPack(
                    f"The law pack has the table {table}.{name[:40]!r}, which is no code.",
                    hint="Codes are lower-case letters, digits, '.', '_' and '-', at most 64.",
                )
    _countries("profile", file.profile)
    _countries("handoff", (name for name in file.handoff if name != _ANY))


def _countries(where: str, names: Iterable[str]) -> frozenset[str]:
    for name in names:
        if not _COUNTRY.fullmatch(name):
            raise BadPack(
                f"The law pack's {where} has the country {name[:40]!r}.",
                hint="Countries are the two capital letters of ISO 3166-1: MY, SG, TH.",
            )
    return frozenset(names)


def _basis(code: str, row: _Basis, groups: Mapping[str, frozenset[str]], purposes: Mapping[str, Purpose]) -> Basis:
    where = f"basis.{code}"
    found: frozenset[str] = frozenset()
    for name in row.covers:
        if name != ANYWHERE:
            found |= groups[name] if name in groups else _countries(f"{where}.covers", [name])
    return Basis(
        code=code,
        label=row.label,
        source=row.source,
        confirmed=row.confirmed,
        carries_evidence=row.carries_evidence,
        countries=found,
        is_anywhere=ANYWHERE in row.covers,
        purposes=frozenset(_known(where, "purpose", row.purposes, purposes)),
    )


def _profile(country: str, row: _Profile, purposes: Mapping[str, Purpose], bases: Mapping[str, Basis]) -> LawProfile:
    where = f"profile.{country}" if country else "default"
    made = LawProfile(
        country=country,
        label=row.label,
        source=row.source,
        confirmed=row.confirmed,
        purposes=_known(where, "purpose", row.purposes, purposes),
        bases=_known(where, "basis", row.bases, bases),
        default_purpose=row.default_purpose,
        default_basis=row.default_basis,
        alone=_codes(f"{where}.alone", row.alone),
    )
    for name, code, known in (
        ("default_purpose", made.default_purpose, made.purposes),
        ("default_basis", made.default_basis, made.bases),
    ):
        if code and code not in known:
            raise BadPack(
                f"The law pack's {where} suggests {name} = {code[:64]!r}, which it does not permit.",
                hint=f'Use one of {", ".join(sorted(known)) or "none"}, or "" if a person must choose.',
            )
    if (basis := made.bases.get(made.default_basis)) and not basis.serves(made.default_purpose):
        raise BadPack(
            f"The law pack's {where} suggests a basis that does not serve the purpose which it suggests.",
            hint=f"basis.{basis.code} serves {', '.join(sorted(basis.purposes))}.",
        )
    return made


def _codes(where: str, names: Iterable[str]) -> frozenset[str]:
    for name in names:
        if not _CODE.fullmatch(name):
            raise BadPack(
                f"The law pack's {where} names {name[:40]!r}, which is no activity.",
                hint='Activities are those of the access pack: alone = ["share", "unmask"].',
            )
    return frozenset(names)


def _known(where: str, table: str, codes: Iterable[str], rows: Mapping[str, _Named]) -> dict[str, _Named]:
    for code in codes:
        if code not in rows:
            raise BadPack(
                f"The law pack's {where} names the {table} {code[:64]!r}, which the pack does not have.",
                hint=f"Add [{table}.{code[:64]}], or use one of {', '.join(sorted(rows)) or 'none'}.",
            )
    return {code: rows[code] for code in codes}
