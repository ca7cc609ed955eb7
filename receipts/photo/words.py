"""What the modules of a QR code mean: which are fixed, which hold words, and the words mended.

Source: ISO/IEC 18004; the tables of blocks and of alignment patterns are the qrcode library's.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from qrcode.base import rs_blocks
from qrcode.util import BCH_type_info, BCH_type_number, mask_func, pattern_position

from receipts.photo.reed_solomon import corrected, syndromes

Bits = NDArray[np.bool_]
Doubts = NDArray[np.float64]

VERSIONS = range(1, 11)  # 21 to 57 modules: a slip's is 29 to 37
FORMAT_BITS = 15
# Check words that must be left over: each makes a false reading 256 times less likely.
PROOF = 4
_NAMES_ITSELF = 7  # from this version on it is written beside two finders
_STEP = 3  # doubtful words left out at a time


class Format(NamedTuple):
    """How a code says it is written: its error correction level and its mask."""

    level: int
    mask: int


class Layout(NamedTuple):
    """The modules of a version. Shape: `rows` and `columns` in the order of the words' bits."""

    fixed: Bits
    pattern: Bits
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]


def modules_of(version: int) -> int:
    """How many modules a side of this version has."""
    return 17 + 4 * version


def _alignments(version: int) -> Iterator[tuple[int, int]]:
    last = modules_of(version) - 7
    places = pattern_position(version)
    for row in places:
        for column in places:
            if (row, column) not in ((6, 6), (6, last), (last, 6)):
                yield row, column


@lru_cache
def layout(version: int) -> Layout:
    """Where a version has its finders, timing and alignment patterns, and where its words."""
    side = modules_of(version)
    taken = np.zeros((side, side), dtype=bool)
    taken[:9, :9] = taken[:9, -8:] = taken[-8:, :9] = True
    taken[6] = taken[:, 6] = True
    for row, column in _alignments(version):
        taken[row - 2 : row + 3, column - 2 : column + 3] = True
    if version >= _NAMES_ITSELF:
        taken[:6, -11:-8] = taken[-11:-8, :6] = True
    places = np.array([place for place in _zigzag(side) if not taken[place]])
    return Layout(_fixed(version), _pattern(version), places[:, 0], places[:, 1])


def _zigzag(side: int) -> Iterator[tuple[int, int]]:
    """Every module, in pairs of columns from the right, up and down in turn."""
    upwards = True
    for right in range(side - 1, 0, -2):
        column = right if right > 6 else right - 1
        for row in reversed(range(side)) if upwards else range(side):
            yield row, column
            yield row, column - 1
        upwards = not upwards


def _fixed(version: int) -> Bits:
    """The modules that are the same in every code of a version."""
    side = modules_of(version)
    fixed = np.zeros((side, side), dtype=bool)
    fixed[:8, :8] = fixed[:8, -8:] = fixed[-8:, :8] = True
    fixed[6] = fixed[:, 6] = True
    for row, column in _alignments(version):
        fixed[row - 2 : row + 3, column - 2 : column + 3] = True
    return fixed


def _pattern(version: int) -> Bits:
    """The fixed modules, True for dark."""
    side = modules_of(version)
    drawn = np.zeros((side, side), dtype=bool)
    drawn[6, ::2] = drawn[::2, 6] = True
    rings = np.maximum(*np.abs(np.indices((9, 9)) - 4))
    finder = (rings != 2) & (rings != 4)
    drawn[:8, :8] = finder[1:, 1:]
    drawn[:8, -8:] = finder[1:, :-1]
    drawn[-8:, :8] = finder[:-1, 1:]
    drawn[side - 8, 8] = True
    for row, column in _alignments(version):
        drawn[row - 2 : row + 3, column - 2 : column + 3] = rings[2:7, 2:7] != 1
    if version >= _NAMES_ITSELF:
        number = BCH_type_number(version)
        bits = np.array([number >> bit & 1 for bit in range(18)], dtype=bool).reshape(6, 3)
        drawn[:6, -11:-8], drawn[-11:-8, :6] = bits, bits.T
    return drawn


@lru_cache
def _mask(version: int, number: int) -> Bits:
    flips = mask_func(number)
    found = layout(version)
    pairs = zip(found.rows.tolist(), found.columns.tolist(), strict=True)
    return np.array([flips(row, column) for row, column in pairs])


@lru_cache
def _format_places(side: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where the format is written, twice, its lowest bit first."""
    down = [*((row, 8) for row in (0, 1, 2, 3, 4, 5, 7, 8))]
    down += [(side - FORMAT_BITS + bit, 8) for bit in range(8, FORMAT_BITS)]
    along = [(8, side - 1 - bit) for bit in range(8)]
    along += [(8, column) for column in (7, 5, 4, 3, 2, 1, 0)]
    places = np.array([*down, *along])
    return places[:, 0], places[:, 1]


def _format_table() -> tuple[tuple[Format, ...], NDArray[np.float64]]:
    kinds = tuple(Format(level, mask) for level in range(4) for mask in range(8))
    words = [BCH_type_info(kind.level << 3 | kind.mask) for kind in kinds]
    signs = [[1.0 if word >> bit & 1 else -1.0 for bit in range(FORMAT_BITS)] for word in words]
    return kinds, np.array(signs)


_FORMATS, _FORMAT_SIGNS = _format_table()


def agreement(dark: Doubts, version: int) -> float:
    """How well sampled modules fit the fixed patterns. Units: 1 all, 0 by chance, -1 inverse.

    Shape: `dark` is signed, positive for dark; its size says how sure that is.
    """
    found = layout(version)
    said = np.clip(dark[found.fixed], -1, 1)
    meant = np.where(found.pattern[found.fixed], 1.0, -1.0)
    return float((said * meant).sum() / max(np.abs(said).sum(), 1e-9))


def likely_formats(dark: Doubts, most: int) -> list[Format]:
    """The formats that fit both places they are written in, the likeliest first."""
    said = np.clip(dark[_format_places(len(dark))], -1, 1).reshape(2, FORMAT_BITS).sum(axis=0)
    order = np.argsort(-(_FORMAT_SIGNS @ said), kind="stable")[:most]
    return [_FORMATS[place] for place in order.tolist()]


@lru_cache
def _blocks(version: int, level: int) -> tuple[tuple[tuple[int, ...], int], ...]:
    """The blocks a version's words are dealt to: (places among all words, check words)."""
    blocks = rs_blocks(version, level)
    places: list[list[int]] = [[] for _ in blocks]
    at = 0
    for checks in (False, True):
        lengths = [b.total_count - b.data_count if checks else b.data_count for b in blocks]
        for turn in range(max(lengths)):
            for block, length in enumerate(lengths):
                if turn < length:
                    places[block].append(at)
                    at += 1
    return tuple(
        (tuple(mine), block.total_count - block.data_count)
        for mine, block in zip(places, blocks, strict=True)
    )


def mended(dark: Doubts, version: int, form: Format) -> Bits | None:
    """The whole code as it was printed, True for dark; None when its words cannot be mended.

    Words that are least sure are left out step by step, as long as enough check words remain.
    """
    found = layout(version)
    blocks = _blocks(version, form.level)
    total = sum(len(places) for places, _ in blocks)
    mask = _mask(version, form.mask)
    signed = np.where(mask, -1.0, 1.0) * dark[found.rows, found.columns]
    bits = signed[: total * 8].reshape(total, 8)
    words = np.packbits(bits > 0, axis=1)[:, 0].tolist()
    sure = np.abs(bits).min(axis=1)
    for places, checks in blocks:
        right = _block([words[at] for at in places], sure[list(places)], checks)
        if right is None:
            return None
        for at, word in zip(places, right, strict=True):
            words[at] = word
    return _drawn(words, version, form)


def _block(words: list[int], sure: NDArray[np.float64], checks: int) -> list[int] | None:
    said = syndromes(words, checks)
    weakest = np.argsort(sure, kind="stable").tolist()
    for left_out in (0, *range(_STEP, checks - PROOF + 1, _STEP)):
        right = corrected(words, said, weakest[:left_out])
        if right is not None and checks - left_out - 2 * right.errors >= PROOF:
            return right.words
    return None


def _drawn(words: list[int], version: int, form: Format) -> Bits:
    found = layout(version)
    drawn = found.pattern.copy()
    bits = np.unpackbits(np.array(words, dtype=np.uint8)).astype(bool)
    mask = _mask(version, form.mask)
    full = np.zeros(len(found.rows), dtype=bool)
    full[: len(bits)] = bits
    drawn[found.rows, found.columns] = full ^ mask
    signs = _FORMAT_SIGNS[_FORMATS.index(form)] > 0
    drawn[_format_places(len(drawn))] = np.concatenate([signs, signs])
    return drawn
