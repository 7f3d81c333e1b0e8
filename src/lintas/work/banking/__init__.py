# SPDX-License-Identifier: Apache-2.0
"""Orders to banks over connections of this node, and recalls of payments by banks of this place."""

from lintas.work.banking.carrying import Carried, carry_out
from lintas.work.banking.due import Due, dues_of
from lintas.work.banking.looking import Looked, look
from lintas.work.banking.notes import Note
from lintas.work.banking.recall_due import RecallDue, RecallsLooked, carry_recall, look_recalls
from lintas.work.banking.recalling import (
    RecallMade,
    RecallTaken,
    letter_recall,
    make_recall,
    recall_file,
    take_recall_answer,
)
from lintas.work.banking.telling import Saying, say_in_thread

__all__ = [
    "Carried",
    "Due",
    "Looked",
    "Note",
    "RecallDue",
    "RecallMade",
    "RecallTaken",
    "RecallsLooked",
    "Saying",
    "carry_out",
    "carry_recall",
    "dues_of",
    "letter_recall",
    "look",
    "look_recalls",
    "make_recall",
    "recall_file",
    "say_in_thread",
    "take_recall_answer",
]
