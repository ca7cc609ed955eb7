"""Where a stamp comes to lie: where it was asked for, and never over anything."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageDraw

from receipts.stamp.ground import Extent, Ground
from receipts.stamp.order import Box, Corner, Near, Order
from receipts.stamp.paper import stamp
from receipts.stamp.refusal import Refusal, StampRefused
from tests.receipts.stamp.papers import (
    A5,
    CODE,
    difference,
    link_of,
    paper,
    picture,
    scan,
    symbols,
    with_content,
)

MM = 100 / 25.4  # pixels of a picture at 100 dots an inch


def place_of(data: bytes, order: Order) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of the stamp in mm, after a look at whether it covers anything."""
    before = picture(data)
    after = picture(stamp(data, order, link_of).data)
    box, covered = difference(before, after)
    assert int(covered.max()) - int(covered.min()) < 6
    left, top, right, bottom = (edge / MM for edge in box)
    return left, top, right, bottom


def filled(*rectangles: str, grey: float = 0.9) -> bytes:
    """A paper with grey boxes, each `x y width height` in points from the lower left."""
    return with_content("", f"{grey} g " + " ".join(f"{one} re" for one in rectangles) + " f")


def test_the_upper_right_is_tried_first() -> None:
    left, top, right, _bottom = place_of(paper(), Order())
    assert (round(top) in range(8, 14), round(210 - right) in range(8, 14)) == (True, True)
    assert left > 105


@pytest.mark.parametrize(
    ("taken", "corner"),
    [
        (("330 600 300 250",), "upper left"),
        (("0 700 600 150",), "lower right"),
        (("0 690 600 160", "300 0 300 150"), "lower left"),
    ],
)
def test_a_taken_corner_leads_to_the_next(taken: tuple[str, ...], corner: str) -> None:
    left, top, _, _ = place_of(filled(*taken), Order())
    assert corner == f"{'upper' if top < 148 else 'lower'} {'left' if left < 80 else 'right'}"


def test_between_taken_corners_the_nearest_free_place_is_found() -> None:
    corners = ("0 690 240 160", "0 0 200 190", "400 0 200 850")
    left, top, right, _ = place_of(filled(*corners, grey=0.4), Order())
    assert left > 240 / 72 * 25.4 - 1
    assert right < 400 / 72 * 25.4 + 1
    assert top < 60


def test_a_faint_watermark_is_not_covered_unasked_but_where_it_was_asked_for() -> None:
    marked = with_content("0.97 g 0 0 600 900 re f 0 g 0.93 g 0 0 300 900 re f 0 g", "")
    left, _, _, _ = place_of(marked, Order())
    assert left > 105
    stamped = stamp(marked, Order(place=Corner.BOTTOM_LEFT), link_of).data
    box, _ = difference(picture(marked), picture(stamped))
    assert box[0] / MM < 40
    assert symbols(picture(stamped)) == [link_of(CODE)]


@pytest.mark.parametrize("words", ["Mã hồ sơ", "mã hồ sơ:", "MA HO SO", "mahoso"])
def test_words_are_found_whatever_their_accents_and_the_stamp_stands_beside(words: str) -> None:
    left, top, _, bottom = place_of(paper(), Order(place=Near(words)))
    line = 297 * 9 / 40
    assert left > 210 * 0.1
    assert top - 60 < line < bottom + 60


def test_the_stamp_goes_below_the_words_where_nothing_is_free_beside_them() -> None:
    under = filled("300 600 300 250", "0 690 300 160", grey=0.5)
    _, top, _, bottom = place_of(under, Order(place=Near("Dòng 23"), margin=4))
    line = 297 * (8 + 25) / 40
    assert line < top < bottom < 297


def test_a_box_holds_the_largest_stamp_that_it_can() -> None:
    for box in (Box(150, 5, 50, 50), Box(20, 230, 90, 60)):
        left, top, right, bottom = place_of(paper(lines=10), Order(place=box))
        assert box.x <= left <= right <= box.x + box.width
        assert box.y <= top <= bottom <= box.y + box.height
        assert max(right - left, bottom - top) > 0.6 * min(box.width, box.height)


@pytest.mark.parametrize(
    ("order", "why", "told"),
    [
        (Order(), Refusal.NO_ROOM, "most room is"),
        (Order(size=30), Refusal.NO_ROOM, "give --size"),
        (Order(place=Corner.TOP_LEFT), Refusal.CORNER_TAKEN, "in the quarter top-left"),
        (Order(place=Near("Mã hồ sơ")), Refusal.NEAR_TAKEN, "'Mã hồ sơ'"),
        (Order(place=Near("Kính gửi")), Refusal.WORDS_MISSING, "'Kính gửi'"),
        (Order(place=Box(20, 60, 60, 60)), Refusal.BOX_TAKEN, "--box 20,60,60,60"),
        (Order(place=Box(20, 60, 20, 20)), Refusal.BOX_SMALL, "the stamp needs 37"),
        (Order(place=Box(200, 60, 60, 60)), Refusal.BOX_OUTSIDE, "210 × 297 mm"),
        (Order(place=Box(-1, 60, 60, 60)), Refusal.BOX_OUTSIDE, "upper left corner"),
    ],
)
def test_where_nothing_is_free_the_refusal_says_what_to_do(
    order: Order, why: Refusal, told: str
) -> None:
    stripes = " ".join(f"0 {y} 600 12 re" for y in range(0, 860, 50))
    crowded = with_content("", f"0.2 g {stripes} f")
    with pytest.raises(StampRefused, match=told) as refused:
        stamp(crowded, order, link_of)
    assert refused.value.why is why
    assert refused.value.vietnamese


def test_the_corner_with_most_room_is_named() -> None:
    data = filled("0 0 600 720", "0 720 500 200", grey=0.2)
    with pytest.raises(StampRefused, match=r"top-right, 2\d mm"):
        stamp(data, Order(), link_of)


def test_a_small_paper_takes_the_lying_stamp_where_the_upright_one_is_too_high() -> None:
    data = filled("0 0 600 740", grey=0.4)
    left, top, right, bottom = place_of(data, Order(margin=3))
    assert right - left > bottom - top
    assert top >= 3
    assert place_of(paper(A5), Order())[2] < 148


# Papers that were scanned


@pytest.mark.parametrize(("noise", "shade"), [(0.0, 0), (2.0, 10), (5.0, 40), (9.0, 60)])
def test_a_scans_noise_and_shadow_are_paper_and_its_words_are_not(noise: float, shade: int) -> None:
    sheet = scan(noise=noise, shade=shade)
    found = Image.fromarray(np.asarray(sheet))
    stream_of = _png(found)
    stamped = stamp(stream_of, Order(), link_of).data
    box, covered = difference(found, _opened(stamped), least=40)
    assert int(np.percentile(covered, 1)) > 255 - shade - 10 * noise - 30
    assert box[0] > found.width / 2


def test_the_dots_of_a_line_to_fill_in_are_no_dust() -> None:
    sheet = scan(noise=3.0, shade=20)
    pen = ImageDraw.Draw(sheet)
    for y in range(60, 420, 60):
        for x in range(900, 1600, 9):
            pen.rectangle((x, y, x + 1, y + 1), fill=40)
    stamped = stamp(_png(sheet), Order(), link_of).data
    (left, top, right, _), _ = difference(sheet, _opened(stamped), least=40)
    assert top > 362 or right < 900 or left > 1600


def _png(image: Image.Image) -> bytes:
    stream = BytesIO()
    image.save(stream, "PNG", dpi=(200, 200))
    return stream.getvalue()


def _opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("L")


# The ground itself


def test_free_places_are_all_and_only_the_free_ones() -> None:
    chance = np.random.default_rng(3)
    taken = chance.random((40, 30)) < 0.02
    ground = Ground.of(taken, (300.0, 400.0), [Extent(100, 100, 149, 149)])
    found = {(x, y) for x, y in ground.free_places(38.0, 58.0, 0.0, 0.0).tolist()}
    for row in range(34):
        for column in range(26):
            whole = Extent(column * 10.0, row * 10.0, column * 10.0 + 38, row * 10.0 + 58)
            if (column * 10.0, row * 10.0) in found:
                assert ground.is_free(whole)
    assert found


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "1,2,0,5", "1,2,3,-4", "nan,1,2,3"])
def test_what_is_no_box_is_told(text: str) -> None:
    with pytest.raises(ValueError, match="150,10,45,40"):
        Box.of(text)


@pytest.mark.parametrize("wrong", [{"size": 19.9}, {"size": 101}, {"margin": -1}, {"page": 0}])
def test_an_order_that_no_stamp_can_follow_is_told(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Order(**wrong)  # type: ignore[arg-type]
