# SPDX-License-Identifier: Apache-2.0
"""Each thing that a reader process gave up is tried from inside one: a child calls `confine` and then the forbidden."""

import json
import os
import platform
import resource
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from lintas.sandbox import status
from lintas.sandbox.seccomp import MACHINES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="confinement is Linux's"),
    pytest.mark.skipif(platform.machine() not in MACHINES, reason="no filter for this machine type"),
]

PRELUDE = """
import ctypes, errno, mmap, os, resource, signal, socket, sys, threading
from lintas.sandbox.confine import confine
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    ctypes.set_errno(0)
    done = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(word) for word in arguments))
    return "done" if done >= 0 else errno.errorcode[ctypes.get_errno()]
def tried(act):
    try:
        act()
    except OSError as exc:
        return errno.errorcode[exc.errno]
    return "done"
protections = confine(64 * 2**20)
"""
MIB = 2**20


def confined(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a confined child."""
    program = PRELUDE + code
    command = [sys.executable, "-I", "-c", program]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=250, cwd="/")


def said(code: str) -> str:
    """What a confined child prints, which must end well."""
    done = confined(f"{textwrap.dedent(code)}\nsys.stdout.flush(); os._exit(0)")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("act", "code"),
    [
        ("open a file to read", "tried(lambda: open('/etc/hostname'))"),
        ("open a file to write", "tried(lambda: open('/tmp/lintas-escaped', 'w'))"),
        ("open a folder", "tried(lambda: os.listdir('/'))"),
        ("look at a file", "tried(lambda: os.stat('/etc/passwd'))"),
        ("read a link", "tried(lambda: os.readlink('/proc/self/exe'))"),
        ("make a folder", "tried(lambda: os.mkdir('/tmp/lintas-escaped'))"),
        ("remove a file", "tried(lambda: os.unlink('/tmp/lintas-no-such'))"),
        ("rename a file", "tried(lambda: os.rename('/tmp/lintas-no-such', '/tmp/lintas-other'))"),
        ("change a file's mode", "tried(lambda: os.chmod('/tmp', 0o777))"),
        ("change a file's owner", "tried(lambda: os.chown('/tmp', 0, 0))"),
        ("make a link", "tried(lambda: os.symlink('/etc', '/tmp/lintas-escaped'))"),
        ("change its root", "tried(lambda: os.chroot('/'))"),
        ("open a socket", "tried(lambda: socket.socket())"),
        ("open a local socket", "tried(lambda: socket.socket(socket.AF_UNIX))"),
        ("open a netlink socket", "tried(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW))"),
        ("open a pair of sockets", "tried(lambda: socket.socketpair())"),
        ("open a pipe", "tried(lambda: os.pipe())"),
        ("make a file in memory", "tried(lambda: os.memfd_create('x'))"),
        ("copy a file descriptor", "tried(lambda: os.dup(0))"),
        ("start a process", "tried(os.fork)"),
        ("run a program", "tried(lambda: os.execv('/bin/true', ['true']))"),
        ("send a signal to its parent", "tried(lambda: os.kill(os.getppid(), 0))"),
        ("send a signal to itself", "tried(lambda: os.kill(os.getpid(), 0))"),
        ("change its name on the network", "tried(lambda: socket.sethostname('x'))"),
        ("change its user", "tried(lambda: os.setuid(1))"),
        ("change its priority", "tried(lambda: os.nice(1))"),
        ("leave its session", "tried(os.setsid)"),
        ("use a terminal", "tried(lambda: os.get_terminal_size(0))"),
    ],
)
def test_a_confined_process_cannot(act: str, code: str) -> None:
    assert said(f"print({code})") == "EPERM", act


@pytest.mark.parametrize(
    ("call", "x86_64", "aarch64"),
    [
        ("ptrace", 101, 117),
        ("process_vm_readv", 310, 270),
        ("process_vm_writev", 311, 271),
        ("mount", 165, 40),
        ("unshare", 272, 97),
        ("setns", 308, 268),
        ("bpf", 321, 280),
        ("keyctl", 250, 219),
        ("add_key", 248, 217),
        ("perf_event_open", 298, 241),
        ("userfaultfd", 323, 282),
        ("io_uring_setup", 425, 425),
        ("clone", 56, 220),
        ("clone3", 435, 435),
        ("execveat", 322, 281),
        ("openat", 257, 56),
        ("openat2", 437, 437),
        ("pidfd_open", 434, 434),
        ("pidfd_getfd", 438, 438),
        ("seccomp", 317, 277),
        ("rt_sigaction", 13, 134),
        ("rt_sigprocmask", 14, 135),
        ("prlimit64", 302, 261),
        ("setrlimit", 160, 164),
        ("prctl", 157, 167),
        ("capset", 126, 91),
        ("init_module", 175, 105),
        ("reboot", 169, 142),
        ("a call of a later kernel", 600, 600),
    ],
)
def test_the_kernel_refuses(call: str, x86_64: int, aarch64: int) -> None:
    number = x86_64 if platform.machine() == "x86_64" else aarch64
    assert said(f"print(call({number}, 0, 0, 0, 0, 0, 0))") == "EPERM", call


def test_a_confined_process_cannot_start_a_thread() -> None:
    code = """
    try:
        threading.Thread(target=print).start()
    except RuntimeError as exc:
        print(exc)
    """
    assert said(code) == "can't start new thread"


def test_memory_that_can_be_run_cannot_be_had() -> None:
    assert said("print(tried(lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC)))") == "EPERM"
    code = """
    page = mmap.mmap(-1, 4096)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    print(libc.mprotect(ctypes.c_void_p(address), 4096, mmap.PROT_READ | mmap.PROT_EXEC), ctypes.get_errno())
    """
    assert said(code) == "-1 1"


def test_a_program_for_another_interface_ends_the_process() -> None:
    """32-bit calls on x86_64 have other numbers: through `int 0x80`, 5 is open and not fstat."""
    if platform.machine() != "x86_64":
        pytest.skip("only x86_64 has a second interface")
    code = """
    stub = bytes([0x53, 0xB8, 20, 0, 0, 0, 0xCD, 0x80, 0x5B, 0xC3])  # push rbx; mov eax, 20 (getpid); int 0x80; ...
    """
    made_before = f"""
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
{textwrap.dedent(code)}
page.write(stub)
stub_call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
stub_call()
{PRELUDE}
stub_call()
"""
    done = subprocess.run(
        [sys.executable, "-I", "-c", made_before], capture_output=True, check=False, timeout=250, cwd="/"
    )
    assert done.returncode in (-signal.SIGSYS, -signal.SIGSEGV)  # SIGSEGV where the kernel has no 32-bit interface


def test_memory_ends_at_its_limit() -> None:
    code = """
    held = []
    try:
        while True:
            held.append(bytearray(2**20))
    except MemoryError:
        count = len(held)
        held.clear()
        print(count)
    """
    assert 48 <= int(said(code)) <= 64


def test_processor_time_ends_at_a_limit_set_from_outside() -> None:
    """The pool does it with prlimit; the confined process can neither undo it nor catch the signal."""
    program = f"{PRELUDE}\nos.write(1, b'ready')\nwhile True:\n    pass"
    with subprocess.Popen([sys.executable, "-I", "-c", program], stdout=subprocess.PIPE, cwd="/") as child:
        assert child.stdout is not None
        assert child.stdout.read(5) == b"ready"
        resource.prlimit(child.pid, resource.RLIMIT_CPU, (1, resource.RLIM_INFINITY))
        assert child.wait(30) == -signal.SIGXCPU


def test_a_crash_is_a_signal() -> None:
    assert confined("ctypes.string_at(0)").returncode == -signal.SIGSEGV


def test_a_confined_process_holds_no_privilege() -> None:
    """What /proc says of it, read from outside."""
    program = f"{PRELUDE}\nos.write(1, b'ready')\nos.read(0, 1)\nos._exit(0)"
    command = [sys.executable, "-I", "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/") as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.read(5) == b"ready"
        facts = dict(
            line.split(":\t", 1) for line in Path(f"/proc/{child.pid}/status").read_text().splitlines() if ":\t" in line
        )
        limits = Path(f"/proc/{child.pid}/limits").read_text() if os.geteuid() == 0 else ""
        child.stdin.write(b"x")
        child.stdin.close()
        assert child.wait(30) == 0
    assert {facts[name] for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {"0" * 16}
    assert facts["NoNewPrivs"] == "1"
    assert facts["Seccomp"] == "2"
    assert facts["Threads"] == "1"
    for name in ("Max core file size", "Max file size", "Max processes"):
        assert not limits or next(line for line in limits.splitlines() if line.startswith(name)).split()[-3:-1] == [
            "0",
            "0",
        ]


def test_another_process_of_the_same_user_cannot_look_into_it() -> None:
    """PR_SET_DUMPABLE 0: its memory belongs to root, whoever started it."""
    program = f"{PRELUDE}\nos.write(1, b'ready')\nos.read(0, 1)\nos._exit(0)"
    command = [sys.executable, "-I", "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd="/") as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.read(5) == b"ready"
        if os.geteuid() == 0:
            assert Path(f"/proc/{child.pid}/mem").stat().st_uid == 0
        else:
            with pytest.raises(PermissionError):
                Path(f"/proc/{child.pid}/environ").read_bytes()
        child.stdin.close()
        assert child.wait(30) == 0


def test_the_status_says_what_is_active() -> None:
    found = status()
    names = [protection.name for protection in found]
    assert names == [
        "system calls",
        "network",
        "files",
        "processes",
        "programs",
        "memory",
        "processor",
        "privileges",
        "inspection",
    ]
    assert [protection.name for protection in found if not protection.active] == []
    assert all(protection.sentence.endswith(".") for protection in found)


def test_without_a_filter_the_limits_still_hold() -> None:
    """A kernel without seccomp: the same steps but the filter, told apart in the answer."""
    code = """
    import json
    from lintas.sandbox import confine, seccomp
    seccomp.MACHINES.clear()  # this machine type is not known
    found = {protection.name: protection.active for protection in confine.confine(64 * 2**20)}
    print(json.dumps(found))
    """
    done = subprocess.run(
        [sys.executable, "-I", "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        check=False,
        timeout=250,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    expected = {
        "system calls": False,
        "network": True,
        "files": True,
        "programs": False,
        "memory": True,
        "privileges": True,
    }
    assert {name: found[name] for name in expected} == expected
