"""Pictures are decoded within limits; what is made of them is upright and says little."""

from io import BytesIO

import pytest
from PIL import Image

from app.decoder.imaging import FORMATS, Limits, PictureError, process_picture
from tests.media.examples import opened, photo, picture

LIMITS = Limits(thumbnail=100, compressed=300, pixels=1_000_000)


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_gets_both_forms(form: str) -> None:
    made = process_picture(picture(form=form), LIMITS)
    assert (made.width, made.height, made.format) == (640, 480, form)
    assert opened(made.thumbnail.content).size == (100, 75)
    assert opened(made.compressed.content).size == (300, 225)
    assert made.thumbnail.content_type == "image/jpeg"


def test_a_photo_is_set_upright_and_tells_neither_place_nor_camera_any_more() -> None:
    made = process_picture(photo(), LIMITS)
    assert (made.width, made.height) == (480, 640)
    assert made.facts == {"model": "Leica M", "taken_at": "2026:01:02 03:04:05"}
    for form in (made.thumbnail, made.compressed):
        assert b"Exif" not in form.content
        image = opened(form.content).convert("RGB")
        top, bottom = image.getpixel((10, 5)), image.getpixel((10, image.height - 5))
        assert isinstance(top, tuple)
        assert isinstance(bottom, tuple)
        assert top[0] > top[2]
        assert bottom[2] > bottom[0]


def test_what_is_transparent_stays_so() -> None:
    made = process_picture(picture(form="PNG", mode="RGBA"), LIMITS)
    assert made.thumbnail.content_type == "image/webp"
    assert opened(made.thumbnail.content).mode in {"RGB", "RGBA"}


def test_of_an_animation_it_is_the_first_frame() -> None:
    first, second = (Image.new("RGB", (8, 8), colour) for colour in ("red", "blue"))
    written = BytesIO()
    first.save(written, "GIF", save_all=True, append_images=[second])
    pixel = opened(process_picture(written.getvalue(), LIMITS).thumbnail.content).getpixel((4, 4))
    assert isinstance(pixel, tuple)
    assert pixel[0] > pixel[2]


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(process_picture(picture(20, 10), LIMITS).thumbnail.content).size == (20, 10)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "can't be read"),
        (b"<svg></svg>", "can't be read"),
        (picture(form="TIFF"), "can't be read"),
        (picture()[:2000], "can't be read"),
        (picture(1001, 1000, "PNG"), "more than 1000000"),
        (picture(20_000, 20_000, "PNG", "1"), "too many pixels"),
    ],
    ids=["nothing", "no picture", "another format", "damaged", "large", "bomb"],
)
def test_what_cant_be_processed_is_refused_with_the_reason(content: bytes, words: str) -> None:
    with pytest.raises(PictureError, match=words):
        process_picture(content, LIMITS)
