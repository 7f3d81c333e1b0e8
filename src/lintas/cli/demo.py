# SPDX-License-Identifier: Apache-2.0
"""demo: invented cases of four agencies, from report to the other's desk to proof, on real nodes and servers."""

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
    from lintas.cli.demo_run import Run, Side

STEP_S_MAX = 180  # seconds for one step, on a machine that does much else


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
    help="Where the demo's nodes stand; made anew each time.",
)
def demo(*, once: bool, folder: Path) -> int:
    """Show agencies at work: MY takes a case in and shares it with SG, whose desk is alerted at once.

    Officers, supervisors and oversight of both have passkeys (in software): what binds, they confirm. A dry run, a
    statement of a victim that needs two people, a link that is cut, receipts, who saw it. Then a short night: a report,
    the first request, an order under MY's law that a bank carries out in part, a refusal, a hold that ends soon,
    hand-over. Then a golden hour with TH and CN: money is followed over four states by hand-offs, banks are asked, four
    holds, a score against the truth. Logs and their countersigned heads, the console. Everything in it is invented.
    Without --once all consoles stay open until Ctrl-C.
    """
    from lintas.cli import demo_case, demo_steps
    from lintas.cli.demo_run import make_run

    steps: list[Step] = []
    with demo_case.prepared(folder) as case, told_to_stop():
        run = make_run(case)
        try:
            for name, function in demo_steps.STEPS:
                steps.append(done(name, function, run))
                if not steps[-1].ok:
                    break
            if not once and steps[-1].ok:
                stay(run)
        finally:
            if once and len(steps) == len(demo_steps.STEPS) and steps[-1].ok:
                steps.append(done(*demo_steps.LAST, run))
            run.close()
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
    """Show the way into all consoles and keep them open."""
    from lintas.cli import demo_files

    output.line()
    for side in run.places:
        output.line(f"{side.country} console  {console_url(side)}   {side.name}, {side.visitor}")
        output.line(f"   sign in  {sign_in_url(side)}   (good once, for 15 minutes)")
    output.line()
    output.line("three things to try, in another terminal or in the consoles:")
    lintas = sys.argv[0] if Path(sys.argv[0]).name == "lintas" else "lintas"
    text = f"echo 'Call {demo_files.PHONE_WRITTEN} again'"
    output.line(f"  1  {text} | {lintas} take {run.my.folder} - --marking AMBER --source hotline")
    output.line(
        "     then enrol a passkey in MY's console (My access), share it with SG from its page, and see SG's Desk"
    )
    output.line(f"  2  {lintas} share {run.my.folder} {run.red_message} --dry-run")
    output.line("     who would get the informant's note, and why not")
    output.line(f"  3  {lintas} peer suspend {run.sg.folder} {run.my.node[:15]} --ground exercise")
    output.line("     nothing more goes either way, at once; see the page Peers of both")
    if run.request:
        output.line(f"the night's request {run.request} stands on the page Requests of both, its clock on every page")
    if run.golden.trace:
        output.line(
            f"the golden hour's trace {run.golden.trace} stands on the page Money of all four: each sees its own part"
        )
    output.line("Ctrl-C ends it.")
    sys.stdout.flush()
    try:
        run.my.server.wait()
    except (KeyboardInterrupt, Stopped):
        output.aside("ending …")


def console_url(side: "Side") -> str:
    """Where the console is opened so that passkeys work: they belong to a name."""
    return side.server.url.replace("127.0.0.1", "localhost")


def sign_in_url(side: "Side") -> str:
    """The address of a one-time link."""
    from lintas.cli.demo_showing import link_path

    return console_url(side) + link_path(side)
