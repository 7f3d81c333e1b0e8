# SPDX-License-Identifier: Apache-2.0
"""demo: one invented case from report to proof, on a real node with a real server."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click
import msgspec

from lintas import __version__
from lintas.cli import options, output
from lintas.errors import LintasError

if TYPE_CHECKING:
    from lintas.cli.demo_steps import Run

STEP_S_MAX = 30  # seconds for one step


class Step(msgspec.Struct, frozen=True):
    """One line of the report."""

    name: str
    ok: bool
    ms: int
    detail: str


class Report(msgspec.Struct, frozen=True):
    """What `demo --once` prints last."""

    ok: bool
    steps: list[Step]
    version: str


class TooSlow(LintasError):
    """This step took too long."""

    exit_code = 3


class Stopped(LintasError):
    """The demo was told to stop."""

    exit_code = 3


@options.verb("demo", "lintas demo --once")
@click.option("--once", is_flag=True, help="Go through all steps, print one line of JSON, and end.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(".demo"),
    show_default=True,
    help="Where the demo's node stands; used again the next time.",
)
def demo(*, once: bool, folder: Path) -> int:
    """Show Lintas at work: take a case in, be alerted, find, verify, prove, sign in.

    Everything in it is invented. Without --once the console stays open until Ctrl-C.
    """
    from lintas.cli import demo_case, demo_steps
    from lintas.cli.demo_server import Server

    case = demo_case.prepare(folder)
    run = demo_steps.Run(case=case, server=Server(case.node, case.folder / "server.log"))
    steps: list[Step] = []
    with told_to_stop():
        try:
            for name, function in demo_steps.STEPS:
                steps.append(done(name, function, run))
                if not steps[-1].ok:
                    break
            if not once and steps[-1].ok:
                stay(run)
        finally:
            if once and all(step.ok for step in steps):
                steps.append(done(*demo_steps.LAST, run))
            else:
                run.server.stop()
    is_ok = all(step.ok for step in steps)
    if once:
        output.json_document(Report(is_ok, steps, __version__))
    return 0 if is_ok else 3


def done(name: str, function: "Callable[[Run], str]", run: "Run") -> Step:
    """Do one step within its time, and say how it went."""
    started = time.monotonic()
    try:
        with deadline(STEP_S_MAX):
            detail, is_ok = function(run), True
    except Stopped:
        raise
    except (LintasError, OSError) as error:
        detail, is_ok = str(error), False
    step = Step(name, is_ok, round((time.monotonic() - started) * 1000), detail)
    output.aside(f"{'ok  ' if step.ok else 'FAIL'}  {step.name:<10} {step.detail}  ({step.ms:,} ms)")
    return step


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Interrupt what takes longer."""

    def late(_number: int, _frame: FrameType | None) -> None:
        raise TooSlow(f"This took longer than {seconds:.0f} s.")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def told_to_stop() -> Iterator[None]:
    """Let SIGTERM end us as Ctrl-C does, so that the server ends with us."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopped

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def stay(run: "Run") -> None:
    """Show the way into the console and keep it open."""
    from lintas.cli import demo_steps

    output.line()
    output.line(f"console   {run.server.url}")
    output.line(f"sign in   {run.server.url}{demo_steps.link_path(run)}   (good once, for 15 minutes)")
    output.line(f"try       lintas find {run.node} '{demo_steps.LOOKED_UP['phone']}'")
    output.line("Ctrl-C ends it.")
    sys.stdout.flush()
    try:
        run.server.wait()
    except (KeyboardInterrupt, Stopped):
        output.aside("ending …")
