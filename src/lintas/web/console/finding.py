# SPDX-License-Identifier: Apache-2.0
"""Find: one box, many terms; each answer with who says so, when, under which marking and grading.

A question is sent by POST and held in memory under a random id, so that its terms stand in no address, history
or log of a proxy; its page can still be reloaded and gone back to.
"""

from functools import partial

from starlette.responses import Response

from lintas.errors import BadInput, LintasError, OverLimit, UnknownTerm, WrongUse
from lintas.limits import TERMS_PER_FIND_MAX
from lintas.model.find_answers import Filters
from lintas.model.marking import Tlp
from lintas.web.asking import Question
from lintas.web.calls import Call
from lintas.web.console.page import page, see_other
from lintas.web.console.terms import lines_of, text_of
from lintas.web.rendering import strictest
from lintas.work.finding import find
from lintas.work.finding.results import COULD_BE

RESULTS_SHOWN = 500  # terms on one page; the rest is counted
PER_TERM = 20


def show_form(call: Call) -> Response:
    """Show the empty form, or the held question to be changed."""
    key = call.query("change")
    held = call.console.questions.get(call.owner, key) if key else None
    return _form(call, held or Question(terms=()))


def ask(call: Call) -> Response:
    """Hold a question and go to its answer."""
    try:
        question = _read(call)
    except LintasError as exc:
        return _form(call, Question(terms=lines_of(call.form.whole("terms"))[:RESULTS_SHOWN]), problem=exc)
    size = sum(len(term) for term in question.terms) * 4
    key = call.console.questions.put(call.owner, question, size_bytes=size)
    return see_other(f"/find/{key}")


def show_answer(call: Call) -> Response:
    """Ask a held question and show what was found."""
    key = call.path("question")
    question = call.console.questions.get(call.owner, key)
    if question is None:
        raise UnknownTerm(
            "This question is no longer held.",
            hint="Questions stand in memory only, for as long as you are signed in. Ask it again.",
        )
    try:
        found = find(
            call.services,
            call.viewer,
            question.terms,
            filters=question.filters,
            purpose=question.purpose,
            limit=PER_TERM,
        )
    except (BadInput, OverLimit, UnknownTerm) as exc:
        return _form(call, question, problem=exc)
    hits = [result for result in found.results if result.entities or result.sources]
    labels = (grounds.marking for result in found.results for grounds in result.sources)
    return page(
        call,
        "found.html",
        title="Find",
        section="find",
        tlp=strictest(labels, call.services.config.default_marking),
        question=question,
        question_id=key,
        purpose=question.purpose,
        results=found.results[:RESULTS_SHOWN],
        left_out=max(0, len(found.results) - RESULTS_SHOWN),
        hits=len(hits),
        asked=len(found.results),
        seconds=found.seconds,
        access=found.access,
        could_be=partial(_could_be, call),
        narrowed=question.filters != Filters(),
    )


def schemes_of(call: Call) -> dict[str, str]:
    """Return codes and labels of the identifier schemes, by label."""
    labels = ((code, call.language.label("scheme", code)) for code in call.services.packs.identifiers.schemes)
    return dict(sorted(labels, key=lambda pair: pair[1].lower()))


def _could_be(call: Call, note: str) -> str:
    """Name what else a term can be, where its note says so; empty otherwise."""
    codes = note.removeprefix(COULD_BE).rstrip(".").split(", ") if note.startswith(COULD_BE) else []
    return ", ".join(call.language.label("scheme", code) for code in codes)


def _read(call: Call) -> Question:
    form = call.form
    uploads = form.files("terms_file")
    terms = lines_of(form.whole("terms"))
    for upload in uploads:
        terms += lines_of(text_of(upload.data, upload.name))
    terms = tuple(dict.fromkeys(terms))
    if not terms:
        raise WrongUse("There is nothing to look for.", hint="Type a term, or choose a file with one a line.")
    if len(terms) > TERMS_PER_FIND_MAX:
        raise OverLimit(f"{len(terms)} terms are more than one question may have, which is {TERMS_PER_FIND_MAX}.")
    tlp = form.text("tlp")
    return Question(
        terms=terms,
        purpose=form.text("purpose")[:200],
        file_name=uploads[0].name if uploads else "",
        filters=Filters(
            scheme=form.text("scheme"),
            area=form.text("area"),
            source=form.text("source"),
            since=form.text("since"),
            until=form.text("until"),
            tlp=Tlp.from_text(tlp).label if tlp else "",
        ),
    )


def _form(call: Call, question: Question, problem: LintasError | None = None) -> Response:
    return page(
        call,
        "find.html",
        title="Find",
        section="find",
        tlp=call.services.config.default_marking if question.terms else None,
        status=400 if problem else 200,
        question=question,
        purpose=question.purpose,
        schemes=schemes_of(call),
        problem=problem,
        terms_max=TERMS_PER_FIND_MAX,
    )
