# SPDX-License-Identifier: Apache-2.0
"""Reports for tests, as a duty officer types them; all names and numbers are invented."""

from typing import Any, Final

from lintas.model.marking import Tlp
from lintas.model.viewer import Viewer

SECOND: Final = Viewer(id="officer-0002", clearance=Tlp.RED)
LOW: Final = Viewer(id="officer-0004", clearance=Tlp.GREEN)
OPERATOR: Final = Viewer(id="officer-0005", clearance=Tlp.RED, role="operator")

PAYMENT: Final[dict[str, Any]] = {
    "amount": "RM 19,000.50",
    "at": "2026-03-01T09:15",
    "from_bank": "CIMB",
    "to": {"value": "1640 1234 5678", "bank": "Maybank", "name": "EXAMPLE TRADING"},
    "reference": "FT26060ABC",
    "rail": "duitnow",
}
REPORT: Final[dict[str, Any]] = {
    "how": "phone",
    "kind": "official_call",
    "payments": [PAYMENT],
    "contacts": [{"scheme": "phone", "value": "+60123456789"}],
    "language": "ms",
    "short": "Contoh: the caller said he was an officer of the court.",
    "lang": "en",
}
VICTIM: Final[dict[str, Any]] = {
    "name": "Siti Contoh",
    "phone": "012-345 6700",
    "id_scheme": "mykad",
    "id": "770305-02-1234",
    "own": {"value": "7012345678", "bank": "CIMB"},
    "language": "ms",
}


def report(**other: Any) -> dict[str, Any]:
    """The report with other fields."""
    return REPORT | other


def payment(**other: Any) -> dict[str, Any]:
    """The payment with other fields."""
    return PAYMENT | other
