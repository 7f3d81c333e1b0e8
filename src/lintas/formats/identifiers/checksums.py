# SPDX-License-Identifier: Apache-2.0
"""Check digits and check sums that identifiers carry. They catch slips of the pen, not forgery."""

from hashlib import sha256

_LUHN_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)


def luhn_sum(digits: str) -> int:
    """Sum digits with every second one from the right doubled: 0 modulo 10 when the last digit checks.

    Source: ISO/IEC 7812-1 annex B.
    """
    values = [int(d) for d in reversed(digits)]
    return (sum(values[0::2]) + sum(_LUHN_DOUBLED[v] for v in values[1::2])) % 10


def luhn_digit(digits: str) -> str:
    """Give the digit that makes `digits` check when it is put at the end."""
    return str(-luhn_sum(digits + "0") % 10)


def mod97_is_one(text: str) -> bool:
    """Say whether digits and capital letters (A=10 ... Z=35) leave 1 modulo 97.

    Source: ISO 7064 MOD 97-10, as in ISO 13616 (IBAN).
    """
    return int("".join(c if c.isdigit() else str(ord(c) - 55) for c in text)) % 97 == 1


def crc16_ccitt_false(data: bytes) -> int:
    """Compute CRC-16 with polynomial 0x1021, start 0xFFFF, nothing reflected.

    Source: EMVCo QR Code Specification for Payment Systems, merchant-presented mode 1.1, section 4.7.3.
    """
    crc = 0xFFFF
    for byte in data:
        crc = ((crc << 8) & 0xFFFF) ^ _CRC16[(crc >> 8) ^ byte]
    return crc


def _crc16_row(byte: int) -> int:
    crc = byte << 8
    for _ in range(8):
        crc = ((crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


_CRC16 = tuple(_crc16_row(byte) for byte in range(256))

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUE = {char: value for value, char in enumerate(_BASE58)}


def base58check(text: str) -> bytes | None:
    """Decode base58check to version and payload; None when a character or the check sum is wrong.

    Source: Bitcoin wiki, Base58Check encoding; four bytes of a double SHA-256.
    """
    number = 0
    for char in text:
        value = _BASE58_VALUE.get(char)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(text) - len(text.lstrip("1"))
    raw = bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
    if len(raw) < 5 or sha256(sha256(raw[:-4]).digest()).digest()[:4] != raw[-4:]:
        return None
    return raw[:-4]


_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_VALUE = {char: value for value, char in enumerate(_BECH32)}


def _bech32_row(top: int) -> int:
    row = 0
    for bit, generator in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
        row ^= generator if top >> bit & 1 else 0
    return row


_BECH32_STEP = tuple(_bech32_row(top) for top in range(32))  # one look-up for the five steps of BIP 173
BECH32_CONST = 1
BECH32M_CONST = 0x2BC830A3


def segwit_program(text: str, prefix: str) -> tuple[int, bytes] | None:
    """Decode a SegWit address in lower case to witness version and program; None when it is no valid one.

    Source: BIP 173 (bech32, version 0) and BIP 350 (bech32m, version 1 and up: Taproot).
    """
    if not text.startswith(prefix + "1") or len(text) > 90:
        return None
    values = [_BECH32_VALUE.get(char, -1) for char in text[len(prefix) + 1 :]]
    if len(values) < 7 or -1 in values:
        return None
    check = 1
    for value in [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *values]:
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _BECH32_STEP[check >> 25]
    version = values[0]
    if version > 16 or check != (BECH32_CONST if version == 0 else BECH32M_CONST):
        return None
    bits = len(values[1:-6]) * 5
    number = 0
    for value in values[1:-6]:
        number = number << 5 | value
    spare = bits % 8
    if spare > 4 or number & ((1 << spare) - 1):
        return None
    program = (number >> spare).to_bytes(bits // 8, "big")
    if not 2 <= len(program) <= 40 or (version == 0 and len(program) not in (20, 32)):
        return None
    return version, program
