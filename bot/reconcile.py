"""The check of a day: due against what stands for it, and the frozen book against a new one."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.core.book_figures import EVERY_PROCEDURE, broken_rules
from bot.database import reading
from bot.reckon_day import (
    HISTORY,
    PLACE_OF,
    Balance,
    Reckoned,
    balances,
    day_ends,
    gone_of,
    reckon_day,
)
from bot.runtime import Runtime
from bot.store.book_events import codes_of
from bot.store.books import (
    FROZEN,
    LATEST,
    Rows,
    book_days,
    line_rows,
    stored_period,
    tally_rows,
)

# What each difference is called for whoever is to mend it.
WHAT = {
    "lost": "a message was due by the dossier's history and no notice stands for it",
    "unearned": "a notice stands that no change of its dossier explains",
    "apologies": "the evening's run owed more apologies than stand",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One agency and event of a day; `open` lists what does not close."""

    agency: str
    event: str
    balance: Balance
    open: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """What `reconcile --json` prints of it."""
        balance = self.balance
        return {
            "agency": self.agency,
            "event": self.event,
            "due": balance.due,
            "sent": balance.sent,
            "skipped": balance.skipped,
            "failed": balance.failed,
            "pending": balance.pending,
            "difference": balance.difference,
            "open": self.open,
        }


@dataclass(frozen=True, slots=True)
class Moved:
    """A row of the frozen book that is reckoned otherwise now."""

    agency: str
    procedure: str
    what: str
    frozen: int
    reckoned: int

    @property
    def said(self) -> str:
        """One line for whoever reads it."""
        place = " ".join(one for one in (self.agency, self.procedure) if one)
        return f"{place} {self.what}: frozen {self.frozen}, reckoned anew {self.reckoned}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A line of the latest edition that says what cannot be."""

    agency: str
    procedure: str
    rule: str

    @property
    def said(self) -> str:
        """One line for whoever reads it."""
        place = " ".join(one for one in (self.agency, self.procedure) if one)
        return f"{place}: {self.rule}"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A day, checked; `moved` is empty for a day that is not frozen yet.

    Shape: `gone` when rows of the day were dropped, past their keeping time: then it stands as it
           was counted, and what hung on those rows is not checked any more.
    """

    day: date
    lines: list[Line]
    frozen: bool
    moved: list[Moved]
    broken: list[Broken] = field(default_factory=list)
    gone: bool = False

    @property
    def closes(self) -> bool:
        """Whether nothing is left to explain."""
        unexplained = any(line.balance.difference or line.open for line in self.lines)
        return not unexplained and not self.moved and not self.broken


def reconcile(runtime: Runtime, day: date) -> Reconciled:
    """Check a local day: as it stands now, and its frozen book against what happened."""
    gone = gone_of(runtime, day)
    if HISTORY in gone:
        return _as_counted(runtime, day)
    now = reckon_day(runtime, day)
    with reading(runtime.engine) as connection:
        of_day = book_days(connection, day, day).get(day)
        dossiers = {one.dossier_id for one in now.differences if one.dossier_id}
        codes = codes_of(connection, dossiers)
        latest, _ = stored_period(connection, day.isoformat(), LATEST)
    frozen = of_day is not None and of_day.frozen_at is not None
    moved = _moved(runtime, day) if frozen and not gone else []
    broken = _broken([*latest, *line_rows(now.figures)])
    return Reconciled(day, _lines(now, codes), frozen, moved, broken, bool(gone))


def _as_counted(runtime: Runtime, day: date) -> Reconciled:
    """A day whose changes are gone, from its latest edition."""
    with reading(runtime.engine) as connection:
        lines, tallies = stored_period(connection, day.isoformat(), LATEST)
    found: dict[tuple[str, str], Balance] = {}
    for row in tallies:
        if row["procedure_code"] != EVERY_PROCEDURE:
            continue
        balance = found.setdefault((row["agency_code"], row["event"]), Balance())
        balance.due += row["due"]
        name = PLACE_OF.get(row["outcome"])
        if name:
            setattr(balance, name, getattr(balance, name) + row["notices"])
    told = [Line(*place, balance) for place, balance in sorted(found.items())]
    return Reconciled(day, told, True, [], _broken(lines), True)


def _broken(rows: Rows) -> list[Broken]:
    """What cannot be true in these lines, each once."""
    found = {
        Broken(row["agency_code"], row["procedure_code"], rule): None
        for row in rows
        for rule in broken_rules(row)
    }
    return list(found)


def _lines(now: Reckoned, codes: Any) -> list[Line]:
    lines = {place: Line(*place, balance) for place, balance in balances(now).items()}
    for one in now.differences:
        lines[one.agency, one.event].open.append(
            {
                "kind": one.kind,
                "what": WHAT[one.kind],
                "code": codes.get(one.dossier_id),
                "notice": one.notice_id,
                "at": one.at.isoformat() if one.at else None,
                "count": abs(one.short),
            }
        )
    return list(lines.values())


def _moved(runtime: Runtime, day: date) -> list[Moved]:
    """Where the frozen rows differ from what is reckoned for the same midnight now."""
    anew = reckon_day(runtime, day, day_ends(runtime, day)).figures
    with reading(runtime.engine) as connection:
        lines, tallies = stored_period(connection, day.isoformat(), FROZEN)
    found = _compared(lines, line_rows(anew))
    return found + _compared(tallies, tally_rows(anew))


def _compared(stored: list[dict[str, Any]], anew: list[dict[str, Any]]) -> list[Moved]:
    before, after = _by_key(stored), _by_key(anew)
    found = []
    for key in sorted(before.keys() | after.keys()):
        was, is_now = before.get(key, {}), after.get(key, {})
        words = "/".join(key[2:])
        for name in sorted(was.keys() | is_now.keys()):
            if was.get(name, 0) != is_now.get(name, 0):
                what = f"{words} {name}".strip()
                found.append(Moved(key[1], key[0], what, was.get(name, 0), is_now.get(name, 0)))
    return found


def _by_key(rows: list[dict[str, Any]]) -> dict[tuple[str, ...], dict[str, int]]:
    """Rows by the words in them; their numbers."""
    return {
        tuple(value for value in row.values() if isinstance(value, str)): {
            name: value for name, value in row.items() if not isinstance(value, str)
        }
        for row in rows
    }
