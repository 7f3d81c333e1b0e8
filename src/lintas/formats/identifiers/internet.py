# SPDX-License-Identifier: Apache-2.0
"""Domains, e-mail addresses, IP addresses and digests of files."""

import base64
import ipaddress
import re
from hashlib import sha3_256

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.outcome import CHECKED, FORMAT, Outcome
from lintas.model.identifier import Identifier

UNKNOWN_TLD = "unknown-tld"
RESERVED_NAME = "reserved-name"
IDN = "idn"
WILDCARD = "wildcard"

HOST_CHARS_MAX = 253  # characters of a host name in its ASCII form, RFC 1035 section 3.1
_HOST = re.compile(r"(?:(?!-)[a-z0-9_-]{1,63}(?<!-)\.){1,126}(?:[a-z]{2,63}|xn--[a-z0-9-]{1,58}[a-z0-9])", re.ASCII)
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f()<>\[\]:;@\\,\"]{1,64}")
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(rf"({_OCTET}(?:\.{_OCTET}){{3}})(?::[0-9]{{1,5}})?", re.ASCII)
_IPV6 = re.compile(r"\[?([0-9a-f:]{2,39}(?:[0-9.]{7,15})?)(%[a-z0-9._-]{1,32})?\]?(?(2)|(?::[0-9]{1,5})?)", re.ASCII)
_HASHES = {32: "md5", 40: "sha1", 64: "sha256"}
_HEX = re.compile(r"[0-9a-f]+", re.ASCII)


def to_ascii(host: str) -> str:
    """Give a host name in lower-case ASCII, internationalised labels in punycode; empty when it cannot be one.

    Source: RFC 5891 with the mapping of UTS 46, non-transitional, as browsers do it.
    """
    if host.isascii():
        return host.lower()
    if len(host) > HOST_CHARS_MAX:
        return ""
    # Loaded for the first name outside ASCII: its tables are 300 kB.
    import idna  # noqa: PLC0415

    try:
        return idna.encode(host, uts46=True, transitional=False).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError, IndexError):
        return ""


def preload() -> None:
    """Load the tables of internationalised names now."""
    to_ascii("bücher.example")


def domain(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a domain name: lower case, punycode, no trailing dot. `checked` when the public root has its last label.

    Source: RFC 1035, RFC 5891, IANA root zone, RFC 7686 and Tor rend-spec v3 (onion).
    """
    del region
    flags: tuple[str, ...] = ()
    if text.startswith("*."):
        text, flags = text[2:], (WILDCARD,)
    host = to_ascii(text.removesuffix("."))
    if len(host) > HOST_CHARS_MAX or not _HOST.fullmatch(host):
        return "This is no domain name."
    if "xn--" in host:
        flags += (IDN,)
    tld = host[host.rindex(".") + 1 :]
    if tld in pack.tlds:
        return Identifier("domain", host, CHECKED, "", flags)
    if tld == "onion" and _onion_checks(host.split(".")[-2]):
        return Identifier("domain", host, CHECKED, "", flags)
    return Identifier("domain", host, FORMAT, "", (*flags, RESERVED_NAME if tld in pack.reserved_tlds else UNKNOWN_TLD))


def _onion_checks(label: str) -> bool:
    if not re.fullmatch(r"[a-z2-7]{56}", label, re.ASCII):
        return False
    raw = base64.b32decode(label.upper())
    return raw[34] == 3 and sha3_256(b".onion checksum" + raw[:32] + raw[34:]).digest()[:2] == raw[32:34]


def email(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read an e-mail address. All of it in lower case: people never keep letters' case apart.

    Source: RFC 5321 section 4.1.2 (dot-string only, no quoted local part), RFC 6531.
    """
    plain = text[7:] if text[:7].lower() == "mailto:" else text
    local, at, host = plain.strip("<>").rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or local[0] == "." or local[-1] == "." or ".." in local:
        return "This is no e-mail address."
    found = domain(host, pack, region)
    if isinstance(found, str) or WILDCARD in found.flags:
        return "The part after the @ is no domain name."
    return Identifier("email", f"{local.lower()}@{found.value}", FORMAT, "", found.flags)


def ipv4(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read an IPv4 address in four decimal parts.

    A port is dropped; a leading zero is refused, since some read it as octal.
    """
    del pack, region
    match = _IPV4.fullmatch(text)
    if not match:
        return "This is no IPv4 address in four decimal parts without leading zeros."
    return Identifier("ipv4", match[1], FORMAT, "", ("port",) if match.end(1) < len(text) else ())


def ipv6(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read an IPv6 address, in its shortest lower-case form; a port after brackets or a zone is dropped.

    Source: RFC 4291, RFC 5952.
    """
    del pack, region
    match = _IPV6.fullmatch(text.lower())
    if not match or text.startswith("[") != ("]" in text):
        return "This is no IPv6 address."
    try:
        address = ipaddress.IPv6Address(match[1])
    except ValueError:
        return "This is no IPv6 address."
    flags = (("zone",) if match[2] else ()) + (("port",) if "]:" in text else ())
    # The dotted tail of a mapped address differs between versions of Python: write it in hexadecimal always.
    value = address.compressed if "." not in address.compressed else _hexadecimal(address)
    return Identifier("ipv6", value, FORMAT, "", flags)


def _hexadecimal(address: ipaddress.IPv6Address) -> str:
    head, _, _ = address.compressed.rpartition(":")
    low = int(address) & 0xFFFFFFFF
    return f"{head}:{low >> 16:x}:{low & 0xFFFF:x}"


def _digest(text: str, scheme: str, length: int) -> Outcome:
    value = text.lower()
    if len(value) != length or not _HEX.fullmatch(value):
        return f"A digest of this kind has {length} hexadecimal digits."
    return Identifier(scheme, value)


def md5(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read an MD5 digest: 32 hexadecimal digits."""
    del pack, region
    return _digest(text, "md5", 32)


def sha1(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a SHA-1 digest: 40 hexadecimal digits."""
    del pack, region
    return _digest(text, "sha1", 40)


def sha256(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a SHA-256 digest: 64 hexadecimal digits."""
    del pack, region
    return _digest(text, "sha256", 64)


def digest_scheme(length: int) -> str:
    """Name the digest that has so many hexadecimal digits; empty when none of ours has."""
    return _HASHES.get(length, "")
