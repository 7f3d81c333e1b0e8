# SPDX-License-Identifier: Apache-2.0
"""Measure the reader of payments alone, on one core: bytes to the columns of a ledger, accounts and identifiers too.

Processor time, not the clock: a reader process has one core, and others may use this machine.
"""

import gc
import random
import time
import uuid
from importlib import resources
from typing import Final

from measuring import Bench, median, spread

from lintas.formats.money.reader import PaymentsReader
from lintas.formats.packs import Packs, parse_packs
from lintas.model.reading import ReadOptions

TABLE_TARGET: Final = 200_000  # rows a second
XML_TARGET: Final = 5_000  # payments a second
_SEED: Final = 7
_ACCOUNTS: Final = 20_000
_TRANSFER: Final = (
    "<CdtTrfTxInf><PmtId><InstrId>I{n}</InstrId><EndToEndId>E{n}</EndToEndId><UETR>{uetr}</UETR></PmtId><PmtTpInf>"
    '<LclInstrm><Prtry>INST</Prtry></LclInstrm></PmtTpInf><IntrBkSttlmAmt Ccy="SGD">{amount}</IntrBkSttlmAmt>'
    "<IntrBkSttlmDt>2026-03-01</IntrBkSttlmDt><AccptncDtTm>2026-03-01T10:{minute:02d}:{second:02d}+08:00</AccptncDtTm>"
    "<ChrgBr>SLEV</ChrgBr><InstgAgt><FinInstnId><BICFI>EXMPSGS0</BICFI></FinInstnId></InstgAgt><InstdAgt><FinInstnId>"
    "<BICFI>SMPLTHB0</BICFI></FinInstnId></InstdAgt><Dbtr><Nm>Example One</Nm><PstlAdr><StrtNm>Road</StrtNm><BldgNb>1"
    "</BldgNb><PstCd>1</PstCd><TwnNm>Town</TwnNm><Ctry>SG</Ctry></PstlAdr></Dbtr><DbtrAcct><Id><Othr><Id>{payer:010d}</Id>"
    "</Othr></Id></DbtrAcct><DbtrAgt><FinInstnId><BICFI>EXMPSGS0</BICFI></FinInstnId></DbtrAgt><CdtrAgt><FinInstnId>"
    "<BICFI>SMPLTHB0</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>Example Two</Nm><PstlAdr><StrtNm>Road</StrtNm><TwnNm>Town"
    "</TwnNm><Ctry>TH</Ctry></PstlAdr></Cdtr><CdtrAcct><Id><Othr><Id>{payee:010d}</Id></Othr></Id></CdtrAcct><RmtInf>"
    "<Ustrd>invoice {n}</Ustrd></RmtInf></CdtTrfTxInf>\n"
)


def invented_table(count: int) -> bytes:
    """A day of payments with plain headers, each with a time, an amount and a reference of its own."""
    dice = random.Random(_SEED)  # noqa: S311 - invented data
    accounts = [f"EXMPSGS0:{n:010d}" for n in range(min(_ACCOUNTS, count))]
    lines = ["date,from,to,amount,currency,reference"]
    for n in range(count):
        minute, second = divmod(n * 7, 60)
        hour, minute = divmod(minute, 60)
        at = f"2026-03-{1 + hour // 24 % 28:02d}T{hour % 24:02d}:{minute:02d}:{second:02d}+08:00"
        amount = f"{dice.randrange(1, 10**7) / 100:.2f}"
        lines.append(f"{at},{dice.choice(accounts)},{dice.choice(accounts)},{amount},SGD,R{n}")
    return "\n".join(lines).encode()


def invented_transfers(count: int) -> bytes:
    """A pacs.008 with addresses and remittance, as banks write it: 1.1 kB a payment."""
    dice = random.Random(_SEED)  # noqa: S311 - invented data
    parts = []
    for n in range(count):
        minor = dice.randrange(1, 10**7)
        parts.append(
            _TRANSFER.format(
                n=n,
                uetr=uuid.UUID(int=dice.getrandbits(128), version=4),
                amount=f"{minor // 100}.{minor % 100:02d}",
                minute=n // 60 % 60,
                second=n % 60,
                payer=dice.randrange(_ACCOUNTS),
                payee=dice.randrange(_ACCOUNTS),
            )
        )
    head = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf><GrpHdr><MsgId>M1</MsgId>'
        f"<CreDtTm>2026-03-01T10:00:00+08:00</CreDtTm><NbOfTxs>{count}</NbOfTxs></GrpHdr>"
    )
    return f"{head}{''.join(parts)}</FIToFICstmrCdtTrf></Document>".encode()


def measure_reading(bench: Bench) -> None:
    """Read a table and a pacs.008, three times each."""
    packs = _packs()
    gc.set_threshold(50_000, 20, 100)  # as reader processes do
    for what, raw, count, target in (
        ("payments of a table, read", invented_table(_many(bench, 600_000)), _many(bench, 600_000), TABLE_TARGET),
        ("payments of a pacs.008, read", invented_transfers(_many(bench, 40_000)), _many(bench, 40_000), XML_TARGET),
    ):
        rates = []
        for _ in range(3):
            start = time.process_time()
            container = PaymentsReader().read(raw, ReadOptions(region="SG"), packs)
            rates.append(count / (time.process_time() - start))
            assert container.read == count
            assert container.slices[0].derived.rejected == ()
        said = {"spread": spread(rates), "payments": count, "megabytes": round(len(raw) / 1e6)}
        bench.say(what, median(rates), "/s of one core", target=f"{target:,}", **said)


def _many(bench: Bench, count: int) -> int:
    return 2_000 if bench.small else count


def _packs() -> Packs:
    folder = resources.files("lintas") / "packs"
    return parse_packs({name: (folder / f"{name}.toml").read_bytes() for name in ("identifiers", "benign", "schemata")})
