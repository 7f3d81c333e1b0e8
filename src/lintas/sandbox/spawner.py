# SPDX-License-Identifier: Apache-2.0
"""Starts reader processes from one thread that lives as long as the pool.

The kernel's "die with your parent" (PR_SET_PDEATHSIG) means the thread that started a process. Threads that serve web
requests come and go; a reader that one of them started would be killed with it.
"""

import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

WORKER: Final = "lintas.sandbox.worker"
_KEPT: Final = ("LD_LIBRARY_PATH",)  # where some builds of Python find their own library; nothing else is passed


class Spawner:
    """One thread that starts processes."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lintas-spawner")

    def spawn(self, memory_bytes: int) -> "subprocess.Popen[bytes]":
        """Start a reader process; it is not ready yet.

        Raises:
            OSError: The system refused.
        """
        started: Future[subprocess.Popen[bytes]] = self._thread.submit(_start, memory_bytes)
        return started.result()

    def close(self) -> None:
        """End the thread, and with it each process that still runs."""
        self._thread.shutdown(wait=True)


def _start(memory_bytes: int) -> "subprocess.Popen[bytes]":
    # -I: neither the working folder nor the environment nor the user's own packages can put code into a reader.
    command = [sys.executable, "-I", "-X", "utf8", "-m", WORKER, str(os.getpid()), str(memory_bytes)]
    return subprocess.Popen(  # noqa: S603 - our own interpreter and module, no foreign word among them
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what a library prints about foreign bytes goes into no log
        bufsize=0,
        cwd="/",
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
        start_new_session=True,  # Ctrl-C in a terminal is for the node, not for its readers
    )
