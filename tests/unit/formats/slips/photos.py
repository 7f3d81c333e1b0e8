# SPDX-License-Identifier: Apache-2.0
"""Invented slips as people send them: screenshots, photos of a screen, turned, blurred, badly lit, pressed hard."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from random import Random

import segno
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

WIDTH, HEIGHT = 720, 1280  # pixels of a screenshot, before it is photographed


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """What happened to a slip on its way. Nothing happened to one made without arguments."""

    code_px: int = 260  # width of the code on the slip
    scale: float = 1.0  # of the whole picture
    turn: float = 0.0  # degrees
    lean: float = 0.0  # how far the far edge is shorter, 0 to 0.3
    blur: float = 0.0  # radius in pixels
    noise: float = 0.0  # share of each pixel, 0 to 1
    dark: float = 1.0  # brightness
    shade: float = 0.0  # how dark the far side is, 0 to 1
    quality: int = 0  # of JPEG; 0 is PNG
    is_inverted: bool = False


def code(text: str, width: int) -> Image.Image:
    """A QR code as a picture."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=8, border=4)
    with Image.open(out) as drawn:
        return drawn.convert("L").resize((width, width), Image.Resampling.LANCZOS)


def slip(texts: Sequence[str], handling: Handling, seed: int = 0) -> bytes:
    """A slip with its codes, as it arrives."""
    random = Random(seed)
    page = Image.new("L", (WIDTH, HEIGHT), 250)
    pen = ImageDraw.Draw(page)
    pen.rectangle((0, 0, WIDTH, 150), fill=110)
    for line in range(12):
        length = random.randint(100, WIDTH - 260)
        pen.text((60, 190 + line * 50), "TRANSFER COMPLETE 25,000.00 " * 2 if line == 2 else f"line {line} of the slip")
        pen.rectangle((60, 210 + line * 50, 60 + length, 214 + line * 50), fill=170)
    for number, text in enumerate(texts):
        page.paste(
            code(text, handling.code_px), (60 + number * (handling.code_px + 40), HEIGHT - 60 - handling.code_px)
        )
    return _handled(page, handling, random)


def _handled(page: Image.Image, handling: Handling, random: Random) -> bytes:
    if handling.is_inverted:
        page = page.point(lambda value: 255 - value)
    if handling.lean:
        inset = handling.lean * WIDTH / 2
        corners = (-inset, 0, 0, HEIGHT, WIDTH, HEIGHT, WIDTH + inset, 0)
        page = page.transform(page.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=90)
    if handling.turn:
        page = page.rotate(handling.turn, Image.Resampling.BICUBIC, expand=True, fillcolor=90)
    if handling.scale != 1.0:
        size = (int(page.width * handling.scale), int(page.height * handling.scale))
        page = page.resize(size, Image.Resampling.BICUBIC)
    if handling.blur:
        page = page.filter(ImageFilter.GaussianBlur(handling.blur))
    if handling.shade:
        fall = Image.linear_gradient("L").resize(page.size).point(lambda value: int(255 - value * handling.shade))
        page = Image.composite(page, Image.new("L", page.size, 0), fall)
    if handling.dark != 1.0:
        page = ImageEnhance.Brightness(page).enhance(handling.dark)
    if handling.noise:
        grain = Image.frombytes("L", page.size, random.randbytes(page.width * page.height))
        page = Image.blend(page, grain, handling.noise)
    out = BytesIO()
    if handling.quality:
        page.convert("RGB").save(out, "JPEG", quality=handling.quality)
    else:
        page.save(out, "PNG")
    return out.getvalue()


def handlings(count: int, seed: int) -> list[Handling]:
    """As many ways as wanted in which slips come, the same for one seed: a third screenshots, the rest photos."""
    random = Random(seed)
    made = []
    for number in range(count):
        if number % 3 == 0:
            made.append(
                Handling(
                    code_px=random.randint(110, 300),
                    scale=random.choice((0.5, 0.75, 1.0, 1.5)),
                    quality=random.choice((0, 35, 60, 80)),
                )
            )
            continue
        made.append(
            Handling(
                code_px=random.randint(150, 300),
                scale=random.choice((0.75, 1.0, 1.5, 2.5)),
                turn=random.uniform(-180, 180) if random.random() < 0.3 else random.uniform(-12, 12),
                lean=random.uniform(0, 0.2),
                blur=random.uniform(0, 1.6),
                noise=random.uniform(0, 0.25),
                dark=random.uniform(0.35, 1.1),
                shade=random.uniform(0, 0.7),
                quality=random.choice((25, 40, 60, 80)),
                is_inverted=random.random() < 0.05,
            )
        )
    return made
