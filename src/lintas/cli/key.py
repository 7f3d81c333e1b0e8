# SPDX-License-Identifier: Apache-2.0
"""key: this node's own keys."""

from pathlib import Path

import click

from lintas.cli import options, output
from lintas.cli.key_rest import key_seal, key_status, key_unseal
from lintas.cli.key_system import key_create, key_end, key_list
from lintas.errors import WrongUse


@click.group("key")
def key() -> None:
    """Keys of this node: see how they are, put new ones in their place, seal them; and keys for systems."""


for _one in (key_status, key_seal, key_unseal, key_create, key_list, key_end):
    key.add_command(_one)


@key.command(
    "rotate",
    epilog="\b\nExample:\n  lintas key rotate asc --by Aminah\n"
    "  lintas key rotate asc --by Aminah --what signing,tls --revoke --root /media/safe/root.pem",
)
@options.folder
@click.option("--by", "by", metavar="NAME", required=True, help="Who answers for it: an account here.")
@click.option("--what", default="all", metavar="NAMES", show_default=True, help="Of signing, log, tls, cosign.")
@click.option("--revoke", is_flag=True, help="The old keys are in wrong hands: nothing counts that they sign now.")
@click.option("--root", "root", metavar="FILE", default="", help="The root key, when it is kept elsewhere.")
@click.option("--serial", default=0, metavar="N", help="At least this number: a restored node's peers know later keys.")
@click.option("--order", default="", metavar="ID", help="The approved order that says so, where passkeys bind.")
@options.as_json
def rotate(*, folder: Path, by: str, what: str, revoke: bool, root: str, serial: int, order: str, as_json: bool) -> int:
    """Make new keys, have the root key name them, and tell every peer.

    The node must not run meanwhile. Without --revoke the old keys still verify what they signed.
    """
    from lintas.node.keys import OPERATIONAL
    from lintas.node.rotating import rotate as make_new

    names = OPERATIONAL if what == "all" else tuple(name.strip() for name in what.split(",") if name.strip())
    if not names:
        raise WrongUse("--what names no key.", hint=f"The keys are {', '.join(OPERATIONAL)}, or all.")
    root_file = Path(root) if root else None
    done = make_new(folder, by=by, what=names, revoke=revoke, root_file=root_file, serial=serial, order=order)
    if as_json:
        output.json_document(done)
        return 0
    output.pairs(
        [
            ("node", done.node),
            ("number", done.serial),
            *((f"new {name}", id_) for name, id_ in done.made.items()),
            *(("revoked", id_) for id_ in done.revoked),
            ("peers told", len(done.told)),
        ]
    )
    output.aside("Make a backup now: older ones hold the old keys. Then start the node again.")
    return 0
