# SPDX-License-Identifier: Apache-2.0
"""The outbox of notices of a store, who has an alert, and alerts in numbers."""

from lintas.model.header import Kind
from lintas.model.marking import Tlp
from lintas.ports.notices import NoticeRow, Waiting
from lintas.ports.store import Store
from lintas.testing import up_to
from tests.contract.conftest import OpenStore
from tests.faults.scribe import Scribe, alert_of, put, said

PHONE = "+60123456789"
AT = "2026-03-01T03:00:00.000Z"
LOW, HIGH = int(Tlp.GREEN), int(Tlp.RED)
ROW = NoticeRow("mail a@b.example", "0" * 32, 3, AT, "due", 1, AT, "The server cannot be reached.", "")


def test_a_target_has_one_row_which_the_next_replaces(open_store: OpenStore) -> None:
    store = open_store()
    other = ROW._replace(target="mail b@b.example", state="clear")
    for row in (other, ROW, ROW._replace(state="sent", tries=0)):
        store.write(lambda tx, one=row: tx.put_notice(one))  # type: ignore[misc]  # of this turn
    store.close()
    again = open_store()
    assert again.read(lambda s: s.notices()) == [ROW._replace(state="sent", tries=0), other]
    again.write(lambda tx: tx.remove_notice(ROW.target))
    again.write(lambda tx: tx.remove_notice(ROW.target))
    assert again.read(lambda s: s.notices()) == [other]


def test_the_outbox_is_no_view_and_stays_when_they_are_built_anew(store: Store) -> None:
    store.write(lambda tx: tx.put_notice(ROW))
    store.write(lambda tx: tx.empty_views())
    assert store.read(lambda s: s.notices()) == [ROW]


def test_what_waits_is_counted_from_a_place_on(store: Store, scribe: Scribe) -> None:
    assert store.read(lambda s: s.waiting(-1)) == Waiting(0, 0, "", -1)
    watch = scribe.watch([("phone", PHONE)])
    items = [scribe.item(said(phone=PHONE), tlp=Tlp.RED) for _ in range(3)]
    alerts = [scribe.alert(watch.id, item.id, value=PHONE) for item in items]
    store.write(lambda tx: put(tx, watch, *items, *alerts, scribe.ended(alerts[1].id, "alert")))
    first, _, last = (str(alert.header["created_at"]) for alert in alerts)
    assert store.read(lambda s: s.waiting(-1)) == Waiting(2, 2, first, 6)
    assert store.read(lambda s: s.waiting(4)) == Waiting(2, 1, last, 6)
    assert store.read(lambda s: s.waiting(6)) == Waiting(2, 0, "", 6)


def test_who_has_an_alert_is_who_it_was_last_handed_to(store: Store, scribe: Scribe) -> None:
    watch, item = scribe.watch([("phone", PHONE)]), scribe.item(said(phone=PHONE), tlp=Tlp.GREEN)
    alert = scribe.alert(watch.id, item.id, value=PHONE)
    store.write(lambda tx: put(tx, watch, item, alert))

    def with_whom(person: str, clearance: int = LOW) -> list[str]:
        found = [
            store.read(
                lambda s, n=newest: s.alerts(scope=up_to(clearance), after=-1, limit=9, newest=n, person=person)  # type: ignore[misc]  # of this turn
            )
            for newest in (False, True)
        ]
        assert found[0] == found[1]
        return [one.has for one in found[0]]

    assert with_whom("officer-0001") == ["officer-0001"]
    for to in ("officer-0002", "officer-0003"):
        body: dict[str, object] = {"by": "officer-0001", "target": alert.id, "to": to}
        handed = scribe.control(Kind.HANDOVER, body)
        store.write(lambda tx, entry=handed: put(tx, entry))  # type: ignore[misc]  # of this turn
        assert with_whom(to) == [to]
    assert with_whom("officer-0001") == with_whom("officer-0002") == []
    assert with_whom("officer-0003", -1) == []
    shown = store.read(lambda s: s.alert(alert_of(alert), scope=up_to(LOW)))
    assert shown is not None
    assert (shown.owner, shown.has) == ("officer-0001", "officer-0003")


def test_alerts_are_counted_by_watch_and_originator(store: Store, scribe: Scribe) -> None:
    watches = [scribe.watch([("phone", PHONE)]) for _ in range(2)]
    items = [scribe.item(said(phone=PHONE), tlp=tlp) for tlp in (Tlp.GREEN, Tlp.RED)]
    alerts = [scribe.alert(watch.id, item.id, value=PHONE) for watch in watches for item in items]
    store.write(lambda tx: put(tx, *watches, *items, *alerts, scribe.ended(alerts[0].id, "alert")))
    found = store.read(lambda s: s.alert_tallies("", scope=up_to(HIGH)))
    assert {one.watch: (one.alerts, one.unacknowledged) for one in found} == {
        watches[0].id: (2, 1),
        watches[1].id: (2, 2),
    }
    assert {one.originator for one in found} == {items[0].header["originator"]}
    low = store.read(lambda s: s.alert_tallies("", scope=up_to(LOW)))
    tallies = {one.watch: (one.alerts, one.unacknowledged) for one in low}
    assert tallies == {watches[0].id: (1, 0), watches[1].id: (1, 1)}
    late = str(alerts[3].header["created_at"])
    assert [one.alerts for one in store.read(lambda s: s.alert_tallies(late, scope=up_to(HIGH)))] == [1]
    assert store.read(lambda s: s.alert_tallies("2999", scope=up_to(HIGH))) == []
