# SPDX-License-Identifier: Apache-2.0
"""The system calls that the tracing worker may make: files, memory, threads and clocks; no socket, no other program.

Source: numbers from `asm/unistd_64.h` (x86_64) and `asm-generic/unistd.h` (aarch64).
"""

from typing import Final

from lintas.sandbox.seccomp import MACHINES, Machine

# Beside what a reader may do: files serve Parquet and the cache of compiled kernels, mmap and mprotect of memory that
# runs serve the compiler, clone to set_robust_list and the signals' masks serve threads.
_X86_64: Final = (
    2,  # open
    4,  # stat
    5,  # fstat
    6,  # lstat
    7,  # poll
    8,  # lseek
    9,  # mmap
    10,  # mprotect
    13,  # rt_sigaction
    14,  # rt_sigprocmask
    16,  # ioctl
    17,  # pread64
    18,  # pwrite64
    19,  # readv
    20,  # writev
    21,  # access
    22,  # pipe
    26,  # msync
    27,  # mincore
    28,  # madvise
    32,  # dup
    33,  # dup2
    35,  # nanosleep
    56,  # clone
    63,  # uname
    72,  # fcntl
    73,  # flock
    74,  # fsync
    75,  # fdatasync
    76,  # truncate
    77,  # ftruncate
    79,  # getcwd
    80,  # chdir
    82,  # rename
    83,  # mkdir
    84,  # rmdir
    87,  # unlink
    89,  # readlink
    90,  # chmod
    91,  # fchmod
    97,  # getrlimit
    98,  # getrusage
    102,  # getuid
    104,  # getgid
    107,  # geteuid
    108,  # getegid
    110,  # getppid
    131,  # sigaltstack
    137,  # statfs
    138,  # fstatfs
    157,  # prctl
    158,  # arch_prctl
    162,  # sync
    203,  # sched_setaffinity
    204,  # sched_getaffinity
    217,  # getdents64
    218,  # set_tid_address
    221,  # fadvise64
    230,  # clock_nanosleep
    234,  # tgkill
    239,  # get_mempolicy
    257,  # openat
    258,  # mkdirat
    262,  # newfstatat
    263,  # unlinkat
    264,  # renameat
    267,  # readlinkat
    269,  # faccessat
    271,  # ppoll
    273,  # set_robust_list
    285,  # fallocate
    292,  # dup3
    293,  # pipe2
    302,  # prlimit64
    306,  # syncfs
    309,  # getcpu
    316,  # renameat2
    324,  # membarrier
    332,  # statx
    334,  # rseq
    435,  # clone3
    439,  # faccessat2
)
_AARCH64: Final = (
    17,  # getcwd
    23,  # dup
    24,  # dup3
    25,  # fcntl
    29,  # ioctl
    32,  # flock
    34,  # mkdirat
    35,  # unlinkat
    38,  # renameat
    43,  # statfs
    44,  # fstatfs
    45,  # truncate
    46,  # ftruncate
    47,  # fallocate
    48,  # faccessat
    49,  # chdir
    52,  # fchmod
    53,  # fchmodat
    56,  # openat
    59,  # pipe2
    61,  # getdents64
    62,  # lseek
    65,  # readv
    66,  # writev
    67,  # pread64
    68,  # pwrite64
    73,  # ppoll
    78,  # readlinkat
    79,  # newfstatat
    80,  # fstat
    81,  # sync
    82,  # fsync
    83,  # fdatasync
    96,  # set_tid_address
    99,  # set_robust_list
    101,  # nanosleep
    115,  # clock_nanosleep
    122,  # sched_setaffinity
    123,  # sched_getaffinity
    131,  # tgkill
    132,  # sigaltstack
    134,  # rt_sigaction
    135,  # rt_sigprocmask
    160,  # uname
    163,  # getrlimit
    165,  # getrusage
    167,  # prctl
    168,  # getcpu
    173,  # getppid
    174,  # getuid
    175,  # geteuid
    176,  # getgid
    177,  # getegid
    220,  # clone
    222,  # mmap
    223,  # fadvise64
    226,  # mprotect
    227,  # msync
    232,  # mincore
    233,  # madvise
    236,  # get_mempolicy
    261,  # prlimit64
    267,  # syncfs
    276,  # renameat2
    283,  # membarrier
    291,  # statx
    293,  # rseq
    435,  # clone3
    439,  # faccessat2
)


def _with(machine: Machine, more: tuple[int, ...]) -> Machine:
    calls = tuple(sorted({*machine.allowed, *more}))
    return Machine(audit_code=machine.audit_code, seccomp=machine.seccomp, allowed=calls, allowed_without_exec=())


WORKER_MACHINES: Final = {
    "x86_64": _with(MACHINES["x86_64"], _X86_64),
    "aarch64": _with(MACHINES["aarch64"], _AARCH64),
}
