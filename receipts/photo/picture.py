"""Opens what a citizen sent as a picture, after its header has been judged."""

import io
import warnings
from enum import StrEnum

import numpy as np
from PIL import Image, UnidentifiedImageError
from pillow_heif import register_heif_opener

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
# More than this is made smaller before it is read: it costs time and reads no better.
WORK_EDGE = 3_200
_ORIENTATION = 0x0112  # the EXIF tag
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

register_heif_opener(thumbnails=False)


class Refusal(StrEnum):
    """Why a photo is not read."""

    TOO_LARGE = "too large"
    FORMAT = "format"
    PIXELS = "pixels"
    ANIMATED = "animated"
    BROKEN = "broken"


class PhotoRefused(Exception):
    """A photo that is not read; `why` says so without a word of its content."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(str(why))
        self.why = why


def open_photo(content: bytes) -> Image.Image:
    """The picture in grey, upright, with at most WORK_EDGE pixels on its long edge or a bit more.

    Shape:  JPEG, PNG, WebP or HEIC of at most 10 MB and 25 million pixels, one frame.
    Errors: PhotoRefused. The number of pixels is read from the header: nothing is unpacked
            before it is judged, because half a megabyte can unpack to 800.
    Source: floors.md 6, malicious images.
    """
    if len(content) > MOST_BYTES:
        raise PhotoRefused(Refusal.TOO_LARGE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about odd headers; the size is judged here
            return _opened(content)
    except PhotoRefused:
        raise
    except UnidentifiedImageError:
        raise PhotoRefused(Refusal.FORMAT) from None
    except Image.DecompressionBombError:
        raise PhotoRefused(Refusal.PIXELS) from None
    except MemoryError:
        raise
    except Exception:  # a decoder's fault can be of any kind: the bytes are a stranger's
        raise PhotoRefused(Refusal.BROKEN) from None


def _opened(content: bytes) -> Image.Image:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise PhotoRefused(Refusal.PIXELS)
        # A phone's JPEG may carry a second picture (MPO), HEIC a series: the first is meant.
        if image.format in ("PNG", "WEBP") and getattr(image, "n_frames", 1) > 1:
            raise PhotoRefused(Refusal.ANIMATED)
        turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
        if max(width, height) >= 2 * WORK_EDGE // 1.25 and image.format in ("JPEG", "MPO"):
            image.draft("L", (width // 2, height // 2))
        else:
            image.draft("L", image.size)
        grey = _grey(image)
    if max(grey.size) > WORK_EDGE:
        grey = grey.reduce(2)
    return grey if turn is None else grey.transpose(turn)


def _grey(image: Image.Image) -> Image.Image:
    """Light and dark only; what is transparent is white paper."""
    if image.mode.startswith("I"):  # 16 bits a pixel
        wide = np.asarray(image).astype(np.uint32)
        return Image.fromarray((wide >> 8).clip(0, 255).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        seen = image.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        return Image.alpha_composite(paper, seen).convert("L")
    return image.convert("L")
