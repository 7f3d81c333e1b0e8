# SPDX-License-Identifier: Apache-2.0
"""What is ordered about the node itself: people, their passkeys, the access policy, the node's keys."""

import re
from typing import Any, Final

from lintas.errors import WrongUse
from lintas.model.ids import MessageId
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.accounts.changing import change_people_in, check_change
from lintas.work.accounts.people import find_open
from lintas.work.orders.action import About, Action, Saying
from lintas.work.orders.reading import flag_of, text_of, texts_of
from lintas.work.peering.directory import own_keys
from lintas.work.services import Services

_DIGEST: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_KEYS: Final = ("signing", "log", "tls", "cosign")


def _keep_people(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, Any]:
    check_change(services, snapshot, viewer, said)
    if "account" not in said:
        return dict(said)
    # a name may be another person's by the time that the order is done
    return {**said, "account": find_open(snapshot, text_of(said, "account")).id}


def _about_people(services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> About:
    sentence = check_change(services, snapshot, viewer, said)
    row = snapshot.account(str(said.get("account", "")))
    stands = "" if row is None else f"{row.state} {row.role} {row.clearance} {row.opens}"
    return About(summary=sentence, tells=(("Change", sentence),), shown={"the account": stands})


def _run_people(services: Services, tx: Transaction, viewer: Viewer, _order: MessageId, said: Saying) -> dict[str, Any]:
    done = change_people_in(services, tx, viewer, said)
    return {"account": done.id}


def _keep_keys(_services: Services, _snapshot: Snapshot, _viewer: Viewer, said: Saying) -> dict[str, Any]:
    names = texts_of(said, "what") or _KEYS
    if unknown := sorted(set(names) - set(_KEYS)):
        raise WrongUse(f"{unknown[0][:40]!r} is no key of a node.", hint=f"The keys are {', '.join(_KEYS)}.")
    return {"what": sorted(names, key=_KEYS.index), "revoke": flag_of(said, "revoke")}


def _about_keys(services: Services, snapshot: Snapshot, _viewer: Viewer, said: Saying) -> About:
    names = ", ".join(said["what"])
    revoked = "nothing counts any more that they sign" if said["revoke"] else "what they signed still counts"
    serial = str(own_keys(services, snapshot).serial)
    return About(
        summary=f"Put new keys in the place of {names}",
        tells=(
            ("Keys", names),
            ("The old ones", revoked),
            ("How", "the operator stops the node and runs `lintas key rotate` with this order's id"),
        ),
        shown={"the node's keys": serial},
    )


def _keep_policy(services: Services, _snapshot: Snapshot, _viewer: Viewer, said: Saying) -> dict[str, Any]:
    digest = text_of(said, "digest").lower()
    if not _DIGEST.fullmatch(digest):
        raise WrongUse("A digest is 64 hex digits.", hint="sha256sum access.toml prints it.")
    return {"digest": digest, "from": services.packs.access.digest}


def _about_policy(_services: Services, _snapshot: Snapshot, _viewer: Viewer, said: Saying) -> About:
    return About(
        summary=f"Put the access policy {said['digest'][:16]}… into force",
        tells=(
            ("New policy", said["digest"]),
            ("Policy until now", said["from"]),
            ("How", "the operator puts the file into the node's folder and starts the node again"),
        ),
    )


def _run_nothing(
    _services: Services, _tx: Transaction, _viewer: Viewer, _order: MessageId, _said: Saying
) -> dict[str, Any]:
    """The order is what counts: the file itself is put in place by the operator."""
    return {}


PEOPLE_CHANGE: Final = Action(keep=_keep_people, about=_about_people, run=_run_people, events=("log",))
KEYS_CHANGE: Final = Action(keep=_keep_keys, about=_about_keys, run=_run_nothing, events=("log",), at_rest=True)
POLICY_CHANGE: Final = Action(keep=_keep_policy, about=_about_policy, run=_run_nothing, events=("log",))
