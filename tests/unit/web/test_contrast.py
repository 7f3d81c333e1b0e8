# SPDX-License-Identifier: Apache-2.0
"""Contrast of the pages' colours, computed from the sheet that is shipped.

Source: WCAG 2.2, 1.4.3 (text 4.5:1), 1.4.11 (edges of controls and focus 3:1) and the definition of relative luminance.
"""

import re
from pathlib import Path
from typing import Final

import pytest

SHEET: Final = Path(__file__).resolve().parents[3] / "web/src/10-base.css"
TEXT_MIN, EDGE_MIN = 4.5, 3.0
GROUNDS = ("ground", "surface", "sunken", "mark")
TEXTS = ("text", "quiet", "link", "good", "warn", "bad")


def tokens(theme: str) -> dict[str, str]:
    """The colours of one theme."""
    found = {}
    for name, value in re.findall(r"--([a-z-]+):\s*([^;]+);", SHEET.read_text(encoding="utf-8")):
        pair = re.fullmatch(r"light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)", value)
        if pair:
            found[name] = pair.group(1 if theme == "light" else 2)
        elif re.fullmatch(r"#[0-9a-f]{6}", value):
            found[name] = value
    return found


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(two)))
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_is_the_standards() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_is_read_on_every_ground(theme: str, text: str, ground: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[text], colours[ground]) >= TEXT_MIN


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("on-accent", "accent"),
        ("text", "warn-ground"),
        ("text", "bad-ground"),
        ("bad", "bad-ground"),
        ("link", "warn-ground"),
        ("link", "bad-ground"),
        ("ground", "text"),
        ("on-exercise", "exercise"),
        ("tlp-red", "tlp-ground"),
        ("tlp-amber", "tlp-ground"),
        ("tlp-green", "tlp-ground"),
        ("tlp-clear", "tlp-ground"),
    ],
)
def test_text_is_read_on_its_own_ground(theme: str, text: str, ground: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[text], colours[ground]) >= TEXT_MIN


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_controls_and_focus_stand_out(theme: str, ground: str) -> None:
    colours = tokens(theme)
    assert contrast(colours["edge"], colours[ground]) >= EDGE_MIN
    assert contrast(colours["focus-outer"], colours[ground]) >= EDGE_MIN
    assert contrast(colours["focus-outer"], colours["focus-inner"]) >= EDGE_MIN


def test_the_markings_colours_are_firsts() -> None:
    colours = tokens("light")
    assert [colours[f"tlp-{name}"] for name in ("red", "amber", "green", "clear", "ground")] == [
        "#ff2b2b",
        "#ffc000",
        "#33ff00",
        "#ffffff",
        "#000000",
    ]
