# SPDX-License-Identifier: Apache-2.0
"""Find what is one run of letters and digits, or has a shape of its own: digests, wallets, IBANs, zones, QR texts."""

import re

from lintas.formats.identifiers import accounts, documents, handles, national, proxies, qr, wallets
from lintas.formats.identifiers.internet import digest_scheme
from lintas.formats.identifiers.outcome import Outcome
from lintas.formats.identifiers.scan import Scan
from lintas.model.identifier import Identifier

_TOKEN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{9,90}(?![A-Za-z0-9])", re.ASCII)
_HEX = re.compile(r"(?=[0-9]*[A-Fa-f])(?=[A-Fa-f]*[0-9])[0-9A-Fa-f]+", re.ASCII)
_IBAN_TOKEN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", re.ASCII)
_IBAN_SPACED = re.compile(r"[A-Z]{2}[0-9]{2}(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,4})?(?![A-Za-z0-9])", re.ASCII)
_ZONE = re.compile(
    r"P[A-Z<][A-Z<]{3}[A-Z0-9<]{39}\s{0,3}[A-Z0-9<]{44}"
    r"|[ACI][A-Z0-9<][A-Z]{3}[A-Z0-9<]{25}\s{0,3}[A-Z0-9<]{30}\s{0,3}[A-Z<]{30}",
    re.ASCII,
)
_UUID4 = re.compile(
    r"(?<![A-Za-z0-9-])[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-4[0-9A-Fa-f]{3}"
    r"-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}(?![A-Za-z0-9-])",
    re.ASCII,
)
_LINK = re.compile(
    r"(?<![A-Za-z0-9@.-])(?:t\.me|telegram\.(?:me|dog))/(?:s/)?[A-Za-z0-9_]{4,32}(?![A-Za-z0-9_+])",
    re.ASCII | re.IGNORECASE,
)
_AT_HANDLE = re.compile(r"(?<![A-Za-z0-9.@])@[A-Za-z][A-Za-z0-9_]{3,31}(?![A-Za-z0-9_@]|\.[A-Za-z0-9])", re.ASCII)
_NAMED_HANDLE = re.compile(
    r"[ ]?(?:id|user(?:name)?|account|handle|号|號|帳號|账号)?"
    r"[ ]?(?:[:=\uff1a]|is)[ ]?@?(?P<handle>[A-Za-z][A-Za-z0-9_-]{3,31})(?![A-Za-z0-9_@.-]*@)",
    re.ASCII | re.IGNORECASE,
)


def find_tokens(scan: Scan) -> None:
    """Find digests, wallets, and numbers that are one run of letters and digits."""
    for match in _TOKEN.finditer(scan.text):
        token = match[0]
        if token.isalpha() and len(token) != 34:
            continue
        start, end = match.span()
        if scan.is_free(start, end):
            scan.take(start, end, _token(scan, token, start))


def _token(scan: Scan, token: str, start: int) -> Outcome:
    size, pack = len(token), scan.pack
    if token.isdigit():
        return ""  # numbers are found with their separators
    if size in (32, 40, 64):
        return Identifier(digest_scheme(size), token.lower()) if _HEX.fullmatch(token) else ""
    if size == 42 and token[:2] == "0x":
        return wallets.eth(token, pack, "")
    if size >= 26 and token[:3].lower() == "bc1":
        return wallets.btc(token, pack, "")
    if size == 34 and token[0] == "T":
        return wallets.tron(token, pack, "")
    if 26 <= size <= 35 and token[0] in "13":
        return wallets.btc(token, pack, "")
    if _IBAN_TOKEN.fullmatch(token):
        return accounts.iban(token, pack, "")
    if size == 9 and token[0] in "STFGM" and token[-1].isupper():
        found = national.nric(token, pack, "")
        if not isinstance(found, str):
            return found
    if size == 18 and token[-1] in "xX":
        return national.cn_ric(token, pack, "")
    if size in (9, 10) and token[-1].isupper() and scan.announced("paynow", scan.before(start)) >= 0:
        return proxies.paynow(token, pack, "")
    return ""


def find_ibans(scan: Scan) -> None:
    """Find IBANs in groups of four; words glued behind are left out by the country's length."""
    for match in _IBAN_SPACED.finditer(scan.text):
        start = match.start()
        length = scan.pack.iban_lengths.get(match[0][:2], 0)
        before = scan.text[start - 1 : start] if start else ""
        end = start + length + (length - 1) // 4
        if not length or end > match.end() or (before.isascii() and before.isalnum()) or not scan.is_free(start, end):
            continue
        if scan.text[end : end + 1] in ("", " ") or not scan.text[end].isalnum():
            scan.take(start, end, accounts.iban(scan.text[start:end], scan.pack, ""))


def find_zones(scan: Scan) -> None:
    """Find machine-readable zones of passports and cards."""
    if "<<" in scan.text:
        for match in _ZONE.finditer(scan.text):
            scan.take(match.start(), match.end(), documents.passport(match[0], scan.pack, ""))


def find_qr_texts(scan: Scan) -> None:
    """Find texts of payment QR codes: walk the data objects to the check sum, then check it."""
    place = scan.text.find("000201")
    while place >= 0:
        end = _qr_end(scan.text, place)
        taken = end > place and scan.take(place, end, qr.qr_payment(scan.text[place:end], scan.pack, ""))
        place = scan.text.find("000201", end if taken else place + 1)


def _qr_end(text: str, start: int) -> int:
    place = start
    while place - start < qr.QR_CHARS_MAX:
        head = text[place : place + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()):
            return start
        place += 4 + int(head[2:])
        if head == "6304":
            return place
    return start


def find_references(scan: Scan) -> None:
    """Find payment references; any UUID looks so, hence only where the word stands before it."""
    if scan.has_any(scan.pack.context_words.get("uetr", ())):
        for match in _UUID4.finditer(scan.text):
            if scan.announced("uetr", scan.before(match.start())) >= 0:
                scan.take(match.start(), match.end(), accounts.uetr(match[0], scan.pack, ""))


def find_handles(scan: Scan) -> None:
    """Find accounts of messaging services: links, @names near the service's name, and names after it and a colon."""
    text, pack = scan.text, scan.pack
    if "t.me/" in scan.lower or "telegram." in scan.lower:
        for match in _LINK.finditer(text):
            if scan.is_free(match.start(), match.end()):
                scan.take(match.start(), match.end(), handles.telegram(match[0], pack, ""))
    for scheme, read in (("telegram", handles.telegram), ("wechat", handles.wechat)):
        if not scan.has_any(pack.context_words.get(scheme, ())):
            continue
        for word in pack.context[scheme].finditer(scan.lower):
            named = _NAMED_HANDLE.match(text, word.end())
            # A plain word after the colon is speech (“telegram: please write”); a handle shows a digit, `_` or @.
            if named and (set(named["handle"]) - _LETTERS or text[named.start("handle") - 1] == "@"):
                start, end = named.span("handle")
                if scan.is_free(start, end):
                    scan.take(start, end, read(named["handle"], pack, ""))
    if "@" in text and scan.has_any(pack.context_words.get("telegram", ())):
        for match in _AT_HANDLE.finditer(text):
            if scan.announced("telegram", scan.before(match.start())) >= 0 and scan.is_free(match.start(), match.end()):
                scan.take(match.start(), match.end(), handles.telegram(match[0], pack, ""))


_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
