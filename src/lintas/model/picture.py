# SPDX-License-Identifier: Apache-2.0
"""What was read in a picture of a payment slip."""

import msgspec


class PictureCodes(msgspec.Struct, frozen=True, array_like=True):
    """The texts of the QR codes in a picture, in the order in which they were found. None found is a usual outcome."""

    width: int  # pixels
    height: int
    codes: tuple[str, ...] = ()
