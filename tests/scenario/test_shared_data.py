# SPDX-License-Identifier: Apache-2.0
"""Real STIX files that nobody here wrote."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from lintas.errors import NotAllowed
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.scope import WHOLE
from lintas.testing import OFFICER
from lintas.work.finding import find
from lintas.work.intake import export
from lintas.work.keeping import rebuild
from lintas.work.proving import verify
from lintas.work.services import Services, no_progress
from tests.scenario.giving import take_bytes

pytestmark = pytest.mark.ring("data")


def is_stix(value: Any) -> bool:
    """Say whether parsed JSON is a bundle, an object, or a list of objects of STIX."""
    if isinstance(value, dict) and isinstance(value.get("objects"), list):
        return True
    return isinstance(value, dict) and "--" in str(value.get("id", "")) and "type" in value


def is_red(services: Services, messages: Iterable[str]) -> bool:
    """Say whether any of these is marked so that it is never saved."""
    heads = services.store.read(lambda s: [s.head(MessageId(one), scope=WHOLE) for one in messages])
    return any(head is not None and head.tlp >= Tlp.RED for head in heads)


def test_every_stix_file_loads_and_comes_back(services: Services, data_dir: Path) -> None:
    files = sorted([*(data_dir / "stix").rglob("*.json"), *(data_dir / "misp").rglob("*stix2*.json")])
    bundles = 0
    for file in files:
        raw = file.read_bytes()
        taken = take_bytes(services, raw, name=file.name)
        assert taken.read == taken.used + len(taken.rejected), file.name
        if is_red(services, [*taken.intakes, *taken.messages]):
            with pytest.raises(NotAllowed, match="never saved"):
                export(services, OFFICER, taken.intakes[0])
        else:
            assert export(services, OFFICER, taken.intakes[0])[1] == raw, file.name
        if is_stix(json.loads(raw)):
            bundles += 1
            assert "STIX" in taken.formats[0], file.name
            assert taken.used >= 0.95 * taken.read, file.name
    assert bundles >= 20
    assert verify(services, progress=no_progress).ok
    assert rebuild(services, progress=no_progress).changed == []
    row = find(services, OFFICER, ["Stuxnet"]).results[0]
    assert row.entities[0].caption == "Stuxnet"
    assert len(row.sources) > 1  # two releases say so, neither overwrites the other
