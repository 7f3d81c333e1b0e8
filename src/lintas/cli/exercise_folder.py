# SPDX-License-Identifier: Apache-2.0
"""An exercise's folder on disk: made whole, or not there; and read back into the world that it was made from."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from lintas.errors import BadInput
from lintas.exercises import Order, files_of, make_world
from lintas.exercises.record import Record, read_record
from lintas.exercises.truth import truth_of
from lintas.exercises.world import Inject, World
from lintas.exercises.writing.desk import dumped

HEAD: Final = "exercise.json"
RECORD: Final = "played.json"
_HEAD_BYTES_MAX: Final = 64 * 1024 * 1024


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
        starts_at=_time(first_hour) if first_hour else 0,
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


def read_head(folder: Path) -> dict[str, Any]:
    """What an exercise's folder says of itself.

    Raises:
        BadInput: It is none, or was changed since it was made.
    """
    path = folder / HEAD
    if not path.is_file() or path.stat().st_size > _HEAD_BYTES_MAX:
        raise BadInput(f"{folder} is no exercise.", hint="Make one: lintas exercise make --out DIR")
    try:
        head: Any = json.loads(path.read_bytes())
    except ValueError as exc:
        raise BadInput(f"{path} cannot be read.") from exc
    if not isinstance(head, dict) or head.get("v") != 1 or head.get("mode") != "exercise":
        raise BadInput(f"{path} is not of an exercise that is known here.")
    return head


def read_world(folder: Path) -> World:
    """The world that a folder was made from: made again, and held against the truth that the folder has.

    Raises:
        BadInput: The folder was changed, or made by another version.
    """
    head = read_head(folder)
    try:
        order = Order(
            seed=int(head["seed"]),
            scale=int(head["scale"]),
            nodes=tuple(str(one) for one in head["nodes"]),
            injects=tuple(Inject(one) for one in head["injects"]),
            starts_at=_time(str(head["first_hour_at"])),
            bases=_bases_in(folder, head["nodes"]),
        )
    except (KeyError, TypeError, ValueError) as exc:
        raise BadInput(f"{folder / HEAD} lacks what an exercise is made from.") from exc
    world = make_world(order)
    listed = {one["path"]: one["sha256"] for one in head["files"]}
    truth = dumped(truth_of(world))
    if listed.get("truth.json") != sha256(truth).hexdigest() or (folder / "truth.json").read_bytes() != truth:
        raise BadInput(
            f"The truth of {folder} is not the one of its seed.",
            hint="It was changed, or made by another version: make it anew.",
        )
    return world


def _bases_in(folder: Path, nodes: list[str]) -> dict[str, tuple[str, ...]]:
    """On what each desk may ask each other one, as the folder says."""
    found: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        said = json.loads((folder / "nodes" / node / "node.json").read_bytes())
        found |= {f"{node}>{there}": tuple(codes) for there, codes in said["bases"].items()}
    return found


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


def _time(text: str) -> int:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as exc:
        raise BadInput(f"{text[:40]!r} is no time.", hint="Write 2026-03-02T09:00:00+08:00.") from exc
    if found.tzinfo is None:
        raise BadInput(f"{text[:40]!r} names no zone.", hint="Write 2026-03-02T09:00:00+08:00.")
    return int(found.timestamp())


def read_record_of(folder: Path, named: Path | None) -> Record:
    """What was played from a folder.

    Raises:
        BadInput: There is none, or it cannot be read.
    """
    path = named or folder / RECORD
    if not path.is_file() or path.stat().st_size > _HEAD_BYTES_MAX:
        raise BadInput(f"{path} is no record of an exercise.", hint=f"Play it first: lintas exercise play {folder}")
    return read_record(path.read_bytes())
