# SPDX-License-Identifier: Apache-2.0
"""A request was wrong: tell every desk that was asked because of it, so that each authority reviews what it ordered.

What is true if we die: each request is corrected in a transaction of its own; asked again, what is done already is told
as done and the rest is done.
"""

from lintas.errors import LintasError, NotAllowed
from lintas.limits import CLAIMS_MAX
from lintas.model.desk import ENDED, State, Step
from lintas.model.desk_answers import Corrected
from lintas.model.desk_found import RequestHead
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot
from lintas.work.access import scope_of
from lintas.work.desk import request_or_unknown
from lintas.work.requests.buttons import ANSWERS
from lintas.work.requests.checking import check_why, review_seconds
from lintas.work.requests.saying import say
from lintas.work.services import Services

_OPEN = frozenset({State.REQUESTED, State.ACKNOWLEDGED, State.CLARIFYING})


def correct(
    services: Services,
    viewer: Viewer,
    request: str,
    *,
    why: str,
    short: str = "",
    lang: str = "en",
    alone: bool = False,
) -> Corrected:
    """Correct a request, and with it those of the same report; what others claim on the same account stands.

    What was ordered goes on a review clock at each authority; what nobody ordered yet is withdrawn.

    Args:
        request: One of the requests, by reference or id.
        why: Code of the forms pack, table `correction`.
        alone: Only this request, and none of those beside it.

    Raises:
        UnknownTerm: There is no such request that this viewer may see, or no such reason.
        NotAllowed: This node did not ask it, or the policy refuses it.
    """
    scope = scope_of(services, viewer, ANSWERS)
    check_why(services, why)

    def look(snapshot: Snapshot) -> tuple[list[RequestHead], int]:
        head = request_or_unknown(snapshot, request, scope)
        if not head.asks:
            raise NotAllowed("Only the desk that asked corrects: release or review what you ordered.", rule="side")
        found = {head.message: head}
        if head.report and not alone:
            for one in snapshot.requests_of_report(head.report, scope=scope, limit=CLAIMS_MAX):
                if one.asks:
                    found.setdefault(one.message, one)
        return list(found.values()), review_seconds(services, snapshot, head)

    heads, review_s = services.store.read(look)
    corrected, withdrawn, refused = list[str](), list[str](), list[tuple[str, str]]()
    for head in heads:
        state = State(head.state)
        if state in ENDED:
            continue
        step = Step.WITHDRAWN if state in _OPEN else Step.CORRECTED
        try:
            say(
                services,
                viewer,
                head.message,
                step.value,
                {"why": why} if step is Step.CORRECTED else {},
                short=short,
                lang=lang,
            )
        except LintasError as exc:
            if len(heads) == 1:
                raise
            refused.append((head.ref, exc.message))
            continue
        (withdrawn if step is Step.WITHDRAWN else corrected).append(head.ref)
    return Corrected(corrected=corrected, withdrawn=withdrawn, refused=refused, review_s=review_s)
