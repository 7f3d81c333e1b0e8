# SPDX-License-Identifier: Apache-2.0
"""Orders to banks over connections of this node, and recalls of payments by banks of this place."""

from lintas.work.banking.carrying import Carried, carry_out
from lintas.work.banking.due import Due, dues_of
from lintas.work.banking.looking import Looked, look
from lintas.work.banking.notes import Note
from lintas.work.banking.telling import Saying, say_in_thread

__all__ = ["Carried", "Due", "Looked", "Note", "Saying", "carry_out", "dues_of", "look", "say_in_thread"]
