# SPDX-License-Identifier: Apache-2.0
"""Find web addresses, e-mail addresses, domain names and IP addresses in a text."""

import re

from lintas.formats.identifiers.internet import UNKNOWN_TLD, domain, email, ipv4, ipv6
from lintas.formats.identifiers.scan import Scan
from lintas.formats.identifiers.url import url
from lintas.model.identifier import Identifier

_SCHEME = re.compile(
    r"(?<![A-Za-z0-9+.-])(?:https?|ftps?|sftp|wss?|tcp|udp|ssh|ldap|rtmp|rdp|vnc|smb)$", re.ASCII | re.IGNORECASE
)
_AUTHORITY = re.compile(r"[^\s/?#<>\"'`\\,;|{}()\u3001\u3002\uff0c]{1,300}")
_ASCII_AUTHORITY = re.compile(r"[A-Za-z0-9._~%:@!$&*+=\[\]-]{1,300}", re.ASCII)
_TAIL = re.compile(r"[/?#][!#-;=?-\[\]_a-z~&%|]{0,2000}", re.ASCII)
_TRAILING = ".,;:!?'*_~-"
_PAIRS = {")": "(", "]": "["}
_HOST_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
_LOCAL_CHARS = _HOST_CHARS + "!#$%&*+/=?^`{|}~."
_HOST = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,40}", re.ASCII)
_DIGITS_AND_DOTS = re.compile(r"[0-9.]+", re.ASCII)
_VERSION = re.compile(r"(?<![a-z0-9])(?:v|version|ver|release|build|firmware|rev)[ .:]{0,2}$", re.ASCII)
_IPV6_MIDDLE = re.compile(r":[0-9A-Fa-f]{0,4}:", re.ASCII)
_IPV6_RIGHT = re.compile(r"[0-9A-Fa-f:]{0,39}(?:(?<=:)[0-9]{1,3}(?:\.[0-9]{1,3}){3})?", re.ASCII)


def find_urls(scan: Scan) -> None:
    """Find addresses with `scheme://`. Other scripts glued behind are left out."""
    text = scan.text
    place = text.find("://")
    while place >= 0:
        scheme = _SCHEME.search(text[max(0, place - 6) : place])
        after = place + 3
        if scheme:
            after = max(after, _take_url(scan, place - len(scheme[0]), place + 3))
        place = text.find("://", after)


def _take_url(scan: Scan, start: int, authority: int) -> int:
    """Try the longest reading of the host first, then its ASCII part; give the end of what was taken."""
    text = scan.text
    for pattern in (_AUTHORITY, _ASCII_AUTHORITY):
        match = pattern.match(text, authority)
        if not match:
            return authority
        tail = _TAIL.match(text, match.end())
        end = _trimmed(text, start, tail.end() if tail else match.end())
        outcome = url(text[start:end], scan.pack, "")
        host = "" if isinstance(outcome, str) else outcome.value.split("/", 3)[2]
        if "." in host or ":" in host:
            foreign = not match[0].isascii()
            # ที่ evil.exampleและ: a host outside ASCII counts only with a last label that the root has.
            if foreign and not _has_tld(scan, host):
                continue
            scan.take(start, end, outcome)
            return end
    return authority


def _has_tld(scan: Scan, host: str) -> bool:
    tld = host.partition(":")[0].rpartition(".")[2]
    return tld in scan.pack.tlds or tld in scan.pack.reserved_tlds


def _trimmed(text: str, start: int, end: int) -> int:
    """Leave out punctuation of the sentence, and what stands behind a bracket that was opened before the address."""
    for closer, opener in _PAIRS.items():
        place = text.find(closer, start, end)
        while place >= 0:
            if text.count(opener, start, place) < text.count(closer, start, place + 1):
                end = place  # (see https://desk.example/page)'s: the bracket was opened before the address
                break
            place = text.find(closer, place + 1, end)
    return start + len(text[start:end].rstrip(_TRAILING))


def find_emails(scan: Scan) -> None:
    """Find addresses with `@`."""
    text = scan.text
    place = text.find("@")
    while place >= 0:
        after = place + 1
        window = text[max(0, place - 64) : place]
        local = window[len(window.rstrip(_LOCAL_CHARS)) :].lstrip("!#$%&*+/=?^`{|}~.-")
        match = _HOST.match(text, after) if local else None
        if match and scan.is_free(place, place + 1):
            end = _take_host(scan, place - len(local), place + 1, match.end(), local + "@")
            after = max(after, end)
        place = text.find("@", after)


def _take_host(scan: Scan, start: int, host: int, end: int, front: str) -> int:
    """Take an e-mail address (`front` ends in @) or a domain; drop the next sentence's first word."""
    text = scan.text
    while True:
        end = host + len(text[host:end].rstrip("-_."))
        name = text[host:end]
        if "." not in name:
            return host
        last = name[name.rindex(".") + 1 :]
        outcome = email(front + name, scan.pack, "") if front else domain(name, scan.pack, "")
        next_word = last[0].isupper() and last[1:].islower()
        if not isinstance(outcome, str) and UNKNOWN_TLD not in outcome.flags and not next_word:
            if front or _is_plausible(scan, host, end, outcome):
                scan.take(start, end, outcome)
            return end
        end -= len(last) + 1


def _is_plausible(scan: Scan, start: int, end: int, found: Identifier) -> bool:
    """Tell a domain from a file's name and from words of a program."""
    labels = found.value.split(".")
    if "_" in labels[-1] or "_" in labels[-2]:
        return False
    defanged = bool(scan.made.starts) and bool(scan.made.flags(start, end))
    # com.example: the name of a program's part, written from the root on
    reverse = labels[0] in ("com", "org", "net")
    return defanged or (not reverse and (len(labels) > 2 or labels[-1] not in scan.pack.file_tlds))


def find_dotted(scan: Scan) -> None:
    """Find domain names and IPv4 addresses: everything with a dot between letters or digits."""
    text = scan.text
    dot, done = text.find("."), 0
    while dot >= 0:
        after = dot + 1
        if (
            text[dot - 1 : dot]
            and text[dot - 1] in _HOST_CHARS
            and dot >= done
            and text[after : after + 1] in _HOST_CHARS
        ):
            window = text[max(done, dot - 64) : dot]
            start = dot - (len(window) - len(window.rstrip(_HOST_CHARS)))
            match = _HOST.match(text, start)
            end = match.end() if match else after
            if end > dot:
                _dotted(scan, start, end)
                done = after = end
        dot = text.find(".", after)


def _dotted(scan: Scan, start: int, end: int) -> None:
    text = scan.text
    before, behind = text[start - 1 : start] if start else "", text[end : end + 1]
    if before in ("@", "\\") or behind == "@" or (before == "/" and text[start - 2 : start] != "//"):
        return  # an address of mail that was refused, a path
    if not scan.is_free(start, end):
        return
    name = text[start:end]
    if _DIGITS_AND_DOTS.fullmatch(name):
        network = behind == "/" and text[end + 1 : end + 2].isdigit()
        if name.count(".") == 3 and not network and not _VERSION.search(scan.before(start)) and before != ".":
            scan.take(start, end, ipv4(name, scan.pack, ""))
        return
    lead = len(name) - len(name.lstrip("-_"))
    _take_host(scan, start + lead, start + lead, end, "")


def find_ipv6(scan: Scan) -> None:
    """Find IPv6 addresses: at least two colons, and a digit, so that `a::b` of a program is none."""
    text = scan.text
    if text.count(":") < 2:
        return
    done = 0
    for match in _IPV6_MIDDLE.finditer(text):
        if match.start() < done:
            continue
        window = text[max(done, match.start() - 39) : match.start()]
        start = match.start() - (len(window) - len(window.rstrip("0123456789abcdefABCDEF:")))
        right = _IPV6_RIGHT.match(text, start)
        end = done = right.end() if right else match.end()
        name = text[start:end]
        if name.endswith(":") and not name.endswith("::"):
            name, end = name[:-1], end - 1
        before, behind = text[start - 1 : start] if start else "", text[end : end + 1]
        glued = any(c.isascii() and (c.isalnum() or c in "_:") for c in (before, behind) if c)
        if not glued and len(name) >= 4 and any(c.isdigit() for c in name) and scan.is_free(start, end):
            scan.take(start, end, ipv6(name, scan.pack, ""))
