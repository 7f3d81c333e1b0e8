# SPDX-License-Identifier: Apache-2.0
"""Load all that readers may ever need, before files are closed to them.

Libraries load parts of themselves when first used: a codec, the numbering plan of a country, a list of suffixes. Once a
reader is confined, such a part would be missing. So everything is loaded by name, and then each reader reads once.
"""

import encodings
import importlib
import pkgutil
import zipfile
from contextlib import suppress
from importlib import resources
from io import BytesIO
from typing import Final

import segno
from phonenumbers import PhoneMetadata
from PIL import Image

from lintas import formats
from lintas.errors import LintasError
from lintas.formats.identifiers import canonical, extract, guess
from lintas.formats.iso20022 import read_resolution
from lintas.formats.money.reader import guess_payments
from lintas.formats.packs import Packs, parse_packs
from lintas.formats.reader import READERS, detect
from lintas.formats.slips import read_codes
from lintas.formats.table_mapping import guess_mapping
from lintas.model.bookings import BOOKINGS_TYPE
from lintas.model.desk import DESK_TYPE
from lintas.model.reading import ReadOptions

_OTHER_SYSTEMS: Final = frozenset({"mbcs", "oem"})  # codecs of Windows
_LINES: Final = 'name,phone,account,note\nA. Example,{phone},{iban},"{url} met\n{email}"\nB. Example,1,2,3\n'
_BUNDLE: Final = """{"type": "bundle", "id": "bundle--00000000-0000-4000-8000-000000000001", "objects": [
{"type": "indicator", "spec_version": "2.1", "id": "indicator--00000000-0000-4000-8000-000000000002",
 "created": "2026-01-01T00:00:00Z", "modified": "2026-01-01T00:00:00Z", "valid_from": "2026-01-01T00:00:00Z",
 "name": "an example", "description": "see hxxps://login[.]bank[.]example", "pattern_type": "stix",
 "pattern": "[domain-name:value = 'bank.example' AND ipv4-addr:value = '192.0.2.1']"},
{"type": "domain-name", "spec_version": "2.1", "id": "domain-name--00000000-0000-4000-8000-000000000003",
 "value": "b\\u00fccher.example"}]}"""
_BROKEN: Final = (
    b"",
    b"\x00\x01PK\x03\x04",
    b'{"type": "bundle", "objects": [',
    b'a,b\n"',
    b"\xff\xfe\x00",
    b"\xc3\x28",
)
_DESK: Final = """{"after": [], "at": "2026-01-01T00:00:00.000Z", "by": "rehearsal", "doc": "report", "v": 1,
 "id": "00000000000000000000000000000000", "ref": "SG-R-00000-00000-J", "said": {"how": "phone", "payments": [
 {"amount": {"currency": "SGD", "minor": 100}, "at": "2026-01-01T08:00:00+08:00", "to": {"bank": "DBSSSGSG",
  "scheme": "bank_account", "value": "0123456789"}}], "short": "call +65 6123 4567"}}"""
_ANSWER: Final = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"><RsltnOfInvstgtn><Assgnmt><Id>1</Id><Assgnr><Agt>
<FinInstnId><BICFI>DBSSSGSG</BICFI></FinInstnId></Agt></Assgnr><Assgne><Pty><Nm>An example</Nm></Pty></Assgne>
<CreDtTm>2026-01-01T00:00:00Z</CreDtTm></Assgnmt><Sts><Conf>CNCL</Conf></Sts><CxlDtls><TxInfAndSts><RsltnRltdInf>
<IntrBkSttlmAmt Ccy="SGD">1.00</IntrBkSttlmAmt></RsltnRltdInf></TxInfAndSts></CxlDtls></RsltnOfInvstgtn></Document>"""
_TOLD: Final = """{"account": "0123456789", "at": "2026-01-01T02:00:00Z", "bank_ref": "1", "bookings": [{"at":
 "2026-01-01T01:00:00Z", "id": "1", "minor": 5, "other": "DBSSSGSG:987654321", "reference":
 "uetr:00000000-0000-4000-8000-000000000001", "side": "credit"}, {"at": "2026-01-01T01:30:00Z", "id": "2", "minor": 5,
 "side": "debit", "kind": "cash_out"}], "coverage": {"end": "2026-01-01T02:00:00Z", "start": "2026-01-01T00:00:00Z",
 "opening": 0, "closing": 0}, "currency": "SGD", "id": "0", "key": "DBSSSGSG:0123456789", "state": "done", "v": 1}"""
_TRANSFERS: Final = """
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf><GrpHdr>
<MsgId>1</MsgId><CreDtTm>2026-01-01T00:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs></GrpHdr><CdtTrfTxInf>
<IntrBkSttlmAmt Ccy="SGD">1.00</IntrBkSttlmAmt><DbtrAcct><Id><Othr><Id>0123456789</Id></Othr></Id></DbtrAcct>
<CdtrAcct><Id><Othr><Id>9876543210</Id></Othr></Id></CdtrAcct></CdtTrfTxInf></FIToFICstmrCdtTrf></Document>"""
_STATEMENT: Final = """:20:1\n:25:DBSSSGSG/0123456789\n:28C:1/1\n:60F:C260101SGD1,00
:61:2601010101D1,00NTRFREF\n:86:?20EREF+1?30KASITHBK?319876543210\n:62F:C260101SGD0,00\n-"""
_REPORT: Final = """<report><rentity_id>1</rentity_id><currency_code_local>SGD</currency_code_local><transaction>
<date_transaction>2026-01-01T00:00:00</date_transaction><amount_local>1</amount_local><t_from><from_account>
<account>0123456789</account></from_account></t_from></transaction></report>"""
_SCHEMA: Final = {
    "goaml/report.xsd": b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:include schemaLocation="a.xsd"/>
<xs:element name="report"><xs:complexType><xs:sequence><xs:element name="rentity_id" type="t"/><xs:element
 name="currency_code_local" type="xs:int"/></xs:sequence></xs:complexType></xs:element></xs:schema>""",
    "goaml/a.xsd": b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:simpleType name="t"><xs:restriction
 base="xs:string"><xs:pattern value="[0-9]{1,9}"/></xs:restriction></xs:simpleType></xs:schema>""",
}
_TABLE: Final = "date,from,to,amount,currency\n2026-01-01 10:00,0123456789,9876543210,1.00,SGD\n01/02/2026,1,2,x,y\n"
_CHAIN: Final = """[
{"hash": "0x00000000000000000000000000000000", "from": "0x1", "to": "0x2", "value": 1.5, "asset": "ETH",
"timestamp": 1767225600}]"""
_CODECS: Final = ("utf-8", "utf-8-sig", "utf-16", "cp1252", "tis-620", "gb18030")


def rehearse() -> None:
    """Load everything, then read a little of everything. All samples are invented."""
    for module in pkgutil.walk_packages(formats.__path__, f"{formats.__name__}."):
        importlib.import_module(module.name)
    for codec in pkgutil.iter_modules(encodings.__path__):
        if codec.name not in _OTHER_SYSTEMS:
            importlib.import_module(f"{encodings.__name__}.{codec.name}")
    PhoneMetadata.load_all()
    packs = parse_packs(_builtin_packs() | _SCHEMA)
    samples = {code: scheme.sample for code, scheme in packs.identifiers.schemes.items()}
    for code, sample in samples.items():
        for region in ("", "SG"):
            canonical(code, sample, packs=packs, region=region)
            guess(sample, packs=packs, region=region)
    text = "\n".join(f"{scheme.label}: {scheme.sample}" for scheme in packs.identifiers.schemes.values())
    extract(text, packs=packs, region="SG")
    table = _LINES.format(**{code: samples.get(code, "") for code in ("phone", "iban", "url", "email")})
    for codec_name in _CODECS:
        _read(table.encode(codec_name), "rehearsal.csv", packs)
    with suppress(LintasError):
        guess_mapping(table.encode(), packs, "SG")
    for raw in (_BUNDLE.encode(), text.encode(), *_BROKEN, *_payments()):
        _read(raw, "", packs)
    for raw in _pictures():
        _read(raw, "", packs)
        with suppress(LintasError):
            read_codes(raw)
    for raw in (_ANSWER.encode(), b"<?xml version='1.0'?><!DOCTYPE d><d/>", b"<d", b"\xff"):
        with suppress(LintasError):
            read_resolution(raw)
    for raw in (_TOLD.encode(), b"{"):
        with suppress(LintasError):
            READERS["payments/1"].derive(raw, BOOKINGS_TYPE, ReadOptions(region="SG"), packs)
    for raw in (_DESK.encode(), b"{"):
        with suppress(LintasError):
            READERS["desk/1"].derive(raw, DESK_TYPE, ReadOptions(region="SG"), packs)


def _payments() -> list[bytes]:
    """A little of each form of payments, and a workbook, whose parts libraries unpack."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    book = BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{space}"><sheets><sheet name="a" id="1"/></sheets></workbook>'
        )
        parts.writestr(
            "xl/_rels/workbook.xml.rels", '<r xmlns="p"><Relationship Id="1" Type="worksheet" Target="s.xml"/></r>'
        )
        parts.writestr(
            "xl/s.xml",
            f'<worksheet xmlns="{space}"><sheetData><row r="1"><c><v>1.5</v></c></row></sheetData></worksheet>',
        )
    samples = (_TRANSFERS, _STATEMENT, _REPORT, _TABLE, _CHAIN)
    return [*(sample.encode() for sample in samples), book.getvalue(), book.getvalue()[:-30]]


def _pictures() -> list[bytes]:
    """A code, an empty page and a broken file in each kind of picture: the decoders load parts of themselves too."""
    drawn = BytesIO()
    segno.make("an example").save(drawn, kind="png", scale=4)
    made = [drawn.getvalue(), drawn.getvalue()[:-20]]
    with Image.open(drawn) as code:
        for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"):
            # an empty page is looked at in all ways, as none finds a code
            page = Image.new(mode, (64, 64)) if mode in {"I;16", "P"} else code.convert(mode)
            for kind in ("PNG", "JPEG"):
                out = BytesIO()
                with suppress(OSError):  # not every kind holds every mode
                    page.save(out, kind, **({"progressive": True} if mode == "RGB" and kind == "JPEG" else {}))
                    made.append(out.getvalue())
    return made


def _read(raw: bytes, file_name: str, packs: Packs) -> None:
    """Read one sample by every reader, in its own way and in the wrong way."""
    options = ReadOptions(region="SG")
    with suppress(LintasError):
        detect(raw, file_name)
    with suppress(LintasError):
        guess_payments(raw, "SG")
    for reader in READERS.values():
        with suppress(LintasError):
            for piece in reader.read(raw, options, packs).slices:
                payload = b"".join(raw[start : start + length] for start, length in piece.spans)
                reader.derive(payload, piece.media_type, options, packs)


def _builtin_packs() -> dict[str, bytes]:
    folder = resources.files("lintas") / "packs"
    return {
        item.name.removesuffix(".toml"): item.read_bytes() for item in folder.iterdir() if item.name.endswith(".toml")
    }
