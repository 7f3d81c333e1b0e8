# SPDX-License-Identifier: Apache-2.0
"""The registry: every action that can be ordered, by its activity in the access pack."""

from collections.abc import Mapping
from typing import Final

from lintas.errors import UnknownTerm
from lintas.work.orders.action import Action
from lintas.work.orders.acts_agreements import AGREEMENT_CHANGE
from lintas.work.orders.acts_exchange import PEERS_ANSWER, SHARE
from lintas.work.orders.acts_messages import CLASS_RELEASE, EXPORT, UNMASK
from lintas.work.orders.acts_node import KEYS_CHANGE, PEOPLE_CHANGE, POLICY_CHANGE
from lintas.work.orders.acts_own import OWN_ACCESS
from lintas.work.orders.acts_requests import POWER_ORDER, REQUEST_SEND

ACTIONS: Final[Mapping[str, Action]] = {
    "share": SHARE,
    "export": EXPORT,
    "unmask": UNMASK,
    "class.release": CLASS_RELEASE,
    "peers.answer": PEERS_ANSWER,
    "people.change": PEOPLE_CHANGE,
    "keys.change": KEYS_CHANGE,
    "policy.change": POLICY_CHANGE,
    "own.access": OWN_ACCESS,
    "request.send": REQUEST_SEND,
    "power.order": POWER_ORDER,
    "agreement.change": AGREEMENT_CHANGE,
}


def action_of(code: str) -> Action:
    """One action.

    Raises:
        UnknownTerm: It is not one that is ordered.
    """
    action = ACTIONS.get(code)
    if action is None:
        raise UnknownTerm(f"{code[:40]!r} is nothing that is ordered.", hint=f"Orders are {', '.join(ACTIONS)}.")
    return action
