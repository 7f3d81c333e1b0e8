# SPDX-License-Identifier: Apache-2.0
"""Transfers on chains as JSON: a list of flat objects, one a transfer, as explorers and analysts give them.

Read as a table whose columns are the objects' names: the account that a custodian keeps, the address, the transaction
and the custodian stand apart.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from lintas.errors import Malformed
from lintas.formats.money.csv_file import in_chunks, read_chunks
from lintas.formats.money.draft import LedgerDraft
from lintas.formats.money.mapping import PaymentsMapping
from lintas.limits import TABLE_COLUMNS_MAX

_LISTS: Final = ("result", "transfers", "token_transfers", "transactions", "data", "items")
_BEGIN: Final = 8_192  # bytes looked at
_SNIFFED: Final = re.compile(
    rb'"(?:hash|tx_?hash|transaction_?hash|tx_?id|transaction)"\s*:\s*"(?:0x)?[0-9A-Za-z]{16,}"', re.IGNORECASE
)
_TO: Final = re.compile(rb'"to(?:_?address|_?account|_?wallet)?"\s*:', re.IGNORECASE)
_DECODER: Final = msgspec.json.Decoder(type=Any, float_hook=str)  # numbers keep their digits


def is_transfers(raw: bytes) -> bool:
    """Say whether a JSON file begins with transfers on a chain."""
    head = raw[:_BEGIN]
    return bool(_SNIFFED.search(head)) and bool(_TO.search(head)) and b'"spec_version"' not in head


def read_transfers(raw: bytes, mapping: PaymentsMapping | None, draft: LedgerDraft) -> None:
    """Read transfers into a ledger's rows.

    Raises:
        Malformed: It is no list of flat objects, or it is not certain what their names mean.
        OverLimit: It has more names than a table may have columns.
    """
    try:
        found = _DECODER.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
        raise Malformed("The file is no whole JSON.") from exc
    objects = _list_of(found)
    names = dict.fromkeys(name for each in objects if isinstance(each, dict) for name in each)
    if not names:
        raise Malformed("The file holds no list of transfers.")
    read_chunks(in_chunks(_rows(list(names)[:TABLE_COLUMNS_MAX], objects, draft), 0), mapping, draft, has_header=True)


def _list_of(found: Any) -> list[Any]:
    """The list of transfers: the file itself, or what stands under one of the names that explorers give it."""
    if isinstance(found, list):
        return found
    if isinstance(found, dict):
        for name in _LISTS:
            if isinstance(found.get(name), list):
                return list(found[name])
    raise Malformed("The file holds no list of transfers.")


def _rows(header: list[str], objects: list[Any], draft: LedgerDraft) -> Iterator[list[str]]:
    yield header
    for number, each in enumerate(objects, 1):
        if isinstance(each, dict):
            yield [_text(each.get(name)) for name in header]
        else:
            draft.reject(f"transfer {number}", "It is no object.")
            yield []


def _text(value: Any) -> str:
    """A value as a cell; a list or object within one says nothing here."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
