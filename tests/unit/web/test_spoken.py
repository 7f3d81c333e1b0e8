# SPDX-License-Identifier: Apache-2.0
"""Templates hold no words outside of what is translated: every page speaks all languages."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from typing import Final

import pytest

TEMPLATES: Final = resources.files("lintas.web.console").joinpath("templates")
NAMES: Final = sorted(file.name for file in TEMPLATES.iterdir() if file.name.endswith(".html"))
READ_OUT: Final = frozenset({"title", "placeholder", "aria-label", "alt", "label"})
PLAIN: Final = re.compile(  # names, keys and units that are the same in every language
    r"\b(Lintas|Enter|Ctrl|UTC|BIC|camt|UETR|CC|ISO|[A-Za-z]|[A-Z]{2}-[A-Z]-[0-9A-Z-]+|25k)\b|^\s*/[a-z]+\?1\s*$"
)
_NOTHING: Final = re.compile(r"\{#.*?#\}|\{%.*?%\}", re.DOTALL)
_TAG_NAME: Final = re.compile(r"(?<=<)\{\{.*?\}\}|(?<=</)\{\{.*?\}\}", re.DOTALL)
_VALUE: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)


class _Words(HTMLParser):
    """Collects what a person reads or hears."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in {"script", "style"}
        self.found += [value for name, value in attrs if name in READ_OUT and value]

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


def bare_words(source: str) -> Iterator[str]:
    """Words of a template that no function of the language gives."""
    parser = _Words()
    parser.feed(_VALUE.sub("1", _TAG_NAME.sub("x", _NOTHING.sub("", source))))
    for text in parser.found:
        left = PLAIN.sub("", text)
        if re.search(r"[^\W\d_]{2,}", left):
            yield " ".join(text.split())


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_no_bare_words(name: str) -> None:
    assert list(bare_words(TEMPLATES.joinpath(name).read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Plain words</p>",
        '<input placeholder="Phone or account">',
        '<p title="{{ at }} o\'clock"></p>',
        "<p>{{ _('Said') }} and not said</p>",
    ],
)
def test_bare_words_are_found(source: str) -> None:
    assert list(bare_words(source))


@pytest.mark.parametrize(
    "source",
    [
        "<p>{{ _('Said') }}</p>",
        '<a href="/requests" class="plain" data-go="r">{{ words }}</a>',
        "<kbd>g</kbd> <kbd>Enter</kbd>",
        "{# a remark of ours #}",
        "<script>const words = 1</script>",
    ],
)
def test_what_is_said_is_no_bare_word(source: str) -> None:
    assert not list(bare_words(source))
