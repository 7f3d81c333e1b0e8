# SPDX-License-Identifier: Apache-2.0
from hypothesis import given
from hypothesis import strategies as st

from lintas.limits import PEER_SESSIONS_MAX
from lintas.web.peer.sessions import GREETINGS_MAX, WINDOW, Sessions

ONE, OTHER = "0" * 31 + "1", "0" * 31 + "2"


def opened() -> Sessions:
    sessions = Sessions()
    sessions.open("node-a", ONE)
    return sessions


def test_each_number_counts_once() -> None:
    sessions = opened()
    assert sessions.use("node-a", f"{ONE}.1")
    assert not sessions.use("node-a", f"{ONE}.1")
    assert sessions.use("node-a", f"{ONE}.2")


def test_requests_may_overtake_each_other_within_the_window() -> None:
    sessions = opened()
    assert sessions.use("node-a", f"{ONE}.{WINDOW}")
    assert sessions.use("node-a", f"{ONE}.1")
    assert not sessions.use("node-a", f"{ONE}.1")


def test_a_number_older_than_the_window_is_refused_though_new() -> None:
    sessions = opened()
    assert sessions.use("node-a", f"{ONE}.{WINDOW + 1}")
    assert not sessions.use("node-a", f"{ONE}.1")
    assert sessions.use("node-a", f"{ONE}.2")


def test_a_leap_forgets_nothing_that_could_come_again() -> None:
    sessions = opened()
    assert sessions.use("node-a", f"{ONE}.5")
    assert sessions.use("node-a", f"{ONE}.{5 + WINDOW * 10}")
    assert not sessions.use("node-a", f"{ONE}.5")


def test_a_session_is_of_the_peer_that_opened_it() -> None:
    sessions = opened()
    assert sessions.node_of(f"{ONE}.1") == "node-a"
    assert not sessions.use("node-b", f"{ONE}.1")
    assert sessions.use("node-a", f"{ONE}.1")  # and the try of the other cost it nothing


def test_what_is_no_nonce_of_a_session_opens_nothing() -> None:
    sessions = opened()
    for nonce in ("", ONE, f"{ONE}.", f"{ONE}.0", f"{ONE}.01", f"{ONE}.-1", f"{ONE}.1.1", f"{OTHER}.1", f"{ONE}.1\n"):
        assert sessions.node_of(nonce) is None
        assert not sessions.use("node-a", nonce)


def test_the_oldest_session_goes_when_there_are_too_many() -> None:
    sessions = opened()
    newer = [f"{number:032x}" for number in range(100, 100 + PEER_SESSIONS_MAX)]
    for session in newer:
        sessions.open("node-a", session)
    sessions.open("node-b", OTHER)
    assert sessions.node_of(f"{ONE}.1") is None
    assert [sessions.node_of(f"{session}.1") for session in newer] == ["node-a"] * PEER_SESSIONS_MAX
    assert sessions.node_of(f"{OTHER}.1") == "node-b"


def test_ended_sessions_are_gone() -> None:
    sessions = opened()
    sessions.end("node-a")
    sessions.end("node-b")
    assert sessions.node_of(f"{ONE}.1") is None


def test_a_greeting_counts_once() -> None:
    sessions = Sessions()
    assert sessions.greet("node-a", ONE)
    assert not sessions.greet("node-a", ONE)
    assert sessions.greet("node-b", ONE)
    assert not sessions.greet("node-a", f"{ONE}.1")
    assert not sessions.greet("node-a", "short")


def test_greetings_are_remembered_up_to_a_limit() -> None:
    sessions = Sessions()
    nonces = [f"{number:032x}" for number in range(GREETINGS_MAX)]
    assert all(sessions.greet("node-a", nonce) for nonce in nonces)
    assert not any(sessions.greet("node-a", nonce) for nonce in nonces)
    assert len(sessions._greetings["node-a"]) == GREETINGS_MAX


@given(st.lists(st.integers(1, 300), max_size=200))
def test_no_order_of_numbers_lets_one_through_twice(numbers: list[int]) -> None:
    sessions = opened()
    passed = [number for number in numbers if sessions.use("node-a", f"{ONE}.{number}")]
    assert len(passed) == len(set(passed))


@given(st.permutations(range(1, WINDOW + 1)))
def test_every_order_within_the_window_passes(numbers: list[int]) -> None:
    sessions = opened()
    assert all(sessions.use("node-a", f"{ONE}.{number}") for number in numbers)
