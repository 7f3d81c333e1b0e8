# SPDX-License-Identifier: Apache-2.0
"""An encoder of payment QR codes, the mirror of what is read; all payees are invented."""

from lintas.formats.identifiers.checksums import crc16_ccitt_false


def tlv(*objects: tuple[str, str]) -> str:
    return "".join(f"{tag}{len(value):02}{value}" for tag, value in objects)


def sealed(body: str, tag: str = "63") -> str:
    whole = f"{body}{tag}04"
    return f"{whole}{crc16_ccitt_false(whole.encode()):04X}"


def merchant(
    account: tuple[str, str],
    *more: tuple[str, str],
    currency: str,
    country: str,
    amount: str = "",
    name: str = "",
    reference: str = "",
) -> str:
    objects = [("00", "01"), ("01", "12" if amount else "11"), account, ("53", currency)]
    if amount:
        objects.append(("54", amount))
    objects.append(("58", country))
    if name:
        objects += [("59", name), ("60", "EXAMPLE CITY")]
    if reference:
        objects.append(("62", tlv(("01", reference))))
    return sealed(tlv(*objects, *more))


def promptpay(proxy: str, kind: str = "01", **more: str) -> str:
    account = ("29", tlv(("00", "A000000677010111"), (kind, proxy)))
    return merchant(account, currency="764", country="TH", **more)


def paynow(kind: str, proxy: str, **more: str) -> str:
    account = ("26", tlv(("00", "SG.PAYNOW"), ("01", kind), ("02", proxy), ("03", "0")))
    return merchant(account, currency="702", country="SG", **more)


def duitnow(acquirer: str, number: str, **more: str) -> str:
    account = ("26", tlv(("00", "A0000006150001"), ("01", acquirer), ("02", number)))
    return merchant(account, currency="458", country="MY", **more)


def qris(provider: str, nmid: str, **more: str) -> str:
    opened = ("26", tlv(("00", "ID.CO.EXAMPLE.WWW"), ("01", f"9360{provider}30000000"), ("02", "1"), ("03", "UMI")))
    national = ("51", tlv(("00", "ID.CO.QRIS.WWW"), ("02", nmid), ("03", "UMI")))
    return merchant(opened, national, currency="360", country="ID", **more)


def vietqr(bank: str, number: str, service: str = "QRIBFTTA", **more: str) -> str:
    account = ("38", tlv(("00", "A000000727"), ("01", tlv(("00", bank), ("01", number))), ("02", service)))
    return merchant(account, currency="704", country="VN", **more)


def qrph(bic: str, number: str, **more: str) -> str:
    account = ("27", tlv(("00", "com.p2pqrpay"), ("01", bic), ("02", "99964403"), ("04", number)))
    return merchant(account, currency="608", country="PH", **more)


def thai_slip(bank: str, reference: str, country: str = "TH") -> str:
    return sealed(tlv(("00", tlv(("00", "000001"), ("01", bank), ("02", reference))), ("51", country)), "91")
