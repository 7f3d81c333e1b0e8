# SPDX-License-Identifier: Apache-2.0
"""DIR/serving.json: where a running node listens. Written when it really accepts, removed when it ends."""

import contextlib
import json
import os
import socket
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "serving.json"
SOCKET = "node.sock"
SOCKET_PATH_BYTES_MAX = 100  # bytes; sockaddr_un holds 108 on Linux and 104 on BSD, the closing zero included


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """One running server."""

    pid: int
    url: str  # address of the console
    socket: str  # absolute path of the local socket
    peer_url: str = ""  # address at which peers are served; empty for nowhere


def read(folder: Path) -> Serving | None:
    """Say where a server of this folder listens; it may have died since."""
    try:
        found = json.loads((folder / FILE).read_bytes())
        return Serving(
            pid=int(found["pid"]),
            url=str(found["url"]),
            socket=str(found["socket"]),
            peer_url=str(found.get("peer_url", "")),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None  # none is running, or it was killed while it wrote


def write(folder: Path, serving: Serving) -> None:
    """Tell the command line where to ask. If we die here, a stale file stays, whose socket refuses: that is noticed."""
    unfinished = folder / f"{FILE}.new"
    unfinished.write_text(json.dumps(asdict(serving)) + "\n", encoding="utf-8")
    unfinished.chmod(0o600)
    unfinished.replace(folder / FILE)


def remove(folder: Path, serving: Serving) -> None:
    """Forget a server that ends, and its socket."""
    path = Path(serving.socket)
    for file in (folder / FILE, path):
        file.unlink(missing_ok=True)
    if path.parent != folder.resolve():
        with contextlib.suppress(OSError):  # a private temporary folder: somebody else may have tidied it away
            path.parent.rmdir()


def is_answering(serving: Serving) -> bool:
    """Say whether somebody accepts at the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(2)
        try:
            probe.connect(serving.socket)
        except OSError:
            return False
        return True


def bind(folder: Path) -> socket.socket:
    """Listen at DIR/node.sock, for this user only; where that path is too long, in a private temporary folder.

    The caller holds the writer's lock, so that a socket that lies there is stale.
    """
    path = folder.resolve() / SOCKET
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES_MAX:
        path = Path(tempfile.mkdtemp(prefix="lintas-")) / SOCKET  # mkdtemp makes it 0700
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)  # 0600 from its first moment
    try:
        listening.bind(str(path))
    except OSError:
        listening.close()
        raise
    finally:
        os.umask(before)
    listening.listen(128)
    listening.setblocking(False)
    return listening
