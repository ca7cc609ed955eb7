"""Agencies for those who administer or oversee them: as a tree, one by one, with their history."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.agency import Agency
from bot.core.agency_names import AgencyName, in_turn
from bot.core.staff import Actor
from bot.database import reading
from bot.runtime import Runtime
from bot.store.agencies import all_agencies
from bot.store.agency_counts import last_fed, open_accounts, open_dossiers
from bot.store.agency_names import names_of
from bot.store.audit_trail import Entry, Wanted, entries
from receipts.clean import clean, fold

MOST_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Counts:
    """What there is of an agency."""

    dossiers: int
    accounts: int
    fed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Branch:
    """An agency in the tree; `depth` from 0, counted from the highest that may be seen."""

    agency: Agency
    depth: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Shown:
    """One agency: the others by code, its names in turn, what was done with it, newest first."""

    agency: Agency
    agencies: Mapping[str, Agency]
    counts: Counts
    followed_by: Sequence[Agency]  # whose dossiers it serves, or is to serve
    names: Sequence[AgencyName]
    history: Sequence[Entry]


def agency_tree(runtime: Runtime, actor: Actor, words: str = "") -> list[Branch]:
    """The actor's agencies, each above those below it; with words, those that they fit.

    Shape: one that was merged stands below the one that does its work. Words are looked for in
           codes and names, without regard to accents, and what fits stands flat.
    """
    wanted = fold(clean(words)).strip()
    with reading(runtime.engine) as connection:
        agencies = {one.code: one for one in all_agencies(connection) if one.code in actor.agencies}
        open_ones, accounts = open_dossiers(connection, agencies), open_accounts(connection)
        fed = last_fed(connection)

    def branch(code: str, depth: int) -> Branch:
        counts = Counts(open_ones.get(code, 0), accounts.get(code, 0), fed.get(code))
        return Branch(agencies[code], depth, counts)

    if wanted:
        return [branch(code, 0) for code, one in agencies.items() if _fits(one, wanted)]
    return [branch(code, depth) for code, depth in _walk(agencies)]


def _fits(one: Agency, wanted: str) -> bool:
    return any(wanted in fold(clean(text)) for text in (one.code, one.name, one.sms_name or ""))


def _walk(agencies: Mapping[str, Agency]) -> Iterator[tuple[str, int]]:
    """Codes from the top, each before those below it, with how deep they stand."""
    below: dict[str | None, list[str]] = defaultdict(list)
    for code, one in sorted(agencies.items()):
        below[one.above if one.above in agencies else None].append(code)
    waiting = [(code, 0) for code in reversed(below[None])]
    seen = set[str]()
    while waiting:
        code, depth = waiting.pop()
        if code not in seen:
            seen.add(code)
            yield code, depth
            waiting += [(one, depth + 1) for one in reversed(below[code])]


def show_agency(runtime: Runtime, actor: Actor, code: str) -> Shown | None:
    """One agency with its history; None alike for an unknown one and for another's."""
    if code not in actor.agencies:
        return None
    with reading(runtime.engine) as connection:
        agencies = {one.code: one for one in all_agencies(connection)}
        if code not in agencies:
            return None
        counts = Counts(
            open_dossiers(connection, [code]).get(code, 0),
            open_accounts(connection).get(code, 0),
            last_fed(connection).get(code),
        )
        names = in_turn(names_of(connection, code))
        wanted = Wanted(agencies=None, about_keys={code}, about="agency")
        history = entries(connection, wanted, MOST_ENTRIES)
    followed = [one for one in agencies.values() if one.successor == code]
    return Shown(agencies[code], agencies, counts, followed, names, history)
