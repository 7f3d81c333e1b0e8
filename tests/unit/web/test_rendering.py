# SPDX-License-Identifier: Apache-2.0
"""Words that every page shares: times, markings, sizes; and where errors and addresses lead."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas import errors
from lintas.formats.peer import Desk
from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.ports.bank import BankSettings
from lintas.ports.identity import ProviderSettings
from lintas.web.console.labels import HANDLING
from lintas.web.console.sign_in import HOME, local_address
from lintas.web.console.terms import lines_of
from lintas.web.headers import CONTENT_SECURITY_POLICY
from lintas.web.problems import STATUS, TITLES, status_of
from lintas.web.rendering import PACKAGE, Pages, short_id, size_words, strictest, tlp_class

BUTTON = re.compile(r"<button\b.*?</button>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Settings as a node has them."""

    name: str = "Desk"
    country: str = "TH"
    mode: Mode = Mode.LIVE
    region: str = "TH"
    default_marking: Tlp = Tlp.AMBER
    time_zone: str = "Asia/Bangkok"
    language: str = "en"
    peer_url: str = ""
    desks: tuple[Desk, ...] = ()
    banks: Mapping[str, BankSettings] = field(default_factory=dict)
    console_url: str = ""
    oidc: ProviderSettings | None = None
    exercise: str = ""


def pages(zone: str = "Asia/Bangkok") -> Pages:
    return Pages(
        Said(time_zone=zone), node="lintas:x", version="0", labels={}, now=lambda: datetime(2026, 11, 22, tzinfo=UTC)
    )


def test_a_time_is_shown_with_both_zones() -> None:
    shown = pages().moment("2026-11-21T14:03:10.123Z")
    assert shown is not None
    assert (shown.iso, shown.local, shown.utc) == ("2026-11-21T14:03:10.123Z", "2026-11-21 21:03 +07", "14:03 UTC")


def test_a_day_that_differs_there_is_named() -> None:
    shown = pages().moment("2026-11-21T20:30:00.000Z")
    assert shown is not None
    assert (shown.local, shown.utc) == ("2026-11-22 03:30 +07", "2026-11-21 20:30 UTC")


def test_a_node_on_utc_says_it_once() -> None:
    shown = pages("UTC").moment("2026-11-21T20:30:00.000Z")
    assert shown is not None
    assert (shown.local, shown.utc) == ("2026-11-21 20:30 UTC", "")


@given(st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1)), st.integers(-14, 14))  # noqa: DTZ001  # zone is added
def test_every_zone_says_the_same_moment(at: datetime, hours: int) -> None:
    aware = at.replace(tzinfo=timezone(timedelta(hours=hours)))
    shown, again = pages().moment(aware.isoformat()), pages().moment(aware.astimezone(UTC))
    assert shown == again


@given(st.text())
def test_what_is_no_time_is_shown_as_none(text: str) -> None:
    shown = pages().moment(text)
    assert shown is None or shown.iso.endswith("Z")


def test_the_strictest_marking_wins_and_what_cannot_be_read_is_red() -> None:
    assert strictest([]) is None
    assert strictest(["TLP:GREEN", "TLP:AMBER+STRICT", "TLP:CLEAR"]) is Tlp.AMBER_STRICT
    assert strictest(["TLP:GREEN"], Tlp.AMBER, None) is Tlp.AMBER
    assert strictest(["TLP:GREEN", "nonsense"]) is Tlp.RED


@pytest.mark.parametrize("tlp", Tlp)
def test_each_marking_has_words_and_a_style(tlp: Tlp) -> None:
    sheets = "".join(path.read_text("utf-8") for path in resources.files(PACKAGE).joinpath("templates").iterdir())
    assert HANDLING[tlp.label]
    assert re.fullmatch(r"tlp-[a-z-]+", tlp_class(tlp.label))
    assert "tlp_class" in sheets


def test_ids_and_sizes_are_short_for_people() -> None:
    assert short_id("0123456789abcdef") == "0123456789…"
    assert short_id("lintas:abcdefghijklmnop") == "lintas:abcdefghij…"
    assert short_id("01234567890") == "01234567890"
    assert [size_words(n) for n in (0, 1023, 1024, 1024 * 1024)] == ["0 B", "1023 B", "1.0 KiB", "1.0 MiB"]


def every_error() -> list[type[errors.LintasError]]:
    found = [errors.LintasError]
    for kind in found:
        found += kind.__subclasses__()
    return found


@pytest.mark.parametrize("kind", every_error(), ids=lambda kind: kind.__name__)
def test_every_error_has_a_status_and_its_page_a_title(kind: type[errors.LintasError]) -> None:
    needed: dict[str, Any] = {
        "what": "gap",
        "size": 1,
        "status": 500,
        "code": "busy",
    }  # what some kinds cannot be without
    names = inspect.signature(kind).parameters.keys() & needed.keys()
    error = kind(**{name: needed[name] for name in names})
    assert status_of(error) in TITLES
    assert 400 <= status_of(error) <= 503


def test_no_row_of_the_error_table_is_idle() -> None:
    for kind, status in STATUS.items():
        parent = next((STATUS[base] for base in kind.__mro__[1:] if base in STATUS), None)
        assert parent != status, kind


@given(st.text())
def test_nobody_is_sent_to_another_site(address: str) -> None:
    led = local_address(address)
    assert led == HOME or (led == address and led.startswith("/") and not led.startswith("//"))


@pytest.mark.parametrize("address", ["/", "/desk", "/find/abc?x=1", "/log?before=3#head"])
def test_ones_own_addresses_are_kept(address: str) -> None:
    assert local_address(address) == address


def test_terms_are_lines_each_once() -> None:
    assert lines_of(" a \n\n b\r\na\n") == ("a", "b")


def test_the_policy_loads_nothing_from_elsewhere() -> None:
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith("default-src 'none'")


@pytest.mark.parametrize("name", [f.name for f in resources.files(PACKAGE).joinpath("templates").iterdir()])
def test_no_template_has_inline_code_or_unescaped_values(name: str) -> None:
    text = resources.files(PACKAGE).joinpath("templates", name).read_text("utf-8")
    assert not re.search(r"\son[a-z]+=", text)
    assert " style=" not in text
    assert "|safe" not in text.replace(" ", "")
    assert "autoescape" not in text
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert 'name="form"' in form or "secret(form_secret)" in form


def test_what_a_template_is_compiled_to_is_the_same_for_every_console_and_language() -> None:
    here, elsewhere = pages("UTC"), pages("Asia/Bangkok")
    one, other = here._sets["en"], elsewhere._sets["th"]  # they share what is compiled
    assert one.loader is not None
    for name in one.list_templates(extensions=["html"]):
        source = one.loader.get_source(one, name)[0]
        assert one.compile(source, name, raw=True) == other.compile(source, name, raw=True), name


def test_no_button_is_called_by_the_word_for_what_is_not_closed_yet() -> None:
    folder = resources.files("lintas.web.console") / "templates"
    pages = [one for one in folder.iterdir() if one.name.endswith(".html")]
    said = {one.name for one in pages for text in BUTTON.findall(one.read_text("utf-8")) if '_("Open")' in text}
    assert pages and said == set(), "in Chinese, Malay and Thai that is no word for opening something"
