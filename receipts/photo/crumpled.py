"""Reads a QR code that was found but could not be read: laid flat, sampled, its words mended."""

import numpy as np
from PIL import Image

from receipts.photo.grid import Contrast, judged, lay_flat, sampled, shifts
from receipts.photo.scan import Suspect, qr_text
from receipts.photo.words import Bits, Doubts, agreement, likely_formats, mended

# A grid whose fixed patterns do not look like this is not worth the words' arithmetic.
_AGREES = 0.86
_SURE = 0.97  # such a grid will hardly be bettered by another
_CONTRASTS = (Contrast(0.6, 3), Contrast(1.2, 2), Contrast(0.0, 2))
_FORMATS_TRIED = 2


def read_suspect(image: Image.Image, suspect: Suspect) -> str | None:
    """The text of the code, or None.

    The words of a QR carry check words; what they cannot prove is not read, so a wrong text is
    as good as impossible.
    """
    flat = lay_flat(image, suspect)
    grids = []
    for shift in shifts(flat):
        light = sampled(flat, shift)
        dark = judged(light, _CONTRASTS[0])
        fit = agreement(dark, suspect.version)
        if fit >= _SURE:
            text = _text(dark, suspect.version)
            if text is not None:
                return text
        grids.append((fit, light, dark))
    grids.sort(key=lambda one: -one[0])
    for fit, light, dark in grids[:2]:
        if fit < _AGREES:
            break
        text = _tried(fit, light, dark, suspect.version)
        if text is not None:
            return text
    return None


def _tried(fit: float, light: Doubts, dark: Doubts, version: int) -> str | None:
    if fit < _SURE and (text := _text(dark, version)) is not None:
        return text
    for contrast in _CONTRASTS[1:]:
        text = _text(judged(light, contrast), version)
        if text is not None:
            return text
    return None


def _text(dark: Doubts, version: int) -> str | None:
    for form in likely_formats(dark, _FORMATS_TRIED):
        printed = mended(dark, version, form)
        if printed is not None:
            return qr_text(_picture(printed))
    return None


def _picture(printed: Bits) -> Image.Image:
    """The code as a clean picture, so that zxing reads its words into a text."""
    dots = np.kron(np.pad(printed, 4), np.ones((3, 3), dtype=bool))
    return Image.fromarray(np.where(dots, 0, 255).astype(np.uint8))
