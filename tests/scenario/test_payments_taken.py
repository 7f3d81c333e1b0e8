# SPDX-License-Identifier: Apache-2.0
"""Files of payments through a whole node: read by a confined process, found by their accounts."""

import json

import pytest

from lintas.formats.packs import parse_packs
from lintas.formats.reader import READERS
from lintas.model.reading import ReadOptions
from lintas.node.node import Node
from lintas.testing import OFFICER
from lintas.work.finding import find
from lintas.work.intake import TakenFile, TakeOptions, guess_mapping, take
from lintas.work.intake.recipe import reader_packs
from lintas.work.services import no_progress
from tests.unit.formats.money.builders import A, pacs008, table, transfer
from tests.unit.formats.money.test_any_bytes import FILES
from tests.unit.formats.money.test_tables import AMLSIM, BOOKED, HEAD

OPTIONS = ReadOptions(region="SG")
READ = [raw for raw in FILES if raw != table(*BOOKED)]


def test_a_confined_reader_makes_of_each_form_what_a_free_one_does(node: Node) -> None:
    packs = reader_packs(node.services.packs)
    for raw in READ:
        found = node.services.readers.read(raw, file_name="x.csv", reader=None, options=OPTIONS, packs=packs)
        assert found == READERS["payments/1"].read(raw, OPTIONS, parse_packs(packs))


@pytest.mark.parametrize("raw", [pacs008(transfer()), table(HEAD, f"2026-03-01 10:00,{A},1234,1.00,SGD,R1")])
def test_a_file_of_payments_is_one_item_and_found_by_its_accounts(node: Node, raw: bytes) -> None:
    file = TakenFile(name="payments.csv", data=raw)
    done = take(node.services, OFFICER, [file], options=TakeOptions(), progress=no_progress)
    assert (len(done.messages), done.read, done.used, done.rejected) == (1, 1, 1, [])
    found = find(node.services, OFFICER, [A])
    assert done.messages[0] in str(found)


def test_a_mapping_is_given_with_the_file_and_suggested_for_plain_ones(node: Node) -> None:
    steps = TakenFile(name="t.csv", data=table("sourceNodeId,targetNodeId,value,time", "280,15349,147.8,1"))
    options = TakeOptions(mapping=json.dumps(AMLSIM))
    done = take(node.services, OFFICER, [steps], options=options, progress=no_progress)
    assert (done.used, done.formats) == (1, ["table of payments"])
    plain = TakenFile(name="t.csv", data=table(HEAD, f"2026-03-01 10:00,{A},1234,1.00,SGD,R1"))
    assert json.loads(guess_mapping(node.services, plain))["form"] == "payments"
