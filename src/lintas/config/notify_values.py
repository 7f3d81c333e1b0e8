# SPDX-License-Identifier: Apache-2.0
"""Values of the table `[notify]` of `node.toml` and of the tables in it, each read and checked alone."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from lintas.errors import BadInput

_URL: Final = re.compile(r"[\x21-\x7e]{1,2000}", re.ASCII)
_SECRET_BYTES: Final = (24, 64)  # Source: Standard Webhooks 1.0.0, "Signature scheme"
_TEXT_CHARS_MAX: Final = 500


def is_loopback(host: str) -> bool:
    """Say whether only this machine can be meant by a host's name."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_text(name: str, value: object) -> str:
    """Read printable text."""
    if not isinstance(value, str) or not value.isprintable() or len(value) > _TEXT_CHARS_MAX:
        raise BadInput(f"[notify] {name} is text of up to {_TEXT_CHARS_MAX} printable characters.")
    return value


def fitting(pattern: re.Pattern[str], what: str) -> Callable[[str, object], str]:
    """Make a reader of text of one form."""

    def read(name: str, value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise BadInput(f"[notify] {name} is {what}.")
        return value

    return read


def list_of(read_one: Callable[[str, object], str]) -> Callable[[str, object], tuple[str, ...]]:
    """Make a reader of a list, each member once."""

    def read(name: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise BadInput(f"[notify] {name} is a list.")
        return tuple(dict.fromkeys(read_one(name, one) for one in value))

    return read


def number(least: int, most: int) -> Callable[[str, object], int]:
    """Make a reader of a whole number."""

    def read(name: str, value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            raise BadInput(f"[notify] {name} is a number from {least} to {most:,}.")
        return value

    return read


def yes_or_no(name: str, value: object) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise BadInput(f"[notify] {name} is true or false.")
    return value


def read_url(name: str, value: object) -> str:
    """Read an address that can be posted to: https, or http on a loopback address."""
    text = fitting(_URL, "an address of up to 2,000 ASCII characters")(name, value)
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
        parts = urlsplit("")
    is_good = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
    if not host or not is_good or parts.username is not None or parts.fragment:
        raise BadInput(
            f"[notify] {name} holds an address that cannot be used.",
            hint="https://host/path, without a user; http:// on a loopback address only.",
        )
    return text


def read_secret(name: str, value: object) -> bytes:
    """Read a secret that signs what is sent."""
    text = value.removeprefix("whsec_") if isinstance(value, str) else ""
    try:
        secret = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        secret = b""
    least, most = _SECRET_BYTES
    if not least <= len(secret) <= most:
        raise BadInput(
            f"[notify] {name} is {least} to {most} random bytes in base64.",
            hint='Make one: echo "whsec_$(openssl rand -base64 32)"',
        )
    return secret
