# SPDX-License-Identifier: Apache-2.0
"""Whose word counts for where a request comes from."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.config.proxies import read_proxies
from lintas.errors import BadInput
from lintas.transport.sources import LOCAL, source_of

PROXIES = read_proxies(["10.0.0.5", "192.0.2.0/24", "127.0.0.1"])


@pytest.mark.parametrize(
    ("connected", "forwarded", "source"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),  # nobody trusts who connected
        ("10.0.0.5", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("10.0.0.5", "1.1.1.1, 203.0.113.9", "203.0.113.9"),  # what the client invented stands before it
        ("10.0.0.5", "1.1.1.1, 203.0.113.9, 192.0.2.77", "203.0.113.9"),
        ("10.0.0.5", "1.1.1.1, nonsense, 192.0.2.77", "192.0.2.77"),
        ("10.0.0.5", "203.0.113.9:4711", "203.0.113.9"),
        ("10.0.0.5", "[2001:db8::1]:443", "2001:db8::/64"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "", LOCAL),
        ("::1", "203.0.113.9", LOCAL),  # ::1 is not named
        ("::ffff:198.51.100.7", "", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "", "2001:db8:1:2::/64"),
        (None, "", LOCAL),
        ("testclient", "203.0.113.9", LOCAL),
    ],
)
def test_the_last_address_that_nobody_could_invent_counts(connected: str | None, forwarded: str, source: str) -> None:
    assert source_of(connected, forwarded, PROXIES) == source


def test_no_proxy_is_trusted_unless_it_is_named() -> None:
    assert source_of("10.0.0.5", "203.0.113.9", read_proxies([])) == "10.0.0.5"


@given(st.text(max_size=200))
def test_no_header_breaks_it_or_makes_a_stranger_local_by_loopback_of_untrusted(header: str) -> None:
    assert source_of("198.51.100.7", header, PROXIES) == "198.51.100.7"
    found = source_of("10.0.0.5", header, PROXIES)
    assert found == LOCAL or ipaddress.ip_network(found).prefixlen in {32, 64}


@pytest.mark.parametrize(
    "value", ["10.0.0.5", [1], ["0.0.0.0/0"], ["::/0"], ["proxy"], ["10.0.0.5/8"], ["10.0.0.1"] * 51]
)
def test_what_is_no_list_of_proxies_is_refused(value: object) -> None:
    with pytest.raises(BadInput):
        read_proxies(value)
