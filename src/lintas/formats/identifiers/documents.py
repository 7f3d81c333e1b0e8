# SPDX-License-Identifier: Apache-2.0
"""Travel documents: the machine-readable zone, and numbers with the country that issued them."""

import re

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.outcome import CHECKED, FORMAT, Outcome
from lintas.model.identifier import Identifier

ID_CARD = "id-card"  # read from a TD1 zone, so it may be a card and no book
UNUSUAL = "unusual-form"  # the country's numbers at hand look different
_TD3 = re.compile(r"P[A-Z<][A-Z<]{3}[A-Z0-9<]{39}[A-Z0-9<]{44}", re.ASCII)
_TD1 = re.compile(
    r"[ACI][A-Z0-9<][A-Z<]{3}[A-Z0-9<]{25}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z<]{3}[A-Z0-9<]{11}[0-9][A-Z<]{30}",
    re.ASCII,
)
_PLAIN = re.compile(r"([A-Z]{1,3})\s*[:/]\s*([A-Z0-9 -]{4,24})", re.ASCII)
_NUMBER = re.compile(r"(?=[A-Z0-9]*[0-9])[A-Z0-9]{4,20}", re.ASCII)
_WEIGHTS = (7, 3, 1)
# Codes of ICAO 9303 part 3 section 5 that are not of ISO 3166: specimen, organisations, persons without nationality.
_ICAO_CODES = frozenset(
    (
        *("UTO", "EUE", "GBD", "GBN", "GBO", "GBP", "GBS", "UNO", "UNA", "UNK", "RKS"),
        *("XBA", "XIM", "XCC", "XCE", "XCO", "XEC", "XPO", "XES", "XMP", "XOM", "XDC", "XXA", "XXB", "XXC", "XXX"),
    )
)


def check_digit(field: str) -> str:
    """Compute the check digit of one field of a machine-readable zone.

    Source: ICAO Doc 9303 part 3 section 4.9: weights 7 3 1, `<` is 0, A is 10.
    """
    total = sum((0 if c == "<" else int(c, 36)) * _WEIGHTS[place % 3] for place, c in enumerate(field))
    return str(total % 10)


def passport(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read a travel document: two or three lines of a machine-readable zone, or `CCC:number` with the issuing country.

    A plain number is read as issued by `region`. Canonical form: the code of three letters, a colon, the number.
    Source: ICAO Doc 9303 parts 3, 4 (TD3) and 5 (TD1).
    """
    zone = re.sub(r"\s+", "", text).upper()
    if len(zone) in (88, 90) and "<" in zone:
        return _zone(zone, pack)
    upper = text.upper()
    match = _PLAIN.fullmatch(upper)
    if match:
        code, number = match[1], match[2]
    elif region in pack.alpha3:
        code, number = pack.alpha3[region], upper
    else:
        return "A passport number needs the country that issued it: CCC:number, or the machine-readable zone."
    country = _country(pack.alpha3.get(code, code) if len(code) == 2 else code, pack)
    if not country:
        return f"“{code}” is no code of a state that issues travel documents."
    number = re.sub(r"[\s-]+", "", number)
    if not _NUMBER.fullmatch(number):
        return "A passport number has 4 to 20 letters and digits, one digit at least."
    return Identifier(
        "passport", f"{country}:{number}", FORMAT, pack.alpha2.get(country, ""), _form(country, number, pack)
    )


def countries_of(number: str, pack: IdentifierPack) -> tuple[str, ...]:
    """Name the states (alpha-3) whose passports have numbers of this form."""
    return tuple(code for code, form in pack.passport_forms.items() if form.fullmatch(number))


def _country(code: str, pack: IdentifierPack) -> str:
    plain = code.rstrip("<")
    plain = "DEU" if plain == "D" else plain  # Germany's zones say D
    return plain if plain in pack.alpha2 or plain in _ICAO_CODES else ""


def _form(country: str, number: str, pack: IdentifierPack) -> tuple[str, ...]:
    form = pack.passport_forms.get(country)
    return (UNUSUAL,) if form and not form.fullmatch(number) else ()


def _zone(zone: str, pack: IdentifierPack) -> Outcome:
    checks: tuple[tuple[str, str], ...]
    if _TD3.fullmatch(zone):
        line = zone[44:]
        code, number, spare, checks = (
            zone[2:5],
            line[:9],
            "",
            (
                (line[0:9], line[9]),
                (line[13:19], line[19]),
                (line[21:27], line[27]),
                (line[28:42], line[42] if line[42] != "<" or line[28:42].strip("<") else "0"),
                (line[0:10] + line[13:20] + line[21:43], line[43]),
            ),
        )
    elif _TD1.fullmatch(zone):
        first, second = zone[:30], zone[30:60]
        code, number, spare = first[2:5], first[5:14], ""
        number_check = (first[5:14], first[14])
        if first[14] == "<":  # part 5 section 4.2.2 note j: a number longer than nine goes on in the optional field
            spare, _, _ = first[15:30].partition("<")
            number_check = (first[5:14] + "<" + spare[:-1], spare[-1:])
            spare = spare[:-1]
        checks = (
            number_check,
            (second[0:6], second[6]),
            (second[8:14], second[14]),
            (first[5:30] + second[0:7] + second[8:15] + second[18:29], second[29]),
        )
    else:
        return "This is no machine-readable zone of a passport (2 x 44) or a card (3 x 30)."
    if any(check_digit(field) != check for field, check in checks):
        return "A check digit of this machine-readable zone is wrong."
    country = _country(code, pack)
    if not country:
        return f"“{code}” is no code of a state that issues travel documents."
    value = (number + spare).replace("<", "")
    if not _NUMBER.fullmatch(value):
        return "The number in this machine-readable zone is empty."
    flags = () if zone[0] == "P" else (ID_CARD,)
    return Identifier("passport", f"{country}:{value}", CHECKED, pack.alpha2.get(country, ""), flags)
