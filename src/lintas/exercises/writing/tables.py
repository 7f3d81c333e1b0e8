# SPDX-License-Identifier: Apache-2.0
"""Statements as tables and as MT940, in the formats of banks' own houses; and transfers on a chain.

Source: MT940, SWIFT user handbook, category 9; a bank's own CSV is whatever it is, with a mapping beside it.
"""

import csv
import io
import json
from hashlib import sha256
from typing import Final

from lintas.exercises.chain import tron_address
from lintas.exercises.lands import HOUSES, LANDS
from lintas.exercises.papers import moment
from lintas.exercises.world import Account
from lintas.exercises.writing.booked import BankBooks, Booking, plain

_COLUMNS: Final = ("account", "counterparty", "counterparty_bank", "debit", "credit", "balance", "time", "currency",
                   "uetr", "end_to_end", "kind", "channel")  # fmt: skip
_HEADERS: Final = {
    "en": ("Account", "Other account", "Other bank", "Debit", "Credit", "Balance", "Booked at", "Currency", "UETR",
           "End to end", "Type", "Channel"),
    "ms": ("Akaun", "Akaun lawan", "Bank lawan", "Debit", "Kredit", "Baki", "Masa", "Mata wang", "UETR",
           "Rujukan", "Jenis", "Saluran"),
    "th": ("เลขที่บัญชี", "บัญชีคู่โอน", "ธนาคารคู่โอน", "ถอน", "ฝาก", "คงเหลือ", "วันเวลา", "สกุลเงิน", "UETR",
           "เลขอ้างอิง", "ประเภท", "ช่องทาง"),
    "zh": ("账号", "对方账号", "对方银行", "支出", "收入", "余额", "交易时间", "币种", "UETR",
           "参考号", "类型", "渠道"),
}  # fmt: skip
_CHAIN: Final = (
    "Timestamp", "Blockchain", "Transaction hash", "Log index", "Asset", "Amount", "From address", "From owner",
    "From custodian", "To address",
)  # fmt: skip


def table(books: BankBooks, bic: str, until: int) -> bytes:
    """A bank's bookings before a time, account by account, headed in its language."""
    house = HOUSES[bic]
    zone = LANDS[house.country].utc_minutes
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(_HEADERS[LANDS[house.country].language])
    for account in books.accounts_at(bic):
        balance = account.opening
        for line in books.of(account, until):
            balance += -line.minor if line.is_debit else line.minor
            amount = plain(line.minor, line.currency)
            bank, _, number = line.other.rpartition(":")
            writer.writerow(
                (
                    account.number,
                    number,
                    bank,
                    amount if line.is_debit else "",
                    "" if line.is_debit else amount,
                    plain(balance, line.currency),
                    moment(line.at, zone).isoformat(timespec="seconds"),
                    line.currency,
                    line.move.id,
                    line.move.end_to_end,
                    str(line.move.kind),
                    str(line.move.channel),
                )
            )
    return written.getvalue().encode("utf-8-sig")


def mapping(bic: str) -> bytes:
    """Which column of a bank's table is what, as `lintas take --mapping` wants it."""
    headers = _HEADERS[LANDS[HOUSES[bic].country].language]
    said = {
        "v": 1,
        "form": "payments",
        "bank": bic,
        "columns": dict(zip(_COLUMNS, headers, strict=True)),
        "delimiter": "comma",
        "encoding": "utf-8",
        "time": "iso",
    }
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def chain_table(books: BankBooks, bic: str, until: int) -> bytes:
    """What clients of an exchange moved on the chain: owner, address, transaction and custodian apart."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(_CHAIN)
    wallet = tron_address(sha256(f"{bic} wallet".encode()).hexdigest()[:40])  # from which the exchange pays out
    for line in sorted(books.coins(bic), key=lambda line: (line.at, line.move.id)):
        move = line.move
        if line.at >= until:
            continue
        account = books.world.accounts[move.payer]
        at = moment(line.at).strftime("%Y-%m-%dT%H:%M:%SZ")
        amount = plain(move.minor, move.currency)
        row = (at, "tron", move.end_to_end, 0, move.currency, amount, wallet, account.number, bic, move.payee)
        writer.writerow(row)
    return written.getvalue().encode()


def chain_mapping(bic: str) -> bytes:
    """Which column of the transfers on the chain is what."""
    fields = ("time", "chain", "transaction", "index", "currency", "amount", "payer", "payer_owner",
              "payer_custodian", "payee")  # fmt: skip
    said = {"v": 1, "form": "payments", "columns": dict(zip(fields, _CHAIN, strict=True)), "time": "iso"}
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def mt940(books: BankBooks, bic: str, until: int) -> bytes:
    """Statements of a bank's accounts as MT940: days, and no time of day in the line itself."""
    return "".join(_message(books, account, until, bic) for account in books.accounts_at(bic)).encode(
        "ascii", "replace"
    )


def _message(books: BankBooks, account: Account, until: int, bic: str) -> str:
    currency, balance = account.currency, account.opening
    lines = []
    for line in books.of(account, until):
        balance += -line.minor if line.is_debit else line.minor
        lines.append(_line(line))
    start, end = moment(books.world.starts_at), moment(until)
    head = f"{{1:F01{bic}AXXX0000000000}}{{2:O9400000000000{bic}AXXX00000000000000000000N}}{{4:\r\n"
    opening = f":60F:C{start:%y%m%d}{currency}{_comma(account.opening, currency)}\r\n"
    closing = f":62F:C{end:%y%m%d}{currency}{_comma(balance, currency)}\r\n"
    return (
        f"{head}:20:EX{start:%y%m%d}{account.number[-6:]}\r\n:25:{bic}/{account.number}\r\n:28C:1/1\r\n"
        f"{opening}{''.join(lines)}{closing}-}}\r\n"
    )


def _line(line: Booking) -> str:
    day = moment(line.at)
    sign = "D" if line.is_debit else "C"
    bank, _, number = line.other.rpartition(":")
    about = f":86:166?20EREF+{line.move.end_to_end}?21EXERCISE {line.move.note}?30{bank}?31{number}"
    head = f":61:{day:%y%m%d%m%d}{sign}{_comma(line.minor, line.currency)}NTRF{line.move.end_to_end[:16]}"
    return f"{head}\r\n{about}\r\n"


def _comma(minor: int, currency: str) -> str:
    whole, _, part = plain(minor, currency).partition(".")
    return f"{whole},{part}"
