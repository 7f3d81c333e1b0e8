# SPDX-License-Identifier: Apache-2.0
"""Short ways to give a node something."""

import json

from lintas.model.intake_answers import Taken
from lintas.testing import OFFICER
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.services import Services, no_progress


def take_text(services: Services, text: str, *, name: str = "note.txt", options: TakeOptions | None = None) -> Taken:
    """Take one text in."""
    return take_bytes(services, text.encode(), name=name, options=options)


def take_bytes(services: Services, data: bytes, *, name: str, options: TakeOptions | None = None) -> Taken:
    """Take one file in."""
    file = TakenFile(name=name, data=data)
    return take(services, OFFICER, [file], options=options or TakeOptions(), progress=no_progress)


def stix_bundle(*objects: dict[str, object]) -> bytes:
    """A STIX 2.1 bundle as a file."""
    return json.dumps(
        {"type": "bundle", "id": "bundle--0e3f7f6c-6e7e-4c6e-9d55-0b6f1a6a9a01", "objects": objects}
    ).encode()


def stix_object(kind: str, number: int, **more: object) -> dict[str, object]:
    """A STIX 2.1 object with the fields that all have."""
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--00000000-0000-4000-8000-{number:012d}",
        "created": "2026-01-02T03:04:05.000Z",
        "modified": "2026-01-02T03:04:05.000Z",
        **more,
    }
