# SPDX-License-Identifier: Apache-2.0
"""serve: the console for people, and the local socket for every other verb."""

import ipaddress
import logging
import sys
from pathlib import Path

import click

from lintas.cli import options, output
from lintas.errors import WrongUse


@options.verb("serve", "lintas serve asc --port 8080")
@options.folder
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8417, show_default=True, help="Port; 0 takes any free one."
)
@click.option("--behind-tls", is_flag=True, help="A proxy before it speaks TLS: cookies are sent over TLS only.")
@click.option("--while-stdin", is_flag=True, hidden=True, help="Stop when standard input ends.")
def serve(*, folder: Path, host: str, port: int, behind_tls: bool, while_stdin: bool) -> int:
    """Run the node until SIGTERM or Ctrl-C. The other verbs then go through it.

    Prints one line, `serving http://…`, when it really accepts; DIR/serving.json says where.
    """
    if sys.flags.optimize:
        raise WrongUse(
            "A node does not run under python -O.",
            hint="Its assertions guard the log. Unset PYTHONOPTIMIZE.",
        )
    from lintas.cli import events
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
    with Node.open(folder) as node:
        listening = server.bind_console(host, port)
        app = build_app(node.services, secure_cookies=behind_tls)
        node.start_ticks()
        collect_seldom()
        server.serve(
            node.services,
            server.Console(app=app, end_streams=app.state.streams.close),
            folder=folder,
            listening=listening,
            announce=announce,
            while_stdin=while_stdin,
        )
    return 0


def announce(url: str) -> None:
    """Tell whoever started us, at once."""
    output.line(f"serving {url}")
    sys.stdout.flush()


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
