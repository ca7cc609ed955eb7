"""Notices: owed, cancelled, listed."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.delivery import State
from bot.core.notice import NoticeEvent
from bot.core.notice_rules import ENTERED, TAKEN_BACK
from bot.store.among import by_dialect
from bot.store.lost_days import close_what_may_be_told
from bot.store.notice_tables import OF_NOTICE, attempt, notice
from bot.store.restated import keep_what_was_said

_ONCE = {
    "sqlite": sqlite.insert(notice).on_conflict_do_nothing(index_elements=["key"]),
    "postgresql": postgresql.insert(notice).on_conflict_do_nothing(index_elements=["key"]),
}


def owe_notices(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store notices that are owed; one with a key known before is not owed again."""
    if rows:
        connection.execute(_ONCE[connection.dialect.name], list(rows))
        close_what_may_be_told(connection, rows)


# Nobody works at these: they wait for their turn, or for the end of a hold.
_UNTOUCHED = (
    notice.c.due_at.is_not(None),
    notice.c.claim.is_(None),
    or_(notice.c.state == State.WAITING, notice.c.state == State.HELD),
)
_MAY_HAVE_ARRIVED = (State.SENDING, State.SENT, State.DELIVERED, State.UNSURE)
_TRIED = exists().where(OF_NOTICE, attempt.c.state.in_(_MAY_HAVE_ARRIVED))


def _renewing(one: sqlite.Insert | postgresql.Insert) -> sqlite.Insert | postgresql.Insert:
    names = ("agency_code", "procedure_code", "step", "promised_at", "late")
    turn = ("state", "due_at", "expires_at", "request_id")
    newer = {name: one.excluded[name] for name in (*names, *turn)}
    newer["first_due_at"] = one.excluded.due_at
    return one.on_conflict_do_update(
        index_elements=["key"],
        set_={**newer, "closed_at": None, "reason": None},
        where=or_(
            and_(*_UNTOUCHED),
            and_(notice.c.state == State.SKIPPED, notice.c.reason == TAKEN_BACK),
        ),
    )


_OR_RENEW = {
    "sqlite": _renewing(sqlite.insert(notice)),
    "postgresql": _renewing(postgresql.insert(notice)),
}


# A result that was taken back and comes again is waiting once more: what it said is kept.
_TAKEN_BACK_AMONG = by_dialect(
    lambda among: and_(
        among(notice.c.key, "keys"),
        notice.c.state == State.SKIPPED,
        notice.c.reason == TAKEN_BACK,
    )
)


def owe_or_renew_notices(
    connection: Connection, rows: Sequence[dict[str, Any]], now: datetime
) -> None:
    """Store notices of changes.

    Two changes may share a moment, where software counts in days, and so a key. One that still
    waits then says what holds now, and a result cancelled before it was told is owed again;
    what somebody may have been told stays as it is.
    """
    if not rows:
        return
    results = [row["key"] for row in rows if row["event"] == NoticeEvent.RESULT]
    if results:
        keep_what_was_said(
            connection, _TAKEN_BACK_AMONG[connection.dialect.name], {"keys": results}, now
        )
    connection.execute(_OR_RENEW[connection.dialect.name], list(rows))
    close_what_may_be_told(connection, rows)


_CANCEL = (
    update(notice)
    .where(
        notice.c.dossier_id.in_(bindparam("dossiers", expanding=True)),
        notice.c.event == NoticeEvent.RESULT,
        *_UNTOUCHED,
        ~_TRIED,
    )
    .values(state=State.SKIPPED, due_at=None, closed_at=bindparam("now"), reason=TAKEN_BACK)
)


def cancel_untold_results(connection: Connection, dossiers: Collection[int], now: datetime) -> None:
    """Close the results of these dossiers that nobody was told."""
    if dossiers:
        connection.execute(_CANCEL, {"dossiers": sorted(dossiers), "now": now})


# What tells a citizen that there is nothing to collect: any of these after a result undoes it.
_UNDOING = (NoticeEvent.CORRECTION, NoticeEvent.SUPPLEMENT, *ENTERED.values())
_MAY_HAVE_BEEN_TOLD = or_(
    notice.c.claim.is_not(None), notice.c.state.in_(_MAY_HAVE_ARRIVED), _TRIED
)
_LAST_WORDS = (
    select(notice.c.dossier_id, notice.c.event == NoticeEvent.RESULT)
    .where(
        notice.c.dossier_id.in_(bindparam("dossiers", expanding=True)),
        or_(
            and_(notice.c.event == NoticeEvent.RESULT, _MAY_HAVE_BEEN_TOLD),
            and_(
                notice.c.event.in_(_UNDOING), or_(notice.c.due_at.is_not(None), _MAY_HAVE_BEEN_TOLD)
            ),
            notice.c.event == NoticeEvent.RETURNED,  # handed out, whether that was told or not
        ),
    )
    .order_by(notice.c.changed_at, notice.c.id)
)


def results_to_correct(connection: Connection, dossiers: Collection[int]) -> set[int]:
    """Those of these dossiers whose citizen was told of a result, or may have been, last of all.

    Result: not those whose result was cancelled before it was told, or never earned a notice;
            nor those who were told since, or still will be, that it is not so.
    """
    if not dossiers:
        return set()
    rows = connection.execute(_LAST_WORDS, {"dossiers": sorted(dossiers)})
    newest = {dossier_id: bool(is_result) for dossier_id, is_result in rows}
    return {dossier_id for dossier_id, is_result in newest.items() if is_result}
