# SPDX-License-Identifier: Apache-2.0
"""Two real nodes share both at once while the network between them fails in every way: nothing is lost or doubled."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.faults.proxy import Fault, Kind
from tests.faults.weather import HARM, faults_of
from tests.slow.exchanged import check
from tests.slow.linked import Pair, Side, linked, parts_of

pytestmark = pytest.mark.slow
ROUNDS = 3
SEEDS_FEW = (1,)  # the others are played in soak
SEEDS_MORE = range(1000, 1195)
SEEDS_FAILED = (1006, 1007, 1009, 1015)  # each showed a fault once, since mended


def share_in_pieces(side: Side, to: Side, messages: Sequence[str], chance: Random) -> None:
    """Share some messages, a few at a time, now and then urgently."""
    start = 0
    while start < len(messages):
        count = chance.randrange(1, 6)
        side.share(messages[start : start + count], to, urgent=chance.random() < 0.3)
        start += count


def weather(pair: Pair, seed: int, *, is_mended: bool = True) -> None:
    """Rounds of sharing on both sides at once; in each, other faults befall both sides' connections.

    Args:
        is_mended: Connections that went dark are cut after a moment, as networks do; else the nodes must notice.
    """
    chance = Random(seed)
    parts = {side: parts_of(side.messages[:-1], ROUNDS) for side in pair.both}
    with ThreadPoolExecutor(2) as threads:
        for number in range(ROUNDS):
            kinds = [HARM[(seed * ROUNDS + number + shift) % len(HARM)] for shift in (0, 1 + seed % 5)]
            for side, kind in zip(pair.both, kinds, strict=True):
                side.proxy.use(faults_of(chance, kind), then=Fault(kind=Kind.DELAY, jitter_s=0.004))
                side.proxy.cut()
            begun = [
                threads.submit(
                    share_in_pieces, side, pair.other(side), parts[side][number], Random(f"{seed} {number} {side.name}")
                )
                for side in pair.both
            ]
            for one in begun:
                one.result()
            for side in pair.both:
                if is_mended and Kind.BLACKHOLE in kinds:
                    side.proxy.use()
                    side.proxy.cut()
            for side in pair.both:
                pair.other(side).sees(side.released_to(pair.other(side)))


def whole_in_any_weather(pair: Pair, seed: int, *, is_mended: bool = True) -> None:
    """Two nodes exchange in bad weather; afterwards everything holds."""
    pair.start()
    weather(pair, seed, is_mended=is_mended)
    for side in pair.both:
        side.proxy.use()
    pair.arrived()
    pair.witnessed()
    pair.stop()
    assert sum(side.proxy.counts.resets for side in pair.both) > 0
    check(pair)


@pytest.mark.parametrize(
    "seed", [seed if seed in SEEDS_FEW else pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 6)]
)
def test_nothing_is_lost_or_doubled_whatever_the_network_does(tmp_path: Path, seed: int) -> None:
    with linked(tmp_path, seed) as pair:
        whole_in_any_weather(pair, seed)


def test_a_node_that_accepts_no_connections_pushes_and_fetches(tmp_path: Path) -> None:
    with linked(tmp_path, 6, count=(30, 15), listens=(False, True)) as pair:
        whole_in_any_weather(pair, 6)
        assert pair.my.proxy.counts.connections == 0


def test_what_is_pushed_and_fetched_at_once_is_there_once(tmp_path: Path) -> None:
    with linked(tmp_path, 7, count=(30, 15), push=("always", "always")) as pair:
        whole_in_any_weather(pair, 7)


@pytest.mark.parametrize(
    "seed", [seed if seed in SEEDS_FAILED else pytest.param(seed, marks=pytest.mark.soak) for seed in SEEDS_MORE]
)
def test_nothing_is_lost_or_doubled_in_much_more_weather(tmp_path: Path, seed: int) -> None:
    ways = [("auto", "auto"), ("always", "auto"), ("auto", "always"), ("always", "always")]
    with linked(tmp_path, seed, push=ways[seed % 4], listens=(seed % 5 > 0, True)) as pair:
        whole_in_any_weather(pair, seed)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3000, 3020))
def test_lines_that_go_dark_and_stay_so_are_noticed(tmp_path: Path, seed: int) -> None:
    with linked(tmp_path, seed) as pair:
        whole_in_any_weather(pair, seed, is_mended=False)
