# SPDX-License-Identifier: Apache-2.0
"""Countries of an exercise: money, banks, names, shops. All of it is invented; what is real is the form.

No bank here exists: a BIC whose eighth character is 0 is for test and training (ISO 9362), and a number of an account
at one leads nowhere. Names say that they are examples, in the script of the country.
"""

from dataclasses import dataclass
from typing import Final

USD_MINOR: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A bank, a wallet or an exchange."""

    bic: str
    name: str
    country: str
    kind: str = "bank"  # bank | wallet | exchange
    digits: int = 12  # of its account numbers
    files: str = "csv"  # format of its house: pacs008 | camt053 | mt940 | csv
    code: str = ""  # under which the country's payment codes know it


@dataclass(frozen=True, slots=True, kw_only=True)
class Land:
    """One country."""

    code: str
    name: str  # of its desk
    currency: str
    rate: tuple[int, int]  # so many minor units of its money are so many US cents
    language: str
    utc_minutes: int
    houses: tuple[House, ...]
    given: tuple[str, ...]  # as written there
    family: tuple[str, ...]  # empty where people have none
    latin: tuple[str, ...]  # one for each of `given`, for files that know no other script
    employers: tuple[str, ...]
    shops: tuple[str, ...]
    phone: str  # up to the last digit
    salary: tuple[int, int]  # whole units
    limit: int  # whole units that an instant rail takes at once


def _houses(land: str, *rows: tuple[str, str, str, int, str, str]) -> tuple[House, ...]:
    return tuple(
        House(bic=bic, name=name, country=land, kind=kind, digits=digits, files=files, code=code)
        for bic, name, kind, digits, files, code in rows
    )


_MY: Final = Land(
    code="MY",
    name="Contoh anti-scam centre MY",
    currency="MYR",
    rate=(445, USD_MINOR),
    language="ms",
    utc_minutes=480,
    houses=_houses(
        "MY",
        ("BCTHMYK0", "Bank Contoh Selatan", "bank", 12, "camt053", "601001"),
        ("BMISMYK0", "Bank Misal Raya", "bank", 14, "csv", "601002"),
        ("BUMPMYK0", "Bank Umpama", "bank", 10, "pacs008", "601003"),
        ("DMPTMYK0", "Dompet Contoh", "wallet", 11, "csv", "601004"),
    ),
    given=("Ali bin", "Faridah binti", "Danial bin", "Siti binti", "Kumar a/l", "Mei Ling", "Hafiz bin", "Nurul binti"),
    family=("Contoh", "Misal", "Umpama"),
    latin=("Ali bin", "Faridah binti", "Danial bin", "Siti binti", "Kumar a/l", "Mei Ling", "Hafiz bin", "Nurul binti"),
    employers=("Kilang Contoh Sdn Bhd", "Ladang Misal Bhd", "Klinik Umpama Sdn Bhd"),
    shops=("Kedai Contoh", "Pasar Misal", "Restoran Umpama", "Farmasi Contoh"),
    phone="+6012345678",
    salary=(2_200, 6_500),
    limit=50_000,
)
_SG: Final = Land(
    code="SG",
    name="Sample crime desk SG",
    currency="SGD",
    rate=(135, USD_MINOR),
    language="en",
    utc_minutes=480,
    houses=_houses(
        "SG",
        ("SMPLSGS0", "Sample Bank", "bank", 10, "pacs008", "7001"),
        ("EXMPSGS0", "Example Bank of the Strait", "bank", 9, "camt053", "7002"),
        ("SPCMSGS0", "Specimen Savings", "bank", 12, "mt940", "7003"),
        ("WLLTSGS0", "Sample Wallet", "wallet", 11, "csv", "7004"),
    ),
    given=("Tan Sample", "Lim Specimen", "Chua Sample", "Wong Specimen", "Rahim bin", "Priya d/o", "Grace", "Daniel"),
    family=("Example",),
    latin=("Tan Sample", "Lim Specimen", "Chua Sample", "Wong Specimen", "Rahim bin", "Priya d/o", "Grace", "Daniel"),
    employers=("Sample Shipyard Pte Ltd", "Example Clinic Pte Ltd", "Specimen Logistics Pte Ltd"),
    shops=("Sample Kopitiam", "Example Market", "Specimen Books", "Sample Hardware"),
    phone="+659123456",
    salary=(2_800, 7_500),
    limit=200_000,
)
_TH: Final = Land(
    code="TH",
    name="ศูนย์ตัวอย่าง TH",
    currency="THB",
    rate=(3_600, USD_MINOR),
    language="th",
    utc_minutes=420,
    houses=_houses(
        "TH",
        ("TUAYTHB0", "ธนาคารตัวอย่าง", "bank", 10, "csv", "901"),
        ("SMMTTHB0", "ธนาคารสมมติ", "bank", 10, "camt053", "902"),
        ("SATITHB0", "ธนาคารสาธิต", "bank", 12, "pacs008", "903"),
        ("XCHGTHB0", "Tua Yang Exchange", "exchange", 8, "csv", "904"),
    ),
    given=("สมชาย", "สมหญิง", "มานะ", "ชูใจ", "ปิติ", "วีระ", "มานี", "อารี"),
    family=("ตัวอย่าง", "สมมติ", "สาธิต"),
    latin=("Somchai", "Somying", "Mana", "Chujai", "Piti", "Wira", "Mani", "Ari"),
    employers=("บริษัท ตัวอย่าง จำกัด", "โรงงานสมมติ จำกัด", "โรงแรมสาธิต"),
    shops=("ร้านตัวอย่าง", "ตลาดสมมติ", "ร้านทองสาธิต", "ร้านอาหารตัวอย่าง"),
    phone="+6681234567",
    salary=(15_000, 45_000),
    limit=200_000,
)
_CN: Final = Land(
    code="CN",
    name="示例反诈中心 CN",
    currency="CNY",
    rate=(720, USD_MINOR),
    language="zh",
    utc_minutes=480,
    houses=_houses(
        "CN",
        ("SHLICNB0", "示例银行", "bank", 19, "camt053", "9901"),
        ("YANGCNB0", "样本银行", "bank", 16, "csv", "9902"),
        ("QBAOCNB0", "示例钱包", "wallet", 16, "csv", "9903"),
    ),
    given=("伟", "芳", "娜", "敏", "静", "强", "磊", "洋"),
    family=("示例", "样本", "例子"),
    latin=("Wei", "Fang", "Na", "Min", "Jing", "Qiang", "Lei", "Yang"),
    employers=("示例电子厂", "样本物流有限公司", "示例学校"),
    shops=("示例超市", "样本面馆", "示例药店", "样本书店"),
    phone="+861381234567",
    salary=(4_500, 14_000),
    limit=50_000,
)
_ID: Final = Land(
    code="ID",
    name="Contoh pusat anti-penipuan ID",
    currency="IDR",
    rate=(1_600_000, USD_MINOR),
    language="en",
    utc_minutes=420,
    houses=_houses(
        "ID",
        ("CTOHIDJ0", "Bank Contoh Nusantara", "bank", 10, "csv", "9011"),
        ("MSALIDJ0", "Bank Misal Jaya", "bank", 15, "camt053", "9012"),
    ),
    given=("Budi", "Wati", "Joko", "Ketut", "Sari", "Hendra"),
    family=("Contoh", "Misal"),
    latin=("Budi", "Wati", "Joko", "Ketut", "Sari", "Hendra"),
    employers=("PT Contoh Abadi", "PT Misal Sentosa"),
    shops=("Warung Contoh", "Toko Misal", "Apotek Contoh"),
    phone="+6281234567",
    salary=(4_000_000, 12_000_000),
    limit=250_000_000,
)
_PH: Final = Land(
    code="PH",
    name="Halimbawa anti-scam desk PH",
    currency="PHP",
    rate=(5_800, USD_MINOR),
    language="en",
    utc_minutes=480,
    houses=_houses(
        "PH",
        ("HLMBPHM0", "Halimbawa Bank", "bank", 10, "camt053", "9021"),
        ("WLTPPHM0", "Halimbawa Wallet", "wallet", 11, "csv", "9022"),
    ),
    given=("Juan", "Maria", "Jose", "Ana", "Ramon", "Luz"),
    family=("Halimbawa", "dela Halimbawa"),
    latin=("Juan", "Maria", "Jose", "Ana", "Ramon", "Luz"),
    employers=("Halimbawa Foods Inc", "Sample BPO Inc"),
    shops=("Halimbawa Sari-Sari", "Sample Mart"),
    phone="+63917123456",
    salary=(16_000, 48_000),
    limit=50_000,
)
_VN: Final = Land(
    code="VN",
    name="Ví dụ trung tâm chống lừa đảo VN",
    currency="VND",
    rate=(25_000, USD_MINOR),
    language="en",
    utc_minutes=420,
    houses=_houses(
        "VN",
        ("VIDUVNV0", "Ngân hàng Ví Dụ", "bank", 13, "csv", "970901"),
        ("MAUUVNV0", "Ngân hàng Mẫu", "bank", 12, "camt053", "970902"),
    ),
    given=("Nguyễn Văn", "Trần Thị", "Lê Văn", "Phạm Thị", "Hoàng Văn"),
    family=("Ví Dụ", "Mẫu"),
    latin=("Nguyen Van", "Tran Thi", "Le Van", "Pham Thi", "Hoang Van"),
    employers=("Công ty Ví Dụ", "Nhà máy Mẫu"),
    shops=("Quán Ví Dụ", "Chợ Mẫu"),
    phone="+8490123456",
    salary=(7_000_000, 25_000_000),
    limit=499_000_000,
)

LANDS: Final = {land.code: land for land in (_MY, _SG, _TH, _CN, _ID, _PH, _VN)}
HOUSES: Final = {house.bic: house for land in LANDS.values() for house in land.houses}
USUAL: Final = ("MY", "SG", "TH", "CN")
LARGER: Final = ("ID", "PH", "VN")  # join from scale 3, 5 and 7 on
USDT: Final = "USDT"
USDT_PER_CENT: Final = 10_000  # a US cent in minor units of USDT: six digits follow its point
# VND has no digits after the point: 25,000 of it are 100 cents. The others have two.


def rate_of(currency: str) -> tuple[int, int]:
    """So many minor units of a currency are so many US cents.

    Raises:
        KeyError: The exercise knows no such currency.
    """
    if currency == USDT:
        return USDT_PER_CENT * USD_MINOR, USD_MINOR
    return next(land.rate for land in LANDS.values() if land.currency == currency)


def changed(minor: int, source: str, target: str) -> int:
    """What an amount of one currency is in another by the exercise's rates, rounded down."""
    there, here = rate_of(target), rate_of(source)
    return minor * here[1] * there[0] // (here[0] * there[1])


def exponent_of(currency: str) -> int:
    """How many digits follow the point."""
    return {"VND": 0, USDT: 6}.get(currency, 2)
