# SPDX-License-Identifier: Apache-2.0
"""What a store is asked about messages that hold payments, as a part of its day."""

import msgspec

from lintas.formats.ledger_rows import rows_digest, write_rows
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.ledger import LedgerMessage
from lintas.model.marking import Tlp
from lintas.model.reading import Derived
from lintas.ports.store import Store, Transaction
from lintas.testing import up_to
from lintas.views.rows import DerivedRows, ErasedRow, UnreadRow
from tests.faults.scribe import Scribe, put, said
from tests.unit.ledger.paying import START, Paid, rows_of


def pay(store: Store, scribe: Scribe) -> None:
    """Call every method about messages that hold payments."""
    rows = write_rows(rows_of([Paid(payer="A", payee="B", minor=500, at=START, credit_at=START + 5)]))
    derived = msgspec.structs.replace(said("account-a", account="A"), ledger=rows)
    item = scribe.content(Kind.ITEM, b"payments", tlp=Tlp.AMBER, derived=derived)
    other = scribe.content(Kind.ITEM, b"other payments", tlp=Tlp.AMBER, derived=derived)
    store.write(lambda tx: put(tx, item, other))
    first, second = store.read(lambda s: s.ledger_messages())
    assert first == LedgerMessage(first.seq, item.id, rows_digest(rows), 1, START, START + 5, 2)
    assert store.read(lambda s: s.ledger_seen(scope=up_to(Tlp.RED))) == [first, second]
    assert store.read(lambda s: s.ledger_seen(scope=up_to(Tlp.GREEN))) == []
    assert store.read(lambda s: s.ledger_message(item.id)) == first
    assert store.read(lambda s: s.ledger_message(MessageId("0" * 64))) is None

    def read_again(tx: Transaction) -> None:
        tx.apply([UnreadRow((first.seq,)), DerivedRows(first.seq, Derived())])

    store.write(read_again)
    assert store.read(lambda s: s.ledger_messages()) == [second]
    store.write(lambda tx: tx.apply([ErasedRow((other.id,))]))
    assert store.read(lambda s: s.ledger_messages()) == []
