# SPDX-License-Identifier: Apache-2.0
"""goAML: the transactions of a report to an FIU, as payments between the accounts that it names.

Names, documents and addresses of people stay in the payload. A report's schema differs from FIU to FIU; only what all
of them have is read here. Where an operator gives a schema, each place that breaks it is an objection beside the
payments: a payment that can be read happened, whatever its form.
Source: UNODC goAML XML schema 4.0 and later, element `report`.
"""

from collections.abc import Mapping
from typing import Final

from lintas.formats.money.draft import LedgerDraft, Payment, clean_reference, other_name, reference_of
from lintas.formats.money.iso import IsoValues
from lintas.formats.money.times import ZONE_OF_REGION, Times, is_whole_day
from lintas.formats.money.xml import Fields, Scope, stream_xml
from lintas.formats.packs import GOAML_PREFIX
from lintas.model.money import NEVER, Channel, Leg, PaymentKind

_ACCOUNT: Final = ("account", "iban", "swift", "institution_code", "institution_name")
_SIDES: Final = ("t_from_my_client", "t_from", "t_to_my_client", "t_to")


def _side(side: str) -> tuple[str, ...]:
    who = "from" if side.startswith("t_from") else "to"
    money = ("foreign_currency_code", "foreign_amount")
    return (
        *(f"{side}/{who}_account/{leaf}" for leaf in _ACCOUNT),
        *(f"{side}/{who}_foreign_currency/{leaf}" for leaf in money),
        f"{side}/{who}_funds_code",
        f"{side}/{who}_person/first_name",
        f"{side}/{who}_person/last_name",
    )


_TRANSACTION: Final = (
    "transactionnumber", "internal_ref_number", "date_transaction", "date_posting", "value_date", "amount_local",
    *(leaf for side in _SIDES for leaf in _side(side)),
)  # fmt: skip
_REPORT: Final = ("rentity_id", "entity_reference", "fiu_ref_number", "report_code", "currency_code_local")


class _Reading:
    def __init__(self, draft: LedgerDraft) -> None:
        self.draft = draft
        self.values = IsoValues()
        self.times = Times(zone=ZONE_OF_REGION.get(draft.options.region, 0))
        self.waiting: list[Fields] = []  # the local currency may stand behind them

    def transaction(self, fields: Fields) -> None:
        self.waiting.append({path: text for path, text in fields.items() if text})

    def report(self, fields: Fields) -> None:
        """The report ends: all of it is known."""
        for path, prop in (
            ("entity_reference", "reference"),
            ("fiu_ref_number", "fiuReference"),
            ("report_code", "type"),
        ):
            if fields.get(path):
                self.draft.says.append((prop, fields[path][:100]))
        local, reporter = fields.get("currency_code_local", ""), fields.get("rentity_id", "")
        for row, waiting in enumerate(self.waiting, 1):
            try:
                self.draft.add(self._payment(row, waiting, local, reporter))
            except ValueError as exc:
                self.draft.reject(f"transaction {row}", str(exc))

    def _payment(self, row: int, fields: Fields, local: str, reporter: str) -> Payment:
        source = next((side for side in _SIDES[:2] if any(path.startswith(f"{side}/") for path in fields)), "")
        target = next((side for side in _SIDES[2:] if any(path.startswith(f"{side}/") for path in fields)), "")
        if not source and not target:
            raise ValueError("It names parties with roles, not who paid and who was paid.")
        payer, payee = self._account(fields, source, "from"), self._account(fields, target, "to")
        if not payer and not payee:
            raise ValueError("It names no account, neither the payer's nor the payee's.")
        at = next(
            (self.times[fields[path]] for path in ("date_transaction", "date_posting", "value_date") if path in fields),
            NEVER,
        )
        if at == NEVER:
            raise ValueError("It has no date, or one that is none.")
        if is_whole_day(fields.get("date_transaction", ":")) or fields.get("date_transaction", "").endswith(
            "T00:00:00"
        ):
            at += row
        debit = self._amount(fields, f"{source}/from_foreign_currency", local) or self._local(fields, local)
        credit = self._amount(fields, f"{target}/to_foreign_currency", local) or self._local(fields, local)
        kind = PaymentKind.TRANSFER
        if not payer and any(path.startswith(f"{source}/from_person/") for path in fields):
            kind = PaymentKind.CASH_IN  # a person without an account paid in
        elif not payee and any(path.startswith(f"{target}/to_person/") for path in fields):
            kind = PaymentKind.CASH_OUT
        legs = (Leg.PAYER if source.endswith("my_client") else 0) | (Leg.PAYEE if target.endswith("my_client") else 0)
        number, inner = fields.get("transactionnumber", ""), fields.get("internal_ref_number", "")
        # A UUID there is the payment's UETR, or nobody else's word; what is no UUID may be its end-to-end id.
        uetr = reference_of(uetr=inner) or reference_of(uetr=number)
        own = clean_reference(f"id:{reporter[:20]}:{number or inner}") if number or inner else ""
        return Payment(
            row=row, payer=payer, payee=payee,
            reference=uetr or own, of=other_name(inner or number, uetr) if kind == PaymentKind.TRANSFER else "",
            debit_at=at, debit_minor=debit[0], debit_currency=debit[1], credit_minor=credit[0],
            credit_currency=credit[1], legs=legs or (Leg.PAYER if payer else Leg.PAYEE), kind=kind,
            channel=Channel.CASH if kind != PaymentKind.TRANSFER else Channel.UNKNOWN,
        )  # fmt: skip

    def _account(self, fields: Fields, side: str, who: str) -> str:
        place = f"{side}/{who}_account"
        number = fields.get(f"{place}/iban") or fields.get(f"{place}/account", "")
        if not number:
            return ""
        bank = (
            fields.get(f"{place}/swift")
            or fields.get(f"{place}/institution_code")
            or fields.get(f"{place}/institution_name", "")
        )
        return self.draft.accounts.key(number, bank)

    def _amount(self, fields: Fields, place: str, local: str) -> tuple[int, str] | None:
        currency, text = fields.get(f"{place}/foreign_currency_code", ""), fields.get(f"{place}/foreign_amount", "")
        if not currency or not text or currency == local:
            return None
        return self.values.amount({"Amt": text, "Amt@Ccy": currency}, "Amt")

    def _local(self, fields: Fields, local: str) -> tuple[int, str]:
        return self.values.amount({"Amt": fields.get("amount_local", ""), "Amt@Ccy": local}, "Amt")


def read_goaml(raw: bytes, draft: LedgerDraft) -> None:
    """Read a report's transactions into a ledger's rows.

    Raises:
        Malformed: It is none.
        OverLimit: It is larger or deeper than a file may be.
    """
    reading = _Reading(draft)
    stream_xml(
        raw,
        "report",
        lambda _namespace: (
            Scope("", _REPORT, reading.report),
            Scope("transaction", _TRANSACTION, reading.transaction),
        ),
    )
    _validate(raw, draft)


def _validate(raw: bytes, draft: LedgerDraft) -> None:
    """Hold the report against the operator's schema, if there is one."""
    files = goaml_files(draft.packs.raw)
    if not files:
        return
    from lintas.formats.money.goaml_schema import check_report  # noqa: PLC0415 - readers load it, a node never does

    verdict = check_report(raw, files)
    draft.says.append(("schemaDigest", verdict.digest))
    if verdict.problem:
        draft.says.append(("validated", "not looked at"))
        draft.note(f"It was not held against the schema of the node: {verdict.problem}")
        return
    draft.says.append(("validated", "no" if verdict.violations else "yes"))
    for violation in verdict.violations:
        draft.reject(f"line {violation.line}", f"{violation.path}: {violation.sentence}")
    if verdict.further:
        draft.note(f"{verdict.further:,} further places do not hold to the schema.")


def goaml_files(packs: Mapping[str, bytes]) -> tuple[tuple[str, bytes], ...]:
    """The files of the operator's schema among packs, by name."""
    return tuple(
        (name.removeprefix(GOAML_PREFIX), packs[name]) for name in sorted(packs) if name.startswith(GOAML_PREFIX)
    )
