# SPDX-License-Identifier: Apache-2.0
"""Data packs: what the code knows as data, parsed into one frozen value.

Packs are read from disk by `config` and passed down. Their digests stand in each log entry that was derived with them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from lintas.errors import BadPack, UnknownTerm
from lintas.formats.access import NO_ACCESS, AccessTable, parse_access
from lintas.formats.areas import Area, parse_areas
from lintas.formats.benign import WARNINGLIST_PREFIX, BenignList, BenignLists, parse_benign, parse_warninglist
from lintas.formats.doors import NO_DOORS, Doors
from lintas.formats.doors_reading import parse_doors
from lintas.formats.forms import NO_FORMS, Forms
from lintas.formats.forms_reading import parse_forms
from lintas.formats.identifier_pack import IdentifierPack, cached_identifier_pack
from lintas.formats.law import NO_LAW, LawProfiles, parse_law
from lintas.formats.recovery import NO_RECOVERY, Recovery, parse_recovery
from lintas.formats.tipping import NO_WORDS, TippingWords, parse_tipping

GOAML_PREFIX: Final = "goaml/"  # and a file's name: of the schema of goAML reports that an operator gives


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Packs:
    """All packs of a node. Compared by identity, so that it can key a cache."""

    identifiers: IdentifierPack
    benign: BenignLists
    areas: Mapping[str, Area]
    access: AccessTable  # that allows nothing where no access pack was given, as to readers
    law: LawProfiles  # that permit nothing where no law pack was given, as to readers
    tipping: TippingWords  # none where no such pack was given, as to readers, which send nothing
    forms: Forms  # none where no forms pack was given, as to readers
    doors: Doors  # that answer nowhere where no doors pack was given, as to readers
    recovery: Recovery  # how soon money is gone; one guess for all of it where no such pack was given
    raw: Mapping[str, bytes]  # every pack by name, as given, for the readers that parse their own
    digests: Mapping[str, str]  # name -> SHA-256 of the bytes, 64 lower-case hex digits

    def __repr__(self) -> str:
        return f"Packs({', '.join(f'{name}={text[:12]}' for name, text in sorted(self.digests.items()))})"

    def bytes_of(self, name: str) -> bytes:
        """Give one pack's bytes.

        Raises:
            UnknownTerm: No pack of that name was given.
        """
        try:
            return self.raw[name]
        except KeyError:
            raise UnknownTerm(f"There is no pack named “{name}”.") from None


def digest(raw: bytes) -> str:
    """Name a pack by its bytes: SHA-256, 64 lower-case hex digits."""
    return sha256(raw).hexdigest()


def parse_packs(packs: Mapping[str, bytes]) -> Packs:
    """Read all packs.

    Args:
        packs: Name -> bytes. `identifiers` and `benign` are needed; a name that starts with `benign/` is a list in
            the JSON format of MISP warninglists; every other is kept for the reader that knows it.

    Raises:
        UnknownTerm: `identifiers` or `benign` is missing.
        BadPack: A pack does not hold to its schema.
    """
    for name in ("identifiers", "benign"):
        if name not in packs:
            raise UnknownTerm(f"The pack “{name}” is missing.")
    lists = parse_benign(packs["benign"]) + tuple(
        _warninglist(name, packs[name]) for name in sorted(packs) if name.startswith(WARNINGLIST_PREFIX)
    )
    return Packs(
        identifiers=cached_identifier_pack(packs["identifiers"]),
        benign=BenignLists(lists),
        areas=parse_areas(packs["areas"]) if "areas" in packs else {},
        access=parse_access(packs["access"]) if "access" in packs else NO_ACCESS,
        law=parse_law(packs["law"]) if "law" in packs else NO_LAW,
        tipping=parse_tipping(packs["tipping"]) if "tipping" in packs else NO_WORDS,
        forms=parse_forms(packs["forms"]) if "forms" in packs else NO_FORMS,
        doors=parse_doors(packs["doors"]) if "doors" in packs else NO_DOORS,
        recovery=parse_recovery(packs["recovery"]) if "recovery" in packs else NO_RECOVERY,
        raw=dict(packs),
        digests={name: digest(raw) for name, raw in packs.items()},
    )


def _warninglist(name: str, raw: bytes) -> BenignList:
    try:
        return parse_warninglist(raw)
    except BadPack as exc:
        hint = exc.hint or "Mend the file or take it away."
        raise BadPack(f"packs/{name}.json: {exc.message}", hint=hint) from exc
