# SPDX-License-Identifier: Apache-2.0
"""Message: as received, what was derived, what was rejected, its marking, and the proof that it stands in the log."""

import json

from starlette.responses import Response

from lintas.model.answers import MessageShown
from lintas.model.ids import MessageId
from lintas.model.marking import Tlp
from lintas.model.peering import ReceiptState
from lintas.web.calls import Call
from lintas.web.console.entity import by_property
from lintas.web.console.lists import around as need_around
from lintas.web.console.page import attached, page, question_of
from lintas.work.exchange import tell
from lintas.work.finding import show_message
from lintas.work.intake import export
from lintas.work.proving import entry_file, receipt

SHORT = 16  # hex digits of a message's id in a file's name


def show(call: Call) -> Response:
    """Show one message."""
    question_id, question = question_of(call)
    purpose = question.purpose if question else ""
    shown = show_message(call.services, call.viewer, call.path("message"), purpose=purpose)
    # a peer's message: its sender hears once that a person opened it; the access entry is on disk by now
    tell(call.services, MessageId(shown.id), ReceiptState.SHOWN, call.viewer.id)
    return page(
        call,
        "message.html",
        title=_title(shown),
        is_item=shown.kind == "item",
        received=shown.received if shown.kind == "item" else _indented(shown.received),
        section="find",
        tlp=Tlp.from_text(shown.marking_label),
        message=shown,
        properties=by_property(shown.statements),
        captions={entity.id: entity.caption for entity in shown.entities},
        question_id=question_id,
        purpose=purpose,
        **need_around(call, shown.id),
        has_file=shown.kind in {"item", "intake"} and not shown.erased,
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
    name, data = export(call.services, call.viewer, call.path("message"))
    return attached(name, data, "application/octet-stream")


_KIND_WORDS = {"item": "Message", "intake": "Taken file", "access": "Access", "watch": "Watch", "alert": "Alert"}


def _title(shown: MessageShown) -> str:
    said = _said(shown.received) if shown.kind == "intake" else {}
    name = said.get("file_name")
    if isinstance(name, str) and name:
        return name
    return f"{_KIND_WORDS.get(shown.kind, shown.kind.capitalize())} {shown.id[:10]}"


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
