# SPDX-License-Identifier: Apache-2.0
"""The settings `peer_listen`, `peer_url`, `push` of `node.toml`: where peers reach this node, and whether it pushes."""

from typing import Any, Final

import msgspec

from lintas.errors import BadInput
from lintas.formats.peer.fields import Endpoint

PUSH: Final = ("auto", "always")


def read_listen(value: Any) -> str:
    """Read where to listen for peers; empty for nowhere.

    Raises:
        BadInput: It is no host and port.
    """
    if value == "":
        return ""
    host, colon, port = value.rpartition(":") if isinstance(value, str) else ("", "", "")
    if not (host and colon and port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) <= 65_535):
        raise BadInput("peer_listen is HOST:PORT.", hint='For example "0.0.0.0:8418" or "[::]:8418".')
    return str(value)


def split_listen(listen: str) -> tuple[str, int]:
    """Part a checked `peer_listen` into host and port."""
    host, _, port = listen.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def read_url(value: Any) -> str:
    """Read the address that the descriptor publishes; empty for none: the node accepts no connections.

    Raises:
        BadInput: It is no `https://HOST[:PORT]`.
    """
    if value == "":
        return ""
    try:
        return str(msgspec.convert(value, Endpoint))
    except msgspec.ValidationError as exc:
        raise BadInput("peer_url is https://HOST or https://HOST:PORT, in small letters, without a path.") from exc


def read_push(value: Any) -> str:
    """Read when batches are pushed: `auto` where peers cannot fetch them, or `always`.

    Raises:
        BadInput: It is another word.
    """
    if value not in PUSH:
        raise BadInput('push is "auto" or "always".')
    return str(value)
