# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest

from lintas.config.peer_address import read_listen, read_push, read_url, split_listen
from lintas.errors import BadInput


@pytest.mark.parametrize(
    ("listen", "host", "port"),
    [("0.0.0.0:8418", "0.0.0.0", 8418), ("[::]:0", "::", 0), ("peer.example:65535", "peer.example", 65535)],  # noqa: S104  # an operator's choice
)
def test_a_place_to_listen_at_has_host_and_port(listen: str, host: str, port: int) -> None:
    assert split_listen(read_listen(listen)) == (host, port)


@pytest.mark.parametrize("value", ["8418", ":8418", "a:", "a:65536", "a:-1", "a:x", "a:８４１８", 8418, None, ["a:1"]])
def test_what_is_no_place_to_listen_at_is_refused(value: Any) -> None:
    with pytest.raises(BadInput):
        read_listen(value)


@pytest.mark.parametrize("value", ["https://peer.example", "https://peer.example:8418", "https://[2001:db8::1]:8418"])
def test_an_address_to_publish(value: str) -> None:
    assert read_url(value) == value


@pytest.mark.parametrize(
    "value", ["http://a.example", "https://a.example/", "https://A.example", "a.example", "https://", 1, None]
)
def test_what_cannot_be_published_is_refused(value: Any) -> None:
    with pytest.raises(BadInput):
        read_url(value)


def test_nothing_said_is_nowhere_and_when_needed() -> None:
    assert (read_listen(""), read_url(""), read_push("auto"), read_push("always")) == ("", "", "auto", "always")


@pytest.mark.parametrize("value", ["", "never", True, None, 1])
def test_another_word_for_pushing_is_refused(value: Any) -> None:
    with pytest.raises(BadInput):
        read_push(value)
