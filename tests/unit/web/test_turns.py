# SPDX-License-Identifier: Apache-2.0
"""Turns: so many at once, so many in line."""

import asyncio

import pytest

from lintas.errors import NodeBusy
from lintas.web.turns import Turns


def test_no_more_than_so_many_work_at_once_and_all_get_a_turn() -> None:
    async def story() -> tuple[int, int]:
        turns, working, most, done = Turns(at_once=2, waiting_max=10), 0, 0, 0

        async def work() -> None:
            nonlocal working, most, done
            async with turns.one():
                working += 1
                most = max(most, working)
                await asyncio.sleep(0)
                working -= 1
                done += 1

        await asyncio.gather(*(work() for _ in range(12)))
        return most, done

    assert asyncio.run(story()) == (2, 12)


def test_who_finds_the_line_full_is_told_at_once() -> None:
    async def story() -> None:
        turns = Turns(at_once=1, waiting_max=1)
        leave = asyncio.Event()

        async def work() -> None:
            async with turns.one():
                await leave.wait()

        tasks = [asyncio.create_task(work()) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(NodeBusy):
            async with turns.one():
                pytest.fail("the line was full")
        leave.set()
        await asyncio.gather(*tasks)
        async with turns.one():
            pass

    asyncio.run(story())


def test_who_leaves_the_line_or_fails_gives_the_turn_back() -> None:
    async def story() -> None:
        turns = Turns(at_once=1, waiting_max=5)
        leave = asyncio.Event()

        async def work() -> None:
            async with turns.one():
                await leave.wait()
                raise ValueError

        first, second = asyncio.create_task(work()), asyncio.create_task(work())
        await asyncio.sleep(0)
        second.cancel()
        leave.set()
        await asyncio.gather(first, second, return_exceptions=True)
        async with turns.one():
            pass

    asyncio.run(story())
