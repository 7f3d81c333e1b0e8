# SPDX-License-Identifier: Apache-2.0
"""Addresses on three ledgers: Bitcoin, Ethereum (and its like), TRON."""

import re
from collections.abc import Iterable
from typing import Final

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.checksums import base58check, segwit_program
from lintas.formats.identifiers.keccak import keccak256, keccak256_many
from lintas.formats.identifiers.outcome import CHECKED, FORMAT, Outcome
from lintas.model.identifier import Identifier

TESTNET = "testnet"
_SEGWIT_PREFIXES = ("bc", "tb", "bcrt")
_BASE58_VERSIONS = {0x00: (), 0x05: (), 0x6F: (TESTNET,), 0xC4: (TESTNET,)}
_ETH = re.compile(r"0[xX][0-9a-fA-F]{40}", re.ASCII)
_TOGETHER_FROM: Final = 500  # addresses from which it pays to load what works many out together
_TOGETHER_MAX: Final = 1_024  # addresses at once: they stay in the processor's cache
_REMEMBERED_MAX: Final = 131_072  # addresses; more than TERMS_PER_FIND_MAX
_cased: dict[str, str] = {}  # digits in lower case -> as EIP-55 writes them; a cache: losing it costs time only
_NO_BTC = "The check sum of this Bitcoin address is wrong."


def btc(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a Bitcoin address: base58check, bech32, or bech32m (Taproot). SegWit addresses in lower case.

    Source: BIP 13, BIP 173, BIP 350; BIP 21 for `bitcoin:` in front.
    """
    del pack, region
    plain = text[8:].partition("?")[0] if text[:8].lower() == "bitcoin:" else text
    if not 14 <= len(plain) <= 90:
        return "A Bitcoin address has 26 to 90 characters."
    lower = plain.lower()
    prefix = lower.rpartition("1")[0]
    if prefix in _SEGWIT_PREFIXES:
        if plain not in (lower, plain.upper()):
            return "A SegWit address mixes no capital and small letters."
        if segwit_program(lower, prefix) is None:
            return _NO_BTC
        return Identifier("btc", lower, CHECKED, "", () if prefix == "bc" else (TESTNET,))
    if not 25 <= len(plain) <= 36:
        return "This is no Bitcoin address."
    raw = base58check(plain)
    if raw is None:
        return _NO_BTC
    if len(raw) != 21 or raw[0] not in _BASE58_VERSIONS:
        return "This is an address of another ledger than Bitcoin."
    return Identifier("btc", plain, CHECKED, "", _BASE58_VERSIONS[raw[0]])


def eth(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read an Ethereum address, in lower case. Mixed case must hold the check sum; all of one case shows its form only.

    Source: ERC-55.
    """
    del pack, region
    plain = text[9:].partition("@")[0].partition("?")[0] if text[:9].lower() == "ethereum:" else text
    if not _ETH.fullmatch(plain):
        return "An Ethereum address is 0x and 40 hexadecimal digits."
    digits = plain[2:]
    lower = digits.lower()
    if digits in (lower, digits.upper()):
        return Identifier("eth", "0x" + lower, FORMAT)
    if _with_case(lower) != digits:
        return "The check sum in the letters' case of this Ethereum address is wrong (EIP-55)."
    return Identifier("eth", "0x" + lower, CHECKED)


def foresee_checksums(terms: Iterable[str]) -> None:
    """Work the check sums of all Ethereum addresses among some terms out together, if they are many."""
    wanted = {
        term[2:].lower()
        for term in terms
        if len(term) == 42 and _ETH.fullmatch(term) and term[2:] not in (term[2:].lower(), term[2:].upper())
    }
    missing = [lower for lower in wanted if lower not in _cased]
    if len(missing) < _TOGETHER_FROM:
        return
    for start in range(0, len(missing), _TOGETHER_MAX):
        part = missing[start : start + _TOGETHER_MAX]
        digests = keccak256_many([lower.encode("ascii") for lower in part])
        _remember({lower: _cased_by(lower, digest) for lower, digest in zip(part, digests, strict=True)})


def _with_case(lower: str) -> str:
    cased = _cased.get(lower)
    if cased is None:
        cased = _cased_by(lower, keccak256(lower.encode("ascii")))  # 220 µs, and the same few wallets come again
        _remember({lower: cased})
    return cased


def _cased_by(lower: str, digest: bytes) -> str:
    return "".join(c.upper() if nibble > "7" else c for c, nibble in zip(lower, digest.hex(), strict=False))


def _remember(found: dict[str, str]) -> None:
    if len(_cased) + len(found) > _REMEMBERED_MAX:
        _cased.clear()
    _cased.update(found)


def tron(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a TRON address: base58check with version 0x41.

    Source: TRON protocol, account model.
    """
    del pack, region
    if len(text) != 34 or text[0] != "T":
        return "A TRON address is T and 33 more characters."
    raw = base58check(text)
    if raw is None or len(raw) != 21 or raw[0] != 0x41:
        return "The check sum of this TRON address is wrong."
    return Identifier("tron", text, CHECKED)
