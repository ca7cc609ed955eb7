"""Every hand-over of a notice to a carrier, and what carriers reported of it later."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.ladder import PastAttempt, Tried
from bot.core.notice import Rung
from bot.store.among import by_dialect
from bot.store.notice_tables import OF_NOTICE, attempt, delivery_receipt, notice
from bot.store.restated import keep_what_was_said
from bot.store.tables import Instant, echo

ACCEPTED = ("sending", "sent", "delivered", "unsure")

_BEGIN = insert(attempt)
_RECORD = (
    update(attempt)
    .where(
        attempt.c.request_id == bindparam("request"),
        attempt.c.notice_made_at == bindparam("made_at", type_=Instant),
    )
    .values(
        # A report may have come before our own record of the answer.
        state=case(
            ((attempt.c.state == "delivered") | (attempt.c.state == "failed"), attempt.c.state),
            else_=bindparam("to_state"),
        ),
        carrier_id=bindparam("named"),
        code=bindparam("their_code"),
        said=bindparam("their_words"),
        cost_dong=bindparam("cost"),
        parts=bindparam("in_parts"),
        answered_at=bindparam("at"),
        delivered_at=func.coalesce(attempt.c.delivered_at, bindparam("arrived_at", type_=Instant)),
    )
)


_PAST = by_dialect(
    lambda among: (
        select(
            attempt.c.notice_id,
            attempt.c.rung,
            attempt.c.recipient,
            attempt.c.state,
            attempt.c.begun_at,
            attempt.c.turn,
        )
        .join(notice, OF_NOTICE)
        .where(among(notice.c.id, "notices"))
        .order_by(attempt.c.id)
    )
)


def past_attempts(
    connection: Connection, notice_ids: Collection[int]
) -> Mapping[int, list[PastAttempt]]:
    """What was tried for these notices, oldest first, by notice."""
    found: dict[int, list[PastAttempt]] = defaultdict(list)
    if notice_ids:
        asked = {"notices": sorted(notice_ids)}
        for row in connection.execute(_PAST[connection.dialect.name], asked):
            past = PastAttempt(Rung(row[1]), row[2], Tried(row[3]), row[4], row[5])
            found[row[0]].append(past)
    return found


def begin_attempts(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store hand-overs before the network is touched."""
    if rows:
        connection.execute(_BEGIN, list(rows))


def record_attempts(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store what carriers answered: keys of _RECORD's parameters."""
    if rows:
        connection.execute(_RECORD, list(rows))


def lose_answers(connection: Connection, notice_ids: Collection[int]) -> None:
    """The worker that made these notices' last calls is gone, and its answers with it."""
    if notice_ids:
        connection.execute(
            update(attempt)
            .where(attempt.c.notice_id.in_(sorted(notice_ids)), attempt.c.state == "sending")
            .values(state="unsure")
        )


_UNANSWERED = by_dialect(
    lambda among: (
        select(attempt.c.claimer, attempt.c.request_id)
        .join(notice, OF_NOTICE)
        .where(
            among(notice.c.id, "notices"),
            attempt.c.state == "sending",
            attempt.c.claimer.is_not(None),
        )
    )
)


def unanswered_requests(
    connection: Connection, notice_ids: Collection[int]
) -> Mapping[str, set[str]]:
    """Requests of these notices that no outcome is recorded of, by the process that made them."""
    found: dict[str, set[str]] = defaultdict(set)
    if notice_ids:
        asked = {"notices": sorted(notice_ids)}
        for claimer, request_id in connection.execute(_UNANSWERED[connection.dialect.name], asked):
            found[claimer].add(request_id)
    return found


def forget_unbegun(connection: Connection, request_ids: Sequence[str]) -> None:
    """Drop hand-overs that never reached the network."""
    if request_ids:
        connection.execute(delete(attempt).where(attempt.c.request_id.in_(list(request_ids))))


_SAID = by_dialect(
    lambda among: select(
        attempt.c.recipient, attempt.c.text_mark, attempt.c.notice_id, attempt.c.begun_at
    ).where(
        among(attempt.c.recipient, "recipients"),
        among(attempt.c.text_mark, "marks"),
        attempt.c.begun_at > bindparam("since"),
        attempt.c.state.in_(ACCEPTED),
    )
)


def said_before(
    connection: Connection, recipients: Collection[str], marks: Collection[bytes], since: datetime
) -> list[tuple[str, bytes, int, datetime]]:
    """(recipient, text mark, notice, moment) of what was handed over since then."""
    if not recipients or not marks:
        return []
    asked = {"recipients": sorted(recipients), "marks": sorted(marks), "since": since}
    rows = connection.execute(_SAID[connection.dialect.name], asked)
    return [(row[0], bytes(row[1]), row[2], row[3]) for row in rows]


_NAMED_SINCE = exists().where(attempt.c.carrier_id == echo.c.carrier_id).correlate(echo)
_ECHOED = by_dialect(
    lambda among: (
        select(attempt.c.request_id, attempt.c.notice_id, echo.c.carrier_id)
        .join(notice, OF_NOTICE)
        .join(
            echo,
            (echo.c.recipient == attempt.c.recipient) & (echo.c.text_mark == attempt.c.text_mark),
        )
        .where(
            among(notice.c.id, "notices"),
            attempt.c.rung == str(Rung.CHAT),
            attempt.c.state.in_(("unsure", "sending")),
            echo.c.at >= attempt.c.begun_at,
            ~_NAMED_SINCE,
        )
        .order_by(attempt.c.id)
    )
)


def echoed(connection: Connection, notice_ids: Collection[int]) -> Mapping[int, str]:
    """Of notices whose chat message's answer was lost, the carrier's id it was echoed under."""
    if not notice_ids:
        return {}
    asked = {"notices": sorted(notice_ids)}
    rows = connection.execute(_ECHOED[connection.dialect.name], asked).all()
    for request_id, _, carrier_id in rows:
        connection.execute(
            update(attempt)
            .where(attempt.c.request_id == request_id)
            .values(state="delivered", carrier_id=carrier_id, delivered_at=attempt.c.begun_at)
        )
    return {notice_id: carrier_id for _, notice_id, carrier_id in rows}


@dataclass(frozen=True, slots=True)
class NamedAttempt:
    """An attempt that a report belongs to, with the notice it is of."""

    id: int
    notice_id: int
    rung: str
    recipient: str
    state: str
    event: str
    open: bool
    claimed: bool


def attempts_named(
    connection: Connection, carriers: Collection[str], refs: Collection[str]
) -> list[NamedAttempt]:
    """Attempts that a carrier's report names, by our request id or its own id."""
    rows = connection.execute(
        select(
            attempt.c.id,
            attempt.c.notice_id,
            attempt.c.rung,
            attempt.c.recipient,
            attempt.c.state,
            notice.c.event,
            notice.c.due_at.is_not(None),
            notice.c.claim.is_not(None),
        )
        .join(notice, OF_NOTICE)
        .where(
            or_(attempt.c.request_id.in_(list(refs)), attempt.c.carrier_id.in_(list(refs))),
            attempt.c.carrier.in_(list(carriers)),
        )
    )
    return [NamedAttempt(*row) for row in rows]


def report_attempt(connection: Connection, attempt_id: int, values: Mapping[str, Any]) -> None:
    """Write what a report says of one attempt."""
    connection.execute(update(attempt).where(attempt.c.id == attempt_id).values(**values))


def report_request(connection: Connection, request_id: str, state: str, at: datetime) -> None:
    """Write what an early report says of the attempt of a request."""
    values: dict[str, Any] = {"state": state}
    if state == Tried.DELIVERED:
        values["delivered_at"] = at
    connection.execute(update(attempt).where(attempt.c.request_id == request_id).values(**values))


def settle_notice(
    connection: Connection, notice_id: int, values: Mapping[str, Any], now: datetime
) -> bool:
    """Change a notice that no worker has in hand; False when one has, or it is gone.

    Shape: what a closed one said until `now` is kept when it is to say something else.
    """
    mine = and_(notice.c.id == bindparam("settled"), notice.c.claim.is_(None))
    differs = or_(
        notice.c.state != values["state"],
        func.coalesce(notice.c.channel, "") != values.get("channel", notice.c.channel),
    )
    keep_what_was_said(connection, and_(mine, differs), {"settled": notice_id}, now)
    changed = connection.execute(
        update(notice).where(mine).values(**values), {"settled": notice_id}
    )
    return changed.rowcount == 1


def is_any_sending(connection: Connection, carrier: str, since: datetime) -> bool:
    """Whether a carrier may know a message that we have not recorded its name of yet."""
    query = select(
        exists().where(
            attempt.c.carrier == carrier,
            attempt.c.state.in_(("sending", "unsure")),
            attempt.c.begun_at > since,
        )
    )
    return bool(connection.execute(query).scalar_one())


_SETTLED = by_dialect(
    lambda among: (
        select(attempt.c.request_id, attempt.c.notice_id, attempt.c.state)
        .join(notice, OF_NOTICE)
        .where(among(notice.c.id, "notices"), attempt.c.state.in_(("delivered", "failed")))
    )
)


def settled_attempts(
    connection: Connection, notice_ids: Collection[int]
) -> list[tuple[str, int, str]]:
    """(request, notice, state) of these notices' attempts that have arrived or failed."""
    asked = {"notices": sorted(notice_ids)}
    rows = connection.execute(_SETTLED[connection.dialect.name], asked)
    return [(row[0], row[1], row[2]) for row in rows]


def keep_receipts(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Store reports that came before our own record, each once."""
    if rows:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        connection.execute(dialect.insert(delivery_receipt).on_conflict_do_nothing(), list(rows))


_EARLY = by_dialect(
    lambda among: select(delivery_receipt.c.ref, delivery_receipt.c.state).where(
        among(delivery_receipt.c.ref, "refs")
    )
)


def early_receipts(connection: Connection, refs: Collection[str]) -> Mapping[str, set[str]]:
    """Reported states by the name they came under."""
    if not refs:
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    rows = connection.execute(_EARLY[connection.dialect.name], {"refs": sorted(refs)})
    for ref, state in rows:
        found[ref].add(state)
    return found


def forget_receipts(connection: Connection, before: datetime) -> int:
    """Drop early reports that nothing can be waiting for any more."""
    gone = delete(delivery_receipt).where(delivery_receipt.c.arrived_at < before)
    return connection.execute(gone).rowcount
