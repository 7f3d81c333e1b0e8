# SPDX-License-Identifier: Apache-2.0
import os
import signal

import pytest

from lintas.cli.demo import Stopped, TooSlow, deadline, told_to_stop


def test_a_step_that_hangs_is_interrupted() -> None:
    reading, writing = os.pipe()
    try:
        with pytest.raises(TooSlow), deadline(0.05):
            os.read(reading, 1)  # nobody ever writes
    finally:
        os.close(reading)
        os.close(writing)


def test_a_step_in_time_leaves_no_alarm_behind() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with deadline(60):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) == before


def test_a_demo_that_is_told_to_stop_tidies_up_first() -> None:
    with told_to_stop(), pytest.raises(Stopped):
        signal.raise_signal(signal.SIGTERM)
