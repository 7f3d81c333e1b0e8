# SPDX-License-Identifier: Apache-2.0
"""Devices: the IMEI in its three written forms, brought to one."""

import re

from lintas.formats.identifier_pack import IdentifierPack
from lintas.formats.identifiers.checksums import luhn_digit, luhn_sum
from lintas.formats.identifiers.outcome import CHECKED, FORMAT, Outcome
from lintas.model.identifier import Identifier

_SEPARATORS = re.compile(r"[\s\-./]+")
_IMEI = re.compile(r"[0-9]{14,16}", re.ASCII)


def imei(text: str, pack: IdentifierPack, region: str) -> Outcome:
    """Read an IMEI. 14 digits (no check), 15 (with check) and 16 (IMEISV) all become the 15 digits with check.

    Source: 3GPP TS 23.003 section 6.2; GSMA TS.06 for the reporting body in the first two digits.
    """
    del region
    digits = _SEPARATORS.sub("", text)
    if not _IMEI.fullmatch(digits):
        return "An IMEI has 14 to 16 digits."
    if digits[:2] not in pack.imei_bodies:
        return f"No body gives out IMEIs that start with {digits[:2]}."
    if len(digits) == 15:
        if luhn_sum(digits):
            return "The last digit of this IMEI is wrong."
        return Identifier("imei", digits, CHECKED)
    flag = "no-check-digit" if len(digits) == 14 else "imeisv"
    return Identifier("imei", digits[:14] + luhn_digit(digits[:14]), FORMAT, "", (flag,))
