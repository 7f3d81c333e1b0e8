# SPDX-License-Identifier: Apache-2.0
"""erase and backup: what is kept, and what is not."""

from pathlib import Path

import click

from lintas.cli import options, output
from lintas.errors import BadInput, WrongUse


@options.verb("erase", "lintas erase asc 3f0c…e1 --ground retention")
@options.folder
@click.argument("messages", metavar="MESSAGE...", nargs=-1, required=True)
@click.option("--ground", metavar="CODE", required=True, help="Why, as a code: it stands in the log for good.")
@options.actor
@options.as_json
def erase(*, folder: Path, messages: tuple[str, ...], ground: str, actor: str, as_json: bool) -> int:
    """Erase the content of messages. Their entries stay, so that history is not rewritten."""
    from lintas.cli.asking import have_done
    from lintas.model.log_answers import Erased
    from lintas.web.local import wire

    found = have_done(folder, wire.Erase(actor=actor, messages=list(messages), ground=ground), Erased)
    if as_json:
        output.json_document(found)
        return 0
    output.line(f"{len(found.erased):,} erased, entry {found.entry}" if found.entry else "Nothing was left to erase.")
    for one in found.before:
        output.line(f"  erased already on {one.at}, ground {one.ground}, entry {one.entry}: {one.message}")
    for message in found.also:
        output.line(f"  erased too, because it held the same content: {message}")
    return 0


@options.verb("backup", "lintas backup asc asc-monday.lintas --passphrase-file passphrase.txt")
@options.folder
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--passphrase-file", metavar="FILE", default="", help="Seal it with the first line of this file.")
@click.option("--recipient", "recipients", metavar="age1…", multiple=True, help="Seal it for this key; repeat.")
@click.option("--force", is_flag=True, help="Replace a backup that is there, once the new one is whole.")
@options.as_json
def backup(
    *,
    folder: Path,
    target: Path,
    passphrase_file: str,
    recipients: tuple[str, ...],
    force: bool,
    as_json: bool,
) -> int:
    """Copy the whole node, keys included, to one sealed file, while it works."""
    from lintas.cli.asking import have_done
    from lintas.model.node_answers import BackedUp
    from lintas.web.local import wire

    if not passphrase_file and not recipients:
        raise WrongUse(
            "A backup holds the node's keys and is always sealed.", hint="Add --passphrase-file or --recipient."
        )
    if passphrase_file and recipients:
        raise WrongUse("Seal it with a passphrase or for recipients, not both.")
    if target.exists() and not force:
        raise WrongUse(f"{target} exists already.", hint="Name another file, or add --force.")
    passphrase = secret_from(passphrase_file) if passphrase_file else None
    request = wire.Backup(target=str(target.absolute()), passphrase=passphrase, recipients=list(recipients))
    found = have_done(folder, request, BackedUp)
    if as_json:
        output.json_document(found)
    else:
        output.line(
            f"{found.file}  {output.size_text(found.size_bytes)}, {found.entries:,} entries, {found.seconds:.1f} s"
        )
    return 0


def secret_from(name: str) -> str:
    """The first line of a file, `-` being standard input.

    Raises:
        BadInput: It is empty or not UTF-8.
    """
    from lintas.cli.files import read

    try:
        first = read(name).data.decode("utf-8-sig").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError as exc:
        raise BadInput(f"{name} is not UTF-8.") from exc
    if not first:
        raise BadInput(f"The first line of {name} is empty.")
    return first
