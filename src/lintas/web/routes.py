# SPDX-License-Identifier: Apache-2.0
"""The one table of routes: address, method, function, who may do it. Nothing is served that does not stand here.

ROUTES are the console's, API_ROUTES what systems ask there, PEER_ROUTES those of the peer address, which listens
elsewhere.
"""

from typing import Final

from lintas.web.api.routes import API, API_ROUTES, ApiRouteSpec
from lintas.web.case_routes import CASE_ROUTES
from lintas.web.console import (
    approvals,
    desk,
    duty,
    duty_shell,
    elsewhere,
    entity,
    finding,
    keys,
    lists,
    log,
    me,
    message,
    node,
    outbox,
    oversight,
    passkeys,
    peers,
    people,
    share,
    sign_in,
    taking,
)
from lintas.web.desk_routes import DESK_ROUTES
from lintas.web.health import healthy, home, live, ready
from lintas.web.money_routes import MONEY_ROUTES
from lintas.web.peer.routes import PEER_ROUTES, PeerRouteSpec
from lintas.web.route_spec import RouteSpec
from lintas.web.sizes import PUBLIC_BYTES_MAX, TAKE_BYTES_MAX, TERMS_BYTES_MAX

__all__ = [
    "API",
    "API_ROUTES",
    "PEER_ROUTES",
    "ROUTES",
    "TAKE_BYTES_MAX",
    "ApiRouteSpec",
    "PeerRouteSpec",
    "RouteSpec",
]

ROUTES: Final = (
    RouteSpec(path="/", name="home", activity="own.access", does=home),
    RouteSpec(path="/healthz", name="healthz", does=healthy, may="public"),
    RouteSpec(path="/readyz", name="readyz", does=ready, may="public"),
    RouteSpec(path="/sign-in", name="sign-in", does=sign_in.show_form, may="public"),
    RouteSpec(
        path="/sign-in",
        method="POST",
        name="enter",
        does=sign_in.enter,
        may="public",
        bytes_max=PUBLIC_BYTES_MAX,
        is_costly=True,
    ),
    RouteSpec(path="/oidc/start", name="elsewhere", does=elsewhere.go, may="public", is_costly=True),
    RouteSpec(path="/oidc/callback", name="elsewhere-back", does=elsewhere.come_back, may="public", is_costly=True),
    RouteSpec(path="/enter/{token}", name="link", does=sign_in.show_one_time_link, may="public"),
    RouteSpec(
        path="/enter/{token}",
        method="POST",
        name="link-use",
        does=sign_in.use_one_time_link,
        may="public",
        bytes_max=PUBLIC_BYTES_MAX,
    ),
    RouteSpec(
        path="/language",
        method="POST",
        name="language",
        does=sign_in.change_language,
        may="public",
        bytes_max=PUBLIC_BYTES_MAX,
    ),
    RouteSpec(
        path="/look", method="POST", name="look", does=sign_in.change_look, may="public", bytes_max=PUBLIC_BYTES_MAX
    ),
    RouteSpec(
        path="/sign-in/passkey/ask",
        method="POST",
        name="passkey-ask",
        does=passkeys.ask_anybody,
        may="public",
        bytes_max=PUBLIC_BYTES_MAX,
    ),
    RouteSpec(
        path="/sign-in/passkey",
        method="POST",
        name="passkey-enter",
        does=passkeys.enter,
        may="public",
        bytes_max=PUBLIC_BYTES_MAX,
    ),
    RouteSpec(path="/sign-in/recover", name="recover", does=passkeys.show_recover, may="public"),
    RouteSpec(
        path="/sign-in/recover",
        method="POST",
        name="recover-enter",
        does=passkeys.recover_access,
        may="public",
        bytes_max=PUBLIC_BYTES_MAX,
        is_costly=True,
    ),
    RouteSpec(
        path="/sign-out",
        method="POST",
        name="sign-out",
        activity="own.access",
        does=sign_in.leave,
        is_for_recovery=True,
    ),
    RouteSpec(path="/me", name="me", activity="own.access", does=me.show, is_for_recovery=True),
    RouteSpec(
        path="/me/passkeys/ask",
        method="POST",
        name="me-passkey-ask",
        activity="own.access",
        does=me.ask_passkey,
        is_for_recovery=True,
    ),
    RouteSpec(
        path="/me/passkeys",
        method="POST",
        name="me-passkey-add",
        activity="own.access",
        does=me.add_passkey,
        is_for_recovery=True,
    ),
    RouteSpec(path="/me/passkeys/vouch", method="POST", name="me-passkey-vouch", activity="own.access", does=me.vouch),
    RouteSpec(
        path="/me/passkeys/{passkey}/name",
        method="POST",
        name="me-passkey-name",
        activity="own.access",
        does=me.name_passkey,
    ),
    RouteSpec(
        path="/me/passkeys/{passkey}/end",
        method="POST",
        name="me-passkey-end",
        activity="own.access",
        does=me.drop_passkey,
    ),
    RouteSpec(
        path="/me/codes",
        method="POST",
        name="me-codes",
        activity="own.access",
        does=me.offer_app,
        is_for_recovery=True,
    ),
    RouteSpec(
        path="/me/codes/on",
        method="POST",
        name="me-codes-on",
        activity="own.access",
        does=me.turn_app_on,
        is_for_recovery=True,
    ),
    RouteSpec(path="/me/codes/off", method="POST", name="me-codes-off", activity="own.access", does=me.turn_app_off),
    RouteSpec(path="/me/recovery", method="POST", name="me-recovery", activity="own.access", does=me.make_recovery),
    RouteSpec(path="/me/sessions/others", method="POST", name="me-others", activity="own.access", does=me.end_others),
    RouteSpec(
        path="/me/sessions/{session}/end",
        method="POST",
        name="me-session-end",
        activity="own.access",
        does=me.end_one,
    ),
    RouteSpec(path="/duty", name="duty", activity="own.access", does=duty.show),
    RouteSpec(path="/duty/manifest.webmanifest", name="duty-manifest", does=duty_shell.manifest, may="public"),
    RouteSpec(path="/duty/icon.svg", name="duty-icon", does=duty_shell.icon_svg, may="public"),
    RouteSpec(path="/duty/icon-{size}", name="duty-icon-png", does=duty_shell.icon_png, may="public", is_costly=True),
    RouteSpec(path="/duty/worker.js", name="duty-worker", does=duty_shell.worker, may="public"),
    RouteSpec(path="/duty/offline", name="duty-offline", does=duty_shell.offline, may="public"),
    RouteSpec(path="/duty/stream", name="duty-stream", activity="request.read", streams=duty.live),
    RouteSpec(path="/duty/seen", method="POST", name="duty-seen", activity="request.read", does=duty.see),
    RouteSpec(
        path="/duty/approvals/{order}", method="POST", name="duty-decide", activity="orders.read", does=duty.decide
    ),
    RouteSpec(
        path="/duty/{request}/acknowledge",
        method="POST",
        name="duty-acknowledge",
        activity="request.answer",
        does=duty.acknowledge,
    ),
    RouteSpec(
        path="/duty/{request}/refuse", method="POST", name="duty-refuse", activity="request.answer", does=duty.refuse
    ),
    RouteSpec(path="/duty/{request}/take-over", method="POST", name="duty-take", activity="hand_over", does=duty.take),
    RouteSpec(path="/duty/{request}/call", name="duty-call", activity="request.read", does=duty.show_call),
    RouteSpec(
        path="/duty/{request}/call", method="POST", name="duty-words", activity="request.answer", does=duty.draw_words
    ),
    RouteSpec(
        path="/duty/{request}/heard", method="POST", name="duty-heard", activity="request.answer", does=duty.hear
    ),
    RouteSpec(path="/duty/{request}/kept", method="POST", name="duty-kept", activity="request.answer", does=duty.keep),
    RouteSpec(path="/desk", name="desk", activity="watch", does=desk.show_desk),
    RouteSpec(path="/desk/stream", name="desk-stream", activity="watch", streams=live),
    RouteSpec(
        path="/alerts/{alert}/acknowledge",
        method="POST",
        name="acknowledge",
        activity="watch",
        does=desk.acknowledge_alert,
    ),
    RouteSpec(
        path="/alerts/{alert}/hand-over", name="hand-over", activity="alert.hand_over", does=desk.ask_who_takes_over
    ),
    RouteSpec(
        path="/alerts/{alert}/hand-over",
        method="POST",
        name="hand-over-do",
        activity="alert.hand_over",
        does=desk.give_alert,
    ),
    RouteSpec(path="/watches", method="POST", name="watch-add", activity="watch", does=desk.start_watch),
    RouteSpec(path="/watches/{watch}/end", method="POST", name="watch-end", activity="watch.end", does=desk.stop_watch),
    RouteSpec(path="/take", name="take", activity="take", does=taking.show_form),
    RouteSpec(
        path="/take",
        method="POST",
        name="take-files",
        activity="take",
        does=taking.take_files,
        bytes_max=TAKE_BYTES_MAX,
    ),
    RouteSpec(path="/take/columns/{waiting}", name="columns", activity="take", does=taking.show_columns),
    RouteSpec(
        path="/take/columns/{waiting}",
        method="POST",
        name="columns-take",
        activity="take",
        does=taking.take_with_columns,
    ),
    RouteSpec(path="/take/done/{result}", name="taken", activity="take", does=taking.show_result),
    RouteSpec(path="/find", name="find", activity="find", does=finding.show_form),
    RouteSpec(
        path="/find", method="POST", name="find-ask", activity="find", does=finding.ask, bytes_max=TERMS_BYTES_MAX
    ),
    RouteSpec(path="/find/{question}", name="found", activity="find", does=finding.show_answer),
    RouteSpec(path="/entity", name="entity", activity="read", does=entity.show),
    RouteSpec(path="/message/{message}", name="message", activity="read", does=message.show),
    RouteSpec(
        path="/message/{message}", method="POST", name="message-unmask", activity="unmask", does=message.show_unmasked
    ),
    RouteSpec(path="/entity", method="POST", name="entity-unmask", activity="unmask", does=entity.show_unmasked),
    RouteSpec(
        path="/message/{message}/class",
        method="POST",
        name="class-add",
        activity="class.add",
        does=message.put_in_class,
    ),
    RouteSpec(
        path="/message/{message}/class/release",
        method="POST",
        name="class-release",
        activity="class.release",
        does=message.take_out_of_class,
    ),
    RouteSpec(
        path="/message/{message}/file",
        method="POST",
        name="file-unmasked",
        activity="export",
        does=message.download_unmasked,
    ),
    RouteSpec(path="/message/{message}/receipt", name="receipt", activity="prove", does=message.download_receipt),
    RouteSpec(path="/message/{message}/entry", name="entry", activity="prove", does=message.download_entry),
    RouteSpec(path="/message/{message}/file", name="file", activity="export", does=message.download_file),
    RouteSpec(path="/message/{message}/seen", name="seen", activity="seen.read", does=oversight.show_seen),
    RouteSpec(path="/oversight", name="oversight", activity="oversee", does=oversight.show),
    RouteSpec(path="/oversight/export", name="oversight-export", activity="oversee", does=oversight.export),
    RouteSpec(
        path="/oversight/open",
        method="POST",
        name="oversight-open",
        activity="oversee.open",
        does=oversight.open_message,
    ),
    RouteSpec(
        path="/oversight/opened/{access}/acknowledge",
        method="POST",
        name="oversight-acknowledge",
        activity="oversee.acknowledge",
        does=oversight.acknowledge,
    ),
    RouteSpec(path="/share", method="POST", name="share", activity="preview", does=share.choose),
    RouteSpec(path="/share/{sharing}", name="share-form", activity="preview", does=share.show_form),
    RouteSpec(path="/share/{sharing}", method="POST", name="share-send", activity="share", does=share.send),
    RouteSpec(path="/share/{sharing}/preview", method="POST", name="share-look", activity="preview", does=share.look),
    RouteSpec(path="/share/{sharing}/done", name="shared", activity="preview", does=share.show_result),
    RouteSpec(path="/approvals", name="approvals", activity="orders.read", does=approvals.show_all),
    RouteSpec(path="/approvals", method="POST", name="order-propose", activity="orders.read", does=approvals.propose),
    RouteSpec(path="/approvals/{order}", name="order", activity="orders.read", does=approvals.show_one),
    RouteSpec(path="/approvals/{order}", method="POST", name="order-say", activity="orders.read", does=approvals.say),
    RouteSpec(
        path="/approvals/{order}/again",
        method="POST",
        name="order-again",
        activity="orders.read",
        does=approvals.propose_again,
    ),
    RouteSpec(path="/outbox", name="outbox", activity="outbox", does=outbox.show),
    RouteSpec(path="/outbox/stream", name="outbox-stream", activity="outbox", streams=outbox.live),
    RouteSpec(path="/peers", name="peers", activity="peers.read", does=peers.show_list),
    RouteSpec(path="/peers", method="POST", name="peer-add", activity="peers.change", does=peers.add),
    RouteSpec(path="/peers/descriptor", name="descriptor", activity="peers.read", does=peers.download_descriptor),
    RouteSpec(path="/peers/{peer}", name="peer", activity="peers.read", does=peers.show_one),
    RouteSpec(
        path="/peers/{peer}/words", method="POST", name="peer-words", activity="peers.answer", does=peers.confirm
    ),
    RouteSpec(
        path="/peers/{peer}/suspend", method="POST", name="peer-suspend", activity="peers.change", does=peers.suspend
    ),
    RouteSpec(
        path="/peers/{peer}/resume", method="POST", name="peer-resume", activity="peers.answer", does=peers.resume
    ),
    RouteSpec(
        path="/peers/{peer}/remove", method="POST", name="peer-remove", activity="peers.change", does=peers.remove
    ),
    RouteSpec(
        path="/peers/{peer}/incarnation", method="POST", name="peer-roll", activity="peers.answer", does=peers.roll
    ),
    RouteSpec(
        path="/peers/{peer}/address", method="POST", name="peer-reach", activity="peers.address", does=peers.reach
    ),
    RouteSpec(path="/people", name="people", activity="people.read", does=people.show_all),
    RouteSpec(path="/people", method="POST", name="person-add", activity="people.change", does=people.add),
    RouteSpec(path="/people/{account}", name="person", activity="people.read", does=people.show_one),
    RouteSpec(
        path="/people/{account}", method="POST", name="person-change", activity="people.change", does=people.change
    ),
    RouteSpec(path="/duties/shift", method="POST", name="shift-set", activity="duty.change", does=people.set_shift),
    RouteSpec(path="/duties/deputy", method="POST", name="deputy-set", activity="duty.change", does=people.set_deputy),
    RouteSpec(path="/duties/{duty}/end", method="POST", name="duty-end", activity="duty.change", does=people.end_duty),
    RouteSpec(path="/lists", name="lists", activity="need.read", does=lists.show),
    RouteSpec(path="/lists", method="POST", name="list-open", activity="need.change", does=lists.open_one),
    RouteSpec(path="/lists/{list}/join", method="POST", name="list-join", activity="need.change", does=lists.join),
    RouteSpec(path="/lists/{list}/leave", method="POST", name="list-leave", activity="need.read", does=lists.leave),
    RouteSpec(path="/lists/{list}/close", method="POST", name="list-close", activity="need.change", does=lists.close),
    RouteSpec(
        path="/message/{message}/restrict", method="POST", name="restrict", activity="need.change", does=lists.restrict
    ),
    RouteSpec(path="/message/{message}/free", method="POST", name="free", activity="need.change", does=lists.free),
    RouteSpec(path="/node", name="node", activity="node.read", does=node.show),
    RouteSpec(path="/keys", name="keys", activity="keys.read", does=keys.show),
    RouteSpec(path="/log", name="log", activity="log.read", does=log.show),
    RouteSpec(path="/log/checkpoint", name="checkpoint", activity="log.read", does=log.download_checkpoint),
    *DESK_ROUTES,
    *CASE_ROUTES,
    *MONEY_ROUTES,
)
