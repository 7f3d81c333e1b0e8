# SPDX-License-Identifier: Apache-2.0
"""The rows that documents of cases add to the views."""

from typing import NamedTuple

from lintas.model.ids import MessageId


class CaseDocRow(NamedTuple):
    """One thing that somebody said in a case."""

    seq: int
    message: MessageId
    opener: str
    ref: str
    node: str  # who said it
    doc: str
    after: str  # JSON list of document ids
    what: str
    by: str
    at: str
    said: str  # JSON: fields
    short: str
    lang: str
