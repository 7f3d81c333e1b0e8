# SPDX-License-Identifier: Apache-2.0
"""A day in a store's life that asks everything a port has: whatever it does not reach, nothing reaches."""

from hashlib import sha256
from pathlib import Path

from lintas.model.found import CheckpointRow
from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.ports.accounts import AccountRow, SessionRow
from lintas.ports.store import Snapshot, Store, Transaction
from lintas.testing import up_to
from lintas.views.rows import DerivedRows, UnreadRow
from tests.faults.desk_day import serve_desk
from tests.faults.ledger_day import pay
from tests.faults.notice_day import notify_one
from tests.faults.peer_day import exchange_one
from tests.faults.people_day import serve_people
from tests.faults.scribe import Scribe, alert_of, put, said
from tests.faults.sign_in_day import sign_in_otherwise

PHONE = "+60123456789"
AT, LATER = "2026-03-01T03:00:00.000Z", "2026-03-01T04:00:00.000Z"
SESSION = SessionRow(digest=b"d" * 32, account="officer-0001", started_at=AT, seen_at=AT)


def live_one(store: Store, folder: Path) -> None:
    """Call every method of the port, with rows to be found and with none."""
    scribe = Scribe()
    alert, watch = _take(store, scribe)
    store.read(_read_log)
    store.read(_find)
    store.read(lambda s: _look_at_watches(s, alert, watch))
    _sign_in(store)
    exchange_one(store)
    notify_one(store)
    serve_people(store, scribe)
    serve_desk(store, scribe)
    pay(store, scribe)
    _keep(store, scribe, folder)


def _take(store: Store, scribe: Scribe) -> tuple[str, MessageId]:
    watch = scribe.watch([("phone", PHONE)])
    item = scribe.item(said("ali", name="Ali bin Contoh 陈示例", phone=PHONE, target="boss"), tlp=Tlp.GREEN)
    alert = scribe.alert(watch.id, item.id, value=PHONE)
    digest = sha256(b"pack").hexdigest()

    def take(tx: Transaction) -> None:
        tx.put_pack("forgotten", b"recipe")
        tx.remove_pack("forgotten")
        tx.put_pack(digest, b"pack")
        tx.put_meta("state", "live")
        put(tx, watch, item, scribe.intake([item.id]), alert, scribe.ended(alert.id, "alert"))
        put(tx, scribe.content(Kind.ITEM, b"large", blob=True, derived=said("boss", name="Budi")))
        tx.remember_taken(b"tag", 1)
        tx.put_checkpoint(CheckpointRow(size=5, note="note", made_at=AT))
        again = said("ali", name="Ali bin Contoh 陈示例", phone=PHONE, target="boss")
        tx.apply([UnreadRow((1,)), DerivedRows(1, again)])

    store.write(take)
    return alert_of(alert), watch.id


def _read_log(snapshot: Snapshot) -> None:
    first = next(snapshot.entries(0, 1))
    snapshot.entry_by_id(first.id)
    snapshot.payload(0)
    snapshot.payload_rows(0, 9)
    for listing in (snapshot.blob_names(), snapshot.tiles(), snapshot.checkpoints(), snapshot.packs()):
        assert list(listing)
    snapshot.tile(0, 0)
    snapshot.checkpoint()
    snapshot.pack("none")
    snapshot.taken(b"tag")
    snapshot.meta("state")
    snapshot.size()


def _find(snapshot: Snapshot) -> None:
    red, limit = Tlp.RED, 9
    for count in (1, 400):
        assert list(snapshot.hits([(n, "phone", PHONE) for n in range(count)], scope=up_to(red), limit=limit))
    for scheme in ("", "phone"):
        assert snapshot.identifiers_from("+60", scheme=scheme, scope=up_to(red), limit=limit)
    for words in (("ali",), ("ali", "contoh"), ("陈",), ("示例",), ("nobody",)):
        snapshot.worded(words, phrase=False, scope=up_to(red), limit=limit)
    assert snapshot.worded(("ali", "bin"), phrase=True, scope=up_to(red), limit=limit)
    (seq, *_) = snapshot.places_of("item")
    assert snapshot.heads(range(200), scope=up_to(red))
    head = snapshot.heads([seq], scope=up_to(red))[seq]
    snapshot.head(head.id, scope=up_to(red))
    assert snapshot.appearances("ali", scope=up_to(red), limit=limit)
    assert snapshot.entities_of(seq, scope=up_to(red), limit=limit)
    assert snapshot.facts_about("ali", scope=up_to(red), limit=limit)
    assert snapshot.facts_in(seq, scope=up_to(red), limit=limit)
    assert snapshot.facts_pointing_at("boss", scope=up_to(red), limit=limit)
    assert snapshot.captions(["ali", "boss"], scope=up_to(red))
    assert snapshot.held_by("ali", scope=up_to(red), limit=limit)
    assert snapshot.held_in(seq, scope=up_to(red), limit=limit)
    (intake,) = snapshot.intakes_of(seq, scope=up_to(red))
    assert snapshot.intake(intake, scope=up_to(red))
    assert snapshot.intakes(scope=up_to(red), before=99, limit=limit)
    assert snapshot.counts(scope=up_to(red))["messages"]


def _look_at_watches(snapshot: Snapshot, alert: str, watch: MessageId) -> None:
    assert snapshot.has_watches()
    assert snapshot.watches()
    assert snapshot.watches(owner="officer-0001")
    assert snapshot.watch(watch)
    assert snapshot.watch_terms(watch)
    assert snapshot.watching([("phone", PHONE)], at=AT)
    for newest in (False, True):
        assert snapshot.alerts(scope=up_to(Tlp.RED), after=-1, limit=9, newest=newest)
    assert snapshot.alert(alert, scope=up_to(Tlp.RED))
    assert snapshot.alerts_about([1])


def _sign_in(store: Store) -> None:
    row = AccountRow(
        number=1,
        id="officer-0001",
        name="Desk",
        name_key="desk",
        role="analyst",
        clearance=2,
        password="",
        state="open",
        created_at=AT,
        closed_at="",
    )

    def change(tx: Transaction) -> None:
        tx.add_account(row)
        tx.set_account_password(row.id, "argon2")
        tx.set_account_rights(row.id, role="analyst", clearance=2, opens="ct")
        tx.set_account_language(row.id, "th")
        tx.add_session(SESSION)
        tx.touch_session(SESSION.digest, seen_at=LATER)
        tx.add_link(b"l" * 32, account=row.id, made_at=AT)
        tx.add_try(b"subject", at=AT)

    def look(snapshot: Snapshot) -> None:
        assert snapshot.accounts() == [snapshot.account(row.id)] == [snapshot.account_named("desk")]
        assert snapshot.session(SESSION.digest)
        assert snapshot.link_account(b"l" * 32, since="")
        assert snapshot.tries(b"subject", since="") == 1

    def end(tx: Transaction) -> None:
        tx.use_link(b"l" * 32)
        tx.end_session(SESSION.digest)
        tx.end_account_access(row.id)
        tx.forget_tries(b"subject")
        tx.forget_old_access(sessions_before=LATER, links_before=LATER, tries_before=LATER)
        tx.set_account_state(row.id, state="closed", closed_at=LATER)

    store.write(change)
    store.read(look)
    sign_in_otherwise(store)
    store.write(end)


def _keep(store: Store, scribe: Scribe, folder: Path) -> None:
    def erase(tx: Transaction) -> None:
        messages = [entry.id for entry in tx.entries(0, tx.size()) if tx.payload(entry.seq) is not None]
        put(tx, scribe.erase(messages))
        tx.erase_payloads(range(tx.size()))

    def again(tx: Transaction) -> None:
        put(tx, scribe.item(said("x", name="Ali bin Contoh")), scribe.item(said("y", name="Ali Contoh", phone=PHONE)))
        tx.apply([UnreadRow((tx.size() - 1,))])  # some of its words stay in use, others do not
        tx.views_digest()
        tx.empty_views()

    store.write(lambda tx: put(tx, scribe.ended(next(tx.entries(0, 1)).id, "watch")))
    store.write(erase)
    store.write(again)
    store.settle()
    assert store.check() == []
    assert store.size_bytes()
    store.backup(str(folder / "copy.sqlite"), progress=lambda _done, _total: None)
