# SPDX-License-Identifier: Apache-2.0
"""Fuzz targets of the readers: any bytes are read or refused, and what was read can be derived again and given back.

`tools/fuzz.py` runs them for a bounded time; a test runs each once on its seed.
"""

from functools import cache
from importlib import resources

from lintas.errors import OverLimit
from lintas.formats.export import layout_of, rebuild
from lintas.formats.identifiers import extract
from lintas.formats.money.reader import guess_payments
from lintas.formats.packs import Packs, parse_packs
from lintas.formats.reader import READERS, detect
from lintas.formats.table_mapping import Mapping, guess_mapping
from lintas.limits import TEXT_CHARS_MAX
from lintas.model.reading import ReadOptions

SCHEMA = b"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="report"><xs:complexType>
<xs:sequence><xs:element name="rentity_id" type="xs:int"/><xs:element name="currency_code_local">
<xs:simpleType><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{3}"/></xs:restriction></xs:simpleType>
</xs:element><xs:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/></xs:sequence></xs:complexType>
</xs:element></xs:schema>"""


@cache
def packs() -> Packs:
    folder = resources.files("lintas") / "packs"
    names = ("identifiers", "benign", "schemata")
    return parse_packs({name: (folder / f"{name}.toml").read_bytes() for name in names})


@cache
def with_schema() -> Packs:
    return parse_packs(dict(packs().raw) | {"goaml/report.xsd": SCHEMA})


def read_stix(raw: bytes) -> None:
    """Read as STIX."""
    _read("stix/1", raw)


def read_table(raw: bytes) -> None:
    """Read as a table, with its guessed mapping and again with that mapping written down."""
    _read("table/1", raw)
    mapping = guess_mapping(raw, packs(), "SG").to_json()
    assert Mapping.from_json(mapping).to_json() == mapping
    _read("table/1", raw, ReadOptions(region="SG", mapping=mapping))


def read_payments(raw: bytes) -> None:
    """Read as payments, and again with the mapping that suggests itself."""
    _read("payments/1", raw)
    mapping = guess_payments(raw, "SG")
    if mapping is not None:
        _read("payments/1", raw, ReadOptions(region="SG", mapping=mapping.to_json()))


def read_report(raw: bytes) -> None:
    """Read as payments, a goAML report against a schema too."""
    _read("payments/1", raw, given=with_schema())


def read_text(raw: bytes) -> None:
    """Read as a text."""
    _read("text/1", raw)


def read_any(raw: bytes) -> None:
    """Read by the reader that the bytes ask for."""
    _read(detect(raw, ""), raw)


def extract_text(raw: bytes) -> None:
    """Find identifiers in a text; each must stand where it says."""
    text = raw.decode("utf-8", "replace")
    if len(text) > TEXT_CHARS_MAX:
        raise OverLimit("The text is too long.")
    for mention in extract(text, packs=packs(), region="SG"):
        assert text[mention.start : mention.end] == mention.original


def _read(name: str, raw: bytes, options: ReadOptions | None = None, given: Packs | None = None) -> None:
    options, given = options or ReadOptions(region="SG"), given or packs()
    reader = READERS[name]
    container = reader.read(raw, options, given)
    payloads = [b"".join(raw[start : start + size] for start, size in each.spans) for each in container.slices]
    for payload, each in zip(payloads, container.slices, strict=True):
        assert reader.derive(payload, each.media_type, options, given) == each.derived
    inside = sum(len(each.derived.rejected) for each in container.slices)
    used = sum(each.derived.read for each in container.slices) - inside
    assert container.read == used + inside + len(container.rejected)
    assert rebuild(layout_of(container, raw), payloads.__getitem__) == raw
