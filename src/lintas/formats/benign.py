# SPDX-License-Identifier: Apache-2.0
"""Benign lists: why a value that turns up in a case may mean nothing.

A reason is shown to the officer; nothing is ever dropped for it.

Our own built-in list is a pack; further ones come in the JSON format of MISP warninglists.
"""

import ipaddress
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import msgspec

from lintas.errors import BadPack
from lintas.formats.benign_patterns import Pattern, compile_pattern, national_forms
from lintas.model.identifier import Identifier

WARNINGLIST_PREFIX = "benign/"  # packs of this prefix are lists in the format of MISP warninglists
LIST_BYTES_MAX = 64 * 1024 * 1024  # bytes of one list; the largest in use has 1 M names, 22 MB
LIST_ENTRIES_MAX = 2_000_000  # entries of one list
REGEX_ENTRIES_MAX = 500  # patterns of one list: each is tried on each value
ENTRY_CHARS_MAX = 512  # characters of one entry

Kind = Literal["string", "substring", "hostname", "cidr", "regex"]
_KINDS: dict[str, Kind] = {
    "string": "string",
    "substring": "substring",
    "hostname": "hostname",
    "cidr": "cidr",
    "regex": "regex",
}

# MISP's names of attributes -> our schemes. What is not here (filename, ssdeep, sha512 ...) has no scheme of ours.
_SCHEMES: dict[str, tuple[str, ...]] = {
    "ip-src": ("ipv4", "ipv6"),
    "ip-dst": ("ipv4", "ipv6"),
    "ip-src|port": ("ipv4", "ipv6"),
    "ip-dst|port": ("ipv4", "ipv6"),
    "domain": ("domain",),
    "hostname": ("domain",),
    "hostname|port": ("domain",),
    "domain|ip": ("domain", "ipv4", "ipv6"),
    "url": ("url",),
    "uri": ("url",),
    "link": ("url",),
    "md5": ("md5",),
    "sha1": ("sha1",),
    "sha256": ("sha256",),
    "email": ("email",),
    "email-src": ("email",),
    "email-dst": ("email",),
    "whois-registrant-email": ("email",),
    "dns-soa-email": ("email",),
    "phone-number": ("phone",),
    "whois-registrant-phone": ("phone",),
    "btc": ("btc",),
    "iban": ("iban",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BenignList:
    """One list: its name, why it stands for harmless values, and what it matches."""

    name: str
    why: str
    kind: Kind
    schemes: frozenset[str]
    entries: tuple[str, ...]
    skipped: tuple[str, ...] = ()  # entries that could not be used, each with a reason


class _Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    why: str
    kind: Kind
    schemes: tuple[str, ...]
    entries: tuple[str, ...]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    list: tuple[_Listed, ...]


@lru_cache(maxsize=4)  # a node reads it once; tests start many
def parse_benign(raw: bytes) -> tuple[BenignList, ...]:
    """Read the built-in pack of benign lists.

    Raises:
        BadPack: It is no TOML of that shape, or an entry cannot be used.
    """
    try:
        file = msgspec.convert(tomllib.loads(raw.decode("utf-8")), _File)
    except (ValueError, RecursionError) as exc:
        raise BadPack(f"The pack of benign lists cannot be read: {exc}") from exc
    if file.version != 1:
        raise BadPack(f"Version {file.version} of the pack of benign lists is not known here; version 1 is.")
    lists = tuple(_made(one.name, one.why, one.kind, frozenset(one.schemes), list(one.entries)) for one in file.list)
    for made in lists:
        if made.skipped:
            raise BadPack(f"The benign list “{made.name}” has an entry that cannot be used: {made.skipped[0]}.")
    return lists


def parse_warninglist(raw: bytes) -> BenignList:
    """Read one list in the JSON format of MISP warninglists.

    An entry that cannot be used is skipped with its reason; a list that cannot be read at all is refused. Its
    patterns come from outside and are hostile until shown otherwise: see `lintas.formats.benign_patterns` for the
    part that is taken.

    Raises:
        BadPack: It is no such list, or larger than a limit.
    """
    if len(raw) > LIST_BYTES_MAX:
        raise BadPack(f"A benign list has at most {LIST_BYTES_MAX} bytes; this one has {len(raw)}.")
    try:
        data: Any = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as exc:
        raise BadPack("The benign list is no JSON.") from exc
    match data:
        case {"name": str(name), "list": list(entries), **rest} if name.strip():
            named, why = rest.get("type", "string"), rest.get("description", "")
            attributes = rest.get("matching_attributes", [])
        case _:
            raise BadPack("A benign list has a name and a list.")
    kind = _KINDS.get(named) if isinstance(named, str) else None
    if kind is None:
        raise BadPack(f"The benign list “{name[:80]}” is of no kind that is known here: {', '.join(_KINDS)}.")
    if not isinstance(attributes, list) or not isinstance(why, str):
        raise BadPack(f"The benign list “{name[:80]}” has a description or matching attributes of a wrong type.")
    limit = REGEX_ENTRIES_MAX if kind == "regex" else LIST_ENTRIES_MAX
    if len(entries) > limit:
        raise BadPack(f"The benign list “{name[:80]}” has {len(entries)} entries, the limit is {limit}.")
    schemes = frozenset(
        s for attribute in attributes if isinstance(attribute, str) for s in _SCHEMES.get(attribute, ())
    )
    return _made(name.strip()[:120], why.strip()[:300], kind, schemes, entries)


def _made(name: str, why: str, kind: Kind, schemes: frozenset[str], entries: list[Any]) -> BenignList:
    """Bring entries to the form in which they are looked up; keep what cannot be used apart."""
    taken: list[str] = []
    skipped: list[str] = []
    for entry in entries:
        plain = entry.strip() if isinstance(entry, str) else ""
        reason = ""
        if not plain or len(plain) > ENTRY_CHARS_MAX:
            reason = f"it is no text of 1 to {ENTRY_CHARS_MAX} characters"
        elif kind == "cidr":
            try:
                plain = str(ipaddress.ip_network(plain, strict=False))
            except ValueError:
                reason = "it is no network"
        elif kind == "regex":
            made = compile_pattern(plain)
            reason = made if isinstance(made, str) else ""
        else:
            plain = plain.lower().strip(".") if kind == "hostname" else plain.lower()
            reason = "" if plain else "it is no host name"
        if reason:
            skipped.append(f"“{str(entry)[:80]}”: {reason}")
        else:
            taken.append(plain)
    return BenignList(name=name, why=why, kind=kind, schemes=schemes, entries=tuple(taken), skipped=tuple(skipped))


class BenignLists:
    """All benign lists of a node, indexed: a look-up costs the same however long they are."""

    __slots__ = ("_exact", "_hosts", "_networks", "_parts", "_parts_min", "_patterns", "lists")

    def __init__(self, lists: tuple[BenignList, ...]) -> None:
        self.lists = lists
        self._exact: dict[str, tuple[int, ...]] = {}
        self._hosts: dict[str, tuple[int, ...]] = {}
        self._networks: dict[int, dict[int, dict[int, tuple[int, ...]]]] = {
            4: {},
            6: {},
        }  # version -> shift -> prefix -> lists
        self._parts: dict[str, tuple[tuple[str, int], ...]] = {}  # first characters -> entries that start so
        self._patterns: list[tuple[Pattern, int]] = []
        parts = [entry for one in lists if one.kind == "substring" for entry in one.entries]
        self._parts_min = min(4, min(map(len, parts), default=4))
        for place, one in enumerate(lists):
            self._index(place, one)

    def _index(self, place: int, one: BenignList) -> None:
        if one.kind in ("string", "hostname"):
            index = self._exact if one.kind == "string" else self._hosts
            for entry in one.entries:
                index[entry] = (*index.get(entry, ()), place)
        elif one.kind == "cidr":
            for entry in one.entries:
                network = ipaddress.ip_network(entry)
                shift = network.max_prefixlen - network.prefixlen
                prefixes = self._networks[network.version].setdefault(shift, {})
                prefix = int(network.network_address) >> shift
                prefixes[prefix] = (*prefixes.get(prefix, ()), place)
        elif one.kind == "substring":
            for entry in one.entries:
                head = entry[: self._parts_min]
                self._parts[head] = (*self._parts.get(head, ()), (entry, place))
        else:
            for entry in one.entries:
                made = compile_pattern(entry)
                assert not isinstance(made, str), "entries were tried when the list was made"
                self._patterns.append((made, place))

    def reasons(self, identifier: Identifier) -> tuple[str, ...]:
        """Say for which reasons an identifier may be harmless: one sentence for each list it is on.

        Shape: O(length of the value) dictionary look-ups, and each pattern once for phone numbers.
        """
        scheme, value = identifier.scheme, identifier.value.lower()
        found: dict[int, str] = {}  # list -> what of it matched
        for places, entry in self._matches(scheme, value, _host_of(scheme, value)):
            for place in places:
                if scheme in self.lists[place].schemes:
                    found.setdefault(place, entry)
        return tuple(self._sentence(identifier.value, place, entry) for place, entry in sorted(found.items()))

    def _matches(self, scheme: str, value: str, host: str) -> Iterator[tuple[tuple[int, ...], str]]:
        """Give (lists, entry) for all that matches, of lists for any scheme."""
        yield self._exact.get(value, ()), value
        if host:
            yield self._exact.get(host, ()), host
            tail = host if self._hosts else ""
            while tail:
                yield self._hosts.get(tail, ()), tail
                tail = tail.partition(".")[2]
        if scheme in ("ipv4", "ipv6"):
            yield from self._in_networks(value)
        if self._parts:
            yield from self._containing(value)
        if scheme == "phone":
            for form in national_forms(value) if self._patterns else ():
                for pattern, place in self._patterns:
                    if pattern.fullmatch(form):
                        yield (place,), value

    def _containing(self, value: str) -> Iterator[tuple[tuple[int, ...], str]]:
        size = self._parts_min
        for start in range(len(value) - size + 1):
            for entry, place in self._parts.get(value[start : start + size], ()):
                if value.startswith(entry, start):
                    yield (place,), entry

    def _in_networks(self, value: str) -> Iterator[tuple[tuple[int, ...], str]]:
        try:
            address = ipaddress.ip_address(value)
        except ValueError:  # not in canonical form: then it is on no list
            return
        number = int(address)
        for shift, prefixes in self._networks[address.version].items():
            places = prefixes.get(number >> shift)
            if places:
                network = type(address)(number >> shift << shift)
                yield places, f"{network}/{address.max_prefixlen - shift}" if shift else str(network)

    def _sentence(self, value: str, place: int, entry: str) -> str:
        one = self.lists[place]
        how = f"{value} is" if entry == value.lower() else f"{value} falls under {entry}, which is"
        return f"{how} on the list “{one.name}”" + (f": {one.why}" if one.why else "")


def _host_of(scheme: str, value: str) -> str:
    if scheme == "domain":
        return value
    if scheme == "email":
        return value.rpartition("@")[2]
    if scheme == "url":
        return value.partition("://")[2].partition("/")[0].rpartition("@")[2].partition(":")[0]
    return ""
