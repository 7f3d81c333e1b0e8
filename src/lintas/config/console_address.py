# SPDX-License-Identifier: Apache-2.0
"""The setting `console_url` of `node.toml`: where browsers reach the console; its host binds passkeys."""

import ipaddress
import re
from typing import Any, Final

from lintas.errors import BadInput

_URL: Final = re.compile(r"(https|http)://([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::[1-9][0-9]{0,4})?", re.ASCII)


def read_console_url(value: Any) -> str:
    """Read the address; empty for none: browsers reach the console on this machine alone.

    Raises:
        BadInput: It is no `https://HOST[:PORT]` with a name; `http` is for localhost only.
    """
    if value == "":
        return ""
    found = _URL.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found[1] == "http" and found[2] != "localhost") or _is_number(found[2]):
        raise BadInput(
            "console_url is https://NAME or https://NAME:PORT, in small letters, without a path.",
            hint="A browser binds no passkey to an IP address.",
        )
    return str(value)


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
