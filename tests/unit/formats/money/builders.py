# SPDX-License-Identifier: Apache-2.0
"""Files of payments to read, and what was read as rows; all names and numbers are invented."""

import io
import zipfile
from dataclasses import dataclass
from xml.sax.saxutils import escape

import msgspec
import numpy as np

from lintas.formats.detect import detect
from lintas.model.money import Covered, LedgerRows
from lintas.model.reading import Derived, ReadOptions
from tests.unit.formats.builders import checked

UETR = "8a562c67-ca16-48ba-b074-65581be6f011"
A, B = "DBSSSGSG:0123456789", "KASITHBK:9876543210"
WORDS = ("payer", "payee", "reference", "of", "debit_currency", "credit_currency", "kind", "channel")
NUMBERS = ("debit_at", "credit_at", "debit_minor", "credit_minor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One payment as it stands in a ledger."""

    row: int
    payer: str
    payee: str
    reference: str
    of: str
    debit_currency: str
    credit_currency: str
    kind: str
    channel: str
    debit_at: int
    credit_at: int
    debit_minor: int
    credit_minor: int
    legs: int


def rows_of(ledger: LedgerRows) -> list[Row]:
    """Turn columns back into payments."""
    words = {
        name: [ledger.words[at] for at in np.frombuffer(getattr(ledger, name), dtype="<i4").tolist()] for name in WORDS
    }
    numbers = {name: np.frombuffer(getattr(ledger, name), dtype="<i8").tolist() for name in NUMBERS}
    number = np.frombuffer(ledger.row, dtype="<i4").tolist()
    return [
        Row(
            row=number[at],
            legs=ledger.legs[at],
            **{name: column[at] for name, column in words.items()},
            **{name: column[at] for name, column in numbers.items()},
        )
        for at in range(ledger.count)
    ]


def read(raw: bytes, *, mapping: str = "", region: str = "SG", reader: str = "") -> Derived:
    """Read a file by the reader that it is for, and check what holds for every reading."""
    name = reader or detect(raw, "x.csv", mapping)
    container = checked(raw, name, ReadOptions(region=region, mapping=mapping))
    assert container.reader == "payments/1"
    assert len(container.slices) == 1
    derived = container.slices[0].derived
    ledger = ledger_of(derived)
    assert derived.read == ledger.count + len(derived.rejected)
    debit, credit, kind = (
        np.frombuffer(column, dtype=code)
        for column, code in ((ledger.debit_minor, "<i8"), (ledger.credit_minor, "<i8"), (ledger.kind, "<i4"))
    )
    recall = ledger.words.index("recall") if "recall" in ledger.words else -1
    assert bool(np.all((debit > 0) | (credit > 0) | (kind == recall)))
    return derived


def ledger_of(derived: Derived) -> LedgerRows:
    """The columns of what was read; empty ones where there is no payment."""
    return msgspec.msgpack.decode(derived.ledger, type=LedgerRows) if derived.ledger else LedgerRows()


def payments(raw: bytes, *, mapping: str = "", region: str = "SG", reader: str = "") -> list[Row]:
    """The payments of a file of which nothing was refused."""
    derived = read(raw, mapping=mapping, region=region, reader=reader)
    assert derived.rejected == ()
    return rows_of(ledger_of(derived))


def covered(raw: bytes, *, mapping: str = "", region: str = "SG") -> tuple[Covered, ...]:
    """What a file says to be complete."""
    return ledger_of(read(raw, mapping=mapping, region=region)).covered


def refusals(raw: bytes, *, mapping: str = "", region: str = "SG", reader: str = "") -> dict[str, str]:
    """What of a file was refused, and why."""
    derived = read(raw, mapping=mapping, region=region, reader=reader)
    return {bad.id: bad.reason for bad in derived.rejected}


def transfer(
    *, amount: str = "25000.50", currency: str = "SGD", uetr: str = UETR, end_to_end: str = "E1",
    payer: str = "0123456789", payee: str = "9876543210", more: str = "",
) -> str:  # fmt: skip
    """One payment of a pacs.008."""
    return (
        f"<CdtTrfTxInf><PmtId><EndToEndId>{end_to_end}</EndToEndId>{f'<UETR>{uetr}</UETR>' if uetr else ''}</PmtId>"
        f'<IntrBkSttlmAmt Ccy="{currency}">{amount}</IntrBkSttlmAmt><IntrBkSttlmDt>2026-03-01</IntrBkSttlmDt>{more}'
        f"<DbtrAcct><Id><Othr><Id>{payer}</Id></Othr></Id></DbtrAcct>"
        "<DbtrAgt><FinInstnId><BICFI>DBSSSGSGXXX</BICFI></FinInstnId></DbtrAgt>"
        "<CdtrAgt><FinInstnId><BICFI>KASITHBK</BICFI></FinInstnId></CdtrAgt>"
        f"<CdtrAcct><Id><Othr><Id>{payee}</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>"
    )


def pacs008(*parts: str, group: str = "", made: str = "2026-03-01T10:00:00+08:00", head: str = "") -> bytes:
    """A pacs.008."""
    return (
        f'{head}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf><GrpHdr>'
        f"<MsgId>M1</MsgId><CreDtTm>{made}</CreDtTm>{group}</GrpHdr>{''.join(parts)}</FIToFICstmrCdtTrf></Document>"
    ).encode()


def entry(
    amount: str, sign: str = "DBIT", *, day: str = "<Dt>2026-03-01</Dt>", details: str = "", more: str = "",
    currency: str = "SGD", status: str = "BOOK",
) -> str:  # fmt: skip
    """One booking of a camt.053."""
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{more}<Sts><Cd>{status}</Cd></Sts>'
        f"<BookgDt>{day}</BookgDt>{f'<NtryDtls>{details}</NtryDtls>' if details else ''}</Ntry>"
    )


def detail(*, other: str = "9876543210", side: str = "Cdtr", refs: str = "", more: str = "") -> str:
    """One payment of a booking."""
    return (
        f"<TxDtls><Refs>{refs}</Refs>{more}<RltdPties><{side}Acct><Id><Othr><Id>{other}</Id></Othr></Id></{side}Acct>"
        f"</RltdPties><RltdAgts><{side}Agt><FinInstnId><BICFI>KASITHBK</BICFI></FinInstnId></{side}Agt></RltdAgts>"
        "</TxDtls>"
    )


def balance(kind: str, amount: str, day: str, sign: str = "CRDT", currency: str = "SGD") -> str:
    """One balance of a camt.053."""
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="{currency}">{amount}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
    )


def camt053(*parts: str, account: str = "0123456789", message: str = "camt.053", head: str = "") -> bytes:
    """A camt.053, camt.052 or camt.054 of one account."""
    body, top = {
        "camt.053": ("BkToCstmrStmt", "Stmt"),
        "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
        "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[message]
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{message}.001.08"><{body}><GrpHdr><MsgId>S1</MsgId></GrpHdr>'
        f"<{top}><Id>1</Id>{head}<Acct><Id><Othr><Id>{account}</Id></Othr></Id><Ccy>SGD</Ccy><Svcr><FinInstnId>"
        f"<BICFI>DBSSSGSG</BICFI></FinInstnId></Svcr></Acct>{''.join(parts)}</{top}></{body}></Document>"
    ).encode()


def table(*lines: str) -> bytes:
    """A table."""
    return ("\n".join(lines) + "\n").encode()


def workbook(rows: list[list[str | float | int]]) -> bytes:
    """An XLSX; texts are shared, numbers are as Python writes them."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings: dict[str, int] = {}
    cells: list[str] = []
    for number, row in enumerate(rows, 1):
        made = []
        for place, value in enumerate(row):
            where = f"{chr(65 + place)}{number}"
            if isinstance(value, str):
                made.append(f'<c r="{where}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>')
            else:
                made.append(f'<c r="{where}"><v>{value!r}</v></c>')
        cells.append(f'<row r="{number}">{"".join(made)}</row>')
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{space}" xmlns:r="r"><sheets><sheet name="Payments" r:id="rId1"/></sheets></workbook>',
        )
        parts.writestr(
            "xl/_rels/workbook.xml.rels",
            '<R xmlns="p"><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></R>',
        )
        parts.writestr("xl/sharedStrings.xml", f'<sst xmlns="{space}">{shared}</sst>')
        parts.writestr(
            "xl/worksheets/sheet1.xml",
            f'<w xmlns="{space}"><sheetData>{"".join(cells)}</sheetData></w>',
        )
    return out.getvalue()
