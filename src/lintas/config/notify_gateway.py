# SPDX-License-Identifier: Apache-2.0
"""How the desk's phones are reached: the table `[notify.gateway]` of `node.toml`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from lintas.config.notify_values import list_of, number, read_secret, read_url
from lintas.errors import BadInput
from lintas.limits import PHONE_AFTER_MINUTES, PHONE_AGAIN_MINUTES, PHONE_STEP_MINUTES, PHONES_MAX

KINDS: Final = ("push", "sms", "voice")
LANGUAGES: Final = ("en", "ms", "th", "zh")
_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)  # Source: ITU-T E.164
_DESK: Final = re.compile(r"[a-z0-9_-]{1,50}", re.ASCII)
_MINUTES_MAX: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneConfig:
    """One phone of the desk."""

    number: str  # E.164
    desk: str = ""  # code of the desk that it stands on; empty for all


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayConfig:
    """The agency's gateway, and whom it reaches."""

    url: str = field(default="", repr=False)  # may be a secret in itself
    secret: bytes = field(default=b"", repr=False)
    kinds: tuple[str, ...] = KINDS  # one after the other
    phones: tuple[PhoneConfig, ...] = ()
    language: str = "en"  # of what a phone shows or reads out
    after_minutes: int = PHONE_AFTER_MINUTES
    step_minutes: int = PHONE_STEP_MINUTES
    again_minutes: int = PHONE_AGAIN_MINUTES


def read_gateway(name: str, values: object) -> GatewayConfig:
    """Check the table `[notify.gateway]`.

    Raises:
        BadInput: A setting is unknown or cannot be.
    """
    if not isinstance(values, dict):
        raise BadInput("notify.gateway is a table: [notify.gateway].")
    if unknown := sorted(set(values) - _READERS.keys()):
        raise BadInput(
            f"[notify.gateway] has unknown settings: {', '.join(unknown)}.", hint=f"Known: {sorted(_READERS)}"
        )
    said: dict[str, Any] = {key: _READERS[key](f"{name}.{key}", value) for key, value in values.items()}
    config = GatewayConfig(**said)
    if not (config.url and config.secret and config.phones):
        raise BadInput(
            "[notify.gateway] needs url, secret and phones.",
            hint='Make a secret: echo "whsec_$(openssl rand -base64 32)"',
        )
    return config


def _kind(name: str, value: object) -> str:
    if not isinstance(value, str) or value not in KINDS:
        raise BadInput(f"[notify] {name} is a list of {', '.join(KINDS)}, in the order in which they are used.")
    return value


def _language(name: str, value: object) -> str:
    if not isinstance(value, str) or value not in LANGUAGES:
        raise BadInput(f"[notify] {name} is one of {', '.join(LANGUAGES)}.")
    return value


def _kinds(name: str, value: object) -> tuple[str, ...]:
    kinds = list_of(_kind)(name, value)
    if not kinds:
        raise BadInput(f"[notify] {name} names none.", hint=f"Known: {', '.join(KINDS)}")
    return kinds


def _phones(name: str, value: object) -> tuple[PhoneConfig, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= PHONES_MAX:
        raise BadInput(f"[notify] {name} is a list of 1 to {PHONES_MAX} phones.", hint=_EXAMPLE)
    phones = tuple(_phone(name, one) for one in value)
    if len({phone.number for phone in phones}) < len(phones):
        raise BadInput(f"[notify] {name} names one number twice.")
    return phones


def _phone(name: str, value: object) -> PhoneConfig:
    if not isinstance(value, dict) or not {"number"} <= set(value) <= {"number", "desk"}:
        raise BadInput(f"[notify] {name} holds what is no phone.", hint=_EXAMPLE)
    said, desk = value["number"], value.get("desk", "")
    if not isinstance(said, str) or not _NUMBER.fullmatch(said):
        raise BadInput(f"[notify] {name} holds what is no number: + and up to 15 digits.", hint=_EXAMPLE)
    if not isinstance(desk, str) or (desk and not _DESK.fullmatch(desk)):
        raise BadInput(f"[notify] {name} holds what is no code of a desk.", hint=_EXAMPLE)
    return PhoneConfig(number=said, desk=desk)


_EXAMPLE: Final = 'phones = [{number = "+6591234567"}, {number = "+6598765432", desk = "duty"}]'
_READERS: Final[Mapping[str, Callable[[str, object], Any]]] = {
    "url": read_url,
    "secret": read_secret,
    "kinds": _kinds,
    "phones": _phones,
    "language": _language,
    "after_minutes": number(1, _MINUTES_MAX),
    "step_minutes": number(1, _MINUTES_MAX),
    "again_minutes": number(1, _MINUTES_MAX),
}
