# SPDX-License-Identifier: Apache-2.0
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lintas.errors import LintasError, Malformed
from lintas.formats.detect import detect
from lintas.formats.pictures import JPEG, PNG, PictureReader, head_of
from lintas.formats.reader import reader_named
from lintas.model.reading import ReadOptions
from tests.unit.formats.builders import checked, packs
from tests.unit.formats.slips.photos import Handling, slip

SHOT = slip(["an example"], Handling(scale=0.5))
PHOTO = slip(["an example"], Handling(scale=0.5, quality=50))


def test_a_picture_is_found_by_what_it_holds_not_by_its_name() -> None:
    assert detect(SHOT, "slip.csv") == "picture/1"
    assert detect(PHOTO, "") == "picture/1"


@pytest.mark.parametrize(("raw", "media_type"), [(SHOT, PNG), (PHOTO, JPEG)])
def test_a_picture_is_one_message_with_its_size(raw: bytes, media_type: str) -> None:
    container = checked(raw, "picture/1")
    (piece,) = container.slices
    assert (piece.media_type, piece.spans) == (media_type, ((0, len(raw)),))
    said = {one.prop: one.value for one in piece.derived.statements}
    assert said == {"mimeType": media_type, "width": "360", "height": "640"}
    assert piece.derived.notes == ()
    assert piece.derived.postings == ()


def test_a_picture_cut_short_is_kept_with_a_note() -> None:
    (piece,) = checked(PHOTO[:-3000], "picture/1").slices
    assert "cut short" in piece.derived.notes[0]


@pytest.mark.parametrize("media_type", ["image/gif", "text/plain;charset=utf-8", JPEG, ""])
def test_another_media_type_is_malformed(media_type: str) -> None:
    with pytest.raises(Malformed):
        PictureReader().derive(SHOT, media_type, ReadOptions(), packs())


@pytest.mark.parametrize(
    "raw",
    [
        SHOT[:32],
        SHOT[:24] + b"\x03" + SHOT[25:],  # the check sum of its head fails
        PHOTO[:4],
        b"\xff\xd8\xff\xda\x00\x04\x00\x00" + PHOTO,  # the picture begins before a frame
        b"\xff\xd8" + b"\xff\xfe\x00\x02" * 5_000,  # comments without end
        b"\xff\xd8\xff\xc0\x00\x0b\x08",
    ],
)
def test_a_broken_head_is_malformed(raw: bytes) -> None:
    with pytest.raises(Malformed):
        head_of(raw)


@given(st.binary(max_size=200), st.sampled_from([b"", SHOT[:8], SHOT[:26], PHOTO[:3], PHOTO[:30]]))
def test_any_bytes_have_a_head_or_are_refused(raw: bytes, start: bytes) -> None:
    try:
        head = head_of(start + raw)
    except LintasError:
        return
    assert head.width > 0
    assert reader_named("picture/1").derive(start + raw, head.media_type, ReadOptions(), packs()).read == 1
