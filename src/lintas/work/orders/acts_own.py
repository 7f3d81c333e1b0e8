# SPDX-License-Identifier: Apache-2.0
"""What is ordered about one's own access: one more passkey, vouched for by an older one."""

from typing import Any, Final

from lintas.errors import NotAllowed
from lintas.model.ids import MessageId
from lintas.model.viewer import Viewer
from lintas.ports.store import Snapshot, Transaction
from lintas.work.accounts.vouching import check_own
from lintas.work.orders.action import About, Action, Saying
from lintas.work.services import Services


def _keep(_services: Services, snapshot: Snapshot, viewer: Viewer, said: Saying) -> dict[str, Any]:
    check_own(viewer.id, dict(said))
    if not any(not one.ended_at for one in snapshot.credentials_of(viewer.id)):
        raise NotAllowed(
            "You have no passkey that could vouch for another one.",
            rule="vouch",
            hint="Ask somebody who may change people.",
        )
    return dict(said)


def _about(_services: Services, _snapshot: Snapshot, _viewer: Viewer, said: Saying) -> About:
    return About(
        summary="Let yourself enrol one more passkey",
        tells=(("Change", "Let yourself enrol one more passkey"), ("Account", str(said["account"]))),
    )


def _run(_services: Services, _tx: Transaction, _viewer: Viewer, _order: MessageId, said: Saying) -> dict[str, Any]:
    return {"account": said["account"], "next": "/me"}  # the order itself vouches


OWN_ACCESS: Final = Action(keep=_keep, about=_about, run=_run, events=("sign-in",))
