# SPDX-License-Identifier: Apache-2.0
"""Say of a plain table that its headers are those of payments: too many of its rows are none, so a person decides."""

from lintas.errors import LintasError
from lintas.formats.money.csv_file import is_headed_as_payments
from lintas.formats.money.reader import PaymentsReader
from lintas.formats.packs import Packs
from lintas.formats.text_encoding import decode_text
from lintas.model.reading import ReadOptions


def doubt_of(raw: bytes, options: ReadOptions, packs: Packs) -> str:
    """What to say of a table that was read as a plain one; empty where its headers are not those of payments.

    Shape: reads the whole table once more where they are.
    """
    try:
        if not is_headed_as_payments(decode_text(raw).text, options.region):
            return ""
        (whole,) = PaymentsReader().read(raw, options, packs).slices
    except LintasError:
        return ""
    bad, rows = len(whole.derived.rejected), whole.derived.read
    if not bad:
        return ""
    return (
        f"It looks like payments, but {bad:,} of {rows:,} rows cannot be used as such, so it was read as a plain table."
        " To take the payments, read it as payments (`--format payments`), or with a mapping."
    )
