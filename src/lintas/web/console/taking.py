# SPDX-License-Identifier: Apache-2.0
"""Take: files or pasted text in; tables first show how their columns are read; then what was used and rejected."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Final

from starlette.responses import Response

from lintas.errors import BadInput, LintasError, Malformed, OverLimit, SandboxLimit, UnknownTerm, WrongUse
from lintas.formats.money.mapping import is_payments_mapping
from lintas.limits import FILE_BYTES_MAX, PASTE_CHARS_MAX
from lintas.model.marking import Grading, Marking, Tlp, protected_classes
from lintas.web.calls import Call, FileTaken, Waiting
from lintas.web.console.columns import AS_GUESSED, choices, corrected, show_table
from lintas.web.console.language import later
from lintas.web.console.page import page, see_other
from lintas.web.rendering import strictest
from lintas.work.finding import list_intakes
from lintas.work.intake import TakenFile, TakeOptions, guess_mapping, take
from lintas.work.services import no_progress

INTAKES_SHOWN: Final = 25
TABLE_SUFFIXES: Final = frozenset({".csv", ".tsv", ".tab"})
FORMATS: Final = {
    "": later("find out"),
    "stix": later("STIX 2.0 or 2.1"),
    "table": later("table (CSV, TSV)"),
    "text": later("text"),
}
RELIABILITY: Final = {
    "A": later("completely reliable"),
    "B": later("usually reliable"),
    "C": later("fairly reliable"),
    "D": later("not usually reliable"),
    "E": later("unreliable"),
    "F": later("cannot be judged"),
}
CREDIBILITY: Final = {
    "1": later("confirmed by other sources"),
    "2": later("probably true"),
    "3": later("possibly true"),
    "4": later("doubtful"),
    "5": later("improbable"),
    "6": later("cannot be judged"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sent:
    """A form of the Take page, read."""

    files: tuple[TakenFile, ...]
    options: TakeOptions
    looks_first: bool


def show_form(call: Call) -> Response:
    """Show the form and what was taken lately."""
    return _form(call)


def take_files(call: Call) -> Response:
    """Take what was sent, or first ask how a table's columns are meant."""
    try:
        sent = _read(call)
        mappings = _guesses(call, sent) if sent.looks_first else {}
        if mappings:
            waiting = Waiting(files=sent.files, options=sent.options, mappings=mappings)
            size = sum(len(file.data) for file in sent.files)
            return see_other(f"/take/columns/{call.console.uploads.put(call.owner, waiting, size_bytes=size)}")
    except (BadInput, WrongUse) as exc:
        return _form(call, problem=exc)
    return _taken(call, sent.files, sent.options, {})


def show_columns(call: Call) -> Response:
    """Show how the columns of waiting tables are understood."""
    return _columns(call, _waiting(call))


def take_with_columns(call: Call) -> Response:
    """Take waiting files, their columns as corrected."""
    waiting = _waiting(call)
    try:
        mappings = {
            index: corrected(index, guessed, call.form, call.services.packs)
            for index, guessed in waiting.mappings.items()
        }
    except BadInput as exc:
        return _columns(call, waiting, problem=exc)
    response = _taken(call, waiting.files, waiting.options, mappings)
    call.console.uploads.forget(call.owner, call.path("waiting"))
    return response


def show_result(call: Call) -> Response:
    """Say what became of each file."""
    results = call.console.results.get(call.owner, call.path("result"))
    if results is None:
        raise UnknownTerm("This result is no longer held.", hint="The files stand in the list of the Take page.")
    done = [one.taken for one in results if one.taken is not None]
    return page(
        call,
        "taken.html",
        title="Taken",
        section="take",
        tlp=strictest(one.marking for one in results),
        results=results,
        read=sum(one.read for one in done),
        used=sum(one.used for one in done),
        rejected=sum(len(one.rejected) for one in done),
        duplicates=sum(one.duplicates for one in done),
        alerts=sum(one.alerts for one in done),
        intakes=[intake for one in done for intake in one.intakes],
    )


def _read(call: Call) -> _Sent:
    form = call.form
    files = [TakenFile(name=upload.name, data=upload.data) for upload in form.files("files")]
    pasted = form.whole("text")
    if len(pasted) > PASTE_CHARS_MAX:
        raise OverLimit(f"The text has more than {PASTE_CHARS_MAX:,} characters.", hint="Send it as a file.")
    if pasted.strip():
        name = "pasted.csv" if form.text("format") == "table" else "pasted.txt"
        files.append(TakenFile(name=name, data=pasted.encode("utf-8")))
    if not files:
        raise WrongUse("There is nothing to take.", hint="Choose files, or paste a text.")
    tlp = form.text("tlp")
    options = TakeOptions(
        format=_one_of(form.text("format"), FORMATS, "format"),
        marking=Marking(tlp=Tlp.from_text(tlp)) if tlp else None,
        grading=Grading(
            source=_one_of(form.text("reliability", "F"), RELIABILITY, "reliability"),
            information=_one_of(form.text("credibility", "6"), CREDIBILITY, "credibility"),
        ),
        region=_region(form.text("region")),
        source=form.text("source")[:200],
        classes=protected_classes(form.texts("class")),
    )
    return _Sent(files=tuple(files), options=options, looks_first=form.has("look"))


def _guesses(call: Call, sent: _Sent) -> dict[int, str]:
    """Guess the columns of every table among the files; what is no table is read as whatever it is."""
    guesses = {}
    for index, file in enumerate(sent.files):
        is_named_so = PurePosixPath(file.name.lower()).suffix in TABLE_SUFFIXES
        if sent.options.format != "table" and not (is_named_so and not sent.options.format):
            continue
        try:
            guessed = guess_mapping(call.services, file, region=sent.options.region)
        except (Malformed, OverLimit, SandboxLimit):
            continue  # `take` says so in its result
        if not is_payments_mapping(guessed):  # a table that is plainly one of payments is read as that
            guesses[index] = guessed
    return guesses


def _taken(call: Call, files: tuple[TakenFile, ...], options: TakeOptions, mappings: Mapping[int, str]) -> Response:
    """Take file by file, so that each has a result of its own and none spoils its neighbours."""
    results = []
    for index, file in enumerate(files):
        reading = replace(options, mapping=mappings[index]) if index in mappings else options
        taken, problem = None, ""
        try:
            taken = take(call.services, call.viewer, [file], options=reading, progress=no_progress)
        except (BadInput, OverLimit, SandboxLimit) as exc:
            problem = str(exc)
        results.append(FileTaken(name=file.name, taken=taken, problem=problem, marking=_marking_of(call, options)))
    return see_other(f"/take/done/{call.console.results.put(call.owner, tuple(results), size_bytes=_size(results))}")


def _marking_of(call: Call, options: TakeOptions) -> str:
    """Rejected parts are quoted on the result page: it is marked at least as the files were."""
    default = call.services.config.default_marking
    return max(default, options.marking.tlp).label if options.marking else default.label


def _size(results: list[FileTaken]) -> int:
    return sum(64 * len(one.taken.messages) + 400 * len(one.taken.rejected) for one in results if one.taken)


def _waiting(call: Call) -> Waiting:
    waiting = call.console.uploads.get(call.owner, call.path("waiting"))
    if waiting is None:
        raise UnknownTerm(
            "These files no longer wait here.", hint="They are kept in memory for half an hour. Choose them again."
        )
    return waiting


def _columns(call: Call, waiting: Waiting, problem: LintasError | None = None) -> Response:
    return page(
        call,
        "columns.html",
        title="How the columns are read",
        section="take",
        tlp=Tlp.from_text(_marking_of(call, waiting.options)),
        status=400 if problem else 200,
        waiting_id=call.path("waiting"),
        tables=[
            show_table(call, index, waiting.files[index].name, guessed) for index, guessed in waiting.mappings.items()
        ],
        others=[file.name for index, file in enumerate(waiting.files) if index not in waiting.mappings],
        choices=choices(call),
        as_guessed=AS_GUESSED,
        sent=call.form,
        problem=problem,
    )


def _form(call: Call, problem: LintasError | None = None) -> Response:
    before = call.query("before")
    at = int(before) if before.isascii() and before.isdigit() and len(before) < 16 else 0
    lines = list_intakes(call.services, call.viewer, before=at, limit=INTAKES_SHOWN)
    return page(
        call,
        "take.html",
        title="Take",
        section="take",
        tlp=strictest(line.marking for _, line in lines),
        status=400 if problem else 200,
        problem=problem,
        sent=call.form,
        default_label=call.services.config.default_marking.label,
        region=call.services.config.region,
        formats=FORMATS,
        reliability=RELIABILITY,
        credibility=CREDIBILITY,
        classes=[row.code.value for row in call.services.packs.access.classes.values()],
        file_mib=FILE_BYTES_MAX // (1024 * 1024),
        paste_max=PASTE_CHARS_MAX,
        intakes=[line for _, line in lines],
        older=lines[-1][0] if len(lines) == INTAKES_SHOWN else 0,
        before=at,
    )


def _one_of(value: str, known: Mapping[str, str], what: str) -> str:
    if value not in known:
        raise BadInput(f"{value[:20]!r} is no {what}.")
    return value


def _region(text: str) -> str:
    plain = text.upper()
    if plain and not (len(plain) == 2 and plain.isascii() and plain.isalpha()):
        raise BadInput("The region is two letters, for example MY or SG.", hint="ISO 3166-1 alpha-2.")
    return plain
