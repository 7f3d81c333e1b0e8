# SPDX-License-Identifier: Apache-2.0
"""Who may speak to the local socket, as the kernel says it."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from lintas.web.local.callers import OwnUserProtocol, uid_of

pytestmark = pytest.mark.slow
NOBODY = 65534
ASK = b"GET / HTTP/1.1\r\nHost: local\r\nConnection: close\r\n\r\n"
# The server may hang up before the request is written: then writing fails, which must not end the program by a signal.
PERL = """
use Socket;
$SIG{PIPE} = 'IGNORE';
socket(S, AF_UNIX, SOCK_STREAM, 0) or exit 3;
connect(S, sockaddr_un($ARGV[0])) or exit 4;
syswrite(S, "GET / HTTP/1.1\\r\\nHost: local\\r\\nConnection: close\\r\\n\\r\\n");
print while <S>;
"""


@contextlib.contextmanager
def open_to_all() -> Iterator[str]:
    """A socket that everybody may connect to, so that only the look at the caller stands in the way."""
    with tempfile.TemporaryDirectory(prefix="lintas-") as folder:
        Path(folder).chmod(0o755)
        path = f"{folder}/socket"
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path)
            listening.listen()
            listening.setblocking(False)
            Path(path).chmod(0o666)
            config = uvicorn.Config(PlainTextResponse("welcome"), http=OwnUserProtocol, lifespan="off", log_config=None)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
            thread.start()
            try:
                yield path
            finally:
                server.should_exit = True
                thread.join(30)


def test_the_kernel_says_who_is_at_the_other_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert uid_of(ours) == os.geteuid()


def test_the_same_user_is_answered_and_another_is_not() -> None:
    with open_to_all() as path:
        with socket.socket(socket.AF_UNIX) as caller:
            caller.settimeout(30)
            caller.connect(path)
            caller.sendall(ASK)
            said = b""
            while piece := caller.recv(4096):
                said += piece
        assert said.endswith(b"welcome")
        perl = shutil.which("perl")
        if os.geteuid() != 0 or perl is None:
            pytest.skip("only root can try as another user, and with perl: this interpreter may be closed to others")
        tried = subprocess.run(
            [perl, "-e", PERL, path], user=NOBODY, group=NOBODY, capture_output=True, check=False, timeout=30
        )
        assert tried.returncode == 0, tried.stderr
        assert tried.stdout == b""
