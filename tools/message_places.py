# SPDX-License-Identifier: Apache-2.0
"""Find in templates, code, scripts and packs what people read on pages."""

import ast
import inspect
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from babel.messages.extract import extract
from jinja2.ext import babel_extract

from lintas import errors
from lintas.config.packs import read_packs
from lintas.web.console.catalog import patterns_of
from lintas.web.console.labels import labels_of

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = ROOT / "src/lintas"
TEMPLATES: Final = SOURCE / "web/console/templates"
SCRIPTS: Final = ROOT / "web/src"

# Whose errors and reasons a reader of the desk's pages meets.
SENTENCES_OF: Final = (
    "formats/desk",
    "formats/form_fields.py",
    "formats/forms.py",
    "policy/access.py",
    "policy/requests.py",
    "policy/doors.py",
    "policy/clocks.py",
    "web/app.py",
    "web/forms.py",
    "web/gate.py",
    "web/console/report.py",
    "web/console/requests.py",
    "web/console/request.py",
    "web/console/cases.py",
    "web/console/handing.py",
    "web/console/duty.py",
    "work/access",
    "work/accounts/links.py",
    "work/accounts/signing_in.py",
    "work/cases",
    "work/clocks",
    "work/desk",
    "work/handing",
    "work/reports",
    "work/requests",
)
_RAISED: Final = frozenset(name for name, one in vars(errors).items() if inspect.isclass(one)) | {"Rejected"}
_SAID: Final = frozenset({"say", "later"})
_TABLE: Final = "_LABELS"  # of code -> English, in a page's module


@dataclass(slots=True)
class Found:
    """One text: its form for many, if it counts something, and where it stands."""

    many: str = ""
    places: set[str] = field(default_factory=set)


def all_texts() -> dict[tuple[str, str], Found]:
    """Return every text: (context, English) -> what is known of it."""
    texts: dict[tuple[str, str], Found] = {}
    for place, msgid, many in (*of_templates(), *of_code(), *of_scripts(), *of_packs()):
        found = texts.setdefault(("", msgid), Found())
        found.many = found.many or many
        found.places.add(place)
    return texts


def of_templates() -> Iterator[tuple[str, str, str]]:
    """What templates say."""
    options = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false", "newstyle_gettext": "true"}
    for file in sorted(TEMPLATES.glob("*.html")):
        with file.open("rb") as stream:
            for _, name, said, _ in babel_extract(stream, ("_", "gettext", "ngettext"), [], options):
                if name == "ngettext":
                    assert isinstance(said, tuple) and said[0] and said[1], f"{file.name}: {said}"
                    yield file.name, said[0], said[1]
                else:
                    text = said[0] if isinstance(said, tuple) else said
                    if text:
                        yield file.name, text, ""


def of_scripts() -> Iterator[tuple[str, str, str]]:
    """What the pages' script says."""
    for file in sorted(SCRIPTS.glob("*.js")):
        with file.open("rb") as stream:
            for _, said, _, _ in extract("javascript", stream, keywords={"say": None}, options={"encoding": "utf-8"}):
                if said := said if isinstance(said, str) else next(iter(said), ""):
                    yield file.name, said, ""


def script_texts() -> tuple[str, ...]:
    """What the script says, each once, in order."""
    return tuple(sorted({msgid for _, msgid, _ in of_scripts()}))


def of_packs() -> Iterator[tuple[str, str, str]]:
    """What the packs call things, and their sentences."""
    packs = read_packs(None)
    for (kind, _), words in labels_of(packs).items():
        yield f"packs ({kind})", _escaped(words), ""
    for words in (*packs.forms.texts(), *packs.doors.texts()):
        yield "packs", _escaped(words), ""
    for profile in (packs.law.default, *packs.law.countries.values()):
        for row in (*profile.purposes.values(), *profile.bases.values()):
            yield "packs (law)", _escaped(row.label), ""


def of_code() -> Iterator[tuple[str, str, str]]:
    """What the pages' code says, and the sentences that use cases refuse with."""
    for name, one in vars(errors).items():
        if inspect.isclass(one) and one.__doc__ and name != "Fatal":
            yield "errors.py", _escaped(one.__doc__.strip()), ""
    for file in sorted((SOURCE / "web").rglob("*.py")):
        for said in _said(ast.parse(file.read_text("utf-8"))):
            yield str(file.relative_to(SOURCE)), said, ""
    for where in SENTENCES_OF:
        path = SOURCE / where
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path] if path.exists() else []:
            for said in _raised(ast.parse(file.read_text("utf-8"))):
                yield str(file.relative_to(SOURCE)), said, ""
    checks = SOURCE / "formats/form_fields.py"
    for said in _returned(ast.parse(checks.read_text("utf-8"))):
        yield str(checks.relative_to(SOURCE)), f"{said}.", ""


def _returned(tree: ast.AST) -> Iterator[str]:
    """What is wrong with a field: the end of a sentence that begins with the field's label."""
    for one in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and "_wrong" in node.name):
        for back in (node.value for node in ast.walk(one) if isinstance(node, ast.Return) and node.value):
            yield from _sentences(back)


def _said(tree: ast.AST) -> Iterator[str]:
    """What is said or marked for later, titles of pages, and tables of labels."""
    for table in (node for node in ast.walk(tree) if isinstance(node, ast.AnnAssign)):
        if isinstance(table.target, ast.Name) and table.target.id == _TABLE and isinstance(table.value, ast.Dict):
            yield from (text for value in table.value.values for text in _sentences(value))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = _name(call)
        if name in _SAID and call.args and isinstance(call.args[0], ast.Constant):
            yield str(call.args[0].value)
        if name == "page":
            yield from (text for one in call.keywords if one.arg == "title" for text in _sentences(one.value))


def _raised(tree: ast.AST) -> Iterator[str]:
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) in _RAISED):
        for argument in call.args:
            yield from (text for text in _sentences(argument) if " " in text)
        yield from (text for one in call.keywords if one.arg in {"hint", "reason"} for text in _sentences(one.value))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _sentences(node: ast.expr) -> Iterator[str]:
    """A constant, an f-string with its places numbered, or both branches of a choice between such."""
    if isinstance(node, ast.IfExp):
        yield from _sentences(node.body)
        yield from _sentences(node.orelse)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield _escaped(node.value)
    elif isinstance(node, ast.JoinedStr):
        text = _pattern(node)
        if patterns_of([text]):
            yield text


def _pattern(node: ast.JoinedStr) -> str:
    parts, count = [], 0
    for one in node.values:
        if isinstance(one, ast.Constant):
            parts.append(_escaped(str(one.value)))
        else:
            count += 1
            parts.append(f"%({count})s")
    return "".join(parts)


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
