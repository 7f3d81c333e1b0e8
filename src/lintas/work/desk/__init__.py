# SPDX-License-Identifier: Apache-2.0
"""What every use case of the desk shares: write a document, send it, put a thread together, say who answers for it."""

from lintas.work.desk.owning import offer_in, own_entry, own_in
from lintas.work.desk.seeing import due_entry, see_in
from lintas.work.desk.threads import load_thread, request_or_unknown, thread_in
from lintas.work.desk.writing import Draft, Written, new_id, new_ref, prepare_doc, send_in, write_in

__all__ = [
    "Draft",
    "Written",
    "due_entry",
    "load_thread",
    "new_id",
    "new_ref",
    "offer_in",
    "own_entry",
    "own_in",
    "prepare_doc",
    "request_or_unknown",
    "see_in",
    "send_in",
    "thread_in",
    "write_in",
]
