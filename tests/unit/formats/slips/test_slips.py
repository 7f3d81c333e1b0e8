# SPDX-License-Identifier: Apache-2.0
import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lintas.errors import LintasError, Malformed, OverLimit
from lintas.formats.emvco import QrPayment, read_payment
from lintas.formats.slips import read_codes
from lintas.formats.suspicion import suspicion_of
from lintas.limits import PICTURE_BYTES_MAX, PICTURE_CODES_MAX
from tests.unit.formats.builders import packs
from tests.unit.formats.slips.codes import paynow, promptpay, thai_slip, vietqr
from tests.unit.formats.slips.photos import Handling, code, handlings, slip

PAID = promptpay("0066812345678", amount="25000.00", name="EXAMPLE SHOP")
SLIP = thai_slip("004", "202603011200EXAMPLE000001")
MADE = [PAID, SLIP, paynow("2", "197401143C", amount="10"), vietqr("970436", "0011001234567", amount="25000000")]
PLAIN = Handling()


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")


def png(width: int, height: int, *more: bytes, packed: bytes | None = None) -> bytes:
    """A grey PNG of any claimed size; what it holds need not fit."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    body = packed if packed is not None else zlib.compress(b"\x00" * ((width + 1) * height))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def as_jpeg(raw: bytes, **how: object) -> bytes:
    out = BytesIO()
    with Image.open(BytesIO(raw)) as picture:
        picture.convert("RGB").save(out, "JPEG", **how)
    return out.getvalue()


@pytest.mark.parametrize(
    "handling",
    [
        PLAIN,
        Handling(code_px=120, scale=0.75),
        Handling(quality=30),
        Handling(turn=90),
        Handling(turn=180),
        Handling(turn=37),
        Handling(lean=0.2, quality=60),
        Handling(blur=1.5),
        Handling(noise=0.25, quality=50),
        Handling(dark=0.35, shade=0.6),
        Handling(is_inverted=True),
        Handling(scale=4.0, quality=80),  # 2,880 by 5,120 pixels, as a phone makes them
    ],
    ids=repr,
)
def test_a_slip_is_read_however_it_was_handled(handling: Handling) -> None:
    assert read_codes(slip([SLIP], handling)).codes == (SLIP,)


def test_both_codes_of_a_picture_are_read() -> None:
    assert set(read_codes(slip([SLIP, PAID], Handling(quality=60))).codes) == {SLIP, PAID}


def test_the_same_code_twice_is_one() -> None:
    assert read_codes(slip([SLIP, SLIP], PLAIN)).codes == (SLIP,)


def test_more_codes_than_a_picture_may_hold_are_left() -> None:
    page = Image.new("L", (1_600, 1_000), 255)
    for number in range(PICTURE_CODES_MAX + 4):
        page.paste(code(f"example {number}", 200), (20 + number % 7 * 220, 20 + number // 7 * 240))
    out = BytesIO()
    page.save(out, "PNG")
    assert len(read_codes(out.getvalue()).codes) == PICTURE_CODES_MAX


def test_nothing_is_found_where_nothing_is() -> None:
    found = read_codes(slip([], PLAIN))
    assert (found.width, found.height, found.codes) == (720, 1280, ())


def test_a_code_that_would_steer_a_terminal_is_read_without_it() -> None:
    assert read_codes(slip(["pay\x1b[31m\x00\u202e me\n"], PLAIN)).codes == ("pay\ufffd[31m\ufffd\ufffd me\ufffd",)


def test_half_a_code_is_none() -> None:
    with Image.open(BytesIO(slip([SLIP], PLAIN))) as picture:
        out = BytesIO()
        picture.crop((0, 0, 720, 1080)).save(out, "PNG")
    assert read_codes(out.getvalue()).codes == ()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_each_kind_of_png_is_read(mode: str) -> None:
    drawn = code(SLIP, 400)
    page = drawn.point(lambda value: value * 256, "I").convert("I;16") if mode == "I;16" else drawn.convert(mode)
    out = BytesIO()
    page.save(out, "PNG")
    assert read_codes(out.getvalue()).codes == (SLIP,)


def test_a_transparent_code_is_read_as_if_on_white() -> None:
    drawn = code(SLIP, 400)
    page = Image.new("RGBA", drawn.size, (0, 0, 0, 0))
    page.paste((0, 0, 0, 255), mask=drawn.point(lambda value: 255 - value))
    out = BytesIO()
    page.save(out, "PNG")
    assert read_codes(out.getvalue()).codes == (SLIP,)


@pytest.mark.parametrize("how", [{"progressive": True}, {"quality": 20}, {"subsampling": 0}, {"optimize": True}])
def test_each_kind_of_jpeg_is_read(how: dict[str, object]) -> None:
    assert read_codes(as_jpeg(slip([SLIP], PLAIN), **how)).codes == (SLIP,)


@pytest.mark.slow
@pytest.mark.parametrize("count", [36, pytest.param(120, marks=pytest.mark.soak)])
def test_most_photos_and_every_screenshot_are_read_and_none_is_misread(count: int) -> None:
    read = [0, 0]
    handled = handlings(count, seed=11)
    for number, handling in enumerate(handled):
        text = MADE[number % len(MADE)]
        codes = read_codes(slip([text], handling, number)).codes
        assert codes in {(), (text,)}, handling
        read[number % 3 != 0] += bool(codes)
    assert read[0] == count // 3, "screenshots"
    assert read[1] >= 0.9 * (count - count // 3), "photos"  # 191 of 200 when this was written


# What does harm, or is none


def test_a_picture_that_claims_to_be_huge_is_refused_unread() -> None:
    with pytest.raises(OverLimit):
        read_codes(png(60_000, 60_000, packed=zlib.compress(b"\x00" * 1_000)))


def test_a_picture_of_too_many_bytes_is_refused_unread() -> None:
    with pytest.raises(OverLimit):
        read_codes(png(10, 10) + bytes(PICTURE_BYTES_MAX))


def test_data_that_unpack_to_more_than_the_picture_are_not_unpacked() -> None:
    bomb = zlib.compress(bytes(80 * 1024 * 1024), 9)
    found = read_codes(png(50, 50, packed=bomb))
    assert found.codes == ()


def test_a_text_that_unpacks_to_more_than_it_may_is_malformed() -> None:
    bomb = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(80 * 1024 * 1024), 9))
    with pytest.raises(Malformed):
        read_codes(png(50, 50, bomb))


def test_a_picture_cut_short_is_malformed() -> None:
    for raw in (slip([SLIP], PLAIN), slip([SLIP], Handling(quality=60))):
        for cut in (1, len(raw) // 3, len(raw) * 2 // 3):
            with pytest.raises(Malformed):
                read_codes(raw[: len(raw) - cut] if cut > 1 else raw[:20])


def test_a_picture_with_an_archive_behind_it_is_set_aside_before_it_is_read() -> None:
    end = b"PK\x01\x02" + bytes(42) + b"PK\x05\x06" + bytes(18)
    found = suspicion_of(slip([SLIP], PLAIN) + end, "slip.png")
    assert found is not None
    assert found.rule == "polyglot"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xd9",
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
        b"BM" + bytes(60),
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4",
        SLIP.encode(),
        png(0, 10, packed=b""),
        png(10, 10, packed=b"not packed"),
    ],
    ids=lambda raw: repr(raw[:12]),
)
def test_what_is_no_picture_of_ours_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        read_codes(raw)


def test_a_code_with_a_wrong_check_sum_is_read_and_then_refused() -> None:
    text = read_codes(slip([PAID[:-1] + "F"], PLAIN)).codes[0]
    assert not isinstance(read_payment(text, packs().identifiers), QrPayment)


WHOLE = (slip([SLIP], Handling(code_px=150, scale=0.5)), slip([SLIP], Handling(code_px=150, scale=0.5, quality=40)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"]))
def test_any_bytes_are_read_or_refused(raw: bytes, start: bytes) -> None:
    with suppress(LintasError):
        read_codes(start + raw)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(WHOLE), st.data())
def test_a_damaged_picture_is_read_or_refused(raw: bytes, data: st.DataObject) -> None:
    damaged = bytearray(raw)
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.one_of(st.integers(0, 200), st.integers(0, len(raw) - 1)))
        damaged[place] = data.draw(st.integers(0, 255))
    try:
        codes = read_codes(bytes(damaged)).codes
    except LintasError:
        return
    assert codes in {(), (SLIP,)}
