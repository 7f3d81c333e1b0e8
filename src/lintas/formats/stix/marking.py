# SPDX-License-Identifier: Apache-2.0
"""Which TLP and PAP hold for a STIX object: the most restrictive found, and RED where a marking cannot be resolved.

Sources: STIX 2.1 section 7.2 (data markings, predefined TLP 1 definitions); OASIS extension definition "TLP 2.0"
(cti-stix-common-objects); PAP as MISP's taxonomy writes it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lintas.errors import BadInput
from lintas.model.marking import Pap, Tlp, class_of_label, is_class_label

TLP2_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

# The definitions that the standards fix; they may be referred to without being sent.
PREDEFINED: Final[Mapping[str, Tlp]] = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,  # TLP 1 WHITE
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,  # TLP 2.0
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """What one marking definition means to us."""

    tlp: Tlp | None = None
    pap: Pap | None = None
    understood: bool = True  # False: a kind of marking that we do not know; what it forbids is not known either


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The marking of one object."""

    tlp: Tlp | None = None
    pap: Pap | None = None
    unresolved: tuple[str, ...] = ()  # references that could not be resolved or understood
    classes: tuple[str, ...] = ()  # protected classes that its labels name


def define(definition: Mapping[str, object]) -> Defined:
    """Read one marking definition object. Where its parts disagree, the strictest counts."""
    body = definition.get("definition")
    extensions = definition.get("extensions")
    kind = definition.get("definition_type")
    levels: list[Tlp | None] = [tlp_of(definition.get("name"))]
    pap = _pap_of(definition.get("name"))
    understood = levels[0] is not None or pap is not None
    if isinstance(extensions, dict) and isinstance(extensions.get(TLP2_EXTENSION), dict):
        levels.append(tlp_of(extensions[TLP2_EXTENSION].get("tlp_2_0")))
        understood = levels[-1] is not None
    if kind == "tlp":
        levels.append(tlp_of(body.get("tlp")) if isinstance(body, dict) else None)
        understood = levels[-1] is not None
    elif kind == "statement":
        statement = body.get("statement") if isinstance(body, dict) else None
        levels.append(tlp_of(statement))
        pap = pap if pap is not None else _pap_of(statement)
        understood = isinstance(statement, str)
    return Defined(tlp=strictest(levels), pap=pap, understood=understood)


def collect(definitions: Iterable[Mapping[str, object]]) -> dict[str, Defined]:
    """Gather the marking definitions of a file by id; two of one id count together, the strictest first."""
    found: dict[str, Defined] = {}
    for definition in definitions:
        id_ = definition.get("id")
        if not isinstance(id_, str):
            continue
        new = define(definition)
        old = found.get(id_)
        if old is not None:
            paps = [pap for pap in (old.pap, new.pap) if pap is not None]
            new = Defined(
                tlp=strictest((old.tlp, new.tlp)),
                pap=max(paps, default=None),
                understood=old.understood and new.understood,
            )
        found[id_] = new
    return found


def of_object(obj: Mapping[str, object], defined: Mapping[str, Defined]) -> Found:
    """Say what marking holds for a whole object.

    Granular markings count for the whole object, since a message is the unit of marking; labels such as `tlp:amber`,
    `PAP:RED` and `lintas:class="victim"` count too. A reference that is not in the file, or is of a kind that we do not
    know, counts as RED.
    """
    tlps: list[Tlp | None] = []
    paps: list[Pap] = []
    unresolved: list[str] = []
    for ref in _refs(obj):
        known = defined.get(ref)
        if ref in PREDEFINED:
            tlps.append(PREDEFINED[ref])
        if known is not None:
            tlps.append(known.tlp)
            if known.pap is not None:
                paps.append(known.pap)
        if not (ref in PREDEFINED or (known is not None and known.understood)):
            unresolved.append(ref)
    said = _labelled(obj.get("labels"))
    tlps += [said.tlp]
    paps += [] if said.pap is None else [said.pap]
    unresolved += said.unresolved
    if unresolved:
        tlps.append(Tlp.RED)
    return Found(
        tlp=strictest(tlps),
        pap=max(paps, default=None),
        unresolved=tuple(unresolved),
        classes=said.classes,
    )


def _labelled(labels: object) -> Found:
    """What an object's labels say of its handling."""
    tlps: list[Tlp | None] = []
    paps: list[Pap] = []
    unresolved: list[str] = []
    classes: set[str] = set()
    for label in labels if isinstance(labels, list) else ():
        if not isinstance(label, str):
            continue
        if is_class_label(label):
            named = class_of_label(label)
            if named is None:
                unresolved.append(label)
            else:
                classes.add(named.value)
        elif label[:4].lower() in ("tlp:", "pap:"):
            tlp, pap = tlp_of(label), _pap_of(label)
            tlps.append(tlp)
            if pap is not None:
                paps.append(pap)
            elif tlp is None:
                unresolved.append(label)
    return Found(
        tlp=strictest(tlps),
        pap=max(paps, default=None),
        unresolved=tuple(unresolved),
        classes=tuple(sorted(classes)),
    )


def granular_selectors(obj: Mapping[str, object]) -> tuple[str, ...]:
    """Name the parts of an object that carry a marking of their own; markings of language only do not count."""
    markings = obj.get("granular_markings")
    selectors: list[str] = []
    for marking in markings if isinstance(markings, list) else ():
        if isinstance(marking, dict) and "marking_ref" in marking:
            named = marking.get("selectors")
            selectors += [item for item in named if isinstance(item, str)] if isinstance(named, list) else []
    return tuple(selectors)


def strictest(tlps: Iterable[Tlp | None]) -> Tlp | None:
    """Return the most restrictive label, or None when there is none."""
    return max((tlp for tlp in tlps if tlp is not None), default=None)


def _refs(obj: Mapping[str, object]) -> list[str]:
    """List what the object says about its marking; what is not even text is kept as an unresolvable reference."""
    refs: list[str] = []
    marked = obj.get("object_marking_refs")
    if isinstance(marked, list):
        refs += [ref if isinstance(ref, str) else "a reference that is no text" for ref in marked]
    elif marked is not None:
        refs.append("object_marking_refs that are no list")
    granular = obj.get("granular_markings")
    if isinstance(granular, list):
        for marking in granular:
            if not isinstance(marking, dict):
                refs.append("a granular marking that is no object")
            elif "marking_ref" in marking:
                ref = marking["marking_ref"]
                refs.append(ref if isinstance(ref, str) else "a reference that is no text")
            elif "lang" not in marking:
                refs.append("a granular marking without a reference")
    elif granular is not None:
        refs.append("granular_markings that are no list")
    return refs


def tlp_of(value: object) -> Tlp | None:
    """Read a TLP label, or return None."""
    if not isinstance(value, str):
        return None
    try:
        return Tlp.from_text(value)
    except BadInput:
        return None


def _pap_of(value: object) -> Pap | None:
    if not isinstance(value, str):
        return None
    head, colon, name = value.strip().upper().partition(":")
    return Pap.__members__.get({"WHITE": "CLEAR"}.get(name, name)) if head == "PAP" and colon else None
