# SPDX-License-Identifier: Apache-2.0
"""A filled form as a letter that is handed over outside of Lintas: plain text, JSON, and a page to print.

It goes to somebody who has no node: the own financial intelligence unit, the national bureau, a bank. It says what the
form asks and no more. Labels come in the language of whoever hands it over; values stay as they were written.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One letter."""

    title: str  # label of the form
    sentence: str  # what it asks
    organisation: str
    country: str
    ref: str
    made_at: str  # as it is shown, with its zone
    marking: str  # label of TLP
    is_exercise: bool
    form: str  # code
    rows: tuple[tuple[str, str], ...]  # (label, value)
    missing: tuple[str, ...]  # labels of what a person still has to fill in
    fields: Mapping[str, Any]  # code -> value, for machines
    headings: Mapping[str, str]  # from, reference, made, missing, exercise: in the same language


def letter_text(letter: Letter) -> str:
    """Write a letter as plain text."""
    said = letter.headings
    exercise = [said["exercise"], ""] if letter.is_exercise else []
    head = [
        letter.marking,
        "",
        letter.title,
        letter.sentence,
        "",
        f"{said['from']}: {letter.organisation} ({letter.country})",
        f"{said['reference']}: {letter.ref}",
        f"{said['made']}: {letter.made_at}",
        "",
    ]
    rows = [f"{label}: {value}" for label, value in letter.rows]
    missing = ["", f"{said['missing']}: {', '.join(letter.missing)}"] if letter.missing else []
    lines = [*exercise, *head, *rows, *missing, *(["", said["exercise"]] if letter.is_exercise else [])]
    return "\n".join(lines) + "\n"


def letter_json(letter: Letter) -> bytes:
    """Write a letter for a machine: codes and values, no label."""
    said = {
        "v": 1,
        "type": "lintas.letter",
        "mode": "exercise" if letter.is_exercise else "live",
        "form": letter.form,
        "organisation": letter.organisation,
        "country": letter.country,
        "ref": letter.ref,
        "made_at": letter.made_at,
        "marking": letter.marking,
        "fields": dict(letter.fields),
    }
    return json.dumps(said, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def letter_html(letter: Letter, *, lang: str = "en") -> str:
    """Write a letter as a page that needs nothing else and runs nothing."""
    said = letter.headings
    rows = "".join(f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>" for label, value in letter.rows)
    exercise = f"<p><strong>{escape(said['exercise'])}</strong></p>" if letter.is_exercise else ""
    missing = f"<p>{escape(said['missing'])}: {escape(', '.join(letter.missing))}</p>" if letter.missing else ""
    return (
        f'<!doctype html><html lang="{escape(lang)}"><head><meta charset="utf-8">'
        f"<title>{escape(letter.title)} {escape(letter.ref)}</title></head><body>"
        f"<p>{escape(letter.marking)}</p>{exercise}<h1>{escape(letter.title)}</h1><p>{escape(letter.sentence)}</p>"
        f"<p>{escape(said['from'])}: {escape(letter.organisation)} ({escape(letter.country)})<br>"
        f"{escape(said['reference'])}: {escape(letter.ref)}<br>{escape(said['made'])}: {escape(letter.made_at)}</p>"
        f"<table>{rows}</table>{missing}{exercise}<p>{escape(letter.marking)}</p></body></html>\n"
    )
