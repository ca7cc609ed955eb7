"""Every format that phones send is opened; what is sent to do harm is refused by its header."""

import io

import numpy as np
import pytest
from PIL import Image

from receipts.photo.ladder import first_pass
from receipts.photo.picture import MOST_PIXELS, PhotoRefused, Refusal, open_photo
from tests.photos.hostile import PICTURES, png
from tests.photos.sets import clear_photo

TEXT = "H56.14-240823-0001"
REFUSED = {name: case for name, case in PICTURES.items() if case[1] in set(Refusal)}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_format_that_phones_send_is_read(form: str) -> None:
    assert first_pass(open_photo(clear_photo(TEXT, form=form))).texts == (TEXT,)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_sent_to_do_harm_is_refused(name: str) -> None:
    build, outcome = REFUSED[name]
    with pytest.raises(PhotoRefused) as refused:
        open_photo(build())
    assert refused.value.why == outcome


def saved(image: Image.Image, form: str, **how: object) -> bytes:
    packed = io.BytesIO()
    image.save(packed, form, **how)
    return packed.getvalue()


def test_the_largest_photo_is_opened_and_made_smaller() -> None:
    side = int(MOST_PIXELS**0.5)
    assert max(open_photo(png(side, side, 1, 0)).size) <= 3_200


def code() -> Image.Image:
    return Image.open(io.BytesIO(clear_photo(TEXT, form="PNG")))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixel_is_seen_as_light_and_dark(mode: str) -> None:
    if mode == "I;16":
        image = Image.fromarray(np.asarray(code().convert("L")).astype(np.uint16) * 257)
    else:
        image = code().convert(mode, dither=Image.Dither.NONE)
    content = saved(image, "JPEG" if mode == "CMYK" else "PNG")
    assert first_pass(open_photo(content)).texts == (TEXT,)


def test_what_is_transparent_is_white_paper() -> None:
    dark = np.asarray(code().convert("L")) < 128
    clear = np.zeros((*dark.shape, 4), dtype=np.uint8)  # black everywhere, and seen where dark
    clear[..., 3] = np.where(dark, 255, 0)
    assert first_pass(open_photo(saved(Image.fromarray(clear), "PNG"))).texts == (TEXT,)


@pytest.mark.parametrize("orientation", range(9))
def test_a_photo_is_turned_as_the_phone_was_held(orientation: int) -> None:
    image = Image.new("L", (300, 200), 255)
    image.paste(0, (0, 0, 30, 30))
    exif = Image.Exif()
    exif[0x0112] = orientation
    upright = open_photo(saved(image, "JPEG", exif=exif, quality=95))
    assert upright.size == ((200, 300) if orientation >= 5 else (300, 200))
    corner = {2: (270, 5), 3: (270, 170), 4: (5, 170), 6: (170, 5), 7: (170, 270), 8: (5, 270)}
    assert upright.getpixel(corner.get(orientation, (5, 5))) < 60  # type: ignore[operator]


def test_a_second_picture_behind_the_first_is_left_alone() -> None:
    first, second = code().convert("RGB"), Image.new("RGB", (50, 50))
    content = saved(first, "MPO", save_all=True, append_images=[second])
    assert first_pass(open_photo(content)).texts == (TEXT,)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_no_damage_does_more_than_spoil_the_photo(form: str) -> None:
    whole = clear_photo(TEXT, form=form)
    random = np.random.default_rng(3)
    for _ in range(40):
        content = bytearray(whole)
        for place in random.integers(0, len(content), 12):
            content[place] = random.integers(256)
        try:
            texts = first_pass(open_photo(bytes(content))).texts
        except PhotoRefused:
            continue
        assert texts in ((), (TEXT,))
