# SPDX-License-Identifier: Apache-2.0
"""Identifiers: phones, accounts, wallets, documents, hosts; each with one canonical form.

`canonical` reads one value of a named scheme, `guess` says what a search term can be, `extract` finds all in a text.
"""

from lintas.formats.identifiers import internet, phone
from lintas.formats.identifiers.canonical import canonical, implied
from lintas.formats.identifiers.extract import extract
from lintas.formats.identifiers.guess import guess
from lintas.formats.identifiers.masking import askable, mask, releasable

__all__ = ["askable", "canonical", "extract", "guess", "implied", "mask", "preload", "releasable"]


def preload() -> None:
    """Load every table that is else loaded on first use: for a process that will not be able to open files later."""
    phone.preload()
    internet.preload()
