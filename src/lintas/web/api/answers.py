# SPDX-License-Identifier: Apache-2.0
"""What systems can ask: each function hands on to the use case that the pages use."""

from urllib.parse import parse_qs

import msgspec
from starlette.responses import Response

from lintas.errors import BadInput
from lintas.model.find_answers import EntityShown, Found, MessageShown
from lintas.model.intake_answers import Taken
from lintas.model.marking import Grading, Marking, Tlp
from lintas.model.peer_answers import Peers
from lintas.model.watch_answers import Alerts, WatchAdded
from lintas.web.api.calls import ApiCall
from lintas.web.api.wire import AlertQuery, EntityQuery, FindBody, TakeQuery, WatchBody, WatchList
from lintas.work import finding, intake, peering, watching
from lintas.work.accounts import oidc
from lintas.work.intake import TakenFile, TakeOptions
from lintas.work.services import no_progress


def find(call: ApiCall) -> Found:
    """Look terms up."""
    asked: FindBody = call.body
    return finding.find(
        call.services, call.viewer, asked.terms, filters=asked.filters, purpose=asked.purpose, limit=asked.limit
    )


def message(call: ApiCall) -> MessageShown:
    """Show one message."""
    return finding.show_message(call.services, call.viewer, call.path("message"), purpose=call.query.purpose)


def entity(call: ApiCall) -> EntityShown:
    """Show one entity."""
    asked: EntityQuery = call.query
    return finding.show_entity(call.services, call.viewer, asked.id, purpose=asked.purpose)


def take(call: ApiCall) -> Taken:
    """Take one file in."""
    said: TakeQuery = call.query
    options = TakeOptions(
        marking=Marking(tlp=Tlp.from_text(said.marking)) if said.marking else None,
        grading=Grading.from_text(said.grading) if said.grading else None,
        source=said.source,
    )
    file = TakenFile(name=said.name, data=call.body)
    return intake.take(call.services, call.viewer, [file], options=options, progress=no_progress)


def watches(call: ApiCall) -> WatchList:
    """Show the standing questions."""
    return WatchList(watches=watching.list_watches(call.services, call.viewer))


def watch(call: ApiCall) -> WatchAdded:
    """Ask to be told."""
    asked: WatchBody = call.body
    return watching.add_watch(call.services, call.viewer, asked.terms, days=asked.days, note=asked.note)


def alerts(call: ApiCall) -> Alerts:
    """Show alerts."""
    asked: AlertQuery = call.query
    return watching.list_alerts(call.services, call.viewer, after=asked.after, limit=asked.limit, mine=asked.mine)


def peers(call: ApiCall) -> Peers:
    """Show the peers."""
    return peering.list_peers(call.services, call.viewer)


def document(call: ApiCall) -> Response:
    """Describe all this."""
    return Response(call.api.document(), media_type="application/json")


def log_out(call: ApiCall) -> Response:
    """End sessions as the identity provider says (OpenID Connect Back-Channel Logout 1.0, section 2.5)."""
    try:
        fields = parse_qs(call.body.decode("ascii"), max_num_fields=10, strict_parsing=True)
    except (UnicodeDecodeError, ValueError):
        fields = {}
    if len(fields.get("logout_token", ())) != 1:
        raise BadInput("The request holds no logout_token.")
    oidc.log_out(call.services, fields["logout_token"][0])
    return Response(status_code=200, headers={"cache-control": "no-store"})


def encoded(answer: msgspec.Struct | Response) -> Response:
    """An answer as it leaves."""
    if isinstance(answer, Response):
        return answer
    return Response(msgspec.json.encode(answer), media_type="application/json")
