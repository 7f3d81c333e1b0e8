# SPDX-License-Identifier: Apache-2.0
"""What a store is asked about kept traces, as a part of its day."""

from typing import TYPE_CHECKING, Any

from lintas.model.desk import Doc
from lintas.model.marking import Tlp
from lintas.ports.store import Snapshot, Store
from lintas.testing import up_to
from lintas.views.desk_rows import CameRow
from lintas.views.rows import ErasedRow
from tests.faults.scribe import put

if TYPE_CHECKING:
    from tests.faults.desk_day import Desk

RULES = {"method": "fifo"}
CAME = "2026-03-01T05:00:00.000Z"


def handed_said(reference: str, *, payee: str = "DBSSSGSG:2000000001", revision: int = 1) -> dict[str, Any]:
    """A payment that is handed on."""
    payment = {"reference": reference, "minor": 900, "asset": "SGD", "payee": payee, "at": "2026-03-01T01:05:00Z"}
    return {
        "rules": RULES,
        "payment": payment,
        "segments": [[400, "*", 1], [500, "", 0]],
        "revision": revision,
        "hops": 1,
        "rounds": 0,
    }


def follow(store: Store, own: "Desk", other: "Desk") -> None:
    """Call every method about traces, with rows to be found and with none."""
    ref = own.ref(Doc.TRACE)
    red = up_to(Tlp.RED)

    def say(desk: "Desk", what: str, fields: dict[str, Any], to: str = "") -> Any:
        return desk.write(Doc.TRACE, ref, {"opener": own.node, "what": what, "to": to, "fields": fields})

    seeds = [{"label": "1", "payee": "DBSSSGSG:1000000001", "minor": 1000, "asset": "SGD"}]
    opened = say(own, "opened", {"rules": RULES, "seeds": seeds, "title": "Parcel scam"})
    out = say(own, "handed", handed_said("uetr:1", payee="MBBEMYKL:1"), other.node)
    answer = {"reference": "uetr:1", "revision": 1, "status": "found", "totals": [{"asset": "SGD", "came": 400}]}
    told = say(other, "traced", answer | {"final": True}, own.node)
    come = say(other, "handed", handed_said("uetr:2"), own.node)
    store.write(lambda tx: put(tx, opened, out, told, come))

    def look(s: Snapshot) -> None:
        (head,) = s.traces_named(ref, scope=red)
        assert (head.title, head.stands, head.outstanding, head.message) == ("Parcel scam", "open", 0, opened.id)
        assert s.trace_of(own.node, ref) == head == s.trace_by_message(head.message, scope=red)
        assert s.trace_at(head.seq, scope=red) == head
        assert s.traces(scope=red, before=10_000_000, limit=9, stands="open") == [head]
        assert s.traces(scope=up_to(-1), before=10_000_000, limit=9) == []
        assert s.traces_live(after=-1, limit=9) == [head]
        assert len(s.trace_facts(own.node, ref)) == 4
        assert s.trace_spent(own.node, other.node, since="", until=10_000_000) == 1
        assert s.has_ref(ref)

    store.read(look)
    (place,) = [one.seq for one in store.read(lambda s: s.trace_facts(own.node, ref)) if one.message == come.id]
    store.write(lambda tx: tx.apply([CameRow(place, 1, CAME)]))
    assert [one.at for one in store.read(lambda s: s.trace_facts(own.node, ref)) if one.seq == place] == [CAME]
    store.write(lambda tx: tx.apply([ErasedRow((opened.id,))]))
    assert store.read(lambda s: s.trace_of(own.node, ref)) is None, "nobody opened it any more"
