# SPDX-License-Identifier: Apache-2.0
"""The array `desks` of `node.toml`: desks that people of other nodes reach, as the node's descriptor tells them."""

from typing import Any

import msgspec

from lintas.errors import BadInput
from lintas.formats.peer import Desk

_EXAMPLE = '[[desks]] code = "duty", name = "Duty desk", hours = "24/7", zone = "Asia/Kuala_Lumpur"'


def read_desks(value: Any) -> tuple[Desk, ...]:
    """Read the desks; hours, languages and numbers may be left out.

    Raises:
        BadInput: One has a field that is missing, unknown or misformed.
    """
    if not isinstance(value, list) or len(value) > 50:
        raise BadInput("desks is a list of at most 50 tables.", hint=_EXAMPLE)
    found = []
    for number, said in enumerate(value, start=1):
        try:
            desk = msgspec.convert({"hours": "", "languages": [], "numbers": []} | dict(said), Desk)
        except (msgspec.ValidationError, TypeError, ValueError) as exc:
            raise BadInput(f"Desk {number} in node.toml: {exc}", hint=_EXAMPLE) from exc
        found.append(desk)
    codes = [desk.code for desk in found]
    if len(set(codes)) != len(codes):
        raise BadInput("Two desks in node.toml have the same code.", hint="The code is what receipts name.")
    return tuple(found)
