# SPDX-License-Identifier: Apache-2.0
"""Hold a goAML report against the schema that an operator gives. Runs in a reader process only: libxml2 is C.

Only bytes that are given here are read: a schema may include others of its folder by their plain names, nothing is
fetched, and no entity is known. Reports reach this file after our own reader refused document types and depth.
Sources: XML Schema Part 1 and 2 (W3C, second edition); the codes are libxml2's names for their rules.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from lxml import etree

from lintas.limits import (
    GOAML_CHILDREN_MAX,
    GOAML_LISTED_BYTES_MAX,
    GOAML_TAGS_MAX,
    GOAML_VALIDATED_BYTES_MAX,
    GOAML_VIOLATIONS_MAX,
    REASON_CHARS_MAX,
)

Files = tuple[tuple[str, bytes], ...]
"""Name -> bytes of a schema's files, by name."""

_XS: Final = "{http://www.w3.org/2001/XMLSchema}"
_PLACE: Final = "goaml-schema:///"  # where the files seem to stand; no loader knows it
_OTHERS: Final = (f"{_XS}include", f"{_XS}import", f"{_XS}redefine", f"{_XS}override")
_EMPTY: Final = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>'
_PATH_CHARS: Final = 200  # of a path, its end
_NAMES_SHOWN: Final = 200  # characters of the names of elements that may stand at a place
_EXPECTED: Final = re.compile(r"Expected is (?:one of )?\( (.{1,4000}) \)", re.ASCII)
_FACET: Final = re.compile(r"(?:length of|allowed \() ?'([0-9.+-]{1,40})'")
_TYPE: Final = re.compile(r"(?:atomic|list|union) type '(?:xs:)?([A-Za-z0-9_.-]{1,60})'", re.ASCII)
_PLAIN: Final = {
    "CVC_MAXLENGTH_VALID": "Its text is longer than the schema allows",
    "CVC_MINLENGTH_VALID": "Its text is shorter than the schema asks for",
    "CVC_LENGTH_VALID": "Its text has not the length that the schema asks for",
    "CVC_PATTERN_VALID": "Its text has not the form that the schema asks for",
    "CVC_ENUMERATION_VALID": "Its text is none of those that the schema lists",
    "CVC_MAXINCLUSIVE_VALID": "Its number is above what the schema allows",
    "CVC_MAXEXCLUSIVE_VALID": "Its number is above what the schema allows",
    "CVC_MININCLUSIVE_VALID": "Its number is below what the schema allows",
    "CVC_MINEXCLUSIVE_VALID": "Its number is below what the schema allows",
    "CVC_TOTALDIGITS_VALID": "Its number has more digits than the schema allows",
    "CVC_FRACTIONDIGITS_VALID": "Its number has more digits after the point than the schema allows",
    "CVC_DATATYPE_VALID_1_2_1": "Its text is not of the type that the schema asks for",
    "CVC_DATATYPE_VALID_1_2_2": "Its text is not of the type that the schema asks for",
    "CVC_DATATYPE_VALID_1_2_3": "Its text is not of the type that the schema asks for",
    "CVC_COMPLEX_TYPE_2_1": "It holds something, where the schema wants nothing",
    "CVC_COMPLEX_TYPE_2_2": "It holds elements, where the schema wants a text",
    "CVC_COMPLEX_TYPE_2_3": "It holds a text, where the schema wants elements alone",
    "CVC_COMPLEX_TYPE_3_2_1": "It has an attribute that the schema does not know there",
    "CVC_COMPLEX_TYPE_3_2_2": "It has an attribute that the schema does not know there",
    "CVC_COMPLEX_TYPE_4": "It lacks an attribute that the schema asks for",
    "CVC_TYPE_3_1_1": "It has an attribute that the schema does not know there",
    "CVC_TYPE_3_1_2": "It holds elements, where the schema wants a text",
    "CVC_ELT_1": "The schema knows no such element",
    "CVC_IDC": "It breaks a rule of the schema on what stands there once, or is named elsewhere",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A place of a report that does not hold to the schema; nothing that the report says is repeated."""

    line: int  # from 1
    path: str  # XPath of the element, its end
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of holding a report against a schema."""

    digest: str  # of the schema: SHA-256 of its file, or of the lines `DIGEST  NAME` of its files
    violations: tuple[Violation, ...] = ()  # the first GOAML_VIOLATIONS_MAX, in the order of the report
    further: int = 0  # violations beyond those
    problem: str = ""  # why nothing was held against it; then there are no violations


def check_report(raw: bytes, files: Files) -> Verdict:
    """Hold a report against a schema.

    Args:
        raw: XML that our own reader has read: UTF-8, no document type, at most XML_DEPTH_MAX deep.
        files: Of the schema, by name.

    Shape: O(bytes) but for places that violate it, whose paths count the elements before them; bounded by the limits.
    """
    digest = schema_digest(files)
    if len(raw) > GOAML_VALIDATED_BYTES_MAX or raw.count(b"<") > GOAML_TAGS_MAX:
        mib = GOAML_VALIDATED_BYTES_MAX // 2**20
        return Verdict(digest=digest, problem=f"It has more than {mib} MiB or {GOAML_TAGS_MAX:,} tags. Split it.")
    schema, problem = _compiled(files)
    if schema is None:
        return Verdict(digest=digest, problem=problem)
    try:
        root = etree.fromstring(raw, _parser())
    except etree.XMLSyntaxError:  # what expat reads and libxml2 does not: a text of ten million characters, a namespace
        return Verdict(digest=digest, problem="It is no XML that can be held against a schema.")
    report = root if _local(root) == "report" else next(root.iter("{*}report"), root)
    texts = 0
    for element in report.iter():
        if len(element) > GOAML_CHILDREN_MAX:
            problem = f"An element of it holds more than {GOAML_CHILDREN_MAX:,} others. Split it."
            return Verdict(digest=digest, problem=problem)
        texts += len(element.attrib) + (len(element) == 0)
    if texts * _listed(files) > GOAML_LISTED_BYTES_MAX:
        return Verdict(digest=digest, problem="It has too many texts for the lists of the schema. Split it.")
    try:
        schema.validate(report)
    except etree.XMLSchemaValidateError:  # libxml2 gives up where a long text fits a pattern in too many ways
        return Verdict(digest=digest, problem="A text of it is too long for a pattern of the schema.")
    found = tuple(_violations(schema))
    return Verdict(digest=digest, violations=found, further=len(schema.error_log) - len(found))


def schema_digest(files: Files) -> str:
    """Name a schema by its bytes, as `sha256sum FILE` does, or `sha256sum *.xsd | sha256sum` in its folder."""
    if len(files) == 1:
        return sha256(files[0][1]).hexdigest()
    lines = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files))
    return sha256(lines.encode()).hexdigest()


@lru_cache(maxsize=4)
def _compiled(files: Files) -> tuple[Any, str]:
    """A schema ready for use, else why it is none."""
    texts, roots = dict(files), []
    for name, data in files:
        try:
            document = etree.fromstring(data, _parser(texts), base_url=_PLACE + name)
        except etree.XMLSyntaxError as exc:
            return None, f"{name} is no whole XML: line {exc.lineno}."
        if document.getroottree().docinfo.doctype:
            return None, f"{name} has a document type."
        for other in document.iter(*_OTHERS):
            wanted = other.get("schemaLocation")
            if wanted is not None and wanted.removeprefix("./") not in texts:
                return None, f"{name} needs {_shown(wanted)}, which is no file of its folder."
        if any(child.get("name") == "report" for child in document.findall(f"{_XS}element")):
            roots.append((name, document))
    if len(roots) != 1:
        names = ", ".join(name for name, _ in roots)
        return None, (
            f"Several files describe a report: {_shown(names)}; name the one that holds."
            if roots
            else "None of its files describes the element report."
        )
    try:
        return etree.XMLSchema(roots[0][1]), ""
    except (etree.XMLSchemaParseError, ValueError) as exc:
        return None, f"{roots[0][0]} is no schema of XML: {_shown(str(exc))}"


@lru_cache(maxsize=4)
def _listed(files: Files) -> int:
    """Bytes of the longest list of values in a schema: libxml2 compares with all of it, and says all of it."""
    lists = (one for _, data in files for one in etree.fromstring(data, _parser()).iter(f"{_XS}restriction"))
    return max(
        (sum(len(v.get("value", "").encode()) + 4 for v in one.findall(f"{_XS}enumeration")) for one in lists),
        default=0,
    )


class _Folder(etree.Resolver):  # type: ignore[misc]  # lxml has no types
    """Gives the files of a schema to each other, and nothing else."""

    def __init__(self, texts: dict[str, bytes]) -> None:
        self._texts = texts

    def resolve(self, url: str, _public_id: str, context: object) -> object:
        data = self._texts.get(url.removeprefix(_PLACE), _EMPTY) if url.startswith(_PLACE) else _EMPTY
        return self.resolve_string(data, context, base_url=url)


def _parser(texts: dict[str, bytes] | None = None) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        collect_ids=False,
    )
    parser.resolvers.add(_Folder(texts or {}))
    return parser


def _violations(schema: Any) -> Iterator[Violation]:
    for count, entry in enumerate(schema.error_log):
        if count >= GOAML_VIOLATIONS_MAX:
            return
        yield Violation(
            line=max(entry.line, 1), path=_shown(entry.path or "")[-_PATH_CHARS:], sentence=_sentence(entry)
        )


def _sentence(entry: Any) -> str:
    """What is wrong, in our words: libxml2's would repeat what the report says, and change with its versions."""
    code, message = entry.type_name.removeprefix("SCHEMAV_"), entry.message or ""
    if code == "ELEMENT_CONTENT":
        found = _EXPECTED.search(message)
        names = _shown(found[1])[:_NAMES_SHOWN] if found else ""
        if message.rpartition("': ")[2].startswith("Missing") or "Missing child" in message:
            return f"It lacks what the schema asks for: {names}." if names else "It lacks an element."
        return f"It does not belong here; the schema expects: {names}." if names else "It does not belong here."
    plain = _PLAIN.get(code)
    if plain is None:
        return f"It does not hold to the schema ({code[:60]})."
    kind = _TYPE.search(message) if code.startswith("CVC_DATATYPE") else None
    if kind:
        return f"{plain}: {kind[1]}."
    limit = _FACET.search(message.rpartition(";")[2] or message)
    return f"{plain}: {limit[1] or limit[2]}." if limit else f"{plain}."


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _shown(text: str) -> str:
    return "".join(char for char in text if char.isprintable())[:REASON_CHARS_MAX]
