# SPDX-License-Identifier: Apache-2.0
"""Accounts of messaging services, by the name or number that stays."""

import re

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.outcome import FORMAT, Outcome
from lintas.model.identifier import Identifier

_TELEGRAM_LINK = re.compile(
    r"(?:https?://)?(?:t\.me|telegram\.me|telegram\.dog)/(?:s/)?([A-Za-z0-9_]+)(?:[/?].*)?", re.ASCII | re.IGNORECASE
)
_TELEGRAM = re.compile(r"[a-z][a-z0-9_]{3,31}", re.ASCII)
_TELEGRAM_ID = re.compile(r"(?:id:)?(-?[1-9][0-9]{4,18})", re.ASCII)
_WECHAT = re.compile(r"[a-z][a-z0-9_-]{5,19}", re.ASCII)
_WXID = re.compile(r"wxid_[a-z0-9]{8,32}", re.ASCII)


def telegram(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a Telegram account: a handle in lower case, or `id:` and the numeric id.

    The numeric id stays when the handle changes. A handle has 5 to 32 characters, 4 on Fragment: letters, digits and
    single underscores.
    Source: core.telegram.org/method/account.checkUsername.
    """
    del region
    number = _TELEGRAM_ID.fullmatch(text)
    if number:
        return Identifier("telegram", f"id:{number[1]}", FORMAT)
    link = _TELEGRAM_LINK.fullmatch(text)
    handle = (link[1] if link else text.removeprefix("@")).lower()
    if not _TELEGRAM.fullmatch(handle) or handle[-1] == "_" or "__" in handle:
        return "A Telegram handle has 4 to 32 letters, digits and single underscores, a letter first."
    if handle in pack.telegram_reserved:
        return f"“{handle}” is a page of Telegram, not an account."
    return Identifier("telegram", handle, FORMAT)


def wechat(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a WeChat id in lower case. The display name is no id; `wxid_` marks the service's own, which stays.

    Source: WeChat help pages: 6 to 20 letters, digits, `_` and `-`, a letter first.
    """
    del pack, region
    plain = text.lower()
    if _WXID.fullmatch(plain):
        return Identifier("wechat", plain, FORMAT, "", ("internal-id",))
    if not _WECHAT.fullmatch(plain):
        return "A WeChat id has 6 to 20 letters, digits, “_” and “-”, and starts with a letter."
    return Identifier("wechat", plain, FORMAT)
