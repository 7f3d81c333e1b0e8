# SPDX-License-Identifier: Apache-2.0
"""Which effects an order may have: what each kind of order says, held against what an entry did."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from lintas.model.marking import Tlp
from lintas.work.proving.desk_effects import fits_agreement, fits_power, fits_request

Saying = Mapping[str, Any]

_PEER: Final = {"introduce": "introduced", "resume": "resumed", "roll": "rolled"}  # what is ordered -> what is done


class Effect(NamedTuple):
    """An entry that binds."""

    action: str  # activity whose order has to claim it
    words: str  # what it does, for people
    said: Saying


def _share(effect: Saying, said: Saying) -> bool:
    named = {*said["messages"], ""}  # of what was erased since nothing tells whose it was
    return effect["to"] in said["to"] and set(effect["messages"]) <= named and effect["actor"] == said["actor"]


def _peer(effect: Saying, said: Saying) -> bool:
    is_same = effect["node"] == said["node"] and effect["what"] == _PEER[said["what"]]
    is_there = said["what"] != "roll" or effect["incarnation"] == said["incarnation"]
    return bool(is_same and is_there and said["actor"] in effect["by"])


def _people(effect: Saying, said: Saying) -> bool:
    if "role" in said and effect["role"] != said["role"]:
        return False
    if "clearance" in said and effect["clearance"] != Tlp.from_text(said["clearance"]).name:
        return False
    if "opens" in said and set(effect.get("opens", ())) != set(said["opens"]):
        return False
    if said.get("do") == "add":
        return bool(effect["action"] == "created")
    return effect["account"] == said.get("account") and effect["action"] in {said.get("do"), f"{said.get('do')}d"}


def _keys(_effect: Saying, _said: Saying) -> bool:
    return True


def _released(effect: Saying, said: Saying) -> bool:
    return bool(effect["class"] == said["class"] and set(effect["messages"]) <= set(said["messages"]))


def _nothing(_effect: Saying, _said: Saying) -> bool:
    return False


FIT: Final[Mapping[str, Callable[[Saying, Saying], bool]]] = {
    "share": _share,
    "peers.answer": _peer,
    "people.change": _people,
    "keys.change": _keys,
    "class.release": _released,
    "export": _nothing,
    "unmask": _nothing,
    "policy.change": _nothing,
    "own.access": _nothing,
    "request.send": fits_request,
    "power.order": fits_power,
    "agreement.change": fits_agreement,
}
