# SPDX-License-Identifier: Apache-2.0
"""Read the data packs: ours from the package, and what an operator puts into the node's folder over them.

`DIR/packs/NAME.toml` replaces our pack of that name; `DIR/packs/benign/NAME.json` adds a benign list in the format of
MISP warninglists. The setting `goaml_schema` names a file, or a folder with files `*.xsd`, wherever it stands.
"""

from importlib import resources
from pathlib import Path

from lintas.errors import BadPack, NodeDamaged
from lintas.formats.packs import GOAML_PREFIX, Packs, parse_packs
from lintas.limits import GOAML_SCHEMA_BYTES_MAX, GOAML_SCHEMA_FILES_MAX


def read_packs(folder: Path | None, *, goaml_schema: str = "") -> Packs:
    """Read and check all packs.

    Args:
        folder: A node's folder; None for ours alone.
        goaml_schema: A file or folder; empty for none.

    Raises:
        BadPack: A pack does not hold to its schema; the message names the file.
        NodeDamaged: A pack in the node's folder, or the schema, cannot be read.
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
    if goaml_schema:
        found |= _schema(Path(goaml_schema))
    return parse_packs(found)


def _schema(place: Path) -> dict[str, bytes]:
    """The files of the schema of goAML reports: of a folder all that end in `.xsd`; no file in a folder below it."""
    try:
        files = _files(place, ".xsd") if place.is_dir() else [place]
        data = {path.name: path.read_bytes() for path in files if path.stat().st_size <= GOAML_SCHEMA_BYTES_MAX}
    except OSError as exc:
        hint = (
            f"Mend goaml_schema in node.toml, or take it out: then goAML reports are read without one. It is {place}."
        )
        raise NodeDamaged(f"The schema of goAML reports cannot be read: {exc.strerror}.", hint=hint) from exc
    if not files:
        raise NodeDamaged(f"No file in {place} ends in .xsd.", hint="Mend goaml_schema in node.toml, or take it out.")
    size = sum(map(len, data.values()))
    if len(data) < len(files) or len(files) > GOAML_SCHEMA_FILES_MAX or size > GOAML_SCHEMA_BYTES_MAX:
        most = f"{GOAML_SCHEMA_FILES_MAX} files and {GOAML_SCHEMA_BYTES_MAX // 2**20} MiB"
        raise NodeDamaged(f"The schema of goAML reports in {place} has more than {most}.")
    return {f"{GOAML_PREFIX}{name}": content for name, content in data.items()}


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
