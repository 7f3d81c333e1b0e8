# SPDX-License-Identifier: Apache-2.0
"""trace: where is the money now?"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from lintas.cli import options, output

if TYPE_CHECKING:
    from lintas.model.money_answers import FlowShown, HeldShown, LeftShown, TraceShown

METHODS: Final = ("fifo", "lifo", "prorata", "poison")
LINES_SHOWN_MAX: Final = 40  # lines of one part printed for a person; --json has all
_NAMES: Final = {
    "fifo": "FIFO: what came first leaves first",
    "lifo": "LIFO: what came last leaves first",
    "prorata": "pro-rata: each payment takes its share of what is mixed",
    "poison": "poison: once it was touched, all that leaves counts",
}
_WORDS: Final = {
    "confirmed": "confirmed",
    "inferred": "inferred from the payments at hand",
    "unknown": "unknown whether it is still there: its bank told nothing since",
}
_WHY: Final = {
    "cash": "taken out in cash",
    "fee": "kept as a fee",
    "border": "crossed the border",
    "outside": "went where no account is named",
    "depth": "went on beyond the limit of payments",
    "flight": "on its way: debited, not credited yet",
}


@options.verb("trace", "lintas trace asc --seed KASITHBK:0123456789@2026-01-31:25000.00 --method fifo")
@options.folder
@click.option(
    "--seed",
    "seeds",
    metavar="ACCOUNT[@FROM][:AMOUNT]",
    multiple=True,
    required=True,
    help="Where the money is that is followed; may be given again. Without a point AMOUNT counts minor units.",
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="fifo",
    show_default=True,
    help="How money that is mixed is told apart again.",
)
@click.option("--until", metavar="TIME", default="", help="Up to this RFC 3339 time, or the end of this day (UTC).")
@click.option("--depth", type=click.IntRange(0), default=0, help="At most so many payments from a seed; 0: no limit.")
@click.option("--backward", is_flag=True, help="Ask where it came from, instead of where it went.")
@click.option("--labels", is_flag=True, help="Say of each amount which seed it is of.")
@click.option("--currency", metavar="CODE", default="", help="Of the seeds' amounts, where an account has several.")
@click.option("--own", metavar="CC", multiple=True, help="A country whose accounts are ours: stop at its border.")
@click.option("--lines", type=click.IntRange(0), default=10_000, show_default=True, help="Most payments in the answer.")
@click.option("--purpose", metavar="CODE", default="", help="Why you ask; it stands in the access entry.")
@options.actor
@options.as_json
def trace(*, folder: Path, seeds: tuple[str, ...], own: tuple[str, ...], as_json: bool, **given: Any) -> int:
    """Follow money through the payments of all messages that you may see, exactly.

    It says where the money is now, through which payments it went, and how well that is known. Asking is itself an
    entry of the log.
    """
    from lintas.cli.asking import have_done
    from lintas.model.money_answers import TraceShown
    from lintas.web.local import money_wire

    request = money_wire.Trace(seeds=list(seeds), own=[one.upper() for one in own], **given)
    found = have_done(folder, request, TraceShown)
    if as_json:
        output.json_document(found)
    else:
        show(found)
    return 0


def show(found: "TraceShown") -> None:
    """Print where the money is, then how it went there, then what this cannot say."""
    direction = "came from" if found.backward else "went"
    output.line(f"Where the money {direction} ({_NAMES[found.method]})")
    output.line(f"Seeds: {', '.join(found.seeds)}")
    output.line()
    held = [_held(one, backward=found.backward) for one in found.held]
    _part("Still there" if not found.backward else "It was there before", held)
    _part("No longer here", list(map(_left, found.left)))
    _part("Payments, in order of time", list(_flows(found.flows)), total=found.flows_total)
    if not (found.held or found.left or found.flows_total):
        output.line("No such money is in the payments that you may see.")
    for name, sentences in (("What this cannot say", found.limits), ("What the payments contradict", found.objections)):
        _part(name, [f"  {one}" for one in sentences])
    kept = {True: "; every minor unit is accounted for", False: "; NOT every minor unit is accounted for", None: ""}
    output.aside(
        f"{found.payments:,} payments of {found.accounts:,} accounts in {found.messages:,} messages,"
        f" {found.seconds:.2f} s{kept[found.conserved]}"
    )


def _part(name: str, lines: list[str], *, total: int = 0) -> None:
    if not lines:
        return
    output.line(f"{name}:")
    for line in lines[:LINES_SHOWN_MAX]:
        output.line(line)
    if (left := max(total, len(lines)) - LINES_SHOWN_MAX) > 0:
        output.line(f"  … and {left:,} more; --json has up to --lines of them")
    output.line()


def _held(one: "HeldShown", *, backward: bool) -> str:
    moved = "went on" if backward else "came"
    known = _WORDS[one.knowledge]
    if one.knowledge == "inferred" and one.confirmed_minor:
        known = f"of it {amount(one.confirmed_minor, one.currency)} confirmed, the rest inferred"
    labels = "".join(f"; seed {of.label}: {amount(of.amount_minor, one.currency)}" for of in one.labels)
    until = f" to {_moment(one.last_at)}" if one.last_at != one.first_at else ""
    return (
        f"  {amount(one.amount_minor, one.currency)}  in {one.account}, {moved} {_moment(one.first_at)}"
        f"{until}, {_steps(one.depth)}, balance {amount(one.balance_minor, one.currency)}:"
        f" {known}{labels}"
    )


def _left(one: "LeftShown") -> str:
    to = f" to {one.to}" if one.to else ""
    at = f" {_moment(one.at)}" if one.at else ""
    sure = ", confirmed" if one.confirmed_minor == one.amount_minor else ", inferred"
    of = f" ({one.payment})" if one.payment else ""
    why = _WHY.get(one.why, one.why)
    return f"  {amount(one.amount_minor, one.currency)}  {why}: from {one.account}{to}{at}{of}{sure}"


def _flows(flows: "list[FlowShown]") -> Iterator[str]:
    for one in flows:
        part = amount(one.tainted_minor, one.currency)
        whole = "" if one.tainted_minor == one.amount_minor else f" of {amount(one.amount_minor, one.currency)}"
        other = one.credit_currency != one.currency
        became = f" as {amount(one.arrived_minor, one.credit_currency)}" if other else ""
        sure = "confirmed" if one.confirmed_minor == one.tainted_minor else "inferred"
        how = f", {one.channel}" if one.channel else ""
        payer, payee = one.payer or "cash or outside", one.payee or "cash or outside"
        yield f"  {_moment(one.at)}  {part}{whole}  {payer} -> {payee}{became}{how}, {sure}  ({one.payment})"


def amount(minor: int, currency: str) -> str:
    """An amount as a person reads it."""
    from lintas.formats.money.amounts import exponent_of

    exponent = exponent_of(currency)
    if exponent is None:
        return f"{currency} {minor:,} in minor units"
    whole, part = divmod(abs(minor), 10**exponent)
    sign = "-" if minor < 0 else ""
    return f"{currency} {sign}{whole:,}" + (f".{part:0{exponent}d}" if exponent else "")


def _moment(at: str) -> str:
    return at[:19].replace("T", " ") + "Z" if at else "at an unknown time"


def _steps(depth: int) -> str:
    return "where it was seeded" if depth == 0 else "1 payment on" if depth == 1 else f"{depth} payments on"
