# SPDX-License-Identifier: Apache-2.0
"""What `deploy/` holds is judged by systemd and run by nginx: a browser, a stream and a peer pass through it."""

import asyncio
import contextlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from lintas.formats.peer.descriptor import read_descriptor
from lintas.model.header import Mode
from lintas.node.node import Node
from lintas.testing import shared_readers
from lintas.transport.client import fetch_descriptor
from tests.faults.killing import LINTAS
from tests.faults.ports import KeptPort
from tests.scenario.browsing import officer
from tests.scenario.outside import an_authority

pytestmark = pytest.mark.slow
DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
START_S_MAX = 60.0
ANSWER_S = 60.0  # that a busy machine may take
EXPOSURE_MAX = 20  # of 100; 14 with systemd 252


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit of one node, its program where this checkout has it."""
    text = (DEPLOY / "lintas@.service").read_text(encoding="utf-8")
    unit = tmp_path / "lintas@asc.service"
    unit.write_text(text.replace("/opt/lintas/.venv/bin/lintas", str(Path(sys.executable).parent / "lintas")))
    return unit


@pytest.mark.ring("systemd")
def test_systemd_finds_nothing_wrong_with_the_unit(unit: Path) -> None:
    asked = ["systemd-analyze", "verify", str(unit)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.ring("systemd")
def test_systemd_holds_the_unit_to_be_well_confined(unit: Path) -> None:
    asked = ["systemd-analyze", "security", "--no-pager", "--offline=true", f"--threshold={EXPOSURE_MAX}", str(unit)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "line",
    [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "CapabilityBoundingSet=",
        "UMask=0077",
        "LimitCORE=0",
        "MemorySwapMax=0",
    ],
)
def test_the_unit_says_what_matters_most(line: str) -> None:
    assert line in (DEPLOY / "lintas@.service").read_text(encoding="utf-8").splitlines()


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """nginx before a served node."""

    url: str
    peers: str
    trust: ssl.SSLContext
    node: Path
    peer_public: bytes

    def client(self) -> httpx.Client:
        named = {"host": "console.agency.example"}
        return httpx.Client(verify=self.trust, base_url=self.url, headers=named, timeout=ANSWER_S)


@contextlib.contextmanager
def _running(command: list[str]) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            yield child
        finally:
            child.terminate()
            child.wait(30)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    place = tmp_path_factory.mktemp("front")
    authority = an_authority(place)
    folder = place / "asc"
    Node.create(folder, name="Example anti-scam centre", country="MY", mode=Mode.EXERCISE)
    with Node.open(folder, readers=shared_readers()) as node:
        officer(node)
        public = node.services.keys.tls.public
    with (folder / "node.toml").open("a", encoding="utf-8") as settings:
        settings.write('trusted_proxies = ["127.0.0.1"]\n')
    kept = [KeptPort() for _ in range(3)]
    tls, plain, peers = (one.number for one in kept)
    with _running([*LINTAS, "serve", str(folder), "--port", "0", "--peer-port", "0", "--behind-tls"]) as served:
        assert served.stdout is not None
        lines = [served.stdout.readline().split()[1] for _ in range(2)]
        console_port, peer_port = (line.rpartition(":")[2] for line in lines)
        config = _config(
            place, {"127.0.0.1:8417": f"127.0.0.1:{console_port}", "127.0.0.1:8419": f"127.0.0.1:{peer_port}"}
        )
        for old, new in (
            ("443 ssl", f"127.0.0.1:{tls} ssl"),
            ("80;", f"127.0.0.1:{plain};"),
            ("8418;", f"127.0.0.1:{peers};"),
        ):
            assert f"listen {old}" in config
            config = config.replace(f"listen {old}", f"listen {new}")
        (place / "nginx.conf").write_text(config)
        nginx = [shutil.which("nginx") or "/usr/sbin/nginx", "-e", str(place / "start.log"), "-p", str(place)]
        checked = subprocess.run(
            [*nginx, "-t", "-c", str(place / "nginx.conf")], capture_output=True, text=True, check=False, timeout=60
        )
        assert checked.returncode == 0, checked.stderr
        with _running([*nginx, "-c", str(place / "nginx.conf"), "-g", "daemon off;"]):
            for port in (tls, plain, peers):
                _wait_for(port)
            trust = ssl.create_default_context(cafile=str(authority.ca_file))
            yield Front(
                url=f"https://localhost:{tls}",
                peers=f"https://127.0.0.1:{peers}",
                trust=trust,
                node=folder,
                peer_public=public,
            )


def _config(place: Path, more: dict[str, str]) -> str:
    """The example, with the paths of this test."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    server = next(path for path in sorted(place.glob("*.pem")) if "PRIVATE KEY" in path.read_text())
    said = {
        "/run/nginx.pid": str(place / "nginx.pid"),
        "/var/log/nginx/lintas-peers.log": str(place / "peers.log"),
        "/var/log/nginx/lintas.log": str(place / "lintas.log"),
        "/etc/lintas/tls/console.crt": str(server),
        "/etc/lintas/tls/console.key": str(server),
        "include /etc/nginx/modules-enabled/*.conf;": "load_module /usr/lib/nginx/modules/ngx_stream_module.so;",
        **more,
    }
    for old, new in said.items():
        assert old in text, old
        text = text.replace(old, new)
    folders = "".join(
        f"    {kind}_temp_path {place}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return text.replace("http {\n", f"http {{\n{folders}", 1)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + START_S_MAX
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=2).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "nginx did not start"


@pytest.mark.ring("nginx")
def test_a_page_passes_with_its_headers_and_tls_1_3_alone(front: Front) -> None:
    with front.client() as client:
        answer = client.get("/sign-in")
    assert answer.status_code == 200
    assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["server"] == "nginx"  # and no version
    old = ssl.create_default_context()
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises(httpx.ConnectError), httpx.Client(verify=old) as client:
        client.get(front.url)


@pytest.mark.ring("nginx")
def test_plain_http_is_sent_to_https_and_metrics_are_not_for_strangers(front: Front) -> None:
    with front.client() as client:
        assert client.get("/metrics").status_code == 404
        assert client.get("/healthz").text == "ok\n"


@pytest.mark.ring("nginx")
def test_a_large_body_is_refused_before_it_is_read(front: Front) -> None:
    port = int(front.url.rpartition(":")[2])
    head = b"POST /take HTTP/1.1\r\nHost: console.agency.example\r\nContent-Length: 73400320\r\n\r\n"
    with (
        socket.create_connection(("localhost", port), timeout=20) as plain,
        front.trust.wrap_socket(plain, server_hostname="localhost") as line,
    ):
        line.sendall(head)
        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")


@pytest.mark.ring("nginx")
def test_a_person_signs_in_and_a_stream_arrives_at_once(front: Front) -> None:
    with front.client() as client:
        said = subprocess.run(
            [*LINTAS, "account", str(front.node), "link", "Aminah"],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout
        found = re.search(r"/enter/[^\s]+", said)
        assert found is not None
        page = client.get(found[0])
        secret = re.search(r'name="form" value="([0-9a-f]{64})"', page.text)
        assert secret is not None
        entered = client.post(found[0], data={"form": secret[1]})
        assert entered.status_code == 303, entered.text
        assert all("Secure" in cookie for cookie in entered.headers.get_list("set-cookie"))
        with client.stream("GET", "/desk/stream", headers={"accept": "text/event-stream"}, timeout=ANSWER_S) as stream:
            assert stream.status_code == 200
            first = next(stream.iter_lines())  # it came through while the stream is still open
            assert first == "retry: 3000"


@pytest.mark.ring("nginx")
def test_a_source_is_known_through_the_proxy_and_cannot_be_invented(front: Front) -> None:
    """nginx replaces what a browser claims, so the node sees this machine and counts it as such."""
    with front.client() as client:
        for number in range(450):  # more than one address may ask at once
            answer = client.get(f"/static/{number}", headers={"x-forwarded-for": "203.0.113.9"})
            assert answer.status_code == 404


@pytest.mark.ring("nginx")
def test_a_peer_reaches_the_nodes_own_key_through_it(front: Front) -> None:
    document, public = asyncio.run(fetch_descriptor(front.peers))
    assert public == front.peer_public
    assert public in read_descriptor(document).tls.values()
