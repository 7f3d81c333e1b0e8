# SPDX-License-Identifier: Apache-2.0
"""Files that others wrote: each is read, nearly all of it is used, and it can be given back."""

import json
import time
from pathlib import Path

import pytest

from lintas.formats.detect import detect
from lintas.formats.export import decode_layout, encode_layout, rebuild
from lintas.limits import TABLE_COLUMNS_MAX
from tests.unit.formats.builders import checked, payload, posted

USED_MIN = 0.95  # share of the objects of each file
SPEED_S_MAX = 5.0  # ten times what an idle machine needs for ATT&CK ICS 18.1, so that only a blunder fails
WALLETS = ("btc", "eth", "tron")
STIX = ("stix/**/*.json", "misp/misp-stix-tests/tests/*_stix2*.json")

# Objects that each file holds, counted by other means (json and a look).
COUNTS = {
    "ics-attack-8.0.json": 683, "ics-attack-18.1.json": 1826, "apt1.json": 76, "poisonivy.json": 155,
    "default_data.json": 8, "infrastructure.json": 10, "attack-flow-example.json": 20, "flow1.json": 6,
    "matrix-flow.json": 10, "test_events_collection_stix20.json": 15, "test_events_collection_stix21.json": 20,
    "test_objects_collection_stix20.json": 10, "test_objects_collection_stix21.json": 18,
    "interop-objectmarking-test.json": 1,
}  # fmt: skip


def is_stix(path: Path) -> bool:
    """JSON schemata, indices and settings lie beside the STIX files; they hold no object with an id like `tool--…`."""
    return (
        path.name not in ("index.json", "config.json") and "schema" not in path.name and path.parent.name != "interop"
    )


def files(data_dir: Path, *patterns: str) -> list[Path]:
    found = sorted(path for pattern in patterns for path in data_dir.glob(pattern))
    assert found
    return found


def test_every_stix_file_is_used_and_given_back(data_dir: Path) -> None:
    seen: dict[str, int] = {}
    for path in filter(is_stix, files(data_dir, *STIX)):
        raw = path.read_bytes()
        assert detect(raw, path.name) == "stix/1", path
        container = checked(raw, "stix/1")
        assert len(container.slices) >= USED_MIN * container.read, (path, container.rejected[:3])
        seen[path.name] = container.read
        layout = decode_layout(json.loads(json.dumps(encode_layout(container, raw))))
        assert rebuild(layout, lambda index: payload(raw, container.slices[index])) == raw  # noqa: B023 - called at once
    assert {name: seen.get(name) for name in COUNTS} == COUNTS


def test_json_that_is_no_stix_is_taken_as_a_text(data_dir: Path) -> None:
    others = [path for path in files(data_dir, "stix/**/*.json", "misp/eset-malware-ioc/*/*.json") if not is_stix(path)]
    for path in [*others, *files(data_dir, "misp/eset-malware-ioc/*/*.json")]:
        raw = path.read_bytes()
        assert detect(raw, path.name) == "text/1", path
        assert "JSON" in checked(raw, "text/1").notes[0]


def test_a_stix_2_0_file_gives_the_same_identifiers_as_its_2_1_twin(data_dir: Path) -> None:
    for path in files(data_dir, "misp/misp-stix-tests/tests/*_stix20.json"):
        twins = [path, path.with_name(path.name.replace("stix20", "stix21"))]
        old, new = (checked(twin.read_bytes(), "stix/1") for twin in twins)
        assert old.format == "STIX 2.0 bundle, converted"
        found = [{each for piece in read.slices for each in posted(piece.derived)} for read in (old, new)]
        assert found[0] == found[1], path
        assert found[0]


def test_every_property_of_attack_survives(data_dir: Path) -> None:
    raw = (data_dir / "stix/attack-stix-data/ics-attack/ics-attack-18.1.json").read_bytes()
    container = checked(raw, "stix/1")
    for obj, piece in zip(json.loads(raw)["objects"], container.slices, strict=True):
        values = {statement.value for statement in piece.derived.statements}
        missing = {leaf for name, part in obj.items() if name not in ("id", "spec_version") for leaf in leaves(part)}
        assert missing <= values


def leaves(value: object) -> list[str]:
    if isinstance(value, dict):
        return [leaf for part in value.values() for leaf in leaves(part)]
    if isinstance(value, list):
        return [leaf for part in value for leaf in leaves(part)]
    if value is None or value == "":
        return []
    return [value if isinstance(value, str) else json.dumps(value)]


@pytest.mark.slow
def test_attack_is_read_in_seconds_not_minutes(data_dir: Path) -> None:
    raw = (data_dir / "stix/attack-stix-data/ics-attack/ics-attack-18.1.json").read_bytes()
    start = time.process_time()
    checked(raw, detect(raw, ""))
    assert time.process_time() - start < SPEED_S_MAX


def test_every_table_is_read_row_for_row(data_dir: Path) -> None:
    for path in files(data_dir, "fincrime/amlsim/**/*.csv"):
        raw = path.read_bytes()
        container = checked(raw, detect(raw, path.name))
        assert container.reader == "table/1"
        lines = [line for line in raw.decode().splitlines() if line.strip(" ,")]
        assert container.read in (len(lines), len(lines) - 1), path
        assert container.rejected == ()
        assert all(not piece.derived.rejected for piece in container.slices), path
        assert len(container.slices[0].derived.notes) <= TABLE_COLUMNS_MAX


def test_lists_of_addresses_are_texts_whose_addresses_are_found(data_dir: Path) -> None:
    for currency in ("XBT", "ETH", "TRX"):  # the list of XBT holds one address of another chain
        path = data_dir / f"fincrime/ofac-crypto-addresses/sanctioned_addresses_{currency}.txt"
        raw = path.read_bytes()
        container = checked(raw, detect(raw, path.name))
        found = {value.lower() for scheme, value in posted(container.slices[0].derived) if scheme in WALLETS}
        assert found == {line.lower() for line in raw.decode().split()}
