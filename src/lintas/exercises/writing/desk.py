# SPDX-License-Identifier: Apache-2.0
"""What comes to a desk: what a victim tells, the payment code, the chat, the bank's suspicion."""

import io
import json
from datetime import timedelta
from html import escape
from typing import Any, Final

import segno

from lintas.exercises.dice import Dice
from lintas.exercises.lands import HOUSES, LANDS, Land
from lintas.exercises.papers import STAMP, moment, rfc3339
from lintas.exercises.world import Account, Move, Report, World
from lintas.exercises.writing.booked import plain
from lintas.formats.currencies import CURRENCIES
from lintas.formats.identifiers.checksums import crc16_ccitt_false

_RAILS: Final = {"MY": "duitnow", "SG": "paynow", "TH": "promptpay"}
_SHORT: Final = {
    "en": "A caller said that my account was at risk and that I had to move the money at once.",
    "ms": "Pemanggil kata akaun saya dalam bahaya dan wang mesti dipindahkan segera.",
    "th": "คนโทรมาบอกว่าบัญชีมีปัญหา ต้องโอนเงินทันที",
    "zh": "对方说我的账户有风险，要马上转账。",
}
_BELIEVES: Final = {
    "en": "I am told that it is a scam, but he will pay it back.",
    "ms": "Orang kata ini penipuan, tetapi dia akan bayar balik.",
    "th": "เขาบอกว่าเป็นมิจฉาชีพ แต่ฉันเชื่อว่าเขาจะคืนเงิน",
    "zh": "别人说是骗局，但他说会还我。",
}
_LINES: Final = {
    "en": (
        ("Officer", "Do not tell anybody. Your account is used by criminals."),
        ("Officer", "Move {amount} to {bank} account {number}, name {name}"),
        ("Me", "Transfer done. Ref {reference}"),
        ("Officer", "Good. Wait for my call from {phone}"),
    ),
    "ms": (
        ("Pegawai", "Jangan beritahu sesiapa. Akaun anda disiasat."),
        ("Pegawai", "Pindahkan {amount} ke akaun {bank} {number} atas nama {name}"),
        ("Saya", "Sudah pindah. Rujukan {reference}"),
        ("Pegawai", "Tunggu panggilan saya dari {phone}"),
    ),
    "th": (
        ("เจ้าหน้าที่", "ห้ามบอกใคร บัญชีคุณเกี่ยวข้องกับคดี"),
        ("เจ้าหน้าที่", "โอน {amount} ไปที่ {bank} เลขที่บัญชี {number} ชื่อ {name} ด่วน"),
        ("ฉัน", "โอนแล้ว เลขอ้างอิง {reference}"),
        ("เจ้าหน้าที่", "รอสายจาก {phone}"),
    ),
    "zh": (
        ("客服", "不要告诉任何人，你的账户涉案。"),
        ("客服", "请把{amount}转到{bank} 账号 {number} 户名 {name}"),
        ("我", "转了，参考号 {reference}"),
        ("客服", "等我电话 {phone}"),
    ),
}


def report_form(world: World, report: Report) -> bytes:
    """A report as the desk's form takes it."""
    land = LANDS[report.node]
    victim, own = world.holders[report.victim], _own(world, report)
    moves = moves_of(world, report)
    payments = []
    for place, move in enumerate(moves):
        key = report.account if place == 0 else move.payee
        house = HOUSES[key.partition(":")[0]]
        payments.append(
            {
                "amount": f"{move.currency} {plain(move.minor, move.currency)}",
                "at": rfc3339(move.debit_at),
                "from_bank": own.bic,
                "to": {"value": key.partition(":")[2], "bank": house.bic, "name": _payee_name(world, move)},
                "reference": move.end_to_end,
                "rail": _RAILS.get(house.country, "") if house.country == report.node else "",
            }
        )
    caller = dice_of(world, report).below(10)
    words = _BELIEVES if report.units[0].partition(".")[2] != "1" else _SHORT
    said: dict[str, Any] = {
        "how": report.how,
        "kind": report.kind,
        "area": "online_scams",
        "language": report.language,
        "payments": payments,
        "contacts": [{"scheme": "phone", "value": f"{land.phone}{caller}"}],
        "short": f"EXERCISE. {words[report.language]}",
        "lang": report.language,
    }
    who = {
        "name": victim.name,
        "phone": victim.phone,
        "language": report.language,
        "own": {"value": own.number, "bank": own.bic},
    }
    return dumped({"report": said, "victim": who})


def slip(world: World, report: Report) -> bytes:
    """The payment code of the first payment, as a PNG: EMVCo, merchant-presented, with its check sum."""
    move = moves_of(world, report)[0]
    text = slip_text(world, move)
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="png", scale=5, border=4)
    return drawn.getvalue()


def slip_text(world: World, move: Move) -> str:
    """What the code says. Source: EMVCo QR Code Specification for Payment Systems, merchant-presented mode 1.1."""
    account = world.accounts[move.payee]
    house, holder = HOUSES[account.bic], world.holders[account.holder]
    number = CURRENCIES[move.currency].number
    inner = _account_information(house.country, house.code, account.number, holder.phone)
    payment = (("53", number), ("54", plain(move.minor, move.currency)), ("58", house.country))
    name = "".join(char for char in holder.latin.upper() if char.isascii())[:25]
    rest = (("59", name), ("60", "EXERCISE CITY"), ("62", _tlv(("05", move.end_to_end))))
    body = _tlv(("00", "01"), ("01", "12"), inner, *payment, *rest) + "6304"
    return f"{body}{crc16_ccitt_false(body.encode()):04X}"


def _account_information(country: str, code: str, number: str, phone: str) -> tuple[str, str]:
    match country:
        case "TH":
            return "29", _tlv(("00", "A000000677010111"), ("04", f"{code}{number}"))
        case "SG":
            return "26", _tlv(("00", "SG.PAYNOW"), ("01", "0"), ("02", phone), ("03", "0"))
        case "MY":
            return "26", _tlv(("00", "A0000006150001"), ("01", code), ("02", number))
        case "VN":
            payee = _tlv(("00", code), ("01", number))
            return "38", _tlv(("00", "A000000727"), ("01", payee), ("02", "QRIBFTTA"))
        case _:
            return "26", _tlv(("00", f"{country}.EXERCISE"), ("01", code), ("02", number))


def _tlv(*objects: tuple[str, str]) -> str:
    return "".join(f"{tag}{len(value):02}{value}" for tag, value in objects)


def chat(world: World, report: Report) -> bytes:
    """The chat that the victim forwards, in their language."""
    move = moves_of(world, report)[0]
    land: Land = LANDS[report.node]
    account = world.accounts[move.payee]
    dice = dice_of(world, report)
    words = {
        "amount": f"{move.currency} {plain(move.minor, move.currency)}",
        "bank": HOUSES[account.bic].name,
        "number": account.number,
        "name": _payee_name(world, move),
        "reference": move.end_to_end,
        "phone": f"{land.phone}{dice.below(10)}",
    }
    at = moment(move.debit_at, land.utc_minutes) - timedelta(minutes=dice.between(8, 20))
    lines = [f"[{at:%d/%m/%Y, %H:%M}] {STAMP}"]
    for who, text in _LINES[report.language]:
        lines.append(f"[{at:%d/%m/%Y, %H:%M}] {who}: {text.format(**words)}")
        at += timedelta(minutes=dice.between(2, 5))
    return ("\n".join(lines) + "\n").encode()


def goaml(world: World, report: Report) -> bytes:
    """The suspicious transaction report of the bank that was told, as goAML XML.

    Source: UNODC goAML standard schema: report, transaction, t_from_my_client, t_to.
    """
    moves = moves_of(world, report)
    own = _own(world, report)
    transactions = "".join(_transaction(world, move) for move in moves)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f"<!-- {STAMP} -->\n<report><rentity_id>1</rentity_id><rentity_branch>{own.bic}</rentity_branch>"
        f"<submission_code>E</submission_code><report_code>STR</report_code><entity_reference>EXERCISE {report.ref}"
        f"</entity_reference><submission_date>{_naive(report.at)}</submission_date>"
        f"<currency_code_local>{own.currency}</currency_code_local>"
        f"<reason>EXERCISE: the client says that the payment was obtained by deception.</reason>\n{transactions}"
        "<report_indicators><indicator>SCAM</indicator></report_indicators></report>\n"
    ).encode()


def _transaction(world: World, move: Move) -> str:
    payer, payee = world.accounts[move.payer], world.accounts[move.payee]
    return (
        f"<transaction><transactionnumber>{move.end_to_end}</transactionnumber>"
        f"<internal_ref_number>{move.id}</internal_ref_number>"
        f"<date_transaction>{_naive(move.debit_at)}</date_transaction><transmode_code>ELECTRONIC</transmode_code>"
        f"<amount_local>{plain(move.minor, move.currency)}</amount_local>"
        f"<t_from_my_client><from_funds_code>TRF</from_funds_code>{_goaml_account(world, payer, 'from')}"
        f"<from_country>{payer.country}</from_country></t_from_my_client>"
        f"<t_to><to_funds_code>TRF</to_funds_code>{_goaml_account(world, payee, 'to')}"
        f"<to_country>{payee.country}</to_country></t_to></transaction>\n"
    )


def _goaml_account(world: World, account: Account, side: str) -> str:
    name = escape(world.holders[account.holder].latin, quote=False)
    return (
        f"<{side}_account><institution_name>{escape(HOUSES[account.bic].name, quote=False)}</institution_name>"
        f"<swift>{account.bic}</swift><account>{account.number}</account>"
        f"<currency_code>{account.currency}</currency_code><account_name>{name}</account_name></{side}_account>"
    )


def _naive(at: int) -> str:
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S")


def moves_of(world: World, report: Report) -> list[Move]:
    """The payments that a report tells of, in their order."""
    wanted = set(report.moves)
    return [move for move in world.moves if move.id in wanted]


def dice_of(world: World, report: Report) -> Dice:
    """Dice for small things of one report's papers."""
    return Dice(f"{world.scenario}/{world.seed}/papers/{report.ref}")


def dumped(said: dict[str, Any]) -> bytes:
    """JSON as all files of an exercise write it."""
    return (json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _own(world: World, report: Report) -> Account:
    return world.accounts[moves_of(world, report)[0].payer]


def _payee_name(world: World, move: Move) -> str:
    return world.holders[world.accounts[move.payee].holder].name
