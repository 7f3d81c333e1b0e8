# SPDX-License-Identifier: Apache-2.0
"""A node's settings: `node.toml` in its folder, read once. Unknown keys are errors."""

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lintas.config.banks import read_banks
from lintas.config.console_address import read_console_url
from lintas.config.desks import read_desks
from lintas.config.notify import NotifyConfig, read_notify
from lintas.config.oidc import read_oidc
from lintas.config.peer_address import read_listen, read_push, read_url
from lintas.config.proxies import Network, read_proxies
from lintas.errors import BadInput, NodeDamaged
from lintas.formats.peer import Desk
from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.ports.bank import BankSettings
from lintas.ports.identity import ProviderSettings

FILE_NAME: Final = "node.toml"
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_KEYS: Final = frozenset(
    {"name", "country", "mode", "region", "default_marking", "time_zone", "reader_workers", "desks", "notify", "oidc"}
    | {"language"}
    | {"exercise", "goaml_schema"}
    | {"bank", "peer_listen", "peer_url", "push", "trusted_proxies", "console_url"}
)
_LANGUAGES: Final = ("en", "ms", "th", "zh")  # that pages speak


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeConfig:
    """What an operator sets. Mode and country are fixed at `init`: the log's first entry repeats them."""

    folder: Path
    name: str
    country: str  # ISO 3166-1 alpha-2
    mode: Mode
    region: str  # how national phone and account numbers are read; the country unless set
    default_marking: Tlp = Tlp.AMBER_STRICT  # of what comes in unmarked
    time_zone: str = "UTC"  # IANA name, for pages
    language: str = "en"  # of pages, for readers who chose none: en, ms, th or zh
    reader_workers: int = 1  # reader processes, 1 to 8
    desks: tuple[Desk, ...] = ()  # that people of other nodes reach
    notify: NotifyConfig = field(default_factory=NotifyConfig)  # who is told that something waits at the desk
    banks: Mapping[str, BankSettings] = field(default_factory=dict)  # that carry out orders over a connection
    oidc: ProviderSettings | None = None  # who people may sign in with elsewhere
    console_url: str = ""  # where browsers reach the console; passkeys are bound to its host
    peer_listen: str = ""  # HOST:PORT at which peers are served; empty for nowhere
    peer_url: str = ""  # where they reach it, as the descriptor says; empty when it accepts no connections
    push: str = "auto"  # batches are pushed where peers cannot fetch them, or always
    trusted_proxies: tuple[Network, ...] = ()  # whose X-Forwarded-For counts
    goaml_schema: str = ""  # file or folder of the schema that goAML reports are held against
    exercise: str = ""  # folder of the exercise that is played here; of nodes of mode exercise alone


def read_settings(folder: Path) -> NodeConfig:
    """Read the settings of a node's folder.

    Raises:
        BadInput: There is no node, or a setting is wrong; the hint says which.
    """
    path = folder / FILE_NAME
    try:
        values: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(
            f"There is no node in {folder}.", hint=f"Make one: lintas init {folder} --name NAME --country CC"
        ) from None
    except PermissionError as exc:
        raise NodeDamaged(
            f"The settings in {folder} cannot be read: permission denied.",
            hint="Run as the user who owns the node's folder.",
        ) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise BadInput(f"{path.name} is no valid TOML: {exc}.") from exc
    unknown = sorted(set(values) - _KEYS)
    if unknown:
        raise BadInput(f"{path.name} has unknown settings: {', '.join(unknown)}.", hint=f"Known: {sorted(_KEYS)}")
    return _checked(folder, values)


def write_settings(config: NodeConfig) -> None:
    """Write the settings file of a new node; its bytes are durable when this returns."""
    lines = [
        "# Settings of one Lintas node. Mode and country were fixed when it was made.",
        f"name = {json.dumps(config.name, ensure_ascii=False)}",
        f'country = "{config.country}"',
        f'mode = "{config.mode.value}"',
        f'region = "{config.region}"',
        f'default_marking = "{config.default_marking.name}"',
        f'time_zone = "{config.time_zone}"',
        f"reader_workers = {config.reader_workers}",
    ]
    with open(config.folder / FILE_NAME, "x", encoding="utf-8", opener=_private) as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def new_settings(folder: Path, *, name: str, country: str, mode: Mode) -> NodeConfig:
    """Settings of a node that is about to be made.

    Raises:
        BadInput: Name or country cannot be.
    """
    return _checked(folder, {"name": name, "country": country.upper(), "mode": mode.value})


def _checked(folder: Path, values: dict[str, Any]) -> NodeConfig:
    name, country = values.get("name"), values.get("country")
    if not isinstance(name, str) or not name.strip() or len(name) > 100 or not name.isprintable():
        raise BadInput("The node's name is 1 to 100 printable characters.")
    if not isinstance(country, str) or not _COUNTRY.fullmatch(country):
        raise BadInput("The country is two letters (ISO 3166-1), for example MY or SG.")
    region = values.get("region", country)
    workers = values.get("reader_workers", 1)
    if not isinstance(region, str) or not _COUNTRY.fullmatch(region):
        raise BadInput("The region is two letters (ISO 3166-1).")
    if type(workers) is not int or not 1 <= workers <= 8:
        raise BadInput("reader_workers is a number from 1 to 8.")
    try:
        mode = Mode(values.get("mode", "live"))
    except ValueError:
        raise BadInput("The mode is live or exercise.") from None
    return NodeConfig(
        folder=folder,
        name=name,
        country=country,
        mode=mode,
        region=region,
        default_marking=Tlp.from_text(str(values.get("default_marking", "AMBER_STRICT"))),
        time_zone=_zone(values.get("time_zone", "UTC")),
        language=_language(values.get("language", "en")),
        reader_workers=workers,
        desks=read_desks(values.get("desks", [])),
        notify=read_notify(folder, values.get("notify", {})),
        banks=read_banks(folder, values.get("bank", {})),
        oidc=read_oidc(folder, values.get("oidc")),
        console_url=read_console_url(values.get("console_url", "")),
        peer_listen=read_listen(values.get("peer_listen", "")),
        peer_url=read_url(values.get("peer_url", "")),
        push=read_push(values.get("push", "auto")),
        trusted_proxies=read_proxies(values.get("trusted_proxies", [])),
        goaml_schema=_goaml_schema(folder, values.get("goaml_schema", "")),
        exercise=_exercise(folder, mode, values.get("exercise", "")),
    )


def _goaml_schema(folder: Path, said: object) -> str:
    if not isinstance(said, str) or "\0" in said:
        raise BadInput("goaml_schema is the file or folder of a schema.", hint='For example: "packs/goaml"')
    return str(folder / said) if said else ""


def _exercise(folder: Path, mode: Mode, said: object) -> str:
    if not isinstance(said, str) or "\0" in said:
        raise BadInput("exercise is the folder of an exercise.")
    if said and mode is not Mode.EXERCISE:
        raise BadInput("A node of mode live plays no exercise.", hint="Take `exercise` out of its settings.")
    return str(folder / said) if said else ""


def _language(said: object) -> str:
    if said not in _LANGUAGES:
        raise BadInput(f"The language of pages is one of {', '.join(_LANGUAGES)}.")
    return str(said)


def _zone(name: object) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # noqa: PLC0415  # costs time at import, and only a start needs it

    try:
        return ZoneInfo(str(name)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise BadInput(f"{str(name)[:40]!r} is no time zone.", hint="Use an IANA name: Asia/Kuala_Lumpur.") from None
