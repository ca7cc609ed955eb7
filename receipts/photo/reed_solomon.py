"""Reed-Solomon codes as QR codes use them: errors corrected, doubtful words left out."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_FIELD = 0x11D  # the polynomial of GF(256) in ISO/IEC 18004
_ORDER = 255


def _tables() -> tuple[tuple[int, ...], tuple[int, ...]]:
    powers, logs, value = [0] * (2 * _ORDER), [0] * 256, 1
    for exponent in range(_ORDER):
        powers[exponent] = powers[exponent + _ORDER] = value
        logs[value] = exponent
        value <<= 1
        if value & 256:
            value ^= _FIELD
    return tuple(powers), tuple(logs)


_POWER, _LOG = _tables()
_POWERS, _LOGS = np.array(_POWER), np.array(_LOG)


class Corrected(NamedTuple):
    """A block as it was written, and how many of its words were wrong beside the doubtful."""

    words: list[int]
    errors: int


def _times(one: int, other: int) -> int:
    return _POWER[_LOG[one] + _LOG[other]] if one and other else 0


def _inverse(value: int) -> int:
    return _POWER[_ORDER - _LOG[value]]


def _at(polynomial: Sequence[int], point: int) -> int:
    """The value at a point; the highest power stands first."""
    value = 0
    for part in polynomial:
        value = _times(value, point) ^ part
    return value


def syndromes(words: Sequence[int], checks: int) -> list[int]:
    """What the check words say of a block; all zero when it is right."""
    return _values(np.array(words)[::-1], np.arange(checks))


def _values(polynomial: NDArray[np.intp], powers: NDArray[np.intp]) -> list[int]:
    """The polynomial's value at each of these powers; its lowest power stands first."""
    (held,) = np.nonzero(polynomial)
    logs = _LOGS[polynomial[held]] + powers[:, None] * held
    found: list[int] = np.bitwise_xor.reduce(_POWERS[logs % _ORDER], axis=1).tolist()
    return found


def corrected(
    words: Sequence[int], said: Sequence[int], doubtful: Sequence[int]
) -> Corrected | None:
    """The block put right; None when it cannot be.

    Shape:  `said` are its syndromes, one for each check word; `doubtful` are places whose
            words are not trusted. Twice the errors and the doubtful together reach no further
            than the check words.
    """
    if not any(said):
        return Corrected(list(words), 0)
    locator = _locator(said, [len(words) - 1 - place for place in doubtful])
    wrong = len(locator) - 1
    if 2 * (wrong - len(doubtful)) + len(doubtful) > len(said):
        return None
    values = _values(np.array(locator), _ORDER - np.arange(len(words)))
    powers = [power for power, value in enumerate(values) if value == 0]
    if len(powers) != wrong:
        return None
    mended = _mended(words, said, locator, powers)
    if mended is None or any(syndromes(mended, len(said))):
        return None
    return Corrected(mended, max(0, wrong - len(doubtful)))


def _locator(said: Sequence[int], doubtful: Sequence[int]) -> list[int]:
    """Berlekamp and Massey's polynomial, begun with the doubtful places; lowest power first."""
    found = [1]
    for power in doubtful:
        shifted = [0, *(_times(part, _POWER[power]) for part in found)]
        found = [a ^ b for a, b in zip([*found, 0], shifted, strict=True)]
    known = length = len(doubtful)
    before = found[:]
    for step in range(known, len(said)):
        before.insert(0, 0)
        gap = 0
        for at, part in enumerate(found[: step + 1]):
            gap ^= _times(part, said[step - at])
        if not gap:
            continue
        longest = max(len(found), len(before))
        padded = found + [0] * (longest - len(found))
        other = before + [0] * (longest - len(before))
        following = [a ^ _times(gap, b) for a, b in zip(padded, other, strict=True)]
        if 2 * length <= step + known:
            length = step + known + 1 - length
            share = _inverse(gap)
            before = [_times(part, share) for part in found]
        found = following
    while found[-1] == 0:
        found.pop()
    return found


def _mended(
    words: Sequence[int], said: Sequence[int], locator: Sequence[int], powers: Sequence[int]
) -> list[int] | None:
    """Forney's formula: how far each wrong word is off."""
    checks = len(said)
    evaluator = [0] * checks
    for at in range(checks):
        for back, part in enumerate(locator[: at + 1]):
            evaluator[at] ^= _times(part, said[at - back])
    mended = list(words)
    for power in powers:
        point = _POWER[(_ORDER - power) % _ORDER]
        slope = 0
        for at in range(1, len(locator), 2):
            slope ^= _times(locator[at], _POWER[_LOG[point] * (at - 1) % _ORDER])
        if slope == 0:
            return None
        off = _times(_at(evaluator[::-1], point), _inverse(slope))
        mended[len(words) - 1 - power] ^= _times(_POWER[power], off)
    return mended
