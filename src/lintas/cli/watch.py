# SPDX-License-Identifier: Apache-2.0
"""watch and alerts: standing questions, and what met them."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lintas.cli import options, output
from lintas.errors import WrongUse
from lintas.limits import WATCH_DAYS_MAX

if TYPE_CHECKING:
    from lintas.model.watch_answers import Alerts, AlertShown
    from lintas.web.local import wire

WAIT_S_MAX = 3_600
LOOK_EVERY_S = 1.0  # seconds between two looks where nobody serves


@options.verb("watch", "lintas watch asc add '+60 12-345 6789' --days 30 --note 'case 7'")
@options.folder
@click.argument("action", type=click.Choice(["add", "list", "end"]))
@click.argument("terms", metavar="[TERM...|ID]", nargs=-1)
@click.option("--file", "file", metavar="F", default="", help="Terms from a file, one a line.")
@click.option(
    "--days",
    type=click.IntRange(1, WATCH_DAYS_MAX),
    default=90,
    show_default=True,
    help="Until a person must renew it.",
)
@click.option("--note", default="", help="What it is for; erased with the watch.")
@options.actor
@options.as_json
def watch(
    *,
    folder: Path,
    action: str,
    terms: tuple[str, ...],
    file: str,
    days: int,
    note: str,
    actor: str,
    as_json: bool,
) -> int:
    """Ask once, and be told when it appears: add TERM..., list, or end ID."""
    if action == "add":
        return add(folder, terms, file=file, days=days, note=note, actor=actor, as_json=as_json)
    if action == "list":
        if terms:
            raise WrongUse("list takes no term.")
        return show_all(folder, actor=actor, as_json=as_json)
    if len(terms) != 1:
        raise WrongUse("end takes the id of one watch.", hint="lintas watch DIR list shows them.")
    return end(folder, terms[0], actor=actor, as_json=as_json)


def add(folder: Path, terms: tuple[str, ...], *, file: str, days: int, note: str, actor: str, as_json: bool) -> int:
    """Set a watch."""
    from lintas.cli import files as reading
    from lintas.cli.asking import have_done
    from lintas.model.watch_answers import WatchAdded
    from lintas.web.local import wire

    request = wire.WatchAdd(actor=actor, terms=reading.terms(terms, file), days=days, note=note)
    added = have_done(folder, request, WatchAdded)
    if as_json:
        output.json_document(added)
        return 0
    output.line(f"watch {added.watch}, until {added.expires_at}")
    for term in added.terms:
        output.line(f"  {term.scheme} {term.value}")
    if added.already_held:
        output.line(f"{added.already_held:,} of them are held already: look with lintas find")
    return 0


def show_all(folder: Path, *, actor: str, as_json: bool) -> int:
    """List watches."""
    from lintas.cli.asking import have_done
    from lintas.web.local import wire

    found = have_done(folder, wire.WatchList(actor=actor), wire.Watches)
    if as_json:
        output.json_document(found)
        return 0
    for held in found.watches:
        note = f"  {held.note}" if held.note else ""
        output.line(f"{held.id}  {held.state} until {held.expires_at}  {held.owner}{note}")
        for term in held.terms:
            output.line(f"  {term.scheme} {term.value}")
    if not found.watches:
        output.aside("There is no watch.")
    return 0


def end(folder: Path, watch_id: str, *, actor: str, as_json: bool) -> int:
    """End a watch."""
    from lintas.cli.asking import have_done
    from lintas.web.local import wire

    ended = have_done(folder, wire.WatchEnd(actor=actor, watch=watch_id), wire.WatchEnded)
    if as_json:
        output.json_document(ended)
    else:
        output.line(f"watch {ended.watch.id} ended at {ended.watch.ended_at}")
    return 0


@options.verb("alerts", "lintas alerts asc --wait 30")
@options.folder
@click.option("--after", metavar="ID", default="", help="Only alerts after this one.")
@click.option(
    "--wait",
    "wait_s",
    metavar="S",
    type=click.FloatRange(0, WAIT_S_MAX),
    default=0,
    help="Wait up to this many seconds for the first one.",
)
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="Most alerts shown.")
@click.option("--mine", is_flag=True, help="Only those that you have: handed to you, or met by your own watch.")
@click.option("--ack", metavar="ID", default="", help="Say that you have seen this alert.")
@click.option("--hand-over", "handed", metavar="ID", default="", help="Give this alert to another person.")
@click.option("--to", metavar="ACCOUNT", default="", help="Who is to have it: name or id of an open account.")
@click.option("--digest", "is_digest", is_flag=True, help="Only count them, by watch and by who says so.")
@click.option("--since", metavar="TIME", default="", help="Count from this date or time on; all if not given.")
@options.actor
@options.as_json
def alerts(
    *,
    folder: Path,
    after: str,
    wait_s: float,
    limit: int,
    mine: bool,
    ack: str,
    handed: str,
    to: str,
    is_digest: bool,
    since: str,
    actor: str,
    as_json: bool,
) -> int:
    """Show what met your watches, in the order in which it happened; acknowledge, hand over, count."""
    from lintas.web.local import wire

    if sum((bool(ack), bool(handed), is_digest)) > 1:
        raise WrongUse("--ack, --hand-over and --digest are three different things.", hint="Give one of them.")
    if bool(handed) != bool(to):
        raise WrongUse("--hand-over ID and --to ACCOUNT go together.")
    if since and not is_digest:
        raise WrongUse("--since is for --digest.", hint="--after ID lists what came after an alert.")
    if ack:
        return acknowledge(folder, wire.Acknowledge(actor=actor, alert=ack), as_json=as_json)
    if handed:
        return hand_over(folder, wire.HandOver(actor=actor, alert=handed, to=to), as_json=as_json)
    if is_digest:
        return show_digest(folder, wire.AlertDigest(actor=actor, since=since), as_json=as_json)
    found = waited(folder, wire.AlertList(actor=actor, after=after, wait_s=wait_s, limit=limit, mine=mine))
    if as_json:
        output.json_document(found)
        return 0
    for alert in found.alerts:
        show(alert)
    if not found.alerts:
        output.aside("There is no alert that you have." if mine else "There is no alert that you may see.")
    return 0


def acknowledge(folder: Path, request: "wire.Acknowledge", *, as_json: bool) -> int:
    """Say that an alert was seen."""
    from lintas.cli.asking import have_done
    from lintas.web.local import wire

    seen = have_done(folder, request, wire.Acknowledged)
    if as_json:
        output.json_document(seen)
    else:
        output.line(f"alert {seen.alert.id} acknowledged by {seen.alert.acknowledged_by}")
    return 0


def hand_over(folder: Path, request: "wire.HandOver", *, as_json: bool) -> int:
    """Give an alert to another person."""
    from lintas.cli.asking import have_done
    from lintas.web.local import wire

    given = have_done(folder, request, wire.HandedOver)
    if as_json:
        output.json_document(given)
    else:
        output.line(f"alert {given.alert.id} is now with {given.alert.has}")
    return 0


def show_digest(folder: Path, request: "wire.AlertDigest", *, as_json: bool) -> int:
    """Count alerts by watch and by who says so."""
    from lintas.cli.asking import have_done
    from lintas.model.watch_answers import Digest

    found = have_done(folder, request, Digest)
    if as_json:
        output.json_document(found)
        return 0
    for line in found.watches:
        terms = ", ".join(term.value for term in line.terms)
        output.line(f"{line.alerts:,} alerts, {line.unacknowledged:,} not acknowledged: {line.note or terms}")
        if line.note:
            output.line(f"  met {terms}")
        output.line(f"  first {line.first_at}, newest {line.newest_at}")
        for one in line.from_:
            output.line(f"  {one.alerts:,} from {said_by(one.name, one.node, one.flags)}")
        output.line(f"  watch {line.watch}")
    if not found.watches:
        output.aside("There is no alert that you may see.")
    return 0


def waited(folder: Path, request: "wire.AlertList") -> "Alerts":
    """Wait in the running node; where nobody serves, look now and then, so that others can write in between."""
    import msgspec

    from lintas.cli.asking import have_done
    from lintas.model.watch_answers import Alerts
    from lintas.web.local import serving

    deadline = time.monotonic() + request.wait_s
    while True:
        left_s = max(0.0, deadline - time.monotonic())
        running = serving.read(folder)
        is_served = running is not None and serving.is_answering(running)
        look = msgspec.structs.replace(request, wait_s=left_s if is_served else 0.0)
        found = have_done(folder, look, Alerts)
        if found.alerts or is_served or left_s <= 0:
            return found
        time.sleep(min(left_s, LOOK_EVERY_S))


def show(alert: "AlertShown") -> None:
    """Print one alert."""
    seen = f", acknowledged by {alert.acknowledged_by}" if alert.acknowledged_by else ""
    named = f", {alert.source}" if alert.source else ""
    output.line(f"alert {alert.id}")
    output.line(f"  {alert.reason}")
    output.line(f"  {alert.marking}, {alert.grading}, {alert.at}{named}{seen}")
    output.line(f"  from {said_by(alert.from_name, alert.from_, alert.from_flags)}; with {alert.has or 'nobody'}")
    output.line(f"  message {alert.message}")
    for reason in alert.benign:
        output.line(f"  weighs little: {reason}")


def said_by(name: str, node: str, flags: "list[str]") -> str:
    """Name an originator, with what to mind about it."""
    minded = f" ({', '.join(flags)})" if flags else ""
    return f"{name or node}{minded}"
