# SPDX-License-Identifier: Apache-2.0
"""The catalogs hold a translation of every text of now, with its places, and nothing else."""

from pathlib import Path

import pytest
from babel.messages.catalog import Message

from tools.message_catalogs import LANGUAGES, SAME, missing, path_of, read, updated, write
from tools.message_checks import problems, wrongs
from tools.message_places import Found, all_texts, script_texts

TEXTS = all_texts()
SCRIPTS = path_of("ms").parents[1] / "scripts.txt"


def test_every_text_is_said_in_every_language() -> None:
    assert problems(TEXTS) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalog_has_one_form_and_is_in_it(code: str, tmp_path: Path) -> None:
    again = tmp_path / "again.po"
    write(again, code, updated(code, TEXTS))
    assert without_places(again) == without_places(path_of(code))


def without_places(file: Path) -> list[str]:
    """Lines of a catalog but those that say where a text stands: they change whenever a text moves."""
    return [line for line in file.read_text("utf-8").splitlines() if not line.startswith("#:")]


def test_the_script_is_handed_all_that_it_says() -> None:
    assert tuple(SCRIPTS.read_text("utf-8").splitlines()) == script_texts()


def test_a_text_of_each_place_is_found() -> None:
    texts = {msgid: found.places for (_, msgid), found in TEXTS.items()}
    assert "layout.html" in texts["Sign out"]
    assert "live.js" in texts["Paused"]
    assert "errors.py" in texts["The policy does not allow this."]
    assert "web/console/page.py" in texts["Oversight"]
    assert "packs (power)" in texts["Hold"]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_text_that_nobody_translated_is_missing(code: str) -> None:
    texts = {**TEXTS, ("", "Nobody wrote this down."): Found(places={"new.html"})}
    assert [row["id"] for row in missing(code, texts)] == ["Nobody wrote this down."]
    assert any("Nobody wrote this down." in line for line in problems(texts))


def test_a_translation_that_nobody_uses_is_named() -> None:
    fewer = {key: found for key, found in TEXTS.items() if key[1] != "Sign out"}
    assert sum("nobody uses 'Sign out'" in line for line in problems(fewer)) == len(LANGUAGES)


@pytest.mark.parametrize(
    ("msgid", "said"),
    [
        ("%(count)s open", "%(cuont)s terbuka"),
        ("%(count)s open", "terbuka"),
        ("Open", "%(count)s terbuka"),
        ("%(a)s of %(b)s", "%(a)s"),
        ("Open", " terbuka"),
        ("Open", "terbuka\n"),
        ("Open", "Open"),
        ("Full at 90 %%", "Penuh pada 90 %"),
    ],
)
def test_a_wrong_translation_is_seen(msgid: str, said: str) -> None:
    assert list(wrongs(Message(msgid, said), msgid, ""))


@pytest.mark.parametrize(
    ("message", "many"),
    [
        (Message("Open", "Terbuka"), ""),
        (Message("%(b)s of %(a)s", "%(a)s, %(b)s"), ""),
        (Message("Bakong", "Bakong", user_comments=[SAME]), ""),
        (Message(("%(num)s step", "%(num)s steps"), ("%(num)s langkah",)), "%(num)s steps"),
        (Message("Full at 90 %%", "Penuh pada 90 %%"), ""),
    ],
)
def test_a_right_translation_is_not_named(message: Message, many: str) -> None:
    msgid = message.id if isinstance(message.id, str) else message.id[0]
    assert list(wrongs(message, msgid, many)) == []


def test_a_guess_that_nobody_looked_at_counts_for_nothing() -> None:
    assert list(wrongs(Message("Open", "Terbuka", flags=["fuzzy"]), "Open", ""))


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_catalog_names_a_person_or_a_time(code: str) -> None:
    assert "Last-Translator" not in read(code).header_comment
    assert b"POT-Creation-Date" not in path_of(code).read_bytes()
