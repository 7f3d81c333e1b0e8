# SPDX-License-Identifier: Apache-2.0
"""key status, key seal, key unseal: how this node's keys are, and how they rest."""

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from lintas.cli import options, output

if TYPE_CHECKING:
    from lintas.model.key_answers import KeyAtRest, KeysResting

_RESTS: Final = {"sealed": "sealed", "plain": "PLAIN", "elsewhere": "not in this folder", "unreadable": "unreadable"}


@click.command("status", epilog="\b\nExample:\n  lintas key status asc")
@options.folder
@options.as_json
def key_status(*, folder: Path, as_json: bool) -> int:
    """Say which keys count since when, how they rest, who countersigned, and what is to be mended."""
    from lintas.cli.asking import have_done
    from lintas.model.key_answers import KeysAndHealth
    from lintas.web.local import wire

    found = have_done(folder, wire.KeyStatus(), KeysAndHealth)
    if as_json:
        output.json_document(found)
        return 0 if found.health.ok else 1
    rests = {key.name: key for key in found.at_rest}
    output.table(
        ("key", "state", "algorithm", "id", "since", "at rest"),
        [
            (key.name, key.state, key.algorithm, key.id[:16], key.since, rest_text(rests[key.name], key.state))
            for key in found.keys
        ],
    )
    age = f"{found.checkpoint_size:,} entries, {found.checkpoint_age_s:,} s ago; {found.unsigned_entries:,} since"
    output.pairs(
        [
            ("last change", found.rotated_at or "never"),
            ("head", age if found.checkpoint_at else "none"),
            ("countersigned by", ", ".join(found.cosigned_by) or "nobody yet"),
            *(("peer", f"{one.name}: {one.standing}, {one.behind:,} behind") for one in found.peers),
            *(("to be mended", f"{one.name}: {one.detail} {one.hint}") for one in found.health.checks if not one.ok),
        ]
    )
    return 0 if found.health.ok else 1


@click.command("seal", epilog="\b\nExample:\n  LINTAS_KEY_PASSPHRASE_FILE=phrase lintas key seal asc")
@options.folder
@click.option("--under", default="", metavar="FILE", help="Seal anew under the passphrase in this file.")
@options.as_json
def key_seal(*, folder: Path, under: str, as_json: bool) -> int:
    """Seal the private keys in DIR under a passphrase (age, scrypt). The node must not run meanwhile.

    The passphrase comes from a systemd credential `lintas-key-passphrase`, from the file that
    LINTAS_KEY_PASSPHRASE_FILE names, or from LINTAS_KEY_PASSPHRASE. The node needs it at each start from then on.
    """
    from lintas.config.passphrase import read_passphrase
    from lintas.node.resting import seal_keys
    from lintas.web.local.calling import LOCAL_VIEWER

    done = seal_keys(folder, LOCAL_VIEWER, under=read_passphrase(Path(under)) if under else "")
    return _told(done, "sealed", as_json=as_json)


@click.command("unseal", epilog="\b\nExample:\n  LINTAS_KEY_PASSPHRASE_FILE=phrase lintas key unseal asc")
@options.folder
@options.as_json
def key_unseal(*, folder: Path, as_json: bool) -> int:
    """Put the private keys in DIR down plain: whoever reads the folder can then sign as this node."""
    from lintas.node.resting import unseal_keys
    from lintas.web.local.calling import LOCAL_VIEWER

    return _told(unseal_keys(folder, LOCAL_VIEWER), "put down plain", as_json=as_json)


def rest_text(rest: "KeyAtRest", state: str = "in use") -> str:
    """How one key rests, in a few words; nothing for a key that is no longer in use."""
    if state != "in use":
        return ""
    weak = ", WEAK" if rest.is_weak else ""
    seen = ", OTHERS MAY READ IT" if rest.is_open else ""
    return f"{_RESTS[rest.state]}{f' ({rest.stretching}{weak})' if rest.stretching else ''}{seen}"


def _told(done: "KeysResting", what: str, *, as_json: bool) -> int:
    if as_json:
        output.json_document(done)
        return 0
    output.pairs([(what, ", ".join(done.changed) or "nothing: it was so already")])
    output.pairs([(key.name, rest_text(key)) for key in done.keys if key.name != "local"])
    if done.changed:
        output.aside("Make a backup now. Older backups hold the keys as they rested then.")
    return 0
