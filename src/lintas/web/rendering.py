# SPDX-License-Identifier: Apache-2.0
"""Pages out of templates: Jinja2 with everything escaped, and the few words that every page shares."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib import resources
from types import CodeType
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import jinja2
from jinja2.bccache import Bucket

from lintas.errors import BadInput
from lintas.model.header import Mode
from lintas.model.marking import Tlp
from lintas.ports.identity import ProviderSettings
from lintas.web.console.amounts import amount, money
from lintas.web.console.audit_words import act_words, asks_words, rights_words
from lintas.web.console.labels import HANDLING
from lintas.web.console.language import ENGLISH, TONGUES, Labels, Language, languages
from lintas.web.console.times import Times
from lintas.work.services import Settings

PACKAGE: Final = "lintas.web.console"
SHORT_ID_CHARS: Final = 10
NODE_PREFIX: Final = "lintas:"

ROLE_WORDS: Final = {"duty_officer": "duty officer", "operator": "node operator"}


class Moment(NamedTuple):
    """One time as pages show it: in the node's zone and in UTC, each with its zone."""

    iso: str
    local: str  # "2026-11-21 22:03 +08"
    utc: str  # "14:03 UTC", with the date when it is another day there


class _Compiled(jinja2.BytecodeCache):
    """What each template was compiled to, for all languages and consoles of a process: nothing of either is in it."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], CodeType | None] = {}  # by name and by the checksum of what was compiled

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled, if it was."""
        bucket.code = self._held.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._held[bucket.key, bucket.checksum] = bucket.code


_COMPILED: Final = _Compiled()


class Pages:
    """The templates of one console, with what is the same on all its pages: one set for each language."""

    def __init__(
        self, settings: Settings, *, node: str, version: str, labels: Labels, now: Callable[[], datetime]
    ) -> None:
        self._zone = ZoneInfo(settings.time_zone)
        self._zone_is_utc = settings.time_zone in {"UTC", "Etc/UTC", "GMT"}
        shared = {
            "node_name": settings.name,
            "elsewhere": provider_name(settings.oidc),
            "node_country": settings.country,
            "node_id": node,
            "is_exercise": settings.mode is Mode.EXERCISE,
            "version": version,
            "assets": asset_addresses(),
            "tlp_labels": [tlp.label for tlp in Tlp],
            "zone_name": settings.time_zone,
            "tongues": tuple(TONGUES.values()),
        }
        self._languages = languages(labels)
        self._sets = {
            code: self._templates(shared | words_of(language, settings, now), language)
            for code, language in self._languages.items()
        }

    def language(self, code: str) -> Language:
        """Give one of the languages; English for a code that is none of them."""
        return self._languages.get(code) or self._languages[ENGLISH]

    def render(self, template: str, values: Mapping[str, Any], language: str = ENGLISH) -> str:
        """Fill a template."""
        return self._sets[self.language(language).code].get_template(template).render(values)

    def _templates(self, shared: Mapping[str, Any], language: Language) -> jinja2.Environment:
        env = jinja2.Environment(
            loader=jinja2.PackageLoader(PACKAGE, "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=_COMPILED,
            extensions=["jinja2.ext.i18n"],
        )
        env.filters.update(
            moment=self.moment, short=short_id, tlp_class=tlp_class, tlp_word=tlp_word, size=size_words, role=role_words
        )
        env.globals.update(shared)
        i18n: Any = env  # the extension gives it this method
        i18n.install_gettext_callables(language.plain, language.counted, newstyle=True)
        return env

    def moment(self, text: str | datetime) -> Moment | None:
        """Read a time as the log writes it; None when there is none or it is no time."""
        if not text:
            return None
        try:
            at = text if isinstance(text, datetime) else datetime.fromisoformat(text)
        except ValueError:
            return None
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        local = at.astimezone(self._zone)
        iso = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self._zone_is_utc:
            return Moment(iso, f"{at:%Y-%m-%d %H:%M} UTC", "")
        day = "" if local.date() == at.date() else f"{at:%Y-%m-%d} "
        return Moment(iso, f"{local:%Y-%m-%d %H:%M} {local:%Z}", f"{day}{at:%H:%M} UTC")


def words_of(language: Language, settings: Settings, now: Callable[[], datetime]) -> dict[str, Any]:
    """What templates say things with, in one language."""
    times = Times(language, country=settings.country, zone=settings.time_zone)
    return {
        "language": language,
        "label": language.label,
        "sentence": language.sentence,
        "handling": {label: language.plain(words) for label, words in HANDLING.items()},
        "moment": times.moment,
        "clock": times.clock,
        "day": times.day,
        "length": times.length,
        "due": lambda at: times.due(at, now()),
        "amount": partial(amount, language),
        "money": partial(money, language),
        "number": "{:,}".format,
        "act": partial(act_words, language),
        "asks_words": partial(asks_words, language),
        "rights_words": partial(rights_words, language),
    }


def asset_addresses() -> dict[str, str]:
    """Addresses of the built script and sheet, each with its hash so that browsers may keep it."""
    folder = resources.files(PACKAGE).joinpath("static")
    found = {}
    for name in ("app.css", "app.js"):
        file = folder.joinpath(name)
        if file.is_file():
            found[name] = f"/static/{name}?v={hashlib.sha256(file.read_bytes()).hexdigest()[:16]}"
    return found


def strictest(labels: Iterable[str], *more: Tlp | None) -> Tlp | None:
    """Return the strictest of some markings; what cannot be read counts as TLP:RED, and none at all as None."""
    found = [tlp for tlp in more if tlp is not None]
    for label in labels:
        try:
            found.append(Tlp.from_text(label))
        except BadInput:
            found.append(Tlp.RED)
    return max(found, default=None)


def tlp_class(label: str) -> str:
    """Return the style of a marking: `tlp-amber-strict`."""
    found = strictest([label])
    assert found is not None, "one label has one strictest"
    return f"tlp-{found.name.lower().replace('_', '-')}"


def tlp_word(label: str) -> str:
    """Return a marking's word without the protocol's name: `AMBER+STRICT`."""
    return label.removeprefix("TLP:")


def short_id(identifier: str) -> str:
    """Return the start of a digest, enough to compare by eye."""
    kept = SHORT_ID_CHARS + (len(NODE_PREFIX) if identifier.startswith(NODE_PREFIX) else 0)
    return identifier if len(identifier) <= kept + 1 else f"{identifier[:kept]}…"


def size_words(size_bytes: int) -> str:
    """Return a size for people, in binary units."""
    if size_bytes < 1024:
        return f"{size_bytes} B"
    if size_bytes < 1024 * 1024:
        return f"{size_bytes / 1024:.1f} KiB"
    return f"{size_bytes / (1024 * 1024):.1f} MiB"


def role_words(role: str) -> str:
    """Return a role's name for people."""
    return ROLE_WORDS.get(role, role.replace("_", " "))


def provider_name(provider: ProviderSettings | None) -> str:
    """What the sign-in page calls the identity provider; empty when there is none."""
    return "" if provider is None else provider.label or urlsplit(provider.issuer).hostname or "another account"
