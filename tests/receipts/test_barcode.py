"""The bar code beside the QR, read back as any reader would."""

import pytest
import zxingcpp
from PIL import Image

from receipts.barcode import (
    LEAST_MM,
    MM_PER_INCH,
    QUIET,
    Symbology,
    barcode,
    barcode_image,
    dots_per_unit,
)
from tests.receipts.worn import WEAR

CODES = (
    "0101701234",
    "010170123",  # an odd number of digits changes sets once more
    "H56.14-240823-0001",
    "000.00.17.H32-261122-0001",
    "H15.50.05.13-261008-00000975",
    "G22.99-261008-18004",
)
NAMES = {Symbology.CODE128: "Code 128", Symbology.CODE39: "Code 39"}
A5_MM = 148 - 2 * 10


@pytest.mark.parametrize("symbology", Symbology)
@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("dpi", [203, 300, 600])
@pytest.mark.parametrize("wear", ["fresh", "dot_gain", "thin_heat"])
def test_it_reads_as_the_code_however_worn(
    symbology: Symbology, code: str, dpi: int, wear: str
) -> None:
    worn = WEAR[wear](barcode_image(barcode(code, symbology), dpi, height_mm=9), seed=dpi)
    [found] = zxingcpp.read_barcodes(worn)
    assert (found.text, str(found.format)) == (code, NAMES[symbology])


@pytest.mark.parametrize("symbology", Symbology)
def test_faded_lines_across_the_bars_do_no_harm(symbology: Symbology) -> None:
    image = barcode_image(barcode(CODES[2], symbology), 203, height_mm=9)
    worn = WEAR["faded_lines"](image.transpose(Image.Transpose.ROTATE_90), seed=1)
    [found] = zxingcpp.read_barcodes(worn)
    assert found.text == CODES[2]


@pytest.mark.parametrize("symbology", Symbology)
@pytest.mark.parametrize("dpi", [203, 300, 600])
def test_the_longest_code_fits_on_a5_with_its_white(symbology: Symbology, dpi: int) -> None:
    bars = barcode(CODES[4], symbology)
    dots = dots_per_unit(dpi)
    assert dots / dpi * MM_PER_INCH == pytest.approx(LEAST_MM, abs=0.01)
    assert (bars.width + 2 * QUIET) * dots / dpi * MM_PER_INCH <= A5_MM


@pytest.mark.parametrize("symbology", Symbology)
def test_bars_and_spaces_take_turns_from_edge_to_edge(symbology: Symbology) -> None:
    bars = barcode(CODES[2], symbology)
    drawn = list(bars.bars())
    assert drawn[0][0] == 0
    assert sum(drawn[-1]) == bars.width
    assert len(bars.widths) == 2 * len(drawn) - 1
    assert max(bars.widths) <= (3 if symbology is Symbology.CODE39 else 4)


def test_code_128_is_the_default_and_the_shorter() -> None:
    assert barcode(CODES[3]) == barcode(CODES[3], Symbology.CODE128)
    assert barcode(CODES[3]).width < barcode(CODES[3], Symbology.CODE39).width


@pytest.mark.parametrize("code", ["", "h56.14-240823-0001", "H56 14", "HỒ SƠ", "A\n"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="canonical"):
        barcode(code)
