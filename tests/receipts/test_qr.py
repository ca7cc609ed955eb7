"""The QR of a slip: what it holds, how it is drawn, and that worn paper still reads."""

from hashlib import sha256
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from receipts.qr import (
    CAPTION,
    LEAST_MM,
    MM_PER_INCH,
    PRINTERS,
    QUIET,
    QrMatrix,
    dots_per_module,
    qr_image,
    qr_matrix,
    qr_png,
    slip_address,
)
from tests.receipts.worn import WEAR

KEY = bytes(range(32))
HOUSE = "https://dvc.khanhhoa.gov.vn"
CODES = (
    "0101701234",
    "H56.14-240823-0001",
    "000.00.17.H32-261122-0001",
    "H15.50.05.13-261008-00000975",
    "G22.99-261008-18004",
)


def matrix(code: str = CODES[2]) -> QrMatrix:
    return qr_matrix(slip_address(HOUSE, KEY, code))


def read(image: Image.Image) -> zxingcpp.Barcode:
    """The one code in a picture."""
    [found] = zxingcpp.read_barcodes(image)
    return found


def test_the_link_is_the_houses_upper_cased_and_signed() -> None:
    assert slip_address(HOUSE, KEY, CODES[1]) == (
        "HTTPS://DVC.KHANHHOA.GOV.VN/T/H56.14-240823-0001.ILFBREIASN"
    )


def test_the_caption_is_the_provinces() -> None:
    assert CAPTION == "Mã QR dùng để tra cứu tiến độ giải quyết hồ sơ qua Zalo"


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("dpi", PRINTERS)
@pytest.mark.parametrize("wear", WEAR)
def test_what_is_printed_reads_as_it_was_meant_however_worn(code: str, dpi: int, wear: str) -> None:
    address = slip_address(HOUSE, KEY, code)
    worn = WEAR[wear](qr_image(qr_matrix(address), dpi), seed=dpi)
    assert read(worn).text == address


def test_it_is_of_level_m_and_of_one_alphanumeric_segment() -> None:
    address = slip_address(HOUSE, KEY, CODES[2])
    code = matrix()
    found = read(qr_image(code, 300))
    assert found.ec_level == "M"
    # Version 4-M holds 90 characters in alphanumeric mode, and only 62 as bytes (ISO/IEC 18004).
    assert len(address) == 66
    assert code.size == 33
    assert found.symbology_identifier == "]Q1"


def test_a_small_house_has_a_small_code() -> None:
    """Version 3-M holds 61 alphanumeric characters; as bytes 42 would be the end."""
    address = slip_address("https://dvc.gov.vn", KEY, CODES[2])
    assert (len(address), qr_matrix(address).size) == (57, 29)


@pytest.mark.parametrize("dpi", PRINTERS)
@pytest.mark.parametrize("code", CODES)
def test_each_module_is_the_same_whole_dots_and_the_code_is_large_enough(
    dpi: int, code: str
) -> None:
    code_matrix = matrix(code)
    dots = dots_per_module(code_matrix, dpi)
    drawn = qr_image(code_matrix, dpi)
    assert drawn.mode == "1"
    image = drawn.convert("L")
    side = code_matrix.size + 2 * QUIET
    assert image.size == (side * dots, side * dots)
    assert code_matrix.size * dots / dpi * MM_PER_INCH >= LEAST_MM
    for y in range(side):
        for x in range(side):
            cell = image.crop((x * dots, y * dots, (x + 1) * dots, (y + 1) * dots))
            inside = QUIET <= x < side - QUIET and QUIET <= y < side - QUIET
            dark = inside and code_matrix.modules[y - QUIET][x - QUIET]
            assert cell.getextrema() == ((0, 0) if dark else (255, 255))


@pytest.mark.parametrize("dpi", PRINTERS)
def test_a_png_says_how_large_it_is_to_be_printed(dpi: int) -> None:
    image = Image.open(BytesIO(qr_png(matrix(), dpi)))
    assert image.info["dpi"] == pytest.approx((dpi, dpi), abs=0.05)
    assert read(image.convert("L")).text == slip_address(HOUSE, KEY, CODES[2])


def test_the_rectangles_of_a_drawing_are_the_dark_modules_each_once() -> None:
    code = matrix()
    drawn = [
        (x + step, y)
        for x, y, width, height in code.rectangles()
        for step in range(width)
        if height == 1
    ]
    dark = [(x, y) for y in range(code.size) for x in range(code.size) if code.modules[y][x]]
    assert sorted(drawn) == sorted(dark)
    assert len(list(code.rectangles())) < len(dark) / 1.5


def test_a_slip_printed_again_after_years_has_the_same_code() -> None:
    """Fixed here, because a newer library may choose another mask and nobody would notice."""
    bits = "".join("1" if dark else "0" for row in matrix().modules for dark in row)
    assert sha256(bits.encode()).hexdigest()[:16] == "d19ec3076f1de123"
    assert qr_png(matrix(), 203) == qr_png(matrix(), 203)


@pytest.mark.parametrize("address", ["https://dvc.gov.vn/t/x", "HTTPS://DVC.GOV.VN/T/Đ", "A B", ""])
def test_what_would_make_a_larger_code_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="capitals"):
        qr_matrix(address)


def test_an_address_that_cannot_be_upper_cased_is_named() -> None:
    with pytest.raises(ValueError, match="PUBLIC_URL"):
        slip_address("https://dvc_1.gov.vn", KEY, CODES[0])
