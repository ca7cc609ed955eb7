"""Where a stamp goes on a page: asked for, or the free place nearest to the best corner."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from receipts.qr import LEAST_MM
from receipts.slip.marks import MM
from receipts.stamp.design import Design
from receipts.stamp.ground import Extent, Ground
from receipts.stamp.order import Box, Corner, Near, Order
from receipts.stamp.refusal import Refusal, StampRefused

AROUND = 1.0 * MM  # of white that is left about a stamp
_REACH = 45 * MM  # how far from the words a stamp still belongs to them
# Beside the words is better than below them, below better than above, above better than before.
_BELOW, _ABOVE, _BEFORE = 2.0, 12.0, 18.0
_ASKEW = 0.1  # points that a point out of line counts
_FINENESS = 2.0  # points; how exactly the room is told when there is not enough

Places = npt.NDArray[np.float64]
Costs = npt.NDArray[np.float64]
Draw = Callable[[float], Sequence[Design]]


@dataclass(frozen=True, slots=True)
class Spot:
    """A stamp and its upper left corner. Units: points from the page's upper left corner."""

    x: float
    y: float
    design: Design

    @property
    def extent(self) -> Extent:
        """What it covers."""
        return Extent(self.x, self.y, self.x + self.design.width, self.y + self.design.height)


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is to be stamped: what is free on it, and where the words asked for stand."""

    number: int
    ground: Ground
    words: Extent | None = None


def spot_on(page: Page, order: Order, draw: Draw) -> Spot:
    """The place for a stamp. Shape: `draw` gives the designs for a size of the QR in mm.

    Errors: StampRefused when nothing is free where it was asked for.
    """
    place = order.place
    if isinstance(place, Box):
        return _in_box(page, place, draw)
    drawn = draw(order.size)
    if isinstance(place, Near):
        return _near(page, order, drawn, place)
    if isinstance(place, Corner):
        return _in_corner(page, order, drawn, place)
    return _anywhere(page, order, drawn)


# A box


def _in_box(page: Page, box: Box, draw: Draw) -> Spot:
    """The largest stamp that the box holds, in its middle."""
    asked = Extent(*(MM * side for side in _sides(box)))
    ground = page.ground
    if min(asked.left, asked.top) < 0 or not _reaches_in(asked, ground):
        sheet = f"{ground.width / MM:.0f} × {ground.height / MM:.0f}"
        raise StampRefused(Refusal.BOX_OUTSIDE, box=box, page=page.number, sheet=sheet)
    design = _largest(box, draw)
    spot = Spot(
        (asked.left + asked.right - design.width) / 2,
        (asked.top + asked.bottom - design.height) / 2,
        design,
    )
    if not ground.is_free(spot.extent):
        raise StampRefused(Refusal.BOX_TAKEN, box=box, page=page.number)
    return spot


def _sides(box: Box) -> tuple[float, float, float, float]:
    return box.x, box.y, box.x + box.width, box.y + box.height


def _reaches_in(box: Extent, ground: Ground) -> bool:
    slack = 0.5  # a sheet's size is rounded as people write it
    return box.right <= ground.width + slack and box.bottom <= ground.height + slack


def _largest(box: Box, draw: Draw) -> Design:
    for size in range(int(min(box.width, box.height)), int(LEAST_MM) - 1, -1):
        for design in draw(float(size)):
            if design.width <= box.width * MM and design.height <= box.height * MM:
                return design
    smallest = min(draw(LEAST_MM), key=lambda one: one.width * one.height)
    raise StampRefused(Refusal.BOX_SMALL, box=box, need=smallest.millimetres)


# Free places


def _best(
    ground: Ground, margin: float, drawn: Iterable[Design], cost: Callable[[Places, Design], Costs]
) -> Spot | None:
    """The free place of least cost over all designs; None when every cost is endless."""
    best, least = None, np.inf
    for design in drawn:
        places = ground.free_places(design.width, design.height, AROUND, margin * MM)
        if not len(places):
            continue
        costs = cost(places, design)
        at = int(costs.argmin())
        if costs[at] < least:
            least = float(costs[at])
            best = Spot(float(places[at, 0]), float(places[at, 1]), design)
    return best


def _anywhere(page: Page, order: Order, drawn: Sequence[Design]) -> Spot:
    """A corner if one is free, the first first; else the free place nearest to the first."""
    ground = page.ground
    for design in drawn:
        for corner in Corner:
            spot = _exactly(corner, ground, order.margin * MM, design)
            around = Extent(
                spot.x - AROUND,
                spot.y - AROUND,
                spot.extent.right + AROUND,
                spot.extent.bottom + AROUND,
            )
            if _lies_within(spot, ground) and ground.is_free(around):
                return spot
    first = next(iter(Corner))
    found = _best(
        ground, order.margin, drawn, lambda places, one: _from(first, ground, places, one)
    )
    if found is None:
        raise StampRefused(Refusal.NO_ROOM, page=page.number, **_room(ground, order, drawn))
    return found


def _in_corner(page: Page, order: Order, drawn: Sequence[Design], corner: Corner) -> Spot:
    """The free place nearest to a corner, in that quarter of the page."""
    ground = page.ground

    def cost(places: Places, design: Design) -> Costs:
        middle = places + np.array([design.width / 2, design.height / 2])
        right, bottom = middle[:, 0] >= ground.width / 2, middle[:, 1] >= ground.height / 2
        theirs = (right == corner.right) & (bottom == corner.bottom)
        return np.where(theirs, _from(corner, ground, places, design), np.inf)

    found = _best(ground, order.margin, drawn, cost)
    if found is None:
        facts = _room(ground, order, drawn)
        raise StampRefused(
            Refusal.CORNER_TAKEN,
            page=page.number,
            asked=corner,
            asked_vi=corner.vietnamese,
            **facts,
        )
    return _pushed(found, corner, ground, order.margin * MM)


def _pushed(spot: Spot, corner: Corner, ground: Ground, margin: float) -> Spot:
    """Exactly at the margin where the free place ends within a cell of it."""
    exact = _exactly(corner, ground, margin, spot.design)
    cell = ground.width / ground.shape[1]
    near_x, near_y = abs(exact.x - spot.x) <= 2 * cell, abs(exact.y - spot.y) <= 2 * cell
    moved = replace(spot, x=exact.x if near_x else spot.x, y=exact.y if near_y else spot.y)
    return moved if ground.is_free(moved.extent) else spot


def _near(page: Page, order: Order, drawn: Sequence[Design], near: Near) -> Spot:
    """The free place next to the words."""
    words = page.words
    if words is None:
        raise StampRefused(Refusal.WORDS_MISSING, page=page.number, words=near.words)
    found = _best(page.ground, order.margin, drawn, lambda places, one: _beside(words, places, one))
    if found is None:
        need = _sizes(drawn)
        raise StampRefused(Refusal.NEAR_TAKEN, page=page.number, words=near.words, need=need)
    return found


def _beside(words: Extent, places: Places, design: Design) -> Costs:
    """How little a place belongs to the words; endless where it is too far from them."""
    left, top = places[:, 0], places[:, 1]
    right, bottom = left + design.width, top + design.height
    after, before = left - words.right, words.left - right
    below, above = top - words.bottom, words.top - bottom
    gap = np.hypot(np.maximum(np.maximum(after, before), 0), np.maximum(below, 0))
    gap = np.hypot(gap, np.maximum(above, 0))
    turn = np.where(after >= 0, 0.0, np.where(below >= 0, _BELOW, _ABOVE))
    turn = np.where(before >= 0, _BEFORE, turn)
    askew = np.where(after >= 0, np.abs(top - words.top), np.abs(left - words.left))
    return np.where(gap <= _REACH, gap + turn + _ASKEW * askew, np.inf)


def _exactly(corner: Corner, ground: Ground, margin: float, design: Design) -> Spot:
    x = ground.width - margin - design.width if corner.right else margin
    y = ground.height - margin - design.height if corner.bottom else margin
    return Spot(x, y, design)


def _from(corner: Corner, ground: Ground, places: Places, design: Design) -> Costs:
    """How far each place lies from the corner."""
    exact = _exactly(corner, ground, 0.0, design)
    away: Costs = np.abs(places - np.array([exact.x, exact.y])).sum(1)
    return away


def _lies_within(spot: Spot, ground: Ground) -> bool:
    box = spot.extent
    return min(box.left, box.top) >= 0 and box.right <= ground.width and box.bottom <= ground.height


def _room(ground: Ground, order: Order, drawn: Sequence[Design]) -> dict[str, object]:
    """What a refusal tells: the size needed, and the corner with the largest free square."""
    sides = {corner: _largest_square(ground, corner, order.margin * MM) for corner in Corner}
    corner = max(sides, key=lambda one: sides[one])
    return {
        "need": _sizes(drawn),
        "corner": corner,
        "corner_vi": corner.vietnamese,
        "room": f"{sides[corner] / MM:.0f}",
    }


def _sizes(drawn: Sequence[Design]) -> str:
    return " / ".join(design.millimetres for design in drawn)


def _largest_square(ground: Ground, corner: Corner, margin: float) -> float:
    """The side of the largest free square whose middle lies in the corner's quarter."""
    low, high = 0.0, min(ground.width, ground.height)
    while high - low > _FINENESS:
        side = (low + high) / 2
        places = ground.free_places(side, side, AROUND, margin) + side / 2
        right, bottom = places[:, 0] >= ground.width / 2, places[:, 1] >= ground.height / 2
        fits = bool(((right == corner.right) & (bottom == corner.bottom)).any())
        low, high = (side, high) if fits else (low, side)
    return low
