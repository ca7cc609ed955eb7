"""What happened on a day, as the books read it: changes, notices, hand-overs, apologies."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    func,
    select,
)

from bot.core.book import BookedNotice, Handed, PastChange, Said
from bot.core.notice import NoticeEvent
from bot.store.among import by_dialect
from bot.store.book_tables import notice_restated
from bot.store.months_dropped import gone_until
from bot.store.notice_tables import OF_NOTICE, apology_run, attempt, notice
from bot.store.stretch import ALL_DOSSIERS, Stretch
from bot.store.tables import Instant, dossier, dossier_change

_SINCE = bindparam("since", type_=Instant)
_UNTIL = bindparam("until", type_=Instant)
_IN_DAY = (notice.c.created_at >= _SINCE, notice.c.created_at < _UNTIL)
_OF_DAY = dossier_change.alias("of_day")
_MOVED = select(_OF_DAY.c.dossier_id).where(
    _OF_DAY.c.arrived_at >= _SINCE, _OF_DAY.c.arrived_at < _UNTIL
)
_HISTORIES = (
    select(
        dossier_change.c.id,
        dossier_change.c.dossier_id,
        dossier_change.c.changed_at,
        dossier_change.c.arrived_at,
        dossier_change.c.status,
        dossier_change.c.step,
        dossier_change.c.at_desk,
        dossier_change.c.agency_code,
        func.coalesce(dossier_change.c.procedure_code, dossier.c.procedure_code),
        dossier_change.c.due_at,
        dossier_change.c.finished_at,
        dossier_change.c.received_at,
        func.coalesce(dossier_change.c.phone_line, ""),
        func.coalesce(dossier_change.c.silent, dossier.c.same_day),
        func.coalesce(dossier_change.c.earned, ""),
        dossier_change.c.silent.is_not(None),
        dossier.c.first_seen_at,
    )
    .join(dossier, dossier.c.id == dossier_change.c.dossier_id)
    .where(
        dossier_change.c.arrived_at < _UNTIL,
    )
    .order_by(dossier_change.c.dossier_id, dossier_change.c.id)
)
Agencies = Collection[str] | None


def stretches_of(
    connection: Connection, since: datetime, until: datetime, least: int, most: int
) -> list[Stretch]:
    """The dossiers with something on a day in stretches of `least` each, or in `most` larger ones.

    Result: all dossiers, each in one stretch, those included that will be known by then.
    """
    span = {"since": since, "until": until}
    told = select(notice.c.dossier_id).where(*_IN_DAY, notice.c.dossier_id.is_not(None))
    found = _MOVED.union(told).subquery()
    count = connection.scalar(select(func.count()).select_from(found), span) or 0
    length = max(least, -(-count // most))
    place = func.row_number().over(order_by=found.c.dossier_id) - 1
    placed = select(found.c.dossier_id, place.label("place")).subquery()
    # Only where a stretch ends is fetched: the day's dossiers themselves may be many.
    ends = select(placed.c.dossier_id).where(placed.c.place > 0, placed.c.place % length == 0)
    bounds = connection.scalars(ends.order_by(placed.c.dossier_id), span).all()
    pairs = zip([0, *bounds], [*bounds, None], strict=True)
    return [Stretch(first, end) for first, end in pairs]


def _moved_at(agencies: Agencies) -> Select[Any]:
    """The dossiers that moved, at these agencies when some are named."""
    if agencies is None:
        return _MOVED
    return _MOVED.where(_OF_DAY.c.agency_code.in_(sorted(agencies)))


def histories(
    connection: Connection,
    since: datetime,
    until: datetime,
    agencies: Agencies = None,
    stretch: Stretch = ALL_DOSSIERS,
) -> list[tuple[PastChange, ...]]:
    """The whole histories, up to `until`, of the dossiers that moved since at these agencies."""
    moved = _moved_at(agencies).where(stretch.holds(_OF_DAY.c.dossier_id))
    chosen = _HISTORIES.where(
        dossier_change.c.dossier_id.in_(moved), stretch.holds(dossier_change.c.dossier_id)
    )
    gone = gone_until(connection, "dossier_change")
    rows: Any = connection.execute(chosen, {"since": since, "until": until})
    by_dossier = groupby(rows, key=lambda row: row[1])
    return [_history(tuple(group), gone) for _, group in by_dossier]


def _history(rows: Sequence[Any], gone: datetime | None) -> tuple[PastChange, ...]:
    """A dossier's changes; the first is marked where those before it were dropped."""
    arrived_at, first_seen_at = rows[0][3], rows[0][-1]
    is_cut = gone is not None and first_seen_at < gone <= arrived_at
    first, *others = (PastChange(*row[:-1]) for row in rows)
    return (replace(first, cut=is_cut), *others)


_OF_MOVED = by_dialect(
    lambda among: select(notice.c.id).where(among(notice.c.dossier_id, "dossiers"), *_IN_DAY)
)
_NOTICES = (
    select(
        notice.c.id,
        notice.c.dossier_id,
        notice.c.event,
        notice.c.changed_at,
        notice.c.created_at,
        notice.c.agency_code,
        notice.c.procedure_code,
        notice.c.state,
        notice.c.channel,
        notice.c.reason,
        notice.c.closed_at,
    )
    .where(*_IN_DAY)
    .order_by(notice.c.id)
)
_RESTATED = (
    select(
        notice_restated.c.notice_id,
        notice_restated.c.at,
        notice_restated.c.state,
        notice_restated.c.channel,
        notice_restated.c.reason,
        notice_restated.c.closed_at,
    )
    .join(notice, notice.c.id == notice_restated.c.notice_id)
    .where(*_IN_DAY)
    .order_by(notice_restated.c.id)
)
_HANDED = (
    select(
        attempt.c.notice_id,
        attempt.c.answered_at,
        attempt.c.rung,
        attempt.c.carrier_id.is_not(None),
        func.coalesce(attempt.c.parts, 0),
        func.coalesce(attempt.c.cost_dong, 0),
    )
    .join(notice, OF_NOTICE)
    .where(
        *_IN_DAY,
        attempt.c.notice_made_at >= _SINCE,
        attempt.c.notice_made_at < _UNTIL,
        attempt.c.answered_at.is_not(None),
    )
    .order_by(attempt.c.id)
)


_NAMED = by_dialect(lambda among: among(notice.c.id, "named"))


# What an evening's run or the post's tracking owes, and no change of a dossier.
_OF_NO_CHANGE = tuple(map(str, (NoticeEvent.APOLOGY, NoticeEvent.POSTED, NoticeEvent.POST_BACK)))


def _named(
    connection: Connection, span: Mapping[str, Any], agencies: Collection[str]
) -> Collection[int]:
    """The notices of dossiers that moved at these agencies, and those that no change explains.

    Asked apart: one question for both is answered by reading all notices of the day.
    """
    moved = set(connection.scalars(_moved_at(agencies), span))
    about = {"dossiers": sorted(moved), **span}
    of_moved = connection.scalars(_OF_MOVED[connection.dialect.name], about) if moved else ()
    apologies = select(notice.c.id).where(
        *_IN_DAY,
        notice.c.event.in_(_OF_NO_CHANGE),
        notice.c.agency_code.in_(sorted(agencies)),
    )
    return {*of_moved, *connection.scalars(apologies, span)}


def booked_notices(
    connection: Connection,
    since: datetime,
    until: datetime,
    agencies: Agencies = None,
    stretch: Stretch = ALL_DOSSIERS,
) -> list[BookedNotice]:
    """The notices that came to be owed since, with all that is known of each."""
    span: dict[str, Any] = {"since": since, "until": until}
    about = stretch.holds(notice.c.dossier_id)
    if agencies is not None:
        span["named"] = sorted(_named(connection, span, agencies))
        about = and_(about, _NAMED[connection.dialect.name])
    said: defaultdict[int, list[Said]] = defaultdict(list)
    for row in connection.execute(_RESTATED.where(about), span):
        said[row[0]].append(_said(row[1], row[2:]))
    handed: defaultdict[int, list[Handed]] = defaultdict(list)
    for row in connection.execute(_HANDED.where(about), span):
        handed[row[0]].append(Handed(*row[1:]))
    return [
        BookedNotice(
            *row[:7],
            now=_said(row[4], row[7:]),
            earlier=tuple(said.get(row[0], ())),
            handed=tuple(handed.get(row[0], ())),
        )
        for row in connection.execute(_NOTICES.where(about), span)
    ]


def _said(at: datetime, row: Any) -> Said:
    state, channel, reason, closed_at = row
    return Said(at, state, channel or "", reason or "", closed_at)


_OLDER = by_dialect(
    lambda among: (
        select(notice.c.dossier_id, notice.c.event, notice.c.changed_at, notice.c.created_at)
        .where(among(notice.c.dossier_id, "dossiers"))
        .order_by(notice.c.id.desc())
    )
)


def told_of_moments(
    connection: Connection, dossiers: Collection[int]
) -> Mapping[tuple[int, str, datetime], datetime]:
    """Since when each (dossier, event, changed_at) of these dossiers has had a notice."""
    if not dossiers:
        return {}
    rows = connection.execute(_OLDER[connection.dialect.name], {"dossiers": sorted(dossiers)})
    return {(row[0], row[1], row[2]): row[3] for row in rows}


_APOLOGIES = by_dialect(
    lambda among: (
        select(notice.c.dossier_id, func.min(notice.c.created_at))
        .where(among(notice.c.dossier_id, "dossiers"), notice.c.event == str(NoticeEvent.APOLOGY))
        .group_by(notice.c.dossier_id)
    )
)


def apologised_since(connection: Connection, dossiers: Collection[int]) -> Mapping[int, datetime]:
    """Since when those of these dossiers that were apologised for have been."""
    if not dossiers:
        return {}
    rows = connection.execute(_APOLOGIES[connection.dialect.name], {"dossiers": sorted(dossiers)})
    return {row[0]: row[1] for row in rows}


def apologies_counted(connection: Connection, day: str) -> int | None:
    """How many apologies the evening's own run wrote that it owed; None when there was no run."""
    number: int | None = connection.scalar(
        select(apology_run.c.owed).where(apology_run.c.day == day)
    )
    return number


def first_moment(connection: Connection) -> datetime | None:
    """When the first change arrived that is still kept; None when there is none."""
    found: datetime | None = connection.scalar(select(func.min(dossier_change.c.arrived_at)))
    return found


_CODES = by_dialect(
    lambda among: select(dossier.c.id, dossier.c.code).where(among(dossier.c.id, "dossiers"))
)


def codes_of(connection: Connection, dossiers: Collection[int]) -> Mapping[int, str]:
    """The receipt codes of these dossiers."""
    if not dossiers:
        return {}
    rows = connection.execute(_CODES[connection.dialect.name], {"dossiers": sorted(dossiers)})
    return {row[0]: row[1] for row in rows}
