"""Breaks a text with bold stretches into lines of a given width; dots where a blank is left."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from receipts.slip.faces import BOLD_OF, printable, width_of

BLANK = "\x00"
"""Stands for a value that is filled in by hand."""

_FIELD = re.compile(r"\*\*|\{([a-z_]+)\}")
_PARTS = re.compile(f"([ {BLANK}])")
_DOT = "."
_BLANK_DOTS = 24  # of a blank inside a line; at a line's end it runs to the edge
_LEAST_DOTS = 8


class Stretch(NamedTuple):
    """Text in one face."""

    text: str
    face: str


@dataclass(frozen=True, slots=True)
class Word:
    """What is not parted at a line's end; `blank` is a blank to be filled with dots."""

    stretches: tuple[Stretch, ...]
    width: float
    blank: bool = False


class Piece(NamedTuple):
    """A stretch on its line; Units: points from the line's left."""

    x: float
    text: str
    face: str
    width: float


@cache
def _parsed(template: str) -> tuple[tuple[str, bool, bool], ...]:
    """(text or field name, is a field, is bold) in order."""
    found, bold, at = [], False, 0
    for match in _FIELD.finditer(template):
        if match.start() > at:
            found.append((template[at : match.start()], False, bold))
        if match[1] is None:
            bold = not bold
        else:
            found.append((match[1], True, bold))
        at = match.end()
    if at < len(template):
        found.append((template[at:], False, bold))
    return tuple(found)


def filled(template: str, values: Mapping[str, str | None], face: str) -> list[Stretch]:
    """A form's line with its values; a value of None becomes a blank.

    Shape:  `{name}` is a value, `**…**` is bold; values may hold anything.
    Errors: KeyError for a name that `values` does not have.
    """
    stretches = []
    for text, is_field, bold in _parsed(template):
        told = values[text] if is_field else text
        mine = BOLD_OF[face] if bold else face
        if told is None:
            stretches.append(Stretch(BLANK, face))
        else:
            stretches.append(Stretch(printable(told) if is_field else told, mine))
    return stretches


def _words(stretches: Iterable[Stretch], size: float) -> Iterator[Word]:
    """The words of a text; a word may change its face in its midst."""
    open_word: list[Stretch] = []
    for text, face in stretches:
        for part in _PARTS.split(text):
            if part in (" ", BLANK):
                if open_word:
                    yield _word(open_word, size)
                    open_word = []
                if part == BLANK:
                    yield Word((Stretch(BLANK, face),), 0.0, blank=True)
            elif part:
                open_word.append(Stretch(part, face))
    if open_word:
        yield _word(open_word, size)


def _word(stretches: list[Stretch], size: float) -> Word:
    return Word(tuple(stretches), sum(width_of(text, face, size) for text, face in stretches))


def _parted(word: Word, size: float, room: float) -> Iterator[Word]:
    """A word wider than its line, in pieces that fit."""
    held: list[Stretch] = []
    taken = 0.0
    for text, face in word.stretches:
        for char in text:
            width = width_of(char, face, size)
            if held and taken + width > room:
                yield Word(tuple(held), taken)
                held, taken = [], 0.0
            held.append(Stretch(char, face))
            taken += width
    yield Word(tuple(held), taken)


def _fitting(stretches: Iterable[Stretch], size: float, room: float) -> Iterator[Word]:
    for word in _words(stretches, size):
        if word.width > room:
            yield from _parted(word, size, room)
        else:
            yield word


def broken(stretches: Iterable[Stretch], size: float, room: float) -> list[list[Piece]]:
    """The text in lines no wider than `room`; at least one line, perhaps empty.

    Units: points.
    """
    stretches = list(stretches)
    whole = _in_one(stretches, size, room)
    if whole is not None:
        return [whole]
    words = list(_fitting(stretches, size, room))
    lines: list[list[Piece]] = []
    line: list[Word] = []
    taken = 0.0
    for number, word in enumerate(words):
        last = number == len(words) - 1
        wide = _least(word, size, last=last)
        gap = _gap(line[-1], word, size) if line else 0.0
        if line and taken + gap + wide > room + 0.01:
            lines.append(_set(line, size, room, closes=False))
            line, taken, gap = [], 0.0, 0.0
        line.append(word)
        taken += gap + wide
    lines.append(_set(line, size, room, closes=True))
    return lines


def _in_one(stretches: list[Stretch], size: float, room: float) -> list[Piece] | None:
    """The pieces of a text that fits on one line as it is, the usual case; None otherwise."""
    pieces = []
    x = 0.0
    for text, face in stretches:
        if BLANK in text:
            return None
        if text:
            width = width_of(text, face, size)
            pieces.append(Piece(x, text, face, width))
            x += width
    if x > room:
        return None
    if pieces and pieces[-1].text.endswith(" "):
        x, text, face, _ = pieces.pop()
        text = text.rstrip(" ")
        if text:
            pieces.append(Piece(x, text, face, width_of(text, face, size)))
    return pieces


def _least(word: Word, size: float, *, last: bool) -> float:
    if not word.blank:
        return word.width
    return width_of(_DOT, word.stretches[0].face, size) * (_LEAST_DOTS if last else _BLANK_DOTS)


def _gap(before: Word, word: Word, size: float) -> float:
    """A blank's width; none between dots and what closes them."""
    if before.blank and not word.blank and word.stretches[0].text[0] in ",.;:)":
        return 0.0
    return width_of(" ", before.stretches[-1].face, size)


def _set(words: list[Word], size: float, room: float, *, closes: bool) -> list[Piece]:
    """One line's words as pieces, neighbours of one face joined, a last blank run to the edge."""
    pieces: list[Piece] = []
    x = 0.0
    for number, word in enumerate(words):
        gap = _gap(words[number - 1], word, size) if number else 0.0
        stretches = word.stretches
        if word.blank:
            to_edge = closes and number == len(words) - 1
            stretches = (_dots(word, size, room - x - gap if to_edge else None),)
        for text, face in stretches:
            blank = " " if gap else ""
            wide = width_of(text, face, size)
            if pieces and pieces[-1].face == face:
                before = pieces.pop()
                joined = before.text + blank + text
                pieces.append(Piece(before.x, joined, face, before.width + gap + wide))
            else:
                pieces.append(Piece(x + gap, text, face, wide))
            x += gap + wide
            gap = 0.0
    return pieces


def _dots(word: Word, size: float, room: float | None) -> Stretch:
    face = word.stretches[0].face
    if room is None:
        return Stretch(_DOT * _BLANK_DOTS, face)
    return Stretch(_DOT * max(_LEAST_DOTS, int(room / width_of(_DOT, face, size))), face)
