# SPDX-License-Identifier: Apache-2.0
"""Fill a node with many invented entities through the store's own code.

Each entity stands in a message of its own, as in STIX, which is the hard case: the more messages, the more rows to
join. What is left out are log entries and payloads, which finding does not touch; `bench_take.py` weighs those.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from invented import AT, identifiers, names

from lintas.model.header import Kind
from lintas.model.header_rules import LOCAL_CHANNEL
from lintas.model.identifier import Identifier, Strength
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.reading import Derived, Entity, Posting, Statement
from lintas.node.node import Node
from lintas.ports.store import Transaction
from lintas.views.rows import DerivedRows, MessageRow

SEED: Final = 11
STATEMENTS: Final = 3  # of each entity
_AT_ONCE: Final = 20_000
_PROPS: Final = {"phone": "phone", "bank_account": "accountNumber", "email": "email"}


def fill(node: Node, count: int) -> None:
    """Put `count` entities into the views: each with a type, a name and one identifier."""
    messages = _messages(node, count)
    while batch := list(islice(messages, _AT_ONCE)):
        node.services.store.write(lambda tx, batch=batch: _put(tx, batch))  # type: ignore[misc]


def _put(tx: Transaction, batch: list[tuple[MessageRow, DerivedRows]]) -> None:
    for changes in batch:
        tx.apply(changes)


def _messages(node: Node, count: int) -> Iterator[tuple[MessageRow, DerivedRows]]:
    first = node.services.store.read(lambda snapshot: snapshot.size()) + 10_000_000  # beyond any entry of this bench
    marking = Marking(tlp=Tlp.AMBER_STRICT)
    codes = str(marking.codes())
    held = zip(names(count, seed=SEED), identifiers(count, seed=SEED), strict=True)
    for number, (name, (scheme, value)) in enumerate(held):
        seq = first + number
        head = MessageRow(
            seq=seq,
            id=MessageId(f"{seq:064x}"),
            kind=Kind.ITEM.value,
            media_type="application/stix+json;version=2.1",
            created_at=AT,
            originator=node.services.keys.node,
            tlp=int(marking.tlp),
            marking=codes,
            grading="F6",
            size_bytes=400,
            channel=LOCAL_CHANNEL,
            classes=0,
        )
        prop = _PROPS.get(scheme, scheme)
        derived = Derived(
            entities=(Entity(f"identity--{number:012d}", "Person", name.text),),
            statements=(
                Statement(0, "type", "identity", "code"),
                Statement(0, "name", name.text, "name"),
                Statement(0, prop, value, "identifier"),
            ),
            postings=(Posting(0, Identifier(scheme, value, Strength.CHECKED), prop),),
        )
        yield head, DerivedRows(seq, derived)
