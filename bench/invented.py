# SPDX-License-Identifier: Apache-2.0
"""Invented data, the same every time: identifiers of many schemes, names in five scripts, STIX bundles.

Nobody's: syllables and digits drawn by a seeded generator. Numbers that have a check digit have the right one.
"""

import json
import random
import uuid
from collections.abc import Iterator
from typing import Final, NamedTuple

from lintas.formats.identifiers.keccak import keccak256

AT: Final = "2026-01-02T03:04:05.678Z"
BANKS: Final = ("MBBEMYKL", "CIBBMYKL", "BKKBTHBK", "CENAIDJA", "BPISGSG1", "VCBVVNVX", "BOFCPHMM", "ACLBKHPP")
TLDS: Final = ("com", "net", "info", "co.th", "com.my", "vn", "sg", "top")
PREFIXES: Final = ("+6012", "+6013", "+6016", "+6017", "+6019")  # mobile ranges whose numbers have seven more digits
SCHEMES: Final = ("phone", "bank_account", "domain", "sha256", "eth", "email")


def _cut(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LATIN: Final = _cut("an bel cor dan el far gan hes il jor kam lin mar nor ola pet qui ros sam tan ur vel wan xan ")
THAI: Final = _cut("สม ชัย วิ ไล พร ณัฐ กิต ติ ธน วร ศรี สุ ดา มา ลี ปร ะภ อนุ ชา รัต นา บุญ มี ทอง คำ แก้ว จันทร์")
CHINESE: Final = "王李张刘陈杨黄赵吴周伟芳娜秀英敏静丽强磊军洋勇艳杰涛明超霞平刚桂文辉玲华红玉兰建国志海波林雪梅宁晨宇"
VIETNAMESE: Final = _cut("Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Văn Thị Hữu Đức Minh Quang Ngọc Hương")
BURMESE: Final = _cut("အောင် မြင့် ခင် သန်း ဝင်း လှိုင် စု ကျော် ဇော် မောင် လွင် ထွန်း နိုင် ဖြူ သီတာ")


class InventedName(NamedTuple):
    """One entity's name with the script it is written in."""

    script: str
    text: str


def identifiers(count: int, *, seed: int) -> Iterator[tuple[str, str]]:
    """(scheme, canonical value), six schemes in turn, no value twice within one seed's range."""
    for number in range(count):
        scheme = SCHEMES[number % len(SCHEMES)]
        yield scheme, identifier(scheme, number, seed=seed)


def identifier(scheme: str, number: int, *, seed: int) -> str:
    """The canonical value of one scheme with one number: different numbers give different values.

    Args:
        number: Less than 40,000,000, so that phone numbers suffice.
    """
    spread = _mixed(number, seed)
    if scheme == "phone":
        return f"{PREFIXES[number % len(PREFIXES)]}{2_000_000 + (number // len(PREFIXES) * 7_919 + seed) % 8_000_000}"
    if scheme == "bank_account":
        return f"{BANKS[number % len(BANKS)]}:{(number * 982_451_653 + seed) % 10**12:012d}"
    if scheme == "domain":
        return f"{_word(spread)}{number}.{TLDS[spread % len(TLDS)]}"
    if scheme == "email":
        return f"{_word(spread)}.{number}@{_word(spread >> 20)}.com"
    more = "".join(f"{_mixed(number, seed + part):016x}" for part in (1, 2, 3))
    return f"{spread:016x}{more}" if scheme == "sha256" else f"0x{spread:016x}{more[:24]}"


def as_written(scheme: str, value: str, number: int) -> str:
    """One value as people write it: every other wallet with its checksum in capitals, phones with gaps now and then."""
    if scheme == "eth" and number % 4 < 2:
        return _checksummed(value[2:])
    if scheme == "phone" and number % 4 < 2:
        return f"{value[:3]} {value[3:5]}-{value[5:8]} {value[8:]}"
    return value


def names(count: int, *, seed: int) -> Iterator[InventedName]:
    """Names in Latin, Thai, Chinese, Vietnamese and Burmese letters, in turn."""
    draw = random.Random(seed)  # noqa: S311  # the same every time
    for number in range(count):
        match number % 5:
            case 0:
                yield InventedName("Latin", f"{_latin(draw)} {_latin(draw)} {_latin(draw)}")
            case 1:
                yield InventedName("Thai", f"{_joined(draw, THAI)} {_joined(draw, THAI)}")
            case 2:
                yield InventedName("Chinese", "".join(draw.choices(CHINESE, k=draw.choice((2, 3, 3)))))
            case 3:
                yield InventedName("Vietnamese", " ".join(draw.choices(VIETNAMESE, k=3)))
            case _:
                yield InventedName("Burmese", "".join(draw.choices(BURMESE, k=3)))


def invented_bundle(count: int, *, seed: int = 7) -> bytes:
    """A STIX 2.1 bundle of indicators, identities and relationships."""
    draw = random.Random(seed)  # noqa: S311  # the same every time
    objects: list[dict[str, object]] = []
    people = names(count, seed=seed)
    for number in range(count):
        base = {"spec_version": "2.1", "created": AT, "modified": AT}
        match number % 3:
            case 0:
                found = identifier("domain", number, seed=seed)
                said: dict[str, object] = {
                    "type": "indicator",
                    "name": f"Seen with case {number}",
                    "pattern": f"[domain-name:value = '{found}']",
                    "pattern_type": "stix",
                    "valid_from": AT,
                }
            case 1:
                said = {
                    "type": "identity",
                    "name": next(people).text,
                    "identity_class": "individual",
                    "description": f"Reached under {identifier('phone', number, seed=seed)} and elsewhere.",
                }
            case _:
                ends = {"source_ref": objects[-2]["id"], "target_ref": objects[-1]["id"]}
                said = {"type": "relationship", "relationship_type": "indicates", **ends}
        said["id"] = f"{said['type']}--{uuid.UUID(int=draw.getrandbits(128), version=4)}"
        objects.append(base | said)
    bundle = {"type": "bundle", "id": f"bundle--{uuid.UUID(int=seed, version=4)}", "objects": objects}
    return json.dumps(bundle, ensure_ascii=False).encode()


def _mixed(number: int, seed: int) -> int:
    """Spread numbers over 64 bits; no two of one seed meet (each step is a bijection: SplitMix64)."""
    word = (number + seed * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return word ^ (word >> 31)


def _word(spread: int) -> str:
    return "".join(LATIN[(spread >> shift) % len(LATIN)] for shift in (3, 9, 15))


def _latin(draw: random.Random) -> str:
    return "".join(draw.choices(LATIN, k=3)).capitalize()


def _joined(draw: random.Random, syllables: tuple[str, ...]) -> str:
    return "".join(draw.choices(syllables, k=3))


def _checksummed(digits: str) -> str:
    """EIP-55: a letter is capital where the hash of the lower-case address has a digit of 8 or more."""
    hashed = keccak256(digits.encode()).hex()
    return "0x" + "".join(c.upper() if int(h, 16) >= 8 else c for c, h in zip(digits, hashed, strict=False))
