# SPDX-License-Identifier: Apache-2.0
"""Live news: told once, in order, until session or server end; over the real events of a node."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from lintas.errors import OverLimit, UnknownTerm
from lintas.model.watch_answers import Alerts, AlertShown
from lintas.node.events import LocalEvents
from lintas.web.streams import STREAMS_PER_SESSION_MAX, Streams

OWNER = b"1" * 32


def alert(number: int) -> AlertShown:
    text = dict.fromkeys(AlertShown.__struct_fields__, "") | {"id": f"{number:064x}", "seq": number, "benign": []}
    return AlertShown(**text)  # type: ignore[arg-type]  # all other fields are texts


class Desk:
    """Alerts that come in while a page is open."""

    def __init__(self) -> None:
        self.events = LocalEvents()
        self.streams = Streams()
        self.alerts: list[AlertShown] = []
        self.is_signed_in = True

    def add(self, number: int) -> None:
        self.alerts.append(alert(number))
        self.events.publish("alerts")

    def news(self, after: str) -> Alerts:
        ids = [one.id for one in self.alerts]
        if after and after not in ids:
            raise UnknownTerm
        return Alerts(alerts=self.alerts[ids.index(after) + 1 if after else 0 :])

    def follow(self, after: str = "") -> AsyncIterator[bytes]:
        self.streams.admit(OWNER)
        return self.streams.follow(
            OWNER, self.events, after=after, news=self.news, is_signed_in=lambda: self.is_signed_in
        )


async def told(lines: AsyncIterator[bytes]) -> list[str]:
    """Ids of the next event."""
    async for line in lines:
        if line.startswith(b"event: alerts"):
            data = next(part for part in line.decode().splitlines() if part.startswith("data: "))
            return list(json.loads(data.removeprefix("data: "))["ids"])
        if line.startswith(b"event: signed-out"):
            return ["signed out"]
    return ["end"]


def test_news_is_told_once_and_in_order() -> None:
    async def story() -> None:
        desk = Desk()
        desk.add(1)
        lines = desk.follow()
        assert await told(lines) == [alert(1).id]
        desk.add(2)
        desk.add(3)
        assert await told(lines) == [alert(2).id, alert(3).id]

    asyncio.run(story())


def test_a_page_that_comes_back_misses_nothing() -> None:
    async def story() -> None:
        desk = Desk()
        for number in (1, 2, 3):
            desk.add(number)
        assert await told(desk.follow(after=alert(1).id)) == [alert(2).id, alert(3).id]

    asyncio.run(story())


def test_news_from_another_thread_wakes_the_stream() -> None:
    async def story() -> None:
        desk = Desk()
        lines = desk.follow()
        waiting = asyncio.create_task(told(lines))
        await asyncio.to_thread(desk.add, 1)
        assert await asyncio.wait_for(waiting, 10) == [alert(1).id]

    asyncio.run(story())


def test_a_session_that_ended_ends_its_stream() -> None:
    async def story() -> None:
        desk = Desk()
        desk.is_signed_in = False
        lines = desk.follow()
        assert await told(lines) == ["signed out"]
        assert await told(lines) == ["end"]

    asyncio.run(story())


def test_closing_ends_all_streams_and_later_ones() -> None:
    async def story() -> None:
        desk = Desk()
        waiting = [asyncio.create_task(told(desk.follow())) for _ in range(3)]
        await asyncio.to_thread(desk.streams.close)
        assert await asyncio.wait_for(asyncio.gather(*waiting), 10) == [["end"]] * 3
        assert await told(desk.follow()) == ["end"]

    asyncio.run(story())


def test_an_error_of_the_node_ends_the_stream_quietly() -> None:
    async def story() -> None:
        desk = Desk()
        assert await told(desk.follow(after="f" * 64)) == ["end"]

    asyncio.run(story())


def test_a_stream_that_ended_leaves_nothing_behind() -> None:
    async def story() -> None:
        desk = Desk()
        for _ in range(3 * STREAMS_PER_SESSION_MAX):
            desk.is_signed_in = False
            assert await told(lines := desk.follow()) == ["signed out"]
            assert await told(lines) == ["end"]
        assert desk.streams._wakers == set()
        assert desk.events._calls["alerts"] == []

    asyncio.run(story())


def test_one_session_has_so_many_streams_and_no_more() -> None:
    streams = Streams()
    for _ in range(STREAMS_PER_SESSION_MAX):
        streams.admit(OWNER)
    with pytest.raises(OverLimit):
        streams.admit(OWNER)
    streams.admit(b"2" * 32)
    streams.dismiss(OWNER)
    streams.admit(OWNER)


async def changed(lines: AsyncIterator[bytes]) -> str:
    """The count that the next event carries."""
    async for line in lines:
        if line.startswith(b"event: "):
            name, after, data = line.decode().splitlines()[:3]
            assert data == "data: {}"
            return f"{name.removeprefix('event: ')} {after.removeprefix('id: ')}"
    return "end"


def test_a_page_is_told_once_that_it_is_out_of_date_and_never_of_what() -> None:
    async def story() -> None:
        desk = Desk()
        desk.streams.admit(OWNER)
        lines = desk.streams.changes(OWNER, desk.events, "streams", after="0", is_signed_in=lambda: True)
        waiting = asyncio.create_task(changed(lines))
        await asyncio.to_thread(desk.events.publish, "alerts")  # another topic
        await asyncio.to_thread(desk.events.publish, "streams")
        assert await asyncio.wait_for(waiting, 10) == "changed 1"
        desk.events.publish("streams")
        desk.events.publish("streams")
        assert await asyncio.wait_for(changed(lines), 10) == "changed 3"

    asyncio.run(story())


@pytest.mark.parametrize("after", ["7", "", "nonsense"])
def test_a_page_from_before_a_restart_is_out_of_date(after: str) -> None:
    async def story() -> None:
        desk = Desk()
        desk.streams.admit(OWNER)
        lines = desk.streams.changes(OWNER, desk.events, "streams", after=after, is_signed_in=lambda: True)
        assert await asyncio.wait_for(changed(lines), 10) == "changed 0"

    asyncio.run(story())


def test_who_signed_out_is_told_of_no_change() -> None:
    async def story() -> None:
        desk = Desk()
        desk.streams.admit(OWNER)
        lines = desk.streams.changes(OWNER, desk.events, "streams", after="7", is_signed_in=lambda: False)
        assert [line async for line in lines][1:] == [b"event: signed-out\ndata: {}\n\n"]

    asyncio.run(story())
