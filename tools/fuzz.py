# SPDX-License-Identifier: Apache-2.0
"""Fuzz each function that reads foreign bytes: only our own errors may leave it.

    tools/fuzz.py --minutes 60              all targets in turn, the time shared out
    tools/fuzz.py --minutes 5 --target X    one of them

Coverage guides the search (libFuzzer through atheris, which has wheels for CPython 3.11 only). What was found before is
kept in .cache/fuzz and tried first; the input of a failure is left there and named.
"""

import argparse
import importlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache/fuzz"
INPUT_BYTES_MAX = 8192  # a small batch or descriptor; longer ones cost more than they find
CALL_S_MAX = 10
MEMORY_MB_MAX = 2048
HASH = "A" * 43 + "="
SIGNED = f"\n\N{EM DASH} example.org/log/1 {'A' * 91}=\n"
CHECKPOINT = f"example.org/log/1\n7\n{HASH}\n"

PEER = ROOT / "docs" / "spec" / "vectors" / "peer"
DESCRIPTOR = (PEER / "descriptor.json").read_text(encoding="utf-8")
BATCH = (PEER / "batch.json").read_text(encoding="utf-8").partition('"signed":')[2][:-1]

STIX = (
    '{"type":"bundle","objects":[{"type":"indicator","id":"indicator--1","pattern_type":"stix",'
    '"pattern":"[url:value = \'http://x.example/\' AND file:hashes.MD5 IN (\'a\')]","labels":["tlp:red"]}]}'
)
TRANSFERS = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf><GrpHdr><MsgId>1</MsgId>'
    "<CreDtTm>2026-01-01T00:00:00Z</CreDtTm><NbOfTxs>1</NbOfTxs><CtrlSum>1.00</CtrlSum></GrpHdr><CdtTrfTxInf><PmtId>"
    '<EndToEndId>E1</EndToEndId></PmtId><IntrBkSttlmAmt Ccy="SGD">1.00</IntrBkSttlmAmt><DbtrAcct><Id><Othr><Id>'
    "0123456789</Id></Othr></Id></DbtrAcct><CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct></CdtTrfTxInf>"
    "</FIToFICstmrCdtTrf></Document>"
)
BOOKED = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Acct><Id><Othr><Id>1234'
    '</Id></Othr></Id></Acct><Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="SGD">1</Amt><CdtDbtInd>CRDT'
    '</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal><Ntry><Amt Ccy="SGD">1</Amt><CdtDbtInd>DBIT</CdtDbtInd><BookgDt><Dt>'
    "2026-01-01</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>"
)
LINES = (
    ":20:1\n:25:DBSSSGSG/0123456789\n:28C:1/1\n:60F:C260101SGD1,00\n:61:2601010101D1,00NTRFREF//B1\n"
    ":86:?20EREF+1?30KASITHBK?319876543210\n:62F:C260101SGD0,00\n-"
)
RETURNED = (
    '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.004.001.09"><PmtRtr><GrpHdr><MsgId>1</MsgId><CreDtTm>'
    "2026-01-01T00:00:00Z</CreDtTm></GrpHdr><TxInf><RtrId>R1</RtrId><OrgnlEndToEndId>E1</OrgnlEndToEndId>"
    '<RtrdIntrBkSttlmAmt Ccy="SGD">1.00</RtrdIntrBkSttlmAmt><OrgnlTxRef><DbtrAcct><Id><IBAN>DE89370400440532013000'
    "</IBAN></Id></DbtrAcct><CdtrAcct><Id><Othr><Id>0123456789</Id></Othr></Id></CdtrAcct></OrgnlTxRef></TxInf></PmtRtr>"
    "</Document>"
)
REPORT = (
    "<report><rentity_id>1</rentity_id><currency_code_local>SGD</currency_code_local><transaction><transactionnumber>T1"
    "</transactionnumber><date_transaction>2026-01-01T10:00:00</date_transaction><amount_local>1.00</amount_local>"
    "<t_from_my_client><from_account><swift>DBSSSGSG</swift><account>0123456789</account></from_account>"
    "</t_from_my_client><t_to><to_person><first_name>A</first_name></to_person></t_to></transaction></report>"
)
CHAIN = (
    '[{"hash":"0x0000000000000000","from":"0x1","to":"0x2","value":"1500","tokenSymbol":"USDT","tokenDecimal":"3",'
    '"timeStamp":"1772330400"}]'
)
TOLD = (
    '{"account":"0123456789","at":"2026-01-01T02:00:00Z","bank_ref":"1","bookings":[{"at":"2026-01-01T01:00:00Z","id":"1",'
    '"minor":5,"other":"DBSSSGSG:987654321","side":"credit"}],"coverage":{"end":"2026-01-01T02:00:00Z","start":'
    '"2026-01-01T00:00:00Z","opening":0,"closing":5},"currency":"SGD","id":"0","key":"DBSSSGSG:0123456789","state":"done",'
    '"v":1}'
)
PAID = (
    "date,from,to,amount,currency,reference\n2026-01-01 10:00,DBSSSGSG:0123456789,1234,1.00,SGD,R1\n"
    '01/02/2026,1,2,"1,000.5",JPY,\n'
)
TABLE = 'Name,Phone,Account no,Bank,TLP,Remarks\nA,+6561234567,1234567890,DBS,RED,"see\nx.example"\nB,1,2,3,,\n'
TEXT = "call +65 6123 4567, see hxxps://pay[.]example[.]com or mail a (at) b.example, 192.0.2.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A function that reads foreign bytes, and one input near to a good one from which the search starts."""

    place: str  # module:function
    seed: str
    takes_text: bool = False


ANSWER = (
    '{"rawId":"AAAA","response":{"authenticatorData":"'
    + "A" * 50
    + '","clientDataJSON":"eyJ0eXBlIjoid2ViYXV0aG4uZ2V0In0",'
    '"signature":"AAAA"}}'
)
CLAIMS = (
    '{"iss":"https://id.example","aud":"lintas","exp":1772323300,"iat":1772323200,"jti":"a","sub":"b","sid":"c",'
    '"events":{"http://schemas.openid.net/event/backchannel-logout":{}}}'
)
TOKEN = "eyJhbGciOiJFUzI1NiIsImtpZCI6ImEifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUifQ." + "A" * 86
ACCESS = (ROOT / "src" / "lintas" / "packs" / "access.toml").read_text(encoding="utf-8")
UPLOAD = "a.zip\nPK\x03\x04\x14" + "\0" * 25 + "PK\x01\x02" + "\0" * 42 + "PK\x05\x06" + "\0" * 18
COSE_KEY = "\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20" + "A" * 32
BANK_ANSWER = (
    '{"v":1,"id":"' + "a" * 32 + '","kind":"hold","account":"123","state":"done","at":"2026-03-01T03:00:00Z",'
    '"blocked":{"minor":5,"currency":"SGD"},"tainted":null,"whole":false,"bank_ref":"B1","reason":"","hold":"active"}'
)
CAMT_029 = (
    '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.029.001.09"><RsltnOfInvstgtn><Assgnmt>'
    "<Id>1</Id><CreDtTm>2026-01-01T00:00:00Z</CreDtTm></Assgnmt><Sts><Conf>CNCL</Conf></Sts><CxlDtls><TxInfAndSts>"
    '<RsltnRltdInf><IntrBkSttlmAmt Ccy="SGD">1.00</IntrBkSttlmAmt></RsltnRltdInf></TxInfAndSts></CxlDtls>'
    "</RsltnOfInvstgtn></Document>"
)
CHAT = "[01/03/2026, 10:32] A: paid RM 25,000 at 9:15pm to Maybank 164012345678 name: EXAMPLE, โอน ๒๕ บาท 1 มี.ค. 2569"
PAYMENT_CODE = (
    "00020101021229370016A000000677010111011300668123456785303764540825000.005802TH"
    "5912EXAMPLE SHOP6012EXAMPLE CITY63047375"
)
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAAAAAC4HznGAAAAEElEQVR42mNgZGJmYGFlAwAARgAWn/Rn" + ("8AAAAABJRU5ErkJggg==")

TARGETS = {
    "access": Target(place="lintas.formats.access:parse_access", seed=ACCESS),
    "answer": Target(place="tests.fuzz.people:read_answer", seed=ANSWER),
    "bank": Target(place="lintas.formats.bank:read_answer", seed=BANK_ANSWER),
    "batch": Target(place="tests.fuzz.peers:read_batch", seed=BATCH),
    "canonical": Target(place="lintas.crypto.canonical:parse_canonical", seed='{"a":[1,"x",null,true],"b":{"c":-7}}'),
    "claims": Target(place="tests.fuzz.people:read_claims", seed=CLAIMS),
    "cose": Target(place="tests.fuzz.people:read_public", seed=COSE_KEY),
    "chat": Target(place="tests.fuzz.slips:read_pasted", seed=CHAT),
    "checkpoint": Target(place="lintas.crypto.checkpoint:parse_checkpoint", seed=CHECKPOINT, takes_text=True),
    "descriptor": Target(place="lintas.formats.peer.descriptor:read_descriptor", seed=DESCRIPTOR),
    "envelope": Target(
        place="lintas.crypto.envelope:decode_envelope",
        seed='{"payload":"e30=","payloadType":"application/vnd.lintas.header+json","signatures":[{"keyid":"ed25519:'
        + "0" * 64
        + '","sig":"AAAA"}]}',
    ),
    "note": Target(place="lintas.crypto.note:parse_note", seed=CHECKPOINT + SIGNED),
    "payment_code": Target(place="tests.fuzz.slips:read_code", seed=PAYMENT_CODE),
    "picture": Target(place="tests.fuzz.slips:read_picture", seed=PICTURE),
    "pem": Target(
        place="lintas.crypto.signing:SigningKey.from_pem",
        seed="-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAA\n-----END PRIVATE KEY-----\n",
    ),
    "receipt": Target(
        place="lintas.crypto.proof:parse_receipt",
        seed=f"c2sp.org/tlog-proof@v1\nindex 3\n{HASH}\n{HASH}\n\n{CHECKPOINT}{SIGNED}",
    ),
    "stix": Target(place="tests.fuzz.readers:read_stix", seed=STIX),
    "payments": Target(place="tests.fuzz.readers:read_payments", seed=TRANSFERS),
    "payments_lines": Target(place="tests.fuzz.readers:read_payments", seed=LINES),
    "payments_statement": Target(place="tests.fuzz.readers:read_payments", seed=BOOKED),
    "payments_return": Target(place="tests.fuzz.readers:read_payments", seed=RETURNED),
    "payments_report": Target(place="tests.fuzz.readers:read_report", seed=REPORT),
    "payments_chain": Target(place="tests.fuzz.readers:read_payments", seed=CHAIN),
    "payments_told": Target(place="tests.fuzz.readers:read_payments", seed=TOLD),
    "payments_table": Target(place="tests.fuzz.readers:read_payments", seed=PAID),
    "table": Target(place="tests.fuzz.readers:read_table", seed=TABLE),
    "text": Target(place="tests.fuzz.readers:read_text", seed=TEXT),
    "detect": Target(place="tests.fuzz.readers:read_any", seed=STIX),
    "extract": Target(place="tests.fuzz.readers:extract_text", seed=TEXT),
    "token": Target(place="tests.fuzz.people:read_token", seed=TOKEN),
    "resolution": Target(place="lintas.formats.iso20022:read_resolution", seed=CAMT_029),
    "upload": Target(place="tests.fuzz.people:judge", seed=UPLOAD),
    "vkey": Target(place="lintas.crypto.note:parse_vkey", seed=f"example.org/log/1+12345678+{HASH}", takes_text=True),
}


def load(place: str) -> Callable[[bytes | str], object]:
    """Import what `module:function` names."""
    module, _, path = place.partition(":")
    found: object = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    assert callable(found)
    return found


def fuzz_here(name: str, seconds: int) -> None:
    """Fuzz one target in this process, which libFuzzer ends."""
    import atheris  # noqa: PLC0415 - only the fuzz ring has it

    target = TARGETS[name]
    sys.path.insert(0, str(ROOT))  # for the targets in tests/fuzz
    with atheris.instrument_imports(include=["lintas"]):
        read = load(target.place)
        from lintas.errors import LintasError  # noqa: PLC0415 - must be the instrumented one

    def try_once(raw: bytes) -> None:
        try:
            read(raw.decode("utf-8", "replace") if target.takes_text else raw)
        except LintasError:
            return

    corpus = CACHE / name
    corpus.mkdir(parents=True, exist_ok=True)
    (corpus / "seed").write_text(target.seed, "utf-8")
    flags = {
        "-max_total_time": seconds,
        "-max_len": INPUT_BYTES_MAX,
        "-timeout": CALL_S_MAX,
        "-rss_limit_mb": MEMORY_MB_MAX,
        "-artifact_prefix": f"{CACHE}/{name}-",
        "-verbosity": 0,
    }
    atheris.Setup([sys.argv[0], *(f"{flag}={value}" for flag, value in flags.items()), str(corpus)], try_once)
    atheris.Fuzz()


def main() -> None:
    """Fuzz one target, or all in turn."""
    parser = argparse.ArgumentParser(description="Fuzz what reads foreign bytes.")
    parser.add_argument("--minutes", type=float, default=10, help="for all targets together")
    parser.add_argument("--target", choices=sorted(TARGETS))
    asked = parser.parse_args()
    seconds = int(asked.minutes * 60)
    if asked.target:
        fuzz_here(asked.target, seconds)
        return
    each_s = max(1, seconds // len(TARGETS))
    failed = []
    for name in TARGETS:
        command = [sys.executable, __file__, "--target", name, "--minutes", str(each_s / 60)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            failed.append(name)
            print(f"fuzz {name:<12} FAILED\n{done.stdout}{done.stderr}")
        else:
            inputs = len(list((CACHE / name).iterdir()))
            print(f"fuzz {name:<12} nothing found in {each_s} s; {inputs} inputs kept")
    if failed:
        sys.exit(f"fuzz: {', '.join(failed)}: the input stands in {CACHE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
