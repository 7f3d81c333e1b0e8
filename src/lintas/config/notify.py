# SPDX-License-Identifier: Apache-2.0
"""Who is told that something waits at the desk: the table `[notify]` of `node.toml`."""

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from lintas.errors import BadInput
from lintas.limits import NOTICE_TARGETS_MAX

SmtpTls = Literal["starttls", "tls", "none"]

_PORTS: Final[Mapping[str, int]] = {"starttls": 587, "tls": 465, "none": 25}  # Source: RFC 6409, RFC 8314, RFC 5321
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}", re.ASCII)
_URL: Final = re.compile(r"[\x21-\x7e]{1,2000}", re.ASCII)
_SECRET_BYTES: Final = (24, 64)  # Source: Standard Webhooks 1.0.0, "Signature scheme"
_MINUTES_MAX: Final = 24 * 60
_TEXT_CHARS_MAX: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyConfig:
    """What an operator sets of notices. Nobody is told anything unless an address or a webhook is named."""

    email_to: tuple[str, ...] = ()
    email_from: str = ""
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: SmtpTls = "starttls"
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    webhook_urls: tuple[str, ...] = field(default=(), repr=False)  # an address may be a secret in itself
    webhook_secret: bytes = field(default=b"", repr=False)
    ca_file: Path | None = None  # authorities that servers are held against, instead of the system's
    console_url: str = ""  # told in each notice
    digest_minutes: int = 15
    immediately: bool = True


def read_notify(folder: Path, values: object) -> NotifyConfig:
    """Check the table `[notify]`.

    Args:
        folder: What a relative `ca_file` starts from.
        values: As TOML gave it.

    Raises:
        BadInput: A setting is unknown or cannot be.
    """
    if not isinstance(values, dict):
        raise BadInput("notify is a table: [notify].")
    if unknown := sorted(set(values) - _READERS.keys()):
        raise BadInput(f"[notify] has unknown settings: {', '.join(unknown)}.", hint=f"Known: {sorted(_READERS)}")
    said: dict[str, Any] = {name: _READERS[name](name, value) for name, value in values.items()}
    if "ca_file" in said:
        said["ca_file"] = folder / said["ca_file"]
    said.setdefault("smtp_port", _PORTS[said.get("smtp_tls", "starttls")])
    config = NotifyConfig(**said)
    _check_whole(config)
    return config


def _check_whole(config: NotifyConfig) -> None:
    if config.email_to and not (config.email_from and config.smtp_host):
        raise BadInput("[notify] email_to needs email_from and smtp_host.")
    if config.webhook_urls and not config.webhook_secret:
        raise BadInput(
            "[notify] webhook_urls needs webhook_secret, which signs what is sent.",
            hint='Make one: echo "whsec_$(openssl rand -base64 32)"',
        )
    if bool(config.smtp_user) != bool(config.smtp_password):
        raise BadInput("[notify] smtp_user and smtp_password go together.")
    if config.smtp_user and config.smtp_tls == "none":
        raise BadInput("[notify] smtp_password would be sent without TLS.", hint='Set smtp_tls = "starttls" or "tls".')
    if len(config.email_to) + len(config.webhook_urls) > NOTICE_TARGETS_MAX:
        raise BadInput(f"[notify] names more than {NOTICE_TARGETS_MAX} addresses and webhooks.")


def is_loopback(host: str) -> bool:
    """Say whether only this machine can be meant by a host's name."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.isprintable() or len(value) > _TEXT_CHARS_MAX:
        raise BadInput(f"[notify] {name} is text of up to {_TEXT_CHARS_MAX} printable characters.")
    return value


def _fitting(pattern: re.Pattern[str], what: str) -> Callable[[str, object], str]:
    def read(name: str, value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise BadInput(f"[notify] {name} is {what}.")
        return value

    return read


def _list_of(read_one: Callable[[str, object], str]) -> Callable[[str, object], tuple[str, ...]]:
    def read(name: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise BadInput(f"[notify] {name} is a list.")
        return tuple(dict.fromkeys(read_one(name, one) for one in value))

    return read


def _number(least: int, most: int) -> Callable[[str, object], int]:
    def read(name: str, value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            raise BadInput(f"[notify] {name} is a number from {least} to {most:,}.")
        return value

    return read


def _yes_or_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise BadInput(f"[notify] {name} is true or false.")
    return value


def _tls(name: str, value: object) -> str:
    if not isinstance(value, str) or value not in _PORTS:
        raise BadInput(f"[notify] {name} is one of {', '.join(_PORTS)}.")
    return value


def _url(name: str, value: object) -> str:
    text = _fitting(_URL, "an address of up to 2,000 ASCII characters")(name, value)
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


def _secret(name: str, value: object) -> bytes:
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


_READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "email_to": _list_of(_fitting(_ADDRESS, "a list of mail addresses")),
    "email_from": _fitting(_ADDRESS, "a mail address"),
    "smtp_host": _fitting(_HOST, "a host's name or address"),
    "smtp_port": _number(1, 65_535),
    "smtp_tls": _tls,
    "smtp_user": _text,
    "smtp_password": _text,
    "webhook_urls": _list_of(_url),
    "webhook_secret": _secret,
    "ca_file": _text,
    "console_url": _url,
    "digest_minutes": _number(1, _MINUTES_MAX),
    "immediately": _yes_or_no,
}
