# SPDX-License-Identifier: Apache-2.0
"""National numbers of persons. None of them says a person's age for certain: no birth date is ever taken out of one."""

import re
from datetime import date

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.outcome import CHECKED, FORMAT, Outcome
from lintas.model.identifier import Identifier

_SEPARATORS = re.compile(r"[\s\-.*/]+")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NRIC = re.compile(r"[STFGM][0-9]{7}[A-Z]", re.ASCII)
_NRIC_LETTERS = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
_NRIC_OFFSETS = {"S": 0, "T": 4, "F": 0, "G": 4, "M": 3}
_RIC_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))
_RIC_CHECK = "10X98765432"
OLD_FORM = "15-digit-form"


def _digits(text: str, length: int) -> str:
    plain = _SEPARATORS.sub("", text)
    return plain if len(plain) == length and plain.isascii() and plain.isdigit() else ""


def is_day(year: int, month: int, day: int) -> bool:
    """Say whether a day is in the calendar of either century; `year` has two digits."""
    return 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] and not (month == 2 and day == 29 and year % 4)


def mykad(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a MyKad number: 12 digits, date of birth, place code; no check digit, so only its form is known.

    The century is not in the number, and libraries guess it wrongly (260101 as 1926, 770305 as 2077), so we do not.
    Source: National Registration Department of Malaysia.
    """
    del region
    digits = _digits(text, 12)
    if not digits:
        return "A MyKad number has 12 digits."
    if not is_day(int(digits[:2]), int(digits[2:4]), int(digits[4:6])):
        return "The first six digits of a MyKad number are a date, YYMMDD."
    if digits[6:8] not in pack.mykad_places:
        return f"{digits[6:8]} is no place code of a MyKad number."
    return Identifier("mykad", digits, FORMAT, "MY")


def nric(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read an NRIC or FIN of Singapore, series S, T, F, G and M.

    Source: weights 2 7 6 5 4 3 2, modulo 11; offset 4 for T and G, 3 for M, with the letters of each series.
    """
    del pack, region
    plain = _SEPARATORS.sub("", text).upper()
    if not _NRIC.fullmatch(plain):
        return "An NRIC or FIN is S, T, F, G or M, seven digits and a letter."
    series = plain[0]
    total = sum(int(d) * weight for d, weight in zip(plain[1:8], (2, 7, 6, 5, 4, 3, 2), strict=True))
    if _NRIC_LETTERS[series][(total + _NRIC_OFFSETS[series]) % 11] != plain[8]:
        return "The last letter of this NRIC or FIN is wrong."
    return Identifier("nric", plain, CHECKED, "SG")


def thai_check(digits: str) -> bool:
    """Say whether 13 digits hold the check that Thailand uses for persons and companies alike."""
    total = sum(int(d) * weight for d, weight in zip(digits, range(13, 1, -1), strict=False))
    return int(digits[12]) == (11 - total % 11) % 10


def thai_pin(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a personal number of Thailand: 13 digits, the first 1 to 8, the last a check; hyphens anywhere.

    The third digit has weight 11, so that a slip there passes. Source: weights 13 to 2, modulo 11, Department of
    Provincial Administration.
    """
    del pack, region
    digits = _digits(text, 13)
    if not digits:
        return "A personal number of Thailand has 13 digits."
    if digits[0] in "09":
        return "A personal number of Thailand starts with 1 to 8."
    if not thai_check(digits):
        return "The last digit of this personal number of Thailand is wrong."
    return Identifier("thai_pin", digits, CHECKED, "TH")


def nik(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a NIK of Indonesia: 16 digits, place, date with 40 added to the day for women; no check digit.

    Source: Ministry of Home Affairs of Indonesia.
    """
    del region
    digits = _digits(text, 16)
    if not digits:
        return "A NIK has 16 digits."
    if digits[:2] not in pack.nik_provinces or digits[2:4] == "00" or digits[4:6] == "00":
        return "The first six digits of a NIK are a province, a regency and a district."
    day = int(digits[6:8])
    if not is_day(int(digits[10:12]), int(digits[8:10]), day - 40 if day > 40 else day):
        return "The digits 7 to 12 of a NIK are a date, DDMMYY, with 40 added to the day for women."
    return Identifier("nik", digits, FORMAT, "ID")


def cn_ric(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a resident identity number of China. The old form of 15 digits is brought to 18, as the standard says.

    Source: GB 11643-1999; ISO 7064 MOD 11-2.
    """
    del region
    plain = _SEPARATORS.sub("", text).upper()
    old = len(plain) == 15
    if old:
        # Numbers of 996 to 999 were given to people over a hundred, the rest were born in the century of the form.
        plain = f"{plain[:6]}{'18' if plain[12:15] >= '996' else '19'}{plain[6:]}"
    body = plain[:17]
    if len(body) != 17 or not (body.isascii() and body.isdigit()) or len(plain) != (17 if old else 18):
        return "A resident identity number of China has 18 characters, or 15 in its old form."
    if body[:2] not in pack.cn_provinces or not _is_date(body[6:14]):
        return "The first digits of a resident identity number of China are a place and a date of birth, YYYYMMDD."
    check = _RIC_CHECK[sum(int(d) * weight for d, weight in zip(body, _RIC_WEIGHTS, strict=True)) % 11]
    if old:
        return Identifier("cn_ric", body + check, FORMAT, "CN", (OLD_FORM,))
    if plain[17] != check:
        return "The last character of this resident identity number of China is wrong."
    return Identifier("cn_ric", plain, CHECKED, "CN")


def _is_date(digits: str) -> bool:
    if not "1850" <= digits[:4] < "2100":
        return False
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True
