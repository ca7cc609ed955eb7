"""A procedure as an agency's desk offers it: its papers, its days, its fees."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.appointment import DayKind, Term
from receipts.clean import fold

MOST_CODE, MOST_NAME, MOST_FEES, MOST_GUIDE = 64, 200, 200, 4_000
MOST_PAPERS, MOST_PAPER_NAME, MOST_COPIES = 60, 500, 99


@dataclass(frozen=True, slots=True)
class PaperRule:
    """One paper that is asked for, and how many of each kind; None where nothing is said."""

    name: str
    originals: int | None = None
    certified: int | None = None
    copies: int | None = None


@dataclass(frozen=True, slots=True)
class ProcedureRule:
    """What the list of procedures says of one; `days` None promises no day."""

    code: str
    name: str
    days: int | None = None
    day_kind: DayKind = DayKind.WORKING
    same_day: bool = False
    fees: str | None = None
    guide: str | None = None
    papers: tuple[PaperRule, ...] = ()

    @property
    def term(self) -> Term:
        """What the promised day is reckoned by."""
        return Term(self.days, self.day_kind, self.same_day)

    @property
    def duration(self) -> str:
        """As slips print it: "05 ngày làm việc", "30 ngày", "trong ngày"; empty for none."""
        if self.same_day:
            return "trong ngày"
        if self.days is None:
            return ""
        unit = "ngày làm việc" if self.day_kind is DayKind.WORKING else "ngày"
        return f"{self.days:02d} {unit}"


@dataclass(frozen=True, slots=True)
class Offered:
    """A procedure that is stored; `agency_code` is the agency that set it."""

    id: int
    agency_code: str
    rule: ProcedureRule
    retired: bool = False


def nearest(line: Sequence[str], found: Iterable[Offered]) -> list[Offered]:
    """What a desk offers: of procedures with one code that of the nearest agency, by name.

    Shape: `line` is the agency and those above it, nearest first. What was retired counts no
           more, so that the agency above is heard again.
    """
    distance: Mapping[str, int] = {code: place for place, code in enumerate(line)}
    best: dict[str, Offered] = {}
    for one in found:
        if one.retired or one.agency_code not in distance:
            continue
        held = best.get(one.rule.code)
        if held is None or distance[one.agency_code] < distance[held.agency_code]:
            best[one.rule.code] = one
    return sorted(best.values(), key=_alphabet)


def _alphabet(offered: Offered) -> tuple[str, str, str]:
    """Where people look for it in a list: "Cấp" before "Chứng", "Đ" after "C"."""
    rule = offered.rule
    return fold(rule.name), rule.name, rule.code
