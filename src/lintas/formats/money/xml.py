# SPDX-License-Identifier: Apache-2.0
"""Hostile XML of any length, read once from front to back: only the texts that somebody wants are kept.

As `iso20022.xml` does, only UTF-8 is read, no document type (so no entities and nothing fetched) and no processing
instruction. What is broken anywhere is refused whole: a bank's file that was cut says nothing complete.
Source: Extensible Markup Language 1.0 (fifth edition); Namespaces in XML 1.0.
"""

from collections.abc import Callable, Mapping
from typing import Final
from xml.parsers import expat  # no document type is let through, see `_Reading`  # nosec B407

from lintas.errors import Malformed, OverLimit
from lintas.limits import FILE_BYTES_MAX, XML_DEPTH_MAX

ATTRIBUTES_MAX: Final = 20  # of one element; ISO 20022 has one
TEXT_CHARS_MAX: Final = 2_000  # of one text that is wanted; ISO 20022 has 140
_ROOT_DEPTH_MAX: Final = 4  # elements around a document: an envelope of a network
_BLANK: Final = " \t\r\n"
_ENCODINGS: Final = frozenset({"utf-8", "utf8", "us-ascii"})

Fields = dict[str, str]
"""Path -> text of what one element holds; of an element that stands there several times, the first."""
Begun = Callable[[], None]
Ended = Callable[[Fields], None]


class Scope:
    """An element that somebody wants to hear of, and the paths under it whose texts they want."""

    def __init__(self, path: str, leaves: tuple[str, ...], ended: Ended, begun: Begun | None = None) -> None:
        """Describe it.

        Args:
            path: Under the document's root, with its name: `GrpHdr`, `CdtTrfTxInf`.
            leaves: Under the element: `PmtId/UETR`; `IntrBkSttlmAmt@Ccy` is an attribute.
            ended: Called when the element ends, with what was found.
            begun: Called when it begins.
        """
        self.path, self.leaves, self.ended, self.begun = path, leaves, ended, begun


class _Texts(dict[str, "_Node"]):
    """Children of an element whose text is wanted: it may have none."""

    def get(self, key: str, default: object = None) -> "_Node":
        raise Malformed("An element that holds a text holds other elements too: no such file is read.")


class _Node:
    __slots__ = ("attributes", "children", "key", "scope")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.key = ""  # of the text that is wanted
        self.attributes: tuple[tuple[str, str], ...] = ()  # (attribute, key)
        self.scope: Scope | None = None


_UNWANTED: Final = _Node()


def _tree(scopes: tuple[Scope, ...], prefix: str) -> _Node:
    """Put all wanted paths into one tree of names as the parser says them."""
    root = _Node()

    def place(node: _Node, path: str) -> _Node:
        for name in path.split("/"):
            node = node.children.setdefault(prefix + name, _Node())
        return node

    for scope in scopes:
        top = place(root, scope.path) if scope.path else root
        top.scope = scope
        for leaf in scope.leaves:
            path, _, attribute = leaf.partition("@")
            node = place(top, path) if path else top
            if attribute:
                node.attributes = (*node.attributes, (attribute, leaf))
            else:
                node.key = leaf
    _close(root)
    return root


def _close(node: _Node) -> None:
    for child in node.children.values():
        _close(child)
    if node.key and not node.children:
        node.children = _Texts()


class _Reading:
    """What expat calls; each refusal names its reason."""

    def __init__(self, root_name: str, scopes: Callable[[str], tuple[Scope, ...]]) -> None:
        self._root_name, self._scopes = root_name, scopes
        self._nodes: list[_Node] = []
        self._texts: list[str] = []
        self._open: list[Fields] = []
        self._before = 0  # elements around the root
        self.namespace = ""
        self.is_found = False

    def declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise Malformed(f"The file says it is {encoding[:20]!r}; only UTF-8 is read.")

    def document_type(self, *_: object) -> None:
        raise Malformed("The file has a document type, which no file of payments has: it may be an attack.")

    def instruction(self, *_: object) -> None:
        raise Malformed("The file has a processing instruction, which no file of payments has.")

    def outside(self, name: str, _attributes: dict[str, str]) -> None:
        """An element before the root is found, or after it ended."""
        self._before += 1
        if self._before > XML_DEPTH_MAX:
            raise OverLimit(f"The file is nested deeper than {XML_DEPTH_MAX} elements.")
        namespace, _, local = name.rpartition(" ")
        if local != self._root_name or self._before > _ROOT_DEPTH_MAX:
            return
        if self.is_found:
            raise Malformed("The file holds several documents; each is taken by itself.")
        self.namespace, self.is_found = namespace, True
        root = _tree(self._scopes(namespace), f"{namespace} " if namespace else "")
        self._nodes.append(root)
        self._begin_scope(root)
        self.parser.StartElementHandler = self.begins
        self.parser.EndElementHandler = self.ends
        self.parser.CharacterDataHandler = self._texts.append

    def left(self, _name: str) -> None:
        self._before -= 1

    def begins(self, name: str, attributes: dict[str, str]) -> None:
        nodes = self._nodes
        node = nodes[-1].children.get(name, _UNWANTED)
        nodes.append(node)
        if node is _UNWANTED:
            if len(nodes) > XML_DEPTH_MAX:
                raise OverLimit(f"The file is nested deeper than {XML_DEPTH_MAX} elements.")
            if len(self._texts) > 10_000:
                self._texts.clear()
            return
        if node.key:
            self._texts.clear()
        if node.scope is not None:
            self._begin_scope(node)
        if node.attributes and attributes:
            if len(attributes) > ATTRIBUTES_MAX:
                raise OverLimit(f"An element has more than {ATTRIBUTES_MAX} attributes.")
            for attribute, key in node.attributes:
                if attribute in attributes:
                    self._open[-1].setdefault(key, attributes[attribute][:TEXT_CHARS_MAX])

    def _begin_scope(self, node: _Node) -> None:
        if node.scope is not None:
            self._open.append({})
            if node.scope.begun is not None:
                node.scope.begun()

    def ends(self, _name: str) -> None:
        node = self._nodes.pop()
        if node.key:
            text = "".join(self._texts).strip(_BLANK)
            if len(text) > TEXT_CHARS_MAX:
                raise OverLimit(f"A text has more than {TEXT_CHARS_MAX:,} characters.")
            self._open[-1].setdefault(node.key, text)
        if node.scope is not None:
            node.scope.ended(self._open.pop())
        if not self._nodes:
            self._before -= 1
            self._texts.clear()
            self.parser.StartElementHandler = self.outside
            self.parser.EndElementHandler = self.left
            self.parser.CharacterDataHandler = None

    def run(self, raw: bytes) -> None:
        self.parser = parser = expat.ParserCreate("UTF-8", " ")
        parser.buffer_text = True
        parser.XmlDeclHandler = self.declared
        parser.StartDoctypeDeclHandler = self.document_type
        parser.EntityDeclHandler = self.document_type
        parser.ProcessingInstructionHandler = self.instruction
        parser.StartElementHandler = self.outside
        parser.EndElementHandler = self.left
        parser.Parse(raw, True)


def stream_xml(raw: bytes, root_name: str, scopes: Callable[[str], tuple[Scope, ...]]) -> str:
    """Read one document and call each scope as its elements end; returns the namespace of the document.

    Args:
        root_name: Local name of the document's root, which may stand within an envelope.
        scopes: Called with the root's namespace: what is wanted of such a document. A `path` names elements under the
            root; an empty one is the root itself.

    Raises:
        OverLimit: It is larger or deeper than a file may be.
        Malformed: It is no XML that is read here, or has no such root; or what `scopes` or a callee raises.
    """
    if len(raw) > FILE_BYTES_MAX:
        raise OverLimit(f"The file has {len(raw):,} bytes; {FILE_BYTES_MAX:,} may be taken.", hint="Split the file.")
    try:
        raw.decode("utf-8", "strict")
    except UnicodeDecodeError:
        raise Malformed("The file is not UTF-8.") from None
    reading = _Reading(root_name, scopes)
    try:
        reading.run(raw)
    except expat.ExpatError as exc:
        raise Malformed(f"The file is no whole XML: line {exc.lineno}, column {exc.offset}.") from None
    except (ValueError, LookupError):
        raise Malformed("The file is no XML.") from None
    if not reading.is_found:
        raise Malformed(f"The file holds no element {root_name}.")
    return reading.namespace


def texts(*prefixes: str, under: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Paths of like parts in several places: `texts("Dbtr", "Cdtr", under={"{}Acct": ("Id/IBAN",)})`."""
    return tuple(
        f"{place.format(prefix)}/{leaf}" for prefix in prefixes for place, leaves in under.items() for leaf in leaves
    )
