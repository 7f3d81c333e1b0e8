# SPDX-License-Identifier: Apache-2.0
"""A rung's letter as a file: text, JSON or a page to hand over, and the camt.056 for the own bank."""

from dataclasses import replace
from typing import Final

from starlette.responses import Response

from lintas.errors import UnknownTerm, WrongUse
from lintas.formats.letters import Letter, letter_html, letter_json, letter_text
from lintas.web.calls import Call
from lintas.web.console.language import later
from lintas.web.console.page import attached
from lintas.work.clocks import RungLine, show_ladder

TYPES: Final = {
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "xml": "application/xml",
}
HEADINGS: Final = {
    "from": later("From"),
    "reference": later("Reference"),
    "made": later("Made"),
    "missing": later("Not known yet"),
    "exercise": later("EXERCISE – EXERCISE – EXERCISE"),
}


def download(call: Call) -> Response:
    """Give a letter as a file to be saved.

    Raises:
        UnknownTerm: There is no such letter.
        WrongUse: The recall cannot be written yet; the reason says what is missing.
    """
    kind = call.path("kind")
    shown = show_ladder(call.services, call.viewer, call.path("request"), label=call.language.label)
    rung = next((one for one in shown.rungs if one.code == call.path("rung") and one.letter is not None), None)
    if rung is None or kind not in TYPES:
        raise UnknownTerm("There is no such letter.")
    return attached(f"{shown.ref}-{rung.code}.{kind}", _written(call, rung, kind), TYPES[kind])


def _written(call: Call, rung: RungLine, kind: str) -> bytes:
    if kind == "xml":
        if not rung.camt:
            raise WrongUse(rung.camt_problem or "This letter is no recall.")
        return rung.camt
    assert rung.letter is not None, "asked for above"
    letter = _in_language(call, rung.letter)
    if kind == "json":
        return letter_json(letter)
    return (letter_text(letter) if kind == "txt" else letter_html(letter, lang=call.language.tag)).encode("utf-8")


def _in_language(call: Call, letter: Letter) -> Letter:
    language = call.language
    headings = {name: language.plain(words) for name, words in HEADINGS.items()}
    return replace(letter, sentence=language.sentence(letter.sentence), headings=headings)
