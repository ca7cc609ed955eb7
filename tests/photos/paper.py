"""Draws slips of paper, with a QR code on them or with what only looks like one."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import qrcode
import zxingcpp
from PIL import Image, ImageDraw
from qrcode.constants import ERROR_CORRECT_M

Random = np.random.Generator
Box = tuple[float, float, float, float]
WIDE = 560  # pixels of a code's side on the drawn paper, about
LINE = 26


@dataclass(frozen=True, slots=True)
class Paper:
    """A drawn slip. Units: pixels; `code` is the box of the code with its quiet zone."""

    image: Image.Image
    code: Box
    module: float


def qr_modules(text: str) -> np.ndarray:
    """The modules of a QR code of level M, True for dark, without a quiet zone."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    return np.array(code.get_matrix(), dtype=bool)


def slip(text: str, random: Random) -> Paper:
    """A slip with the QR code of `text`, sometimes with the faded lines of a thermal printer."""
    modules = qr_modules(text)
    quiet = int(random.integers(2, 5))
    scale = round(WIDE / (len(modules) + 2 * quiet))
    drawn = np.kron(np.pad(modules, quiet), np.ones((scale, scale), dtype=bool))
    ink = np.where(drawn, random.uniform(15, 60), 255.0)
    if random.random() < 0.25:
        for row in range(0, len(ink), int(random.integers(9, 40))):
            ink[row : row + int(random.integers(1, 4))] += random.uniform(60, 160)
    return _page(Image.fromarray(ink.clip(0, 255).astype(np.uint8)), scale, random)


def _page(code: Image.Image, module: float, random: Random) -> Paper:
    """A page of print around a code, which stands somewhere in its upper half."""
    side = code.width
    width, height = int(side * random.uniform(2.2, 3.2)), int(side * random.uniform(2.4, 3.4))
    page = Image.new("L", (width, height), int(random.integers(225, 250)))
    left = int(random.uniform(0.1, 0.9) * (width - side - 40)) + 20
    top = int(random.uniform(0.05, 0.5) * (height - side - 40)) + 20
    _lines(page, random, (left - 20, top - 20, left + side + 20, top + code.height + 20))
    page.paste(code.point(lambda value: min(value, 245)), (left, top))
    return Paper(page, (left, top, left + side, top + code.height), module)


def _lines(page: Image.Image, random: Random, free: Box) -> None:
    """Words as dark strokes, everywhere but in the box that has to stay free."""
    pen = ImageDraw.Draw(page)
    for y in range(30, page.height - LINE, LINE + 10):
        x = 30
        while x < page.width - 60:
            word = int(random.integers(18, 90))
            apart = y + LINE < free[1] or y > free[3] or x + word < free[0] or x > free[2]
            if apart and random.random() < 0.8:
                _word(pen, x, y, word, random)
            x += word + 12


def _word(pen: ImageDraw.ImageDraw, x: int, y: int, width: int, random: Random) -> None:
    shade = int(random.integers(20, 90))
    for at in range(x, x + width, 9):
        tall = int(random.integers(9, 19))
        pen.line((at, y + 20 - tall, at + int(random.integers(-3, 6)), y + 20), shade, 3)
        if random.random() < 0.5:
            pen.line((at, y + 20 - tall // 2, at + 7, y + 20 - tall // 2), shade, 2)


# What is no QR code and may look like one


def _barcode(random: Random) -> Image.Image:
    kinds = (
        (zxingcpp.BarcodeFormat.Code128, "EE123456789VN"),
        (zxingcpp.BarcodeFormat.Code39, f"TT0042{random.integers(100, 999)}"),
        (zxingcpp.BarcodeFormat.EAN13, "8938501000002"),
        (zxingcpp.BarcodeFormat.ITF, "00123456789012"),
    )
    kind, text = kinds[int(random.integers(len(kinds)))]
    return bars(text, kind)


def bars(text: str, kind: zxingcpp.BarcodeFormat) -> Image.Image:
    """A bar code, three pixels to its narrowest bar."""
    drawn = zxingcpp.create_barcode(text, kind).to_image(scale=3)
    return Image.fromarray(np.asarray(drawn).copy())


def _checkerboard(random: Random) -> Image.Image:
    cells = int(random.integers(9, 33))
    board = np.indices((cells, cells)).sum(axis=0) % 2
    return Image.fromarray((board * 255).astype(np.uint8))


def _dots(random: Random) -> Image.Image:
    cells = int(random.integers(21, 41))
    return Image.fromarray((random.random((cells, cells)) < 0.5).astype(np.uint8) * 255)


def _finder(cells: np.ndarray, row: int, column: int) -> None:
    cells[row : row + 7, column : column + 7] = 0
    cells[row + 1 : row + 6, column + 1 : column + 6] = 255
    cells[row + 2 : row + 5, column + 2 : column + 5] = 0


def _fake_finders(random: Random) -> Image.Image:
    side = int(random.integers(25, 41))
    cells = (random.random((side, side)) < 0.5).astype(np.uint8) * 255
    for row, column in ((0, 0), (0, side - 7), (side - 7, 0)):
        cells[max(0, row - 1) : row + 8, max(0, column - 1) : column + 8] = 255
        _finder(cells, row, column)
    return Image.fromarray(cells)


def _half(random: Random) -> Image.Image:
    modules = qr_modules(f"HTTPS://EXAMPLE.VN/T/H56.14-240823-{random.integers(1000, 9999)}.ABC")
    cells = np.where(modules, 0, 255).astype(np.uint8)
    cut = len(cells) // 2
    cells[:, cut:] = 255
    return Image.fromarray(np.rot90(cells, int(random.integers(4))).copy())


def _nothing(_random: Random) -> Image.Image:
    return Image.new("L", (30, 30), 240)


NO_CODES: tuple[Callable[[Random], Image.Image], ...] = (
    _barcode, _checkerboard, _dots, _fake_finders, _half, _nothing,
)  # fmt: skip


def slip_with_bars(text: str, kind: zxingcpp.BarcodeFormat, random: Random) -> Paper:
    """A slip of the older kind, with bars and without a QR."""
    drawn = bars(text, kind)
    return _page(drawn.resize((drawn.width * 2, drawn.height * 2)), 6.0, random)


def paper_without_code(random: Random, which: int) -> Paper:
    """A slip that bears something else in the place of its QR code."""
    drawn = NO_CODES[which % len(NO_CODES)](random)
    scale = max(1, round(WIDE / drawn.width))
    drawn = drawn.resize((drawn.width * scale, drawn.height * scale), Image.Resampling.NEAREST)
    return _page(drawn, scale, random)
