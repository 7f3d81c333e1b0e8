# SPDX-License-Identifier: Apache-2.0
"""What the node notes at home in a thread of a bank's connection, each once: a code for pages, a sentence for people.

A note's id follows from what it is about, so that the same one is never written twice, whoever was killed meanwhile.
"""

import hashlib
from enum import StrEnum
from typing import Final


class Note(StrEnum):
    """Codes; each stands as the outcome of a step `door`, which never leaves the node."""

    NO_ANSWER = "bank_no_answer"
    WRONG_ANSWER = "bank_wrong_answer"
    NOT_SENDABLE = "bank_not_sendable"
    NOT_IN_TURN = "bank_not_in_turn"
    DONE = "bank_done"


SENTENCES: Final = {
    Note.NO_ANSWER: "The bank's system does not answer. It is asked again; call the bank.",
    Note.WRONG_ANSWER: "The bank's system answered what cannot be, and nothing of it counts. Call the bank.",
    Note.NOT_SENDABLE: "The order names neither an amount nor the whole account, so the bank's system was not told.",
    Note.NOT_IN_TURN: "The bank's system answered, but the request is elsewhere by now. Compare the two.",
    Note.DONE: "The bank's system has dealt with it.",
}


def note_id(instruction: str, note: Note, about: str = "") -> str:
    """The id of the document that notes something about an instruction: 32 hex digits."""
    words = ("lintas-bank-note-v1", instruction, note.value, about)
    return hashlib.sha256("\n".join(words).encode("utf-8")).hexdigest()[:32]
