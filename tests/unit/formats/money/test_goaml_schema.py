# SPDX-License-Identifier: Apache-2.0
"""Reports are held against a schema that an operator gives; the schemata here are invented, but for UNODC's."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import Malformed
from lintas.formats.money.goaml_schema import Verdict, check_report, schema_digest
from lintas.formats.packs import Packs, parse_packs
from lintas.formats.reader import READERS
from lintas.limits import GOAML_CHILDREN_MAX, GOAML_LISTED_BYTES_MAX, GOAML_TAGS_MAX, GOAML_VIOLATIONS_MAX
from lintas.model.reading import Derived, ReadOptions
from tests.unit.formats.builders import packs
from tests.unit.formats.money.builders import A, B, ledger_of, rows_of
from tests.unit.formats.money.test_other_forms import goaml, transaction

XS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</xs:schema>'
TYPES = XS.format(
    '<xs:simpleType name="number"><xs:restriction base="xs:string"><xs:pattern value="T[0-9]+"/>'
    '<xs:maxLength value="4"/></xs:restriction></xs:simpleType><xs:simpleType name="money"><xs:restriction '
    'base="xs:decimal"><xs:fractionDigits value="2"/><xs:maxInclusive value="900"/></xs:restriction></xs:simpleType>'
    '<xs:simpleType name="way"><xs:restriction base="xs:string"><xs:enumeration value="A"/><xs:enumeration value="B"/>'
    "</xs:restriction></xs:simpleType>"
).encode()
ROOT = XS.format(
    '<xs:include schemaLocation="types.xsd"/><xs:element name="report"><xs:complexType><xs:sequence><xs:element '
    'name="rentity_id" type="xs:int"/><xs:element name="t" minOccurs="0" maxOccurs="unbounded"><xs:complexType>'
    '<xs:sequence><xs:element name="n" type="number"/><xs:element name="m" type="money" minOccurs="0"/><xs:element '
    'name="w" type="way" minOccurs="0"/></xs:sequence><xs:attribute name="k" use="required"/></xs:complexType>'
    "</xs:element></xs:sequence></xs:complexType></xs:element>"
).encode()
OWN = (("report.xsd", ROOT), ("types.xsd", TYPES))
ANY = XS.format('<xs:element name="report"/>').encode()


def report(*parts: str) -> bytes:
    return f"<report>\n<rentity_id>1</rentity_id>\n{chr(10).join(parts)}</report>".encode()


def said(raw: bytes, files: tuple[tuple[str, bytes], ...] = OWN) -> list[tuple[int, str, str]]:
    verdict = check_report(raw, files)
    assert verdict.problem == ""
    return [(one.line, one.path, one.sentence) for one in verdict.violations]


def test_a_report_that_holds_to_the_schema_has_no_violation() -> None:
    assert check_report(report('<t k="1"><n>T1</n><m>9.50</m><w>B</w></t>'), OWN) == Verdict(digest=schema_digest(OWN))


@pytest.mark.parametrize(
    ("part", "path", "sentence"),
    [
        ('<t k="1"><n>X1</n></t>', "/report/t/n", "Its text has not the form that the schema asks for."),
        ('<t k="1"><n>T12345</n></t>', "/report/t/n", "Its text is longer than the schema allows: 4."),
        (
            '<t k="1"><n>T1</n><m>Ali</m></t>',
            "/report/t/m",
            "Its text is not of the type that the schema asks for: money.",
        ),
        ('<t k="1"><n>T1</n><m>1.234</m></t>', "/report/t/m", "digits after the point than the schema allows: 2."),
        ('<t k="1"><n>T1</n><m>901</m></t>', "/report/t/m", "Its number is above what the schema allows: 900."),
        ('<t k="1"><n>T1</n><w>Ali</w></t>', "/report/t/w", "Its text is none of those that the schema lists."),
        ("<t><n>T1</n></t>", "/report/t", "It lacks an attribute that the schema asks for."),
        ('<t k="1" j=""><n>T1</n></t>', "/report/t", "It has an attribute that the schema does not know there."),
        ('<t k="1"/>', "/report/t", "It lacks what the schema asks for: n."),
        ('<t k="1"><n>T1</n><z/></t>', "/report/t/z", "It does not belong here; the schema expects: m, w."),
        ('<t k="1">Ali<n>T1</n></t>', "/report/t", "It holds a text, where the schema wants elements alone."),
    ],
)
def test_a_violation_is_said_plainly_with_its_line_and_path_and_without_what_it_holds(
    part: str, path: str, sentence: str
) -> None:
    (line, where, what), *_ = said(report(part))
    assert (line, where) == (3, path)
    assert what.endswith(sentence)
    assert "Ali" not in what


def test_places_are_counted_among_their_like() -> None:
    assert said(report('<t k="1"><n>T1</n></t>', '<t k="1"><n>1</n></t>'))[0][:2] == (4, "/report/t[2]/n")


@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ((("a.xsd", b"<xs"),), "no whole XML: line 1"),
        ((("a.xsd", b"<report/>"),), "describes the element report"),
        ((("a.xsd", XS.format("").encode()),), "describes the element report"),
        ((("a.xsd", ANY), ("b.xsd", ANY)), "a.xsd, b.xsd; name the one"),
        ((("a.xsd", XS.format('<xs:element name="report" type="x"/>').encode()),), "a.xsd is no schema"),
        ((("report.xsd", ROOT),), "needs types.xsd, which is no file of its folder"),
        ((("a.xsd", b"<!DOCTYPE a [<!ENTITY b SYSTEM '/etc/passwd'>]>" + ANY),), "has a document type"),
    ],
)
def test_a_schema_that_cannot_be_used_is_named(files: tuple[tuple[str, bytes], ...], problem: str) -> None:
    assert problem in check_report(report(), files).problem


@pytest.mark.parametrize("kind", ["include", "import", "redefine"])
@pytest.mark.parametrize("form", ["{}", "file://{}", "../{}", "./../..{}", "http://127.0.0.1:9{}", "%2e%2e{}"])
def test_a_schema_reads_nothing_outside_its_folder(tmp_path: Path, kind: str, form: str) -> None:
    outside = tmp_path / "outside.xsd"
    outside.write_bytes(XS.format('<xs:simpleType name="x"><xs:restriction base="xs:int"/></xs:simpleType>').encode())
    place = form.format(outside)
    space = ' namespace="urn:x"' if kind == "import" else ""
    made = XS.format(f'<xs:{kind} schemaLocation="{place}"{space}/><xs:element name="report" type="xs:int"/>').encode()
    assert "which is no file of its folder" in check_report(report(), (("a.xsd", made),)).problem


def test_a_report_does_not_choose_its_schema(tmp_path: Path) -> None:
    (tmp_path / "any.xsd").write_bytes(ANY)
    hint = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation='
    raw = report("<z/>").replace(b"<report>", f'<report {hint}"file://{tmp_path}/any.xsd">'.encode())
    assert said(raw)[0][1] == "/report/z"


def test_many_violations_are_counted_and_the_first_named() -> None:
    many = GOAML_VIOLATIONS_MAX + 7
    verdict = check_report(report(*['<t k=""><n>x</n></t>'] * many), OWN)
    assert len(verdict.violations) + verdict.further == many
    assert (len(verdict.violations), verdict.violations[-1].line) == (GOAML_VIOLATIONS_MAX, GOAML_VIOLATIONS_MAX + 2)


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        (report("<t/>" * (GOAML_CHILDREN_MAX + 1)), "holds more than 10,000 others"),
        (report("<t></t>" * (GOAML_TAGS_MAX // 2)), "more than 32 MiB or 500,000 tags"),
        (report("x" * 10_000_001), "no XML that can be held against a schema"),
    ],
)
def test_what_would_cost_too_much_is_not_looked_at(raw: bytes, problem: str) -> None:
    assert problem in check_report(raw, OWN).problem


def test_many_texts_are_not_held_against_a_long_list() -> None:
    values = "".join(
        f'<xs:enumeration value="{number:06d}"/>' for number in range(GOAML_LISTED_BYTES_MAX // 10 // 9_000)
    )
    listing = XS.format(
        '<xs:element name="report"><xs:complexType><xs:sequence><xs:element name="t" maxOccurs="unbounded">'
        f'<xs:simpleType><xs:restriction base="xs:string">{values}</xs:restriction></xs:simpleType></xs:element>'
        "</xs:sequence></xs:complexType></xs:element>"
    ).encode()
    files = (("a.xsd", listing),)
    few, many = (f"<report>{'<t>x</t>' * count}</report>".encode() for count in (2, 9_900))
    assert len(check_report(few, files).violations) == 2
    assert "too many texts for the lists" in check_report(many, files).problem


def test_a_text_that_is_too_long_for_a_pattern_spoils_no_reading() -> None:
    slow = XS.format(
        '<xs:element name="report"><xs:complexType><xs:sequence><xs:element name="t"><xs:simpleType><xs:restriction '
        'base="xs:string"><xs:pattern value=".*[a-z].*[0-9].*x"/></xs:restriction></xs:simpleType></xs:element>'
        "</xs:sequence></xs:complexType></xs:element>"
    ).encode()
    raw = f"<report><t>{'a1' * 20_000}</t></report>".encode()
    assert "too long for a pattern" in check_report(raw, (("a.xsd", slow),)).problem


def test_a_schema_is_named_as_common_tools_name_it(tmp_path: Path) -> None:
    assert schema_digest((("a.xsd", ANY),)) == sha256(ANY).hexdigest()
    for name, data in OWN:
        (tmp_path / name).write_bytes(data)
    shell = "sha256sum *.xsd | sha256sum"
    done = subprocess.run(["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split()[0] == schema_digest(OWN)


@given(st.text(alphabet='<>/="& \n', max_size=40) | st.text(max_size=20), st.integers(0, 60))
def test_any_xml_is_judged_or_said_to_be_none(piece: str, at: int) -> None:
    raw = report('<t k="1"><n>T1</n></t>')
    verdict = check_report(raw[:at] + piece.encode("utf-8", "replace") + raw[at:], OWN)
    assert all(one.sentence.isprintable() and one.path.isprintable() for one in verdict.violations)


def with_schema(data: bytes) -> Packs:
    return parse_packs(dict(packs().raw) | {"goaml/own.xsd": data})


def derived(raw: bytes, given: Packs) -> Derived:
    options = ReadOptions(region="SG")
    (piece,) = READERS["payments/1"].read(raw, options, given).slices
    assert READERS["payments/1"].derive(raw, piece.media_type, options, given) == piece.derived
    return piece.derived


def words(made: Derived) -> dict[str, str]:
    return {one.prop: one.value for one in made.statements}


def test_what_was_held_against_a_schema_says_so_with_its_digest() -> None:
    made = derived(goaml(transaction()), with_schema(ANY))
    assert words(made)["validated"] == "yes"
    assert words(made)["schemaDigest"] == sha256(ANY).hexdigest()
    assert made.rejected == ()


def test_sound_payments_of_a_report_that_breaks_the_schema_are_kept_beside_the_objections() -> None:
    strict = XS.format(
        '<xs:element name="report"><xs:complexType><xs:sequence><xs:element name="rentity_id" type="xs:int"/>'
        "</xs:sequence></xs:complexType></xs:element>"
    ).encode()
    raw = goaml(transaction())
    made, bare = derived(raw, with_schema(strict)), derived(raw, packs())
    assert words(made)["validated"] == "no"
    assert rows_of(ledger_of(made)) == rows_of(ledger_of(bare))
    assert made.read == bare.read + len(made.rejected)
    assert all(one.id.startswith("line ") and one.reason.startswith("/report") for one in made.rejected)
    assert made.rejected


def test_without_a_schema_nothing_is_said_of_one() -> None:
    assert not words(derived(goaml(transaction()), packs())).keys() & {"validated", "schemaDigest"}


def test_a_schema_that_cannot_be_used_spoils_no_reading() -> None:
    raw = goaml(transaction())
    made = derived(raw, with_schema(b"<no"))
    assert words(made)["validated"] == "not looked at"
    assert any("own.xsd is no whole XML" in note for note in made.notes)
    assert ledger_of(made) == ledger_of(derived(raw, packs()))


def test_a_report_with_a_document_type_never_meets_a_schema() -> None:
    with pytest.raises(Malformed):
        derived(b"<!DOCTYPE report>" + goaml(transaction()), with_schema(ANY))


def test_a_node_never_loads_the_library_that_validates() -> None:
    """Readers run in their own confined processes: what foreign bytes could break is not in the node's."""
    code = "import sys, lintas.formats.reader, lintas.work.intake; sys.exit('lxml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


WHOLE = """\
<?xml version="1.0" encoding="UTF-8"?>
<report><rentity_id>17</rentity_id><rentity_branch>HQ</rentity_branch><submission_code>E</submission_code>
<report_code>STR</report_code><submission_date>2026-03-02T00:00:00</submission_date>
<currency_code_local>SGD</currency_code_local><reporting_user_code>desk</reporting_user_code>
<location><address_type>-</address_type><address>1 Example Road</address><city>Singapore</city>
<country_code>SG</country_code></location><reason>an example</reason>
<transaction><transactionnumber>T1</transactionnumber><internal_ref_number>E2E-1</internal_ref_number>
<transaction_location>online</transaction_location><transaction_description>an example</transaction_description>
<date_transaction>2026-03-01T10:00:00</date_transaction><transmode_code>-</transmode_code>
<amount_local>100.00</amount_local><t_from><from_funds_code>-</from_funds_code>
<from_account><institution_name>An example</institution_name><swift>DBSSSGSG</swift><branch>1</branch>
<account>0123456789</account></from_account>
<from_country>SG</from_country></t_from><t_to><to_funds_code>-</to_funds_code>
<to_account><institution_name>An example</institution_name><swift>KASITHBK</swift>
<account>9876543210</account></to_account><to_country>TH</to_country></t_to></transaction>
<report_indicators><indicator>-</indicator></report_indicators></report>
"""


def shared(data_dir: Path, name: str) -> tuple[tuple[str, bytes], ...]:
    return ((name, (data_dir / "fincrime/goaml" / name).read_bytes()),)


@pytest.mark.parametrize("schema", ["goAMLSchema.xsd"])
def test_a_report_to_unodcs_schema_is_read_and_validated(data_dir: Path, schema: str) -> None:
    files = shared(data_dir, schema)
    assert check_report(WHOLE.encode(), files) == Verdict(digest=schema_digest(files))
    given = parse_packs(dict(packs().raw) | {f"goaml/{name}": data for name, data in files})
    made = derived(WHOLE.encode(), given)
    assert (words(made)["validated"], words(made)["schemaDigest"]) == ("yes", sha256(files[0][1]).hexdigest())
    (row,) = rows_of(ledger_of(made))
    assert (row.payer, row.payee, row.debit_minor) == (A, B, 10000)


@pytest.mark.parametrize(
    ("old", "new", "where", "sentence"),
    [
        ("<swift>DBSSSGSG</swift>", "", "/from_account/branch", "the schema expects: institution_code, swift."),
        ("2026-03-01T10:00:00", "1 March", "/transaction/date_transaction", "sql_date."),
        ("<report_code>STR</report_code>", "<report_code>XXXX</report_code>", "/report_code", "that the schema lists."),
        ("<amount_local>100.00", "<amount_local>x", "/transaction/amount_local", "sql_decimal."),
        ("<to_country>TH</to_country>", "", "/t_to", "It lacks what the schema asks for: to_country."),
    ],
)
def test_what_breaks_unodcs_schema_is_named(data_dir: Path, old: str, new: str, where: str, sentence: str) -> None:
    raw = WHOLE.replace(old, new, 1)
    assert raw != WHOLE
    found = said(raw.encode(), shared(data_dir, "goAMLSchema.xsd"))
    assert any(path.endswith(where) and what.endswith(sentence) for _, path, what in found), found


def test_the_broken_instance_beside_unodcs_schema_breaks_it(data_dir: Path) -> None:
    broken = (data_dir / "fincrime/goaml/goAMLReportDataSchema.02.xsd.xml").read_bytes()
    assert said(broken, shared(data_dir, "goAMLSchema.xsd")) == [
        (1, "/reportdata", "The schema knows no such element.")
    ]
    assert "describes the element report" in check_report(broken, shared(data_dir, "goAMLReportDataSchema.xsd")).problem
