# SPDX-License-Identifier: Apache-2.0
"""Read the forms pack, strictly: what it does not name stops the start rather than leave a button without a word.

Source: docs/spec/desk-packs.md.
"""

import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Annotated, Any, Final, Literal, TypeVar

import msgspec

from lintas.errors import BadPack
from lintas.formats.form_fields import CODE, FieldKind
from lintas.formats.forms import Field, Form, Forms, Ground, Kind, Level, Term, Told
from lintas.limits import LEVEL_S_MAX, PACK_LABEL_CHARS_MAX, PACK_SENTENCE_CHARS_MAX
from lintas.model.desk import Clock, State, Step

HINT: Final = "Compare it with the pack that came with Lintas; docs/spec/desk-packs.md says what each key means."

_LINE: Final = r"^[^\x00-\x1f\x7f]+$"
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=PACK_LABEL_CHARS_MAX, pattern=_LINE)]
Sentence = Annotated[str, msgspec.Meta(min_length=1, max_length=PACK_SENTENCE_CHARS_MAX, pattern=_LINE)]
_Seconds = Annotated[int, msgspec.Meta(ge=1, le=LEVEL_S_MAX)]

_Code = TypeVar("_Code", Step, State, Clock)
_Row = TypeVar("_Row")


class _Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: Label
    sentence: Sentence | Literal[""] = ""
    source: Sentence | Literal[""] = ""
    confirmed: bool = False


class _Kind(_Term, frozen=True, forbid_unknown_fields=True):
    area: str = "online_scams"


class _Ground(_Term, frozen=True, forbid_unknown_fields=True):
    is_legal: bool = False


class _Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: Label
    asker: Sentence
    answerer: Sentence
    victim: str = ""


class _Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: Label
    kind: FieldKind
    personal: bool = False
    among: str = ""  # the table whose codes a field of kind `code` may hold


class _Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: Label
    urgency: str
    source: Sentence
    confirmed: bool
    acknowledge_s: _Seconds
    answer_s: _Seconds
    act_s: _Seconds | None = None


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    label: Label
    sentence: Sentence
    competence: str
    must: tuple[str, ...]
    may: tuple[str, ...]
    bases: tuple[str, ...]
    levels: tuple[str, ...]
    answers: tuple[Step, ...]
    gives: tuple[str, ...]
    source: Sentence
    confirmed: bool
    power: str = ""
    fast: bool = False
    outside: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    form: dict[str, _Form]
    field: dict[str, _Field]
    level: dict[str, _Level]
    kind: dict[str, _Kind]
    ground: dict[str, _Ground]
    step: dict[Step, _Told]
    state: dict[State, _Told]
    word: dict[str, _Term]
    power: dict[str, _Term]
    term: dict[str, dict[str, _Term]]


@lru_cache(maxsize=4)  # a node reads it once; tests start many
def parse_forms(raw: bytes) -> Forms:
    """Read the forms pack.

    Raises:
        BadPack: It does not hold to its schema, leaves a step or a state out, or names a code that it does not have.
    """
    try:
        file = msgspec.convert(tomllib.loads(raw.decode("utf-8")), _File)
    except (ValueError, RecursionError) as exc:  # of UTF-8, TOML and the schema: all are ValueErrors
        raise BadPack(f"packs/forms.toml: {exc}.", hint=HINT) from exc
    _check_codes(file)
    terms = {table: {code: _term(code, row) for code, row in rows.items()} for table, rows in file.term.items()}
    powers = {code: _term(code, row) for code, row in file.power.items()}
    levels = {code: _level(code, row, terms.get("urgency", {})) for code, row in file.level.items()}
    return Forms(
        forms={code: _form(code, row, file, terms, levels) for code, row in file.form.items()},
        kinds={code: Kind(code=code, area=row.area, **_said(row)) for code, row in file.kind.items()},
        grounds={code: Ground(code=code, is_legal=row.is_legal, **_said(row)) for code, row in file.ground.items()},
        steps=_told("step", file.step, Step, {}),
        states=_told("state", file.state, State, terms.get("status", {})),
        words={code: _term(code, row) for code, row in file.word.items()},
        powers=powers,
        terms=terms,
        digest=sha256(raw).hexdigest(),
    )


def _check_codes(file: _File) -> None:
    tables: dict[str, Iterable[str]] = {
        **{f"term.{name}": rows for name, rows in file.term.items()},
        "form": file.form,
        "field": file.field,
        "level": file.level,
        "kind": file.kind,
        "ground": file.ground,
        "word": file.word,
        "power": file.power,
        "term": file.term,
    }
    for table, codes in tables.items():
        for code in codes:
            if not CODE.fullmatch(code):
                raise BadPack(
                    f"packs/forms.toml: [{table}.{code[:40]!r}] is no code.",
                    hint="Codes are lower-case letters, digits, '.', '_' and '-', at most 64.",
                )


def _said(row: _Term) -> dict[str, Any]:
    return {"label": row.label, "sentence": row.sentence, "source": row.source, "confirmed": row.confirmed}


def _term(code: str, row: _Term) -> Term:
    return Term(code=code, label=row.label, sentence=row.sentence, source=row.source, confirmed=row.confirmed)


def _told(table: str, rows: Mapping[_Code, _Told], codes: type[_Code], known: Mapping[str, Term]) -> dict[_Code, Told]:
    missing = sorted(set(codes) - rows.keys())
    if missing:
        raise BadPack(
            f"packs/forms.toml has no [{table}.{missing[0]}].", hint=f"Every {table} needs a label and two sentences."
        )
    found = {}
    for code, row in rows.items():
        if row.victim:
            _known(f"{table}.{code}.victim", "term.status", row.victim, known)
        found[code] = Told(code=code.value, label=row.label, asker=row.asker, answerer=row.answerer, victim=row.victim)
    return found


def _level(code: str, row: _Level, urgencies: Mapping[str, Term]) -> Level:
    _known(f"level.{code}.urgency", "term.urgency", row.urgency, urgencies)
    seconds = {Clock.ACKNOWLEDGE: row.acknowledge_s, Clock.ANSWER: row.answer_s}
    if row.act_s is not None:
        seconds[Clock.ACT] = row.act_s
    ordered = [seconds[clock] for clock in (Clock.ACKNOWLEDGE, Clock.ACT, Clock.ANSWER) if clock in seconds]
    if ordered != sorted(ordered):
        raise BadPack(
            f"packs/forms.toml: level.{code} has a later step that is due before an earlier one.",
            hint="acknowledge_s, act_s and answer_s each count from the moment the request came.",
        )
    return Level(
        code=code,
        label=row.label,
        urgency=row.urgency,
        seconds=seconds,
        source=row.source,
        confirmed=row.confirmed,
    )


def _form(
    code: str, row: _Form, file: _File, terms: Mapping[str, Mapping[str, Term]], levels: Mapping[str, Level]
) -> Form:
    where = f"form.{code}"
    _known(f"{where}.competence", "term.competence", row.competence, terms.get("competence", {}))
    if row.power:
        _known(f"{where}.power", "power", row.power, file.power)
    rows = [_known(f"{where}.levels", "level", name, levels) for name in row.levels]
    by_urgency = {one.urgency: one for one in rows}
    missing = set(terms.get("urgency", {})) - by_urgency.keys()
    if missing or len(by_urgency) < len(rows):
        raise BadPack(
            f"packs/forms.toml: {where} has not exactly one level for each urgency.",
            hint=f"Urgencies: {', '.join(terms.get('urgency', {})) or 'none'}.",
        )
    if bool(row.gives) is not (Step.ANSWERED in row.answers):
        raise BadPack(
            f"packs/forms.toml: {where} is answered without saying what with, or the other way round.",
            hint="`gives` names fields where `answers` has “answered”, and none elsewhere.",
        )
    names = (*row.must, *row.may)
    if len(set(names)) < len(names):
        raise BadPack(f"packs/forms.toml: {where} names a field twice.", hint="A field is in `must` or in `may`.")
    return Form(
        code=code,
        label=row.label,
        sentence=row.sentence,
        competence=row.competence,
        power=row.power,
        fields=tuple(_field(where, name, file, terms, mandatory=name in row.must) for name in names),
        bases=frozenset(row.bases),
        levels={name: one.seconds for name, one in by_urgency.items()},
        level_rows=by_urgency,
        answers=row.answers,
        gives=tuple(_field(where, name, file, terms, mandatory=False) for name in row.gives),
        fast=row.fast,
        outside=row.outside,
        source=row.source,
        confirmed=row.confirmed,
    )


def _field(where: str, code: str, file: _File, terms: Mapping[str, Mapping[str, Term]], *, mandatory: bool) -> Field:
    row = _known(where, "field", code, file.field)
    if row.among and row.kind is not FieldKind.CODE:
        raise BadPack(f"packs/forms.toml: field.{code} names codes, but is of kind {row.kind}.", hint='kind = "code"')
    codes: Iterable[str] = ()
    if row.among:
        tables: dict[str, Iterable[str]] = {"kind": file.kind, "power": file.power, "ground": file.ground, **terms}
        codes = _known(f"field.{code}.among", "term", row.among, tables)
    return Field(
        code=code,
        label=row.label,
        kind=row.kind,
        mandatory=mandatory,
        personal=row.personal,
        codes=frozenset(codes),
    )


def _known(where: str, table: str, code: str, rows: Mapping[str, _Row]) -> _Row:
    if code not in rows:
        raise BadPack(
            f"packs/forms.toml: {where} names {code[:64]!r}, which [{table}] does not have.",
            hint=f"Add [{table}.{code[:64]}], or use one of {', '.join(sorted(rows)) or 'none'}.",
        )
    return rows[code]
