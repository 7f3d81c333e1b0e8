# SPDX-License-Identifier: Apache-2.0
"""Who is told that something waits at the desk: the table `[notify]` of `node.toml`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from lintas.config.notify_gateway import GatewayConfig, read_gateway
from lintas.config.notify_values import (
    fitting,
    is_loopback,
    list_of,
    number,
    read_secret,
    read_text,
    read_url,
    yes_or_no,
)
from lintas.errors import BadInput
from lintas.limits import NOTICE_TARGETS_MAX

__all__ = ["NotifyConfig", "is_loopback", "read_notify"]

SmtpTls = Literal["starttls", "tls", "none"]

_PORTS: Final[Mapping[str, int]] = {"starttls": 587, "tls": 465, "none": 25}  # Source: RFC 6409, RFC 8314, RFC 5321
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}", re.ASCII)
_HOST: Final = re.compile(r"[A-Za-z0-9.:-]{1,253}", re.ASCII)
_MINUTES_MAX: Final = 24 * 60


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
    gateway: GatewayConfig | None = None  # that reaches the desk's phones


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
    ways = 0 if config.gateway is None else len(config.gateway.phones) * len(config.gateway.kinds)
    if len(config.email_to) + len(config.webhook_urls) + ways > NOTICE_TARGETS_MAX:
        raise BadInput(f"[notify] names more than {NOTICE_TARGETS_MAX} addresses, webhooks and ways to phones.")


def _tls(name: str, value: object) -> str:
    if not isinstance(value, str) or value not in _PORTS:
        raise BadInput(f"[notify] {name} is one of {', '.join(_PORTS)}.")
    return value


_READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "email_to": list_of(fitting(_ADDRESS, "a list of mail addresses")),
    "email_from": fitting(_ADDRESS, "a mail address"),
    "smtp_host": fitting(_HOST, "a host's name or address"),
    "smtp_port": number(1, 65_535),
    "smtp_tls": _tls,
    "smtp_user": read_text,
    "smtp_password": read_text,
    "webhook_urls": list_of(read_url),
    "webhook_secret": read_secret,
    "ca_file": read_text,
    "console_url": read_url,
    "digest_minutes": number(1, _MINUTES_MAX),
    "immediately": yes_or_no,
    "gateway": read_gateway,
}
