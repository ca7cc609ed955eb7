"""How prompt notices were, day by day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.store.notice_tables import OF_NOTICE, attempt, notice
from bot.store.watch_tables import prompt_day

# The carrier had the message and said what it thinks of it; "held" and "refused" mean that it did
# not take it now, "unsure" that its answer was lost.
ANSWERED = ("sent", "delivered", "failed")
_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class PromptDay:
    """One local day: notices that became due, and those a carrier had within ten seconds."""

    day: date
    due: int
    prompt: int
    reckoned_at: datetime


@dataclass(frozen=True, slots=True)
class DueNotice:
    """A notice as its promptness is judged; `answered_at` is a carrier's first answer."""

    event: str
    created_at: datetime
    first_due_at: datetime | None
    answered_at: datetime | None


def notices_to_judge(
    connection: Connection, since: datetime, until: datetime
) -> Iterator[DueNotice]:
    """Notices that were owed, or first to go, in this span and that had a way to somebody."""
    answered = (
        select(func.min(attempt.c.answered_at))
        .where(OF_NOTICE, attempt.c.state.in_(ANSWERED))
        .correlate(notice)
        .scalar_subquery()
    )
    within = (
        (notice.c.created_at >= since) & (notice.c.created_at < until),
        (notice.c.first_due_at >= since) & (notice.c.first_due_at < until),
    )
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        select(notice.c.event, notice.c.created_at, notice.c.first_due_at, answered).where(
            or_(*within), notice.c.state != "skipped"
        )
    )
    for row in rows:
        yield DueNotice(*row)


def put_prompt_day(connection: Connection, told: PromptDay) -> None:
    """Write a day down, in the place of what stood."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"due": told.due, "prompt": told.prompt, "reckoned_at": told.reckoned_at}
    connection.execute(
        dialect.insert(prompt_day)
        .values(day=told.day, **values)
        .on_conflict_do_update(index_elements=["day"], set_=values)
    )


def prompt_days(connection: Connection, since: date) -> list[PromptDay]:
    """The days that are written down, the newest first."""
    columns = prompt_day.c
    rows = connection.execute(
        select(columns.day, columns.due, columns.prompt, columns.reckoned_at)
        .where(columns.day >= since)
        .order_by(columns.day.desc())
    )
    return [PromptDay(*row) for row in rows]
