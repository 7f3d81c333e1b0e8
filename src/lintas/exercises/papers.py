# SPDX-License-Identifier: Apache-2.0
"""Papers that people write in an exercise. Each says that it is one."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from lintas.exercises.world import Holder

STAMP: Final = "EXERCISE EXERCISE EXERCISE"
_BUDDHIST_ERA: Final = 543
_MONTHS: Final = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")


def moment(at: int, utc_minutes: int = 0) -> datetime:
    """A time of the exercise in a zone."""
    zone = timezone(timedelta(minutes=utc_minutes)) if utc_minutes else UTC
    return datetime.fromtimestamp(at, zone)


def rfc3339(at: int) -> str:
    """A time of the exercise as all files of ours write it."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def letter_in_thai(bank: str, number: str, at: int) -> str:
    """What a bank writes back, in Thai and in years of the Buddhist Era."""
    there = moment(at, 420)
    day = f"{there.day} {_MONTHS[there.month - 1]} {there.year + _BUDDHIST_ERA}"
    return (
        f"{STAMP}\nแบบฝึกหัด ไม่ใช่เรื่องจริง\n\n{bank}\nวันที่ {day} เวลา {there:%H:%M} น.\n\n"
        f"เรื่อง ตอบกลับคำขอตรวจสอบบัญชี {number}\n\n"
        "ธนาคารได้รับคำขอแล้ว บัญชีดังกล่าวมีเงินเข้าและโอนออกภายในไม่กี่นาที "
        "รายการเดินบัญชีจะส่งให้ทางระบบภายใน 30 นาที กรุณายืนยันยอดที่ต้องการให้ระงับเป็นหนังสือ\n\n"
        f"{STAMP}\n"
    )


def shelter_note(holder: Holder, bic: str, number: str, at: int) -> str:
    """What a shelter tells the desk of its country about the holder of an account."""
    return (
        f"{STAMP}\n\nNote of the example shelter, {moment(at):%d %b %Y %H:%M} UTC\n\n"
        f"{holder.name} ({holder.latin}) came to us today. They were held in a compound and made to open the account "
        f"{bic} {number} and to hand over the phone {holder.phone}. They did not know what it was used for. They are "
        "screened as a victim of trafficking: please treat them as one. Money in the account is not theirs.\n\n"
        f"{STAMP}\n"
    )
