# SPDX-License-Identifier: Apache-2.0
"""Ask a desk for something; where a passkey binds, propose it, so that it waits for the passkey of who asks.

One way for the page, the command line and the hold list of a trace.
"""

from collections.abc import Mapping
from typing import Any, Final

from lintas.model.desk_answers import RequestShown
from lintas.model.order_answers import OrderShown
from lintas.model.viewer import Viewer
from lintas.work.binding import must_order
from lintas.work.orders.proposing import propose
from lintas.work.requests.sending import send
from lintas.work.services import Services

SENDS: Final = "request.send"


def send_or_propose(services: Services, viewer: Viewer, asked: Mapping[str, Any]) -> RequestShown | OrderShown:
    """Send a request, or propose to where passkeys bind. Pressed twice, both give what is there already.

    Args:
        asked: What `requests.send` takes, by name.

    Raises:
        LintasError: As `requests.send` and `propose`.
    """
    if services.store.read(lambda snapshot: must_order(services, snapshot, viewer, SENDS)):
        return propose(services, viewer, SENDS, asked, once=True)
    return send(services, viewer, **asked)
