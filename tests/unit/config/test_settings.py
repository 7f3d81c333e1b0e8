# SPDX-License-Identifier: Apache-2.0
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lintas.config.settings import FILE_NAME, NodeConfig, new_settings, read_settings, write_settings
from lintas.errors import BadInput, LintasError
from lintas.model.header import Mode
from lintas.model.marking import Tlp

GOOD = 'name = "Example centre"\ncountry = "MY"\n'
IN_ONE_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def put(folder: Path, text: str) -> Path:
    (folder / FILE_NAME).write_text(text, encoding="utf-8")
    return folder


def test_name_and_country_are_enough_and_the_rest_is_safe(tmp_path: Path) -> None:
    assert read_settings(put(tmp_path, GOOD)) == NodeConfig(
        folder=tmp_path,
        name="Example centre",
        country="MY",
        mode=Mode.LIVE,
        region="MY",
        default_marking=Tlp.AMBER_STRICT,
        time_zone="UTC",
        reader_workers=1,
    )


def test_every_setting_is_read(tmp_path: Path) -> None:
    more = 'mode = "exercise"\nregion = "SG"\ndefault_marking = "TLP:RED"\nreader_workers = 4\n'
    assert read_settings(put(tmp_path, f'{GOOD}{more}time_zone = "Asia/Kuala_Lumpur"\n')) == NodeConfig(
        folder=tmp_path,
        name="Example centre",
        country="MY",
        mode=Mode.EXERCISE,
        region="SG",
        default_marking=Tlp.RED,
        time_zone="Asia/Kuala_Lumpur",
        reader_workers=4,
    )


@pytest.mark.parametrize("name", ["Pusat Anti-Scam", '"Desk" \\ 7', "反诈中心", "ศูนย์ตัวอย่าง", "a'b", "x" * 100])
def test_settings_of_a_new_node_are_read_back(tmp_path: Path, name: str) -> None:
    made = new_settings(tmp_path, name=name, country="my", mode=Mode.EXERCISE)
    write_settings(made)
    assert read_settings(tmp_path) == made
    assert made.country == "MY"


@pytest.mark.parametrize(
    "line",
    [
        'name = ""',
        'name = "   "',
        "name = 7",
        f'name = "{"x" * 101}"',
        'name = "a\\u0007b"',
        'name = "a\\nb"',
        'country = "my"',
        'country = "MYS"',
        'country = "M1"',
        "country = 60",
        'region = "sg"',
        "region = []",
        'mode = "test"',
        "mode = 1",
        'default_marking = "ORANGE"',
        "default_marking = 3",
        'time_zone = "Asia/Nowhere"',
        'language = "fr"',
        'language = "TH"',
        "language = 1",
        'time_zone = "../../etc/passwd"',
        'time_zone = ""',
        "time_zone = 8",
        "reader_workers = 0",
        "reader_workers = 9",
        'reader_workers = "2"',
        "reader_workers = 1.5",
        "reader_workers = true",
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, line: str) -> None:
    key = line.partition(" ")[0]
    rest = "".join(f"{one}\n" for one in GOOD.splitlines() if not one.startswith(f"{key} "))
    with pytest.raises(BadInput):
        read_settings(put(tmp_path, rest + line + "\n"))


@pytest.mark.parametrize("missing", ["name", "country"])
def test_name_and_country_must_be_there(tmp_path: Path, missing: str) -> None:
    rest = "".join(f"{one}\n" for one in GOOD.splitlines() if not one.startswith(missing))
    with pytest.raises(BadInput):
        read_settings(put(tmp_path, rest))


def test_an_unknown_setting_is_named_and_the_known_ones_are_listed(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="colour") as caught:
        read_settings(put(tmp_path, f'{GOOD}colour = "red"\n'))
    assert "default_marking" in caught.value.hint


@pytest.mark.parametrize("text", ["name = ", "= 1", "name = 'a\n", "[[", "name = 1\nname = 2\n"])
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput):
        read_settings(put(tmp_path, text))


def test_a_file_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(b'name = "\xff"\n')
    with pytest.raises(BadInput):
        read_settings(tmp_path)


def test_a_folder_without_settings_is_no_node_and_the_hint_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no node") as caught:
        read_settings(tmp_path)
    assert "lintas init" in caught.value.hint


@IN_ONE_FOLDER
@given(text=st.text(max_size=40))
def test_any_text_raises_only_our_tree(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(text.encode("utf-8", "replace"))
    with suppress(LintasError):
        read_settings(tmp_path)


@pytest.mark.parametrize(("name", "country"), [("", "MY"), ("A", "Malaysia"), ("A", ""), ("\t", "MY")])
def test_a_node_with_no_name_or_country_cannot_be_made(tmp_path: Path, name: str, country: str) -> None:
    with pytest.raises(BadInput):
        new_settings(tmp_path, name=name, country=country, mode=Mode.LIVE)
