# SPDX-License-Identifier: Apache-2.0
"""order: what waits for named people, and what they decided. Answering takes a passkey, and so the console."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lintas.cli import options, output

if TYPE_CHECKING:
    from lintas.model.order_answers import OrderLine, OrderShown


@click.group("order")
def order() -> None:
    """What waits for named people's passkeys, and what they decided.

    Nothing is answered here: that takes a passkey, and so a browser on the page Approvals.
    """


@order.command("list", epilog="\b\nExample:\n  lintas order list asc --as Aminah")
@options.folder
@click.option("--before", metavar="N", type=click.IntRange(0), default=0, help="Orders before this place of the log.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True, help="Most lines of the history.")
@options.actor
@options.as_json
def show_list(*, folder: Path, before: int, limit: int, actor: str, as_json: bool) -> int:
    """Show what is open, and what was decided, newest first."""
    from lintas.cli.asking import have_done
    from lintas.model.order_answers import Orders
    from lintas.web.local import order_wire

    found = have_done(folder, order_wire.OrderList(actor=actor, before=before, limit=limit), Orders)
    if as_json:
        output.json_document(found)
        return 0
    for line in found.alone:
        output.line(f"NOT REVIEWED  {_line(line)}")
    for line in found.history:
        output.line(_line(line))
    if not found.history:
        output.aside("nothing was proposed that you may see")
    if found.next_before:
        output.aside(f"older: --before {found.next_before}")
    return 0


@order.command("show", epilog="\b\nExample:\n  lintas order show asc 3f0c…e1")
@options.folder
@click.argument("name", metavar="ID")
@options.actor
@options.as_json
def show_one(*, folder: Path, name: str, actor: str, as_json: bool) -> int:
    """Show what exactly would happen, and who said what."""
    from lintas.cli.asking import have_done
    from lintas.model.order_answers import OrderShown
    from lintas.web.local import order_wire

    shown = have_done(folder, order_wire.OrderShow(actor=actor, order=name), OrderShown)
    if as_json:
        output.json_document(shown)
    else:
        _show(shown)
    return 0


def _line(line: "OrderLine") -> str:
    return f"{line.at}  {line.state:<9}  {line.id[:16]}  {line.actor}  {line.summary}"


def _show(shown: "OrderShown") -> None:
    line = shown.line
    output.pairs(
        [
            ("order", line.id),
            ("what", line.summary),
            *((what.lower(), words) for what, words in shown.tells),
            ("proposed by", line.by),
            ("state", line.state),
            ("until", line.expires_at),
            *([("ground", line.ground)] if line.ground else []),
            *([("review due", line.review_due)] if line.review_due else []),
            *([("changed", shown.changed)] if shown.changed else []),
        ]
    )
    for one in shown.assents:
        key = "by passkey" if one.has_passkey else "by the node"
        output.line(f"{one.at}  {one.verdict:<9}  {one.by}  {key}  entry {one.message[:16]}")
