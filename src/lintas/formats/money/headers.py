# SPDX-License-Identifier: Apache-2.0
"""Recognize a table of payments by its headers and first rows; and suggest its mapping.

Only what is plain is recognized: both accounts, an amount, its currency and a time, each in one column. All else is
another table, or needs a mapping that a person made.
"""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from lintas.formats.money.amounts import currency_code, exponent_of
from lintas.formats.money.mapping import PaymentsMapping
from lintas.formats.money.times import day_order
from lintas.formats.schemata import fold_header

SAMPLED: Final = 1_000  # rows looked at
_SHARE_MIN: Final = 0.8  # of the values that must look like what a header says
_SHARE_ASKED: Final = 0.1  # the same of times, where a person says that it holds payments

# Words that head a column, better ones first. Compared without case, spaces, points and dashes.
_WORDS: Final = {
    "payer": (
        "payer account", "from account", "sender account", "source account", "debtor account", "debit account",
        "originator account", "remitter account", "ordering account", "payer account number", "from account number",
        "sender account number", "from account no", "sender account no", "payer iban", "debtor iban", "sender iban",
        "from address", "from wallet", "sender address", "sourcenodeid", "source node id", "nameorig", "akaun pengirim",
        "rekening pengirim", "rekening asal", "บัญชีผู้โอน", "บัญชีต้นทาง", "tài khoản nguồn", "tài khoản gửi", "付款账号",
        "付款人账号", "转出账号", "付款帳號", "payer", "from", "sender", "source", "debtor", "originator", "remitter",
        "pengirim", "dari", "daripada", "付款人", "转出",
    ),
    "payee": (
        "payee account", "to account", "receiver account", "recipient account", "beneficiary account",
        "creditor account", "credit account", "destination account", "target account", "payee account number",
        "to account number", "receiver account number", "beneficiary account number", "to account no",
        "beneficiary account no", "payee iban", "creditor iban", "beneficiary iban", "to address",
        "to wallet", "receiver address",
        "targetnodeid", "target node id", "namedest", "akaun penerima", "rekening penerima", "rekening tujuan",
        "บัญชีผู้รับ", "บัญชีปลายทาง", "tài khoản đích", "tài khoản nhận", "收款账号", "收款人账号", "转入账号", "收款帳號",
        "payee", "to", "receiver", "recipient", "beneficiary", "destination", "target", "creditor", "penerima",
        "kepada", "ke", "收款人", "转入",
    ),
    "payer_bank": (
        "payer bic", "from bic", "sender bic", "debtor bic", "payer bank", "from bank", "sender bank", "source bank",
        "debtor bank", "debtor agent", "remitter bank", "bank pengirim", "付款银行",
    ),
    "payee_bank": (
        "payee bic", "to bic", "receiver bic", "beneficiary bic", "creditor bic", "payee bank", "to bank",
        "receiver bank", "recipient bank", "beneficiary bank", "destination bank", "creditor bank", "creditor agent",
        "bank penerima", "收款银行",
    ),
    "amount": (
        "amount", "transaction amount", "payment amount", "amount paid", "amt", "value", "sum", "jumlah", "amaun",
        "nominal", "จำนวนเงิน", "số tiền", "金额", "交易金额", "金額",
    ),
    "currency": (
        "currency", "currency code", "ccy", "payment currency", "amount currency", "asset", "token symbol",
        "tokensymbol", "token", "coin", "mata wang", "mata uang", "สกุลเงิน", "loại tiền", "币种", "货币", "幣種",
    ),
    "time": (
        "timestamp", "datetime", "date time", "date and time", "transaction time", "payment time", "booked at",
        "created at", "block time", "block timestamp", "timestamp utc", "time utc", "transaction date", "payment date",
        "booking date", "value date", "posting date", "date", "time", "step", "tarikh transaksi", "tanggal transaksi",
        "tarikh", "tanggal", "waktu", "วันที่โอน", "วันที่", "ngày giao dịch", "ngày",
        "交易时间", "交易日期", "日期", "时间", "時間",
    ),
    "credit_time": ("credit time", "credited at", "credit date"),
    "credit_amount": ("amount received", "credit amount received", "received amount", "credited amount"),
    "credit_currency": ("receiving currency", "received currency", "credit currency", "credited currency"),
    "reference": (
        "transaction reference", "payment reference", "reference", "reference number", "reference no", "ref", "ref no",
        "transaction id", "transactionid", "txn id", "transaction number", "payment id", "bank reference",
    ),
    "end_to_end": ("end to end id", "endtoendid", "end to end", "e2e id", "e2e", "end to end reference"),
    "uetr": ("uetr",),
    "transaction": (
        "transaction hash", "tx hash", "txhash", "txid", "tx id", "hash", "transaction",
    ),
    "chain": ("chain", "blockchain", "network", "ledger"),
    "index": ("index", "log index", "logindex", "output index", "vout", "transfer index"),
    "decimals": ("decimals", "token decimal", "tokendecimal", "token decimals"),
    "payer_owner": ("from owner account", "from customer account", "from owner", "sender owner", "from customer"),
    "payee_owner": ("to owner account", "to customer account", "to owner", "receiver owner", "to customer"),
    "payer_custodian": ("from custodian", "sender custodian", "from exchange", "from vasp", "originator vasp"),
    "payee_custodian": ("to custodian", "receiver custodian", "to exchange", "to vasp", "beneficiary vasp"),
    "channel": ("channel", "payment channel"),
    "kind": ("payment kind", "transaction kind"),
}  # fmt: skip
_RANKS: Final = {fold_header(word): (field, rank) for field, words in _WORDS.items() for rank, word in enumerate(words)}
_NEEDED: Final = frozenset({"payer", "payee", "amount", "currency", "time"})
_ACCOUNT: Final = re.compile(r"(?=.*[0-9])[^\s]{1,128}|[A-Za-z]{0,11}[\s:]?[0-9][0-9A-Za-z\s.-]{0,60}|")
_AMOUNT: Final = re.compile(r"\s*[0-9][0-9.,]*\s*", re.ASCII)
_CLOCK: Final = re.compile(r"\s*[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:\.[0-9]+)?)?\s*(?:[AaPp][Mm])?\s*", re.ASCII)
_UNIX: Final = re.compile(r"\s*[0-9]{10}\s*", re.ASCII)
_UNIX_MS: Final = re.compile(r"\s*[0-9]{13}\s*", re.ASCII)
_DATED: Final = re.compile(r"\s*(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}|[12][0-9]{7}).*")


def suggest(
    header: Sequence[str], rows: Sequence[Sequence[str]], region: str = "", *, is_asked: bool = False
) -> PaymentsMapping | None:
    """Suggest how a table of payments is read; None when it is not plain that it is one.

    Args:
        header: Names of the columns.
        rows: The first rows; up to SAMPLED are looked at.
        region: ISO 3166-1 alpha-2; where days are written before months when the values leave it open.
        is_asked: A person says that it holds payments: its values need not look so.
    """
    columns = _columns(header, rows)
    if columns is None or not set(columns) >= _NEEDED:
        return None
    values = {field: _values(rows, header.index(name)) for field, name in columns.items()}
    if not is_asked and not _are_plain(values):
        return None
    form = time_form(values["time"], region, share_min=_SHARE_ASKED if is_asked else _SHARE_MIN)
    return PaymentsMapping(columns=columns, time=form) if form else None  # type: ignore[arg-type]  # one of its forms


def _columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str] | None:
    """Field -> header; None when two columns claim one field equally."""
    best: dict[str, tuple[int, int]] = {}
    named = [_RANKS.get(fold_header(cell)) for cell in header]
    for index, found in enumerate(named):
        if found is None:
            continue
        field, rank = found
        if list(header).count(header[index]) > 1 and field in _NEEDED:
            return None
        if field not in best or rank < best[field][0]:
            best[field] = (rank, index)
    columns = {field: header[index] for field, (_, index) in best.items()}
    clock = next(
        (index for index, found in enumerate(named) if found and found[0] == "time" and _all(_CLOCK, rows, index)), None
    )
    dated = next(
        (index for index, found in enumerate(named) if found and found[0] == "time" and _all(_DATED, rows, index)), None
    )
    if clock is not None and dated is not None:
        columns["time"], columns["clock"] = header[dated], header[clock]
    return columns


def _all(pattern: re.Pattern[str], rows: Sequence[Sequence[str]], index: int) -> bool:
    values = _values(rows, index)
    return bool(values) and all(pattern.fullmatch(value) for value in values)


def _values(rows: Sequence[Sequence[str]], index: int) -> list[str]:
    return [row[index] for row in rows[:SAMPLED] if index < len(row) and row[index].strip()]


def _are_plain(values: dict[str, list[str]]) -> bool:
    """Say whether the first values look like what their headers say."""

    def share(field: str, is_one: "re.Pattern[str]") -> float:
        return sum(is_one.fullmatch(value.strip()) is not None for value in values[field]) / max(len(values[field]), 1)

    codes = values["currency"]
    return (
        all(len(values[field]) > 0 for field in ("amount", "currency", "time"))
        and bool(values["payer"] or values["payee"])
        and all(share(field, _ACCOUNT) >= _SHARE_MIN for field in ("payer", "payee") if values[field])
        and share("amount", _AMOUNT) >= _SHARE_MIN
        and sum(exponent_of(currency_code(code)) is not None for code in codes) >= _SHARE_MIN * len(codes)
    )


def time_form(values: list[str], region: str, *, share_min: float = _SHARE_MIN) -> str:
    """Say how times are written; empty when that is not certain: numbers of steps, 01/02/2026 where nobody knows.

    Args:
        share_min: Of the values that must look like times.
    """
    if not values:
        return ""
    for form, pattern in (("unix", _UNIX), ("unix_ms", _UNIX_MS)):
        if sum(pattern.fullmatch(value) is not None for value in values) >= _SHARE_MIN * len(values):
            return form
    if sum(_DATED.fullmatch(value) is not None for value in values) < share_min * len(values):
        return ""
    return day_order(values) or ("dmy" if region and region not in ("US", "PH") else "")


def fitted(mapping: PaymentsMapping, header: Sequence[str]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Find a mapping's columns in a table: field -> index, and the headers that are not there."""
    places = {name.strip(): index for index, name in reversed(list(enumerate(header)))}
    found = {field: places[name.strip()] for field, name in mapping.columns.items() if name.strip() in places}
    missing = tuple(sorted(set(mapping.columns.values()) - {mapping.columns[field] for field in found}))
    return found, missing


def with_layout(mapping: PaymentsMapping, *, encoding: str, delimiter: str, header: bool) -> PaymentsMapping:
    """A mapping that says how its table is cut, too."""
    return msgspec.structs.replace(mapping, encoding=encoding, delimiter=delimiter, header=header)
