"""Stamps an image: reads its code off its QR or bars, finds a free place, paints the stamp."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from PIL import Image

from receipts.photo.scan import qr_text
from receipts.scanned import Scanned
from receipts.slip.marks import Page, Placed
from receipts.slip.raster import painted
from receipts.stamp.codes import seen_in
from receipts.stamp.design import Design, designs
from receipts.stamp.eyes import GROUND_DPI
from receipts.stamp.ground import Ground
from receipts.stamp.ink import ink
from receipts.stamp.order import Order
from receipts.stamp.picture_file import LEAST_DPI, Leaf, leaves_of, written
from receipts.stamp.refusal import Refusal, StampRefused
from receipts.stamp.spot import Page as Free
from receipts.stamp.spot import Spot, spot_on
from receipts.stamp.stamped import LinkOf, Stamped

_INCH = 72.0
_READING_EDGE = 3_200  # pixels; what is more takes time and reads no better
_WIDE = "I;16"


def stamp_picture(data: bytes, order: Order, link_of: LinkOf) -> Stamped:
    """The image with its stamp, in the format, packing and with the notes that it came with.

    Shape:  PNG, JPEG or TIFF, the last with several pages too. A JPEG is packed anew with its own
            tables; the others lose nothing.
    Errors: StampRefused; nothing is half done.
    """
    leaves = leaves_of(data, order)
    numbers = _numbers(leaves, order)
    greys = {number: _grey(leaves[number]) for number in numbers}
    seen = seen_in(_small(greys[numbers[0]]))
    code = order.code or _one(seen.codes)
    if _bears(seen, code, order):
        return Stamped(data, code, already=True)
    link = link_of(code)
    pages = [leaf.image for leaf in leaves]
    for number in numbers:
        pages[number] = _stamped(leaves[number], greys[number], number + 1, order, code, link)
    return Stamped(written(leaves, pages), code)


def _numbers(leaves: Sequence[Leaf], order: Order) -> list[int]:
    if order.page is None:
        return list(range(len(leaves)))
    if order.page > len(leaves):
        raise StampRefused(Refusal.NO_SUCH_PAGE, page=order.page, pages=len(leaves))
    return [order.page - 1]


def _one(codes: Sequence[str]) -> str:
    if not codes:
        raise StampRefused(Refusal.NO_CODE)
    if len(codes) > 1:
        raise StampRefused(Refusal.SEVERAL_CODES, count=len(codes), codes=", ".join(codes))
    return codes[0]


def _bears(seen: Scanned, code: str, order: Order) -> bool:
    """Whether the image has the QR of a slip already. Errors: StampRefused for another code's."""
    if not seen.links:
        return False
    if order.again:
        raise StampRefused(Refusal.IMAGE_AGAIN)
    if not any(f"/T/{code}." in link.upper() for link in seen.links):
        raise StampRefused(Refusal.STAMPED_OTHER, code=", ".join(seen.codes))
    return True


def _grey(leaf: Leaf) -> Image.Image:
    """The page in grey, as it is seen; what is transparent is white paper."""
    image = leaf.image
    if image.mode.startswith("I;16"):
        high = np.asarray(image).astype(np.uint16) >> 8
        image = Image.fromarray(high.astype(np.uint8))
    elif image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        inked = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", inked.size, "white"), inked)
    return leaf.upright(image.convert("L"))


def _small(grey: Image.Image) -> Image.Image:
    factor = max(grey.size) // _READING_EDGE
    return grey.reduce(factor) if factor > 1 else grey


def _stamped(
    leaf: Leaf, grey: Image.Image, number: int, order: Order, code: str, link: str
) -> Image.Image:
    if leaf.dpi < LEAST_DPI:
        raise StampRefused(Refusal.COARSE, dpi=f"{leaf.dpi:.0f}")
    spot = _spot(leaf, grey, number, order, partial(_designs, link, code, order, round(leaf.dpi)))
    patch = _patch(spot.design, leaf)
    scale = leaf.dpi / _INCH
    corner = round(spot.x * scale), round(spot.y * scale)
    if qr_text(patch.convert("L")) != link:
        raise StampRefused(Refusal.UNREADABLE, page=number)
    return _pasted(leaf, patch, corner)


def _designs(link: str, code: str, order: Order, dpi: int, size: float) -> Sequence[Design]:
    return designs(link, code, size, order.symbology, dpi)


def _spot(
    leaf: Leaf, grey: Image.Image, number: int, order: Order, draw: partial[Sequence[Design]]
) -> Spot:
    factor = max(1, round(leaf.dpi / GROUND_DPI))
    cells = np.asarray(grey.reduce(factor) if factor > 1 else grey)
    taken = ink(cells, faint=order.place is None)
    size = (grey.width * _INCH / leaf.dpi, grey.height * _INCH / leaf.dpi)
    return spot_on(Free(number, Ground.of(taken, size)), order, draw)


def _patch(design: Design, leaf: Leaf) -> Image.Image:
    """The stamp in the image's own dots, black on white."""
    page = Page(design.width, design.height, (Placed(0.0, 0.0, design.marks),))
    return painted(page, round(leaf.dpi))


def _pasted(leaf: Leaf, patch: Image.Image, corner: tuple[int, int]) -> Image.Image:
    """The page with the patch, stored as it was; in full colours where its palette lacks ours."""
    image = leaf.image
    ends = _black_and_white(image) if image.mode == "P" else None
    if image.mode in ("P", "PA") and ends is None:
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    upright = leaf.upright(image)
    upright = upright.copy() if upright is leaf.image else upright
    if ends is None:
        upright.paste(_in_mode(patch, upright.mode), corner)
    else:
        black, white = ends
        upright.paste(patch.convert("L").point([black] * 128 + [white] * 128), corner)
    return leaf.stored(upright)


def _black_and_white(image: Image.Image) -> tuple[int, int] | None:
    """The palette's numbers of black and of white; None when it does not have both."""
    flat = image.getpalette("RGB") or []
    colours = list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))
    if (0, 0, 0) not in colours or (255, 255, 255) not in colours or image.info.get("transparency"):
        return None
    return colours.index((0, 0, 0)), colours.index((255, 255, 255))


def _in_mode(patch: Image.Image, mode: str) -> Image.Image:
    """Black on white in the image's own kind of numbers."""
    if mode.startswith(_WIDE):
        dots = np.asarray(patch.convert("L")).astype(np.uint16) * 257
        return Image.fromarray(dots)
    if mode == "CMYK":
        white = Image.new("L", patch.size, 0)
        return Image.merge("CMYK", (white, white, white, patch.convert("L").point(_inverse)))
    return patch.convert(mode)


def _inverse(value: int) -> int:
    return 255 - value
