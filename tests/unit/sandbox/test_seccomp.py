# SPDX-License-Identifier: Apache-2.0
"""The filter as a value: run here step by step as the kernel would, for each machine type."""

import errno
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.sandbox.seccomp import ALLOW, KILL_PROCESS, MACHINES, REFUSE, Machine, program

LOAD, JUMP_EQUAL, JUMP_ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
READ = 1
WRITE = 2
EXECUTE = 4

# What a reader must never do, by number; from asm/unistd_64.h and asm-generic/unistd.h.
FORBIDDEN = {
    "x86_64": {
        "open": 2, "stat": 4, "rt_sigaction": 13, "rt_sigprocmask": 14, "ioctl": 16, "dup": 32, "socket": 41,
        "connect": 42, "sendto": 44, "bind": 49, "socketpair": 53, "clone": 56, "fork": 57, "vfork": 58, "execve": 59,
        "kill": 62, "rename": 82, "mkdir": 83, "creat": 85, "link": 86, "unlink": 87, "chmod": 90, "chown": 92,
        "ptrace": 101, "setuid": 105, "setrlimit": 160, "mount": 165, "tgkill": 234, "add_key": 248, "keyctl": 250,
        "openat": 257, "unshare": 272, "prlimit64": 302, "process_vm_readv": 310, "process_vm_writev": 311,
        "seccomp": 317, "memfd_create": 319, "bpf": 321, "execveat": 322, "pkey_mprotect": 329, "io_uring_setup": 425,
        "clone3": 435, "openat2": 437, "pidfd_getfd": 438, "landlock_create_ruleset": 444,
    },
    "aarch64": {
        "ioctl": 29, "mkdirat": 34, "unlinkat": 35, "mount": 40, "fchmodat": 53, "openat": 56, "unshare": 97,
        "ptrace": 117, "kill": 129, "tgkill": 131, "rt_sigaction": 134, "rt_sigprocmask": 135, "setrlimit": 164,
        "socket": 198, "socketpair": 199, "bind": 200, "connect": 203, "sendto": 206, "add_key": 217, "keyctl": 219,
        "clone": 220, "execve": 221, "prlimit64": 261, "process_vm_readv": 270, "process_vm_writev": 271,
        "renameat2": 276, "seccomp": 277, "memfd_create": 279, "bpf": 280, "execveat": 281, "pkey_mprotect": 288,
        "io_uring_setup": 425, "clone3": 435, "openat2": 437, "pidfd_getfd": 438,
    },
}  # fmt: skip


def verdict(machine: Machine, number: int, *arguments: int, audit_code: int | None = None) -> int:
    """Run the filter on one call."""
    code = machine.audit_code if audit_code is None else audit_code
    filled = (*arguments, *[0] * (6 - len(arguments)))
    data = struct.pack("<iIQ6Q", number - 2**32 if number >= 2**31 else number, code, 0, *filled)
    steps = list(struct.iter_unpack("<HBBI", program(machine)))
    accumulator = at = 0
    while True:
        step, yes, no, value = steps[at]
        at += 1
        if step == LOAD:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif step == JUMP_EQUAL:
            at += yes if accumulator == value else no
        elif step == JUMP_ANY_BIT:
            at += yes if accumulator & value else no
        else:
            assert step == RETURN
            return int(value)


@pytest.fixture(params=sorted(MACHINES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_what_a_reader_needs_is_allowed(name: str) -> None:
    machine = MACHINES[name]
    assert {verdict(machine, number) for number in machine.allowed} == {ALLOW}
    assert {verdict(machine, number, 0, 4096, READ | WRITE) for number in machine.allowed_without_exec} == {ALLOW}


def test_memory_that_can_be_run_is_refused(name: str) -> None:
    machine = MACHINES[name]
    for number in machine.allowed_without_exec:
        assert verdict(machine, number, 0, 4096, EXECUTE) == REFUSE
        assert verdict(machine, number, 0, 4096, READ | WRITE | EXECUTE) == REFUSE
        assert verdict(machine, number, 0, 4096, READ | EXECUTE | 1 << 40) == REFUSE


def test_what_a_reader_must_never_do_is_refused(name: str) -> None:
    machine = MACHINES[name]
    allowed = [call for call, number in FORBIDDEN[name].items() if verdict(machine, number) != REFUSE]
    assert allowed == []


def test_a_refusal_is_the_error_not_permitted() -> None:
    assert REFUSE & 0xFFFF == errno.EPERM


@given(number=st.integers(0, 2**32 - 1), argument=st.integers(0, 2**64 - 1))
def test_every_call_that_is_not_listed_is_refused(number: int, argument: int) -> None:
    for machine in MACHINES.values():
        listed = {*machine.allowed, *machine.allowed_without_exec}
        if number not in listed:
            assert verdict(machine, number, argument, argument, argument) == REFUSE


@given(audit_code=st.integers(0, 2**32 - 1), number=st.integers(0, 450))
def test_a_call_made_for_another_machine_type_ends_the_process(audit_code: int, number: int) -> None:
    for machine in MACHINES.values():
        if audit_code != machine.audit_code:
            assert verdict(machine, number, audit_code=audit_code) == KILL_PROCESS


def test_the_other_known_machine_type_is_another_one() -> None:
    one, two = MACHINES["x86_64"], MACHINES["aarch64"]
    assert verdict(one, 0, audit_code=two.audit_code) == KILL_PROCESS
    assert verdict(two, 63, audit_code=one.audit_code) == KILL_PROCESS


def test_the_short_pointer_interface_of_x86_64_is_refused() -> None:
    x32 = 0x40000000
    assert {verdict(MACHINES["x86_64"], x32 | number) for number in MACHINES["x86_64"].allowed} == {REFUSE}


def test_no_number_is_listed_twice(name: str) -> None:
    listed = (*MACHINES[name].allowed, *MACHINES[name].allowed_without_exec)
    assert len(listed) == len(set(listed))
    assert not set(listed) & set(FORBIDDEN[name].values())


def test_the_program_is_short_enough_for_its_jumps(name: str) -> None:
    assert len(program(MACHINES[name])) // 8 < 256
