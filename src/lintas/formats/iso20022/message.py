# SPDX-License-Identifier: Apache-2.0
"""What a recall and its answer share as messages: their root, who sends them to whom, words beside codes."""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from lintas.errors import BadInput, Malformed
from lintas.formats.iso20022.definition import violations
from lintas.formats.iso20022.fields import check_namespace, read_text, write_party
from lintas.formats.iso20022.xml import Element, branch, leaf, read_xml, write_xml
from lintas.model.recall import Institution

_ABOUT_MAX: Final = 10  # texts beside one code
_ABOUT_CHARS_MAX: Final = 105  # Max105Text


def write_message(namespace: str, type_: str, body: Element | None, *, what: str) -> bytes:
    """Write a document, after holding it against its definition.

    Args:
        type_: `Camt056` or `Camt029`.
        what: How people call it.

    Raises:
        BadInput: A value has not the form that the message asks for; the message names the element.
    """
    root = Element(name="Document", children=(body,) if body is not None else ())
    for violation in violations(root, type_):
        raise BadInput(f"The {what} cannot be written: {violation}.")
    return write_xml(namespace, root)


def read_message(raw: bytes, message: str, name: str, *, oldest: int, what: str) -> tuple[str, Element]:
    """Read a document up to its body; (id of the message, body).

    Args:
        message: `camt.056` or `camt.029`.
        name: Of the body's element.
        oldest: Version that is still read.

    Raises:
        Malformed: It is another, or has no id.
        OverLimit: It is larger than a message may be.
    """
    namespace, root = read_xml(raw)
    check_namespace(namespace, message, oldest=oldest)
    body = root.first(name)
    if root.name != "Document" or body is None:
        raise Malformed(f"The file holds no {name}.")
    id_ = read_text(body, "Assgnmt/Id", 35)
    if not id_:
        raise Malformed(f"The {what} has no Assgnmt/Id.")
    return id_, body


def write_assignment(id_: str, *, by: Institution, to: Institution, made_at: str) -> Element | None:
    """Who sends it to whom."""
    return branch(
        "Assgnmt", leaf("Id", id_), write_party("Assgnr", by), write_party("Assgne", to), leaf("CreDtTm", made_at)
    )


def write_case(name: str, case: str, opened_by: Institution) -> Element | None:
    """The asker's reference; None when there is none."""
    return branch(name, leaf("Id", case), write_party("Cretr", opened_by)) if case else None


def write_ids(end_to_end: str, transaction: str, uetr: str) -> tuple[Element | None, ...]:
    """By what both banks know the payment."""
    return leaf("OrgnlEndToEndId", end_to_end), leaf("OrgnlTxId", transaction), leaf("OrgnlUETR", uetr)


def write_reason(name: str, code: str, about: Iterable[str]) -> Element | None:
    """A code, and words beside it."""
    return branch(name, branch("Rsn", leaf("Cd", code)), *(leaf("AddtlInf", one) for one in about))


def read_about(element: Element, path: str) -> tuple[str, ...]:
    """Words beside a code, the first ten that say something."""
    texts = (read_text(Element(name="", children=(one,)), one.name, _ABOUT_CHARS_MAX) for one in element.all(path))
    return tuple(islice((text for text in texts if text), _ABOUT_MAX))
