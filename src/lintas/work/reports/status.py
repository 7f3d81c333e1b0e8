# SPDX-License-Identifier: Apache-2.0
"""What who reported may hear: a code of the forms pack, `term.status`.

It follows from what they told, and from whether their report is open: never from a request, an answer or a hold. So it
is the very same whatever happens inside, and nobody learns by asking whether money was found.
"""

from collections.abc import Mapping
from typing import Any, Final

from lintas.model.desk_ref import read_ref
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.work.access import permit
from lintas.work.reports.documents import said_at
from lintas.work.services import Services

RECEIVED: Final = "received"  # said once, when it is filed
WORKING: Final = "working"
CALL_US: Final = "call_us"
ENDED: Final = "ended"


def victim_status(services: Services, viewer: Viewer, ref: str) -> str:
    """What the victim is told who asks by their reference; a reference that is not here is told to call.

    Raises:
        BadInput: The text is no reference.
        NotAllowed: The viewer may not see reports.
    """
    permit(services, viewer, "report.read")
    plain = read_ref(ref)
    return services.store.read(
        lambda snapshot: status_of(
            said_at(services, snapshot, versions[0].seq) if (versions := snapshot.report(plain, scope=WHOLE)) else {}
        )
    )


def status_of(said: Mapping[str, Any]) -> str:
    """The code for a report as it is."""
    if not said:
        return CALL_US
    if said["state"] == "closed":
        return ENDED
    payments = said["payments"]
    is_enough = any(payment["to"]["value"] or payment["reference"] for payment in payments)
    return WORKING if is_enough or said["contacts"] else CALL_US
