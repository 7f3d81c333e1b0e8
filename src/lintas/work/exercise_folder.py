# SPDX-License-Identifier: Apache-2.0
"""An exercise's folder, read back: what it says of itself, the world that it was made from, and what was played."""

import json
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from lintas.errors import BadInput
from lintas.exercises import Order, make_world
from lintas.exercises.record import Record, read_record
from lintas.exercises.truth import truth_of
from lintas.exercises.world import Inject, World
from lintas.exercises.writing.desk import dumped

HEAD: Final = "exercise.json"
TIMELINE: Final = "timeline.json"
RECORD: Final = "played.json"
_HEAD_BYTES_MAX: Final = 64 * 1024 * 1024


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
            starts_at=time_of(str(head["first_hour_at"])),
            bases=_bases_in(folder, head["nodes"]),
        )
        listed = {one["path"]: one["sha256"] for one in head["files"]}
    except (KeyError, TypeError, ValueError) as exc:
        raise BadInput(f"{folder / HEAD} lacks what an exercise is made from.") from exc
    world = make_world(order)
    truth = dumped(truth_of(world))
    if listed.get("truth.json") != sha256(truth).hexdigest() or (folder / "truth.json").read_bytes() != truth:
        raise BadInput(
            f"The truth of {folder} is not the one of its seed.",
            hint="It was changed, or made by another version: make it anew.",
        )
    return world


def read_timeline(folder: Path) -> list[dict[str, Any]]:
    """What comes to which desk when, in order of time.

    Raises:
        BadInput: The folder has none.
    """
    path = folder / TIMELINE
    if not path.is_file() or path.stat().st_size > _HEAD_BYTES_MAX:
        raise BadInput(f"{path} is not there.", hint="Make the exercise anew: lintas exercise make --out DIR")
    try:
        said: Any = json.loads(path.read_bytes())
        return sorted((dict(one) for one in said["events"]), key=lambda one: str(one["at"]))
    except (KeyError, TypeError, ValueError) as exc:
        raise BadInput(f"{path} cannot be read.") from exc


def _bases_in(folder: Path, nodes: list[str]) -> dict[str, tuple[str, ...]]:
    """On what each desk may ask each other one, as the folder says."""
    found: dict[str, tuple[str, ...]] = {}
    for node in nodes:
        said = json.loads((folder / "nodes" / node / "node.json").read_bytes())
        found |= {f"{node}>{there}": tuple(codes) for there, codes in said["bases"].items()}
    return found


def read_record_of(folder: Path, named: Path | None) -> Record:
    """What was played from a folder.

    Raises:
        BadInput: There is none, or it cannot be read.
    """
    path = named or folder / RECORD
    if not path.is_file() or path.stat().st_size > _HEAD_BYTES_MAX:
        raise BadInput(f"{path} is no record of an exercise.", hint=f"Play it first: lintas exercise play {folder}")
    return read_record(path.read_bytes())


def time_of(text: str) -> int:
    """A time as seconds since 1970 UTC.

    Raises:
        BadInput: It is none, or names no zone.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as exc:
        raise BadInput(f"{text[:40]!r} is no time.", hint="Write 2026-03-02T09:00:00+08:00.") from exc
    if found.tzinfo is None:
        raise BadInput(f"{text[:40]!r} names no zone.", hint="Write 2026-03-02T09:00:00+08:00.")
    return int(found.timestamp())
