# SPDX-License-Identifier: Apache-2.0
from importlib import resources

import pytest

from lintas.errors import BadPack, UnknownTerm
from lintas.formats.packs import parse_packs
from lintas.formats.schemata import fold_header, parse_schemata, schemata_of
from tests.unit.formats.builders import packs

RAW = (resources.files("lintas") / "packs" / "schemata.toml").read_bytes()


def test_the_pack_uses_only_schemes_that_the_identifier_pack_has() -> None:
    known = set(packs().identifiers.schemes)
    pack = schemata_of(packs())
    used = {*pack.scheme_columns, *pack.stix_account.values(), *pack.stix_attribute.values()}
    used |= {scheme for schemes in pack.stix_identifier.values() for scheme in schemes}
    used |= {scheme for header in pack.headers.values() for scheme in header.schemes}
    assert used <= known
    assert set(pack.scheme_columns) == known


def test_all_eighteen_cyber_observables_and_nineteen_domain_objects_have_a_schema_or_are_things() -> None:
    pack = schemata_of(packs())
    assert len(pack.stix_schema) >= 37
    assert set(pack.stix_schema.values()) <= set(pack.labels)


def test_header_words_are_folded() -> None:
    assert fold_header("  Phone_No. ") == fold_header("PHONE-NO") == "phone no"
    assert fold_header("ＩＰ　Ａｄｄｒｅｓｓ") == "ip address"


def test_a_node_without_the_pack_is_told() -> None:
    raw = {name: data for name, data in packs().raw.items() if name != "schemata"}
    with pytest.raises(UnknownTerm, match="schemata"):
        schemata_of(parse_packs(raw))


def changed(old: str, new: str) -> bytes:
    text = RAW.decode()
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff",
        b"version = ",
        RAW + b"\n[unknown]\na = 1\n",
        changed("version = 1", "version = 2"),
        changed("version = 1", 'version = "1"'),
        changed('domain-name = "Domain"', 'domain-name = "Nowhere"'),
        changed('abstract = ["title", "name"]', 'abstract = ["title", "secret"]'),
        changed('{ group = "account", prop = "accountNumber" }', '{ group = "nowhere", prop = "accountNumber" }'),
        changed('words = ["iban"]', 'words = ["email"]'),
        changed('words = ["iban"]', 'words = [".", "iban"]'),
        changed('schemes = ["uetr"]', 'schemes = ["uetr"]\nbank = true'),
        changed('schemes = ["uetr"]', 'schemes = ["nothing"]'),
        changed('schemes = ["uetr"]', ""),
        changed('default = ["name"', 'other = ["name"'),
        changed('row = { schema = "Row" }', 'row = { schema = "" }'),
    ],
)
def test_a_pack_that_does_not_hold_to_its_schema_is_refused(raw: bytes) -> None:
    with pytest.raises(BadPack):
        parse_schemata(raw)
