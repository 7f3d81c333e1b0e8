# SPDX-License-Identifier: Apache-2.0
"""init, status, doctor, rebuild: the node itself."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.model.node_answers import NoticeShown


class Made(msgspec.Struct, frozen=True):
    """What `init` did."""

    node: str
    fingerprint: str


@options.verb("init", "lintas init asc --name 'Anti-Scam Centre' --country MY --mode exercise")
@options.folder
@click.option("--name", required=True, help="What people call this node. It stands in no header.")
@click.option("--country", metavar="CC", required=True, help="ISO 3166-1 alpha-2 code of the agency's state.")
@click.option(
    "--mode",
    type=click.Choice(["live", "exercise"]),
    default="live",
    show_default=True,
    help="Real cases or exercises. Fixed for good: the two never mix.",
)
@options.as_json
def init(*, folder: Path, name: str, country: str, mode: str, as_json: bool) -> int:
    """Make a node in DIR: keys, an empty log and a database."""
    if len(country) != 2 or not country.isascii() or not country.isalpha():
        raise WrongUse(f"{country!r} is no country code.", hint="Use two letters: MY, SG, TH, CN.")
    from lintas.config.packs import read_packs

    if country.upper() not in read_packs(None).identifiers.alpha3:
        raise WrongUse(
            f"There is no state with the code {country.upper()}.", hint="It is fixed for good: see ISO 3166-1."
        )
    from lintas.model.header import Mode
    from lintas.node.node import Node

    created = Node.create(folder, name=name, country=country.upper(), mode=Mode(mode))
    made = Made(created.node, created.fingerprint)
    if as_json:
        output.json_document(made)
        return 0
    output.pairs([("node", made.node), ("fingerprint", made.fingerprint), ("folder", folder), ("mode", mode)])
    output.aside("Keep a copy of the folder's keys apart from it, and read the fingerprint aloud to your peers.")
    return 0


@options.verb("status", "lintas status asc")
@options.folder
@options.as_json
def status(*, folder: Path, as_json: bool) -> int:
    """Say how the node is: its log, what it holds, whether it serves."""
    from lintas.cli.asking import have_done
    from lintas.model.node_answers import Status
    from lintas.web.local import serving, wire

    found = have_done(folder, wire.ShowStatus(), Status)
    running = serving.read(folder)
    if running is not None and serving.is_answering(running):
        found = msgspec.structs.replace(found, serving=running.url)
    if as_json:
        output.json_document(found)
        return 0
    output.pairs(
        [
            ("node", found.node),
            ("name", f"{found.name} ({found.country})"),
            ("mode", found.mode),
            ("state", found.state),
            *([("decisions", f"{found.orders_open} wait for somebody")] if found.orders_open else []),
            *([("beware", f"{found.alarm} See `lintas doctor`.")] if found.alarm else []),
            *([("beware", f"{found.policy_warning}. See `lintas doctor`.")] if found.policy_warning else []),
            ("incarnation", found.incarnation),
            ("serving", found.serving or "no"),
            ("entries", f"{found.entries:,}"),
            (
                "checkpoint",
                f"{found.checkpoint_size:,} entries, {found.checkpoint_at}" if found.checkpoint_at else "none",
            ),
            ("messages", f"{found.messages:,}"),
            ("entities", f"{found.entities:,}"),
            ("statements", f"{found.statements:,}"),
            ("identifiers", f"{found.identifiers:,}"),
            ("watches", f"{found.watches:,}"),
            ("alerts", f"{found.alerts:,}, {found.unacknowledged:,} not yet acknowledged"),
            *([("peers", f"{found.peers:,}, {found.peers_suspended:,} suspended")] if found.peers else []),
            *(("notice", notice_text(one)) for one in found.notices),
            ("database", output.size_text(found.database_bytes)),
            ("blobs", output.size_text(found.blobs_bytes)),
            ("version", found.version),
        ]
    )
    return 0


def notice_text(one: "NoticeShown") -> str:
    """How it stands with one target that is told when something waits."""
    if one.tries:
        return f"{one.target}: {one.reason} Tried {one.tries} times, again at {one.next_at}"
    return f"{one.target}: {f'told {one.sent_at}' if one.sent_at else 'not told yet'}"


@options.verb("doctor", "lintas doctor asc")
@options.folder
@options.as_json
def doctor(*, folder: Path, as_json: bool) -> int:
    """Check what the node stands on: permissions, disk, clock, sandbox, database."""
    from lintas.cli.asking import have_done
    from lintas.model.node_answers import Health
    from lintas.web.local import wire

    found = have_done(folder, wire.Examine(), Health)
    if as_json:
        output.json_document(found)
        return 0 if found.ok else 1
    for check in found.checks:
        output.line(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.detail}")
        if check.hint and not check.ok:
            output.line(f"      hint: {check.hint}")
    return 0 if found.ok else 1


@options.verb("rebuild", "lintas rebuild asc")
@options.folder
@click.option("--read-again", is_flag=True, help="Also read every payload again with today's readers; itself an entry.")
@options.as_json
def rebuild(*, folder: Path, read_again: bool, as_json: bool) -> int:
    """Build every view anew from the log; it comes out equal, or damage is mended and named."""
    from lintas.cli.asking import have_done
    from lintas.model.log_answers import Rebuilt
    from lintas.web.local import wire

    found = have_done(folder, wire.Rebuild(read_again=read_again), Rebuilt)
    if as_json:
        output.json_document(found)
        return 0
    output.line(f"{found.entries:,} entries replayed in {found.seconds:.1f} s")
    output.table(["view", "rows"], [(name, f"{rows:,}") for name, rows in sorted(found.views.items())])
    if found.read_again:
        output.line(f"{found.read_again:,} messages were read again")
    output.line(f"mended: {', '.join(found.changed)}" if found.changed else "every view came out as it stood")
    return 0
