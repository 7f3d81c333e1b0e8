# SPDX-License-Identifier: Apache-2.0
"""What a store is asked about named people, as a part of its day."""

from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Protected, Tlp
from lintas.model.scope import Scope
from lintas.ports.store import Snapshot, Store, Transaction
from lintas.work.appending import Prepared, as_payload
from tests.faults.scribe import Scribe, put, said

FIRST, SECOND = "officer-0001", "officer-0002"
START, END = "2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"
DUTY, OTHER_DUTY = "1" * 64, "2" * 64
SEEN = MessageId("9" * 64)


def serve_people(store: Store, scribe: Scribe) -> None:
    """Call every method about duties, lists, passkeys, orders and accesses, with rows to be found and with none."""
    order = scribe.content(Kind.ORDER, as_payload(_order()), tlp=Tlp.AMBER_STRICT)
    item = scribe.item(said("restricted", name="Nobody Knows"))

    def add(tx: Transaction) -> None:
        opened = scribe.content(Kind.ACCESS, as_payload(_access(item.id) | {"verb": "opened"}))
        put(tx, item, order, scribe.content(Kind.ACCESS, as_payload(_access(item.id))), opened)
        put(tx, scribe.ended(opened.id, "opened"))
        put(tx, *_lists(scribe, item.id), *_duties(scribe), *_passkeys(scribe))
        for verdict in ("confirmed", "approved", "done", "alone"):
            body: dict[str, object] = {"by": SECOND, "order": order.id, "verdict": verdict}
            put(tx, scribe.control(Kind.ASSENT, body | ({"credential": "AAAA"} if verdict == "approved" else {})))
        classed: dict[str, object] = {"by": FIRST, "class": Protected.VICTIM.value, "messages": [item.id]}
        put(tx, scribe.control(Kind.CLASSED, classed | {"action": "added"}))

    def free(tx: Transaction) -> None:
        body: dict[str, object] = {"by": FIRST, "list": "case-1"}
        put(tx, scribe.control(Kind.NEED, body | {"action": "freed", "messages": [item.id]}))
        put(tx, scribe.control(Kind.NEED, body | {"action": "closed"}))
        classed: dict[str, object] = {"by": FIRST, "class": Protected.VICTIM.value, "messages": [item.id]}
        put(tx, scribe.control(Kind.CLASSED, classed | {"action": "released"}))

    store.write(add)
    store.read(lambda s: _look(s, order.id, item.id))
    store.write(free)
    store.read(lambda s: _look_again(s, item.id))


def _look(snapshot: Snapshot, order: MessageId, item: MessageId) -> None:
    (shift, other) = snapshot.duties(since=START)
    assert (shift.id, other.what, snapshot.duty(DUTY)) == (DUTY, "deputy", shift)
    assert [one.id for one in snapshot.duties_of(SECOND)] == [OTHER_DUTY]
    assert (snapshot.lists_of(FIRST), snapshot.members_of("case-1")) == (["case-1"], [FIRST])
    (listed,) = snapshot.need_lists()
    assert (listed.name, listed.members, listed.messages) == ("case-1", (FIRST,), 1)
    assert snapshot.credential("AAAA") == snapshot.credentials_of(FIRST)[0]
    assert [one.id for one in snapshot.credentials()] == ["AAAA"]
    assert snapshot.order(order) == snapshot.orders(before=10_000, limit=9)[0] == snapshot.open_orders()[0]
    assert [one.verdict for one in snapshot.assents(order)] == ["confirmed", "approved", "done", "alone"]
    answered, seen = snapshot.seen(item, before=10_000, limit=9)
    assert snapshot.accesses(before=10_000, limit=9, viewer=FIRST)[1] == seen
    found = snapshot.accesses_found(before=10_000, limit=9, verb="find", since=START, until=END)
    assert found == [seen.seq] == snapshot.accesses_showing(item, before=answered.seq, limit=9)
    assert (snapshot.openings(limit=9), snapshot.openings(limit=9, every=True)) == ([], [answered])
    assert snapshot.trail() == (2, 2, 4, 4)
    assert snapshot.has_class(Protected.VICTIM.bit)
    assert not snapshot.has_class(Protected.CT.bit)
    assert seen in snapshot.accesses(before=10_000, limit=9)
    level = int(Tlp.RED)
    assert snapshot.head(item, scope=Scope(clearance=level)) is None
    head = snapshot.head(item, scope=Scope(clearance=level, lists=frozenset({"case-1"})))
    assert head is not None
    assert snapshot.lists_on(head.seq) == ["case-1"]
    assert head.classes == Protected.VICTIM.bit


def _look_again(snapshot: Snapshot, item: MessageId) -> None:
    head = snapshot.head(item, scope=Scope(clearance=int(Tlp.RED)))
    assert head is not None, "nothing restricts it now"
    assert (head.classes, snapshot.lists_on(head.seq)) == (0, [])
    assert snapshot.need_lists()[0].closed_at


def _order() -> dict[str, object]:
    return {"action": "people.change", "by": FIRST, "said": {}, "expires_at": END, "ground": "", "classes": 0}


def _access(item: MessageId) -> dict[str, object]:
    said_of = {"viewer": FIRST, "verb": "find", "asked": {}, "purpose": "drill", "policy": "0" * 64}
    return said_of | {"shown": sorted([SEEN, item]), "shown_count": 2}


def _lists(scribe: Scribe, item: MessageId) -> list[Prepared]:
    steps: list[dict[str, object]] = [
        {"action": "opened"},
        {"action": "joined", "person": FIRST},
        {"action": "joined", "person": SECOND},
        {"action": "left", "person": SECOND},
        {"action": "restricted", "messages": [item]},
    ]
    return [scribe.control(Kind.NEED, {"by": FIRST, "list": "case-1"} | step) for step in steps]


def _duties(scribe: Scribe) -> list[Prepared]:
    shift: dict[str, object] = {"by": FIRST, "starts_at": START, "ends_at": END, "stands_for": ""}
    rows: list[dict[str, object]] = [
        {"action": "set", "id": DUTY, "what": "shift", "person": FIRST},
        {"action": "set", "id": OTHER_DUTY, "what": "deputy", "person": SECOND, "stands_for": FIRST},
        {"action": "set", "id": "3" * 64, "what": "shift", "person": FIRST},
        {"action": "ended", "id": "3" * 64, "what": "shift", "person": FIRST},
    ]
    return [scribe.control(Kind.DUTY, shift | row) for row in rows]


def _passkeys(scribe: Scribe) -> list[Prepared]:
    key: dict[str, object] = {"account": FIRST, "algorithm": -7, "by": FIRST, "public": "pQEC", "vouched_by": ""}
    rows: list[dict[str, object]] = [
        {"action": "added", "credential": "AAAA"},
        {"action": "added", "credential": "BBBB"},
        {"action": "ended", "credential": "BBBB"},
    ]
    return [scribe.control(Kind.CREDENTIAL, key | row) for row in rows]
