# SPDX-License-Identifier: Apache-2.0
"""Orders to banks over connections of this node, and recalls of payments by banks of this place."""

from lintas.work.banking.asking import ask_bank, drop_question, list_questions
from lintas.work.banking.carrying import Carried, carry_out
from lintas.work.banking.due import Due, dues_of
from lintas.work.banking.looking import Looked, look
from lintas.work.banking.notes import Note
from lintas.work.banking.question_carrying import carry_question
from lintas.work.banking.question_due import QuestionsLooked, look_questions
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
    "QuestionsLooked",
    "RecallDue",
    "RecallMade",
    "RecallTaken",
    "RecallsLooked",
    "Saying",
    "ask_bank",
    "carry_out",
    "carry_question",
    "carry_recall",
    "drop_question",
    "dues_of",
    "letter_recall",
    "list_questions",
    "look",
    "look_questions",
    "look_recalls",
    "make_recall",
    "recall_file",
    "say_in_thread",
    "take_recall_answer",
]
