# SPDX-License-Identifier: Apache-2.0
"""What a store is asked about questions to banks, as a part of its day."""

from typing import TYPE_CHECKING

from lintas.model.desk import Doc
from lintas.model.marking import Tlp
from lintas.model.question import Asked
from lintas.ports.store import Snapshot, Store
from lintas.testing import up_to
from lintas.views.rows import ErasedRow
from tests.faults.scribe import put

if TYPE_CHECKING:
    from tests.faults.desk_day import Desk

AT = "2026-03-01T02:00:00.000Z"


def question(store: Store, own: "Desk", about: str) -> None:
    """Call every method about questions, with rows to be found and with none."""
    ref, unanswered = own.ref(Doc.QUESTION), own.ref(Doc.QUESTION)
    fields = {
        "about": about,
        "bank": "DBSSSGSG",
        "account": {"scheme": "bank_account", "value": "0123456789"},
        "currency": "SGD",
        "start": AT,
        "authority": "Contoh Police",
        "law": "section 20",
    }
    said = {"what": Asked.ASKED.value, "fields": fields}
    first, second = own.write(Doc.QUESTION, ref, said), own.write(Doc.QUESTION, unanswered, said)
    told = own.write(Doc.QUESTION, ref, {"what": Asked.TOLD.value, "fields": {"state": "done", "at": AT}})
    store.write(lambda tx: put(tx, first, second, told))
    red = up_to(Tlp.RED)

    def look(s: Snapshot) -> None:
        (opened,) = s.questions_open(-1, limit=9)
        assert (opened.ref, opened.message, opened.said["law"]) == (unanswered, second.id, "section 20")
        assert s.questions_open(opened.seq, limit=9) == []
        assert [one.what for one in s.question_said(ref, limit=9)] == ["asked", "told"]
        assert [one.ref for one in s.questions_for(about, limit=9)] == [unanswered, ref]
        assert [one.ref for one in s.questions(about, scope=red, limit=9)] == [unanswered, ref]
        assert s.questions(scope=up_to(-1), limit=9) == [] and s.question_called(ref, scope=up_to(-1)) is None
        found = s.question_called(ref, scope=red)
        assert found is not None and found.about == about and s.has_ref(ref)

    store.read(look)
    store.write(lambda tx: tx.apply([ErasedRow((second.id,))]))
    assert store.read(lambda s: s.questions_open(-1, limit=9)) == []
