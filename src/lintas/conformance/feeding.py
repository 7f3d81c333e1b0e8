# SPDX-License-Identifier: Apache-2.0
"""Checks of the feed and of what is given again."""

import time
from contextlib import ExitStack
from typing import Final

import msgspec

from lintas.conformance.asking import refused, told
from lintas.conformance.checking import Failed, Skipped, require
from lintas.conformance.line import Reply, Stream
from lintas.conformance.play import Play
from lintas.conformance.received import (
    Received,
    check_addresses,
    check_chains,
    check_counters,
    check_messages,
    check_signatures,
    digest_of,
)
from lintas.errors import LinkFailed
from lintas.formats.peer import AgainAnswer, Batch, decode, peek_document
from lintas.limits import PEER_FEEDS_MAX
from lintas.model.header_rules import LANES

NOTHING_SHARED: Final = "Nothing was shared to this tool: lintas share NODE MESSAGE --to its first descriptor."


def check_feed(play: Play) -> None:
    """Read the feed from its start and judge what came."""
    notes, incarnation = play.notes, play.welcome.incarnation
    with (
        notes.check("feed.type"),
        play.line.stream(play.honest.signed("GET", "/feed", f"after={incarnation}.0.0")) as got,
    ):
        stream = _opened(got)
        kind, _, more = stream.content_type.partition(";")
        is_utf8 = more.strip().lower() in {"", "charset=utf-8"}
        require(kind == "text/event-stream" and is_utf8, f"It is {stream.content_type}.")
        if any(tip.counter for tip in play.welcome.tips):
            play.received = _all(play, stream)
    if not play.received.sent:
        _skip(play, NOTHING_SHARED)
        return
    received, keys = play.received, play.signing
    with notes.check("feed.complete"):
        for tip in play.welcome.tips:
            came = received.count(tip.lane)
            require(came >= tip.counter, f"{came} of {tip.counter} places of the {tip.lane} lane came in time.")
    with notes.check("feed.cursor"):
        _check_cursors(received, incarnation)
    with notes.check("feed.signature"):
        check_signatures(received, keys)
    with notes.check("feed.address"):
        check_addresses(received, node=play.node, me=play.honest.speaker.id, incarnation=incarnation)
    with notes.check("feed.counters"):
        check_counters(received)
    with notes.check("feed.chain"):
        check_chains(received, play.welcome.tips)
    with notes.check("feed.messages"):
        check_messages(received, keys, node=play.node, me=play.honest.speaker.id)
    with notes.check("feed.order"):
        _check_order(play)
    with notes.check("feed.resume"):
        _check_resume(play)


def check_silence(play: Play) -> None:
    """Cursors beyond, heartbeats, and how many feeds there may be."""
    notes, honest, incarnation = play.notes, play.honest, play.welcome.incarnation
    with notes.check("feed.beyond"):
        beyond = f"after={incarnation}.1000000000.1000000000"
        with play.line.stream(honest.signed("GET", "/feed", beyond)) as got:
            if not isinstance(got, Reply):
                raise Failed("The feed was opened.")
            refused(got, (400, 404, 409, 416))
    with notes.check("feed.third"), ExitStack() as opened:
        feeds = [
            _opened(opened.enter_context(play.line.stream(honest.signed("GET", "/feed", f"after={cursor_of(play)}"))))
            for _ in range(PEER_FEEDS_MAX + 1)
        ]
        require(_ends(feeds[0], play.patience.feed_s), "The oldest feed goes on.")
    with notes.check("feed.heartbeat"):
        if play.patience.is_quick:
            raise Skipped("It takes half a minute: left out by --quick.")
        with play.line.stream(honest.signed("GET", "/feed", f"after={cursor_of(play)}")) as got:
            _hear_heartbeat(_opened(got), play.patience.heartbeat_s)


def check_again(play: Play) -> None:
    """What was given once is given again."""
    notes, received = play.notes, play.received
    if not received.sent:
        notes.skip("again", NOTHING_SHARED)
        return
    first = received.sent[0].batch
    with notes.check("again.same"):
        count = received.count(first.lane)
        found: list[str] = []
        while len(found) < count:
            answer = decode(AgainAnswer, _again(play, first.lane, [[len(found) + 1, count - len(found)]]).body)
            batches = [decode(Batch, peek_document(bytes(raw))[1]) for raw in answer.batches]
            require(bool(batches), "Fewer places came again than were asked for.")
            for batch in batches:
                require(
                    (batch.lane, batch.first) == (first.lane, len(found) + 1), "Other places came than were asked for."
                )
                found += [digest_of(place) for place in batch.places]
                require(batch.after == received.chain(first.lane, min(len(found), count)), "The chain is another one.")
        require(found == received.digests(first.lane), "Other messages came than before.")
    with notes.check("again.beyond"):
        beyond = received.count(first.lane) + 1_000_000
        refused(_again(play, first.lane, [[beyond, 1]], is_good=False), 404, "unknown")


def cursor_of(play: Play) -> str:
    """How far the node's streams were read."""
    counts = (play.received.count(lane) for lane in LANES)
    return ".".join([play.welcome.incarnation, *map(str, counts)])


def _skip(play: Play, why: str) -> None:
    for code in ("complete", "cursor", "signature", "address", "counters", "chain", "messages", "order", "resume"):
        with play.notes.check(f"feed.{code}"):
            raise Skipped(why)


def _opened(got: Stream | Reply) -> Stream:
    if isinstance(got, Reply):
        raise Failed(f"The feed was answered with {told(got)}.")
    return got


def _all(play: Play, stream: Stream) -> Received:
    """All batches that wait, as the tips tell of them."""
    found, deadline = Received(), time.monotonic() + play.patience.feed_s
    for event in stream.until(deadline):
        if event.name == "batch":
            found.take(event)
        if all(found.count(tip.lane) >= tip.counter for tip in play.welcome.tips):
            break
    return found


def _check_cursors(received: Received, incarnation: str) -> None:
    counts = dict.fromkeys(LANES, 0)
    for one in received.sent:
        counts[one.batch.lane] += len(one.batch.places)
        wanted = ".".join([incarnation, *map(str, counts.values())])
        require(one.cursor == wanted, f"The id after a batch is {one.cursor}, and should be {wanted}.")


def _check_order(play: Play) -> None:
    tips = {tip.lane: tip.counter for tip in play.welcome.tips}
    if not tips.get("alert") or not tips.get("bulk"):
        raise Skipped("It needs something in both lanes: share one message with --urgent and one without.")
    alerts = 0
    for one in play.received.sent:
        if one.batch.lane == "bulk":
            require(alerts >= tips["alert"], f"Bulk came after {alerts} of {tips['alert']} places of the alert lane.")
        else:
            alerts += len(one.batch.places)


def _check_resume(play: Play) -> None:
    """Go on from the middle of each lane, and look that the rest comes and nothing else."""
    received = play.received
    counts = {lane: received.count(lane) for lane in LANES}
    if max(counts.values()) < 2:
        raise Skipped("It needs two messages in one lane.")
    lane = max(LANES, key=lambda one: counts[one])
    kept = counts | {lane: counts[lane] // 2}
    after = ".".join([play.welcome.incarnation, *(str(kept[one]) for one in LANES)])
    rest: list[str] = []
    with play.line.stream(play.honest.signed("GET", "/feed", f"after={after}")) as got:
        for event in _opened(got).until(time.monotonic() + play.patience.feed_s):
            if event.name != "batch":
                continue
            batch = decode(Batch, peek_document(event.data)[1])
            if batch.lane != lane:
                raise Failed(f"A batch of the {batch.lane} lane came again.")
            if not rest:
                first = kept[lane] + 1
                require(batch.first == first, f"After {kept[lane]} places it goes on at {batch.first}.")
                require(batch.before == received.chain(lane, kept[lane]), "It goes on from another chain.")
            rest += [digest_of(place) for place in batch.places]
            if len(rest) >= counts[lane] - kept[lane]:
                break
    require(
        rest[: counts[lane] - kept[lane]] == received.digests(lane)[kept[lane] :], "Other messages came than before."
    )


def _again(play: Play, lane: str, ranges: list[list[int]], *, is_good: bool = True) -> Reply:
    said = {"incarnation": play.welcome.incarnation, "lane": lane, "ranges": ranges}
    reply = play.honest.post("/again", msgspec.json.encode(said))
    require(not is_good or reply.status == 200, f"It was answered with {told(reply)}.")
    return reply


def _ends(stream: Stream, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    try:
        for _ in stream.until(deadline):
            continue
    except LinkFailed:
        return True
    return False


def _hear_heartbeat(stream: Stream, within_s: float) -> None:
    stream.read(within_s)  # what the feed begins with is no heartbeat
    deadline = time.monotonic() + within_s
    while (left := deadline - time.monotonic()) > 0:
        events = stream.read(left)
        if events == []:
            return  # a comment
        if events:
            deadline = time.monotonic() + within_s
    raise Failed(f"Nothing came for {within_s:.0f} s.")
