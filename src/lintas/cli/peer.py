# SPDX-License-Identifier: Apache-2.0
"""peer: the nodes that this one talks to."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.model.peer_answers import PeerLine
    from lintas.web.local.requesting import Request

_PEER_HELP = "A peer is named by its id, the beginning of it, or its name if only one has it."


@click.group("peer", epilog=_PEER_HELP)
def peer() -> None:
    """Peers: swap descriptors, hear each other's words on a call, stop and resume."""


def verb(name: str, example: str) -> Callable[[Callable[..., Any]], click.Command]:
    """A verb of this group, with its example."""
    return peer.command(name, epilog=f"\b\nExample:\n  {example}")


@verb("export", "lintas peer export asc > asc.json")
@options.folder
@options.as_json
def export(*, folder: Path, as_json: bool) -> int:  # it is JSON either way
    """Print this node's descriptor: one line of JSON, to be given to the other side."""
    from lintas.cli.asking import have_done
    from lintas.web.local import peer_wire

    output.lines(have_done(folder, peer_wire.PeerExport(), peer_wire.Exported).document)
    return 0


@verb("add", "lintas peer add asc singapore.json\n  lintas peer add asc https://peer.example.org:8418")
@options.folder
@click.argument("source", metavar="FILE|URL")
@options.actor
@options.as_json
def add(*, folder: Path, source: str, actor: str, as_json: bool) -> int:
    """Add a peer by its descriptor, or take a newer one of it.

    It stays unverified, and outside exercises gets nothing, until two people here have heard its words on a call.
    """
    from lintas.cli.asking import have_done
    from lintas.cli.client import File
    from lintas.cli.files import read
    from lintas.model.peer_answers import PeerAdded
    from lintas.web.local import peer_wire

    if "://" in source:
        from lintas.cli.fetching import fetch_descriptor

        file, url = File("descriptor", fetch_descriptor(source)), source
    else:
        file, url = read(source), ""
    done = have_done(folder, peer_wire.PeerAdd(actor=actor, url=url), PeerAdded, files=[file])
    if as_json:
        output.json_document(done)
        return 0
    output.pairs(
        [
            ("peer", done.node),
            ("name", f"{done.name} ({done.country})"),
            ("standing", done.standing),
            ("our words", done.our_words),
        ]
    )
    for flag in done.imitates:
        output.aside(f"Beware: its name could be taken for that of {flag}.")
    if done.standing == "unverified":
        output.aside("Next, on a call: read our words out, hear theirs, and type them: lintas peer introduce --help")
    return 0


@verb("list", "lintas peer list asc")
@options.folder
@options.as_json
def list_all(*, folder: Path, as_json: bool) -> int:
    """Show all peers, and the words of this node."""
    from lintas.cli.asking import have_done
    from lintas.model.peer_answers import Peers
    from lintas.web.local import peer_wire

    found = have_done(folder, peer_wire.PeerList(), Peers)
    if as_json:
        output.json_document(found)
        return 0
    output.line(f"our words: {found.words}")
    output.table(
        ["peer", "name", "country", "standing", "to send", "last contact", "note"],
        [
            (
                one.node[:15],
                one.name,
                one.country,
                one.standing,
                sum(lane.sent - lane.stored for lane in one.lanes),
                one.link.last_contact,
                "; ".join([*one.imitates, *([one.link.last_error] if one.link.last_error else [])]),
            )
            for one in found.peers
        ],
    )
    return 0


@verb("show", "lintas peer show asc lintas:lepe556v")
@options.folder
@click.argument("name", metavar="PEER")
@options.actor
@options.as_json
def show(*, folder: Path, name: str, actor: str, as_json: bool) -> int:
    """Show one peer: standing, addresses, streams, heads, evidence."""
    from lintas.web.local import peer_wire

    return _shown(folder, peer_wire.PeerShow(actor=actor, peer=name), as_json=as_json)


@verb("introduce", "lintas peer introduce asc lintas:lepe556v --as Aminah --heard-from 'R. Example'")
@options.folder
@click.argument("name", metavar="PEER")
@click.option("--as", "actor", metavar="NAME", required=True, help="Who heard the words: an account here.")
@click.option("--heard-from", required=True, metavar="NAME", help="Who read them out. Stays in this node.")
@click.option("--words", default="", help="The twelve words as heard; asked for if left out.")
@options.as_json
def introduce(*, folder: Path, name: str, actor: str, heard_from: str, words: str, as_json: bool) -> int:
    """Say that you heard a peer's words on a call. Two different people here make it live.

    The other side reads out the words that `lintas peer list` shows them as their own; you type what you hear.
    """
    from lintas.web.local import peer_wire

    heard = words or click.prompt("The words that you heard", err=True)
    request = peer_wire.PeerIntroduce(actor=actor, peer=name, words=heard, heard_from=heard_from)
    return _shown(folder, request, as_json=as_json)


@verb("suspend", "lintas peer suspend asc lintas:lepe556v --ground asked_by_peer")
@options.folder
@click.argument("name", metavar="PEER")
@click.option("--ground", required=True, metavar="CODE", help="Why, as a code: it stands in the log for good.")
@options.actor
@options.as_json
def suspend(*, folder: Path, name: str, ground: str, actor: str, as_json: bool) -> int:
    """Stop everything with a peer, at once."""
    return _changed(folder, name, "suspend", ground, actor, as_json=as_json)


@verb("resume", "lintas peer resume asc lintas:lepe556v --ground cleared_up --as Aminah")
@options.folder
@click.argument("name", metavar="PEER")
@click.option("--ground", required=True, metavar="CODE", help="Why, as a code: it stands in the log for good.")
@click.option("--as", "actor", metavar="NAME", required=True, help="Who answers for it: an account here.")
@options.as_json
def resume(*, folder: Path, name: str, ground: str, actor: str, as_json: bool) -> int:
    """Go on with a suspended peer. Look at the evidence first, and talk to the other side."""
    return _changed(folder, name, "resume", ground, actor, as_json=as_json)


@verb("remove", "lintas peer remove asc lintas:lepe556v --ground agreement_ended")
@options.folder
@click.argument("name", metavar="PEER")
@click.option("--ground", required=True, metavar="CODE", help="Why, as a code: it stands in the log for good.")
@options.actor
@options.as_json
def remove(*, folder: Path, name: str, ground: str, actor: str, as_json: bool) -> int:
    """Remove a peer. To come back it is added and introduced anew."""
    return _changed(folder, name, "remove", ground, actor, as_json=as_json)


@verb("roll", "lintas peer roll asc lintas:lepe556v af027b4e95764fff --as Aminah")
@options.folder
@click.argument("name", metavar="PEER")
@click.argument("incarnation", metavar="INCARNATION")
@click.option("--as", "actor", metavar="NAME", required=True, help="Who answers for it: an account here.")
@options.as_json
def roll(*, folder: Path, name: str, incarnation: str, actor: str, as_json: bool) -> int:
    """Follow a peer that was restored from a backup into the new life of its log. Two different people say so.

    Ask the other side on a call which incarnation it opened, and what was lost.
    """
    from lintas.web.local import peer_wire

    request = peer_wire.PeerRoll(actor=actor, peer=name, incarnation=incarnation)
    return _shown(folder, request, as_json=as_json)


@verb("address", "lintas peer address asc lintas:lepe556v https://10.0.0.7:8418")
@options.folder
@click.argument("name", metavar="PEER")
@click.argument("url", metavar="[URL]", required=False, default="")
@options.actor
@options.as_json
def address(*, folder: Path, name: str, url: str, actor: str, as_json: bool) -> int:
    """Set where a peer is reached; without URL its descriptor counts again. Its key is pinned either way."""
    from lintas.web.local import peer_wire

    return _shown(folder, peer_wire.PeerAddress(actor=actor, peer=name, url=url), as_json=as_json)


@verb("head", "lintas peer head asc lintas:lepe556v > singapore-head.txt")
@options.folder
@click.argument("name", metavar="PEER")
@options.as_json
def head(*, folder: Path, name: str, as_json: bool) -> int:
    """Print the newest head of a peer's log that this node verified and countersigned."""
    from lintas.cli.asking import have_done
    from lintas.errors import UnknownTerm
    from lintas.model.peer_answers import PeerHeadAnswer
    from lintas.web.local import peer_wire

    found = have_done(folder, peer_wire.PeerNewestHead(peer=name), PeerHeadAnswer)
    if as_json:
        output.json_document(found)
        return 0
    if found.head is None:
        raise UnknownTerm("No head of that peer has come yet.", hint="Heads come with the connection; see peer show.")
    output.lines(found.head.note.rstrip("\n"))
    return 0


@verb("evidence", "lintas peer evidence asc\n  lintas peer evidence asc --message 3f0c…d1 -o fork.json")
@options.folder
@click.argument("name", metavar="[PEER]", required=False, default="")
@click.option("--message", default="", metavar="ID", help="Write one piece, with what the peer sent, to a file.")
@options.output
@options.actor
@options.as_json
def evidence(*, folder: Path, name: str, message: str, target: str, force: bool, actor: str, as_json: bool) -> int:
    """List what peers sent that they should not have."""
    from lintas.cli.asking import have_done
    from lintas.model.peer_answers import EvidenceList
    from lintas.web.local import peer_wire, wire

    if message:
        if as_json:
            raise WrongUse("--message writes a file; it goes without --json.")
        file = have_done(folder, peer_wire.PeerEvidenceFile(actor=actor, message=message), wire.FileAnswer)
        output.aside(output.save(target, file.name, file.data, force=force))
        return 0
    found = have_done(folder, peer_wire.PeerEvidence(actor=actor, peer=name), EvidenceList)
    if as_json:
        output.json_document(found)
        return 0
    output.table(
        ["at", "peer", "what", "reason", "message"],
        [(one.at, one.node[:15], one.what, one.reason, one.message) for one in found.evidence],
    )
    return 0


def _changed(folder: Path, name: str, action: str, ground: str, actor: str, *, as_json: bool) -> int:
    from lintas.web.local import peer_wire

    assert action in {"suspend", "resume", "remove"}
    request = peer_wire.PeerChange(actor=actor, peer=name, action=action, ground=ground)  # type: ignore[arg-type]  # one of them
    return _shown(folder, request, as_json=as_json)


def _shown(folder: Path, request: "Request", *, as_json: bool) -> int:
    from lintas.cli.asking import have_done
    from lintas.model.peer_answers import PeerLine

    found = have_done(folder, request, PeerLine)
    if as_json:
        output.json_document(found)
    else:
        _page(found)
    return 0


def _page(one: "PeerLine") -> None:
    output.pairs(
        [
            ("peer", one.node),
            ("name", f"{one.name} ({one.country})"),
            ("standing", f"{one.standing} since {one.changed_at} ({one.ground})"),
            ("words", one.words),
            ("heard by", ", ".join(f"{who.by} from {who.their_person or '?'}" for who in one.confirmations)),
            ("address", one.address or ", ".join(one.endpoints) or "none: it connects to us"),
            ("keys", f"number {one.serial}"),
            ("incarnation", one.incarnation),
            *((lane.lane, f"{lane.stored} of {lane.sent} stored there, {lane.received} here") for lane in one.lanes),
            ("connected", _links(one)),
            ("last contact", one.link.last_contact),
            ("trouble", one.link.last_error),
            ("their head", "" if one.head is None else f"{one.head.size:,} entries, {one.head.at}"),
            ("our head", "countersigned by it" if one.cosigned else "not yet countersigned by it"),
            ("evidence", "" if not one.evidence else f"{len(one.evidence)}; lintas peer evidence DIR"),
        ]
    )
    for desk in one.desks:
        output.line(f"desk: {desk['code']}  {desk['name']}  {desk['hours']} {desk['zone']}")
    for flag in one.imitates:
        output.aside(f"Beware: its name could be taken for that of {flag}.")


def _links(one: "PeerLine") -> str:
    ways = [text for is_so, text in ((one.link.we_read, "we read"), (one.link.reads_us, "it reads us")) if is_so]
    return ", ".join(ways) or "no"
