# SPDX-License-Identifier: Apache-2.0
"""Every query and migration is written so that PostgreSQL can follow: a real server runs them, our own code asks.

The classes of `lintas.store` run unchanged over a thin connection that translates statements as `for_postgresql` says.
There is no PostgreSQL adapter in this version; this holds the door open.
"""

import dataclasses
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest

from lintas.model.desk import Doc
from lintas.model.header import Kind, Payload
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Tlp
from lintas.model.scope import Scope
from lintas.node.node import Node
from lintas.ports.bank import BankSettings
from lintas.ports.store import Snapshot, Store, Transaction
from lintas.store.queries import for_postgresql, queries
from lintas.store.viewing import VIEWS
from lintas.testing import CLERK, OFFICER, a_node, carry, two_nodes, up_to
from lintas.work.appending import append_content, append_control
from lintas.work.desk import Draft, new_ref, prepare_doc, send_in, write_in
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase
from lintas.work.payloads import bytes_of
from lintas.work.peering import accuse
from lintas.work.proving.entries import signed_of
from lintas.work.replay import replay
from lintas.work.services import no_progress
from lintas.work.sharing import share
from lintas.work.tracing_jobs.next_hops import ask_next_hops
from lintas.work.tracing_jobs.opening import Wanted, open_trace
from lintas.work.watching import acknowledge, add_watch, list_alerts
from tests.faults.day import LATER, live_one
from tests.faults.desk_day import ACCOUNT, MONEY, request_said
from tests.scenario.money import Line, book
from tests.slow.postgres import USER, Server, ServerStore, opened

OPENED = "a" * 32  # the document that opens a case
pytestmark = [pytest.mark.slow, pytest.mark.ring("postgres"), pytest.mark.timeout(300)]

PEOPLE = "陈示例, นายตัวอย่าง ใจดี and Nguyễn Văn Ví Dụ"
SLIP = f"{PEOPLE} got 4,500 from +60 12-345 6789 for www.bank-login.example, account 114011223344\n"
TABLE = b"name,phone,amount\r\nAli bin Contoh,0123456789,10\r\n" + "张伟,+6591234567,20\r\n".encode()


@pytest.fixture(scope="module")
def server(postgres_bin: Path) -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="lintas-pg-", dir="/tmp", ignore_cleanup_errors=True) as name:
        folder = Path(name)  # not below tmp_path: that is closed to the server's user, and too long for a socket's name
        if os.geteuid() == 0:
            shutil.chown(folder, USER)
        running = Server(postgres_bin, folder)
        try:
            running.start()
            yield running
        finally:
            running.stop()


def test_every_migration_and_every_query_is_understood(server: Server) -> None:
    server.new_database("prepared")
    with server.connect("prepared") as connection:
        connection.execute(for_postgresql(queries()["find_terms_open"].sql).encode())
        refused = {}
        for query in queries().values():
            names: dict[str, int] = {}
            sql = for_postgresql(query.sql)
            for name in dict.fromkeys(re.findall(r"%\((\w+)\)s", sql)):
                names[name] = len(names) + 1
                sql = sql.replace(f"%({name})s", f"${names[name]}")
            if query.name == "find_terms_open":  # a definition is run, never prepared
                continue
            try:
                connection.execute(f"PREPARE {query.name} AS {sql}".encode())
            except psycopg.Error as exc:
                refused[query.name] = str(exc)
    assert refused == {}


def test_a_node_that_is_replayed_into_postgresql_has_the_same_log_and_the_same_views(
    server: Server, tmp_path: Path
) -> None:
    with two_nodes(tmp_path) as (node, peer):
        _live(node)
        _desk(node, peer)
        _money(node)
        _exchange(node, peer)  # last, since it ends in a quarrel
        for one in (node, peer):
            _staff(one)  # last: from the first passkey on, sharing needs one
        filled = set[str]()
        for one in (node, peer):
            with opened(server, f"replayed_{one.services.config.country.lower()}") as store:
                _copy_log(one, store)
                store.write(lambda tx, one=one: replay(one.services, tx, progress=no_progress))  # type: ignore[misc]  # of this turn
                other = cast("Store", store)
                for ask in (_views, _log, _found, _watched, _exchanged, _peopled, _scoped):
                    assert ask(other) == ask(one.services.store)
                filled |= {view for view, (count, _) in _views(other).items() if count}
        assert filled == set(VIEWS)


def test_every_query_is_executed_by_a_day_in_the_stores_life(server: Server, tmp_path: Path) -> None:
    with opened(server, "lived") as store:
        live_one(cast("Store", store), tmp_path)
        assert queries().keys() - store.translated.executed == set()


def test_a_second_entry_at_one_place_is_refused(server: Server, tmp_path: Path) -> None:
    with a_node(tmp_path) as node, opened(server, "twice") as store:
        _copy_log(node, store)
        first = node.services.store.read(lambda snapshot: next(snapshot.entries(0, 1)))
        put = queries()["log_append"].sql
        for values in (first._asdict() | {"id": b"other"}, first._asdict() | {"seq": 7, "id": bytes.fromhex(first.id)}):
            with pytest.raises(psycopg.errors.UniqueViolation):
                store.translated.execute(put, values)


def _live(node: Node) -> None:
    """A little of everything that an officer does."""
    services = node.services
    add_watch(services, OFFICER, ["+60123456789"], note="mules")
    files = [
        TakenFile(name="slip.txt", data=SLIP.encode()),
        TakenFile(name="reports.csv", data=TABLE),
        TakenFile(name="long.txt", data=(SLIP * 800).encode()),
    ]
    taken = take(services, OFFICER, files, options=TakeOptions(source="Hotline"), progress=no_progress)
    (alert, *_) = list_alerts(services, OFFICER).alerts
    acknowledge(services, OFFICER, alert.id)
    gone = take(
        services,
        CLERK,
        [TakenFile(name="gone.txt", data=b"call 0198765432")],
        options=TakeOptions(),
        progress=no_progress,
    )
    erase(services, OFFICER, gone.messages, ground="retention")
    assert len(taken.messages) >= 3


def _money(node: Node) -> None:
    """Take payments in, keep a trace of them, and have a bank asked."""
    at = "2026-02-28T01:00:00Z"
    book(node, [Line(payer="MBBEMYKL:1000000001", payee="MBBEMYKL:1000000002", paid="10.00", at=at, number=1)])
    bank = BankSettings(name="contoh", url="http://127.0.0.1:1", secret=bytes(32), banks=("MBBEMYKL",), currency="MYR")
    config = dataclasses.replace(node.services.config, banks={"contoh": bank})  # type: ignore[type-var]  # a NodeConfig
    services = dataclasses.replace(node.services, config=config)
    done = open_trace(services, OFFICER, Wanted(seeds=("MBBEMYKL:1000000002@2026-02-28:10.00",)))
    asked = ask_next_hops(services, OFFICER, done.shown.line.ref, law="section 116").asked
    assert len(asked) == 1


def _exchange(node: Node, peer: Node) -> None:
    """Share what was taken, both ways; then what only a quarrel brings."""
    for one, other in ((node, peer), (peer, node)):
        add_watch(one.services, OFFICER, ["+6591234567"])
        files = [TakenFile(name="shared.csv", data=TABLE), TakenFile(name="shared.txt", data=(SLIP * 801).encode())]
        options = TakeOptions(source="Counter", marking=Marking(tlp=Tlp.GREEN))
        taken = take(one.services, OFFICER, files, options=options, progress=no_progress)
        share(one.services, OFFICER, taken.messages, to=[other.services.keys.node])
    while carry(node, peer) + carry(peer, node):
        pass
    services, theirs = node.services, peer.services.keys.node
    channel = services.store.read(lambda s: s.peers())[0].channel
    about = services.store.read(lambda s: s.outbox(scope=up_to(Tlp.RED), channel="", before=s.size(), limit=9))
    said = {"message": about[-1].message, "rejected": [{"id": "row 3", "reason": "no account"}], "total": 7}
    append_content(services, Kind.REJECTION, said, channel=channel)
    heard = {"node": theirs, "by": OFFICER.id, "their_person": "Inspector Example"}
    append_content(services, Kind.INTRODUCTION, heard)
    alert = services.store.read(lambda s: s.places_of("alert"))[0]
    target = services.store.read(lambda s: next(s.entries(alert, alert + 1))).id
    append_control(services, Kind.HANDOVER, {"by": OFFICER.id, "target": target, "to": "officer-0007"})
    accuse(services, theirs, "gap", "Places are missing.", [b"document"])


def _desk(node: Node, peer: Node) -> None:
    """Documents of the desk of every kind, at both ends; and what time and people did to them."""
    for one, other in ((node, peer), (peer, node)):
        services, own, their = one.services, one.services.keys.node, other.services.keys.node
        new = services.store.read(lambda s, services=services: {doc: new_ref(services, s, doc) for doc in Doc})  # type: ignore[misc]  # of this turn
        asked = request_said(their, case=new[Doc.CASE], report=new[Doc.REPORT])
        paid = {"amount": MONEY, "at": LATER, "to": ACCOUNT, "reference": "E2E-1"}
        task = {"title": "Ask the bank", "to": own, "due": LATER}
        terms = {"nodes": sorted([own, their]), "forms": ["hold"], "powers": ["hold"]}
        message = _say(one, Doc.REQUEST, new, asked, to=their)
        _say(one, Doc.REPORT, new, {"how": "phone", "payments": [paid]})
        _say(one, Doc.VICTIM, new, {"name": "Siti Contoh", "phone": "+6591234567"})
        _say(one, Doc.CASE, new, {"opener": own, "what": "opened", "fields": {"title": "Parcel scam"}}, id_=OPENED)
        _say(one, Doc.CASE, new, {"opener": own, "what": "item", "fields": {"message": message}}, after=OPENED)
        _say(one, Doc.CASE, new, {"opener": own, "what": "task", "fields": task}, after=OPENED)
        _say(one, Doc.AGREEMENT, new, {"proposer": own, "what": "proposed", "terms": terms})
        _say(one, Doc.STEP, new, {"asker": own, "what": "noted", "short": "call me"}, to=their)
        due: dict[str, object] = {"by": OFFICER.id, "clock": "act", "due_at": LATER, "target": message}
        append_control(services, Kind.DUE, due | {"state": "missed"})
        append_control(services, Kind.OWNED, {"action": "taken", "by": OFFICER.id, "target": message, "to": OFFICER.id})
    while carry(node, peer) + carry(peer, node):
        pass


def _say(
    node: Node,
    doc: Doc,
    refs: dict[Doc, str],
    said: dict[str, Any],
    *,
    to: str = "",
    id_: str = "",
    after: str = "",
) -> MessageId:
    ref = refs[Doc.REQUEST if doc is Doc.STEP else Doc.REPORT if doc is Doc.VICTIM else doc]
    services, receiver = node.services, frozenset({to} - {""})
    draft = Draft(doc=doc, ref=ref, said=said, by=OFFICER.id, to=receiver, id=id_, after=(after,) if after else ())
    written = prepare_doc(services, draft)

    def write(tx: Transaction) -> None:
        write_in(services, tx, written)
        if to:
            send_in(services, tx, OFFICER, written.entry.id, to=to, activity="request.send")

    services.store.write(write)
    return written.entry.id


def _staff(node: Node) -> None:
    """People's entries of every kind: lists, classes, shifts, passkeys, orders."""
    services, by = node.services, OFFICER.id
    options = TakeOptions(source="Case", marking=Marking(tlp=Tlp.GREEN))
    files = [TakenFile(name=f"case-{n}.txt", data=f"{n}: {SLIP}".encode()) for n in range(4)]
    one, two, three, _ = take(services, OFFICER, files, options=options, progress=no_progress).messages
    for body in (
        {"action": "opened", "list": "case-1"},
        {"action": "joined", "list": "case-1", "person": by},
        {"action": "opened", "list": "case-2"},
        {"action": "restricted", "list": "case-1", "messages": [one]},
        {"action": "restricted", "list": "case-2", "messages": sorted([one, two])},
        {"action": "freed", "list": "case-2", "messages": [two]},
    ):
        append_control(services, Kind.NEED, {"by": by, **body})
    for name, action in (("victim", "added"), ("ct", "added"), ("ct", "released"), ("str", "added")):
        messages = [three] if name != "str" else [two]
        append_control(services, Kind.CLASSED, {"action": action, "by": by, "class": name, "messages": messages})
    shift: dict[str, object] = {
        "by": by,
        "ends_at": "2026-03-02T00:00:00.000Z",
        "starts_at": "2026-03-01T00:00:00.000Z",
    }
    shift |= {"id": "1" * 64, "person": by, "stands_for": "", "what": "shift"}
    append_control(services, Kind.DUTY, {"action": "set", **shift})
    key: dict[str, object] = {"account": by, "action": "added", "algorithm": -8, "by": by}
    append_control(services, Kind.CREDENTIAL, key | {"credential": "AAAA", "public": "pQEC", "vouched_by": ""})
    proposed: dict[str, object] = {"action": "share", "by": by, "said": {}, "expires_at": "2026-03-02T00:00:00.000Z"}
    proposed |= {"ground": "", "classes": 1, "session": ""}
    order = append_content(services, Kind.ORDER, proposed)[1]
    append_control(services, Kind.ASSENT, {"by": by, "order": order, "verdict": "confirmed"})


def _peopled(store: Store) -> list[Any]:
    """Every answer about people."""

    def gather(s: Snapshot) -> list[Any]:
        orders, late = s.orders(before=s.size(), limit=9), s.size()
        return [
            [s.duties(since=""), s.duties_of(OFFICER.id), s.duty("1" * 64)],
            [s.lists_of(OFFICER.id), s.need_lists(), s.members_of("case-1"), [s.lists_on(n) for n in range(s.size())]],
            [s.credential("AAAA"), s.credentials_of(OFFICER.id), s.credentials()],
            [orders, s.order(orders[0].id), s.open_orders(), s.assents(orders[0].id)],
            [s.accesses(before=late, limit=99), s.accesses(before=late, limit=99, viewer=OFFICER.id)],
            [s.seen(one.id, before=late, limit=99) for one in s.entries(0, s.size())],
        ]

    return store.read(gather)


def _scoped(store: Store) -> list[Any]:
    """What people of many kinds may see: the conditions of the access policy."""
    scopes = [
        Scope(clearance=level, closed=closed, masked=masked, lists=lists)
        for level in (-1, int(Tlp.GREEN), int(Tlp.RED))
        for closed, masked in ((0, 0), (48, 15))
        for lists in (None, frozenset[str](), frozenset({"case-1"}), frozenset({"case-1", "case-2"}))
    ]

    def gather(s: Snapshot) -> list[Any]:
        terms = [(0, "phone", "+60123456789")]
        many = [*terms, *((n, "phone", f"+6012{n:07d}") for n in range(1, 400))]
        return [
            (
                s.heads(range(s.size()), scope=scope),
                s.counts(scope=scope),
                list(s.hits(terms, scope=scope, limit=9)),
                sorted(s.hits(many, scope=scope, limit=99)),
                s.identifiers_from("+60", scheme="phone", scope=scope, limit=9),
                s.worded(("示例",), phrase=False, scope=scope, limit=9),
                s.intakes(scope=scope, before=99, limit=9),
            )
            for scope in scopes
        ]

    found = store.read(gather)
    assert len({len(heads) for heads, *_ in found}) > 3, "the scopes differ"
    return found


def _copy_log(node: Node, store: ServerStore) -> None:
    def copy(tx: Transaction) -> None:
        source = node.services.store
        for name in ("node", "incarnation"):
            tx.put_meta(name, source.read(lambda snapshot, name=name: snapshot.meta(name)) or "")  # type: ignore[misc]  # of this turn
        for digest, data in source.read(lambda snapshot: list(snapshot.packs())):
            tx.put_pack(digest, data)
        entries, rows = source.read(lambda s: (list(s.entries(0, s.size())), s.payload_rows(0, s.size())))
        homes = source.read(lambda s: {copy: seq for seq in range(s.size()) for copy, _ in s.sharing(seq)})
        for entry in entries:
            row = rows.get(entry.seq)
            payload = None
            if row is not None:
                payload = Payload(salt=row.salt, data=bytes_of(node.services, row), openings=row.openings)
            blob = row.blob if row else ""
            assert tx.append(signed_of(entry), payload, blob, homes.get(entry.seq)) == entry.seq

    store.write(copy)


def _views(store: Store) -> dict[str, tuple[int, str]]:
    return store.write(lambda tx: tx.views_digest())


def _log(store: Store) -> list[Any]:
    def gather(s: Snapshot) -> list[Any]:
        entries = list(s.entries(0, s.size()))
        payloads = s.payload_rows(0, s.size())
        return [s.size(), entries, payloads, list(s.tiles()), sorted(s.packs()), sorted(s.blob_names())]

    return store.read(gather)


def _found(store: Store) -> list[Any]:
    def gather(s: Snapshot, level: int) -> list[Any]:
        terms = [(n, "phone", phone) for n, phone in enumerate(("+60123456789", "+6591234567", "+60198765432"))]
        many = [*terms, *((n, "phone", f"+6012{n:07d}") for n in range(3, 400))]
        keys = sorted({hit.entity for hit in s.hits(terms, scope=up_to(level), limit=50)})
        words = [("示例",), ("陈",), ("ตัวอย่าง",), ("nguyen", "vi"), ("ali",), ("张伟",), ("nobody",)]
        return [
            list(s.hits(terms, scope=up_to(level), limit=3)),
            sorted(s.hits(many, scope=up_to(level), limit=50)),
            [
                s.identifiers_from(start, scheme=scheme, scope=up_to(level), limit=9)
                for start in ("+60", "bank", "ü")
                for scheme in ("", "phone")
            ],
            [s.worded(one, phrase=phrase, scope=up_to(level), limit=9) for one in words for phrase in (False, True)],
            s.heads(range(s.size()), scope=up_to(level)),
            [
                (
                    s.appearances(k, scope=up_to(level), limit=9),
                    s.facts_about(k, scope=up_to(level), limit=99),
                )
                for k in keys
            ],
            [
                (
                    s.held_by(k, scope=up_to(level), limit=99),
                    s.facts_pointing_at(k, scope=up_to(level), limit=9),
                )
                for k in keys
            ],
            [
                (
                    s.entities_of(seq, scope=up_to(level), limit=9),
                    s.facts_in(seq, scope=up_to(level), limit=9),
                )
                for seq in range(s.size())
            ],
            [
                (s.held_in(seq, scope=up_to(level), limit=9), s.intakes_of(seq, scope=up_to(level)))
                for seq in range(s.size())
            ],
            s.intakes(scope=up_to(level), before=99, limit=9),
            s.captions(keys, scope=up_to(level)),
            s.counts(scope=up_to(level)),
        ]

    green, red = int(Tlp.GREEN), Tlp.RED
    return store.read(lambda snapshot: [gather(snapshot, green), gather(snapshot, red)])


def _exchanged(store: Store) -> list[Any]:
    def gather(s: Snapshot) -> list[Any]:
        (peer,) = s.peers()
        outbox = s.outbox(scope=up_to(Tlp.RED), channel="", before=s.size(), limit=99)
        streams = [("out", peer.channel), *(("in", channel) for channel in s.channels_from(peer.node))]
        lives = [s.meta("incarnation") or "", peer.incarnation]
        return [
            [peer, s.peer(peer.node), s.peer_of_channel(peer.channel), s.confirmations(peer.node)],
            [s.key_places(peer.node), s.evidence("", limit=9), s.evidence(peer.node, limit=9)],
            [
                (
                    s.tip(direction, channel, incarnation=life, lane=lane),
                    s.spans(direction, channel, incarnation=life, lane=lane, after=1, limit=9),
                    s.span_at(direction, channel, incarnation=life, lane=lane, counter=2),
                    s.stored_upto(channel, incarnation=life, lane=lane),
                )
                for direction, channel in streams
                for life in lives
                for lane in ("alert", "bulk")
            ],
            [
                outbox,
                s.outbox(scope=up_to(Tlp.RED), channel=peer.channel, before=outbox[0].seq, limit=2),
            ],
            s.outbox(scope=up_to(Tlp.CLEAR), channel="", before=s.size(), limit=99),
            [(s.receipts(one.message), s.rejections(one.message)) for one in outbox],
            [s.releases_of(one.of) for one in outbox if one.of],
            [s.handed_to(one.id) for one in s.entries(0, s.size())],
            [s.sharing(seq) for seq in range(s.size())],
        ]

    return store.read(gather)


def _watched(store: Store) -> list[Any]:
    def gather(s: Snapshot) -> list[Any]:
        watch = s.watches()[-1]
        alerts = s.alerts(scope=up_to(Tlp.RED), after=-1, limit=9)
        return [watch, s.watches(owner=OFFICER.id), s.watch(watch.id), s.watch_terms(watch.id), s.has_watches(), alerts]

    return store.read(gather)
