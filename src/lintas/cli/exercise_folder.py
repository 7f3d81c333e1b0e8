# SPDX-License-Identifier: Apache-2.0
"""An exercise's folder on disk: made whole, or not there. How it is read back: `work.exercise_folder`."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from lintas.errors import BadInput
from lintas.exercises import Order, files_of, make_world
from lintas.exercises.world import Inject
from lintas.work.exercise_folder import HEAD, RECORD, read_head, read_record_of, read_world, time_of

__all__ = ["HEAD", "RECORD", "make_folder", "order_of", "read_head", "read_record_of", "read_world"]


def order_of(*, seed: int, scale: int, nodes: str, injects: str, first_hour: str) -> Order:
    """Read what is wanted, as a person types it.

    Raises:
        BadInput: There is no such inject, or the time is none.
    """
    countries = tuple(one.strip().upper() for one in nodes.split(",") if one.strip())
    codes = [one.strip() for one in injects.split(",") if one.strip()]
    known = {str(one): one for one in Inject}
    if unknown := sorted(set(codes) - set(known) - {"all"}):
        raise BadInput(f"There is no inject {unknown[0][:40]!r}.", hint=f"There are {', '.join(known)}; or all.")
    wanted = tuple(one for one in Inject if one.value in codes or "all" in codes)
    return Order(
        seed=seed,
        scale=scale,
        nodes=countries,
        injects=wanted,
        starts_at=time_of(first_hour) if first_hour else 0,
        bases=_bases(),
    )


def make_folder(order: Order, out: Path) -> dict[str, Any]:
    """Write an exercise; `exercise.json` comes last: a folder without it is no exercise, and may be thrown away.

    Returns:
        What stands in exercise.json, and its SHA-256 as `digest`.

    Raises:
        BadInput: The folder is there and not empty.
    """
    if out.exists() and any(out.iterdir()):
        raise BadInput(f"{out} is not empty.", hint="Name a folder that is not there yet.")
    data = b""
    for path, data in files_of(make_world(order)):  # the last one is read below
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    head: dict[str, Any] = json.loads(data)
    return head | {"digest": sha256(data).hexdigest()}


def _bases() -> dict[str, tuple[str, ...]]:
    """On what each desk may ask each other one about a scam, by the law pack that came with Lintas."""
    from lintas.config.packs import read_packs
    from lintas.exercises.lands import LANDS

    laws = read_packs(None).law
    return {
        f"{here}>{there}": tuple(
            sorted(
                code
                for code, basis in laws.of(here).bases.items()
                if basis.covers(there) and basis.serves("scam_response")
            )
        )
        for here in LANDS
        for there in LANDS
        if here != there
    }
