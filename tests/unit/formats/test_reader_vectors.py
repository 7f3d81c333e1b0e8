# SPDX-License-Identifier: Apache-2.0
"""The vectors of docs/spec/readers.md: files with what their reader must make of them, today and in ten years.

A reader's result may not change; a difference here means a new version of the reader, or a mistake. To write a new
vector: put a file with `reader`, `options` and `input` into the folder and copy what the failing test prints.
"""

import json
from base64 import b64decode
from dataclasses import asdict
from pathlib import Path

import msgspec
import pytest

from lintas.formats.detect import detect
from lintas.formats.reader import READERS
from lintas.model.money import NEVER, LedgerRows
from lintas.model.reading import Container, ReadOptions, Slice
from tests.unit.formats.builders import checked
from tests.unit.formats.money.builders import rows_of

FOLDER = Path(__file__).resolve().parents[3] / "docs/spec/vectors/readers"
VECTORS = sorted(FOLDER.glob("*.json"))


def slice_as_json(each: Slice) -> dict[str, object]:
    derived = each.derived
    return {
        "spans": [list(span) for span in each.spans],
        "media_type": each.media_type,
        "tlp": each.tlp,
        "source_id": each.source_id,
        "entities": [[entity.key, entity.schema, entity.caption] for entity in derived.entities],
        "statements": [
            [
                said.entity,
                said.prop,
                said.value,
                said.kind,
                said.confidence,
                said.valid_from,
                said.valid_until,
                said.lang,
            ]
            for said in derived.statements
        ],
        "postings": [
            [each.entity, each.prop, each.identifier.scheme, each.identifier.value, each.original]
            for each in derived.postings
        ],
        "notes": list(derived.notes),
        "read": derived.read,
        "rejected": [[bad.id, bad.reason] for bad in derived.rejected],
    } | ({"ledger": ledger_as_json(derived.ledger)} if derived.ledger else {})


def ledger_as_json(raw: bytes) -> dict[str, object]:
    """Each payment by the names of its columns; times that nobody knows are null."""
    ledger = msgspec.msgpack.decode(raw, type=LedgerRows)
    payments = [
        {name: None if value == NEVER else value for name, value in asdict(row).items()} for row in rows_of(ledger)
    ]
    return {"payments": payments, "covered": [list(msgspec.structs.astuple(one)) for one in ledger.covered]}


def as_json(container: Container) -> dict[str, object]:
    return {
        "format": container.format,
        "read": container.read,
        "rejected": [[bad.id, bad.reason] for bad in container.rejected],
        "notes": list(container.notes),
        "slices": [slice_as_json(each) for each in container.slices],
    }


@pytest.mark.parametrize("path", VECTORS, ids=[path.stem for path in VECTORS])
def test_a_reader_makes_of_a_file_what_the_vector_says(path: Path) -> None:
    vector = json.loads(path.read_text("utf-8"))
    raw = b64decode(vector["input_base64"]) if "input_base64" in vector else vector["input"].encode()
    mapping = vector["options"].get("mapping", "")
    assert detect(raw, vector["file_name"], mapping) == vector["reader"]
    found = as_json(checked(raw, vector["reader"], ReadOptions(**vector["options"])))
    assert found == vector["result"], json.dumps(found, ensure_ascii=False, indent=1)


def test_every_reader_has_a_vector() -> None:
    assert {json.loads(path.read_text("utf-8"))["reader"] for path in VECTORS} == READERS.keys() - {"desk/1"}, (
        "documents of the desk are written here, not taken as files: docs/spec/desk.md"
    )
