# SPDX-License-Identifier: Apache-2.0
"""Allow a process only the system calls that a reader needs once it is loaded.

A list of what is allowed, not of what is forbidden: a call that a later kernel adds is refused without a change here.
Pure but for `install`: the program is made as a value, so that a test can run it for each machine type.

Source: Linux `Documentation/userspace-api/seccomp_filter.rst`; numbers from `asm/unistd_64.h` (x86_64) and
`asm-generic/unistd.h` (aarch64).
"""

import ctypes
import errno
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Classic BPF, as `linux/bpf_common.h` and `linux/seccomp.h` number it.
_LOAD_WORD: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JUMP_EQUAL: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JUMP_ANY_BIT: Final = 0x45  # BPF_JMP | BPF_JSET | BPF_K
_RETURN: Final = 0x06  # BPF_RET | BPF_K

KILL_PROCESS: Final = 0x80000000
ALLOW: Final = 0x7FFF0000
REFUSE: Final = 0x00050000 | errno.EPERM  # the call fails with EPERM; the reader goes on and says so

_NUMBER_AT: Final = 0  # offsets into `struct seccomp_data`
_MACHINE_AT: Final = 4
_ARGUMENTS_AT: Final = 16

_PROT_EXEC: Final = 4
_PROTECTION_ARGUMENT: Final = 2  # of mmap and mprotect

_SECCOMP_SET_MODE_FILTER: Final = 1
_SECCOMP_FILTER_FLAG_TSYNC: Final = 1  # hold every thread of the process to it


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """System call numbers of one machine type."""

    audit_code: int  # AUDIT_ARCH_*: the kernel says with each call for which machine it was made
    seccomp: int
    allowed: tuple[int, ...]
    allowed_without_exec: tuple[int, ...]  # mmap, mprotect: never memory that can be run


# Why each one: read, write and close serve the two pipes; mmap to madvise serve malloc; futex serves the interpreter's
# lock; the clocks, getpid and getrandom serve the interpreter; sysinfo is asked by the sort of older C libraries.
# Signals cannot be caught or held back (no rt_sigaction, no rt_sigprocmask), so SIGXCPU always ends the process.
MACHINES: Final[dict[str, Machine]] = {
    "x86_64": Machine(
        audit_code=0xC000003E,
        seccomp=317,
        allowed=(
            0,  # read
            1,  # write
            3,  # close
            11,  # munmap
            12,  # brk
            15,  # rt_sigreturn
            24,  # sched_yield
            25,  # mremap
            28,  # madvise
            39,  # getpid
            60,  # exit
            96,  # gettimeofday
            98,  # getrusage
            99,  # sysinfo
            186,  # gettid
            201,  # time
            202,  # futex
            219,  # restart_syscall
            228,  # clock_gettime
            229,  # clock_getres
            231,  # exit_group
            318,  # getrandom
        ),
        allowed_without_exec=(9, 10),  # mmap, mprotect
    ),
    "aarch64": Machine(
        audit_code=0xC00000B7,
        seccomp=277,
        allowed=(
            57,  # close
            63,  # read
            64,  # write
            93,  # exit
            94,  # exit_group
            98,  # futex
            113,  # clock_gettime
            114,  # clock_getres
            124,  # sched_yield
            128,  # restart_syscall
            139,  # rt_sigreturn
            165,  # getrusage
            169,  # gettimeofday
            172,  # getpid
            178,  # gettid
            179,  # sysinfo
            214,  # brk
            215,  # munmap
            216,  # mremap
            233,  # madvise
            278,  # getrandom
        ),
        allowed_without_exec=(222, 226),  # mmap, mprotect
    ),
}


def program(machine: Machine) -> bytes:
    """Give the filter for one machine type as BPF instructions of 8 bytes each.

    A call made for another machine type ends the process: its numbers mean other calls. On x86_64 the numbers of the
    x32 interface stand apart (bit 30) and so are in no list.
    """
    plain = [(_JUMP_EQUAL, number) for number in machine.allowed]
    with_protection = [(_JUMP_EQUAL, number) for number in machine.allowed_without_exec]
    refuse_at = 4 + len(plain) + len(with_protection)
    allow_at = refuse_at + 1
    check_at = refuse_at + 2
    steps: list[tuple[int, int, int, int]] = [
        (_LOAD_WORD, 0, 0, _MACHINE_AT),
        (_JUMP_EQUAL, 1, 0, machine.audit_code),
        (_RETURN, 0, 0, KILL_PROCESS),
        (_LOAD_WORD, 0, 0, _NUMBER_AT),
    ]
    for goal, jumps in ((check_at, with_protection), (allow_at, plain)):
        for code, number in jumps:
            steps.append((code, goal - len(steps) - 1, 0, number))
    steps.append((_RETURN, 0, 0, REFUSE))
    steps.append((_RETURN, 0, 0, ALLOW))
    steps.append((_LOAD_WORD, 0, 0, _ARGUMENTS_AT + 8 * _PROTECTION_ARGUMENT))  # low half: both are little-endian
    steps.append((_JUMP_ANY_BIT, 0, 1, _PROT_EXEC))
    steps.append((_RETURN, 0, 0, REFUSE))
    steps.append((_RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("count", ctypes.c_ushort), ("steps", ctypes.c_char_p))


def install(machines: Mapping[str, Machine] = MACHINES) -> int:
    """Hold this process to the filter, for good; give the number of calls that stay allowed.

    Args:
        machines: What is allowed, by machine type as `uname -m` names it.

    The process must have `no_new_privs` set.

    Raises:
        OSError: This system has no seccomp, or not for this machine type.
    """
    machine = machines.get(os.uname().machine) if os.name == "posix" else None
    if machine is None or ctypes.sizeof(ctypes.c_void_p) != 8:
        raise OSError(errno.ENOSYS, "no system call numbers are known for this machine type")
    steps = program(machine)
    filter_ = _Program(len(steps) // 8, steps)
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.syscall(
        ctypes.c_long(machine.seccomp),
        ctypes.c_ulong(_SECCOMP_SET_MODE_FILTER),
        ctypes.c_ulong(_SECCOMP_FILTER_FLAG_TSYNC),
        ctypes.byref(filter_),
    )
    if done != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return len(machine.allowed) + len(machine.allowed_without_exec)
