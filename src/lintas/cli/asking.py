# SPDX-License-Identifier: Apache-2.0
"""Have a verb done: by the running node through its socket, else by opening the node here; by the same function."""

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from lintas.cli.client import File, NotListening, ask
from lintas.cli.progress import Bar
from lintas.errors import NodeBusy
from lintas.web.local import serving, wire

Answer = TypeVar("Answer", bound=msgspec.Struct)
BUSY_WAIT_S = 5.0  # seconds that a short job of another command line may hold the node before we give up
BUSY_STEP_S = 0.05

BUSY_HINT = (
    "If `lintas serve` is starting or ending, ask again in a moment; else see which process has DIR/lock open. "
    "Two processes never write one node."
)


def have_done(folder: Path, request: wire.Request, answer: type[Answer], *, files: Sequence[File] = ()) -> Answer:
    """Do what a request asks and return the answer.

    Raises:
        NodeBusy: Another process holds the node and nobody answers at its socket.
        LintasError: As the verb's use case says.
    """
    with Bar() as bar:
        deadline = time.monotonic() + BUSY_WAIT_S
        while True:
            running = serving.read(folder)
            if running is not None and not isinstance(request, wire.READ_ONLY):
                try:
                    return msgspec.json.decode(ask(running.socket, request, files, bar.show), type=answer)
                except NotListening:
                    pass  # its server was killed: the lock is free, or soon will be
            try:
                return _here(folder, request, answer, files, bar.show)
            except NodeBusy as busy:
                if time.monotonic() > deadline:
                    raise NodeBusy(busy.message, hint=BUSY_HINT) from busy
            time.sleep(BUSY_STEP_S)


def _here(
    folder: Path,
    request: wire.Request,
    answer: type[Answer],
    files: Sequence[File],
    progress: Callable[[str, int, int], None],
) -> Answer:
    """Open the node in this process. The imports cost what a node costs; --help does without."""
    from lintas.cli import events
    from lintas.node.collecting import collect_seldom
    from lintas.node.node import Node
    from lintas.sandbox.pool import ReaderPool
    from lintas.web.local import commands
    from lintas.work.intake import TakenFile

    events.tell(of=logging.WARNING)
    collect_seldom()
    context = click.get_current_context(silent=True)
    kept = context.find_object(ReaderPool) if context else None
    with Node.open(folder, write=not isinstance(request, wire.READ_ONLY), readers=kept) as node:
        taken = [TakenFile(name=file.name, data=file.data) for file in files]
        found = commands.run(node.services, request, files=taken, progress=progress)
    assert isinstance(found, answer), "the table of verbs and the command line disagree"
    return found
