# SPDX-License-Identifier: Apache-2.0
"""The command `lintas`. Exit codes: 0 done, 1 done in part, 2 wrong use or bad input, 3 the node is damaged or busy."""

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, Final

import click

from lintas import __version__
from lintas.cli import output
from lintas.errors import LintasError, StorageFailed, WrongUse
from lintas.node.collecting import look_seldom

# Verb -> module and name. A module is imported when its verb runs, or when help lists them all.
VERBS: Final = {
    "init": "lintas.cli.node:init",
    "serve": "lintas.cli.serve:serve",
    "take": "lintas.cli.take:take",
    "export": "lintas.cli.take:export",
    "quarantine": "lintas.cli.quarantine:quarantine",
    "find": "lintas.cli.find:find",
    "show": "lintas.cli.protect:show",
    "class": "lintas.cli.protect:change_class",
    "case": "lintas.cli.case:case",
    "hand-over": "lintas.cli.hand_over:hand_over",
    "trace": "lintas.cli.trace:trace",
    "tracing": "lintas.cli.tracing:tracing",
    "bank": "lintas.cli.bank:bank",
    "ledger": "lintas.cli.ledger:ledger",
    "watch": "lintas.cli.watch:watch",
    "alerts": "lintas.cli.watch:alerts",
    "recall": "lintas.cli.recall:recall",
    "report": "lintas.cli.report:report",
    "request": "lintas.cli.request:request",
    "share": "lintas.cli.share:share",
    "outbox": "lintas.cli.share:outbox",
    "log": "lintas.cli.log:log",
    "verify": "lintas.cli.log:verify",
    "seen": "lintas.cli.oversee:seen",
    "oversee": "lintas.cli.oversee:oversee",
    "rebuild": "lintas.cli.node:rebuild",
    "erase": "lintas.cli.keeping:erase",
    "backup": "lintas.cli.keeping:backup",
    "restore": "lintas.cli.restore:restore",
    "doctor": "lintas.cli.node:doctor",
    "status": "lintas.cli.node:status",
    "account": "lintas.cli.account:account",
    "need": "lintas.cli.need:need",
    "duty": "lintas.cli.duty:duty",
    "order": "lintas.cli.order:order",
    "peer": "lintas.cli.peer:peer",
    "key": "lintas.cli.key:key",
    "exercise": "lintas.cli.exercise:exercise",
    "conformance": "lintas.cli.conformance:conformance",
    "demo": "lintas.cli.demo:demo",
}

INTERRUPTED: Final = 130  # as shells say it of SIGINT


class Verbs(click.Group):
    """All verbs, imported one by one."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Verbs in the order of a day's work."""
        return list(VERBS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        """Import one verb."""
        if name not in VERBS:
            return None
        module, attribute = VERBS[name].split(":")
        found = getattr(importlib.import_module(module), attribute)
        assert isinstance(found, click.Command), f"{VERBS[name]} is no command"
        return found


@click.group(
    cls=Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Each verb takes the node's folder first. Exit codes: 0 done, 1 done in part (what was not is listed), "
    "2 wrong use or bad input, 3 the node is damaged or busy.",
)
@click.version_option(__version__, "-V", "--version", prog_name="lintas", message="%(prog)s %(version)s")
def cli() -> None:
    """Work one case across borders without pooling data.

    A node is a folder that holds one signed, append-only log. Take anything in, find it, be told when it appears,
    and prove what happened.
    """


def main(arguments: Sequence[str] | None = None, *, readers: object = None) -> int:
    """Run one verb and return the exit code.

    Args:
        readers: A ReaderPool that the caller keeps for several verbs; None to let each verb start its own.
    """
    look_seldom()
    wanted = list(sys.argv[1:] if arguments is None else arguments)
    wants_json = "--json" in wanted
    try:
        code = cli.main(wanted, prog_name="lintas", standalone_mode=False, obj=readers)
        sys.stdout.flush()
    except LintasError as error:
        return failed(error, as_json=wants_json)
    except click.ClickException as error:
        return failed(wrong_use(error), as_json=wants_json)
    except click.Abort:
        output.aside("lintas: stopped")
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # click turns the first into the second, and raises it for nothing else
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has seen enough
        return 0
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return failed(StorageFailed(f"The system refused: {error.strerror or error}{where}."), as_json=wants_json)
    except Exception as error:  # noqa: BLE001  # the last line of defence: exit codes are a contract
        traceback.print_exc()
        name = type(error).__name__
        return failed(Unforeseen(f"Lintas failed in a way that it did not foresee ({name})."), as_json=wants_json)
    return code if isinstance(code, int) else 0


class Unforeseen(LintasError):
    """Lintas failed in a way that it did not foresee."""

    exit_code = 3


def failed(error: LintasError, *, as_json: bool) -> int:
    """Say what went wrong: for a person on standard error, as the one document on standard output too when asked."""
    output.complaint(error)
    if as_json:
        said: dict[str, Any] = {"class": type(error).__name__, "message": error.message, "hint": error.hint}
        for name in ("rule", "limit"):
            if getattr(error, name, ""):
                said[name] = getattr(error, name)
        output.json_document({"error": said})
    return error.exit_code


def wrong_use(error: click.ClickException) -> WrongUse:
    """Click's complaint in our own shape."""
    hint = ""
    if isinstance(error, click.UsageError) and error.ctx is not None:
        hint = f"{error.ctx.command_path} --help"
    return WrongUse(error.format_message(), hint=hint)


if __name__ == "__main__":
    sys.exit(main())
