# SPDX-License-Identifier: Apache-2.0
import pytest

from tools.pip_settings import exports


def test_an_index_of_pip_is_handed_to_uv() -> None:
    assert exports({"index-url": "https://index.example/simple"}, {}) == {
        "UV_DEFAULT_INDEX": "https://index.example/simple"
    }


def test_further_indexes_are_asked_together_as_pip_does() -> None:
    settings = {"extra-index-url": "https://a.example/simple\nhttps://b.example/simple"}
    assert exports(settings, {}) == {
        "UV_INDEX": "https://a.example/simple https://b.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }


@pytest.mark.parametrize(
    ("key", "variable"),
    [
        ("index-url", "UV_DEFAULT_INDEX"),
        ("index-url", "UV_INDEX_URL"),
        ("extra-index-url", "UV_EXTRA_INDEX_URL"),
        ("cert", "SSL_CERT_FILE"),
        ("proxy", "HTTPS_PROXY"),
    ],
)
def test_what_the_environment_says_already_wins(key: str, variable: str) -> None:
    assert exports({key: "pip's"}, {variable: "the user's"}) == {}


def test_an_empty_setting_is_no_setting() -> None:
    assert exports({"extra-index-url": "", "proxy": " "}, {}) == {}


@pytest.mark.parametrize("value", ["0", "false", "no", ""])
def test_no_index_that_is_off_is_not_handed_on(value: str) -> None:
    assert exports({"no-index": value}, {}) == {}


def test_folders_of_wheels_are_parted_by_commas() -> None:
    assert exports({"find-links": "/wheels /more"}, {})["UV_FIND_LINKS"] == "/wheels,/more"


def test_a_timeout_is_whole_seconds() -> None:
    assert exports({"timeout": "15.5"}, {}) == {"UV_HTTP_TIMEOUT": "15"}
