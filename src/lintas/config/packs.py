# SPDX-License-Identifier: Apache-2.0
"""Read the data packs: ours from the package, and what an operator puts into the node's folder over them.

`DIR/packs/NAME.toml` replaces our pack of that name; `DIR/packs/benign/NAME.json` adds a benign list in the format of
MISP warninglists.
"""

from importlib import resources
from pathlib import Path

from lintas.errors import BadPack, NodeDamaged
from lintas.formats.packs import Packs, parse_packs


def read_packs(folder: Path | None) -> Packs:
    """Read and check all packs.

    Args:
        folder: A node's folder; None for ours alone.

    Raises:
        BadPack: A pack does not hold to its schema; the message names the file.
        NodeDamaged: A pack in the node's folder cannot be read.
    """
    found = {
        file.name.removesuffix(".toml"): file.read_bytes()
        for file in resources.files("lintas.packs").iterdir()
        if file.name.endswith(".toml")
    }
    if folder is not None:
        for path in _files(folder / "packs", ".toml"):
            if path.stem not in found:
                raise BadPack(f"There is no pack named {path.stem}.", hint=f"Known: {', '.join(sorted(found))}.")
            found[path.stem] = _bytes_of(path)
        for path in _files(folder / "packs" / "benign", ".json"):
            found[f"benign/{path.stem}"] = _bytes_of(path)
    return parse_packs(found)


def _files(folder: Path, suffix: str) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == suffix)
    except FileNotFoundError:
        return []
    except OSError as exc:  # not left out in silence: the node would read on with other packs than its operator means
        raise _unreadable(folder, exc) from exc


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise _unreadable(path, exc) from exc


def _unreadable(path: Path, error: OSError) -> NodeDamaged:
    return NodeDamaged(f"{path} cannot be read: {error.strerror}.", hint="Check its owner and permissions.")
