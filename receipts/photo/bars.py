"""Finds which way the bars of a bar code run, so that a slanted one can be turned upright."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_EDGE = 1_600  # pixels; more tells no more about the way that bars run
_BLOCK = 48  # pixels: a few bars wide, and not yet as high as a line of print
_BESIDE = 3  # blocks in a row that have to agree: a bar code is long, a word is not

Plane = NDArray[np.float32]


def slant(image: Image.Image) -> float | None:
    """How far to turn a grey picture so that its likeliest bars stand upright.

    Units:  degrees, counter-clockwise as Pillow turns, from -90 to 90.
    Result: None where nothing looks like bars.
    """
    smaller = max(1, round(max(image.size) / _EDGE))
    light = np.asarray(image.reduce(smaller) if smaller > 1 else image, dtype=np.float32)
    if min(light.shape) < _BLOCK * _BESIDE:
        return None
    steep = light[1:-1, 2:] - light[1:-1, :-2]
    flat = light[2:, 1:-1] - light[:-2, 1:-1]
    even, skew = _around(steep * steep - flat * flat), _around(2 * steep * flat)
    energy = _around(steep * steep + flat * flat)
    # Bars have one direction where print has several: squared, so that few strong bars of a
    # code outweigh a page of words.
    likely = (even * even + skew * skew) / np.maximum(energy, 1.0)
    place = np.unravel_index(int(np.argmax(likely)), likely.shape)
    if likely[place] <= 0:
        return None
    return math.degrees(0.5 * math.atan2(float(skew[place]), float(even[place])))


def _around(plane: Plane) -> Plane:
    """The sum of each block and those around it. Shape: one number a block."""
    high, wide = (edge // _BLOCK for edge in plane.shape)
    blocks = plane[: high * _BLOCK, : wide * _BLOCK].reshape(high, _BLOCK, wide, _BLOCK)
    padded = np.pad(blocks.sum(axis=(1, 3)), _BESIDE // 2)
    seen = np.zeros((high, wide), dtype=np.float32)
    for row in range(_BESIDE):
        for column in range(_BESIDE):
            seen += padded[row : row + high, column : column + wide]
    return seen
