# SPDX-License-Identifier: Apache-2.0
"""The table [oidc]: read whole or refused in a sentence, and no secret in any of them."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.config.oidc import read_oidc
from lintas.errors import BadInput, LintasError
from lintas.model.marking import Tlp

GOOD: Final[dict[str, Any]] = {
    "issuer": "https://idp.example/realms/asc",
    "client_id": "lintas",
    "client_secret": "hush hush",
    "console_url": "https://desk.example/",
    "roles": {"asc-duty": "duty_officer"},
}


def test_without_a_table_nobody_signs_in_elsewhere(tmp_path: Path) -> None:
    assert read_oidc(tmp_path, None) is None


def test_a_whole_table_is_read(tmp_path: Path) -> None:
    said = GOOD | {"clearance_claim": "level", "clearances": {"two": "AMBER"}, "clearance": "GREEN", "accept_new": True}
    found = read_oidc(tmp_path, said)
    assert found is not None
    assert found.redirect_uri == "https://desk.example/oidc/callback"
    assert found.clearances == {"two": Tlp.AMBER}
    assert (found.clearance, found.accept_new) == (Tlp.GREEN, True)
    assert "hush" not in repr(found)


def test_the_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hush hush\nmore\n")
    said = {name: value for name, value in GOOD.items() if name != "client_secret"}
    found = read_oidc(tmp_path, said | {"client_secret_file": "secret"})
    assert found is not None
    assert found.client_secret == "hush hush"


def test_new_people_are_not_accepted_unless_it_is_said(tmp_path: Path) -> None:
    found = read_oidc(tmp_path, GOOD)
    assert found is not None
    assert not found.accept_new


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://idp.example"},
        {"issuer": "https://user@idp.example"},
        {"issuer": "https://idp.example?x=1"},
        {"issuer": "ftp://idp.example"},
        {"issuer": "https://[::1"},
        {"issuer": ""},
        {"issuer": 7},
        {"console_url": "desk.example"},
        {"console_url": None},
        {"client_id": ""},
        {"client_secret": "hush\nhush"},
        {"client_secret_file": "nowhere"},
        {"client_secret_file": "."},
        {"roles": {}},
        {"roles": ["duty"]},
        {"roles": {"x": 7}},
        {"scopes": ["profile"]},
        {"scopes": ["openid", "a b"]},
        {"scopes": "openid"},
        {"clearance": "PURPLE"},
        {"clearances": {"one": "AMBER"}},
        {"clearance_claim": "x", "clearances": {"one": "PURPLE"}},
        {"accept_new": "yes"},
        {"agencies": "one"},
        {"roles_claim": "a claim"},
        {"secret": "hush hush"},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_without_telling_the_secret(tmp_path: Path, wrong: dict[str, Any]) -> None:
    said = GOOD | wrong
    if "client_secret_file" in wrong:
        del said["client_secret"]
    with pytest.raises(LintasError) as caught:
        read_oidc(tmp_path, said)
    assert "hush" not in str(caught.value)


VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "scopes", "agencies", "clearance", "clearances", "label"]), VALUES))
def test_no_value_raises_anything_else(said: dict[str, Any]) -> None:
    with suppress(LintasError):
        read_oidc(Path("/nowhere"), GOOD | said)


def test_a_table_is_a_table(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="is a table"):
        read_oidc(tmp_path, "on")
