# SPDX-License-Identifier: Apache-2.0
"""Fill a node with many invented requests and cases through the store's own code.

Each stands in a message of its own, from one of a hundred nodes, about an account of its own; one in ten was refused,
the others are open, which is the hard case for lists. Cases are beside them, each opened and no more. What is left out
are log entries and payloads, which lists and searches do not touch.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Final

from invented import identifier

from lintas.crypto.canonical import canonical_json
from lintas.model.desk import DESK_TYPE, Doc, Step
from lintas.model.desk_ref import make_ref
from lintas.model.header import Kind
from lintas.model.identifier import Identifier, Strength
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.reading import Derived, Entity, Posting, Statement
from lintas.node.node import Node
from lintas.ports.store import Transaction
from lintas.views.case_rows import CaseDocRow
from lintas.views.desk_rows import RequestRow, StepRow
from lintas.views.rows import Change, DerivedRows, MessageRow
from lintas.work.services import as_text

SEED: Final = 5
NODES: Final = 100
REFUSED_EVERY: Final = 10
_START: Final = datetime(2024, 1, 1, tzinfo=UTC)
_AT_ONCE: Final = 5_000
_DIGITS: Final = "abcdefghijklmnopqrstuvwxyz234567"


def account(number: int) -> str:
    """The account of one request, as it is written."""
    return identifier("bank_account", number, seed=SEED)


def reference(number: int) -> str:
    """The reference of one request."""
    drawn = iter((number * 2_654_435_761 % 2**50).to_bytes(10, "big"))
    return make_ref("SG", Doc.REQUEST, lambda count: bytes(islice(drawn, count)))


def peer(number: int) -> str:
    """One of the nodes that ask."""
    return "lintas:" + "".join(_DIGITS[(number * 7 + place) % 32] for place in range(52))


def fill(node: Node, count: int) -> None:
    """Put `count` threads and as many cases into the views."""
    first = node.services.store.read(lambda snapshot: snapshot.size()) + 10_000_000  # beyond any entry of this bench
    for rows in (_changes(node, first, count), _cases(node, first + 2 * count, count)):
        _fill(node, rows)


def _fill(node: Node, rows: Iterator[tuple[Change, ...]]) -> None:
    while batch := list(islice(rows, _AT_ONCE)):
        node.services.store.write(lambda tx, batch=batch: _put(tx, batch))  # type: ignore[misc]


def _put(tx: Transaction, batch: list[tuple[Change, ...]]) -> None:
    for changes in batch:
        tx.apply(changes)


def case_title(number: int) -> str:
    """The title of one case."""
    return f"Parcel scam {identifier('phone', number, seed=SEED)}"


def case_reference(number: int) -> str:
    """The reference of one case."""
    drawn = iter((number * 2_654_435_761 % 2**50).to_bytes(10, "big"))
    return make_ref("SG", Doc.CASE, lambda count: bytes(islice(drawn, count)))


def _cases(node: Node, first: int, count: int) -> Iterator[tuple[Change, ...]]:
    own = node.services.keys.node
    for number in range(count):
        seq, ref, title = first + number, case_reference(number), case_title(number)
        at = as_text(_START + timedelta(seconds=60 * number))
        phone = title.rpartition(" ")[2]
        derived = Derived(
            entities=(Entity(ref, "Case", f"Case {ref}"),),
            statements=(Statement(0, "reference", ref, "identifier"), Statement(0, "title", title, "name")),
            postings=(Posting(0, Identifier("phone", phone, Strength.CHECKED), "title"),),
        )
        opened = CaseDocRow(
            seq=seq,
            message=MessageId(f"{seq:064x}"),
            opener=own,
            ref=ref,
            node=own,
            doc=f"{seq:032x}",
            after="[]",
            what="opened",
            by="officer-0001",
            at=at,
            said=canonical_json({"title": title, "area": "", "kind": "", "summary": ""}).decode(),
            short="",
            lang="",
        )
        yield (_message(seq, at, own), DerivedRows(seq, derived), opened)


def _changes(node: Node, first: int, count: int) -> Iterator[tuple[Change, ...]]:
    own = node.services.keys.node
    for number in range(count):
        seq, asker, ref = first + 2 * number, peer(number % NODES), reference(number)
        at = as_text(_START + timedelta(seconds=60 * number))
        value = account(number)
        derived = Derived(
            entities=(Entity(ref, "Request", f"Request {ref}"), Entity(f"{ref}-1", "BankAccount", value)),
            statements=(Statement(0, "reference", ref, "identifier"), Statement(0, "account", f"{ref}-1", "entity")),
            postings=(Posting(1, Identifier("bank_account", value, Strength.FORMAT), "accountNumber"),),
        )
        request = RequestRow(
            seq=seq,
            message=MessageId(f"{seq:064x}"),
            asker=asker,
            answerer=own,
            ref=ref,
            doc=f"{seq:032x}",
            form="hold",
            power="hold",
            desk="asc",
            urgency="now",
            agreement="",
            case_ref="",
            report="",
            by="officer-0001",
            at=at,
            levels='{"acknowledge":300,"act":1800,"answer":86400}',
            amount_minor=100_000 + number,
            currency="SGD",
            subject=value,
        )
        rows: list[Change] = [_message(seq, at, asker), DerivedRows(seq, derived), request]
        if number % REFUSED_EVERY == 0:
            rows += [_message(seq + 1, at, own), _refused(seq + 1, at, own, request)]
        yield tuple(rows)


def _message(seq: int, at: str, originator: str) -> MessageRow:
    return MessageRow(
        seq=seq,
        id=MessageId(f"{seq:064x}"),
        kind=Kind.ITEM.value,
        media_type=DESK_TYPE,
        created_at=at,
        originator=originator,
        tlp=int(Tlp.AMBER),
        marking=str(Marking(tlp=Tlp.AMBER).codes()),
        grading="F6",
        size_bytes=900,
        channel="pair." + "0" * 32,
        classes=0,
    )


def _refused(seq: int, at: str, own: str, request: RequestRow) -> StepRow:
    return StepRow(
        seq=seq,
        message=MessageId(f"{seq:064x}"),
        asker=request.asker,
        ref=request.ref,
        node=own,
        doc=f"{seq:032x}",
        after=f'["{request.doc}"]',
        what=Step.REFUSED.value,
        by="officer-0001",
        at=at,
        said='{"ground":"not_identified"}',
    )
