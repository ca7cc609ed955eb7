"""Words of `/console/buu-dien`: the tabs of its list and the sheet of its counts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.core.postal import ReturnState
from bot.sheet import Cell, Sheet
from bot.show_returns import TO_MEND

Counts = Mapping[tuple[str, ReturnState], int]


@dataclass(frozen=True, slots=True)
class Tab:
    """One list of returns."""

    slug: str
    words: str
    states: frozenset[ReturnState]


TABS = (
    Tab("can-lam", "Cần làm", TO_MEND),
    Tab("cho", "Chờ giao bưu điện", frozenset({ReturnState.REGISTERED})),
    Tab("da-dat", "Đã đặt bưu điện", frozenset({ReturnState.ORDERED})),
    Tab("dang-di", "Đang đi", frozenset({ReturnState.COLLECTED, ReturnState.UNDER_WAY})),
    Tab("chuyen-hoan", "Chuyển hoàn", frozenset({ReturnState.RETURNED})),
    Tab("da-phat", "Đã phát", frozenset({ReturnState.DELIVERED})),
    Tab("da-huy", "Đã hủy", frozenset({ReturnState.CANCELLED})),
)


def tab_called(slug: str) -> Tab:
    """The tab of an address; the first for whatever is none."""
    return next((one for one in TABS if one.slug == slug), TABS[0])


def totals(counts: Counts, agency: str = "") -> dict[str, int]:
    """How many stand in each tab, of all agencies or of one."""
    return {
        tab.slug: sum(
            count
            for (code, state), count in counts.items()
            if state in tab.states and agency in ("", code)
        )
        for tab in TABS
    }


def counts_sheet(counts: Counts, names: Mapping[str, str]) -> Sheet:
    """The counts by agency and state, with a last row for all."""
    states = tuple(ReturnState)
    heads = ("Mã cơ quan", "Cơ quan", *(state.label for state in states), "Cộng")

    def rows() -> Iterator[list[Cell]]:
        for code in sorted({code for code, _ in counts}):
            row = [counts.get((code, state), 0) for state in states]
            yield [code, names.get(code, ""), *row, sum(row)]
        total = [sum(n for (_, one), n in counts.items() if one is state) for state in states]
        yield ["", "Tất cả", *total, sum(total)]

    return Sheet("Trả qua bưu điện", heads, rows())
