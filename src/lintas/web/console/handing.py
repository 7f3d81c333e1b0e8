# SPDX-License-Identifier: Apache-2.0
"""Hand-over: one list of what is open; each thing is accepted or declined by name."""

from starlette.responses import Response

from lintas.errors import LintasError
from lintas.model.handing_answers import HandOverDone
from lintas.model.marking import Tlp
from lintas.web.calls import Call
from lintas.web.console.page import page, see_other
from lintas.web.console.people import status_of
from lintas.work import handing

DOES = {"accept": handing.accept, "decline": handing.decline, "take": handing.take}


def show(call: Call) -> Response:
    """Show what is open."""
    return _page(call)


def change(call: Call) -> Response:
    """Offer, accept, decline or take."""
    do, targets = call.form.text("do"), call.form.texts("target")
    try:
        if do == "offer_all":
            done = handing.offer_all(call.services, call.viewer, call.form.text("to"))
        elif do in DOES:
            done = DOES[do](call.services, call.viewer, targets)
        else:
            done = handing.offer(call.services, call.viewer, call.form.text("to"), targets)
    except LintasError as exc:
        return _page(call, exc)
    return _page(call, done=done) if done.refused else see_other("/hand-over")


def _page(call: Call, problem: LintasError | None = None, done: HandOverDone | None = None) -> Response:
    found = handing.list_open(call.services, call.viewer, call.query("of")[:100])
    has_any = bool(found.mine or found.to_me or found.nobody or found.left)
    return page(
        call,
        "handing.html",
        title="Hand-over",
        section="hand-over",
        tlp=Tlp.AMBER if has_any else None,
        status=status_of(problem),
        problem=problem,
        found=found,
        done=done,
        sent=call.form,
    )
