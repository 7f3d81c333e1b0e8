# SPDX-License-Identifier: Apache-2.0
"""How the exercise of a node goes: what comes to which desk when, and the score of what was done so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lintas.errors import UnknownTerm
from lintas.exercises.after_action import after_action_html, after_action_pages
from lintas.exercises.pdf import pdf_of
from lintas.exercises.record import Record
from lintas.exercises.score import score_of
from lintas.exercises.talking import LIMITS, questions
from lintas.exercises.world import World
from lintas.model.viewer import Viewer
from lintas.work.access import permit
from lintas.work.exercise_folder import HEAD, RECORD, read_head, read_record_of, read_timeline, read_world
from lintas.work.services import Services

READS = "exercise.read"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseView:
    """One exercise, as those who lead it see it."""

    head: dict[str, Any]  # as exercise.json says it
    timeline: Sequence[dict[str, Any]]  # as timeline.json says it
    score: dict[str, Any] | None = None  # None: nothing was played yet
    questions: Sequence[str] = ()
    limits: str = ""
    done: int = 0  # things that were done


def view_exercise(services: Services, viewer: Viewer) -> ExerciseView:
    """Show the exercise that the node's settings name.

    Raises:
        NotAllowed: The policy refuses.
        UnknownTerm: The node plays none.
        BadInput: The folder is no exercise, or was changed.
    """
    folder = _folder(services, viewer)
    head, timeline = read_head(folder), read_timeline(folder)
    if not (folder / RECORD).is_file():
        return ExerciseView(head=head, timeline=timeline)
    _, record, score = _scored(folder)
    return ExerciseView(
        head=head, timeline=timeline, score=score, questions=questions(score), limits=LIMITS, done=len(record.events)
    )


def after_action(services: Services, viewer: Viewer, *, as_pdf: bool = False) -> bytes:
    """The after-action report of what was played so far, as a page or a paper.

    Raises:
        LintasError: As `view_exercise`; BadInput besides, where nothing was played.
    """
    world, record, score = _scored(_folder(services, viewer))
    if as_pdf:
        return pdf_of(f"After-action report, seed {world.seed}", after_action_pages(world, record, score))
    return after_action_html(world, record, score)


def _folder(services: Services, viewer: Viewer) -> Path:
    permit(services, viewer, READS)
    if not services.config.exercise:
        raise UnknownTerm("This node plays no exercise.")
    return Path(services.config.exercise)


def _scored(folder: Path) -> tuple[World, Record, dict[str, Any]]:
    record = folder / RECORD
    changed = record.stat().st_mtime_ns if record.is_file() else 0
    return _score(folder, changed, (folder / HEAD).stat().st_mtime_ns)


@lru_cache(maxsize=2)  # a world is made again from its seed, which takes a second
def _score(folder: Path, _record_changed: int, _head_changed: int) -> tuple[World, Record, dict[str, Any]]:
    world, record = read_world(folder), read_record_of(folder, None)
    return world, record, score_of(world, record)
