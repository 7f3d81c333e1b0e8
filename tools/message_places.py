# SPDX-License-Identifier: Apache-2.0
"""Find in templates, code, scripts and packs what people read on pages."""

import ast
import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from babel.messages.extract import extract
from jinja2.ext import babel_extract

from lintas import errors
from lintas.config.packs import read_packs
from lintas.policy import duplicates
from lintas.web.console.catalog import patterns_of
from lintas.web.console.labels import labels_of

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = ROOT / "src/lintas"
TEMPLATES: Final = SOURCE / "web/console/templates"
SCRIPTS: Final = ROOT / "web/src"

# Whose errors and reasons a reader of the desk's pages meets.
SENTENCES_OF: Final = (
    "formats/desk",
    "formats/emvco.py",
    "formats/form_fields.py",
    "formats/forms.py",
    "formats/pictures.py",
    "formats/slips.py",
    "policy",
    "node/installation.py",
    "web/app.py",
    "web/forms.py",
    "web/gate.py",
    "web/held.py",
    "web/streams.py",
    "web/turns.py",
    "web/console",
    "work/access.py",
    "work/accounts/links.py",
    "work/accounts/signing_in.py",
    "work/agreements",
    "work/banking",
    "work/binding/order.py",
    "work/cases",
    "work/clocks",
    "work/desk",
    "work/handing",
    "work/orders",
    "work/reports",
    "work/requests",
    "work/tracing_jobs",
)
# Whose reasons follow "it cannot be done: ", or stand in a thread beside what changed nothing.
REASONS_OF: Final = (
    "policy/access.py",
    "policy/handoff.py",
    "policy/orders.py",
    "policy/requests.py",
    "policy/rights.py",
    "work/accounts/noting.py",
    "work/keeping/doctor.py",
    "node/installation.py",
    "views/case_fold.py",
    "views/desk_thread.py",
    "work/cases/carrying.py",
    "work/cases/parts.py",
)
# What those who sign an order are told: pairs of a label and words, the sentence above; why an alert was given.
ORDERS_OF: Final = (
    "work/accounts/changing.py",
    "work/alerting.py",
    "work/orders/acts_agreements.py",
    "work/orders/acts_exchange.py",
    "work/orders/acts_messages.py",
    "work/orders/acts_node.py",
    "work/orders/acts_own.py",
    "work/orders/acts_requests.py",
    "work/orders/action.py",
    "work/orders/showing.py",
    "work/requests/powers.py",
)
# What a trace objects to: sentences that are kept as data and begin small, a count before them or a name after them.
OBJECTIONS_OF: Final = (
    "tracing/gathering.py",
    "tracing/injecting.py",
    "tracing/joining.py",
    "tracing/other_names.py",
    "tracing/reference.py",
    "tracing/seeding.py",
    "tracing/settling.py",
    "tracing/stretches.py",
)
# What a trace says of itself: what its rule and its rows cannot tell; what an exercise leaves to talk about.
LIMITS_OF: Final = (
    "exercises/talking.py",
    "node/installation.py",
    "sandbox/confine.py",
    "tracing/answering.py",
    "work/keeping/doctor.py",
)
# Labels that are called otherwise where the same English stands elsewhere; their kind is their context.
AMBIGUOUS: Final = frozenset(
    {
        ("field", "From"),
        ("field", "To"),
        *(("entry", words) for words in ("Account", "Keys", "Order", "Received", "Release", "Watch")),
        *(("term", words) for words in ("From", "Keys", "Now", "Who")),
        ("node_state", "live"),
        ("outbox", "Released"),
        ("outbox", "released"),
    }
)
_RAISED: Final = frozenset(name for name, one in vars(errors).items() if inspect.isclass(one)) | {
    "Rejected",
    "SlipRead",
}
_KEYWORDS: Final = frozenset({"hint", "note", "reason"})
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
    for kind, msgid in AMBIGUOUS:
        texts[kind, msgid] = Found(places={f"packs ({kind})"})
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
    for listed in packs.benign.lists:
        yield from (("packs (benign)", _escaped(words), "") for words in (listed.name, listed.why) if words)
    for profile in (packs.law.default, *packs.law.countries.values()):
        labels = [row.label for rows in (profile.purposes, profile.bases) for row in rows.values()] + [profile.label]
        for words in labels:
            yield "packs (law)", _escaped(words), ""


def of_code() -> Iterator[tuple[str, str, str]]:
    """What the pages' code says, and the sentences that use cases refuse with."""
    for name, one in vars(errors).items():
        if inspect.isclass(one) and one.__doc__ and name != "Fatal":
            yield "errors.py", _escaped(one.__doc__.strip()), ""
    yield from _read(("web",), _said)
    yield from _read(SENTENCES_OF, _raised)
    yield from _read(REASONS_OF, _reasons)
    yield from _read(ORDERS_OF, _told)
    yield from _read(LIMITS_OF, _whole)
    yield from _read(OBJECTIONS_OF, _objections)
    for sentence in duplicates.SENTENCES:
        yield "policy/duplicates.py", _escaped(sentence), ""
    for place, said, many in _read(("formats/form_fields.py",), _returned):
        yield place, f"{said}.", many


def _read(places: Sequence[str], finds: Callable[[ast.AST], Iterator[str]]) -> Iterator[tuple[str, str, str]]:
    for where in places:
        path = SOURCE / where
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            for said in finds(ast.parse(file.read_text("utf-8"))):
                yield str(file.relative_to(SOURCE)), said, ""


def _whole(node: ast.AST) -> Iterator[str]:
    """Whole sentences, but for docstrings."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.Constant | ast.JoinedStr):
            yield from (text for text in _sentences(child) if text.endswith((".", "?")) and text.count(" ") >= 3)
        else:
            yield from _whole(child)


def _returned(tree: ast.AST) -> Iterator[str]:
    """What is wrong with a field: the end of a sentence that begins with the field's label."""
    for one in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and "_wrong" in node.name):
        for back in (node.value for node in ast.walk(one) if isinstance(node, ast.Return) and node.value):
            yield from _sentences(back)


def _reasons(node: ast.AST) -> Iterator[str]:
    """Texts that begin small and have at least three words, but for docstrings and what assert says."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Assert) or (isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)):
            continue
        if isinstance(child, ast.Constant | ast.JoinedStr):
            yield from (text for text in _sentences(child) if _is_reason(text))
        else:
            yield from _reasons(child)


def _is_reason(text: str) -> bool:
    return text.count(" ") >= 2 and (text[0].islower() or "%" in text) and "SELECT" not in text


def _objections(tree: ast.AST) -> Iterator[str]:
    """What is appended to a list of them or returned alone, and kinds of doubts: `settling.doubt` counts each kind."""
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Constant):
            yield from (f"%(1)s {text}; first: %(2)s" for text in _sentences(node.value) if text.count(" ") >= 3)
        elif isinstance(node, ast.Call) and _name(node) == "append":
            yield from (text for one in node.args for text in _sentences(one) if text.count(" ") >= 3)
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            yield from (text for one in node.value.elts for text in _sentences(one) if text.count(" ") >= 3)


def _told(tree: ast.AST) -> Iterator[str]:
    """Pairs that begin with a label, sentences that are returned, and summaries."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[0], ast.Constant):
            label = node.elts[0].value
            if isinstance(label, str) and label[:1].isupper():
                yield _escaped(label)
                yield from (text for text in _sentences(node.elts[1]) if " " in text)
        elif isinstance(node, ast.Return) and node.value is not None:
            first = node.value.elts[0] if isinstance(node.value, ast.Tuple) and node.value.elts else node.value
            yield from (text for text in _sentences(first) if " " in text)
        elif isinstance(node, ast.keyword) and node.arg == "summary":
            yield from (text for text in _sentences(node.value) if " " in text)
        elif isinstance(node, ast.IfExp):
            yield from (text for text in _sentences(node) if " " in text)
        elif isinstance(node, ast.Dict):
            said = zip(node.keys, node.values, strict=True)
            reasons = [value for key, value in said if isinstance(key, ast.Constant) and key.value == "reason"]
            yield from (text for value in reasons for text in _sentences(value))
            yield from (text for key in node.keys if key is not None for text in _sentences(key) if _is_thing(text))
        elif isinstance(node, ast.DictComp):
            yield from (text for text in _sentences(node.key) if _is_thing(text))


def _is_thing(text: str) -> bool:
    """Whether it names what an order depends on: `Since it was proposed the law changed.`."""
    return text.startswith(("the ", "its "))


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
        yield from (text for one in call.keywords if one.arg in _KEYWORDS for text in _sentences(one.value))


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
    """Values that follow each other at once have one place: nobody could tell where the first ends."""
    parts: list[str] = []
    places = 0
    for one in node.values:
        if isinstance(one, ast.Constant):
            parts.append(_escaped(str(one.value)))
        elif not parts or parts[-1] != f"%({places})s":
            places += 1
            parts.append(f"%({places})s")
    return "".join(parts)


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
