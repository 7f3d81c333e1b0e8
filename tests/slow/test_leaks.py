# SPDX-License-Identifier: Apache-2.0
"""Nothing of what was not released to a peer stands in any byte that is sent to it, nor that it exists.

Everything is heard before TLS while three nodes exchange. What is found on purpose shows that the search finds.
"""

import asyncio
import json
import re
from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lintas.model.header import Kind
from lintas.model.ids import MessageId
from lintas.model.marking import Marking, Protected, Tlp
from lintas.model.peering import Lane, ReceiptState
from lintas.node.node import Node
from lintas.ports.store import Snapshot
from lintas.testing import OFFICER
from lintas.work.accounts import create_account
from lintas.work.exchange import tell
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import erase
from lintas.work.peering import confirm_words, list_peers
from lintas.work.proving import make_checkpoint
from lintas.work.services import no_progress
from lintas.work.sharing import share
from lintas.work.watching import add_watch
from tests.faults.tapped import ANYBODY, Said, readings, secrets_in, tapped
from tests.scenario.heads import a_world, id_of
from tests.scenario.heads import meet as introduce_all
from tests.scenario.meeting import held, meet, until

# What a peer is told of others and of this node's work by design: docs/trust.md, "What gossip discloses", and
# docs/spec/peer.md, "Proofs". Nothing else is taken out before the search.
_LOG_NAME = r"(?:/cosign|/log/[0-9a-f]{16})"


class Case(NamedTuple):
    """Who was given what."""

    my: Node
    sg: Node
    th: Node
    tokens: dict[str, list[bytes]]  # group -> words that stand in its messages alone
    names: list[bytes]
    said: Said


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    with a_world(tmp_path_factory.mktemp("leaks")) as world:
        my, sg, th = (world.make(name) for name in ("my", "sg", "th"))
        introduce_all(my, sg, th)
        it = Case(my, sg, th, {}, [], defaultdict(list))
        _plant(it)
        asyncio.run(_exchange(it))
        yield it


def _taken(case: Case, group: str, count: int, marking: Marking, *, about: str = "") -> list[str]:
    words = [f"{group}-Word{number:04}-{'abcdefghij'[number % 10] * 6}" for number in range(count)]
    case.tokens[group] = [word.encode() for word in words]
    files = [
        TakenFile(name=f"file-name-{word}.txt", data=f"{about}Note {word}: +60 12-34{number:05}".encode())
        for number, word in enumerate(words)
    ]
    case.names.extend(file.name.encode() for file in files)
    options = TakeOptions(marking=marking)
    return list(take(case.my.services, OFFICER, files, options=options, progress=no_progress).messages)


def _plant(case: Case) -> None:
    services, amber = case.my.services, Marking(tlp=Tlp.AMBER)
    sg, th = id_of(case.sg), id_of(case.th)
    _taken(case, "unshared", 100, amber)
    red = _taken(case, "red", 20, Marking(tlp=Tlp.RED))
    unit = replace(OFFICER, id="officer-0009", role="fiu_officer")
    for one in Protected:
        kept = _taken(case, f"class-{one.value}", 12, replace(amber, classes=frozenset({one})))
        if one is Protected.STR:
            assert {line.rule for line in share(services, unit, kept, to=[sg, th]).refused} == {"class-str"}
    told = _taken(case, "tipping", 6, amber, about="as the suspicious transaction report says: ")
    assert {line.rule for line in share(services, OFFICER, told, to=[sg, th]).refused} == {"tipping-off"}
    only_th = _taken(case, "named", 10, Marking(tlp=Tlp.AMBER_STRICT, recipients=frozenset({th})))
    gone = _taken(case, "gone", 10, amber)
    to = {"sg": (sg,), "th": (th,), "all": (sg, th)}
    sent = {group: _taken(case, group, 12, amber) for group in to}
    assert share(services, OFFICER, red, to=[sg, th]).released == []
    assert {line.to for line in share(services, OFFICER, only_th, to=[sg, th]).released} == {th}
    share(services, OFFICER, gone, to=[sg, th])
    erase(services, OFFICER, gone, ground="mistake")
    for group, nodes in to.items():
        assert share(services, OFFICER, sent[group], to=nodes, urgent=group == "all").refused == []
    people = [
        create_account(services, name=name, password=None, role="duty_officer", clearance=Tlp.RED)
        for name in ("Planted Account One", "Planted Account Two")
    ]
    add_watch(services, OFFICER, ["+65 8765 4321", "planted-watch.example"], days=30, note="planted watch note")
    take(
        services,
        OFFICER,
        [TakenFile(name="alerting-file.txt", data=b"Alerting-Word of planted-watch.example")],
        options=TakeOptions(marking=amber),
        progress=no_progress,
    )
    find(services, OFFICER, ["planted-question.example"], purpose="planted-purpose")
    words = list_peers(case.sg.services, OFFICER).words
    confirm_words(services, OFFICER, sg, words, "Planted Person Abroad")
    planted = [
        *(b"Planted Account One", b"Planted Account Two", b"planted-watch.example", b"+6587654321", b"+65 8765 4321"),
        *(b"planted watch note", b"alerting-file.txt", b"Alerting-Word", b"planted-question.example"),
        *(b"planted-purpose", b"Planted Person Abroad", b"file-name-"),
        people[1].encode(),  # the first one has the pseudonym of who shares, which the proof of a release names
    ]
    case.names.extend(planted)


async def _exchange(case: Case, slip: Callable[[], bytes] | None = None) -> None:
    """Everybody with everybody, until all has come, been receipted, shown, countersigned, proven and gossiped."""
    nodes = {str(one.services.keys.signing.key_id): id_of(one) for one in (case.my, case.sg, case.th)}
    async with asyncio.timeout(240), AsyncExitStack() as stack:
        served = [
            await stack.enter_async_context(
                tapped(one, nodes=nodes, said=case.said, slip=slip if one is case.my else None)
            )
            for one in (case.my, case.sg, case.th)
        ]
        for one in served:
            await asyncio.to_thread(make_checkpoint, one.node.services)
            for other in served:
                if other is not one:
                    meet(one.node, other)
        for peer in (case.sg, case.th):
            tip = case.my.services.store.read(lambda snapshot, peer=peer: _end(snapshot, id_of(peer)))  # type: ignore[misc]  # bound now
            await until(peer, lambda peer=peer, tip=tip: held(peer, id_of(case.my)).at(Lane.BULK) >= tip)  # type: ignore[misc]  # as above
            item = peer.services.store.read(lambda snapshot: _first_item(snapshot, id_of(case.my)))
            await asyncio.to_thread(tell, peer.services, item, ReceiptState.SHOWN, "officer-0007")
        for _ in range(2):
            for one in served:
                await asyncio.to_thread(make_checkpoint, one.node.services)
                one.node.services.events.publish("peers")
            await until(case.my, lambda: _is_cosigned(case))
        gossip = b"/peer/v1/gossip"
        await until(case.my, lambda: any(gossip in piece for piece in case.said[id_of(case.my), id_of(case.sg)]))
        await until(case.sg, lambda: case.sg.services.links.state(id_of(case.my)).unproven_since == "")


def _end(snapshot: Snapshot, node: str) -> int:
    peer = snapshot.peer(node)
    assert peer is not None
    tip = snapshot.tip("out", peer.channel, incarnation=snapshot.meta("incarnation") or "", lane="bulk")
    return 0 if tip is None else tip.counter


def _first_item(snapshot: Snapshot, originator: str) -> MessageId:
    for entry in snapshot.entries(0, snapshot.size()):
        header = json.loads(entry.header)
        if (header["originator"], header["kind"]) == (originator, "item"):
            return entry.id
    raise AssertionError("nothing came")


def _is_cosigned(case: Case) -> bool:
    rows = [case.my.services.store.read(lambda snapshot: snapshot.checkpoint())]
    return any(row is not None and row.note.count("/cosign") == 2 for row in rows)


def secrets_of(case: Case, peer: Node, other: Node) -> dict[bytes, str]:
    """All that one peer may not learn from what it is sent, each with what it is."""

    def gather(snapshot: Snapshot) -> dict[bytes, str]:
        here, there = snapshot.peer(id_of(peer)), snapshot.peer(id_of(other))
        assert here is not None and there is not None
        found: dict[bytes, str] = {there.channel.encode(): "channel of another", there.name.encode(): "name of another"}
        allowed: set[str] = set()
        for entry in snapshot.entries(0, snapshot.size()):
            header = json.loads(entry.header)
            body = header.get("body", {})
            is_theirs = here.channel in (header["channel"], body.get("channel") if header["kind"] == "release" else "")
            is_known = is_theirs or header["kind"] == Kind.KEY or header["originator"] == id_of(peer)
            row = snapshot.payload(entry.seq)
            if is_known:
                allowed |= {entry.id, body.get("decision", "")}  # the entry that proves a release names its decision
            else:
                found |= _parts(header["kind"], entry, header)
                if row is not None:
                    found |= {row.salt: "salt", row.salt.hex().encode(): "salt"}
            if row is not None:
                found |= _closed(row.openings, id_of(peer), is_known=is_known)
        return {
            secret: what
            for secret, what in found.items()
            if secret.decode("latin-1") not in allowed and (secret.hex() not in allowed)
        }

    found = case.my.services.store.read(gather)
    for group, words in case.tokens.items():
        mine = {"sg": case.sg, "th": case.th, "all": peer, "named": case.th}.get(group)
        if mine is not peer:
            found |= dict.fromkeys(words, f"content: {group}")
    found |= dict.fromkeys(case.names, "name")
    return found


def _parts(kind: str, entry: Any, header: dict[str, Any]) -> dict[bytes, str]:
    texts = [entry.id, header.get("payload", {}).get("digest", entry.id)]
    texts += [one for commitments in header["refs"].values() for one in commitments]
    found = {form: f"{kind} entry" for text in texts for form in (text.encode(), bytes.fromhex(text))}
    return found | {entry.signature: f"signature of {kind}"}


def _closed(openings: bytes, peer: str, *, is_known: bool) -> dict[bytes, str]:
    found: dict[bytes, str] = {}
    for field, pairs in json.loads(openings).items():
        for salt, target in pairs:
            if not (is_known and field == "recipients" and target == peer):
                found |= {salt.encode(): f"opening of {field}", bytes.fromhex(salt): f"opening of {field}"}
                if field == "release_of":
                    found[target.encode()] = "local message"
    return found


def sent_to(case: Case, peer: Node) -> bytes:
    return b"\n".join(case.said[id_of(case.my), id_of(peer)])


@pytest.mark.parametrize("which", ["sg", "th"])
def test_nothing_that_was_not_released_is_in_what_was_sent(case: Case, which: str) -> None:
    peer, other = (case.sg, case.th) if which == "sg" else (case.th, case.sg)
    secrets = secrets_of(case, peer, other)
    assert len(secrets) > 1_000
    raw = sent_to(case, peer)
    found = secrets_in(raw, secrets)
    assert {secrets[one] for one in found} == set(), [one[:40] for one in found]
    design = re.compile(re.escape(id_of(other)) + _LOG_NAME)
    left = design.sub("", b"\n".join(readings(raw)).decode("latin-1"))
    assert id_of(other) not in left


def test_what_was_released_is_found_by_the_same_search(case: Case) -> None:
    """Else an empty answer would say nothing."""
    for peer, groups in ((case.sg, ("sg", "all")), (case.th, ("th", "all", "named"))):
        words = [word for group in groups for word in case.tokens[group]]
        assert secrets_in(sent_to(case, peer), words) == set(words)


def test_nobody_who_does_not_sign_learns_anything(case: Case) -> None:
    said = b"\n".join(case.said[id_of(case.my), ANYBODY])
    secrets = secrets_of(case, case.sg, case.th) | secrets_of(case, case.th, case.sg)
    words = [word for words in case.tokens.values() for word in words]
    assert secrets_in(said, {*secrets, *words}) == set()


def test_cursors_tell_counters_of_that_peer_alone(case: Case) -> None:
    for peer in (case.sg, case.th):
        raw = sent_to(case, peer)
        ends = case.sg, case.my.services.store.read(lambda snapshot, peer=peer: snapshot.peer(id_of(peer)))  # type: ignore[misc]  # bound now
        assert ends[1] is not None
        ids = [tuple(map(int, one.split(b".")[1:])) for one in re.findall(rb"\nid: ([0-9a-f]{16}\.\d+\.\d+)", raw)]
        assert ids
        bulk = case.my.services.store.read(lambda snapshot, peer=peer: _end(snapshot, id_of(peer)))  # type: ignore[misc]  # as above
        assert max(at for _, at in ids) <= bulk


FORMS: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda secret: secret,
    "hex": lambda secret: secret.hex().encode(),
    "HEX": lambda secret: secret.hex().upper().encode(),
    "base64": b64encode,
    "base64 behind a letter": lambda secret: b64encode(b"x" + secret),
    "base64 of base64": lambda secret: b64encode(b"ab" + b64encode(secret)),
    "escaped": lambda secret: b"".join(b"\\u%04x" % one for one in secret),
    "base64 in JSON": lambda secret: json.dumps({"a": b64encode(secret).decode().replace("/", "\\/")}).encode(),
    "hex in base64": lambda secret: b64encode(secret.hex().encode()),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_search_sees_through_each_way_to_write(form: str) -> None:
    secret, other = b"Planted-Word-0042", b"Planted-Word-0043"
    raw = b'{"some":"text","sig":"' + b64encode(b"\1" * 64) + b'"} ' + FORMS[form](secret) + b" and more"
    assert secrets_in(raw, {secret, other}) == {secret}


def test_a_node_that_leaks_is_caught(case: Case, tmp_path: Path) -> None:
    """Its application lets slip a local id, a salt and a word, each in another form."""
    secrets = secrets_of(case, case.sg, case.th)
    salt = next(one for one, what in secrets.items() if what == "salt" and len(one) == 16)
    entry = next(one for one, what in secrets.items() if what == "item entry" and len(one) == 32)
    word = case.tokens["unshared"][7]
    # all of it each time: how many answers a peer gets, and in what turn with the other, differs from run to run
    slip = b"; ".join([entry.hex().encode(), b64encode(salt), b64encode(b"x" + word)])
    with_leak = case._replace(said=defaultdict(list))
    asyncio.run(_exchange(with_leak, lambda: slip))
    assert {salt, word, entry} <= secrets_in(sent_to(with_leak, case.sg), secrets)
