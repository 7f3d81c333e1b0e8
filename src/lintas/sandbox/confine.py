# SPDX-License-Identifier: Apache-2.0
"""Give up, for good, all that a reader does not need. Called once in a reader process, before any foreign byte is read.

Each step stands alone: where a kernel lacks one, the others still hold, and the answer says which are active.
Whether a step is active is tried, not assumed: see `_probe`.
"""

import ctypes
import errno
import os
import resource
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lintas.sandbox import seccomp
from lintas.sandbox.protection import Protection

FILES_OPEN_MAX: Final = 3  # standard input, output and error: no file, socket or pipe can be opened beside them

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_DUMPABLE: Final = 4
_PR_CAPBSET_DROP: Final = 24
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_CAP_AMBIENT: Final = 47
_PR_CAP_AMBIENT_CLEAR_ALL: Final = 4
_CAPABILITY_VERSION_3: Final = 0x20080522
_CAPABILITIES_KNOWN_MAX: Final = 64

_IS_LINUX: Final = sys.platform == "linux"


def die_with_parent(parent_pid: int) -> None:
    """End this process when the thread that started it ends, or now if it has ended already.

    The kernel means the starting *thread*, which is why the pool starts all processes from one thread of its own.
    """
    if _IS_LINUX:
        _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # it died before the call above
        os._exit(0)


def confine(memory_bytes: int) -> tuple[Protection, ...]:
    """Give up everything but memory, the processor and the standard streams.

    Args:
        memory_bytes: Address space that may be used beyond what is in use now. Bytes.

    Returns:
        Each protection, whether it is active here, and a sentence that says so.
    """
    _ignore_stop_signals()
    memory = _limit_memory(memory_bytes)
    for kind in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
        resource.setrlimit(kind, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_OPEN_MAX, FILES_OPEN_MAX))
    privileges = _give_up_privileges()
    calls = _filter_calls()
    return (calls, *_probe(), memory, _processor(), *privileges)


def confine_worker(memory_bytes: int, machines: Mapping[str, seccomp.Machine]) -> tuple[Protection, ...]:
    """Give up the network, other programs and all privileges, but not files and threads: for workers of our own data.

    Args:
        memory_bytes: Address space that may be used beyond what is in use now. Bytes.
        machines: System calls that stay allowed, by machine type.
    """
    _ignore_stop_signals()
    memory = _limit_memory(memory_bytes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    privileges = _give_up_privileges()
    calls = _filter_calls(machines)
    libc = _libc()
    network = libc.socket(2, 1, 0) == -1
    ctypes.set_errno(0)
    libc.execve(None, None, None)  # EFAULT where it is allowed: nothing is started by this
    programs = ctypes.get_errno() == errno.EPERM
    tried = (
        _tried("network", "open a network connection", is_refused=network),
        _tried("programs", "run a program", is_refused=programs),
    )
    return (calls, *tried, memory, _processor(), *privileges)


def _ignore_stop_signals() -> None:
    """Leave stopping to the pool: Ctrl-C or a service manager's stop must not cut a job short."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _limit_memory(memory_bytes: int) -> Protection:
    """Limit the address space: the reader's malloc then fails, which Python raises as MemoryError."""
    size = memory_bytes + _address_space_bytes()
    mib = memory_bytes // 2**20
    try:
        resource.setrlimit(resource.RLIMIT_AS, (size, size))
    except (OSError, ValueError) as exc:  # ValueError: a lower hard limit stands already, or macOS
        soft, _ = resource.getrlimit(resource.RLIMIT_AS)
        if soft == resource.RLIM_INFINITY:
            return Protection("memory", False, f"The memory of a reader is not limited: {exc}.")
        return Protection("memory", True, f"A reader may use {soft // 2**20} MiB in all: a lower limit stood already.")
    return Protection("memory", True, f"A reader may use {mib} MiB of memory beyond its start.")


def _processor() -> Protection:
    """Who limits the processor time: the pool, from outside, anew for each file (`prlimit`)."""
    if _IS_LINUX:
        return Protection("processor", True, "The processor time of a reader is limited for each file.")
    return Protection("processor", False, "Only the clock limits how long a reader computes.")


def _address_space_bytes() -> int:
    if not _IS_LINUX:
        return 0
    return int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()


def _give_up_privileges() -> tuple[Protection, ...]:
    """Drop every privilege of a superuser and the way to gain one, so that a node run as root has powerless readers.

    The user id stays: the parent then may still set this process's limits without a privilege of its own.
    """
    if not _IS_LINUX:
        return (Protection("privileges", False, "Only Linux lets a reader give up its privileges."),)
    for capability in range(_CAPABILITIES_KNOWN_MAX):
        if not _prctl(_PR_CAPBSET_DROP, capability):
            break  # not permitted, or the kernel's last one: what is not held cannot be used either
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    is_dropped = _libc().capset(header, (ctypes.c_uint32 * 6)()) == 0
    is_final = _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    is_closed = _prctl(_PR_SET_DUMPABLE, 0)
    return (
        Protection(
            "privileges",
            is_dropped and is_final,
            f"A reader {_can(is_prevented=is_dropped and is_final)} use a privilege.",
        ),
        Protection(
            "inspection",
            is_closed,
            f"Other programs of the same user {_can(is_prevented=is_closed)} look into a reader.",
        ),
    )


def _can(*, is_prevented: bool) -> str:
    return "cannot" if is_prevented else "could"


def _filter_calls(machines: Mapping[str, seccomp.Machine] = seccomp.MACHINES) -> Protection:
    try:
        count = seccomp.install(machines)
    except OSError as exc:
        why = exc.strerror or type(exc).__name__
        return Protection("system calls", False, f"System calls are not filtered (seccomp): {why}.")
    return Protection(
        "system calls", True, f"A reader may make {count} kinds of system call; the kernel refuses the rest."
    )


def _probe() -> tuple[Protection, ...]:
    """Try what must not be possible any more."""
    libc = _libc()
    network = libc.socket(2, 1, 0) == -1
    files = libc.open(b"/", os.O_RDONLY) == -1
    child = libc.fork()
    if child == 0:
        os._exit(0)
    if child > 0:
        os.waitpid(child, 0)
    ctypes.set_errno(0)
    libc.execve(None, None, None)  # EFAULT where it is allowed: nothing is started by this
    programs = ctypes.get_errno() == errno.EPERM
    return (
        _tried("network", "open a network connection", is_refused=network),
        _tried("files", "open a file", is_refused=files),
        _tried("processes", "start a process or a thread", is_refused=child == -1),
        _tried("programs", "run a program", is_refused=programs),
    )


def _tried(name: str, act: str, *, is_refused: bool) -> Protection:
    return Protection(name, is_refused, f"A reader {_can(is_prevented=is_refused)} {act}.")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _prctl(option: int, value: int) -> bool:
    return bool(_libc().prctl(option, *(ctypes.c_ulong(number) for number in (value, 0, 0, 0))) == 0)
