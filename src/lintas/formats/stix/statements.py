# SPDX-License-Identifier: Apache-2.0
"""What one STIX object says: an entity (an old observed-data: several), statements of its values, and postings.

Nothing is left out but empty values: nested names are joined by points, each element of a list is a statement of its
own, and a name without an equivalent in the vocabulary stays as its source wrote it. docs/spec/readers.md says more.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from lintas.formats.packs import Packs
from lintas.formats.reader_draft import PROP_CHARS_MAX, Draft, prop_name
from lintas.formats.schemata import Schemata, schemata_of
from lintas.formats.stix.marking import granular_selectors
from lintas.formats.stix.objects import is_usual_id
from lintas.formats.stix.pattern import read_pattern
from lintas.limits import STATEMENTS_PER_ITEM_MAX
from lintas.model.reading import Derived, ReadOptions

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", re.ASCII)
_ID: Final = re.compile(r"[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f-]{27}", re.ASCII)
# Kinds whose values are not searched for identifiers: they are one themselves, or can be none.
_PLAIN_KINDS: Final = frozenset({"date", "entity", "number", "identifier"})
_SPAN_OF: Final = {"indicator": ("valid_from", "valid_until"), "relationship": ("start_time", "stop_time")}


def derive_object(
    obj: Mapping[str, object], *, version: str, is_mended: bool, options: ReadOptions, packs: Packs
) -> Derived:
    """Say what one STIX object says.

    Args:
        obj: A checked object with the property names of 2.1.
        version: The version it was written in: `2.0` or `2.1`.
        is_mended: Broken characters in it were replaced.

    Raises:
        OverLimit: It holds more values than one message may.
    """
    draft = Draft(options=options, packs=packs, statements_max=STATEMENTS_PER_ITEM_MAX)
    schemata = schemata_of(packs)
    walk = _Walk(draft, schemata, obj)
    embedded = obj.get("objects") if obj["type"] == "observed-data" else None
    observables = embedded if isinstance(embedded, dict) else {}
    if not all(isinstance(value, dict) for value in observables.values()):
        observables = {}
    walk.whole(obj, skip="objects" if observables else "")
    for name, observable in observables.items():
        walk.observable(str(name), observable, observables)
    _note_oddities(draft, obj, version)
    if is_mended:
        draft.note("Halves of characters in it, as a text cut within an emoji leaves them, were replaced.")
    return draft.derived()


def _note_oddities(draft: Draft, obj: Mapping[str, object], version: str) -> None:
    type_, id_ = str(obj["type"]), str(obj["id"])
    if version == "2.1" and "spec_version" not in obj:
        draft.note("It names no STIX version; it was read as 2.1.")
    if not is_usual_id(id_, type_):
        draft.note("Its id is not written as STIX asks: its type, two dashes and a UUID.")
    selectors = granular_selectors(obj)
    if selectors:
        named = ", ".join(selectors[:5]) + (" and others" if len(selectors) > 5 else "")
        draft.note(f"Parts of it are marked apart ({named}); the strictest marking counts for the whole object.")
    confidence = obj.get("confidence")
    if confidence is not None and _confidence(obj) < 0:
        draft.note("Its confidence is no whole number from 0 to 100 and was kept as a plain value.")


class _Walk:
    """Goes through the values of one object, with what holds for all of its statements."""

    __slots__ = ("confidence", "draft", "id", "lang", "schemata", "valid_from", "valid_until")

    def __init__(self, draft: Draft, schemata: Schemata, obj: Mapping[str, object]) -> None:
        self.draft = draft
        self.schemata = schemata
        self.id = str(obj["id"])
        self.confidence = _confidence(obj)
        lang = obj.get("lang")
        self.lang = lang if isinstance(lang, str) else ""
        starts, ends = _SPAN_OF.get(str(obj["type"]), ("", ""))
        self.valid_from, self.valid_until = _time(obj.get(starts)), _time(obj.get(ends))

    def whole(self, obj: Mapping[str, object], *, skip: str) -> None:
        """Say all of the object, as the message's first entity."""
        type_ = str(obj["type"])
        entity = self.draft.entity(self.id, self._schema(obj), self._caption(obj))
        for name, value in obj.items():
            if name not in ("id", "spec_version", skip):  # the entity's key, and the media type, say these
                self._value(entity, type_, name[:PROP_CHARS_MAX], value)
        self._special(entity, type_, obj)

    def observable(self, name: str, obj: Mapping[str, object], siblings: Mapping[str, object]) -> None:
        """Say one observable that stands inside an observed-data object, as an entity of its own."""
        type_ = obj.get("type")
        type_ = type_ if isinstance(type_, str) else ""
        key = f"{self.id}#{name}"
        entity = self.draft.entity(key, self._schema(obj), self._caption(obj))
        self._say(0, "object_refs", key, "entity")
        for prop, value in obj.items():
            is_ref = prop.endswith(("_ref", "_refs"))
            self._value(entity, type_, prop[:PROP_CHARS_MAX], self._local(value, siblings) if is_ref else value)
        self._special(entity, type_, obj)

    def _local(self, value: object, siblings: Mapping[str, object]) -> object:
        """Turn a reference to a neighbour, such as `"1"`, into that neighbour's key."""
        if isinstance(value, list):
            return [self._local(item, siblings) for item in value]
        return f"{self.id}#{value}" if isinstance(value, str) and value in siblings else value

    def _value(self, entity: int, type_: str, path: str, value: object) -> None:
        """Say one value, however deep."""
        if type(value) is str:
            self._text(entity, type_, path, value)
        elif isinstance(value, dict):
            for name, part in value.items():
                self._value(entity, type_, f"{path[:PROP_CHARS_MAX]}.{name[:PROP_CHARS_MAX]}", part)
        elif isinstance(value, list):
            for part in value:
                self._value(entity, type_, path, part)
        elif isinstance(value, bool):
            self._say(entity, _place(self.schemata, type_, path)[0], "true" if value else "false", "code")
        elif value is not None:
            self._say(entity, _place(self.schemata, type_, path)[0], _digits(value), "number")

    def _text(self, entity: int, type_: str, path: str, value: str) -> None:
        prop, kind, schemes = _place(self.schemata, type_, path)
        lang = ""
        if not kind:
            kind = "date" if _TIME.fullmatch(value) else "string"
        if type_ == "language-content" and path.startswith("contents.") and path.count(".") > 1:
            _, lang, name = path.split(".", 2)
            prop, kind = prop_name(f"contents.{name}"), "text"
        elif kind in ("text", "name"):
            lang = self.lang
        self._say(entity, prop, value, kind, lang)
        if schemes:
            self.draft.identify(entity, prop, schemes, value)
        elif kind not in _PLAIN_KINDS and _may_mention(type_, path, value):
            self.draft.mention(entity, prop, value)

    def _say(self, entity: int, prop: str, value: str, kind: str, lang: str = "") -> None:
        self.draft.say(
            entity, prop, value, kind, confidence=self.confidence,
            valid_from=self.valid_from, valid_until=self.valid_until, lang=lang,
        )  # fmt: skip

    def _special(self, entity: int, type_: str, obj: Mapping[str, object]) -> None:
        """Post what only several properties together say."""
        if type_ == "indicator":
            self._pattern(entity, obj)
        elif type_ == "user-account":
            service = obj.get("account_type")
            scheme = self.schemata.stix_account.get(service.lower() if isinstance(service, str) else "")
            for name in ("account_login", "user_id"):
                login = obj.get(name)
                if isinstance(login, str) and login and scheme:
                    self.draft.identify(entity, _place(self.schemata, type_, name)[0], (scheme,), login)
                elif isinstance(login, str):
                    self.draft.mention(entity, _place(self.schemata, type_, name)[0], login)
        elif type_ == "x-misp-attribute":
            self._attribute(entity, "x_misp_value", obj.get("x_misp_type"), obj.get("x_misp_value"))
        elif type_ == "x-misp-object":
            attributes = obj.get("x_misp_attributes")
            for attribute in attributes if isinstance(attributes, list) else ():
                if isinstance(attribute, dict):
                    self._attribute(entity, "x_misp_attributes.value", attribute.get("type"), attribute.get("value"))

    def _attribute(self, entity: int, prop: str, type_: object, value: object) -> None:
        scheme = self.schemata.stix_attribute.get(type_) if isinstance(type_, str) else None
        if scheme and isinstance(value, str) and value:
            self.draft.identify(entity, prop, (scheme,), value)

    def _pattern(self, entity: int, obj: Mapping[str, object]) -> None:
        """Post the values that an indicator's pattern looks for."""
        pattern, kind = obj.get("pattern"), obj.get("pattern_type")
        if not isinstance(pattern, str):
            return
        if kind not in ("stix", None):  # YARA, Snort, Sigma ... are kept as text
            self.draft.mention(entity, "pattern", pattern)
            return
        compared = read_pattern(pattern)
        for path, value in compared.comparisons:
            schemes = _schemes(self.schemata, *path.split(":", 1))
            if schemes:
                self.draft.identify(entity, "pattern", schemes, value)
            elif path.startswith(("x-", "user-account:")):
                self.draft.mention(entity, "pattern", value)
        if compared.skipped:
            self.draft.note(
                f"Comparisons of its pattern that are not for equality are kept as text only: {compared.skipped}."
            )

    def _schema(self, obj: Mapping[str, object]) -> str:
        type_ = obj.get("type")
        if type_ == "identity":
            class_ = obj.get("identity_class")
            if isinstance(class_, str) and class_ in self.schemata.stix_identity:
                return self.schemata.stix_identity[class_]
        return self.schemata.stix_schema.get(type_, "Thing") if isinstance(type_, str) else "Thing"

    def _caption(self, obj: Mapping[str, object]) -> str:
        type_ = str(obj.get("type", ""))
        captions = self.schemata.stix_caption
        for path in captions.get(type_, captions["default"]):
            value = _at(obj, path)
            if value:
                if path == "relationship_type":
                    ends = (str(obj.get(name, "")).partition("--")[0] for name in ("source_ref", "target_ref"))
                    return f" {value} ".join(ends)
                return value
        return type_


@lru_cache(maxsize=8192)
def _place(schemata: Schemata, type_: str, path: str) -> tuple[str, str, tuple[str, ...]]:
    """Say for one property its name, its kind (empty: the value decides) and the schemes of its identifier."""
    named = schemata.stix_property.get(f"{type_}:{path}") or schemata.stix_property.get(path)
    schemes = _schemes(schemata, type_, path)
    if named is not None:
        return named[0], named[1], schemes
    last = path.rpartition(".")[2]
    kind = "entity" if last.endswith(("_ref", "_refs")) else "code" if last.endswith(("_type", "_types")) else ""
    if schemes:
        kind = "identifier"
    return prop_name(path), "code" if path == "type" else kind, schemes


def _schemes(schemata: Schemata, type_: str, path: str) -> tuple[str, ...]:
    known = schemata.stix_identifier
    return known.get(f"{type_}:{path}") or known.get(f"*:{path}") or ()


def _may_mention(type_: str, path: str, value: str) -> bool:
    """Leave out what only cites (references to reports), another object's id, and patterns, which are read apart."""
    if path.startswith("external_references.") or (path == "pattern" and type_ == "indicator"):
        return False
    return not _ID.fullmatch(value)


def _at(obj: Mapping[str, object], path: str) -> str:
    """Return the first text or number at a dotted path, or nothing."""
    value: object = obj
    for name in path.split("."):
        if isinstance(value, list):
            value = value[0] if value else None
        value = value.get(name) if isinstance(value, dict) else None
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, str):
        return value.strip()
    return _digits(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _digits(value: object) -> str:
    """Write a number; one of thousands of digits, which Python refuses to write, in hexadecimal."""
    try:
        return str(value)
    except ValueError:
        return f"{value:#x}" if isinstance(value, int) else repr(value)


def _confidence(obj: Mapping[str, object]) -> int:
    value = obj.get("confidence")
    is_usable = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 100
    return value if is_usable and isinstance(value, int) else -1


def _time(value: object) -> str:
    return value if isinstance(value, str) and _TIME.fullmatch(value) else ""
