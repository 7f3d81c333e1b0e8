# SPDX-License-Identifier: Apache-2.0
"""Read the data packs: ours from the package, and what an operator puts into the node's folder over them.

`DIR/packs/NAME.toml` replaces our pack of that name; `DIR/packs/benign/NAME.json` adds a benign list in the format of
MISP warninglists.
"""

from importlib import resources
from pathlib import Path

from lintas.errors import BadPack
from lintas.formats.packs import Packs, parse_packs


def read_packs(folder: Path | None) -> Packs:
    """Read and check all packs.

    Args:
        folder: A node's folder; None for ours alone.

    Raises:
        BadPack: A pack does not hold to its schema; the message names the file.
    """
    found = {
        file.name.removesuffix(".toml"): file.read_bytes()
        for file in resources.files("lintas.packs").iterdir()
        if file.name.endswith(".toml")
    }
    if folder is not None:
        for path in sorted((folder / "packs").glob("*.toml")):
            if path.stem not in found:
                raise BadPack(f"There is no pack named {path.stem}.", hint=f"Known: {', '.join(sorted(found))}.")
            found[path.stem] = path.read_bytes()
        for path in sorted((folder / "packs" / "benign").glob("*.json")):
            found[f"benign/{path.stem}"] = path.read_bytes()
    return parse_packs(found)
