# SPDX-License-Identifier: Apache-2.0
"""The forms pack: what desks ask each other, in which words it is answered, and how soon.

All that a person reads is a label or a sentence of this pack, in plain English; the console shows it in the reader's
language. A code means the same to every node; an agency may replace a label, a level or what a form needs.

Source: docs/spec/desk-packs.md.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lintas.formats.form_fields import FieldKind, is_empty, wrong_value
from lintas.model.desk import Clock, State, Step
from lintas.model.reading import Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A code that people are shown, and what it means."""

    code: str
    label: str
    sentence: str = ""  # what it means, or what is said to whom it is about
    source: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Term):
    """What happened to who reports: a typology."""

    area: str  # of the areas pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground(Term):
    """Why a desk refuses: a normal outcome. The sentence says what the asking desk can do next."""

    is_legal: bool  # rests on law or sovereignty; else the request can be mended and made anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A step or a state, and what each side does next."""

    code: str
    label: str
    asker: str
    answerer: str
    victim: str = ""  # code of the status that who reported may hear; of states only


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form."""

    code: str
    label: str
    kind: FieldKind
    mandatory: bool
    personal: bool  # of a person: shown and logged as such
    codes: frozenset[str] = frozenset()  # that a field of kind `code` may hold; empty for any


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How soon each step is due, by urgency."""

    code: str
    label: str
    urgency: str
    seconds: Mapping[Clock, int]
    source: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What one desk asks of another, typed."""

    code: str
    label: str
    sentence: str
    competence: str  # of the desk that answers
    power: str  # that the answering desk needs for it; empty if none
    fields: tuple[Field, ...]
    bases: frozenset[str]  # codes of the law pack
    levels: Mapping[str, Mapping[Clock, int]]  # urgency -> clock -> seconds
    level_rows: Mapping[str, Level]  # urgency -> the row
    answers: tuple[Step, ...]  # what the answering desk can say to it
    gives: tuple[Field, ...]  # what an answer may hold, for forms that are answered
    fast: bool  # may go by a fast lane
    outside: bool  # a letter to somebody who has no node: shown filled, never sent
    source: str
    confirmed: bool

    def field_of(self, code: str) -> Field | None:
        """Give a field by its code."""
        return next((one for one in self.fields if one.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Forms:
    """The whole pack. Compared by identity, so that it can key a cache."""

    forms: Mapping[str, Form] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    steps: Mapping[Step, Told] = field(default_factory=dict)
    states: Mapping[State, Told] = field(default_factory=dict)
    words: Mapping[str, Term] = field(default_factory=dict)  # for the holder of an account
    powers: Mapping[str, Term] = field(default_factory=dict)
    terms: Mapping[str, Mapping[str, Term]] = field(default_factory=dict)  # every other table: rail, relies, status …
    digest: str = ""  # SHA-256 of the pack's bytes, 64 lower-case hex digits

    def __repr__(self) -> str:
        return f"Forms({self.digest[:12]})"

    def labels(self) -> dict[str, dict[str, str]]:
        """Give the English label of every code: table -> code -> label. Tables are named in the singular."""
        found = {table: {code: row.label for code, row in rows.items()} for table, rows in self.terms.items()}
        found["form"] = {code: row.label for code, row in self.forms.items()}
        found["field"] = {one.code: one.label for form in self.forms.values() for one in (*form.fields, *form.gives)}
        found["level"] = {row.code: row.label for form in self.forms.values() for row in form.level_rows.values()}
        found["kind"] = {code: row.label for code, row in self.kinds.items()}
        found["ground"] = {code: row.label for code, row in self.grounds.items()}
        found["step"] = {code.value: row.label for code, row in self.steps.items()}
        found["state"] = {code.value: row.label for code, row in self.states.items()}
        found["word"] = {code: row.label for code, row in self.words.items()}
        found["power"] = {code: row.label for code, row in self.powers.items()}
        return found

    def texts(self) -> Iterator[str]:
        """Every text that a person reads, for translation; some come more than once."""
        for rows in self.labels().values():
            yield from rows.values()
        tables = (self.kinds, self.grounds, self.words, self.powers, *self.terms.values())
        yield from (row.sentence for rows in tables for row in rows.values() if row.sentence)
        yield from (form.sentence for form in self.forms.values())
        for told in (*self.steps.values(), *self.states.values()):
            yield from (text for text in (told.asker, told.answerer) if text)


NO_FORMS: Final = Forms()  # of packs without a forms pack, as readers get them: nothing can be asked


def check_fields(form: Form, fields: Mapping[str, Any]) -> list[Rejected]:
    """Say which fields of a request do not hold to its form; an empty list if all do.

    Args:
        fields: Code -> value. What is empty counts as left out.
    """
    wrong = [
        Rejected(code[:64], f"The form “{form.label}” has no such field.")
        for code in fields
        if form.field_of(code) is None
    ]
    for one in form.fields:
        value = fields.get(one.code)
        if is_empty(value):
            if one.mandatory:
                wrong.append(Rejected(one.code, f"{one.label}: needed for “{form.label}”."))
        elif said := wrong_value(one.kind, value, one.codes):
            wrong.append(Rejected(one.code, f"{one.label}: {said}."))
    return wrong


def check_answers(form: Form, answers: Mapping[str, Any]) -> list[Rejected]:
    """Say which parts of an answer do not hold to its form; an empty list if all do, and something was said.

    Args:
        answers: Code -> value. What is empty counts as left out.
    """
    known = {one.code: one for one in form.gives}
    wrong = []
    for code, value in answers.items():
        if code not in known:
            wrong.append(Rejected(code[:64], f"An answer to “{form.label}” has no such field."))
        elif not is_empty(value) and (said := wrong_value(known[code].kind, value, known[code].codes)):
            wrong.append(Rejected(code, f"{known[code].label}: {said}."))
    if form.gives and not wrong and all(is_empty(value) for value in answers.values()):
        wrong.append(Rejected("answers", "Say at least one thing, or refuse."))
    return wrong
