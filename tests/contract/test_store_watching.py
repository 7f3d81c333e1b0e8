# SPDX-License-Identifier: Apache-2.0
"""Watches and alerts of a store."""

from lintas.model.marking import Tlp
from lintas.ports.store import Store
from lintas.testing import up_to
from tests.faults.scribe import Scribe, alert_of, put, said

PHONE, OTHER = "+60123456789", "+6598765432"
LOW, HIGH = int(Tlp.GREEN), int(Tlp.RED)


def test_watches_are_listed_newest_first_and_by_owner(store: Store, scribe: Scribe) -> None:
    mine, theirs = scribe.watch([("phone", PHONE)]), scribe.watch([("phone", OTHER)], owner="officer-0002")
    assert not store.read(lambda s: s.has_watches())
    store.write(lambda tx: put(tx, mine, theirs))
    assert store.read(lambda s: s.has_watches())
    assert [head.id for head in store.read(lambda s: s.watches())] == [theirs.id, mine.id]
    assert [head.id for head in store.read(lambda s: s.watches(owner="officer-0002"))] == [theirs.id]
    head = store.read(lambda s: s.watch(mine.id))
    assert head is not None
    assert (head.owner, head.note, head.terms, head.ended_at) == ("officer-0001", "mules", 1, "")
    assert store.read(lambda s: s.watch_terms(mine.id)) == [("phone", PHONE)]
    assert store.read(lambda s: s.watch(scribe.account().id)) is None


def test_a_watch_meets_only_its_own_terms_and_only_while_it_lives(store: Store, scribe: Scribe) -> None:
    live = scribe.watch([("phone", PHONE), ("phone", PHONE), ("account", "1")])
    expired = scribe.watch([("phone", PHONE)], expires_at="2026-01-01T00:00:00.000Z")
    ended = scribe.watch([("phone", PHONE)])
    store.write(lambda tx: put(tx, live, expired, ended, scribe.ended(ended.id, "watch")))
    at = "2026-03-01T03:00:00.000Z"
    terms = [("phone", PHONE), ("phone", OTHER), ("email", PHONE), ("account", "1")]
    met = store.read(lambda s: s.watching(terms, at=at))
    assert [(scheme, value, head.id) for scheme, value, head in met] == [
        ("phone", PHONE, live.id),
        ("account", "1", live.id),
    ]
    assert store.read(lambda s: s.watching(terms, at="2026-06-01")) == []  # the moment of expiry is no longer watched


def test_the_first_who_ends_or_acknowledges_stands(store: Store, scribe: Scribe) -> None:
    watch, item = scribe.watch([("phone", PHONE)]), scribe.item(said(phone=PHONE))
    alert = scribe.alert(watch.id, item.id, value=PHONE)
    first, second = scribe.ended(alert.id, "alert"), scribe.ended(alert.id, "alert")
    store.write(lambda tx: put(tx, watch, item, alert, first, second, scribe.ended(watch.id, "watch")))
    shown = store.read(lambda s: s.alert(alert_of(alert), scope=up_to(HIGH)))
    assert shown is not None
    assert (shown.acknowledged_by, shown.acknowledged_at) == ("officer-0001", first.header["created_at"])
    assert not store.read(lambda s: s.has_watches())


def test_the_same_alert_delivered_twice_is_one_row(store: Store, scribe: Scribe) -> None:
    watch, item = scribe.watch([("phone", PHONE)]), scribe.item(said(phone=PHONE))
    first, again = (scribe.alert(watch.id, item.id, value=PHONE) for _ in range(2))
    assert first.id != again.id
    store.write(lambda tx: put(tx, watch, item, first))
    store.write(lambda tx: put(tx, again))
    assert [(one.seq, one.id) for one in store.read(lambda s: s.alerts(scope=up_to(HIGH), after=-1, limit=9))] == [
        (2, alert_of(first))
    ]


def test_alerts_come_in_order_or_the_newest_first_and_never_above_the_clearance(store: Store, scribe: Scribe) -> None:
    watch = scribe.watch([("phone", PHONE)])
    items = [scribe.item(said(phone=PHONE), tlp=tlp) for tlp in (Tlp.GREEN, Tlp.RED, Tlp.GREEN)]
    alerts = [scribe.alert(watch.id, item.id, value=PHONE, tlp=Tlp.GREEN) for item in items]
    store.write(lambda tx: put(tx, watch, *items, *alerts))
    ids = [alert_of(alert) for alert in alerts]
    assert [one.id for one in store.read(lambda s: s.alerts(scope=up_to(HIGH), after=-1, limit=9))] == ids
    assert [one.id for one in store.read(lambda s: s.alerts(scope=up_to(HIGH), after=4, limit=9))] == ids[1:]
    assert [one.id for one in store.read(lambda s: s.alerts(scope=up_to(HIGH), after=-1, limit=2, newest=True))] == [
        ids[2],
        ids[1],
    ]
    assert [one.id for one in store.read(lambda s: s.alerts(scope=up_to(LOW), after=-1, limit=9))] == [
        ids[0],
        ids[2],
    ]
    assert store.read(lambda s: s.alert(ids[1], scope=up_to(LOW))) is None
    assert store.read(lambda s: s.alerts_about([2])) == [(ids[1], alerts[1].id)]


def test_an_alert_names_a_source_only_from_a_file_that_the_viewer_may_see(store: Store, scribe: Scribe) -> None:
    watch, item = scribe.watch([("phone", PHONE)]), scribe.item(said(phone=PHONE))
    alert = scribe.alert(watch.id, item.id, value=PHONE)
    store.write(lambda tx: put(tx, watch, item, scribe.intake([item.id], tlp=Tlp.RED, source="informant"), alert))
    for clearance, source in ((LOW, ""), (HIGH, "informant")):
        found = store.read(
            lambda s, c=clearance: [  # type: ignore[misc]  # of this turn
                *s.alerts(scope=up_to(c), after=-1, limit=9),
                *s.alerts(scope=up_to(c), after=-1, limit=9, newest=True),
                s.alert(alert_of(alert), scope=up_to(c)),
            ]
        )
        assert [one and one.source for one in found] == [source] * 3


def test_an_erased_watch_or_alert_is_listed_no_more(store: Store, scribe: Scribe) -> None:
    watch, item = scribe.watch([("phone", PHONE)]), scribe.item(said(phone=PHONE))
    alert = scribe.alert(watch.id, item.id, value=PHONE)
    store.write(lambda tx: put(tx, watch, item, alert))
    store.write(lambda tx: put(tx, scribe.erase([watch.id, alert.id])))
    store.write(lambda tx: tx.erase_payloads([0, 2]))
    assert store.read(lambda s: (s.watches(), s.alerts(scope=up_to(HIGH), after=-1, limit=9))) == ([], [])
    assert store.read(lambda s: s.watching([("phone", PHONE)], at="2026-03-01")) == []
