# SPDX-License-Identifier: Apache-2.0
"""Identifiers: phones, accounts, wallets, documents, hosts; each with one canonical form.

`canonical` reads one value of a named scheme, `guess` says what a search term can be, `extract` finds all in a text.
"""

from collections.abc import Iterable

from lintas.formats.identifiers import internet, phone, wallets
from lintas.formats.identifiers.canonical import canonical, implied
from lintas.formats.identifiers.extract import extract
from lintas.formats.identifiers.guess import guess
from lintas.formats.identifiers.masking import askable, mask, releasable

__all__ = ["askable", "canonical", "extract", "foresee", "guess", "implied", "mask", "preload", "releasable"]


def foresee(terms: Iterable[str]) -> None:
    """Before many terms are guessed: work out together what is costly one by one. Changes no answer."""
    wallets.foresee_checksums(terms)


def preload() -> None:
    """Load every table that is else loaded on first use: for a process that will not be able to open files later."""
    phone.preload()
    internet.preload()
