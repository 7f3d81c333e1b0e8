# SPDX-License-Identifier: Apache-2.0
"""Banks that carry out orders over a connection: the tables `[bank.NAME]` of `node.toml`."""

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from lintas.config.notify import is_loopback
from lintas.errors import BadInput
from lintas.limits import BANKS_MAX
from lintas.ports.bank import BankSettings, plain_bank

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_URL: Final = re.compile(r"[\x21-\x7e]{1,500}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_KEYS: Final = frozenset({"url", "secret_file", "banks", "currency", "ca_file", "trace_law"})
_NEEDED: Final = ("url", "secret_file", "banks", "currency")
_SECRET_BYTES: Final = (24, 64)
_SECRET_FILE_BYTES_MAX: Final = 4_096
_BANKS_MAX: Final = 100
_BANK_CHARS_MAX: Final = 100
_LAW_CHARS_MAX: Final = 200
_MAKE: Final = "Make one: openssl rand -base64 32 > FILE; the bank gets the same over a channel of its own."


def read_banks(folder: Path, values: object) -> Mapping[str, BankSettings]:
    """Check the tables `[bank.NAME]`; by name.

    Args:
        folder: What a relative `secret_file` and `ca_file` start from.
        values: As TOML gave it.

    Raises:
        BadInput: A setting is missing, unknown or cannot be, or two connections answer for one bank. No message holds
            a secret.
    """
    if not isinstance(values, dict) or not all(isinstance(one, dict) for one in values.values()):
        raise BadInput("bank is a table of tables: [bank.NAME].")
    if len(values) > BANKS_MAX:
        raise BadInput(f"[bank] has more than {BANKS_MAX} connections.")
    found = {name: _read_one(folder, name, said) for name, said in values.items()}
    seen: dict[tuple[str, str], str] = {}
    for name, one in found.items():
        for bank in one.banks:
            other = seen.setdefault((plain_bank(bank), one.currency), name)
            if other != name:
                raise BadInput(f"[bank.{other}] and [bank.{name}] both answer for {bank} in {one.currency}.")
    return MappingProxyType(found)


def _read_one(folder: Path, name: str, said: Mapping[str, Any]) -> BankSettings:
    if not _NAME.fullmatch(name):
        raise BadInput("The NAME of [bank.NAME] is 1 to 40 small letters, digits, - and _.")
    if unknown := sorted(set(said) - _KEYS):
        raise BadInput(f"[bank.{name}] has unknown settings: {', '.join(unknown)}.", hint=f"Known: {sorted(_KEYS)}")
    if missing := [key for key in _NEEDED if not said.get(key)]:
        raise BadInput(f"[bank.{name}] needs {', '.join(missing)}.", hint="docs/howto/banks.md has an example.")
    currency, ca_file = said["currency"], said.get("ca_file", "")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise BadInput(f"[bank.{name}] currency is three capital letters (ISO 4217).")
    if not isinstance(ca_file, str):
        raise BadInput(f"[bank.{name}] ca_file is the name of a file.")
    law = said.get("trace_law", "")
    if not isinstance(law, str) or not law.isprintable() or len(law) > _LAW_CHARS_MAX:
        raise BadInput(f"[bank.{name}] trace_law is the name of a law, of up to {_LAW_CHARS_MAX} characters.")
    return BankSettings(
        name=name,
        url=_url(name, said["url"]),
        secret=_secret(folder, name, said["secret_file"]),
        banks=_banks(name, said["banks"]),
        currency=currency,
        ca_file=str(folder / ca_file) if ca_file else "",
        trace_law=" ".join(law.split()),
    )


def _url(name: str, value: object) -> str:
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise BadInput(f"[bank.{name}] url is an address of up to 500 ASCII characters.")
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    is_good = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host or ""))
    if not host or not is_good or parts.username is not None or parts.query or parts.fragment:
        raise BadInput(
            f"[bank.{name}] url is an address that cannot be used.",
            hint="https://host/path, without a user, ? and #; http:// on a loopback address only.",
        )
    return value


def _secret(folder: Path, name: str, value: object) -> bytes:
    if not isinstance(value, str):
        raise BadInput(f"[bank.{name}] secret_file is the name of a file.")
    try:
        raw = (folder / value).read_bytes()[: _SECRET_FILE_BYTES_MAX + 1]
        secret = base64.b64decode(raw.decode("ascii").strip(), validate=True)
    except (OSError, ValueError) as exc:
        if isinstance(exc, OSError):
            reason = type(exc).__name__
            raise BadInput(f"[bank.{name}] secret_file cannot be read: {reason}.", hint=_MAKE) from None
        secret = b""
    least, most = _SECRET_BYTES
    if not least <= len(secret) <= most:
        raise BadInput(f"[bank.{name}] secret_file holds {least} to {most} random bytes in base64.", hint=_MAKE)
    return secret


def _banks(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= _BANKS_MAX:
        raise BadInput(f"[bank.{name}] banks is a list of 1 to {_BANKS_MAX}.")
    for one in value:
        if not isinstance(one, str) or not plain_bank(one) or not one.isprintable() or len(one) > _BANK_CHARS_MAX:
            raise BadInput(f"[bank.{name}] banks holds BICs, codes or names of up to {_BANK_CHARS_MAX} characters.")
    return tuple(dict.fromkeys(value))
