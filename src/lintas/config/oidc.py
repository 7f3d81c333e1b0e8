# SPDX-License-Identifier: Apache-2.0
"""Who people may sign in with elsewhere: the table `[oidc]` of `node.toml`."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from lintas.config.notify import is_loopback
from lintas.errors import BadInput
from lintas.model.marking import Tlp
from lintas.ports.identity import ProviderSettings

_URL: Final = re.compile(r"[\x21-\x7e]{1,500}", re.ASCII)
_CLAIM: Final = re.compile(r"[A-Za-z0-9_:/.-]{1,200}", re.ASCII)
_SCOPE: Final = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]{1,100}", re.ASCII)  # Source: RFC 6749, section 3.3
_TEXT_CHARS_MAX: Final = 500
_MAPPED_MAX: Final = 200
_SECRET_BYTES_MAX: Final = 4_096
_NEEDED: Final = ("issuer", "client_id", "console_url", "roles")


def read_oidc(folder: Path, values: object) -> ProviderSettings | None:
    """Check the table `[oidc]`; None when there is none: nobody signs in elsewhere.

    Args:
        folder: What a relative `client_secret_file` and `ca_file` start from.
        values: As TOML gave it.

    Raises:
        BadInput: A setting is missing, unknown or cannot be. No message holds a secret.
    """
    if values is None:
        return None
    if not isinstance(values, dict):
        raise BadInput("oidc is a table: [oidc].")
    if unknown := sorted(set(values) - _READERS.keys()):
        raise BadInput(f"[oidc] has unknown settings: {', '.join(unknown)}.", hint=f"Known: {sorted(_READERS)}")
    if missing := [name for name in _NEEDED if not values.get(name)]:
        raise BadInput(f"[oidc] needs {', '.join(missing)}.", hint="docs/howto/openid-connect.md has an example.")
    said: dict[str, Any] = {name: _READERS[name](name, value) for name, value in values.items()}
    if "client_secret_file" in said:
        if "client_secret" in said:
            raise BadInput("[oidc] has client_secret or client_secret_file, not both.")
        said["client_secret"] = _secret_in(folder / said.pop("client_secret_file"))
    if "ca_file" in said:
        said["ca_file"] = str(folder / said["ca_file"])
    if "openid" not in said.get("scopes", ("openid",)):
        raise BadInput('[oidc] scopes has "openid" in it: without it there is no ID token.')
    if said.get("clearances") and not said.get("clearance_claim"):
        raise BadInput("[oidc] clearances needs clearance_claim.")
    return ProviderSettings(**said)


def _secret_in(path: Path) -> str:
    try:
        raw = path.read_bytes()[: _SECRET_BYTES_MAX + 1]
        secret = raw.decode("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"[oidc] client_secret_file {path.name} cannot be read: {type(exc).__name__}.") from None
    return _text("client_secret_file", secret)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value or not value.isprintable() or len(value) > _TEXT_CHARS_MAX:
        raise BadInput(f"[oidc] {name} is text of 1 to {_TEXT_CHARS_MAX} printable characters.")
    return value


def _claim(name: str, value: object) -> str:
    if not isinstance(value, str) or (value != "" and not _CLAIM.fullmatch(value)):
        raise BadInput(f"[oidc] {name} is the name of a claim; dots lead into objects.")
    return value


def _texts(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MAPPED_MAX:
        raise BadInput(f"[oidc] {name} is a list of up to {_MAPPED_MAX}.")
    return tuple(dict.fromkeys(_text(name, one) for one in value))


def _scopes(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and _SCOPE.fullmatch(one) for one in value):
        raise BadInput(f"[oidc] {name} is a list of scopes.")
    return tuple(dict.fromkeys(value))


def _roles(name: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or not 1 <= len(value) <= _MAPPED_MAX:
        raise BadInput(f"[oidc] {name} is a table: the provider's role = ours.")
    return {_text(name, theirs): _text(name, ours) for theirs, ours in value.items()}


def _tlp(name: str, value: object) -> Tlp:
    return Tlp.from_text(_text(name, value))


def _clearances(name: str, value: object) -> dict[str, Tlp]:
    return {theirs: _tlp(name, ours) for theirs, ours in _roles(name, value).items()}


def _yes_or_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadInput(f"[oidc] {name} is true or false.")
    return value


def _url(name: str, value: object) -> str:
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise BadInput(f"[oidc] {name} is an address of up to 500 ASCII characters.")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    is_good = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
    if not host or not is_good or parts.username is not None or parts.query or parts.fragment:
        raise BadInput(
            f"[oidc] {name} is an address that cannot be used.",
            hint="https://host/path, without a user, ? and #; http:// on a loopback address only.",
        )
    return value


_READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "issuer": _url,
    "client_id": _text,
    "client_secret": _text,
    "client_secret_file": _text,
    "console_url": _url,
    "scopes": _scopes,
    "roles_claim": _claim,
    "name_claim": _claim,
    "agency_claim": _claim,
    "clearance_claim": _claim,
    "agencies": _texts,
    "roles": _roles,
    "clearances": _clearances,
    "clearance": _tlp,
    "accept_new": _yes_or_no,
    "ca_file": _text,
    "label": _text,
}
