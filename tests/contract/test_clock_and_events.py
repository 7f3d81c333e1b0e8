# SPDX-License-Identifier: Apache-2.0
"""Clocks, and the waking of those who wait."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta

import pytest

from lintas.ports.clock import Clock
from lintas.ports.events import Events
from lintas.testing import FakeClock
from lintas.work.services import as_text


def test_now_is_an_aware_time_in_utc(clock: Clock) -> None:
    assert clock.now().tzinfo is UTC
    assert as_text(clock.now()).endswith("Z")
    assert len(as_text(clock.now())) == len("2026-03-01T03:00:00.000Z")


def test_durations_never_run_back(clock: Clock) -> None:
    seen = [clock.monotonic_s() for _ in range(1000)]
    assert seen == sorted(seen)


def test_a_fake_clock_moves_when_told_and_its_durations_only_forward() -> None:
    clock = FakeClock()
    start, passed = clock.now(), clock.monotonic_s()
    clock.forward(hours=2)
    clock.set_back(days=1)
    assert clock.now() == start + timedelta(hours=2) - timedelta(days=1)
    assert clock.monotonic_s() == passed + 7200
    with pytest.raises(AssertionError):
        clock.forward(seconds=-1)


def test_each_publication_counts_for_its_own_topic(events: Events) -> None:
    assert events.count("log") == 0
    events.publish("log")
    events.publish("log")
    events.publish("alerts")
    assert (events.count("log"), events.count("alerts"), events.count("other")) == (2, 1, 0)


def test_who_waits_is_woken_by_its_topic(events: Events) -> None:
    with ThreadPoolExecutor(3) as threads:
        waiting = [threads.submit(events.wait, "log", seen=0, timeout_s=30) for _ in range(3)]
        events.publish("alerts")
        events.publish("log")
        assert [one.result(30) for one in waiting] == [1, 1, 1]


def test_what_happened_before_the_waiting_is_not_missed(events: Events) -> None:
    seen = events.count("log")
    events.publish("log")
    assert events.wait("log", seen=seen, timeout_s=30) == 1


def test_waiting_ends_when_time_is_up(events: Events) -> None:
    assert events.wait("log", seen=0, timeout_s=0.01) == 0


def test_a_subscriber_is_called_until_it_ends(events: Events) -> None:
    calls: list[int] = []
    end = events.subscribe("log", lambda: calls.append(events.count("log")))
    events.publish("log")
    events.publish("alerts")
    end()
    end()
    events.publish("log")
    assert calls == [1]


def test_a_subscriber_may_publish_and_unsubscribe_from_within(events: Events) -> None:
    calls: list[str] = []

    def call() -> None:
        calls.append("called")
        end()
        events.publish("alerts")

    end = events.subscribe("log", call)
    events.publish("log")
    events.publish("log")
    assert calls == ["called"]
    assert events.count("alerts") == 1
