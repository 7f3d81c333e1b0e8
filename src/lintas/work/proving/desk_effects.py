# SPDX-License-Identifier: Apache-2.0
"""Which documents of the desk bind when they leave: a request, an order, an agreement. All else is said without one."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from lintas.errors import LintasError
from lintas.formats.desk import parse_doc
from lintas.model.desk import DESK_TYPE, Doc, Step
from lintas.model.header_rules import LOCAL_CHANNEL

FREE: Final = ""  # of what is said without an order
SHARED: Final = "share"  # of every other item
POWERS: Final = frozenset(
    {Step.ORDERED, Step.EXTENDED, Step.RELEASED, Step.RETURNED, Step.FORFEITED, Step.REVIEWED}
)  # as the use cases have it: this is a second, independent look


class Left(NamedTuple):
    """An item that was released, until the entry that says where it stands."""

    seq: int
    original: str  # the local message; empty when that was erased
    activity: str
    said: Mapping[str, Any]  # of a document that binds


def is_leaving(header: Mapping[str, Any]) -> bool:
    """Whether an entry is a document of the desk on its way out."""
    is_item = header["kind"] == "item" and header["channel"] != LOCAL_CHANNEL
    return is_item and header.get("media_type") == DESK_TYPE


def left(seq: int, original: str, header: Mapping[str, Any], data: bytes | None) -> Left:
    """What one released item asks for. Of an erased document nobody can say any more, and its erasure is an entry."""
    if not is_leaving(header):
        return Left(seq, original, SHARED, {})
    try:
        doc = None if data is None else parse_doc(data)
    except LintasError:
        return Left(seq, original, SHARED, {})
    if doc is None:
        return Left(seq, original, FREE, {})
    said = {"ref": doc.ref, **doc.said}
    if doc.doc is Doc.REQUEST:
        return Left(seq, original, "request.send", said)
    if doc.doc is Doc.AGREEMENT:
        return Left(seq, original, "agreement.change", said)
    is_power = doc.doc is Doc.STEP and doc.said["what"] in POWERS
    return Left(seq, original, "power.order" if is_power else FREE, said)


def fits_request(effect: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether an order is about a request that was sent."""
    return bool(
        effect["to"] == said["to"]
        and effect["actor"] == said["actor"]
        and effect["form"] == said["form"]
        and effect["fields"] == said["fields"]
    )


def fits_power(effect: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether an order is about a step that was said; a review that releases also releases."""
    if effect["to"] not in said["to"] or effect["actor"] != said["actor"] or effect["ref"] != said["ref"]:
        return False
    if effect["what"] == said["what"]:
        return all(effect["fields"].get(name) == value for name, value in said["fields"].items())
    return bool(
        said["what"] == Step.REVIEWED
        and said["fields"].get("decision") == "released"
        and effect["what"] == Step.RELEASED
    )


def fits_agreement(effect: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether an order is about what was said of an agreement."""
    return bool(
        effect["to"] == said["to"]
        and effect["actor"] == said["actor"]
        and said["ref"] in ("", effect["ref"])  # of a proposal the reference is drawn when it is done
        and effect["what"] == said["what"]
        and effect["terms"] == said["terms"]
    )
