"""The books as a supervisor reads them: periods, agencies that are theirs, figures, drill-down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.core.agency import Agency, family, parents_of
from bot.core.book import Entry, Fate, Outcome, PastChange, fate_at
from bot.core.book_figures import EVERY_PROCEDURE, moves
from bot.core.staff import Actor
from bot.database import reading
from bot.keep_books import days_of_month
from bot.ratios import STATE_FIGURES
from bot.reckon_day import ALL_THAT_IS_KNOWN, HISTORY, day_entries, gone_of
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.book_counts import last_states
from bot.store.book_events import codes_of
from bot.store.book_pages import (
    Extract,
    Kept,
    Numbers,
    counts_by,
    kept_of,
    lines_by,
    open_days,
    procedure_names,
    tallies_by,
)
from bot.store.books import last_frozen

MOST_MONTHS = 24
MOST_SHOWN = 500  # dossiers of one figure of one day
MOST_AT_ONCE = 1_000  # messages and dossiers of a day that are listed without choosing an agency


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page shows: months from first to last (yyyy-mm), an agency with all below it, a
    procedure; "" for all."""

    first: str
    last: str
    agency: str = ""
    procedure: str = ""


@dataclass(frozen=True, slots=True)
class Books:
    """One page's figures.

    Shape: by period in order; by agency and procedure, by code; `total` of all of it; `states` at
           the end of it, unless one procedure is asked for.
    """

    asked: Asked
    total: Numbers
    by_month: Mapping[str, Numbers]
    by_agency: Mapping[str, Numbers]
    by_procedure: Mapping[str, Numbers]
    tallies: Mapping[tuple[str, ...], Numbers]
    kept: Kept
    open_days: Sequence[date]
    agencies: Mapping[str, Agency]
    procedures: Mapping[str, str] = field(default_factory=dict)
    states: Numbers = field(default_factory=dict)


def months_between(first: str, last: str) -> list[str]:
    """The months from first to last, both included, written yyyy-mm; at most MOST_MONTHS."""
    found: list[str] = []
    day = date.fromisoformat(f"{first}-01")
    while (month := day.strftime("%Y-%m")) <= last and len(found) < MOST_MONTHS:
        found.append(month)
        day = day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1)
    return found


def read_books(runtime: Runtime, actor: Actor, asked: Asked) -> Books:
    """The figures of some months for what this account may see of it."""
    months = months_between(asked.first, asked.last)
    today = runtime.today()
    with reading(runtime.engine) as connection:
        agencies = {one.code: one for one in all_agencies(connection)}
        extract = Extract(
            tuple(periods_of(connection, months, today)),
            reach(agencies, actor, asked.agency),
            asked.procedure or None,
        )
        by_period = lines_by(connection, extract, "period")
        states = {} if asked.procedure else _states(connection, extract)
        first, last = days_of_month(months[0])[0], days_of_month(months[-1])[-1]
        return Books(
            asked=asked,
            total=added(by_period.values()),
            by_month=_by_month(by_period),
            by_agency=lines_by(connection, extract, "agency_code"),
            by_procedure=lines_by(connection, extract, "procedure_code"),
            tallies=tallies_by(connection, extract, ("event", "outcome", "channel", "reason")),
            kept=kept_of(connection, first, last),
            open_days=open_days(connection, first, last),
            agencies={code: one for code, one in agencies.items() if code in actor.agencies},
            procedures=procedure_names(connection),
            states=states,
        )


def _states(connection: Connection, extract: Extract) -> dict[str, int]:
    """Dossiers in work at the end, by word; nothing where no day has counted them."""
    found: dict[str, int] = {}
    for (agency, what), number in last_states(connection, extract.periods).items():
        name = STATE_FIGURES.get(what)
        if name is not None:
            mine = extract.agencies is None or agency in extract.agencies
            found[name] = found.get(name, 0) + (number if mine else 0)
    return found


def periods_of(connection: Connection, months: Sequence[str], today: date) -> list[str]:
    """The rows that make up these months: a day stands beside its month until it is frozen."""
    # Before the first freezing no month has a row yet: its days are all there is.
    last = last_frozen(connection) or days_of_month(months[0])[0] - timedelta(days=1)
    days = (last + timedelta(days=number) for number in range(1, (today - last).days + 1))
    return [*months, *(day.isoformat() for day in days if day.strftime("%Y-%m") in months)]


def reach(agencies: Mapping[str, Agency], actor: Actor, chosen: str) -> frozenset[str] | None:
    """The agencies whose figures are shown: the chosen one and all below it, as far as they are
    this account's; None for every agency there is."""
    if not chosen:
        return None if actor.account.agency_code is None else actor.agencies
    parents = parents_of(agencies)
    return family(parents, chosen) & actor.agencies


def _by_month(by_period: Mapping[str, Numbers]) -> dict[str, Numbers]:
    months: dict[str, list[Numbers]] = {}
    for period, numbers in by_period.items():
        months.setdefault(period[:7], []).append(numbers)
    return {month: added(rows) for month, rows in sorted(months.items())}


def added(rows: Any) -> dict[str, int]:
    """Figures of several rows, added up."""
    found: dict[str, int] = {}
    for numbers in rows:
        for name, number in numbers.items():
            found[name] = found.get(name, 0) + number
    return found


def read_days(
    runtime: Runtime, actor: Actor, month: str, agency: str, procedure: str
) -> dict[str, Numbers]:
    """The figures of a month's days, by day."""
    with reading(runtime.engine) as connection:
        agencies = {one.code: one for one in all_agencies(connection)}
        days = tuple(day.isoformat() for day in days_of_month(month))
        extract = Extract(days, reach(agencies, actor, agency), procedure or None)
        return lines_by(connection, extract, "period")


def read_counts(
    runtime: Runtime, actor: Actor, asked: Asked, by: str
) -> dict[tuple[str, str], int]:
    """Lookups, followers, replies and complaints of some months, by month or agency and word.

    Shape: by `period` the month; what belongs to no agency stands under "", for those who see all.
           What stood at a month's end (a word that ends in ".now") is told by month alone.
    """
    months = months_between(asked.first, asked.last)
    with reading(runtime.engine) as connection:
        agencies = {one.code: one for one in all_agencies(connection)}
        wanted = reach(agencies, actor, asked.agency)
        found = counts_by(connection, periods_of(connection, months, runtime.today()), wanted, by)
    merged: dict[tuple[str, str], int] = {}
    for (place, what), number in sorted(found.items()):
        key = (place[:7] if by == "period" else place, what)
        state = what.endswith(".now")  # of a month and its days that follow, the last holds
        merged[key] = number if state else merged.get(key, 0) + number
    return merged


@dataclass(frozen=True, slots=True)
class Case:
    """One dossier behind a figure; nothing personal."""

    code: str
    agency: str
    procedure: str
    at: datetime
    event: str = ""
    fate: Fate | None = None
    count: int = 1  # what it adds to the figure: more than one where papers are counted


@dataclass(frozen=True, slots=True)
class CasePlace:
    """Where dossiers are looked for: an agency with all below it, or `alone`; one procedure."""

    agency: str = ""
    procedure: str = ""
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Cases:
    """The dossiers behind one figure of a day; `number` is the figure, `all` how many they are.

    Shape: `gone` when the day's rows are past their keeping time: the figure stands, they do not.
    """

    number: int
    shown: Sequence[Case]
    all: int
    gone: bool = False


_FATES: Mapping[str, frozenset[Outcome]] = {
    "sent": frozenset({Outcome.DELIVERED, Outcome.SENT, Outcome.AWAITED, Outcome.UNSURE}),
    "delivered": frozenset({Outcome.DELIVERED}),
    "skipped": frozenset({Outcome.SKIPPED}),
    "failed": frozenset({Outcome.FAILED}),
    "pending": frozenset({Outcome.PENDING}),
}
OF_MESSAGES = ("due", *_FATES, "apologies")


def read_cases(
    runtime: Runtime, actor: Actor, day: date, figure: str, place: CasePlace
) -> Cases | dict[str, int]:
    """The dossiers behind a figure of a day, reckoned as the figure itself is.

    Result: of a day of many dossiers at several agencies the figure by agency, to choose one of.
    """
    procedure = place.procedure
    with reading(runtime.engine) as connection:
        agencies = {one.code: one for one in all_agencies(connection)}
        wanted = reach(agencies, actor, place.agency)
        if place.alone:
            wanted = frozenset({place.agency}) & actor.agencies
        extract = Extract((day.isoformat(),), wanted, procedure or None)
        of_agencies = lines_by(connection, extract, "agency_code")
    if sum(row["due"] + row["received"] for row in of_agencies.values()) > MOST_AT_ONCE:
        by_agency = {code: row[figure] for code, row in of_agencies.items() if row[figure]}
        if len(by_agency) > 1:
            return by_agency
    if HISTORY in gone_of(runtime, day):
        return Cases(sum(row[figure] for row in of_agencies.values()), [], 0, gone=True)
    happened = day_entries(runtime, day, agencies=wanted)

    def counts(at: str, code: str) -> bool:
        mine = wanted is None or at in wanted
        return mine and procedure in (EVERY_PROCEDURE, code)

    if figure in OF_MESSAGES:
        found = [
            (entry.dossier_id, Case("", entry.agency, entry.procedure, entry.at, entry.event, fate))
            for entry in happened.entries
            if counts(entry.agency, entry.procedure) and _is_of(figure, entry, fate := _fate(entry))
        ]
    else:
        found = [
            (change.dossier_id, _moved_case(change, moved[figure]))
            for change, moved in moves(happened.period, happened.histories, happened.beside)
            if moved.get(figure) and counts(change.agency, change.procedure)
        ]
    shown = found[:MOST_SHOWN]
    with reading(runtime.engine) as connection:
        codes = codes_of(connection, {dossier_id for dossier_id, _ in shown if dossier_id})
    return Cases(
        sum(one.count for _, one in found),
        [replace(one, code=codes.get(dossier_id or 0, "")) for dossier_id, one in shown],
        len(found),
    )


def _moved_case(change: PastChange, count: int) -> Case:
    return Case("", change.agency, change.procedure, change.arrived_at, count=count)


def _fate(entry: Entry) -> Fate:
    return fate_at(entry.notice, ALL_THAT_IS_KNOWN) if entry.notice else Fate(Outcome.LOST)


def _is_of(figure: str, entry: Entry, fate: Fate) -> bool:
    if figure == "due":
        return entry.due
    if figure == "apologies":
        return entry.event == "apology"
    return fate.outcome in _FATES[figure]
