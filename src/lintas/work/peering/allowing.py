# SPDX-License-Identifier: Apache-2.0
"""Turn a rule's decision into going on or a refusal that says why."""

from lintas.errors import NotAllowed
from lintas.policy.decision import Decision


def allowed(decision: Decision) -> None:
    """Go on if a rule allows it.

    Raises:
        NotAllowed: It does not.
    """
    if not decision.allowed:
        raise NotAllowed(f"{decision.reason[0].upper()}{decision.reason[1:]}.", rule=decision.rule)
