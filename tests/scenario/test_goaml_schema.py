# SPDX-License-Identifier: Apache-2.0
"""An operator names the schema of goAML reports; readers hold reports against it, and the node says if they can."""

from pathlib import Path

import pytest

from lintas.errors import BadInput, NodeDamaged
from lintas.limits import GOAML_SCHEMA_BYTES_MAX
from lintas.model.ids import MessageId
from lintas.model.intake_answers import Taken
from lintas.model.node_answers import Check
from lintas.testing import OFFICER, a_node
from lintas.work.finding import show_message
from lintas.work.intake import TakenFile, TakeOptions, take
from lintas.work.keeping import doctor, rebuild
from lintas.work.services import Services, no_progress

XS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{}</xs:schema>'
ROOT = XS.format(
    '<xs:include schemaLocation="parts.xsd"/><xs:element name="report"><xs:complexType><xs:sequence><xs:element '
    'name="rentity_id" type="small"/><xs:any maxOccurs="unbounded" processContents="skip"/></xs:sequence>'
    "</xs:complexType></xs:element>"
)
PARTS = XS.format(
    '<xs:simpleType name="small"><xs:restriction base="xs:int"><xs:maxInclusive value="20"/></xs:restriction>'
    "</xs:simpleType>"
)
REPORT = (
    "<report>\n<rentity_id>{}</rentity_id><currency_code_local>SGD</currency_code_local><transaction><transactionnumber>"
    "T1</transactionnumber><date_transaction>2026-03-01T10:00:00</date_transaction><amount_local>100.00</amount_local>"
    "<t_from_my_client><from_account><swift>DBSSSGSG</swift><account>0123456789</account></from_account>"
    "</t_from_my_client><t_to><to_account><swift>KASITHBK</swift><account>9876543210</account></to_account></t_to>"
    "</transaction></report>"
)


def with_schema(folder: Path, files: dict[str, str], setting: str = "packs/goaml") -> None:
    """Make a node and name its schema."""
    with a_node(folder):
        pass
    place = folder / "node" / "packs" / "goaml"
    place.mkdir(parents=True)
    for name, text in files.items():
        (place / name).write_text(text, "utf-8")
    with (folder / "node" / "node.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'goaml_schema = "{setting}"\n')


def taken(services: Services, number: int) -> Taken:
    file = TakenFile(name="report.xml", data=REPORT.format(number).encode())
    return take(services, OFFICER, [file], options=TakeOptions(), progress=no_progress)


def said(services: Services, message: str) -> dict[str, str]:
    return {one.prop: one.value for one in show_message(services, OFFICER, MessageId(message)).statements}


def looked(services: Services) -> Check:
    (found,) = (check for check in doctor(services).checks if check.name == "goaml")
    return found


def test_reports_are_held_against_the_schema_that_the_settings_name(tmp_path: Path) -> None:
    with_schema(tmp_path, {"report.xsd": ROOT, "parts.xsd": PARTS, "read.me": "no schema"})
    with a_node(tmp_path) as node:
        check = looked(node.services)
        assert check.ok and "a schema of 2 files" in check.detail
        good, bad = taken(node.services, 17), taken(node.services, 21)
        assert said(node.services, good.messages[0])["validated"] == "yes"
        assert (good.used, good.rejected) == (1, [])
        assert said(node.services, bad.messages[0])["validated"] == "no"
        assert said(node.services, bad.messages[0])["schemaDigest"][:16] in check.detail
        (objection,) = bad.rejected
        assert (objection.id, bad.used) == ("line 2", 1)
        assert objection.reason == "/report/rentity_id: Its number is above what the schema allows: 20."
    (tmp_path / "node" / "packs" / "goaml" / "parts.xsd").write_text(PARTS.replace('"20"', '"30"'), "utf-8")
    with a_node(tmp_path) as node:
        assert rebuild(node.services, progress=no_progress).changed == [], "what was read stays as it was read"
        assert said(node.services, bad.messages[0])["validated"] == "no"
        assert rebuild(node.services, read_again=True, progress=no_progress).read_again == 2
        assert said(node.services, bad.messages[0])["validated"] == "yes"


def test_without_a_setting_the_node_says_so(tmp_path: Path) -> None:
    with a_node(tmp_path) as node:
        assert looked(node.services) == Check(
            name="goaml", ok=True, detail="no schema is set; reports are read without one"
        )


def test_a_schema_that_lacks_a_part_is_said_and_reports_are_read_without_it(tmp_path: Path) -> None:
    with_schema(tmp_path, {"report.xsd": ROOT})
    with a_node(tmp_path) as node:
        check = looked(node.services)
        assert not check.ok
        assert "needs parts.xsd" in check.detail and "goaml_schema" in check.hint
        one = taken(node.services, 21)
        assert (one.used, one.rejected) == (1, [])
        assert said(node.services, one.messages[0])["validated"] == "not looked at"


@pytest.mark.parametrize("setting", ["packs/goaml", "packs/goaml/none.xsd", "nowhere"])
def test_a_schema_that_is_not_there_stops_the_start(tmp_path: Path, setting: str) -> None:
    with_schema(tmp_path, {"read.me": "no schema"}, setting)
    with pytest.raises(NodeDamaged) as caught, a_node(tmp_path):
        pass
    assert "goaml_schema" in caught.value.hint


def test_a_schema_that_is_too_large_stops_the_start(tmp_path: Path) -> None:
    with_schema(tmp_path, {"report.xsd": " " * (GOAML_SCHEMA_BYTES_MAX + 1)})
    with pytest.raises(NodeDamaged, match="more than 64 files and 8 MiB"), a_node(tmp_path):
        pass


def test_a_setting_of_another_kind_is_refused(tmp_path: Path) -> None:
    with_schema(tmp_path, {})
    settings = tmp_path / "node" / "node.toml"
    settings.write_text(settings.read_text("utf-8").replace('"packs/goaml"', "7"), "utf-8")
    with pytest.raises(BadInput, match="goaml_schema"), a_node(tmp_path):
        pass
