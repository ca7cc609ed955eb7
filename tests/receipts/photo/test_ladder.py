"""Bad photos of slips are read far more often than by zxing-cpp alone, and never wrongly."""

from dataclasses import dataclass

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter, ImageOps

from receipts.photo.ladder import FIRST, PATIENT, Clock, first_pass, read_photo
from receipts.photo.picture import open_photo
from receipts.scanned import codes_in
from tests.photos.camera import photograph
from tests.photos.paper import bars, qr_modules, slip_with_bars
from tests.photos.sets import SEED, Photo, clear_photo, hard_photos, photos_without_code

HARD, WITHOUT, BARS = 40, 6, 6  # `python -m bench photos` takes hundreds
FILLED = (0.25, 0.7)  # bars are read from a photo that the slip fills
CODE = "H56.14-240823-0001"
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True, slots=True)
class Opened:
    """A photo of a set, opened once for all tests."""

    photo: Photo
    image: Image.Image


@pytest.fixture(scope="module")
def hard() -> list[Opened]:
    return [Opened(one, open_photo(one.shot.content)) for one in hard_photos(HARD)]


@pytest.fixture(scope="module")
def first_texts(hard: list[Opened]) -> list[tuple[str, ...]]:
    """What the first pass reads of each of them."""
    return [first_pass(one.image).texts for one in hard]


@pytest.fixture(scope="module")
def without() -> list[Opened]:
    return [Opened(one, open_photo(one.shot.content)) for one in photos_without_code(WITHOUT)]


def test_the_first_pass_reads_six_of_a_hundred_more_than_zxing_alone(
    hard: list[Opened], first_texts: list[tuple[str, ...]]
) -> None:
    alone = first = 0
    for one, texts in zip(hard, first_texts, strict=True):
        found = zxingcpp.read_barcodes(one.image, formats=QR)
        alone += one.photo.text in [barcode.text for barcode in found]
        assert texts in ((), (one.photo.text,))
        first += bool(texts)
    assert 0.7 * HARD < alone < 0.95 * HARD  # the set is neither hopeless nor easy
    assert first >= alone + 0.06 * HARD


def test_patience_reads_more_still_and_nothing_wrongly(
    hard: list[Opened], first_texts: list[tuple[str, ...]]
) -> None:
    left = [one for one, texts in zip(hard, first_texts, strict=True) if not texts]
    read = [read_photo(one.image, clock=lambda: 0.0).texts for one in left]
    right = [(one.photo.text,) for one in left]
    assert all(texts in ((), meant) for texts, meant in zip(read, right, strict=True))
    assert any(read)


def test_nothing_is_read_where_nothing_is(without: list[Opened]) -> None:
    for one in without:
        assert first_pass(one.image).texts == ()
        assert codes_in(read_photo(one.image, clock=lambda: 0.0).texts).codes == ()


def photo_of(*texts: str) -> Image.Image:
    return open_photo(clear_photo(*texts, form="PNG"))


@pytest.mark.parametrize("degrees", [0, 17, 45, 90, 180, 271])
def test_a_code_is_read_however_it_is_turned(degrees: int) -> None:
    turned = photo_of(CODE).rotate(degrees, expand=True, fillcolor=240)
    assert first_pass(turned).texts == (CODE,)


def test_a_code_bright_on_dark_is_read() -> None:
    assert first_pass(ImageOps.invert(photo_of(CODE))).texts == (CODE,)


def test_a_code_seen_in_a_mirror_is_read() -> None:
    assert first_pass(ImageOps.mirror(photo_of(CODE))).texts == (CODE,)


def test_several_codes_are_all_read() -> None:
    others = (CODE, "H56.14-240823-0002", "H56.14-240823-0003")
    assert set(first_pass(photo_of(*others)).texts) == set(others)


def test_a_tiny_code_on_a_large_photo_is_read() -> None:
    modules = np.kron(np.pad(qr_modules(CODE), 4), np.ones((3, 3), dtype=bool))
    page = Image.new("L", (3000, 2200), 235)
    page.paste(Image.fromarray(np.where(modules, 30, 230).astype(np.uint8)), (2600, 90))
    assert read_photo(page.filter(ImageFilter.GaussianBlur(1))).texts == (CODE,)


LINEAR = pytest.mark.parametrize(
    "kind", [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.Code39], ids=str
)


@LINEAR
def test_the_bars_of_a_slip_are_read(kind: zxingcpp.BarcodeFormat) -> None:
    read = 0
    for number in range(BARS):
        random = np.random.default_rng((SEED, number))
        paper = slip_with_bars(CODE, kind, random)
        photo = open_photo(photograph(paper, random, FILLED).content)
        texts = read_photo(photo, clock=lambda: 0.0).texts
        assert texts in ((), (CODE,))
        read += bool(texts)
    assert read >= 0.7 * BARS


@LINEAR
@pytest.mark.parametrize("degrees", [0, 8, 23, 45, 67, 90, 114, 180])
def test_bars_are_read_however_they_are_turned(kind: zxingcpp.BarcodeFormat, degrees: int) -> None:
    page = Image.new("L", (1200, 1200), 240)
    page.paste(bars(CODE, kind), (150, 500))
    turned = page.rotate(degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=240)
    assert read_photo(turned).texts == (CODE,)


def test_a_qr_beside_bars_is_read_and_the_bars_when_they_are_wanted_too() -> None:
    page = photo_of("https://zalo.me/1").resize((400, 400)).convert("L")
    both = Image.new("L", (1000, 700), 240)
    both.paste(page, (50, 10))
    both.paste(bars(CODE, zxingcpp.BarcodeFormat.Code128), (50, 480))
    assert read_photo(both, lambda texts: bool(codes_in(texts).codes)).texts == (
        "https://zalo.me/1",
        CODE,
    )


def test_a_text_that_is_not_looked_for_does_not_end_the_looking() -> None:
    wanted: list[tuple[str, ...]] = []

    def never(texts: object) -> bool:
        wanted.append(tuple(texts))  # type: ignore[arg-type]
        return False

    reading = read_photo(photo_of("https://zalo.me/1"), never, clock=lambda: 0.0)
    assert reading == (("https://zalo.me/1",), 0)
    assert len(wanted) > len(FIRST) + len(PATIENT)


def test_patience_ends_when_its_time_is_over() -> None:
    def looks(clock: Clock) -> int:
        seen: list[object] = []

        def never(texts: object) -> bool:
            seen.append(texts)
            return False

        read_photo(photo_of("https://zalo.me/1"), never, clock)
        return len(seen)

    seconds = iter(range(1000))
    assert looks(lambda: float(next(seconds))) < looks(lambda: 0.0) - len(PATIENT)
