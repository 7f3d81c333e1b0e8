# SPDX-License-Identifier: Apache-2.0
"""What an order that is done lets one person do for a while: unmask a message, save a file."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from lintas.limits import GRANT_S_MAX
from lintas.model.ids import MessageId
from lintas.model.marking import class_bits, classes_of
from lintas.model.scope import WHOLE
from lintas.model.viewer import Viewer
from lintas.policy.orders import OrderState
from lintas.ports.store import Snapshot
from lintas.work.binding.order import load
from lintas.work.services import Services, as_text

_SEQ_MAX: Final = 2**62


def granted(
    services: Services, snapshot: Snapshot, viewer: Viewer, action: str, messages: Iterable[str]
) -> MessageId | None:
    """The order under which somebody may do something to all of these messages now; None when there is none.

    It counts for GRANT_S_MAX seconds after it was done, for who does it alone, not once somebody objected, and not for
    what was put into a further class since: those who decided did not know of it.
    """
    wanted = set(messages)
    heads_now = [snapshot.head(MessageId(one), scope=WHOLE) for one in wanted]
    classes = class_bits(code for head in heads_now if head is not None for code in classes_of(head.classes))
    now = services.clock.now()
    since = as_text(now - timedelta(seconds=GRANT_S_MAX))
    before = _SEQ_MAX
    while heads := snapshot.orders(before=before, limit=100):
        for head in heads:
            before = head.seq
            if head.action != action:
                continue
            order = load(services, snapshot, head.id)
            done_at = next((one.at for one in order.assents if one.verdict == "done"), "")
            if order.facts.actor != viewer.id or not since < done_at <= as_text(now):
                continue
            if classes & ~order.payload["classes"]:
                continue
            if order.facts.state is not OrderState.OBJECTED and wanted <= set(order.said["messages"]):
                return head.id
        oldest = datetime.fromisoformat(heads[-1].at)
        if oldest < now - timedelta(days=1):
            return None  # whatever stands before it lapsed long ago
    return None
