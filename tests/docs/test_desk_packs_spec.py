# SPDX-License-Identifier: Apache-2.0
"""docs/spec/desk-packs.md names what the packs may hold, and its clocks end as its vectors say."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lintas.formats import doors_reading, forms_reading
from lintas.formats.doors import Calendar, ClockRow, Ends, Holiday, Unit, Via
from lintas.formats.doors_reading import parse_doors
from lintas.formats.form_fields import FieldKind
from lintas.formats.forms_reading import parse_forms
from lintas.policy.clocks import deadline
from lintas.policy.doors import fast_doors

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "spec" / "desk-packs.md").read_text(encoding="utf-8")
VECTORS: list[dict[str, Any]] = json.loads(
    (ROOT / "docs" / "spec" / "vectors" / "desk" / "clocks.json").read_text(encoding="utf-8")
)
PACKS = ROOT / "src" / "lintas" / "packs"
FORMS = parse_forms((PACKS / "forms.toml").read_bytes())
DOORS = parse_doors((PACKS / "doors.toml").read_bytes())


def rows(heading: str) -> dict[str, set[str]]:
    """Keys by table, of the first table of the page under a heading; an empty first cell goes on with the one above."""
    part = PAGE[PAGE.index(f"## {heading}\n") :]
    found: dict[str, set[str]] = {}
    name = ""
    for line in part[: part.index("\n## ") if "\n## " in part else len(part)].splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) != 3 or cells[0] == "table" or cells[1].startswith("---"):
            continue
        name = cells[0] or name
        found.setdefault(name, set()).update(re.findall(r"`(\w+)`", cells[1]))
    return found


@pytest.mark.parametrize(
    ("table", "struct"),
    [
        ("`form.CODE`", forms_reading._Form),
        ("`field.CODE`", forms_reading._Field),
        ("`level.CODE`", forms_reading._Level),
        ("`state.CODE`", forms_reading._Told),
        ("`term.TABLE.CODE`", forms_reading._Term),
    ],
)
def test_the_page_names_every_key_of_a_form(table: str, struct: type[msgspec.Struct]) -> None:
    assert rows("Forms")[table] == set(struct.__struct_fields__)


@pytest.mark.parametrize(
    ("table", "struct"),
    [
        ("`place.XX`, `default`", doors_reading._Place),
        ("`place.XX.holiday`", doors_reading._Holiday),
        ("`place.XX.desk`", doors_reading._Desk),
        ("`place.XX.door`", doors_reading._Door),
        ("`place.XX.clock`", doors_reading._Clock),
        ("`place.XX.rung`", doors_reading._Rung),
    ],
)
def test_the_page_names_every_key_of_a_place(table: str, struct: type[msgspec.Struct]) -> None:
    lists = {"holiday", "desk", "door", "clock", "rung"} if struct is doors_reading._Place else set()
    assert rows("Doors")[table] == set(struct.__struct_fields__) - lists


def test_the_page_names_every_table_kind_via_and_unit() -> None:
    tables = set(forms_reading._File.__struct_fields__) - {"version", "term"}
    assert {f"`{name}.CODE`" for name in tables} <= set(rows("Forms"))
    assert set(FORMS.terms) <= set(re.findall(r"`(\w+)`", PAGE))
    for kind in FieldKind:
        assert f"| `{kind.value}` |" in PAGE
    for code in (*Via, *Unit, *Ends):
        assert f"`{code.value}`" in PAGE


def test_the_page_says_which_doors_a_fast_lane_may_use() -> None:
    fast = [
        (country, door.code)
        for country, place in DOORS.places.items()
        for power in FORMS.powers
        for door in fast_doors(place, power)
    ]
    assert sorted(fast) == [("PH", "bank_hold"), ("SG", "protect_order"), ("TH", "bank_hold"), ("TH", "police_order")]
    assert "two doors of Thailand, the bank's\nhold of the Philippines and the restriction order of Singapore" in PAGE


@pytest.mark.parametrize("vector", VECTORS, ids=[one["why"] for one in VECTORS])
def test_a_clock_ends_as_its_vector_says(vector: dict[str, Any]) -> None:
    calendar = Calendar(
        zone=vector["zone"],
        weekdays=frozenset(vector["weekdays"]),
        holidays=tuple(Holiday(date.fromisoformat(on), "", "", confirmed=True) for on in vector["holidays"]),
    )
    row = ClockRow(
        code="vector",
        label="Vector",
        power="hold",
        whose="receiver",
        holder="bank",
        starts="ordered",
        length=vector["length"],
        unit=Unit(vector["unit"]),
        ends=Ends(vector["ends"]),
        extensions=0,
        extension_length=0,
        then="release",
        source="docs/spec/vectors/desk/clocks.json",
        confirmed=True,
    )
    found = deadline(datetime.fromisoformat(vector["start"]), row, calendar)
    assert found == datetime.fromisoformat(vector["deadline"]).astimezone(UTC)
