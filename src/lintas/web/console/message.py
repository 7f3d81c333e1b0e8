# SPDX-License-Identifier: Apache-2.0
"""Message: as received, what was derived, what was rejected, its marking, and the proof that it stands in the log."""

import json
from typing import Final
from urllib.parse import quote

from starlette.responses import Response

from lintas.errors import NotAllowed
from lintas.model.find_answers import MessageShown
from lintas.model.ids import MessageId
from lintas.model.marking import Protected, Tlp, class_bits
from lintas.model.peering import ReceiptState
from lintas.policy.access import kept_masked
from lintas.web.calls import Call
from lintas.web.console.entity import by_property
from lintas.web.console.lists import around as need_around
from lintas.web.console.page import attached, page, question_of, see_other, watermark
from lintas.work.exchange import tell
from lintas.work.finding import show_message
from lintas.work.intake.export import Exported, export_file
from lintas.work.orders import propose
from lintas.work.protecting import add_class, release_class
from lintas.work.proving import entry_file, receipt

PURPOSE_CHARS_MAX: Final = 200
NEEDS_ORDER: Final = "needs-order"
UNMASK: Final = "unmask"
SHORT = 16  # hex digits of a message's id in a file's name


def show(call: Call) -> Response:
    """Show one message."""
    question_id, question = question_of(call)
    purpose = question.purpose if question else ""
    shown = show_message(call.services, call.viewer, call.path("message"), purpose=purpose)
    # a peer's message: its sender hears once that a person opened it; the access entry is on disk by now
    tell(call.services, MessageId(shown.id), ReceiptState.SHOWN, call.viewer.id)
    return _page(call, shown, question_id=question_id, purpose=purpose)


def show_unmasked(call: Call) -> Response:
    """Show one message with what is masked in it: this once, for the purpose that was said."""
    purpose = call.form.text("why")[:PURPOSE_CHARS_MAX]
    try:
        shown = show_message(call.services, call.viewer, call.path("message"), purpose=purpose, unmask=True)
    except NotAllowed as refusal:
        return _ordered(call, refusal, UNMASK, {"purpose": purpose})
    return _page(call, shown, purpose=purpose)


def put_in_class(call: Call) -> Response:
    """Put a message into a protected class."""
    add_class(call.services, call.viewer, [call.path("message")], call.form.text("class"))
    return see_other(f"/message/{call.path('message')}")


def take_out_of_class(call: Call) -> Response:
    """Take a message out of a class, or propose it where that takes an order."""
    code = call.form.text("class")
    try:
        release_class(call.services, call.viewer, [call.path("message")], code)
    except NotAllowed as refusal:
        return _ordered(call, refusal, "class.release", {"class": code})
    return see_other(f"/message/{call.path('message')}")


def _ordered(call: Call, refusal: NotAllowed, action: str, said: dict[str, str]) -> Response:
    """Propose what takes a second person, and say so on the message's page; another refusal stays one."""
    if refusal.rule != NEEDS_ORDER:
        raise refusal
    message = call.path("message")
    propose(call.services, call.viewer, action, {"messages": [message], **said})
    shown = show_message(call.services, call.viewer, message, purpose=said.get("purpose", ""))
    told = call.say(
        "It is proposed. Confirm it with your passkey on the page Approvals; a second named person decides with you."
    )
    return _page(call, shown, told=told)


def _page(call: Call, shown: MessageShown, *, question_id: str = "", purpose: str = "", told: str = "") -> Response:
    received = "" if shown.masked else shown.received
    rows = call.services.packs.access.classes
    return page(
        call,
        "message.html",
        title=_title(call, shown),
        is_item=shown.kind == "item",
        received=received if shown.kind == "item" else _indented(received),
        section="find",
        tlp=Tlp.from_text(shown.marking_label),
        message=shown,
        properties=by_property(shown.statements),
        captions={entity.id: entity.caption for entity in shown.entities},
        question_id=question_id,
        purpose=purpose,
        **need_around(call, shown.id),
        has_file=shown.kind in {"item", "intake"} and not shown.erased,
        may_save=shown.kind in {"item", "intake"} and not shown.erased and not shown.no_export,
        is_classed=shown.kind in {"item", "intake"},
        class_codes=[code.value for code in rows],
        is_lone=not kept_masked(call.services.packs.access, class_bits(map(Protected, shown.classes))),
        told=told,
        watermark=watermark(call, purpose) if shown.watermark else "",
    )


def download_receipt(call: Call) -> Response:
    """Give the proof that a message stands in the log, to be checked without this node."""
    message = call.path("message")
    data = receipt(call.services, call.viewer, message)
    return attached(f"{message[:SHORT]}.tlog-proof", data, "text/plain; charset=utf-8")


def download_entry(call: Call) -> Response:
    """Give the signed entry that a receipt is about."""
    message = call.path("message")
    return attached(
        f"{message[:SHORT]}.entry.json", entry_file(call.services, call.viewer, message), "application/json"
    )


def download_file(call: Call) -> Response:
    """Give a taken file or item back, byte for byte. Never shown in the browser: its bytes are foreign."""
    return _saved(export_file(call.services, call.viewer, call.path("message")))


def download_unmasked(call: Call) -> Response:
    """Give it back although it holds what is masked, for the purpose that was said."""
    purpose = call.form.text("why")[:PURPOSE_CHARS_MAX]
    try:
        given = export_file(call.services, call.viewer, call.path("message"), purpose=purpose, unmask=True)
    except NotAllowed as refusal:
        return _ordered(call, refusal, "export", {"purpose": purpose})
    return _saved(given)


def _saved(given: Exported) -> Response:
    response = attached(given.name, given.data, "application/octet-stream")
    if given.watermark:  # the bytes stay as they came, so what says who saved them stands beside them
        response.headers["x-lintas-saved-by"] = quote(given.watermark, safe=" :.-")
    return response


def _title(call: Call, shown: MessageShown) -> str:
    said = _said(shown.received) if shown.kind == "intake" else {}
    name = said.get("file_name")
    if isinstance(name, str) and name:
        return name
    return f"{call.language.label('entry', shown.kind)} {shown.id[:10]}"


def _indented(text: str) -> str:
    """Write our own JSON for reading; how a taken file is put together again says nothing to a person."""
    said = {key: value for key, value in _said(text).items() if key not in {"layout", "items"}}
    return json.dumps(said, indent=2, ensure_ascii=False) if said else text


def _said(text: str) -> dict[str, object]:
    try:
        said = json.loads(text)
    except ValueError:  # cut short, because it is long
        return {}
    return said if isinstance(said, dict) else {}
