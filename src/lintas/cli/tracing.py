# SPDX-License-Identifier: Apache-2.0
"""tracing: traces that are kept, handed on over borders and answered."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.model.hold_answers import HoldListShown
    from lintas.model.trace_answers import HandedLine, KeptTraceDone, KeptTraceShown, TotalsShown

_ACTIONS: Final = ("list", "show", "open", "run", "release", "stop", "holds", "hold")
_STANDS: Final = ("open", "outstanding", "final", "stopped")


@options.verb(
    "tracing",
    "lintas tracing asc open KASITHBK:0123456789@2026-01-31:25000.00 --title 'Parcel scam' --method fifo\n"
    "  lintas tracing asc release SG-T-7K3QF-9D2MX-4\n"
    "  lintas tracing asc holds SG-T-7K3QF-9D2MX-4",
)
@options.folder
@click.argument("action", type=click.Choice(_ACTIONS))
@click.argument("these", metavar="[TRACE|SEED]...", nargs=-1)
@click.option(
    "--method",
    type=click.Choice(("fifo", "lifo", "prorata", "poison")),
    default="fifo",
    show_default=True,
    help="Of open: how money that is mixed is told apart again.",
)
@click.option("--until", metavar="TIME", default="", help="Of open: up to this time, or the end of this day (UTC).")
@click.option("--depth", type=click.IntRange(0), default=0, help="Of open: at most so many payments; 0: no limit.")
@click.option("--labels", is_flag=True, help="Of open: say of each amount which seed it is of.")
@click.option("--currency", metavar="CODE", default="", help="Of amounts, where an account has several.")
@click.option("--title", metavar="TEXT", default="", help="Of open: what people call it.")
@click.option("--case", "case_", metavar="REF", default="", help="Of open and list: the case that it belongs to.")
@click.option("--request", metavar="REF", default="", help="Of open: the request for which it is done.")
@click.option("--report", metavar="REF", default="", help="Of open: the report that it begins with.")
@click.option("--payment", "payments", metavar="REFERENCE", multiple=True, help="Of release: just these payments.")
@click.option("--to", metavar="PEER", default="", help="Of release and hold: to which node; of hold, own too.")
@click.option("--purpose", metavar="CODE", default="", help="Of release and hold; the usual one unless given.")
@click.option("--basis", metavar="CODE", default="", help="Of release and hold: legal basis.")
@click.option("--why", metavar="CODE", default="", help="Of stop.")
@click.option(
    "--sort", metavar="ORDER", default="rule", show_default=True, help="Of holds: rule, amount, newest …, off."
)
@click.option("--minor", type=click.IntRange(0), default=0, help="Of hold: minor units.")
@click.option("--short", metavar="TEXT", default="", help="Of hold: a few words.")
@click.option("--stands", type=click.Choice(_STANDS), default=None, help="Of list: only such traces.")
@click.option("--limit", type=click.IntRange(1, 100), default=50, show_default=True, help="Rows of list.")
@options.actor
@options.as_json
def tracing(*, folder: Path, action: str, these: tuple[str, ...], actor: str, as_json: bool, **given: Any) -> int:
    """Kept traces: open SEED..., list, show, run, release, stop TRACE; holds TRACE, hold TRACE ACCOUNT.

    A seed is ACCOUNT[@FROM][:AMOUNT], as in `lintas trace`. An open trace goes on by itself when payments come. Where
    money crosses a border, the payment with what is in it is handed to the node of that country: by itself where a
    confirmed row of the law pack lets a machine, else when somebody says release. That node follows it in its own
    payments and answers with totals. holds lists where a hold may still reach money; hold asks for one of that list,
    of the desk of its country: the own one where the account is kept here. Once anybody has a passkey here, hold
    proposes it and exits 1: a named person confirms it on the page Approvals.
    """
    if action == "list":
        return _list(folder, actor, given, as_json=as_json)
    if action == "open":
        return _open(folder, actor, these, given, as_json=as_json)
    if len(these) != (2 if action == "hold" else 1):
        raise WrongUse("hold takes a trace and an account." if action == "hold" else f"{action} takes one trace.")
    if action in ("holds", "hold"):
        return _hold(folder, actor, these, given, as_json=as_json)
    return _go_on(folder, actor, action, these[0], given, as_json=as_json)


def _list(folder: Path, actor: str, given: dict[str, Any], *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.trace_answers import KeptTraceList
    from lintas.web.local import tracing_wire as wire

    asked = wire.TracingList(actor=actor, stands=given["stands"] or "", case=given["case_"], limit=given["limit"])
    return _listed(have_done(folder, asked, KeptTraceList), as_json=as_json)


def _open(folder: Path, actor: str, seeds: tuple[str, ...], given: dict[str, Any], *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.trace_answers import KeptTraceDone
    from lintas.web.local import tracing_wire as wire

    names = ("method", "until", "depth", "labels", "currency", "title", "request", "report")
    said = {name: given[name] for name in names}
    opening = wire.TracingOpen(actor=actor, seeds=list(seeds), case=given["case_"], **said)
    return _done(have_done(folder, opening, KeptTraceDone), as_json=as_json)


def _hold(folder: Path, actor: str, these: tuple[str, ...], given: dict[str, Any], *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.cli.request_fields import told_order
    from lintas.model.hold_answers import HoldListShown
    from lintas.web.local import request_wire
    from lintas.web.local import tracing_wire as wire

    if len(these) == 1:
        holds = have_done(folder, wire.TracingHolds(actor=actor, trace=these[0], sort=given["sort"]), HoldListShown)
        return _holds(holds, as_json=as_json)
    names = ("currency", "to", "minor", "purpose", "basis", "short")
    said = {name: given[name] for name in names}
    asked = wire.TracingHold(actor=actor, trace=these[0], account=these[1], **said)
    sent = have_done(folder, asked, request_wire.RequestSent)
    if sent.order is not None:
        return told_order(sent.order, as_json=as_json)
    return _asked(sent.shown, as_json=as_json)


def _go_on(folder: Path, actor: str, action: str, trace: str, given: dict[str, Any], *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.trace_answers import KeptTraceDone, KeptTraceShown
    from lintas.web.local import tracing_wire as wire

    if action == "show":
        shown = have_done(folder, wire.TracingShow(actor=actor, trace=trace), KeptTraceShown)
        return _shown(shown, as_json=as_json)
    request: wire.AnyTracingRequest
    if action == "release":
        said = {name: given[name] for name in ("to", "purpose", "basis")}
        request = wire.TracingRelease(actor=actor, trace=trace, payments=list(given["payments"]), **said)
    elif action == "stop":
        request = wire.TracingStop(actor=actor, trace=trace, why=given["why"])
    else:
        request = wire.TracingRun(actor=actor, trace=trace)
    return _done(have_done(folder, request, KeptTraceDone), as_json=as_json)


def _listed(found: Any, *, as_json: bool) -> int:
    if as_json:
        output.json_document(found)
        return 0
    output.table(
        ["trace", "stands", "opened by", "title", "method", "case", "to hand on", "to answer", "awaited", "run"],
        [
            (
                one.ref,
                one.stands,
                one.opener_name,
                one.title,
                one.method,
                one.case,
                one.to_hand,
                one.to_answer,
                one.outstanding,
                one.ran_at,
            )
            for one in found.traces
        ],
    )
    return 0


def _done(done: "KeptTraceDone", *, as_json: bool) -> int:
    is_partly = any(one.waits for one in done.kept)
    if as_json:
        output.json_document(done)
        return 1 if is_partly else 0
    _lines(done.shown)
    for reference in done.handed:
        output.line(f"handed on  {reference}")
    for reference in done.answered:
        output.line(f"answered  {reference}")
    for one in done.kept:
        waits = "waits" if one.waits else "stays"
        output.line(f"{waits}  {one.reference}  to {one.payee}  {_money(one.tainted, one.asset)}: {one.reason}")
    for sentence in (*done.limits, *done.objections):
        output.line(f"note  {sentence}")
    return 1 if is_partly else 0


def _shown(shown: "KeptTraceShown", *, as_json: bool) -> int:
    if as_json:
        output.json_document(shown)
    else:
        _lines(shown)
    return 0


def _lines(shown: "KeptTraceShown") -> None:
    one = shown.line
    output.line(f"{one.ref}  {one.title}  {one.method}  {one.stands}  opened by {one.opener_name}")
    for seed in shown.seeds:
        amount = "everything" if seed.minor < 0 else _money(seed.minor, seed.currency)
        output.line(f"seed {seed.label}  {seed.account}  {amount}  {seed.start}".rstrip())
    for totals in shown.totals:
        output.line(f"here  {_totals(totals)}")
    for handed in shown.handed:
        output.line(_handed(handed))
    if shown.stopped_by:
        output.line(f"stopped by {shown.stopped_by}  {shown.stopped_why}".rstrip())
    for why in shown.idle:
        output.line(f"changed nothing: {why}")


def _handed(one: "HandedLine") -> str:
    way = "to" if one.direction == "out" else "from"
    final = "final" if one.final else "not final"
    ground = f" ({one.ground})" if one.ground else ""
    said = "; ".join(_totals(totals) for totals in one.totals)
    return (
        f"{way} {one.node_name}  {one.reference}  {one.payee}  {_money(one.tainted, one.asset)} of"
        f" {_money(one.minor, one.asset)}  revision {one.revision}  {one.status}{ground}, {final}  {said}".rstrip()
    )


def _totals(one: "TotalsShown") -> str:
    parts = [
        ("came", one.came),
        ("still here", one.still_here),
        ("of it confirmed", one.confirmed),
        ("of it unknown", one.unknown),
        ("cash", one.cash),
        ("crypto", one.crypto),
        ("other", one.other),
        *((f"on to {country}", minor) for country, minor in sorted(one.gone_on.items())),
    ]
    return (
        ", ".join(f"{name} {_money(minor, one.asset)}" for name, minor in parts if minor) or f"nothing in {one.asset}"
    )


def _holds(found: "HoldListShown", *, as_json: bool) -> int:
    if as_json:
        output.json_document(found)
        return 0
    output.line(f"{found.ref}  by {found.rule}, sorted by {found.sort}")
    if found.warning:
        output.line(found.warning)
    for one in found.lines:
        asked = f"  asked: {', '.join(one.requests)}" if one.requests else ""
        output.line(
            f"{one.place}  {one.account}  {_money(one.amount_minor, one.currency)}  {one.knowledge}  {one.sum}{asked}"
        )
    for sentence in found.limits:
        output.line(f"note  {sentence}")
    return 0


def _asked(shown: Any, *, as_json: bool) -> int:
    if as_json:
        output.json_document(shown)
    else:
        output.line(f"{shown.ref}  {shown.state}{'' if shown.is_new else '  asked already'}")
    return 0


def _money(minor: int, currency: str) -> str:
    from lintas.cli.trace import amount

    return amount(minor, currency)
