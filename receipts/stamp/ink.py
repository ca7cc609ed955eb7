"""Where paper is not empty: ink in a grey picture of it, told apart from tint and scanner noise."""

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

_DARK = 128  # what is darker is never paper, however much there is of it
_FAINT = 5  # grey levels from the paper: what a hairline leaves at 72 dots an inch
_CLEAR = 60  # what is certainly ink and no watermark
_NOISE = 6.0  # how many times its own unrest paper may differ from itself
_MOST_NOISE = 60
_NEIGHBOURS, _ASIDE = 2, 4
_QUARTER = 0.25
_PATCH = 8  # pixels; paper's own shade is judged in patches of this size
_PATCHES = 9  # and from so many of them, so that a line of text does not count as paper


def ink(grey: Grey, *, faint: bool) -> Mask:
    """True where something stands.

    Shape:  `faint` also counts what is pale, such as a watermark or a table's tint; without it only
            what is clearly darker or lighter than the paper.
    Units:  a picture of some 72 dots an inch, 0 black to 255 white.
    """
    paper = _paper_of(grey)
    if not faint:
        return _apart(grey, paper, _CLEAR)
    unrest = _unrest(grey)
    if unrest == 0:
        return _apart(grey, paper, _FAINT)
    bound = min(_FAINT + _NOISE * unrest, _MOST_NOISE)
    uneven: Mask = np.abs(grey.astype(np.int16) - _shade_of_paper(grey)) > bound
    return _without_specks(uneven | _apart(grey, paper, _CLEAR))


def _paper_of(grey: Grey) -> int:
    """The grey level of the paper: the commonest of the light ones."""
    levels = Image.fromarray(grey).histogram()[_DARK:]
    return _DARK + levels.index(max(levels))


def _apart(grey: Grey, paper: int, bound: int) -> Mask:
    """What differs by more than this from the paper."""
    low, high = max(paper - bound, 0), min(paper + bound, 255)
    found: Mask = (grey < low) | (grey > high)
    return found


def _unrest(grey: Grey) -> float:
    """How uneven bare paper is: nothing on a drawn page, something in a scan.

    Units:  grey levels, the standard deviation within the patch that a quarter of all undercut.
    """
    rows, columns = (side // _PATCH for side in grey.shape)
    if not rows or not columns:
        return 0.0
    whole = grey[: rows * _PATCH, : columns * _PATCH]
    patches = whole.reshape(rows, _PATCH, columns, _PATCH)
    flat = patches.max(axis=1).max(axis=2) == patches.min(axis=1).min(axis=2)
    if flat.mean() >= _QUARTER:  # most pages were drawn, and need no arithmetic
        return 0.0
    return float(np.quantile(patches.astype(np.float32).std(axis=(1, 3)), _QUARTER))


def _without_specks(taken: Mask) -> Mask:
    """Without dust: what has fewer than two neighbours is no letter, no line, no row of dots.

    The dots of a line to be filled in stand apart, hence the look to the sides.
    """
    rows, columns = taken.shape
    wide = np.pad(taken, ((1, 1), (_ASIDE, _ASIDE))).astype(np.int8)
    near = sum(
        wide[1 + down : 1 + down + rows, _ASIDE + right : _ASIDE + right + columns]
        for down in (-1, 0, 1)
        for right in range(-_ASIDE, _ASIDE + 1)
        if down or right
    )
    kept: Mask = taken & (np.asarray(near) >= _NEIGHBOURS)
    return kept


def _shade_of_paper(grey: Grey) -> npt.NDArray[np.int16]:
    """The paper's own shade at each place: a lamp lights no page evenly."""
    picture = Image.fromarray(grey)
    small = picture.resize(
        (max(1, picture.width // _PATCH), max(1, picture.height // _PATCH)), Image.Resampling.BOX
    )
    even = small.filter(ImageFilter.MedianFilter(_PATCHES))
    return np.asarray(even.resize(picture.size, Image.Resampling.BILINEAR)).astype(np.int16)
