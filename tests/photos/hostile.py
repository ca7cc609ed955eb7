"""Pictures that are sent to do harm; each is small on the wire."""

import io
import struct
import zlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

_PNG = b"\x89PNG\r\n\x1a\n"
_GREY, _COLOURS = 0, 2


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def png(width: int, height: int, bits: int, colour: int, whole: bool = True) -> bytes:
    """A PNG of zeros, packed as hard as it goes; without its rows where `whole` is False."""
    head = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    packer = zlib.compressobj(9)
    row = bytes(1 + (width * bits * (3 if colour == _COLOURS else 1) + 7) // 8)
    rows = b"".join(packer.compress(row) for _ in range(height if whole else 1)) + packer.flush()
    return _PNG + _chunk(b"IHDR", head) + _chunk(b"IDAT", rows) + _chunk(b"IEND", b"")


def _jpeg(width: int = 400, height: int = 300) -> bytes:
    packed = io.BytesIO()
    grain = np.random.default_rng(1).integers(0, 255, (height, width), dtype=np.uint8)
    Image.fromarray(grain).save(packed, "JPEG")
    return packed.getvalue()


def _jpeg_that_claims(width: int, height: int) -> bytes:
    content = bytearray(_jpeg())
    at = content.index(b"\xff\xc0") + 5
    content[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(content)


def _frames(form: str, count: int) -> bytes:
    packed = io.BytesIO()
    frames = [Image.new("RGB", (40, 40), (number % 256, 0, 0)) for number in range(count)]
    frames[0].save(packed, form, save_all=True, append_images=frames[1:], duration=20)
    return packed.getvalue()


def _with_text(size: int) -> bytes:
    whole = png(8, 8, 8, _GREY)
    text = _chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(size), 9))
    return whole[:33] + text + whole[33:]


def _saved(form: str) -> bytes:
    packed = io.BytesIO()
    Image.new("RGB", (64, 64), "white").save(packed, form)
    return packed.getvalue()


# Name: the picture, and the outcome it must have (floors.md 6, and what came to mind beside it).
PICTURES: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "20k x 20k, one bit": (lambda: png(20_000, 20_000, 1, _GREY), "pixels"),
    "20k x 20k, colours": (lambda: png(20_000, 20_000, 8, _COLOURS, whole=False), "pixels"),
    "13k x 13k, colours": (lambda: png(13_000, 13_000, 8, _COLOURS, whole=False), "pixels"),
    "9,400 x 9,400, colours": (lambda: png(9_400, 9_400, 8, _COLOURS), "pixels"),
    "a pixel too many": (lambda: png(25_000_001, 1, 1, _GREY, whole=False), "pixels"),
    "JPEG that claims 65,500 x 65,500": (lambda: _jpeg_that_claims(65_500, 65_500), "pixels"),
    "JPEG cut in half": (lambda: _jpeg()[: len(_jpeg()) // 2], "broken"),
    "PNG without its rows": (lambda: png(2_000, 2_000, 8, _GREY, whole=False), "nothing"),
    "PNG with 20 MB of packed text": (lambda: _with_text(20_000_000), "broken"),
    "GIF of 600 frames": (lambda: _frames("GIF", 600), "format"),
    "WebP of 60 frames": (lambda: _frames("WEBP", 60), "animated"),
    "PNG of 60 frames": (lambda: _frames("PNG", 60), "animated"),
    "TIFF": (lambda: _saved("TIFF"), "format"),
    "BMP": (lambda: _saved("BMP"), "format"),
    "SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>", "format"),
    "PDF": (lambda: b"%PDF-1.7\n%%EOF", "format"),
    "empty": (lambda: b"", "format"),
    "the head of a HEIC and nothing more": (
        lambda: b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40),
        "format",
    ),
    "zeros": (lambda: bytes(100_000), "format"),
    "eleven megabytes": (lambda: _jpeg() + bytes(11 * 1024 * 1024), "too large"),
    "one pixel": (lambda: png(1, 1, 8, _GREY), "nothing"),
    "one line": (lambda: png(20_000, 1, 8, _GREY), "nothing"),
}
