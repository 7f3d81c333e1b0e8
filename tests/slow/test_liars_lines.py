# SPDX-License-Identifier: Apache-2.0
"""A peer that lies about itself, its log or the line: caught where it can be, cut off where not, alone in any case."""

import asyncio
import json
import tracemalloc
from base64 import b64decode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lintas.crypto.signing import SigningKey
from lintas.limits import BATCH_BYTES_MAX, GOSSIP_NOTES_MAX
from lintas.model.peering import Standing
from lintas.node.peer_link import MOVES_MAX
from tests.faults.liar import PEER, Liar
from tests.faults.liar_line import Answer, Heard, begin_feed, chunk, pour, say
from tests.faults.lied_to import Stage, a_stage, bulk

STRANGER = SigningKey.from_seed(b"\7" * 32)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with a_stage(tmp_path_factory.mktemp("lied_to")) as it:
        yield it


def last_error(stage: Stage, liar: Liar) -> str:
    return stage.node.services.links.state(liar.id).last_error


async def truth(stage: Stage, liar: Liar) -> None:
    """One honest message, read by the node from the liar's feed."""
    at = bulk(stage.held(liar))
    liar.feed.put_nowait(liar.goes_on(liar.text(f"The truth {at}")))
    await stage.until(lambda: bulk(stage.held(liar)) == at + 1)


# as a client


def test_a_replayed_request_and_batch_change_nothing(stage: Stage) -> None:
    async def story() -> None:
        liar, url = await stage.liar(), stage.served.url
        await liar.greet(url)
        nonce, document = liar.nonce(), liar.goes_on(liar.text("The truth"))
        assert (await liar.ask(url, "POST", "/inbox", document, nonce=nonce)).status == 200
        taken = stage.taken_from(liar)
        assert taken
        assert (await liar.ask(url, "POST", "/inbox", document, nonce=nonce)).code == "replay"
        old = liar.session
        await liar.greet(url)  # another session: the same batch again is nothing new, and no lie
        assert liar.session != old
        told = await liar.push(url, document)
        assert json.loads(told.body)["signed"]["cursor"] == liar.cursor()
        assert stage.taken_from(liar) == taken  # receipts, ours and the honest peer's, may come at any time
        assert stage.standing(liar) is Standing.UNVERIFIED

    stage.run(story())


def test_another_session_and_another_node_are_refused(stage: Stage) -> None:
    async def story() -> None:
        one, two, url = await stage.liar(), await stage.liar(), stage.served.url
        await one.greet(url)
        await two.greet(url)
        two.session = one.session  # numbers in another's session
        assert (await two.push(url, two.batch(two.text("x")))).code == "signature"
        one.to, real = stage.honest.id, one.to
        assert (await one.ask(url, "POST", "/gossip", b'{"notes":[]}')).code == "addressee"
        one.to = real
        assert {stage.standing(one), stage.standing(two)} == {Standing.UNVERIFIED}

    stage.run(story())


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"mode": "live"}, 403, "mode"),
        ({"to": "lintas:" + "a" * 52}, 400, "address"),
        ({"v": 2}, 400, "malformed"),
        ({"tips": [{"lane": "bulk", "counter": -1, "chain": "0" * 64}]}, 400, "malformed"),
    ],
)
def test_a_greeting_that_lies_is_refused(stage: Stage, changed: dict[str, Any], status: int, code: str) -> None:
    async def story() -> None:
        liar = await stage.liar()
        told = await liar.greet(stage.served.url, **changed)
        assert (told.status, told.code) == (status, code)
        assert (await liar.greet(stage.served.url)).status == 200

    stage.run(story())


def test_gossip_beyond_the_limit_and_false_notes_tell_nothing(stage: Stage) -> None:
    async def story() -> None:
        liar, url = await stage.liar(), stage.served.url
        await liar.greet(url)
        many = json.dumps({"notes": ["x"] * 10_000}).encode()
        async with stage.undisturbed():
            assert (await liar.ask(url, "POST", "/gossip", many)).code == "malformed"
            origin = f"{stage.honest.id}/log/0123456789abcdef"
            notes = ["", "\ud83d", f"{origin}\n1\n{'A' * 43}=\n\n", liar.note(key=STRANGER).decode()] * 25
            assert len(notes) == GOSSIP_NOTES_MAX
            body = json.dumps({"notes": notes}, ensure_ascii=True).replace("\\ud83d", "x").encode()
            assert (await liar.ask(url, "POST", "/gossip", body)).status == 200
        assert stage.charges(liar) == []

    stage.run(story())


def test_a_head_that_forks_is_kept_and_its_log_suspended(stage: Stage) -> None:
    async def story() -> None:
        liar, url = await stage.liar(), stage.served.url
        await liar.greet(url)
        assert (await liar.ask(url, "POST", "/checkpoint", liar.offer(0))).status == 200
        held = liar.note()
        forged = [b"\1" * 32, b"\2" * 32]
        async with stage.undisturbed():
            told = await liar.ask(url, "POST", "/checkpoint", liar.offer(1, forged))
            assert (told.status, told.code) == (422, "fork")
        (charge,) = stage.charges(liar)
        assert charge.what == "fork"
        kept, shown = charge.documents
        assert kept.startswith(held.rpartition(b"\n\n")[0])  # with our cosignature below
        assert shown == liar.note(forged)
        assert stage.standing(liar) is Standing.SUSPENDED
        await stage.resume(liar)
        liar.leaves.append(b"\3" * 32)
        assert (await liar.ask(url, "POST", "/checkpoint", liar.offer(1))).status == 200

    stage.run(story())


def test_a_cosignature_of_what_is_not_ours_is_refused(stage: Stage) -> None:
    async def story() -> None:
        liar, url = await stage.liar(), stage.served.url
        await liar.greet(url)
        assert (await liar.ask(url, "POST", "/cosignature", liar.note())).code == "unknown"
        assert (await liar.ask(url, "POST", "/cosignature", b"\xff" * 1000)).status == 400

    stage.run(story())


def test_what_was_never_sent_is_not_given_again(stage: Stage) -> None:
    async def story() -> None:
        liar, url = await stage.liar(), stage.served.url
        await liar.greet(url)
        own = stage.node.services.store.read(lambda snapshot: snapshot.meta("incarnation"))
        for ranges in ([[1, 10**9]], [[10**15, 1]], [[1, 1]] * 1_001):
            asked = json.dumps({"incarnation": own, "lane": "bulk", "ranges": ranges}).encode()
            assert (await liar.ask(url, "POST", "/again", asked)).status in (400, 404)
        assert (await liar.ask(url, "GET", "/feed", query=f"after={own}.{10**15}.{10**15}")).code == "malformed"

    stage.run(story())


def test_no_peer_takes_the_channel_of_another(stage: Stage) -> None:
    async def story() -> None:
        first, second, url = await stage.liar(), await stage.liar(), stage.served.url
        assert (await first.push(url, first.goes_on(first.text("The truth")))).status == 200
        second.channel = first.channel
        second.lanes = {lane: second._start(lane) for lane in ("alert", "bulk")}
        assert (await second.push(url, second.batch(second.text("x")))).code == "channel"
        assert [charge.what for charge in stage.charges(second)] == ["channel"]
        ours = stage.node.services.store.read(lambda snapshot: snapshot.peer(first.id))
        assert ours is not None
        third = await stage.liar()
        third.channel = ours.channel  # the one on which the node itself sends to another
        third.lanes = {lane: third._start(lane) for lane in ("alert", "bulk")}
        assert (await third.push(url, third.batch(third.text("x")))).code == "channel"
        assert (await first.push(url, first.goes_on(first.text("The truth again")))).status == 200

    stage.run(story())


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 1_000_000,
        b'{"type":"bundle","objects":' + b'[{"a":' * 50_000,
        b"\x1f\x8b\x08" + b"\0" * 100_000,
        b'{"type":"indicator","pattern":"[' + b"(" * 500_000 + b'"}',
        b"\xff\xfe" * 100_000,
    ],
    ids=["deep", "deep objects", "gzip", "pattern", "no text"],
)
def test_a_payload_that_no_reader_can_use_is_stored_and_its_sender_told(stage: Stage, data: bytes) -> None:
    async def story() -> None:
        liar = await stage.liar()
        message = liar.content(data, media_type="application/stix+json;version=2.1")
        async with stage.undisturbed():
            assert (await liar.push(stage.served.url, liar.goes_on(message))).status == 200
        assert stage.standing(liar) is Standing.UNVERIFIED
        kept = stage.node.services.store.read(lambda snapshot: snapshot.entry_by_id(message.signed.id))
        assert kept is not None
        welcome = json.loads((await liar.greet(stage.served.url)).body)["signed"]
        (tip,) = (tip for tip in welcome["tips"] if tip["lane"] == "alert")
        asked = {"incarnation": welcome["incarnation"], "lane": "alert", "ranges": [[1, tip["counter"]]]}
        told = await liar.ask(stage.served.url, "POST", "/again", json.dumps(asked).encode())
        assert b'{"message":"%b","rejected":[{' % message.signed.id.encode() in _payloads(told.body)

    stage.run(story())


def _payloads(answer: bytes) -> bytes:
    found = b""
    for document in json.loads(answer)["batches"]:
        for place in document["signed"]["places"]:
            if "payload" in place:
                found += b64decode(place["payload"]["data"])
    return found


# as a server


def answers(make: Callable[[Liar, Heard], bytes]) -> Callable[[Liar], Answer]:
    def of(liar: Liar) -> Answer:
        async def answer(heard: Heard, writer: asyncio.StreamWriter) -> None:
            await say(writer, make(liar, heard))

        return answer

    return of


@pytest.mark.parametrize(
    "make",
    [
        lambda liar, heard: liar.welcome(heard.body, key=STRANGER),
        lambda liar, heard: liar.welcome(heard.body, challenge="0" * 32),
        lambda liar, heard: liar.welcome(heard.body, mode="live"),
        lambda liar, heard: liar.welcome(heard.body, **{"from": liar.to}),
        lambda liar, heard: liar.welcome(heard.body, more=1),
        lambda liar, heard: b"x" * 1_000_000,
        lambda liar, heard: b"",
    ],
    ids=["signature", "challenge", "mode", "sender", "field", "huge", "nothing"],
)
def test_a_welcome_that_does_not_hold_is_no_session(stage: Stage, make: Callable[[Liar, Heard], bytes]) -> None:
    """Nobody is accused; the node tries again, and goes on when an honest one comes."""

    async def story() -> None:
        liar = await stage.liar()
        honest = liar.answers[f"POST {PEER}/hello"]
        liar.answers[f"POST {PEER}/hello"] = answers(make)(liar)
        async with stage.reading(liar), stage.undisturbed():
            await stage.until(lambda: last_error(stage, liar) != "")
            assert not stage.node.services.links.state(liar.id).we_read
            assert stage.standing(liar) is Standing.UNVERIFIED
            liar.answers[f"POST {PEER}/hello"] = honest
            await truth(stage, liar)

    stage.run(story())


@pytest.mark.parametrize(("what", "counter"), [("rollback", 0), ("fork", 1)])
def test_a_welcome_that_takes_messages_back_is_kept(stage: Stage, what: str, counter: int) -> None:
    async def story() -> None:
        liar = await stage.liar()
        async with stage.reading(liar):
            await truth(stage, liar)
        tips = [{"lane": "bulk", "counter": counter, "chain": "0" * 64}]
        honest = liar.answers[f"POST {PEER}/hello"]
        liar.answers[f"POST {PEER}/hello"] = answers(lambda liar, heard: liar.welcome(heard.body, tips=tips))(liar)
        async with stage.reading(liar), stage.undisturbed():
            await stage.until(lambda: stage.standing(liar) is Standing.SUSPENDED)
            (charge,) = stage.charges(liar)
            assert charge.what == what and len(charge.documents) == 2  # our greeting, and the answer to it
            liar.answers[f"POST {PEER}/hello"] = honest
            await stage.resume(liar)
            await truth(stage, liar)

    stage.run(story())


async def endless_line(_heard: Heard, writer: asyncio.StreamWriter) -> None:
    await begin_feed(writer)
    while True:
        await chunk(writer, b"data: " + b"x" * 262_144)


async def endless_event(_heard: Heard, writer: asyncio.StreamWriter) -> None:
    await begin_feed(writer)
    while True:
        await chunk(writer, (b"data: " + b"x" * 1_000 + b"\n") * 256)


async def endless_comments(_heard: Heard, writer: asyncio.StreamWriter) -> None:
    await begin_feed(writer)
    while True:
        await chunk(writer, b":\n\n" * 20_000)


async def endless_head(_heard: Heard, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        await pour(writer, b"x-more: " + b"x" * 8_192 + b"\r\n")


async def endless_error(_heard: Heard, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 No\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        await chunk(writer, b"x" * 65_536)


async def ends_at_once(_heard: Heard, writer: asyncio.StreamWriter) -> None:
    await begin_feed(writer)
    writer.write(b"0\r\n\r\n")
    await writer.drain()


@pytest.mark.parametrize(
    "answer", [endless_line, endless_event, endless_comments, endless_head, endless_error, ends_at_once]
)
def test_a_feed_without_end_or_sense_is_cut_off(stage: Stage, answer: Answer) -> None:
    async def story() -> None:
        liar = await stage.liar()
        honest = liar.answers[f"GET {PEER}/feed"]
        liar.answers[f"GET {PEER}/feed"] = answer
        tracemalloc.start()
        try:
            async with stage.reading(liar), stage.undisturbed():
                await stage.until(lambda: last_error(stage, liar) != "")
                liar.answers[f"GET {PEER}/feed"] = honest
                await truth(stage, liar)
            assert tracemalloc.get_traced_memory()[1] < 8 * BATCH_BYTES_MAX
        finally:
            tracemalloc.stop()
        assert stage.standing(liar) is Standing.UNVERIFIED

    stage.run(story())


@pytest.mark.parametrize("lie", ["behind", "ahead", "life", "moves"])
def test_an_acknowledgement_that_lies_is_not_followed_for_ever(stage: Stage, lie: str) -> None:
    """The node would send the same again without a pause, for as long as the peer likes."""

    async def story() -> None:
        liar = await stage.liar()
        own = stage.node.services.store.read(lambda snapshot: snapshot.meta("incarnation"))
        told = {"behind": f"{own}.0.0", "ahead": f"{own}.{10**9}.{10**9}", "life": "0" * 16 + ".0.0"}
        pushed = 0

        async def lies(heard: Heard, writer: asyncio.StreamWriter) -> None:
            nonlocal pushed
            pushed += 1
            if lie == "moves":
                said = {"error": "gap", "sentence": "No.", "hint": "", "cursor": f"{own}.0.{pushed % 2}"}
                await say(writer, json.dumps(said).encode(), status="409 No")
            else:
                await say(writer, liar.ack(heard.body, cursor=told[lie]))

        honest = liar.answers[f"POST {PEER}/inbox"]
        liar.answers[f"POST {PEER}/inbox"] = lies
        async with stage.reading(liar), stage.undisturbed():
            await stage.until(lambda: last_error(stage, liar) != "")
            greetings = sum(heard.path == f"{PEER}/hello" for heard in liar.heard)
            assert pushed <= (MOVES_MAX + 1) * greetings  # and each new connection waits longer than the last
            liar.answers[f"POST {PEER}/inbox"] = honest
            await truth(stage, liar)

    stage.run(story())


def test_a_proof_of_another_entry_is_kept(stage: Stage) -> None:
    async def story() -> None:
        liar = await stage.liar()

        def proof(liar: Liar, _heard: Heard) -> bytes:
            assert liar.release is not None
            return liar.proof(liar.release, index=0)

        liar.answers[f"GET {PEER}/proof"] = answers(proof)(liar)
        async with stage.reading(liar), stage.undisturbed():
            liar.feed.put_nowait(liar.goes_on(liar.text("The truth"), head=liar.note().decode()))
            await stage.until(lambda: stage.standing(liar) is Standing.SUSPENDED)
            (charge,) = stage.charges(liar)
            assert charge.what == "proof"

    stage.run(story())


def test_a_log_that_forks_on_its_feed_is_kept(tmp_path: Path) -> None:
    with a_stage(tmp_path) as stage:

        async def story() -> None:
            liar = await stage.liar()
            async with stage.reading(liar):
                liar.head = liar.note().decode()
                await stage.until(lambda: _witnessed(stage, liar))
            held = list(liar.leaves)
            liar.leaves = [b"\1" * 32, b"\2" * 32]
            liar.head = liar.note().decode()
            async with stage.reading(liar), stage.undisturbed():
                await stage.until(lambda: stage.standing(liar) is Standing.SUSPENDED)
                (charge,) = stage.charges(liar)
                assert charge.what == "fork" and len(charge.documents) == 2
                liar.leaves = [*held, b"\3" * 32]
                liar.head = liar.note().decode()
                await stage.resume(liar)
                await truth(stage, liar)

        stage.run(story())


def _witnessed(stage: Stage, liar: Liar) -> bool:
    stage.node.services.events.publish("peers")
    return any(heard.path == f"{PEER}/cosignature" for heard in liar.heard)
