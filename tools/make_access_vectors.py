# SPDX-License-Identifier: Apache-2.0
"""Write the vectors of docs/spec/access.md: decisions under a small pack. A test makes and runs them again.

Usage: .venv/bin/python -m tools.make_access_vectors [FOLDER]
"""

import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lintas.formats.access import AccessTable, parse_access
from lintas.model.marking import Protected, Tlp, class_bits
from lintas.model.viewer import Viewer
from lintas.policy.access import NOTHING, Thing, access, admits, scope_of

FOLDER: Final = Path(__file__).parents[1] / "docs" / "spec" / "vectors" / "access"
VIEWERS: Final[dict[str, dict[str, Any]]] = {
    "officer": {"clearance": "AMBER", "role": "officer"},
    "officer of two lists": {"clearance": "RED", "role": "officer", "lists": ["case-1", "case-2"]},
    "officer cleared for ct": {"clearance": "RED", "role": "officer", "opens": ["ct"]},
    "officer off duty": {"clearance": "RED", "role": "officer", "is_off_duty": True},
    "officer who unmasks": {"clearance": "RED", "role": "officer", "unmasks": True, "purpose": "case 1"},
    "deputy": {"id": "officer-0002", "clearance": "RED", "role": "reader", "stands_for": ["officer-0001"]},
    "reader": {"clearance": "GREEN", "role": "reader"},
    "reporter": {"clearance": "RED", "role": "reporter"},
    "auditor": {"clearance": "RED", "role": "auditor"},
    "folder": {"id": "local:cli", "clearance": "RED", "role": "officer"},
    "stranger": {"clearance": "RED", "role": "nobody"},
}
THINGS: Final[dict[str, dict[str, Any] | None]] = {
    "nothing in particular": None,
    "green": {"tlp": "GREEN"},
    "red": {"tlp": "RED"},
    "of a victim": {"tlp": "GREEN", "classes": ["victim"]},
    "of a child": {"tlp": "GREEN", "classes": ["child"]},
    "of terrorism": {"tlp": "AMBER", "classes": ["ct"]},
    "of a report": {"tlp": "AMBER", "classes": ["str", "holder"]},
    "of case 1": {"tlp": "GREEN", "lists": ["case-1"]},
    "of case 1 and 3": {"tlp": "GREEN", "lists": ["case-1", "case-3"]},
    "their own": {"tlp": "GREEN", "owner": "officer-0001"},
}


def viewer_of(said: dict[str, Any]) -> Viewer:
    """A viewer as a vector writes it."""
    return Viewer(
        id=said.get("id", "officer-0001"),
        clearance=Tlp[said["clearance"]],
        role=said["role"],
        opens=frozenset(Protected(one) for one in said.get("opens", ())),
        is_off_duty=said.get("is_off_duty", False),
        purpose=said.get("purpose", ""),
        unmasks=said.get("unmasks", False),
        lists=frozenset(said.get("lists", ())),
        stands_for=frozenset(said.get("stands_for", ())),
    )


def thing_of(said: dict[str, Any] | None) -> Thing:
    """What an act is about, as a vector writes it."""
    if said is None:
        return NOTHING
    return Thing(
        tlp=int(Tlp[said["tlp"]]),
        classes=class_bits(Protected(one) for one in said.get("classes", ())),
        lists=frozenset(said.get("lists", ())),
        owner=said.get("owner", ""),
    )


def decisions(table: AccessTable) -> Iterator[dict[str, Any]]:
    """Every viewer, activity and thing of the vectors with what is decided."""
    for (who, viewer), activity, (what, thing) in itertools.product(
        VIEWERS.items(), sorted(table.activities), THINGS.items()
    ):
        found = access(table, viewer_of(viewer), activity, thing_of(thing))
        yield {
            "viewer": who,
            "activity": activity,
            "thing": what,
            "rules": [] if found.allowed else [found.rule, *(rule for rule, _ in found.also)],
            "allowed_by": found.rule if found.allowed else "",
            "obligations": sorted(found.obligations),
        }


def make(folder: Path) -> None:
    """Write all vectors below a folder, from the pack that stands there."""
    table = parse_access((FOLDER / "access.toml").read_bytes())
    scopes = {}
    for name, viewer in VIEWERS.items():
        scope = scope_of(table, viewer_of(viewer))
        admitted = [code for code in sorted(table.activities) if admits(table, viewer_of(viewer), code).allowed]
        scopes[name] = {"scope": dict(scope.sql), "admitted": admitted}
    said = {"digest": table.digest, "viewers": VIEWERS, "things": THINGS, "scopes": scopes}
    lines = [json.dumps(one, sort_keys=True) for one in decisions(table)]
    text = (
        json.dumps(said, indent=1, sort_keys=True)[:-2] + ',\n "decisions": [\n  ' + ",\n  ".join(lines) + "\n ]\n}\n"
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "decisions.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
