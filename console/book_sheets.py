"""The tables of the books as sheets for export."""

from collections.abc import Callable, Mapping

from bot.read_books import Books
from bot.sheet import Cell, Sheet
from bot.store.book_tables import LINE_FIGURES, TALLY_FIGURES
from console.book_words import CHANNELS, EVENTS, FIGURES, OUTCOMES, REASONS

Rows = Mapping[str, Mapping[str, int]]


def by_agency(books: Books) -> Sheet:
    """One row an agency."""
    names = {code: one.name for code, one in books.agencies.items()}
    return _lines("Theo cơ quan", ("Mã cơ quan", "Cơ quan"), books.by_agency, names)


def by_procedure(books: Books) -> Sheet:
    """One row a procedure."""
    heads = ("Mã thủ tục", "Thủ tục")
    return _lines("Theo thủ tục", heads, books.by_procedure, books.procedures)


def by_month(books: Books) -> Sheet:
    """One row a month."""
    return _lines("Theo tháng", ("Tháng",), books.by_month, {})


def by_outcome(books: Books) -> Sheet:
    """One row an event, outcome, channel and reason."""
    heads = ("Sự kiện", "Kết cục", "Kênh", "Lý do", "Phải báo", "Tin", "Lượt gửi", "Phần SMS",
             "Chi phí (đồng)")  # fmt: skip
    told = (EVENTS, OUTCOMES, CHANNELS, REASONS)
    rows: list[list[Cell]] = [
        [
            *(words.get(word, word) for words, word in zip(told, key, strict=True)),
            *(row[name] for name in TALLY_FIGURES),
        ]
        for key, row in books.tallies.items()
    ]
    return Sheet("Theo kết cục", heads, rows)


def _lines(name: str, heads: tuple[str, ...], rows: Rows, names: Mapping[str, str]) -> Sheet:
    figures = [FIGURES[figure] for figure in LINE_FIGURES]
    body: list[list[Cell]] = [
        [key, *[names.get(key, "")][: len(heads) - 1], *(row[one] for one in LINE_FIGURES)]
        for key, row in rows.items()
    ]
    return Sheet(name, (*heads, *figures), body)


SHEETS: Mapping[str, Callable[[Books], Sheet]] = {
    "co-quan": by_agency,
    "thu-tuc": by_procedure,
    "thang": by_month,
    "ket-cuc": by_outcome,
}
