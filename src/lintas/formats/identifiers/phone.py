# SPDX-License-Identifier: Apache-2.0
"""Phone numbers in E.164, with the numbering plans of libphonenumber behind them."""

import re
from functools import lru_cache
from types import ModuleType

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.outcome import CHECKED, FORMAT, Outcome
from lintas.model.identifier import Identifier

NOT_IN_PLAN = "not-in-plan"  # the length is possible, the numbering plan at hand has no such number
SHORT_MOBILE = "short-mobile"  # Myanmar's short mobile numbers: in use, though the plan at hand lacks them
_SHORT_MOBILE = re.compile(r"\+959[0-9]{5,8}", re.ASCII)
_EXTENSION = re.compile(r"(?:;?ext(?:ension)?[.=:]?|;|#|x)\s*[0-9]{1,7}$", re.IGNORECASE)
_NOISE = re.compile(r"\(0\)(?=.)|[\s().\-/~]+")
_COMPACT = re.compile(r"\+?[0-9]{5,17}", re.ASCII)
_NO_NUMBER = "This is no phone number."


@lru_cache(maxsize=1)
def _library() -> ModuleType:
    # Loaded when the first phone number is seen: 60 ms and 250 tables, which most commands never need.
    import phonenumbers  # noqa: PLC0415

    return phonenumbers


def preload() -> None:
    """Load the numbering plans of every region now, for a process that will not be able to open files later."""
    library = _library()
    for region in sorted(library.SUPPORTED_REGIONS):
        library.PhoneMetadata.metadata_for_region(region, None)
    for code in sorted(library.COUNTRY_CODES_FOR_NON_GEO_REGIONS):
        library.PhoneMetadata.metadata_for_nongeo_region(code, None)


@lru_cache(maxsize=65_536)  # the same few numbers fill a report; one parse costs 15 µs
def _parse(compact: str, region: str) -> tuple[str, bool, str]:
    """Give (E.164, in a numbering plan, country); an empty E.164 when it cannot be a number."""
    library = _library()
    try:
        number = library.parse(compact, region or None)
    except library.NumberParseException:
        return "", False, ""
    e164 = library.format_number(number, library.PhoneNumberFormat.E164)
    if library.is_valid_number(number):
        return e164, True, library.region_code_for_number(number) or ""
    if _SHORT_MOBILE.fullmatch(e164) or library.is_possible_number(number):
        country = library.region_code_for_country_code(number.country_code)
        return e164, False, country if len(country) == 2 and country.isalpha() and country != "ZZ" else ""
    return "", False, ""


@lru_cache(maxsize=512)
def _lengths(code: int) -> frozenset[int]:
    """Give the digits that a national number of one calling code can have, a trunk zero wrongly kept included."""
    library = _library()
    lengths: set[int] = set()
    for region in library.COUNTRY_CODE_TO_REGION_CODE.get(code, ()):
        meta = library.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
        lengths.update(meta.general_desc.possible_length)
    return frozenset(lengths | {length + 1 for length in lengths})


def _has_a_length(compact: str, region: str) -> bool:
    """Say whether so many digits can be a number at all: spares most parses of digits that are something else."""
    library = _library()
    if compact[0] == "+":
        codes = (int(compact[1:end]) for end in range(2, 5))
        return any(len(compact) - 1 - len(str(code)) in _lengths(code) for code in codes)
    code = library.country_code_for_region(region)
    size = len(compact)
    return size in _lengths(code) or compact.startswith(("0", str(code)))


def compact_number(text: str) -> str:
    """Strip a phone number of its punctuation: an optional plus and 5 to 17 digits, or nothing when it is none."""
    plain = text[4:] if text[:4].lower() == "tel:" else text
    plain = _NOISE.sub("", _EXTENSION.sub("", plain))
    return plain if _COMPACT.fullmatch(plain) else ""


def phone(text: str, pack: IdentifierPack, region: str, *, in_plan: bool = False) -> Outcome:
    """Read a phone number.

    Args:
        text: With `+` or `00` in front it stands for itself; else it is read as dialled in `region`.
        in_plan: Take it only when a numbering plan holds it.

    Source: ITU-T E.164; numbering plans of libphonenumber.
    """
    del pack
    compact = compact_number(text)
    if not compact:
        return _NO_NUMBER
    if compact[0] != "+" and not region:
        if not compact.startswith("00"):
            return "A phone number without its country code needs a region to be read in."
        compact = "+" + compact[2:]
    if in_plan and not _has_a_length(compact, region):
        return "No numbering plan has a phone number of that length."
    e164, valid, country = _parse(compact, "" if compact[0] == "+" else region)
    if not e164 and compact.startswith("00"):
        e164, valid, country = _parse("+" + compact[2:], "")
    short = not valid and _SHORT_MOBILE.fullmatch(e164) is not None
    if not e164 or (in_plan and not valid and not short):
        return "No numbering plan has such a phone number."
    flags = () if valid else (SHORT_MOBILE,) if short else (NOT_IN_PLAN,)
    return Identifier("phone", e164, CHECKED if valid else FORMAT, country, flags)
