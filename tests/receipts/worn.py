"""Wears a printed code as counters do: dot gain, a tired thermal head, a photocopier, age."""

import random
from collections.abc import Mapping
from typing import Protocol

from PIL import Image, ImageChops, ImageDraw, ImageFilter

FINER = 3  # shares of a printer's dot that wear is reckoned in


class Wear(Protocol):
    """What happens to a printed code; the same seed wears it the same way."""

    __name__: str

    def __call__(self, print_out: Image.Image, seed: int) -> Image.Image:
        """The worn picture, grey."""


def _fine(print_out: Image.Image) -> Image.Image:
    """The printed dots as grey, each `FINER` pixels on a side."""
    size = (print_out.width * FINER, print_out.height * FINER)
    return print_out.convert("L").resize(size, Image.Resampling.NEAREST)


def fresh(print_out: Image.Image, seed: int) -> Image.Image:
    """As the printer draws it."""
    return print_out.convert("L")


def dot_gain(print_out: Image.Image, seed: int) -> Image.Image:
    """Ink runs: every dark edge grows by a third of a dot on each side."""
    return _fine(print_out).filter(ImageFilter.MinFilter(3))


def thin_heat(print_out: Image.Image, seed: int) -> Image.Image:
    """Too little heat: every dark edge shrinks, and black is grey."""
    return _fine(print_out).filter(ImageFilter.MaxFilter(3)).point(lambda value: max(value, 90))


def faded_lines(print_out: Image.Image, seed: int) -> Image.Image:
    """Dead and weak elements of a thermal head: stripes along the paper, two of them white.

    Seen through a camera, which softens what is as thin as a dot.
    """
    chance, worn = random.Random(seed), print_out.convert("L")
    pen = ImageDraw.Draw(worn)
    for _ in range(2):
        column = chance.randrange(worn.width)
        pen.line((column, 0, column, worn.height), fill=255)
    stripes = Image.new("L", worn.size, 0)
    pen = ImageDraw.Draw(stripes)
    for _ in range(worn.width // 12):
        column = chance.randrange(worn.width)
        pen.line((column, 0, column, worn.height), fill=chance.randrange(40, 110))
    return ImageChops.add(worn, stripes).filter(ImageFilter.GaussianBlur(0.8))


def photocopy(print_out: Image.Image, seed: int) -> Image.Image:
    """A copier's glass: a little askew, soft, speckled, black and white again."""
    return _copied(_fine(print_out), random.Random(seed))


def _copied(fine: Image.Image, chance: random.Random) -> Image.Image:
    side = fine.width // 8
    sheet = Image.new("L", (fine.width + 2 * side, fine.height + 2 * side), 255)
    sheet.paste(fine, (side, side))
    askew = sheet.rotate(chance.uniform(-3, 3), Image.Resampling.BICUBIC, fillcolor=255)
    soft = askew.filter(ImageFilter.GaussianBlur(FINER * 0.8))
    noise = Image.frombytes("L", soft.size, chance.randbytes(soft.width * soft.height))
    return Image.blend(soft, noise, 0.25).point(lambda value: 255 if value > 130 else 0)


def copy_of_a_copy(print_out: Image.Image, seed: int) -> Image.Image:
    """Copied twice, on paper that has lain about."""
    once = _copied(dot_gain(print_out, seed), random.Random(seed))
    again = once.rotate(2, Image.Resampling.BICUBIC, fillcolor=255)
    soft = again.filter(ImageFilter.GaussianBlur(FINER))
    return soft.point(lambda value: 60 + value * 150 // 255)


ALL: tuple[Wear, ...] = (fresh, dot_gain, thin_heat, faded_lines, photocopy, copy_of_a_copy)
WEAR: Mapping[str, Wear] = {one.__name__: one for one in ALL}
