# SPDX-License-Identifier: Apache-2.0
"""Worlds of exercises that tests share, made once."""

import os
from functools import cache
from typing import Final

from lintas.cli.exercise_folder import order_of
from lintas.cli.exercise_game import AT_ONCE, Game, Pace
from lintas.exercises import Order, files_of, make_world
from lintas.exercises.record import Record
from lintas.exercises.world import Inject, World

SEEDS: Final = 50 if os.environ.get("LINTAS_SOAK") == "1" else 6
EVERY: Final = tuple(Inject)


@cache
def order(seed: int, injects: tuple[Inject, ...] = ()) -> Order:
    """What the command line would make of it."""
    codes = ",".join(injects)
    return order_of(seed=seed, scale=1, nodes="", injects=codes, first_hour="")


@cache
def world(seed: int, injects: tuple[Inject, ...] = ()) -> World:
    """One world."""
    return make_world(order(seed, injects))


@cache
def files(seed: int, injects: tuple[Inject, ...] = ()) -> dict[str, bytes]:
    """Its files."""
    return dict(files_of(world(seed, injects)))


@cache
def played(seed: int, injects: tuple[Inject, ...] = (), *, at_once: bool = True) -> Record:
    """What desks that act by themselves did in it."""
    return Game(world(seed, injects), AT_ONCE if at_once else Pace()).play()
