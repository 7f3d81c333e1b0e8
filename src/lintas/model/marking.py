# SPDX-License-Identifier: Apache-2.0
"""Handling: who may see a message, what they may do with it, and how well it is graded.

Sources: TLP 2.0 (FIRST, August 2022); PAP (MISP taxonomy); Admiralty code (NATO STANAG 2511) for grading.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from functools import cache
from typing import Final, Self

from lintas.errors import BadInput


class Tlp(IntEnum):
    """Traffic Light Protocol 2.0, from most to least open."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a TLP label in any of its usual spellings, versions 1 and 2.

        Raises:
            BadInput: The text is no TLP label.
        """
        plain = re.sub(r"[\s:_+-]+", "_", text.strip().upper()).strip("_")
        plain = plain.removeprefix("TLP_")
        known = {"WHITE": "CLEAR", "AMBERSTRICT": "AMBER_STRICT"}
        name = known.get(plain, plain)
        if name not in cls.__members__:
            raise BadInput(f"{text[:40]!r} is no TLP label.", hint="Use CLEAR, GREEN, AMBER, AMBER+STRICT or RED.")
        return cls[name]

    @property
    def label(self) -> str:
        """The label as FIRST writes it, for example `TLP:AMBER+STRICT`."""
        return f"TLP:{self.name.replace('_', '+')}"


class Pap(IntEnum):
    """Permissible Actions Protocol, from most to least open."""

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    RED = 3


class Use(StrEnum):
    """What a receiver may use a message for."""

    INTELLIGENCE_ONLY = "intelligence_only"
    EVIDENCE = "evidence"


class Onward(StrEnum):
    """Whether a receiver may pass a message on."""

    CONSENT = "consent"  # only with the originator's consent message
    NONE = "none"


class Protected(StrEnum):
    """A class that asks for more than its TLP: how it is masked, closed or decided on stands in the access pack."""

    VICTIM = "victim"
    CHILD = "child"
    WITNESS = "witness"
    HOLDER = "holder"  # innocent holder of an account, phone or device
    CT = "ct"
    STR = "str"  # derived from a suspicious transaction report: the FIU's alone until it releases it

    @property
    def bit(self) -> int:
        """Its bit where a set of classes is one number; fixed, because views hold such numbers."""
        return 1 << _BITS[self.value]


_BITS: Final = {"victim": 0, "child": 1, "witness": 2, "holder": 3, "ct": 4, "str": 5}


_CLASS_LABEL: Final = re.compile(r"""lintas:class=(?P<quote>"?)(?P<code>[^"]*)(?P=quote)""", re.IGNORECASE)


def class_named(code: str) -> Protected | None:
    """The class of a code in either case, or None."""
    plain = code.strip().lower()
    return Protected(plain) if plain in _BITS else None


def class_of_label(label: str) -> Protected | None:
    """The class that a label `lintas:class="victim"` names, or None.

    Source: the form of MISP's machine tags, with a namespace of our own: no published vocabulary names these classes.
    """
    found = _CLASS_LABEL.fullmatch(label.strip())
    return class_named(found["code"]) if found else None


def protected_classes(codes: Iterable[str]) -> frozenset[Protected]:
    """Read codes of classes as people give them.

    Raises:
        BadInput: One is none.
    """
    named = {code: class_named(code) for code in codes}
    for code, found in named.items():
        if found is None:
            raise BadInput(f"{code[:40]!r} is no protected class.", hint=f"Use one of {', '.join(Protected)}.")
    return frozenset(found for found in named.values() if found is not None)


def is_class_label(label: str) -> bool:
    """Whether a label means to name a class, known or not."""
    return label.strip().lower().startswith("lintas:class=")


def class_bits(classes: Iterable[Protected]) -> int:
    """A set of classes as one number."""
    return sum({one.bit for one in classes})


@cache
def classes_of(bits: int) -> frozenset[Protected]:
    """Read back what `class_bits` wrote; bits that stand for no class are left out."""
    return frozenset(one for one in Protected if one.bit & bits)


STANDARD_RETENTION: Final = "standard"
_CODE: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """The conditions under which a message may be seen; all must hold: no recipient means nobody, no purpose none.

    What is local goes to nobody and for nothing by itself: where its marking names no recipient, purpose or basis, the
    person who shares it names them (`lintas.policy.release`), and what travels always says all three.

    Recipients are node ids. They travel as salted commitments in the header's `refs`, never in clear.
    """

    tlp: Tlp
    pap: Pap = Pap.AMBER
    recipients: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    legal_basis: frozenset[str] = frozenset()
    use: Use = Use.INTELLIGENCE_ONLY
    onward: Onward = Onward.CONSENT
    retention: str = STANDARD_RETENTION
    classes: frozenset[Protected] = frozenset()

    def __post_init__(self) -> None:
        for code in (*self.purposes, *self.legal_basis, self.retention):
            if not _CODE.fullmatch(code):
                raise BadInput(f"{code[:40]!r} is no code: codes are lower-case letters, digits, '.', '_' and '-'.")

    def codes(self) -> dict[str, object]:
        """The part that stands in a header: codes only; `classes` where there is one."""
        protected = {"classes": sorted(one.value for one in self.classes)} if self.classes else {}
        return protected | {
            "legal_basis": sorted(self.legal_basis),
            "onward": self.onward.value,
            "pap": self.pap.name,
            "purposes": sorted(self.purposes),
            "retention": self.retention,
            "tlp": self.tlp.name,
            "use": self.use.value,
        }

    @classmethod
    def from_codes(cls, codes: dict[str, object], recipients: frozenset[str] = frozenset()) -> "Marking":
        """Read back what `codes` wrote.

        Raises:
            BadInput: A code is missing or unknown.
        """
        try:
            return cls(
                tlp=Tlp[str(codes["tlp"])],
                pap=Pap[str(codes["pap"])],
                recipients=recipients,
                purposes=_codes(codes["purposes"]),
                legal_basis=_codes(codes["legal_basis"]),
                use=Use(str(codes["use"])),
                onward=Onward(str(codes["onward"])),
                retention=str(codes["retention"]),
                classes=frozenset(Protected(code) for code in _codes(codes.get("classes", []))),
            )
        except (KeyError, ValueError, TypeError) as exc:
            raise BadInput("The marking has a missing or unknown code.") from exc

    def strictest(self, other: "Marking") -> "Marking":
        """Join two markings so that whatever either forbids stays forbidden.

        A list that joining empties would be left to whoever shares, and bases that differ would each open what the
        other closes. Then nobody outside may have it: it stays home, as TLP:RED.
        """
        is_lost = (
            _is_lost(self.recipients, other.recipients)
            or _is_lost(self.purposes, other.purposes)
            or bool(self.legal_basis and other.legal_basis and self.legal_basis != other.legal_basis)
        )
        return replace(
            self,
            tlp=Tlp.RED if is_lost else max(self.tlp, other.tlp),
            pap=max(self.pap, other.pap),
            recipients=self.recipients & other.recipients,
            purposes=self.purposes & other.purposes,
            legal_basis=self.legal_basis | other.legal_basis,
            use=min(self.use, other.use, key=_use_rank),
            onward=Onward.NONE if Onward.NONE in (self.onward, other.onward) else Onward.CONSENT,
            retention=_joined_retention(self.retention, other.retention),
            classes=self.classes | other.classes,
        )


def _codes(value: object) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        raise ValueError(value)
    return frozenset(value)


def _is_lost(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether a list that names somebody is joined to one that names nobody."""
    return bool(one or two) and not one & two


def _joined_retention(one: str, two: str) -> str:
    """The class that is not the standard one; of two such the first by name, so that joining is alike both ways."""
    return min({one, two} - {STANDARD_RETENTION}, default=STANDARD_RETENTION)


def _use_rank(use: Use) -> int:
    return 0 if use is Use.INTELLIGENCE_ONLY else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """How reliable a source is (A to F) and how credible the information (1 to 6); never a model's score."""

    source: str = "F"
    information: str = "6"

    def __post_init__(self) -> None:
        if self.source not in "ABCDEF" or self.information not in "123456" or len(self.code) != 2:
            raise BadInput(f"{self.code[:10]!r} is no grading.", hint="Use a letter A to F and a digit 1 to 6: B2.")

    @property
    def code(self) -> str:
        """The two characters, for example `B2`."""
        return f"{self.source}{self.information}"

    @classmethod
    def from_text(cls, text: str) -> "Grading":
        """Read a grading such as `B2`.

        Raises:
            BadInput: It is none.
        """
        plain = text.strip().upper()
        return cls(source=plain[:1], information=plain[1:])
