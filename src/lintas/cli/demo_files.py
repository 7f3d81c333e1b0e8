# SPDX-License-Identifier: Apache-2.0
"""Input for the demo: one invented scam case with money mules, as several desks would send it.

Everything is made from a fixed seed, so that each run has the same bytes. All names say that they are examples: Contoh
(Malay), ตัวอย่าง (Thai), 示例 (Chinese); addresses lie in ranges kept for documentation (RFC 5737, RFC 2606).
Source: the flow of money follows docs on anti-scam desks: victim in SG, mules in MY and TH, cash-out in USDT.
"""

import csv
import hashlib
import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

T = TypeVar("T")

SEED: Final = "lintas demo 2"
PHONE: Final = "+60123456789"  # the caller: in the table, in the bundle and in the chat
PHONE_WRITTEN: Final = "012-345 6789"
ACCOUNT: Final = "MBBEMYKL:114011223344"  # the first mule
NAME_CHINESE: Final = "陈示例"
NAME_THAI: Final = "สมชาย ตัวอย่าง"
DOMAIN: Final = "safe-refund.example"
WALLET: Final = "TLfi9f9tSY8LEtnPZCRUbeNksjUjak229J"  # TRON base58check over a digest, nobody's
RECEIVED_AT: Final = datetime(2025, 11, 3, 1, 5, tzinfo=UTC)
ROWS: Final = 40
WAVE: Final = 800  # indicators of the wave of refund pages: the large delivery in which the link is cut
PAYEE: Final = "CONTOH TRADING"  # as the slip of the night names who was paid
REFERENCE: Final = "FT26060DEMO1"
VICTIM_NAME: Final = "Chua Contoh"  # who calls SG at night; never leaves SG
VICTIM_PHONE: Final = "+65 9123 4567"
INFORMANT_PHONE: Final = "+60123459876"  # in the TLP:RED note and nowhere else
INFORMANT_NAME: Final = "Zainal bin Contoh"
TLP_AMBER: Final = "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"  # FIRST TLP 2.0 as OASIS numbered it

MALAY_NAMES: Final = tuple(f"{one} bin Contoh" for one in ("Ali", "Budi", "Chairul", "Danial", "Effendi", "Faris"))
THAI_NAMES: Final = (NAME_THAI, "สมหญิง ตัวอย่าง", "มานะ ตัวอย่าง", "ชูใจ ตัวอย่าง")
CHINESE_NAMES: Final = (NAME_CHINESE, "王示例", "李示例", "张示例", "林示例")
BANKS: Final = (
    ("MBBEMYKL", 12),
    ("CIBBMYKL", 14),
    ("PBBEMYKL", 10),
    ("KASITHBK", 10),
    ("BKKBTHBK", 10),
    ("DBSSSGSG", 10),
)
STORIES: Final = (
    "Caller said he was from the tax office and asked for a safe-account transfer",
    "Pemanggil mendakwa pegawai bank dan meminta kod OTP",
    "ผู้โทรอ้างเป็นเจ้าหน้าที่และให้โอนเงินเพื่อตรวจสอบ",
    "对方自称公检法人员，要求把钱转到安全账户",
    "Parcel held at customs, fee to be paid by transfer",
)


def files() -> dict[str, bytes]:
    """What the anti-scam centre has of the case and may share: name -> bytes."""
    return {"reports.csv": table(), "indicators.json": bundle(), "slips.txt": chat()}


def slip_picture() -> bytes:
    """The photo of a slip, as PNG: the QR code of a DuitNow payment of RM 19,000.00, with its check sum."""
    import segno

    from lintas.formats.identifiers.checksums import crc16_ccitt_false

    account = _tlv(("00", "A0000006150001"), ("01", "603346"), ("02", "MD000000000001"))
    payment = (("53", "458"), ("54", "19000.00"), ("58", "MY"), ("59", PAYEE), ("60", "EXAMPLE CITY"))
    body = _tlv(("00", "01"), ("01", "12"), ("26", account), *payment, ("62", _tlv(("01", REFERENCE)))) + "6304"
    drawn = io.BytesIO()
    segno.make(f"{body}{crc16_ccitt_false(body.encode()):04X}", error="m").save(drawn, kind="png", scale=5, border=4)
    return drawn.getvalue()


def _tlv(*objects: tuple[str, str]) -> str:
    return "".join(f"{tag}{len(value):02}{value}" for tag, value in objects)


def own_report() -> bytes:
    """What the crime desk has already, of another case."""
    return b"A shop paid an invoice that came from billing@parts-supply.example and not from its supplier.\n"


def informant_note() -> bytes:
    """What stays home: it would tell who talks to the police."""
    text = f"{INFORMANT_NAME} talks to us from {INFORMANT_PHONE}. He says that {PHONE} is called from one house.\n"
    return text.encode()


def victim_statement() -> bytes:
    """What tells of a victim, and goes only when two people say so."""
    return b"A statement taken at the counter: the caller named the bank and the last four digits of her card.\n"


def number(*parts: object) -> int:
    """A number that depends on the seed and on nothing else."""
    text = "\n".join([SEED, *map(str, parts)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def pick(choices: Sequence[T], *parts: object) -> T:
    """One of some choices."""
    return choices[number(*parts) % len(choices)]


def table() -> bytes:
    """Reports of victims, as an anti-scam desk keeps them in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [
            "Report no",
            "Received at",
            "Payee name",
            "Bank BIC",
            "Account number",
            "Phone",
            "Website",
            "Amount",
            "Currency",
            "Notes",
        ]
    )
    for index in range(ROWS):
        writer.writerow(report(index))
    return out.getvalue().encode()


def report(index: int) -> list[str]:
    """One row. Row 3 names the caller and the first mule, rows 5 and 8 the names that the demo looks up."""
    bank, digits = pick(BANKS, "bank", index)
    account = str(number("account", index % 25) % 10**digits).rjust(digits, "7")
    name = pick((*MALAY_NAMES, *THAI_NAMES[1:], *CHINESE_NAMES[1:]), "name", index)
    phone = f"+6012345{number('phone', index % 30) % 6000:04d}"
    site = f"refund-{number('site', index % 8) % 900 + 100}.example"
    if index == 3:
        (bank, account), name, phone, site = ACCOUNT.split(":"), MALAY_NAMES[0], PHONE, DOMAIN
    if index in (5, 8):
        name = NAME_THAI if index == 5 else NAME_CHINESE
    received = RECEIVED_AT + timedelta(minutes=7 * index)
    amount = f"{number('amount', index) % 4_500_000 / 100 + 50:.2f}"
    currency = "THB" if bank[4:6] == "TH" else "SGD" if bank[4:6] == "SG" else "MYR"
    story = pick(STORIES, "story", index)
    return [f"R-{index + 1:04d}", received.isoformat(), name, bank, account, phone, site, amount, currency, story]


def bundle() -> bytes:
    """What a cyber desk sends: the site, where it stood, and the account and phone that it showed."""
    created = (RECEIVED_AT + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    desk = named("identity", created, name="Example cyber desk", identity_class="organization")
    stamped = {"created_by_ref": desk["id"], "object_marking_refs": [TLP_AMBER]}
    site = named(
        "indicator",
        created,
        name="Refund page that asks for one-time codes",
        description=f"Shown to victims after a call from {PHONE}; asks for card and one-time code.",
        pattern=f"[domain-name:value = '{DOMAIN}' OR url:value = 'https://{DOMAIN}/my/claim']",
        pattern_type="stix",
        indicator_types=["malicious-activity"],
        valid_from=created,
        confidence=80,
        **stamped,
    )
    host = named(
        "infrastructure", created, name="Host of the refund page", infrastructure_types=["phishing"], **stamped
    )
    crew = named(
        "threat-actor",
        created,
        name=f"Caller group {NAME_CHINESE}",
        description=f"Gives {PHONE_WRITTEN} as call-back; money goes to {ACCOUNT.replace(':', ' account ')}.",
        threat_actor_types=["criminal"],
        **stamped,
    )
    seen = [
        {"type": "domain-name", "value": DOMAIN},
        {"type": "ipv4-addr", "value": "203.0.113.45"},
        {"type": "url", "value": f"https://{DOMAIN}/my/claim"},
        {"type": "email-addr", "value": f"claims@{DOMAIN}"},
    ]
    observed = [{**value, "spec_version": "2.1", "id": id_of(value["type"], value["value"])} for value in seen]
    links = [
        linked(site, "indicates", crew, created, stamped),
        linked(crew, "uses", host, created, stamped),
    ]
    objects = [desk, site, host, crew, *observed, *links]
    return json.dumps(
        {"type": "bundle", "id": id_of("bundle", "demo"), "objects": objects}, indent=2, ensure_ascii=False
    ).encode()


def wave() -> bytes:
    """A wave of refund pages, as a crawler's nightly delivery: one indicator each, each a message of its own."""
    objects = []
    for index in range(WAVE):
        seen = (RECEIVED_AT + timedelta(seconds=40 * index)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        site = f"refund-{index:04d}.example"
        page = named(
            "indicator",
            seen,
            name=f"Refund page {index + 1} of {WAVE}",
            description=pick(STORIES, "wave", index),
            pattern=f"[domain-name:value = '{site}' OR url:value = 'https://{site}/claim/{number('claim', index):x}']",
            pattern_type="stix",
            indicator_types=["malicious-activity"],
            valid_from=seen,
            object_marking_refs=[TLP_AMBER],
        )
        objects.append(page)
    return json.dumps(
        {"type": "bundle", "id": id_of("bundle", "wave"), "objects": objects}, ensure_ascii=False
    ).encode()


def id_of(kind: str, what: str) -> str:
    """A STIX id whose UUID (version 4 in form) depends on the seed."""
    digits = hashlib.sha256(f"{SEED}\n{kind}\n{what}".encode()).hexdigest()
    return f"{kind}--{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"


def named(kind: str, created: str, *, name: str, **more: Any) -> dict[str, Any]:
    """One STIX 2.1 domain object."""
    identity = {"type": kind, "spec_version": "2.1", "id": id_of(kind, name), "created": created, "modified": created}
    return {**identity, "name": name, **more}


def linked(
    source: dict[str, Any], kind: str, target: dict[str, Any], created: str, stamped: dict[str, Any]
) -> dict[str, Any]:
    """One STIX 2.1 relationship."""
    return {
        "type": "relationship",
        "spec_version": "2.1",
        "id": id_of("relationship", f"{source['id']} {kind} {target['id']}"),
        "created": created,
        "modified": created,
        "relationship_type": kind,
        "source_ref": source["id"],
        "target_ref": target["id"],
        **stamped,
    }


def chat() -> bytes:
    """What a victim forwards from a chat: slips and messages in four languages, written as people write."""
    account = ACCOUNT.split(":")[1]
    spaced = f"{account[:4]} {account[4:8]} {account[8:]}"
    messages = (
        ("09:14", "Pegawai", f"Sila hubungi saya di {PHONE_WRITTEN}, jangan beritahu sesiapa."),
        ("09:16", "Pegawai", f"Pindah ke akaun Maybank {spaced} atas nama Ali bin Contoh, RM 5,000.00"),
        ("09:21", "Me", "Transfer done. Ref 20251103-0921-MBB"),
        ("09:40", "เจ้าหน้าที่", f"โอนต่อไปที่บัญชี กสิกรไทย 012-3-45678-9 ชื่อ {NAME_THAI} ด่วน"),
        ("10:02", "客服", f"请联系{NAME_CHINESE}，把剩下的转成 USDT 到 {WALLET}"),
        ("10:05", "Agent", f"Claim your refund here: hxxps://{DOMAIN.replace('.', '[.]')}/my/claim"),
        ("10:30", "Me", "My bank says the account holder already took the money out. Who can stop it?"),
    )
    return "".join(f"[03/11/2025, {at}] {who}: {text}\n" for at, who, text in messages).encode()
