# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import OverLimit
from lintas.formats.identifiers import extract
from lintas.formats.reader_draft import NOTES_MAX, PROP_CHARS_MAX, Draft, prop_name
from lintas.limits import TEXT_CHARS_MAX
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import packs

SCHEMES = sorted(packs().identifiers.schemes.items())


def draft(region: str = "") -> Draft:
    return Draft(options=ReadOptions(region=region), packs=packs(), statements_max=5)


def mentioned(text: str, region: str) -> set[str]:
    made = draft(region)
    made.mention(made.entity("k", "Thing", ""), "p", text)
    return {f"{each.identifier.scheme}:{each.identifier.value}" for each in made.derived().postings}


def found(text: str, region: str) -> set[str]:
    return {f"{each.identifier.scheme}:{each.identifier.value}" for each in extract(text, packs=packs(), region=region)}


@pytest.mark.parametrize("scheme", [code for code, _ in SCHEMES])
def test_the_quick_look_hides_no_identifier(scheme: str) -> None:
    """Short texts are looked at quickly first; what the full search finds must pass that look."""
    known = packs().identifiers.schemes[scheme]
    for form in (known.sample, known.sample.lower(), known.sample.replace(".", "[.]"), known.sample.replace(":", " ")):
        for word in ("", *known.context):
            for region in ("", *known.countries[:2]):
                text = f"{word} {form}"
                assert found(text, region) <= mentioned(text, region), text


@given(st.text(max_size=40) | st.text(alphabet="ax19.@:+-()[] ０１。．", max_size=40))
def test_the_quick_look_hides_nothing_in_any_text(text: str) -> None:
    assert found(text, "SG") <= mentioned(text, "SG")


def test_statements_beyond_the_limit_are_refused() -> None:
    made = draft()
    for number in range(5):
        made.say(0, "p", str(number))
    with pytest.raises(OverLimit):
        made.say(0, "p", "one more")


def test_notes_are_said_once_and_counted_beyond_their_limit() -> None:
    made = draft()
    for number in range(NOTES_MAX + 3):
        made.note(f"note {number}")
        made.note("note 0")
    notes = made.derived().notes
    assert len(notes) == NOTES_MAX + 1
    assert notes[-1] == "3 further notes are left out."


def test_a_text_too_long_to_be_searched_is_kept_and_noted() -> None:
    made = draft()
    made.mention(0, "p", "see http://x.example.com/ " * (TEXT_CHARS_MAX // 20))
    assert made.derived().postings == ()
    assert "was not searched" in made.derived().notes[0]


def test_a_property_name_has_a_bearable_length() -> None:
    assert prop_name("x" * 10_000 + "\0") == "x" * PROP_CHARS_MAX


def test_a_caption_is_one_line() -> None:
    made = draft()
    made.entity("k", "Thing", " a\n\tb  c\0 ")
    assert made.derived().entities[0].caption == "a b c\ufffd"
