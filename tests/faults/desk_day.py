# SPDX-License-Identifier: Apache-2.0
"""What a store is asked about the desk, as a part of its day."""

from collections.abc import Mapping
from typing import Any, Final

from lintas.crypto.signing import SigningKey
from lintas.formats.desk import encode_doc
from lintas.model.desk import DESK_TYPE, DeskDoc, Doc, Side, State
from lintas.model.desk_found import RequestHead, Sameness
from lintas.model.desk_ref import make_ref
from lintas.model.header import Kind
from lintas.model.header_rules import LOCAL_CHANNEL
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.ports.store import Snapshot, Store, Transaction
from lintas.testing import up_to
from lintas.views.rows import ErasedRow
from lintas.work.appending import Prepared
from tests.faults.question_day import question
from tests.faults.scribe import Scribe, put
from tests.faults.trace_day import follow

OFFICER, SECOND = "officer-0001", "officer-0002"
AT, LATER = "2026-03-01T03:00:00.000Z", "2026-03-01T04:00:00.000Z"
THEIRS: Final = "pair." + "7" * 32  # the channel that the other desk sends on
RED: Final = up_to(Tlp.RED)
ACCOUNT: Final = {"scheme": "bank_account", "value": "0123456789", "bank": "KASITHBK", "country": "TH", "name": ""}
MONEY: Final = {"minor": 2_500_000, "currency": "SGD"}


class Desk:
    """Writes documents of the desk as one node, each with an id of its own."""

    def __init__(self, scribe: Scribe, number: int, channel: str = "") -> None:
        self.scribe, self.number, self.channel, self.made = scribe, number, channel, 0
        self.node = scribe.node

    def ref(self, doc: Doc) -> str:
        """A new reference."""
        self.made += 1
        return make_ref("SG", doc, lambda count: bytes([self.number, self.made] * count)[:count])

    def write(self, doc: Doc, ref: str, said: Mapping[str, Any], *, after: tuple[str, ...] = ()) -> Prepared:
        """A document in its message; its id is `last`."""
        self.made += 1
        self.last = f"{self.number:016x}{self.made:016x}"
        raw = encode_doc(DeskDoc(doc, ref, self.last, after, OFFICER, AT, said))
        channel = self.channel or LOCAL_CHANNEL
        return self.scribe.content(Kind.ITEM, raw, tlp=Tlp.AMBER, media_type=DESK_TYPE, channel=channel)


def request_said(to: str, *, case: str = "", report: str = "") -> dict[str, Any]:
    """What a request for a hold says."""
    return {
        "to": to,
        "form": "hold",
        "power": "hold",
        "desk": "asc",
        "purpose": "scam_response",
        "basis": "police_cooperation",
        "urgency": "now",
        "fields": {"account": ACCOUNT, "amount": MONEY},
        "levels": {"acknowledge": 300, "act": 1800, "answer": 86_400},
        "case": case,
        "report": report,
    }


def serve_desk(store: Store, scribe: Scribe) -> None:
    """Call every method about the desk, with rows to be found and with none."""
    own = Desk(scribe, 1)
    other = Desk(Scribe(after=20_000, key=SigningKey.from_seed(b"\x08" * 32)), 2, THEIRS)
    stranger = Desk(Scribe(after=30_000, key=SigningKey.from_seed(b"\x09" * 32)), 3, "pair." + "9" * 32)
    store.write(lambda tx: tx.put_meta("node", own.node))
    _report(store, own)
    head = _thread(store, own, other, stranger)
    _clocks(store, scribe, head)
    _case(store, own, other)
    _agree(store, own, other)
    question(store, own, head.ref)
    follow(store, own, other)


def _report(store: Store, own: Desk) -> None:
    ref = own.ref(Doc.REPORT)
    payment = {
        "amount": MONEY,
        "at": AT,
        "from_bank": "DBSSSGSG",
        "to": ACCOUNT,
        "reference": "E2E-1",
        "rail": "paynow",
    }
    report = own.write(Doc.REPORT, ref, {"how": "phone", "payments": [payment]})
    victim = own.write(Doc.VICTIM, ref, {"name": "Siti Contoh", "phone": "+6591234567"})
    store.write(lambda tx: put(tx, report, victim))

    def look(s: Snapshot) -> tuple[int, int]:
        (head,) = s.report(ref, scope=RED)
        assert s.reports(scope=RED, before=10_000_000, limit=9, state="open") == [head]
        (paid,) = s.payments(head.seq)
        assert (paid.value, paid.minor, s.report_at(head.seq), s.has_ref(ref)) == ("0123456789", 2_500_000, ref, True)
        assert s.reports_paying("0123456789", "", scope=RED, limit=9) == [head]
        assert s.reports_paying("", "E2E-1", scope=RED, limit=9) == [head]
        ((place, message),) = s.victims(ref, scope=RED)
        assert message == victim.id
        assert s.reports(scope=up_to(-1), before=10_000_000, limit=9) == []
        return head.seq, place

    store.read(look)
    store.write(lambda tx: tx.apply([ErasedRow((report.id, victim.id))]))
    assert store.read(lambda s: (s.report(ref, scope=RED), s.victims(ref, scope=RED))) == ([], [])
    again = own.write(Doc.REPORT, ref, {"how": "phone", "payments": [payment]})
    whose = own.write(Doc.VICTIM, ref, {"name": "Siti Contoh", "phone": "+6591234567"})
    store.write(lambda tx: put(tx, again, whose))


def _thread(store: Store, own: Desk, other: Desk, stranger: Desk) -> RequestHead:
    ref, case, report = other.ref(Doc.REQUEST), own.ref(Doc.CASE), own.ref(Doc.REPORT)
    asked = other.write(Doc.REQUEST, ref, request_said(own.node, case=case, report=report))
    first = other.last
    taken = own.write(Doc.STEP, ref, {"asker": other.node, "what": "acknowledged"}, after=(first,))
    outside = stranger.write(Doc.STEP, ref, {"asker": other.node, "what": "refused", "ground": "none"})
    noted = other.write(Doc.STEP, ref, {"asker": other.node, "what": "noted", "short": "call me"}, after=(first,))

    def receive(tx: Transaction) -> None:
        for messages, desk in (((asked,), other), ((outside,), stranger)):
            put(tx, *messages, _received(own.scribe, desk, 1))
        put(tx, taken)
        put(tx, noted, _received(own.scribe, other, 2))

    store.write(receive)
    head = store.read(lambda s: s.request(asked.id, scope=RED))
    assert head is not None
    assert (head.state, head.side, head.next_clock) == (State.ACKNOWLEDGED.value, Side.ANSWERER.value, "act")
    store.read(lambda s: _look_at_thread(s, head, case=case, report=report, outside=outside.id))
    store.write(lambda tx: tx.apply([ErasedRow((noted.id,))]))
    assert [one.what for one in store.read(lambda s: s.steps(head))] == ["acknowledged"]
    mine = own.write(Doc.REQUEST, own.ref(Doc.REQUEST), request_said(other.node))
    store.write(lambda tx: put(tx, mine))
    store.write(lambda tx: tx.apply([ErasedRow((mine.id,))]))
    assert store.read(lambda s: s.request(mine.id, scope=RED)) is None
    return head


def _look_at_thread(s: Snapshot, head: RequestHead, *, case: str, report: str, outside: MessageId) -> None:
    same = Sameness(
        subject=head.subject,
        form="hold",
        side=head.side,
        node=head.other,
        report=head.report,
        amount_minor=head.amount_minor,
        currency=head.currency,
    )
    assert s.requests_called(head.ref, scope=RED) == [head] == s.requests_about(head.subject, scope=RED, limit=9)
    assert s.request_of(head.asker, head.ref) == head == s.request_at(head.seq, scope=RED)
    assert s.same_requests(same, limit=5) == [head]
    assert s.holding_about(head.subject, limit=5) == []
    assert s.requests_due(scope=RED, after=("", 0), limit=9) == [head]
    assert s.requests_due(scope=RED, after=("", 0), limit=9, state="held") == []
    assert s.requests_due(scope=RED, after=("", 0), limit=9, state=head.state, node=head.asker) == [head]
    assert s.requests_due(scope=RED, after=("", 0), limit=9, node=head.asker) == [head]
    assert s.requests(scope=RED, before=10_000_000, limit=9, node=head.asker) == [head]
    assert s.requests(scope=RED, before=10_000_000, limit=9, state=head.state) == [head]
    assert s.requests(scope=RED, before=10_000_000, limit=9) == [head]
    assert s.requests(scope=up_to(-1), before=10_000_000, limit=9) == []
    assert s.requests_of_case(case, scope=RED, limit=9) == [head] == s.requests_of_report(report, scope=RED, limit=9)
    assert s.requests_in(head.state, head.side, limit=9) == [head]
    assert s.refused_requests(same, limit=9) == []
    assert [one.what for one in s.steps(head)] == ["acknowledged", "noted"]
    assert [one.message for one in s.outsiders(head, limit=9)] == [outside]
    assert len(s.steps_since(0, "noted", head.asker, limit=9)) == 1
    asked, steps = s.thread_facts(head)
    assert (asked.id, len(steps)) == (head.doc, 2)


def _clocks(store: Store, scribe: Scribe, head: RequestHead) -> None:
    def look(s: Snapshot) -> str:
        (act, answer) = s.clocks(scope=RED, after="", limit=9)
        assert s.clocks_of(head.seq) == [act, answer]
        assert s.clocks_until("9", "missed", limit=9) == [act, answer]
        assert s.clocks_until("9", "missed", limit=9, clock="act") == [act]
        assert s.own_clocks("act", until="9", limit=9) == [act]
        assert s.next_clock("") == act.at
        return act.at

    at = store.read(look)
    due: dict[str, object] = {"by": "node", "clock": "act", "due_at": at, "target": head.message}
    owned: dict[str, object] = {"by": OFFICER, "target": head.message}
    missed = scribe.control(Kind.DUE, due | {"state": "missed"})
    store.write(lambda tx: put(tx, missed))
    assert store.read(lambda s: (len(s.dues_unseen(scope=RED, now="9", limit=9)), s.dues_count())) == (1, 1)
    store.write(lambda tx: put(tx, scribe.control(Kind.DUE, due | {"by": OFFICER, "state": "seen"})))
    (found,) = store.read(lambda s: s.dues_of(head.message))
    assert (found.seen_by, store.read(lambda s: s.dues_count())) == (OFFICER, 0)

    def hand_over(tx: Transaction) -> None:
        put(tx, scribe.control(Kind.OWNED, owned | {"action": "taken", "to": OFFICER}))
        put(tx, scribe.control(Kind.OWNED, owned | {"action": "offered", "to": SECOND}))

    store.write(hand_over)
    owner = store.read(lambda s: s.owner(head.message))
    assert owner is not None
    assert store.read(lambda s: (s.owned_by(OFFICER, limit=9), s.offered_to(SECOND, limit=9))) == ([owner], [owner])
    store.write(lambda tx: put(tx, scribe.control(Kind.OWNED, owned | {"action": "declined", "by": SECOND})))
    assert store.read(lambda s: s.offered_to(SECOND, limit=9)) == []


def _case(store: Store, own: Desk, other: Desk) -> None:
    ref = own.ref(Doc.CASE)
    opened = own.write(Doc.CASE, ref, {"opener": own.node, "what": "opened", "fields": {"title": "Parcel scam"}})
    first = own.last

    def say(what: str, fields: dict[str, object]) -> Prepared:
        return own.write(Doc.CASE, ref, {"opener": own.node, "what": what, "fields": fields}, after=(first,))

    item = say("item", {"message": opened.id})
    task = say("task", {"title": "Ask the bank", "to": own.node, "due": LATER})
    invited = say("invited", {"node": other.node, "title": "Parcel scam", "members": [own.node]})
    store.write(lambda tx: put(tx, opened, item, task, invited))

    def look(s: Snapshot) -> None:
        (head,) = s.cases_named(ref, scope=RED)
        assert s.has_case_ref(ref)
        assert s.case_of(own.node, ref) == head == s.case_by_message(head.message, scope=RED)
        assert s.case_at(head.seq, scope=RED) == head
        assert s.cases(scope=RED, before=10_000_000, limit=9, state="open", node=own.node) == [head]
        assert s.joint_since(0, limit=9) == [head]
        assert len(s.case_facts(own.node, ref)) == 4
        assert len(s.case_holding(opened.id)) == 1
        assert s.case_releases(own.node, ref, own.node) == {}
        (one,) = s.tasks(scope=RED, limit=9)
        assert s.task(task.id, scope=RED) == one

    store.read(look)
    gone = say("note", {})
    store.write(lambda tx: put(tx, gone))
    store.write(lambda tx: tx.apply([ErasedRow((gone.id,))]))


def _agree(store: Store, own: Desk, other: Desk) -> None:
    ref = own.ref(Doc.AGREEMENT)
    terms = {"nodes": sorted([own.node, other.node]), "forms": ["hold"], "powers": ["hold"], "max": MONEY}
    said = {"proposer": own.node, "what": "proposed", "terms": terms | {"from": AT, "until": LATER, "desks": ["asc"]}}
    first, second = own.write(Doc.AGREEMENT, ref, said), own.write(Doc.AGREEMENT, ref, said)
    store.write(lambda tx: put(tx, first, second))
    assert len(store.read(lambda s: s.agreements_said(ref, limit=9))) >= 1
    store.write(lambda tx: tx.apply([ErasedRow((second.id,))]))
    assert len(store.read(lambda s: s.agreements_said(limit=9))) == 1


def _received(scribe: Scribe, desk: Desk, first: int) -> Prepared:
    body: dict[str, object] = {
        "chain": "0" * 64,
        "channel": desk.channel,
        "count": 1,
        "first": first,
        "incarnation": "1" * 16,
        "lane": "alert",
        "node": desk.node,
    }
    return scribe.control(Kind.RECEIVED, body)
