"""Stamped images: format, packing, turn and everything outside the stamp stay."""

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageOps, PngImagePlugin

from receipts.stamp.order import Corner, Order
from receipts.stamp.paper import stamp
from receipts.stamp.picture_file import MOST_FRAMES, Leaf
from receipts.stamp.refusal import Refusal, StampRefused
from tests.receipts.stamp.papers import CODE, OTHER, difference, link_of, scan, symbols

PAGE = scan(noise=0.0, shade=0)
KINDS = [
    ("1", "PNG"),
    ("L", "PNG"),
    ("RGB", "PNG"),
    ("RGBA", "PNG"),
    ("P", "PNG"),
    ("LA", "PNG"),
    ("L", "JPEG"),
    ("RGB", "JPEG"),
    ("CMYK", "JPEG"),
    ("1", "TIFF"),
    ("L", "TIFF"),
    ("RGB", "TIFF"),
    ("P", "TIFF"),
]


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **{"dpi": (200, 200), **how})
    return stream.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def grey(data: bytes) -> Image.Image:
    """As people see it: upright, in grey."""
    return ImageOps.exif_transpose(opened(data)).convert("L")


@pytest.mark.parametrize(("mode", "kind"), KINDS)
def test_an_image_is_stamped_in_its_own_kind(mode: str, kind: str) -> None:
    data = saved(PAGE.convert(mode, dither=Image.Dither.NONE), kind)
    stamped = stamp(data, Order(), link_of)
    assert stamped.code == CODE
    out = opened(stamped.data)
    assert (out.format, out.mode, out.size) == (kind, mode, PAGE.size)
    assert round(out.info["dpi"][0]) == 200
    assert symbols(grey(stamped.data)) == [CODE, link_of(CODE)]
    _, covered = difference(grey(data), grey(stamped.data), least=30)
    assert int(covered.min()) > 200, "the stamp lies over something"


@pytest.mark.parametrize(("mode", "kind"), [one for one in KINDS if one[1] != "JPEG"])
def test_outside_the_stamp_no_pixel_changes(mode: str, kind: str) -> None:
    data = saved(PAGE.convert(mode, dither=Image.Dither.NONE), kind)
    before, after = grey(data), grey(stamp(data, Order(), link_of).data)
    box, _ = difference(before, after, least=0)
    assert (box[2] - box[0]) / 200 * 25.4 < 40
    assert (box[3] - box[1]) / 200 * 25.4 < 42


def test_a_jpeg_keeps_its_tables_and_so_its_quality() -> None:
    data = saved(PAGE.convert("RGB"), "JPEG", quality=83, subsampling=2)
    stamped = stamp(data, Order(), link_of).data
    before, after = opened(data), opened(stamped)
    assert after.quantization == before.quantization  # type: ignore[attr-defined]
    was, now = np.asarray(grey(data)).astype(int), np.asarray(grey(stamped)).astype(int)
    rest = np.abs(was - now)[:, : was.shape[1] // 2]
    assert rest.mean() < 0.5


@pytest.mark.parametrize("turn", range(1, 9))
def test_the_turn_that_a_camera_noted_is_respected(turn: int) -> None:
    noted = Image.Exif()
    noted[0x0112] = turn
    data = saved(Leaf(PAGE, 200, turn).stored(PAGE), "JPEG", exif=noted, quality=90)
    stamped = stamp(data, Order(), link_of).data
    assert opened(stamped).getexif()[0x0112] == turn
    assert symbols(grey(stamped)) == [CODE, link_of(CODE)]
    (left, top, right, _), _ = difference(grey(data), grey(stamped), least=30)
    assert (left > PAGE.width / 2, right < PAGE.width, top < PAGE.height / 4) == (True,) * 3


def test_the_notes_of_an_image_stay() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Title", "Giấy hẹn")
    out = opened(stamp(saved(PAGE, "PNG", pnginfo=notes), Order(), link_of).data)
    assert out.info["Title"] == "Giấy hẹn"
    fax = saved(PAGE.convert("1"), "TIFF", compression="group4", description="may quet 2")
    tagged = opened(stamp(fax, Order(), link_of).data)
    assert tagged.info["compression"] == "group4"
    assert tagged.tag_v2[270] == "may quet 2"  # type: ignore[attr-defined]


def test_every_page_of_a_tiff_is_kept_and_stamped_as_asked() -> None:
    pages = [PAGE.convert("1"), scan(noise=0.0, shade=0, code=CODE)]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    for order, expected in ((Order(), [True, False]), (Order(page=None), [True, True])):
        out = opened(stamp(data, order, link_of).data)
        found = []
        for number in range(out.n_frames):  # type: ignore[attr-defined]
            out.seek(number)
            found.append(link_of(CODE) in symbols(out.convert("L")))
        assert found == expected


def test_a_stamped_image_is_known_by_its_qr() -> None:
    data = stamp(saved(PAGE, "PNG"), Order(), link_of).data
    again = stamp(data, Order(), link_of)
    assert (again.already, again.data) == (True, data)
    with pytest.raises(StampRefused) as refused:
        stamp(data, Order(code=OTHER), link_of)
    assert refused.value.why is Refusal.STAMPED_OTHER
    with pytest.raises(StampRefused) as refused:
        stamp(data, Order(again=True), link_of)
    assert refused.value.why is Refusal.IMAGE_AGAIN


@pytest.mark.parametrize("told", [None, (72, 72), (1, 1)])
def test_an_image_that_does_not_know_its_size_is_taken_for_an_a4_page(
    told: tuple[int, int] | None,
) -> None:
    stream = BytesIO()
    PAGE.save(stream, "PNG", **({"dpi": told} if told else {}))
    stamped = stamp(stream.getvalue(), Order(place=Corner.BOTTOM_RIGHT), link_of).data
    (left, _, right, _), _ = difference(grey(stream.getvalue()), grey(stamped), least=30)
    assert 20 < (right - left) / PAGE.width * 210 < 40


def _moving() -> bytes:
    return saved(PAGE, "PNG", save_all=True, append_images=[PAGE.point(lambda v: 255 - v)])


@pytest.mark.parametrize(
    ("made", "order", "why"),
    [
        (lambda: saved(Image.new("1", (12_000, 9_000), 1), "PNG"), Order(), Refusal.PIXELS),
        (lambda: saved(Image.new("1", (20_000, 20_000), 1), "PNG"), Order(), Refusal.PIXELS),
        (lambda: saved(PAGE, "PNG")[:5_000], Order(), Refusal.BROKEN),
        (lambda: saved(PAGE, "JPEG")[:5_000], Order(), Refusal.BROKEN),
        (_moving, Order(), Refusal.ANIMATED),
        (lambda: saved(Image.new("L", (900, 900), 255), "PNG"), Order(), Refusal.NO_CODE),
        (lambda: saved(PAGE.resize((413, 585)), "PNG"), Order(code=CODE, dpi=50), Refusal.COARSE),
        (lambda: saved(PAGE, "PNG"), Order(page=2), Refusal.NO_SUCH_PAGE),
        (lambda: saved(PAGE, "GIF"), Order(), Refusal.KIND),
    ],
)
def test_what_cannot_be_stamped_is_named(
    made: Callable[[], bytes], order: Order, why: Refusal
) -> None:
    with pytest.raises(StampRefused) as refused:
        stamp(made(), order, link_of)
    assert refused.value.why is why
    assert "{" not in str(refused.value) + refused.value.vietnamese


def test_a_tiff_of_too_many_pages_is_refused() -> None:
    small = Image.new("1", (300, 300), 1)
    data = saved(small, "TIFF", save_all=True, append_images=[small] * MOST_FRAMES)
    with pytest.raises(StampRefused) as refused:
        stamp(data, Order(code=CODE), link_of)
    assert refused.value.why is Refusal.FRAMES
