"""Finds where the modules of a slanted, crumpled or half-lit QR code lie, and samples them."""

import heapq
import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from receipts.photo.scan import Point, Suspect
from receipts.photo.words import Doubts, modules_of

Plane = NDArray[np.float32]
Waves = NDArray[np.complex128]

CELL = 8  # pixels a module gets when its code is laid flat
_MARGIN = 2  # modules around the code that are looked at too
_STRONGEST = (3, 3)  # a module of the first finder: there the grid is surely right


class Flat(NamedTuple):
    """A code laid flat by its corners: its light, and how its edges fall into the grid.

    Shape: `across` and `down` hold one number a module, margin included: the strength of the
           edges there, turned by how far they lie beside the grid's lines (2 pi = a module).
    """

    light: Plane
    across: Waves
    down: Waves
    side: int


class Shift(NamedTuple):
    """How far each module lies from its place in the flat grid. Units: modules."""

    x: Doubts
    y: Doubts


def lay_flat(image: Image.Image, suspect: Suspect) -> Flat:
    """The code as if it were seen from straight above."""
    side = modules_of(suspect.version)
    light = np.asarray(_straightened(image, suspect.corners, side), dtype=np.float32)
    around = 3 * CELL
    mean = _mean(light, around)
    spread = np.sqrt(np.maximum(_mean(light * light, around) - mean * mean, 16.0))
    even = (light - mean) / spread
    turns = np.exp(-2j * np.pi * np.arange(len(even)) / CELL)
    across = np.abs(np.diff(even, axis=1, prepend=even[:, :1])) * turns[None, :]
    down = np.abs(np.diff(even, axis=0, prepend=even[:1])) * turns[:, None]
    return Flat(light, _by_module(across), _by_module(down), side)


def _straightened(image: Image.Image, corners: tuple[Point, ...], side: int) -> Image.Image:
    longest = max(math.dist(corners[at], corners[at - 1]) for at in range(4))
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    room = 0.2 * longest
    left, top = max(0, int(min(xs) - room)), max(0, int(min(ys) - room))
    right, bottom = int(max(xs) + room), int(max(ys) + room)
    part = image.crop((left, top, min(image.width, right), min(image.height, bottom)))
    smaller = max(1, int(longest / (side * CELL)))
    if smaller > 1:
        part = part.reduce(smaller)
    seen = [((x - left) / smaller, (y - top) / smaller) for x, y in corners]
    size, low = (side + 2 * _MARGIN) * CELL, _MARGIN * CELL
    high = size - low
    meant = ((low, low), (high, low), (high, high), (low, high))
    return part.transform(
        (size, size),
        Image.Transform.PERSPECTIVE,
        _perspective(meant, seen),
        Image.Resampling.BILINEAR,
    )


def _perspective(meant: tuple[Point, ...], seen: list[Point]) -> tuple[float, ...]:
    """The eight numbers that lead from a flat place to the place in the photo."""
    rows, told = [], []
    for (x, y), (u, v) in zip(meant, seen, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        told += [u, v]
    solved = np.linalg.lstsq(np.array(rows, dtype=float), np.array(told), rcond=None)[0]
    return tuple(solved.tolist())


def _mean(plane: Plane, reach: int) -> Plane:
    """The mean of the square around each pixel."""
    padded = np.pad(plane, ((reach + 1, reach), (reach + 1, reach)), mode="edge")
    total = padded.cumsum(axis=0, dtype=np.float64).cumsum(axis=1)
    wide = 2 * reach + 1
    inside = total[wide:, wide:] - total[:-wide, wide:] - total[wide:, :-wide]
    mean: Plane = ((inside + total[:-wide, :-wide]) / (wide * wide)).astype(np.float32)
    return mean


def _by_module(plane: NDArray[np.complex128]) -> Waves:
    cells = len(plane) // CELL
    summed: Waves = plane.reshape(cells, CELL, cells, CELL).sum(axis=(1, 3))
    return summed


# Where the grid really lies


class Fit(NamedTuple):
    """One round of fitting. Units: `reach` in modules around each; `bends`: the degree of the
    smooth surface that the shifts are fitted to."""

    reach: int
    bends: int


_STEADY = (Fit(3, 3), Fit(2, 4), Fit(2, 6))
_SUPPLE = (Fit(2, 5), Fit(2, 6), Fit(1, 7))
_STIFF = (Fit(3, 2), Fit(3, 3), Fit(2, 4))


def shifts(flat: Flat) -> Iterator[Shift]:
    """Ways in which the code may be bent, the likeliest first."""
    yield _bent(flat, _STEADY, far=True)
    yield _bent(flat, _STIFF, far=False)
    yield Shift(np.zeros((flat.side, flat.side)), np.zeros((flat.side, flat.side)))
    yield _bent(flat, _SUPPLE, far=True)


def _bent(flat: Flat, rounds: tuple[Fit, ...], far: bool) -> Shift:
    """Shifts from the phase of the edges, round by round; `far`: also of more than half a module.

    A crumpled sheet bends smoothly, so neighbours shift alike; where a glare hides the edges,
    the surface fitted to the others says where the modules are.
    """
    x = _fitted(flat.across, flat.side, rounds, far)
    return Shift(x, _fitted(flat.down, flat.side, rounds, far))


def _fitted(edges: Waves, side: int, rounds: tuple[Fit, ...], far: bool) -> Doubts:
    shift = np.zeros((side, side))
    for number, fit in enumerate(rounds):
        turned = edges * np.exp(2j * np.pi * np.pad(shift, _MARGIN, mode="edge"))
        near = _around(_around(turned, fit.reach), fit.reach)
        near = near[_MARGIN:-_MARGIN, _MARGIN:-_MARGIN]
        strength, phase = np.abs(near), np.angle(near)
        if far and number == 0:
            phase = _unwrapped(phase, strength)
        weight = np.minimum(strength, np.percentile(strength, 60)) ** 2
        shift = _surface(shift - phase / (2 * np.pi), weight, fit.bends)
    return shift


def _around(plane: Waves, reach: int) -> Waves:
    padded = np.pad(plane, ((reach + 1, reach), (reach + 1, reach)), mode="edge")
    total = padded.cumsum(axis=0).cumsum(axis=1)
    wide = 2 * reach + 1
    inside = total[wide:, wide:] - total[:-wide, wide:] - total[wide:, :-wide]
    summed: Waves = inside + total[:-wide, :-wide]
    return summed


def _unwrapped(phase: Doubts, strength: Doubts) -> Doubts:
    """Phases without jumps of a whole turn, followed from the first finder along strong edges."""
    side = len(phase)
    known = phase.tolist()
    strong = (-strength).tolist()
    done = np.zeros((side, side), dtype=bool).tolist()
    row, column = _STRONGEST
    waiting = [(0.0, row, column, known[row][column])]
    while waiting:
        _, row, column, beside = heapq.heappop(waiting)
        if done[row][column]:
            continue
        done[row][column] = True
        here = known[row][column]
        here += 2 * math.pi * round((beside - here) / (2 * math.pi))
        known[row][column] = here
        for y, x in ((row + 1, column), (row - 1, column), (row, column + 1), (row, column - 1)):
            if 0 <= y < side and 0 <= x < side and not done[y][x]:
                heapq.heappush(waiting, (strong[y][x], y, x, here))
    return np.array(known)


@lru_cache
def _bends(side: int, degree: int) -> NDArray[np.float64]:
    line = np.polynomial.chebyshev.chebvander(np.linspace(-1, 1, side), degree)
    pairs = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
    return np.stack([np.outer(line[:, i], line[:, j]).ravel() for i, j in pairs], axis=1)


def _surface(shift: Doubts, weight: Doubts, degree: int) -> Doubts:
    """The smooth surface that fits the shifts best, each counting by its weight."""
    bends = _bends(len(shift), degree)
    weighed = bends * weight.reshape(-1, 1)
    steady = np.eye(bends.shape[1]) * max(float(weight.mean()), 1e-9)
    parts = np.linalg.solve(bends.T @ weighed + 1e-3 * steady, weighed.T @ shift.ravel())
    fitted: Doubts = (bends @ parts).reshape(shift.shape)
    return fitted


# What lies there


def sampled(flat: Flat, shift: Shift) -> Doubts:
    """The light of each module: the mean of nine places around its middle."""
    rows, columns = np.mgrid[0 : flat.side, 0 : flat.side]
    middle_x = (columns + _MARGIN + 0.5 + shift.x) * CELL - 0.5
    middle_y = (rows + _MARGIN + 0.5 + shift.y) * CELL - 0.5
    apart = 0.22 * CELL
    total = np.zeros((flat.side, flat.side))
    for off_y in (-apart, 0.0, apart):
        for off_x in (-apart, 0.0, apart):
            total += _between(flat.light, middle_y + off_y, middle_x + off_x)
    return total / 9


def _between(light: Plane, y: Doubts, x: Doubts) -> Doubts:
    last = len(light) - 1.001
    x, y = np.clip(x, 0, last), np.clip(y, 0, last)
    left, top = x.astype(np.intp), y.astype(np.intp)
    x, y = x - left, y - top
    upper = light[top, left] * (1 - x) + light[top, left + 1] * x
    lower = light[top + 1, left] * (1 - x) + light[top + 1, left + 1] * x
    mixed: Doubts = upper * (1 - y) + lower * y
    return mixed


class Contrast(NamedTuple):
    """How light becomes dark or bright: `sharper` undoes what a blur has spilled over to the
    neighbours; `reach` is how many modules around decide what counts as dark."""

    sharper: float
    reach: int


def judged(light: Doubts, contrast: Contrast) -> Doubts:
    """Each module positive for dark, negative for bright; its size says how sure that is."""
    padded = np.pad(light, 1, mode="edge")
    beside = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    light = light + contrast.sharper * (light - beside / 4)
    reach, wide = contrast.reach, 2 * contrast.reach + 1
    around = np.lib.stride_tricks.sliding_window_view(
        np.pad(light, reach, mode="edge"), (wide, wide)
    ).reshape(*light.shape, wide * wide)
    tenth = wide * wide // 10
    ordered = np.partition(around, (tenth, wide * wide - 1 - tenth), axis=2)
    dark, bright = ordered[..., tenth], ordered[..., -1 - tenth]
    judged: Doubts = ((dark + bright) / 2 - light) / np.maximum(bright - dark, 12.0) * 2
    return judged
