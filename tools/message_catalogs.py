# SPDX-License-Identifier: Apache-2.0
"""The catalogs of translations as files: read, written in one form, brought up to the texts of now."""

import io
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from tools.message_places import Found

ROOT: Final = Path(__file__).resolve().parents[1]
LOCALE: Final = ROOT / "src/lintas/web/locale"
LANGUAGES: Final = ("ms", "th", "zh")
SAME: Final = "same as in English, on purpose"  # a translator's comment that says so
_HEADER: Final = """\
# SPDX-License-Identifier: Apache-2.0
# What the pages of Lintas say, in {name}.
msgid ""
msgstr ""
"Language: {code}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plurals}\\n"

"""
_NAMES: Final = {"ms": "Malay", "th": "Thai", "zh": "Chinese (simplified)"}
_PLURALS: Final = "nplurals=1; plural=0;"


def read(code: str) -> Catalog:
    """Read a catalog; an empty one when there is none yet."""
    file = path_of(code)
    if not file.exists():
        return _blank(code)
    with file.open("rb") as stream:
        return read_po(stream, locale=code)


def path_of(code: str) -> Path:
    """Where a language's catalog is."""
    return LOCALE / code / "lintas.po"


def write(file: Path, code: str, catalog: Catalog) -> None:
    """Write a catalog, in one form for one content, so that changes can be read."""
    body = io.BytesIO()
    write_po(body, catalog, width=120, sort_output=True, omit_header=True, include_lineno=False)
    header = _HEADER.format(name=_NAMES.get(code, "..."), code=code, plurals=_PLURALS)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(header.encode() + body.getvalue())


def updated(code: str, texts: dict[tuple[str, str], Found]) -> Catalog:
    """Give a catalog every text of now with the translations that there are, and no other."""
    old, fresh = read(code), _blank(code)
    for (context, msgid), found in texts.items():
        known = get(old, msgid, context)
        is_same_kind = known is not None and isinstance(known.id, tuple) == bool(found.many)
        string = known.string if known is not None and is_same_kind else ""
        fresh.add(
            (msgid, found.many) if found.many else msgid,
            string or (("",) if found.many else ""),
            locations=[(place, 1) for place in sorted(found.places)],
            user_comments=known.user_comments if known is not None else (),
            context=context or None,
        )
    return fresh


def missing(code: str, texts: dict[tuple[str, str], Found]) -> list[dict[str, Any]]:
    """What a catalog has no translation of."""
    catalog = read(code)
    rows: list[dict[str, Any]] = []
    for (context, msgid), found in texts.items():
        known = get(catalog, msgid, context)
        if known is None or not strings(known):
            rows.append({"context": context, "id": msgid, "many": found.many, "places": sorted(found.places)})
    return rows


def strings(message: Message) -> tuple[str, ...]:
    """The translations of one message: one for each class of numbers; none while one of them is empty."""
    said = message.string or ""
    found = (said,) if isinstance(said, str) else tuple(said)
    return found if all(found) else ()


def get(catalog: Catalog, msgid: str, context: str) -> Message | None:
    """One message of a catalog."""
    return catalog.get(msgid, context or None)


def _blank(code: str) -> Catalog:
    catalog = Catalog(locale=code or None, project="Lintas", charset="utf-8", fuzzy=False)
    catalog.mime_headers = [("Plural-Forms", _PLURALS)]  # babel's own for Malay has two
    return catalog
