"""Reads all texts off a photo: first as it is, then prepared in other ways, with more patience."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from PIL import Image

from receipts.photo.bars import slant
from receipts.photo.crumpled import read_suspect
from receipts.photo.prepare import (
    black_and_white,
    even_light,
    resized,
    sharpened,
    smoothed,
    turned,
)
from receipts.photo.scan import bar_codes, qr_codes

Clock = Callable[[], float]
Enough = Callable[[Sequence[str]], bool]
Step = Callable[[Image.Image], Image.Image]

PATIENCE = 1.0  # seconds of the processor for what the first pass could not read
_MOST_SUSPECTS = 3  # of one look; a forged picture may hold hundreds
_TILE_FROM = 1_600  # pixels: from this long edge on, quarters are looked at by themselves


def _as_it_is(image: Image.Image) -> Image.Image:
    return image


# Measured with `python -m bench photos`; each step is there for what the ones before leave.
FIRST: tuple[Step, ...] = (_as_it_is, lambda image: resized(image, 1_200))
PATIENT: tuple[Step, ...] = (
    lambda image: even_light(resized(image, 1_000), 40, 2.5),
    lambda image: smoothed(resized(image, 1_000), 1),
    lambda image: even_light(sharpened(resized(image, 1_400), 5), 40, 2),
    lambda image: turned(even_light(resized(image, 1_400), 40, 2), 45),
    lambda image: black_and_white(resized(image, 1_400), 80),
    lambda image: even_light(image, 20, 2.5),
    lambda image: even_light(sharpened(resized(image, 1_800), 8), 40, 2),
)
_BARS_EDGES = (1_600, 2_400)  # pixels: what bars are looked for at, once they stand upright


class Reading(NamedTuple):
    """The texts found, and after how many steps: 0 for none, beyond FIRST for patience."""

    texts: tuple[str, ...]
    steps: int


@dataclass(slots=True)
class _Look:
    """What was read so far."""

    enough: Enough
    texts: dict[str, None] = field(default_factory=dict)
    _once: set[str] = field(default_factory=set)

    def at_qr(self, image: Image.Image) -> bool:
        """Look for QR codes; True when enough was read."""
        seen = qr_codes(image)
        self.texts.update(dict.fromkeys(seen.texts))
        if self.satisfied:
            return True
        for suspect in seen.suspects[:_MOST_SUSPECTS]:
            text = read_suspect(image, suspect)
            if text is not None:
                self.texts[text] = None
        return self.satisfied

    def at_bars(self, image: Image.Image) -> bool:
        """Look for bar codes; True when enough was read.

        Bars have one check character or none, and grain makes other digits of them: a text
        counts when two looks read it alike.
        """
        seen = bar_codes(image)
        self.texts.update(dict.fromkeys(text for text in seen if text in self._once))
        self._once.update(seen)
        return self.satisfied

    @property
    def satisfied(self) -> bool:
        """Whether what was read is what was looked for."""
        return bool(self.texts) and self.enough(tuple(self.texts))

    def reading(self, steps: int) -> Reading:
        """The result."""
        return Reading(tuple(self.texts), steps if self.satisfied else 0)


def _anything(_texts: Sequence[str]) -> bool:
    return True


def first_pass(image: Image.Image, enough: Enough = _anything) -> Reading:
    """What two looks give: the photo as it is and at another size. `enough` ends the looking."""
    look = _Look(enough)
    for number, step in enumerate(FIRST, start=1):
        if look.at_qr(step(image)):
            return look.reading(number)
    return look.reading(0)


def read_photo(
    image: Image.Image, enough: Enough = _anything, clock: Clock = time.process_time
) -> Reading:
    """All texts that can be read off a grey photo: QR codes, then the bars of Code 128 and 39.

    Shape:  `enough` says whether the texts found so far are what is looked for.
    Units:  PATIENCE in seconds of `clock`, looked at between two steps.
    Source: domain-facts 1.2 (machine-readable part); floors.md 6.
    """
    first = first_pass(image, enough)
    if first.steps:
        return first
    look, until = _Look(enough, dict.fromkeys(first.texts)), clock() + PATIENCE
    for number, glance in enumerate(_glances(image, look), start=len(FIRST) + 1):
        if glance():
            return look.reading(number)
        if clock() >= until:
            break
    return look.reading(0)


def _glances(image: Image.Image, look: _Look) -> Iterator[Callable[[], bool]]:
    """What is tried with patience, one after the other: bars, other ways to prepare, parts."""
    yield from _at_bars(image, look)
    yield from (_prepared(look, image, step) for step in PATIENT)
    if max(image.size) >= _TILE_FROM:
        yield from (_part(look, image, box) for box in _quarters(image))


def _at_bars(image: Image.Image, look: _Look) -> Iterator[Callable[[], bool]]:
    """Bars as they lie, then turned upright: a line across a long code must meet every bar."""
    straight = resized(image, min(max(image.size), _BARS_EDGES[0]))
    yield partial(look.at_bars, straight)
    degrees = slant(straight)
    if degrees is None:
        return
    for edge in _BARS_EDGES:
        upright = turned(resized(image, edge), degrees)
        yield partial(look.at_bars, upright)
        yield partial(look.at_bars, even_light(upright, 40, 2))


def _prepared(look: _Look, image: Image.Image, step: Step) -> Callable[[], bool]:
    return lambda: look.at_qr(step(image))


def _part(look: _Look, image: Image.Image, box: tuple[int, int, int, int]) -> Callable[[], bool]:
    return lambda: look.at_qr(resized(image.crop(box), 1_600))


def _quarters(image: Image.Image) -> Iterator[tuple[int, int, int, int]]:
    """Quarters that overlap, so that a small code is whole in one of them."""
    wide, high = round(image.width * 0.6), round(image.height * 0.6)
    for top in (0, image.height - high):
        for left in (0, image.width - wide):
            yield left, top, left + wide, top + high
