# SPDX-License-Identifier: Apache-2.0
"""How large a request to the console may be."""

from typing import Final

from lintas.limits import FILE_BYTES_MAX

PUBLIC_BYTES_MAX: Final = 16 * 1024  # bytes of a form that anyone can send
FORM_BYTES_MAX: Final = 1024 * 1024  # bytes of a form without files
TERMS_BYTES_MAX: Final = 16 * 1024 * 1024  # bytes of a form with a file of terms
TAKE_BYTES_MAX: Final = FILE_BYTES_MAX + FORM_BYTES_MAX  # all files of one upload together
