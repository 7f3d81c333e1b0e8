# SPDX-License-Identifier: Apache-2.0
"""Hostile XML into a small tree, and a small tree into XML.

Only UTF-8, no document type (so no entities and nothing fetched), no processing instructions, bounded in bytes, depth
and number of elements. What is refused is refused with its reason, before a value is looked at.
Source: Extensible Markup Language 1.0 (fifth edition); Namespaces in XML 1.0.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat  # no document type is let through, see _Reading  # nosec B407

from lintas.errors import BadInput, Malformed, OverLimit
from lintas.limits import RECALL_BYTES_MAX, XML_DEPTH_MAX, XML_ELEMENTS_MAX

ATTRIBUTES_MAX: Final = 20  # of one element; ISO 20022 has one
_BLANK: Final = " \t\r\n"
_UNWRITTEN: Final = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # Source: XML 1.0, "Char"
_ENCODINGS: Final = frozenset({"utf-8", "utf8", "us-ascii"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """One element. Its namespace is that of the document: others are not read."""

    name: str
    text: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    children: tuple["Element", ...] = ()

    def all(self, path: str) -> Iterator["Element"]:
        """Every element at a path of names: `Assgnmt/Id`."""
        name, _, rest = path.partition("/")
        for child in self.children:
            if child.name == name:
                yield from child.all(rest) if rest else (child,)

    def first(self, path: str) -> "Element | None":
        """The first element at a path; None when there is none."""
        return next(self.all(path), None)

    def said(self, path: str) -> str:
        """The text of the first element at a path; empty when there is none."""
        found = self.first(path)
        return found.text if found is not None else ""


class _Node:
    __slots__ = ("attributes", "children", "name", "text")

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name, self.attributes = name, attributes
        self.text: list[str] = []
        self.children: list[Element] = []

    def frozen(self) -> Element:
        """The element, whole."""
        text = "".join(self.text).strip(_BLANK)
        return Element(name=self.name, text=text, attributes=self.attributes, children=tuple(self.children))


class _Reading:
    """What expat calls; each refusal names its reason."""

    def __init__(self) -> None:
        self._open: list[_Node] = []
        self._count = 0
        self.namespace = ""
        self.root: Element | None = None

    def declared(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise Malformed(f"The file says it is {encoding[:20]!r}; only UTF-8 is read.")

    def document_type(self, *_: object) -> None:
        raise Malformed("The file has a document type, which no ISO 20022 message has: it may be an attack.")

    def instruction(self, *_: object) -> None:
        raise Malformed("The file has a processing instruction, which no ISO 20022 message has.")

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        self._count += 1
        if self._count > XML_ELEMENTS_MAX:
            raise OverLimit(f"The file has more than {XML_ELEMENTS_MAX:,} elements.")
        if len(self._open) >= XML_DEPTH_MAX:
            raise OverLimit(f"The file is nested deeper than {XML_DEPTH_MAX} elements.")
        if len(attributes) > ATTRIBUTES_MAX:
            raise OverLimit(f"An element has more than {ATTRIBUTES_MAX} attributes.")
        if not self._open:
            self.namespace = namespace
        # what a scheme adds from another namespace stands in an envelope that is not read
        self._open.append(_Node(local if namespace == self.namespace else "", attributes))

    def ends(self, _name: str) -> None:
        done = self._open.pop().frozen()
        if self._open:
            self._open[-1].children.append(done)
        else:
            self.root = done

    def text(self, said: str) -> None:
        self._open[-1].text.append(said)


def read_xml(raw: bytes) -> tuple[str, Element]:
    """Read one document; returns the namespace of its root, and the root.

    Args:
        raw: At most RECALL_BYTES_MAX bytes.

    Raises:
        OverLimit: It is larger or deeper than a message may be.
        Malformed: It is no XML that is read here; the message says why.
    """
    if len(raw) > RECALL_BYTES_MAX:
        raise OverLimit(f"The file has {len(raw):,} bytes; a message has at most {RECALL_BYTES_MAX:,}.")
    try:
        raw.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Malformed("The file is not UTF-8.") from None
    reading = _Reading()
    parser = expat.ParserCreate("UTF-8", " ")
    parser.buffer_text = True
    parser.XmlDeclHandler = reading.declared
    parser.StartDoctypeDeclHandler = reading.document_type
    parser.EntityDeclHandler = reading.document_type
    parser.ProcessingInstructionHandler = reading.instruction
    parser.StartElementHandler = reading.begins
    parser.EndElementHandler = reading.ends
    parser.CharacterDataHandler = reading.text
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as exc:
        raise Malformed(f"The file is no XML: line {exc.lineno}, column {exc.offset}.") from None
    except (ValueError, LookupError):
        raise Malformed("The file is no XML.") from None
    if reading.root is None:
        raise Malformed("The file is no XML.")
    return reading.namespace, reading.root


def write_xml(namespace: str, root: Element) -> bytes:
    """Write one document in UTF-8.

    Raises:
        BadInput: A text holds characters that XML has not.
    """
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    _write(parts, root, f' xmlns="{_escaped(namespace)}"')
    return ("".join(parts) + "\n").encode("utf-8")


def _write(parts: list[str], element: Element, more: str = "") -> None:
    attributes = "".join(f' {name}="{_escaped(value)}"' for name, value in element.attributes.items())
    parts.append(f"<{element.name}{more}{attributes}>")
    if element.children:
        for child in element.children:
            _write(parts, child)
    else:
        parts.append(_escaped(element.text))
    parts.append(f"</{element.name}>")


def _escaped(text: str) -> str:
    if _UNWRITTEN.search(text):
        raise BadInput("A text holds characters that no XML file can hold.")
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\r", "&#13;")):
        text = text.replace(char, entity)
    return text


def branch(name: str, *children: "Element | None") -> Element | None:
    """An element of those children that there are; None when there is none."""
    kept = tuple(child for child in children if child is not None)
    return Element(name=name, children=kept) if kept else None


def leaf(name: str, text: str, **attributes: str) -> Element | None:
    """An element with a text; None when the text is empty."""
    return Element(name=name, text=text, attributes=attributes) if text else None
