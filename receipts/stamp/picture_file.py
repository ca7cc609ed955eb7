"""An image of other software: opened within bounds, upright, and written again as it came."""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, JpegImagePlugin, UnidentifiedImageError
from PIL.PngImagePlugin import PngImageFile, PngInfo
from PIL.TiffImagePlugin import ImageFileDirectory_v2, TiffImageFile

from receipts.stamp.order import Order
from receipts.stamp.refusal import Refusal, StampRefused

_PNG, _JPEG, _TIFF = "PNG", "JPEG", "TIFF"
FORMATS = (_PNG, _JPEG, _TIFF)
MOST_PIXELS = 80_000_000  # A3 at 600 dots an inch
MOST_FRAMES = 20
LEAST_DPI = 72
_A4_LONG_INCH = 297 / 25.4
_LONGEST_INCH = 17.0  # A3; a page that claims to be larger has wrong dots an inch
_SCREEN_DPI = 96  # what software writes that does not know
_MILLION = 1_000_000
_DETAIL = 120  # characters of a library's complaint
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BACK = {6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
# TIFF packings that lose something: what they packed is packed again without loss.
# What a TIFF tells beside its picture: title, maker, times, resolution, turn, page (TIFF 6.0, 8).
_TIFF_NOTES = {269, 270, 271, 272, 274, 282, 283, 285, 296, 297, 305, 306, 315, 316, 700, 33432}
_LOSSY = ("jpeg", "tiff_jpeg", "webp")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One page of an image. Units: `dpi` dots an inch.

    Shape: `image` lies as it is stored; `notes` are what its format keeps beside the picture.
    """

    image: Image.Image
    dpi: float
    orientation: int = 1
    kind: str = "PNG"
    notes: Mapping[str, Any] = field(default_factory=dict)

    def upright(self, image: Image.Image) -> Image.Image:
        """An image that lies as this page does, turned as it is seen."""
        turn = _UPRIGHT.get(self.orientation)
        return image if turn is None else image.transpose(turn)

    def stored(self, upright: Image.Image) -> Image.Image:
        """The way back."""
        turn = _BACK.get(self.orientation, _UPRIGHT.get(self.orientation))
        return upright if turn is None else upright.transpose(turn)


def leaves_of(data: bytes, order: Order) -> list[Leaf]:
    """The pages of an image. Errors: StampRefused; sizes are judged before anything is unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd headers; the size is judged here
            return _leaves(Image.open(BytesIO(data), formats=FORMATS), order)
    except UnidentifiedImageError:
        raise StampRefused(Refusal.KIND) from None
    except Image.DecompressionBombError:
        most = MOST_PIXELS // _MILLION
        raise StampRefused(Refusal.PIXELS, pixels=f"over {most}", most=most) from None
    except (OSError, SyntaxError, ValueError) as fault:  # what Pillow's decoders raise
        detail = " ".join(str(fault).split())[:_DETAIL]
        raise StampRefused(Refusal.BROKEN, detail=detail) from None


def _leaves(image: Image.Image, order: Order) -> list[Leaf]:
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and isinstance(image, PngImageFile):
        raise StampRefused(Refusal.ANIMATED)
    count = frames if isinstance(image, TiffImageFile) else 1
    if count > MOST_FRAMES:
        raise StampRefused(Refusal.FRAMES, frames=count, most=MOST_FRAMES)
    found = []
    for number in range(count):
        image.seek(number)
        pixels = image.width * image.height
        if pixels > MOST_PIXELS:
            most = MOST_PIXELS // _MILLION
            raise StampRefused(Refusal.PIXELS, pixels=f"{pixels / _MILLION:.0f}", most=most)
        image.load()
        found.append(_leaf(image, order))
    return found


def _leaf(image: Image.Image, order: Order) -> Leaf:
    """The page that is open; a TIFF's next page takes its place, hence a copy."""
    orientation = int(image.getexif().get(ExifTags.Base.Orientation, 1))
    dpi = _dpi(image, order)
    if isinstance(image, TiffImageFile):
        return Leaf(image.copy(), dpi, orientation, _TIFF, _tiff(image))
    if isinstance(image, PngImageFile):
        return Leaf(image, dpi, orientation, _PNG, _png(image))
    return Leaf(image, dpi, orientation, _JPEG, _jpeg(image))


def _dpi(image: Image.Image, order: Order) -> float:
    """The dots an inch: asked for, told by the image, or those of an A4 page when it cannot be."""
    if order.dpi is not None:
        return float(order.dpi)
    long_edge = max(image.size)
    told = image.info.get("dpi")
    dpi = float(max(told)) if isinstance(told, tuple) and len(told) == 2 else 0.0
    as_a4 = long_edge / _A4_LONG_INCH
    if dpi <= 1 or long_edge / dpi > _LONGEST_INCH:
        return as_a4
    return as_a4 if dpi <= _SCREEN_DPI and as_a4 > dpi else dpi


def written(leaves: Sequence[Leaf], pages: Sequence[Image.Image]) -> bytes:
    """The pages in the format, packing and with the notes of the image that came."""
    stream = BytesIO()
    first, *others = pages
    if leaves[0].kind != _TIFF:
        first.save(stream, leaves[0].kind, **leaves[0].notes)
        return stream.getvalue()
    for leaf, page in zip(leaves, pages, strict=True):
        page.encoderinfo = dict(leaf.notes)  # where Pillow looks for each page's own
    first.save(stream, _TIFF, save_all=True, append_images=others, **leaves[0].notes)
    return stream.getvalue()


def _kept(image: Image.Image, *names: str) -> dict[str, Any]:
    return {name: image.info[name] for name in names if image.info.get(name)}


def _png(image: PngImageFile) -> dict[str, Any]:
    notes = PngInfo()
    for name, text in image.text.items():
        notes.add_text(name, text)
    return {"pnginfo": notes, **_kept(image, "dpi", "icc_profile", "exif", "transparency")}


def _jpeg(image: Image.Image) -> dict[str, Any]:
    """The same tables: blocks that the stamp does not touch keep what they hold."""
    kept = _kept(image, "dpi", "icc_profile", "exif", "comment", "xmp", "progressive")
    if isinstance(image, JpegImagePlugin.JpegImageFile):
        kept["qtables"] = image.quantization
        sampling = JpegImagePlugin.get_sampling(image)
        kept |= {"subsampling": sampling} if sampling >= 0 else {}
    return kept


def _tiff(image: TiffImageFile) -> dict[str, Any]:
    packing = image.info.get("compression", "raw")
    packing = "tiff_adobe_deflate" if packing in _LOSSY else packing
    tags = ImageFileDirectory_v2()
    for tag in _TIFF_NOTES & set(image.tag_v2):
        tags[tag] = image.tag_v2[tag]
    return {"compression": packing, "tiffinfo": tags, **_kept(image, "dpi", "icc_profile")}
