# SPDX-License-Identifier: Apache-2.0
"""serve: the console for people, and the local socket for every other verb."""

import ipaddress
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lintas.cli import options, output
from lintas.errors import WrongUse

if TYPE_CHECKING:
    from lintas.web.local.serving import Serving


@options.verb("serve", "lintas serve asc --port 8080")
@options.folder
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8417, show_default=True, help="Port; 0 takes any free one."
)
@click.option(
    "--peer-host", default="", help="Address at which peers are served; else the host of `peer_listen` in node.toml."
)
@click.option(
    "--peer-port",
    type=click.IntRange(0, 65535),
    default=None,
    help="Port for peers; 0 takes any free one. Without it and `peer_listen`, no peer can connect.",
)
@click.option("--behind-tls", is_flag=True, help="A proxy before it speaks TLS: cookies are sent over TLS only.")
@click.option("--while-stdin", is_flag=True, hidden=True, help="Stop when standard input ends.")
def serve(
    *,
    folder: Path,
    host: str,
    port: int,
    peer_host: str,
    peer_port: int | None,
    behind_tls: bool,
    while_stdin: bool,
) -> int:
    """Run the node until SIGTERM or Ctrl-C. The other verbs then go through it.

    Prints `serving http://…` when it really accepts, then `peers https://…` if peers can connect; DIR/serving.json
    says where. It connects to its peers whether or not they can connect to it.
    """
    if sys.flags.optimize:
        raise WrongUse(
            "A node does not run under python -O.",
            hint="Its assertions guard the log. Unset PYTHONOPTIMIZE.",
        )
    from lintas.cli import events
    from lintas.config.settings import NodeConfig
    from lintas.node.at_rest import check_modes
    from lintas.node.collecting import collect_seldom
    from lintas.node.node import Node
    from lintas.web.app import build_app
    from lintas.web.local import server

    events.tell(of=logging.INFO)
    if not is_loopback(host) and not behind_tls:
        output.aside(
            f"warning: {host} can be reached from other machines and this server does not speak TLS itself; "
            "put a proxy that does before it and add --behind-tls."
        )
    check_modes(folder)
    with Node.open(folder) as node:
        config = node.services.config
        assert isinstance(config, NodeConfig), "a node has its own settings"
        listening = server.bind(host, port)
        where = peer_address(peer_host, peer_port, config.peer_listen)
        peers = server.Peers(listening=None if where is None else server.bind(*where), push=config.push)
        app = build_app(node.services, secure_cookies=behind_tls, proxies=config.trusted_proxies)
        node.start_ticks()
        collect_seldom()
        server.serve(
            node.services,
            server.Console(app=app, end_streams=app.state.streams.close),
            peers,
            folder=folder,
            listening=listening,
            announce=announce,
            while_stdin=while_stdin,
        )
    return 0


def announce(where: "Serving") -> None:
    """Tell whoever started us, at once."""
    output.line(f"serving {where.url}")
    if where.peer_url:
        output.line(f"peers {where.peer_url}")
    sys.stdout.flush()


def peer_address(host: str, port: int | None, listen: str) -> tuple[str, int] | None:
    """Where to listen for peers; None for nowhere.

    Args:
        host: As asked for, or empty.
        port: As asked for, or None.
        listen: The setting `peer_listen`.

    Raises:
        WrongUse: A host is asked for, and no port.
    """
    from lintas.config.peer_address import split_listen

    set_host, set_port = split_listen(listen) if listen else ("127.0.0.1", None)
    used = set_port if port is None else port
    if used is None and host:
        raise WrongUse("--peer-host needs --peer-port.", hint="Or set peer_listen in node.toml.")
    return None if used is None else (host or set_host, used)


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
