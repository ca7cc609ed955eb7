"""What the books count besides dossiers and notices: lookups, followers, replies, complaints."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    and_,
    bindparam,
    case,
    delete,
    extract,
    func,
    insert,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.dossier import Status
from bot.core.notice_rules import is_in_result
from bot.store.book_tables import book_count, complaint
from bot.store.tables import Instant, dossier, follower, lookup, outbox, sms_inbound

_SINCE = bindparam("since", type_=Instant)
_UNTIL = bindparam("until", type_=Instant)
PAGES_OPENED = "lookup.page"
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dossier stands."""

    status: int
    step: str


_LOOKUPS = (
    select(
        func.coalesce(dossier.c.agency_code, ""),
        literal("lookup.") + lookup.c.way,
        func.count(),
    )
    .select_from(lookup.outerjoin(dossier, dossier.c.id == lookup.c.dossier_id))
    .where(lookup.c.at >= _SINCE, lookup.c.at < _UNTIL)
    .group_by(dossier.c.agency_code, lookup.c.way)
)
_SMS_ASKED = select(literal(""), literal("sms.asked"), func.count()).where(
    sms_inbound.c.arrived_at >= _SINCE, sms_inbound.c.arrived_at < _UNTIL
)


def _followers(what: str, column: str) -> Select[str, str, int]:
    at = follower.c[column]
    return select(literal(""), literal(what), func.count()).where(at >= _SINCE, at < _UNTIL)


_FOLLOWING = select(literal(""), literal("follower.now"), func.count()).where(
    follower.c.following.is_(True)
)
# Seconds in which a chat reply was given, as the books tell them.
REPLY_WITHIN = (2, 5, 10, 60)


def _seconds(dialect: str) -> Any:
    if dialect == "sqlite":
        return (func.julianday(outbox.c.sent_at) - func.julianday(outbox.c.asked_at)) * 86_400
    return extract("epoch", outbox.c.sent_at - outbox.c.asked_at)


def _replies(dialect: str) -> Select[str, str, int]:
    seconds = _seconds(dialect)
    word = case(
        (outbox.c.sent_at.is_(None), "reply.none"),
        *((seconds <= limit, f"reply.{limit}") for limit in REPLY_WITHIN),
        else_="reply.later",
    )
    return (
        select(literal(""), word.label("what"), func.count())
        .where(outbox.c.asked_at >= _SINCE, outbox.c.asked_at < _UNTIL, outbox.c.lane == "chat")
        .group_by("what")
    )


_REPLIES = {dialect: _replies(dialect) for dialect in ("sqlite", "postgresql")}


def _complaints(what: str, column: str) -> Select[str, str, int]:
    at = complaint.c[column]
    return (
        select(complaint.c.agency_code, literal(what), func.count())
        .where(at >= _SINCE, at < _UNTIL)
        .group_by(complaint.c.agency_code)
    )


_ALWAYS = (
    _LOOKUPS,
    _SMS_ASKED,
    _followers("follower.new", "followed_at"),
    _followers("follower.lost", "unfollowed_at"),
    _complaints("complaint.opened", "opened_at"),
    _complaints("complaint.answered", "answered_at"),
)


def counted(connection: Connection, since: datetime, until: datetime) -> Counts:
    """Numbers of a span of time, by agency ("" for none) and dotted word."""
    found: dict[tuple[str, str], int] = {}
    for statement in (*_ALWAYS, _REPLIES[connection.dialect.name]):
        for agency, what, number in connection.execute(statement, {"since": since, "until": until}):
            found[agency, what] = int(number)
    return {key: number for key, number in found.items() if number}


def following_now(connection: Connection) -> int:
    """How many follow the page at this moment."""
    return int(connection.execute(_FOLLOWING).one()[2])


IN_WORK = frozenset({Status.RECEIVED, Status.PROCESSING, Status.SUPPLEMENT, Status.PAYMENT})
OPEN_IN_TIME, OPEN_LATE = "open.in_time.now", "open.late.now"
_STANDING = (
    select(
        dossier.c.agency_code,
        dossier.c.step,
        func.count(),
        func.sum(case((dossier.c.due_at < bindparam("midnight", type_=Instant), 1), else_=0)),
    )
    .where(dossier.c.status.in_(sorted(IN_WORK)))
    .group_by(dossier.c.agency_code, dossier.c.step)
)


def in_work_now(connection: Connection, midnight: datetime) -> Counts:
    """Dossiers in work at this moment, by agency: in time, and due before the day that began at
    `midnight`.

    Shape: both words once for no agency, so that a number that went to nothing is written too.
    """
    found: Counter[tuple[str, str]] = Counter({("", OPEN_IN_TIME): 0, ("", OPEN_LATE): 0})
    for agency, step, number, late in connection.execute(_STANDING, {"midnight": midnight}):
        if not is_in_result(Place(Status.PROCESSING, step)):
            found[agency, OPEN_IN_TIME] += number - late
            found[agency, OPEN_LATE] += late
    return found


def last_states(connection: Connection, periods: Collection[str]) -> Counts:
    """What stood at the end of these periods, by agency and word ending in ".now"."""
    of_periods = book_count.c.period.in_(sorted(periods)) & book_count.c.what.like("%.now")
    newest = (
        select(book_count.c.what, func.max(book_count.c.period).label("period"))
        .where(of_periods)
        .group_by(book_count.c.what)
        .subquery()
    )
    chosen = select(book_count.c.agency_code, book_count.c.what, book_count.c.number).join(
        newest, (newest.c.what == book_count.c.what) & (newest.c.period == book_count.c.period)
    )
    return {(row[0], row[1]): int(row[2]) for row in connection.execute(chosen)}


def has_count(connection: Connection, period: str, what: str) -> bool:
    """Whether this is counted of the period already."""
    chosen = select(book_count.c.what).where(
        book_count.c.period == period, book_count.c.what == what
    )
    return connection.execute(chosen.limit(1)).first() is not None


def replace_counts(connection: Connection, period: str, counts: Counts) -> None:
    """Write a period's numbers in the place of those that stand.

    What no row of ours could tell again, and these counts do not say, stays: a state that is
    known only while the day lasts, and pages that were opened.
    """
    once = or_(book_count.c.what.like("%.now"), book_count.c.what == PAGES_OPENED)
    kept = and_(once, book_count.c.what.not_in(sorted({what for _, what in counts})))
    connection.execute(delete(book_count).where(book_count.c.period == period, not_(kept)))
    rows = [
        {"period": period, "agency_code": agency, "what": what, "number": number}
        for (agency, what), number in sorted(counts.items())
    ]
    if rows:
        connection.execute(insert(book_count), rows)


def add_count(connection: Connection, period: str, what: str, number: int) -> None:
    """Add to a number of no agency."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = dialect.insert(book_count).values(
        period=period, agency_code="", what=what, number=number
    )
    connection.execute(
        added.on_conflict_do_update(
            index_elements=["period", "agency_code", "what"],
            set_={"number": book_count.c.number + number},
        )
    )


def sum_counts(connection: Connection, periods: Collection[str]) -> Counts:
    """The numbers of these periods, added up; of those that are a state, the last one."""
    rows = connection.execute(
        select(book_count.c.agency_code, book_count.c.what, func.sum(book_count.c.number))
        .where(book_count.c.period.in_(sorted(periods)), book_count.c.what.not_like("%.now"))
        .group_by(book_count.c.agency_code, book_count.c.what)
    )
    added = {(row[0], row[1]): int(row[2]) for row in rows}
    return added | dict(last_states(connection, periods))
