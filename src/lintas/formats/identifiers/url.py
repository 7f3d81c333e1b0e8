# SPDX-License-Identifier: Apache-2.0
"""Web addresses in one form, so that two reports of the same page meet."""

import ipaddress
import re
from urllib.parse import quote

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.internet import domain, ipv6, to_ascii
from lintas.formats.identifiers.outcome import FORMAT, Outcome
from lintas.model.identifier import Identifier

FRAGMENT = "fragment"  # dropped: it never reaches the server, and phishing kits put the victim's address there
USERINFO = "userinfo"  # dropped: a password, or a name that makes the host look like another
ODD_IPV4 = "odd-ipv4"  # the host was an IPv4 address written as one number, in octal or hexadecimal

_PARTS = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]{1,19})://"
    r"(?P<authority>[^/?#\\]{1,600})(?P<path>[^?#]*)(?P<query>\?[^#]*)?(?P<fragment>#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_AUTHORITY = re.compile(
    r"(?:(?P<user>.*)@)?(?P<host>\[[0-9a-fA-F:.]{2,45}\]|[^:@\[\]]{1,255})(?::(?P<port>[0-9]{0,5}))?", re.DOTALL
)
_DEFAULT_PORTS = {"http": 80, "https": 443, "ftp": 21, "ws": 80, "wss": 443}
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SAFE = "%/:?#[]@!$&'()*+,;=-._~|"
_FORBIDDEN = re.compile(r"[\s\x00-\x20\x7f<>\"\ud800-\udfff]")
_SIMPLE_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER_PART = re.compile(r"0x[0-9a-f]{0,8}|[0-9]{1,11}", re.ASCII)
_NO_URL = "This is no web address."


def url(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a web address.

    Scheme and host in lower case, host in punycode, default port dropped, percent escapes in one form, `.` and `..`
    resolved, an empty path is `/`; user information and fragment are dropped and flagged; path and query keep their
    case and order.

    Source: RFC 3986 section 6.2.2 and 6.2.3; WHATWG URL (hosts that are IPv4 numbers).
    """
    match = _PARTS.fullmatch(text)
    if not match or _FORBIDDEN.search(text):
        return _NO_URL
    authority = _AUTHORITY.fullmatch(match["authority"])
    if not authority:
        return _NO_URL
    flags: tuple[str, ...] = ()
    host, odd = _host(authority["host"], pack, region)
    if not host:
        return "The host of this web address is no name or address."
    if odd:
        flags += (ODD_IPV4,)
    if authority["user"] is not None:
        flags += (USERINFO,)
    if match["fragment"]:
        flags += (FRAGMENT,)
    scheme = match["scheme"].lower()
    port = int(authority["port"] or _DEFAULT_PORTS.get(scheme, 0))
    if port > 65_535:
        return "A port is at most 65535."
    shown_port = "" if port in (0, _DEFAULT_PORTS.get(scheme)) else f":{port}"
    path = _without_dots(_escapes(match["path"])) or "/"
    query = _escapes(match["query"] or "")
    return Identifier("url", f"{scheme}://{host}{shown_port}{path}{'' if query == '?' else query}", FORMAT, "", flags)


def host_of(value: str) -> str:
    """Give the host of a canonical web address; an IPv6 address without its brackets."""
    authority = value.split("/", 3)[2]
    if authority.startswith("["):
        return authority[1 : authority.index("]")]
    return authority.partition(":")[0]


def _host(text: str, pack: IdentifierPack, region: str) -> tuple[str, bool]:
    """Give the host in one form and whether it was an IPv4 address written oddly; empty when it is none."""
    if text.startswith("["):
        address = ipv6(text[1:-1], pack, region)
        return ("", False) if isinstance(address, str) else (f"[{address.value}]", False)
    decoded = _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "%" in text else text
    host = to_ascii(decoded.removesuffix("."))
    last = host.rpartition(".")[2]
    if last[:1].isdigit() and _NUMBER_PART.fullmatch(last):
        number = _ipv4_number(host.split("."))
        if number is None:
            return "", False
        dotted = str(ipaddress.IPv4Address(number))
        return dotted, dotted != host
    found = domain(host, pack, region)
    if not isinstance(found, str):
        return ("", False) if text.startswith("*") else (found.value, False)
    return (host, False) if _SIMPLE_HOST.fullmatch(host) else ("", False)


def _ipv4_number(parts: list[str]) -> int | None:
    """Read one to four parts, each decimal, octal (0…) or hexadecimal (0x…), the last one filling what is left."""
    if not 1 <= len(parts) <= 4 or not all(_NUMBER_PART.fullmatch(part) for part in parts):
        return None
    try:
        values = [
            int(part[2:] or "0", 16)
            if part.startswith("0x")
            else int(part, 8 if part[0] == "0" and len(part) > 1 else 10)
            for part in parts
        ]
    except ValueError:  # an 8 or 9 in an octal part
        return None
    *heads, last = values
    if any(value > 255 for value in heads) or last >= 256 ** (5 - len(values)):
        return None
    return last + sum(value << 8 * (3 - place) for place, value in enumerate(heads))


def _escapes(text: str) -> str:
    if "%" in text:
        text = _ESCAPE.sub(_one_escape, text)
    return (
        text if text.isascii() and "\\" not in text and "^" not in text and "`" not in text else quote(text, safe=_SAFE)
    )


def _one_escape(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()


def _without_dots(path: str) -> str:
    if "/." not in path:
        return path
    kept: list[str] = []
    parts = path.split("/")
    for part in parts[1:]:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    if parts[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)
