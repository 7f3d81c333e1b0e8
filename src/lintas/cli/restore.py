# SPDX-License-Identifier: Apache-2.0
"""restore: a backup becomes a node again, quarantined until it has shown that it is current."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.model.node_answers import Restored


@options.verb(
    "restore",
    "lintas restore asc asc-monday.lintas --passphrase-file passphrase.txt\n"
    "  lintas restore asc --head last-checkpoint.txt\n"
    "  lintas restore asc --open-incarnation --ground disk_lost --approved-by officer-0001 --approved-by officer-0002",
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("source", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--passphrase-file", metavar="FILE", default="", help="Open the backup with the first line of this file.")
@click.option("--identity", metavar="FILE", default="", help="Open the backup with this age identity file.")
@click.option("--head", metavar="FILE", default="", help="Leave quarantine: the newest signed head that anybody holds.")
@click.option("--open-incarnation", is_flag=True, help="Leave quarantine by saying what was lost.")
@click.option("--ground", metavar="CODE", default="", help="Why, as a code: it stands in the log for good.")
@click.option("--approved-by", "approved_by", metavar="ID", multiple=True, help="Two different persons, by account.")
@options.as_json
def restore(
    *,
    folder: Path,
    source: Path | None,
    passphrase_file: str,
    identity: str,
    head: str,
    open_incarnation: bool,
    ground: str,
    approved_by: tuple[str, ...],
    as_json: bool,
) -> int:
    """Make a node in DIR of the backup FILE; or let a restored node out of quarantine.

    A restored node is a rollback unless proven otherwise: it takes and answers nothing until it has either caught up
    with the newest signed head (--head) or said in the log what is missing (--open-incarnation).
    """
    if source is not None and folder.is_file() and not source.is_file():
        folder, source = source, folder  # FILE DIR, as copying is usually said
    ways = [source is not None, bool(head), open_incarnation]
    if sum(ways) != 1:
        raise WrongUse("Give one of: a backup FILE, --head FILE, --open-incarnation.", hint="lintas restore --help")
    if source is not None:
        found = from_file(folder, source, passphrase_file=passphrase_file, identity=identity)
    elif head:
        found = with_head(folder, head)
    else:
        found = opened(folder, ground=ground, approved_by=approved_by)
    if as_json:
        output.json_document(found)
        return 0
    output.pairs(
        [
            ("node", found.node),
            ("entries", f"{found.entries:,}"),
            ("state", found.state),
            ("incarnation", found.incarnation),
            ("", found.detail),
        ]
    )
    if found.state == "quarantined":
        output.aside(f"Next: lintas restore {folder} --head FILE, or --open-incarnation.")
    return 0


def from_file(folder: Path, source: Path, *, passphrase_file: str, identity: str) -> "Restored":
    """Open a backup."""
    from lintas.cli.files import read
    from lintas.cli.keeping import secret_from
    from lintas.node import restoring

    if bool(passphrase_file) == bool(identity):
        raise WrongUse("A backup is sealed.", hint="Add --passphrase-file or --identity, one of them.")
    return restoring.restore(
        source,
        folder,
        passphrase=secret_from(passphrase_file) if passphrase_file else None,
        identity=read(identity).data.decode("utf-8", "replace") if identity else None,
    )


def with_head(folder: Path, head: str) -> "Restored":
    """Compare with the newest head."""
    from lintas.cli.files import read
    from lintas.node import restoring

    return restoring.release_with_head(folder, read(head).data)


def opened(folder: Path, *, ground: str, approved_by: tuple[str, ...]) -> "Restored":
    """Go on as a new incarnation."""
    from lintas.node import restoring

    if not ground or len(set(approved_by)) < 2:
        raise WrongUse("--open-incarnation needs --ground and two different --approved-by.")
    return restoring.open_incarnation(folder, ground=ground, approved_by=approved_by)
