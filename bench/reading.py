"""Measures reading one message at its worst: median time, growth with length, ratio to a floor.

Times are the thread's own, so that a neighbour on the machine does not count.
"""

import re
import statistics
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bot.core.intent import read_intent
from receipts.code import find_codes

SIZES = (500, 1_000, 2_000, 4_000)
FULL = 2_000  # what is read at most; longer input costs the cap
LIMIT_MS = 1.0
_ROUNDS = 31
_TRIVIAL = re.compile("[0-9]{4}x")

WORST: dict[str, str] = {
    "all digits": "0",
    "digits and blanks": "0 ",
    "ten digits": "0101701234 ",
    "ten digits in groups": "0101 701 234 ",
    "phones": "0905.123.456, ",
    "code heads": "H56.14-2408",
    "codes": "H56-240823-0001 ",
    "codes with slips": "hS6.l4 - 24O823 - OOOl1 ",
    "codes of style A": "000.00.16.H46-200617-0001 ",
    "style A without its end": "000.00.16.H46-200617-",
    "compact style A": "0000016H462006170001",
    "keywords": "MCKH",
    "keywords apart": "MCKH ",
    "keywords with fillers": "MCKH mã số hồ sơ ",
    "tax labels": "MST 0101701234 ",
    "one label, ten digits": "MST ." + "0101701234 " * 200,
    "labels without number": "mã số mst ",
    "mixed separators": "0.-_/, ",
    "dotted ones": "1.1.",
    "letters for digits": "l0O",
    "letters only": "o",
    "pipes": "|0|1",
    "decomposed letters": unicodedata.normalize("NFD", "ở"),
    "accents without end": "\u0301\u0323",
    "ligatures of 18": "\ufdfa",
    "zero width": "0\u200b",
    "full width": "０１",
    "escapes": "%25",
    "escapes in a link": "/%2541",
    "parameters": "&mahs=0",
    "own links": "/t/0101701234.",
    "short words": "tra ma so ",
    "question marks": "? ",
    "document numbers": "1/A-",
    "accented words": "Tôi muốn tra cứu hồ sơ ",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One worst input. Units: milliseconds, medians; growth = time(2,000) / (4 x time(500))."""

    name: str
    codes_ms: tuple[float, ...]
    intent_ms: float
    floor_ms: float
    growth: float

    @property
    def ratio(self) -> float:
        """Time to find the codes, as a multiple of the floor."""
        return self.codes_ms[SIZES.index(FULL)] / self.floor_ms


def _median_ms(read: Callable[[str], object], text: str) -> float:
    times = []
    for _ in range(_ROUNDS):
        began = time.thread_time_ns()
        read(text)
        times.append(time.thread_time_ns() - began)
    return statistics.median(times) / 1e6


def floor(text: str) -> None:
    """The least any reader must do: normalise the text and walk over it once."""
    _TRIVIAL.search(unicodedata.normalize("NFKC", text))


def measure() -> list[Measured]:
    """Each worst input at each size, with the floor over the same 2,000 characters."""
    find_codes("0101701234"), read_intent("MCKH")  # the first call compiles the keyword's patterns
    rows = []
    for name, unit in WORST.items():
        texts = [(unit * size)[:size] for size in SIZES]
        codes = tuple(_median_ms(find_codes, text) for text in texts)
        full = texts[SIZES.index(FULL)]
        rows.append(
            Measured(
                name=name,
                codes_ms=codes,
                intent_ms=_median_ms(read_intent, full),
                floor_ms=_median_ms(floor, full),
                growth=codes[SIZES.index(FULL)] / (FULL / SIZES[0] * codes[0]),
            )
        )
    return rows


def main() -> None:
    """Print the table and whether the slowest stays under the limit."""
    rows = measure()
    sizes = "".join(f"{size:>9,}" for size in SIZES)
    print(f"{'worst input':26}{sizes}  intent    floor  ratio growth   (ms, medians)")
    for row in rows:
        times = "".join(f"{value:9.3f}" for value in row.codes_ms)
        print(
            f"{row.name:26}{times}{row.intent_ms:8.3f}{row.floor_ms:9.4f}"
            f"{row.ratio:7.1f}{row.growth:7.2f}"
        )
    slowest = max(row.codes_ms[SIZES.index(FULL)] for row in rows)
    intent = max(row.intent_ms for row in rows)
    print(f"slowest of {FULL:,} characters: codes {slowest:.3f} ms, intent {intent:.3f} ms", end="")
    print(f" (limit for codes {LIMIT_MS} ms): {'met' if slowest <= LIMIT_MS else 'MISSED'}")


if __name__ == "__main__":
    main()
