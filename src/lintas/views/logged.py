# SPDX-License-Identifier: Apache-2.0
"""One entry as every fold is given it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from lintas.model.ids import MessageId
from lintas.model.reading import Derived


class Logged(NamedTuple):
    """One entry with what survives of its payload."""

    seq: int
    id: MessageId
    header: Mapping[str, Any]  # parsed canonical JSON, checked when it was appended
    payload: bytes | None  # None when control kind, or erased
    derived: Derived | None = None  # items only; None when the payload is gone
    openings: bytes = b"{}"  # of the header's references; `{}` when the payload is gone
