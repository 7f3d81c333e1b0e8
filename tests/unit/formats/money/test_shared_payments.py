# SPDX-License-Identifier: Apache-2.0
"""Files of payments that others wrote: all of each is read."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from lintas.errors import LintasError
from lintas.formats.detect import detect
from lintas.formats.money.reader import PaymentsReader
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import checked, packs
from tests.unit.formats.money.builders import ledger_of, payments
from tests.unit.formats.money.test_tables import AMLSIM


def test_every_transfer_of_fedwire_is_read(data_dir: Path) -> None:
    files = sorted(data_dir.glob("fincrime/iso20022-fedwire/pkg/models/CustomerCreditTransfer/swiftSample/*"))
    assert len(files) == 32
    for path in files:
        raw = path.read_bytes()
        assert detect(raw, path.name) == "payments/1", path
        (row,) = payments(raw)
        assert row.payer.startswith(("USABA", "BANZBEBB:")), path
        assert row.reference.startswith("uetr:"), path
        assert row.credit_minor > 0, path
        assert row.debit_minor >= row.credit_minor or row.debit_currency != row.credit_currency, path
        assert (row.credit_currency, row.kind) == ("USD", "transfer"), path


@pytest.mark.slow  # a quarter of a million payments
@pytest.mark.parametrize(("name", "count"), [("20K_cycle200", 117_805), ("20K_fanin200", 118_250)])
def test_simulated_graphs_are_read_by_a_mapping(data_dir: Path, name: str, count: int) -> None:
    packed = io.BytesIO((data_dir / f"fincrime/amlsim/sample/{name}.tgz").read_bytes())
    with tarfile.open(fileobj=packed) as archive:
        member = archive.extractfile(f"{name}/transactions.csv")
        assert member is not None
        raw = member.read()
    options = ReadOptions(region="SG", mapping=json.dumps(AMLSIM))
    (piece,) = PaymentsReader().read(raw, options, packs()).slices
    derived = piece.derived
    assert (derived.read, derived.rejected) == (count, ())
    ledger = ledger_of(derived)
    assert ledger.count == count
    assert "USD" in ledger.words


def test_schemata_of_reports_are_no_reports(data_dir: Path) -> None:
    for path in sorted(data_dir.glob("fincrime/goaml/*")):
        raw = path.read_bytes()
        assert detect(raw, path.name) != "payments/1", path
        with pytest.raises(LintasError):
            checked(raw, "payments/1", ReadOptions(region="SG"))
