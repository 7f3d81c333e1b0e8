# SPDX-License-Identifier: Apache-2.0
"""Who vouches for a further passkey: its owner with an older one, or somebody who may change people. Each by an order.

An order vouches for one passkey, and only until its time is over.
"""

import json
from typing import Final

from lintas.errors import NotAllowed
from lintas.limits import ORDERS_SHOWN_MAX
from lintas.model.header_rules import INTEGER_MAX
from lintas.model.ids import MessageId
from lintas.model.people import OrderHead
from lintas.ports.store import Snapshot
from lintas.work.payloads import payload_bytes
from lintas.work.services import Services, as_text

NOBODY_YET: Final = MessageId("")  # of a person's first passkey
OWN: Final = "own.access"
PEOPLE: Final = "people.change"
VOUCHES: Final = frozenset({"passkey", "lost"})  # what an order about a person does that vouches


def vouched_for(services: Services, snapshot: Snapshot, account: str) -> MessageId | None:
    """The order under which a person may enrol a passkey now; `NOBODY_YET` for their first, None when there is none.

    Somebody whose passkeys are all ended, on a node where nobody else could vouch, begins anew without an order;
    `lintas verify` names such a passkey.
    """
    held = snapshot.credentials_of(account)
    if not held:
        return NOBODY_YET
    used = {one.vouched_by for one in held}
    now = as_text(services.clock.now())
    for order in snapshot.orders(before=INTEGER_MAX, limit=ORDERS_SHOWN_MAX):
        if order.id not in used and now < order.expires_at and _is_for(services, snapshot, order, account):
            return order.id
    stands = any(not one.ended_at for one in held)
    return None if stands or others_who_may(services, snapshot, account) else NOBODY_YET


def others_who_may(services: Services, snapshot: Snapshot, account: str) -> frozenset[str]:
    """Open accounts with a passkey, but this one, whose role may change people."""
    roles = services.packs.access.activities[PEOPLE].roles
    enrolled = {one.account for one in snapshot.credentials()} - {account}
    return frozenset(
        row.id for row in snapshot.accounts() if row.state == "open" and row.id in enrolled and row.role in roles
    )


def check_own(account: str, said: object) -> None:
    """Refuse an order about one's own access that is about somebody else's.

    Raises:
        NotAllowed: It is.
    """
    if said != {"do": "passkey", "account": account}:
        raise NotAllowed("That is about somebody else's access.", rule="not-yours")


def _is_for(services: Services, snapshot: Snapshot, order: OrderHead, account: str) -> bool:
    if order.action not in {OWN, PEOPLE} or not any(one.verdict == "done" for one in snapshot.assents(order.id)):
        return False
    data = payload_bytes(services, snapshot, order.seq)
    said = json.loads(data)["said"] if data is not None else {}
    if said.get("account") != account or said.get("do") not in VOUCHES:
        return False
    return order.action == PEOPLE or (order.by == account and said["do"] == "passkey")
