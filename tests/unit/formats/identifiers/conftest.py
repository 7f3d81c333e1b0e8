# SPDX-License-Identifier: Apache-2.0
"""The packs as they are shipped."""

from pathlib import Path

import pytest

from lintas.formats.packs import Packs, parse_packs

PACKS = Path(__file__).resolve().parents[4] / "src/lintas/packs"


@pytest.fixture(scope="session")
def packs() -> Packs:
    return parse_packs({name: (PACKS / f"{name}.toml").read_bytes() for name in ("identifiers", "benign")})
