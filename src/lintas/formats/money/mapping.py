# SPDX-License-Identifier: Apache-2.0
"""Which columns of a table hold what of a payment, as a value that can be saved, corrected and given back."""

import re
from typing import Final, Literal, Self

import msgspec
import rfc8785

from lintas.errors import BadInput
from lintas.formats.money.amounts import currency_code, exponent_of
from lintas.formats.money.times import Times, zone_minutes
from lintas.formats.table_records import DELIMITERS
from lintas.formats.text_encoding import ENCODINGS
from lintas.model.money import NEVER, Channel, PaymentKind

MAPPING_VERSION: Final = 1
FORM: Final = "payments"

# What a column may hold. Of a table of transfers: payer, payee; of an account's statement: account, counterparty. On a
# chain payer and payee are addresses; `payer_owner` is the account that `payer_custodian` keeps for whose they are.
FIELDS: Final = (
    "payer", "payer_bank", "payee", "payee_bank", "amount", "currency", "time", "clock", "credit_time",
    "credit_amount", "credit_currency", "reference", "end_to_end", "uetr", "of", "kind", "channel",
    "account", "counterparty", "counterparty_bank", "debit", "credit", "direction", "balance",
    "chain", "transaction", "index", "decimals", "payer_owner", "payee_owner", "payer_custodian", "payee_custodian",
)  # fmt: skip
_STEP_S_MAX: Final = 366 * 86_400
_IS_FORM: Final = re.compile(r'"form"\s*:\s*"payments"')


class PaymentsMapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a table of payments is read. Only `columns` must be there."""

    v: int = MAPPING_VERSION
    form: Literal["payments"] = FORM
    columns: dict[str, str]  # field -> header as it stands in the file; `column 3` where it has none
    encoding: str = ""  # one of ENCODINGS; empty: found out
    delimiter: str = ""  # code of DELIMITERS; empty: found out
    header: bool = True  # the first record names the columns
    sheet: str = ""  # of a workbook; empty: the first
    currency: str = ""  # of all payments, where no column says it
    bank: str = ""  # BIC that keeps the accounts whose bank no column says
    account: str = ""  # whose statement it is, where no column says it
    time: Literal["iso", "dmy", "mdy", "unix", "unix_ms", "step"] = "iso"
    zone: str = ""  # `+08:00`: of times that name none; empty: of the region
    start: str = ""  # time = step: when step 0 begins, RFC 3339
    step_s: int = 0  # time = step: seconds of one step
    decimal: Literal["point", "comma"] = "point"
    legs: Literal["", "payer", "payee", "both"] = (
        ""  # whose booking a row is; empty: both within one bank, else payer's
    )
    chain: str = ""  # of all transactions, where no column says it
    kind: str = ""  # of all payments, where no column says it
    channel: str = ""
    words: dict[str, str] = {}  # a word of the columns kind, channel or direction -> what it means here

    def to_json(self) -> str:
        """Write the mapping as canonical JSON (RFC 8785)."""
        return rfc8785.dumps(msgspec.to_builtins(self)).decode("utf-8")

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a mapping, canonical or as a person edited it.

        Raises:
            BadInput: It is no JSON, has unknown or missing names, or its parts do not fit together.
        """
        try:
            mapping = msgspec.json.decode(text, type=cls)
        except (msgspec.MsgspecError, ValueError, RecursionError) as exc:
            raise BadInput("The mapping of payments cannot be read.", hint=str(exc)[:200]) from exc
        _check(mapping)
        return mapping

    @property
    def is_statement(self) -> bool:
        """Whether it is the statement of accounts, each row one booking, rather than a list of transfers."""
        return bool(self.account) or "account" in self.columns

    @property
    def start_us(self) -> int:
        """When step 0 begins; NEVER where it cannot be read."""
        return Times(zone=0)[self.start] if self.start else NEVER


def is_payments_mapping(text: str) -> bool:
    """Say whether a mapping is one of payments rather than of another table."""
    return bool(_IS_FORM.search(text[:100_000]))


def _check(mapping: PaymentsMapping) -> None:
    for is_wrong, what in (*_problems_of_columns(mapping), *_problems_of_values(mapping)):
        if is_wrong:
            raise BadInput(f"The mapping of payments does not fit together: {what}.")


def _problems_of_columns(mapping: PaymentsMapping) -> tuple[tuple[bool, str], ...]:
    columns = set(mapping.columns)
    unknown = min(columns - set(FIELDS), default="")
    sides = mapping.is_statement or {"payer", "payee"} & columns
    encoding, delimiter = mapping.encoding, mapping.delimiter
    return (
        (mapping.v != MAPPING_VERSION, f"it has version {mapping.v}; this software reads {MAPPING_VERSION}"),
        (bool(encoding) and encoding not in ENCODINGS, f"the encoding {encoding[:40]!r} is not known"),
        (bool(delimiter) and delimiter not in DELIMITERS, f"the delimiter {delimiter[:40]!r} is not known"),
        (bool(unknown), f"there is no field {unknown[:40]!r}"),
        (len(set(mapping.columns.values())) < len(columns), "one column stands for two fields"),
        (not {"amount", "debit", "credit"} & columns, "no column holds the amount"),
        (not mapping.is_statement and "amount" not in columns, "a list of transfers has one column `amount`"),
        (not sides, "no column holds the payer or the payee, and no account is named whose statement it is"),
        ("time" not in columns, "no column holds the time"),
    )


def _problems_of_values(mapping: PaymentsMapping) -> tuple[tuple[bool, str], ...]:
    currency, zone, is_step = mapping.currency, mapping.zone, mapping.time == "step"
    has_currency = bool(currency) or "currency" in mapping.columns
    return (
        (
            bool(currency) and exponent_of(currency_code(currency)) is None,
            f"the currency {currency[:10]!r} is not known",
        ),
        (not has_currency, "neither a column nor `currency` says the currency"),
        (bool(zone) and zone_minutes(zone) is None, f"the zone {zone[:10]!r} is none: write +08:00"),
        (is_step and not 0 < mapping.step_s <= _STEP_S_MAX, "a step has 1 second to 366 days: say `step_s`"),
        (is_step and mapping.start_us == NEVER, "time steps need a `start`: when step 0 begins"),
        (bool(mapping.kind) and mapping.kind not in list(PaymentKind), f"there is no kind {mapping.kind[:40]!r}"),
        (mapping.channel not in list(Channel), f"there is no channel {mapping.channel[:40]!r}"),
    )
