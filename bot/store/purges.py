"""What each retention rule wipes or deletes: closed, past its time, and needed by no book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    not_,
    or_,
    select,
    true,
    update,
)

from bot.core.dossier import Status
from bot.core.notice import NoticeEvent
from bot.store.announcement_tables import (
    announcement,
    announcement_phone,
    announcement_recipient,
    invitation,
)
from bot.store.book_tables import complaint
from bot.store.counter_tables import (
    handover,
    handover_line,
    slip_batch,
    staff_session,
)
from bot.store.document_tables import document
from bot.store.nameless import NAMELESS, TOLD_OVER
from bot.store.notice_tables import (
    attempt,
    consent,
    delivery_receipt,
    dossier_follow,
    notice,
    phone_link,
    phone_proof,
    phone_state,
)
from bot.store.post_tables import post_progress, post_return
from bot.store.privacy_tables import erasure
from bot.store.tables import (
    carrier_token_event,
    dossier,
    dossier_change,
    dossier_progress,
    echo,
    follower,
    inbox,
    lookup,
    outbox,
    sms_inbound,
)
from bot.store.watch_tables import worker_sign

Which = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Purge:
    """One rule's rows.

    Shape: a row is past its time when `age` lies before the rule's moment and `which` holds;
           `values` wipe it, and where there are none it is deleted. `by` names who does it where
           plain SQL cannot: dossiers and notices lose their person by rules of their own.
    """

    table: Table
    age: ColumnElement[Any]
    which: Which = field(default_factory=true)
    values: Mapping[str, Any] = field(default_factory=dict)
    by: str = "sql"

    @property
    def key(self) -> ColumnElement[Any]:
        """Its primary key, of one column."""
        [key] = self.table.primary_key.columns
        return key

    def past(self, before: datetime) -> Which:
        """Rows whose time was over before then."""
        return and_(self.age < before, self.which)


# The agency's work is over, and so is the citizen's: nothing is left to be collected.
OVER = (Status.REFUSED, Status.WITHDRAWN, Status.STOPPED, Status.RETURNED)
_ENDED_AT = func.coalesce(dossier.c.ended_at, dossier.c.changed_at)
_HAS_PERSON = or_(
    *(dossier.c[name].is_not(None) for name in ("phone", "owner_name", "handler", "needed")),
    exists().where(document.c.dossier_id == dossier.c.id, document.c.facts.is_not(None)),
)
# What a return by post says of a person.
RECEIVER = ("receiver", "told", "told_mark", "item_code", "item_mark", "reason")
_HAS_RECEIVER = or_(*(post_return.c[name].is_not(None) for name in RECEIVER))
_NAMED = and_(notice.c.due_at.is_(None), not_(notice.c.key.startswith(NAMELESS)))
_of_announcement = announcement.c.id == announcement_phone.c.announcement_id
_still_told = exists().where(
    announcement_recipient.c.announcement_id == announcement_phone.c.announcement_id,
    not_(TOLD_OVER),
)
_in_force = or_(
    and_(
        consent.c.about == "phone",
        exists().where(phone_link.c.id == consent.c.link_id, phone_link.c.ended_at.is_(None)),
    ),
    and_(
        consent.c.about == "dossier",
        exists().where(
            dossier_follow.c.id == consent.c.link_id, dossier_follow.c.ended_at.is_(None)
        ),
    ),
)
_REFERRED = or_(
    *(
        exists().where(table.c.user_id == follower.c.user_id)
        for table in (phone_link, dossier_follow, phone_proof, handover, complaint)
    )
)


def _not_newest(table: Table) -> Which:
    """All but a table's newest row: other rows name these by number, and SQLite gives the number
    of the newest out again once that is gone.
    """
    other = table.alias("newer")
    return table.c.id < select(func.max(other.c.id)).scalar_subquery()


def _of_parent(column: Any, link: Which) -> ColumnElement[Any]:
    """A moment of the row above, for rows that have none of their own."""
    return select(column).where(link).scalar_subquery()


_TALK_CLOSED = _of_parent(handover.c.closed_at, handover.c.id == handover_line.c.handover_id)
_LIST_IDLE = _of_parent(
    func.coalesce(announcement.c.finished_at, announcement.c.updated_at), _of_announcement
)
_TOLD_AT = func.coalesce(
    announcement_recipient.c.sent_at,
    _of_parent(
        announcement.c.finished_at, announcement.c.id == announcement_recipient.c.announcement_id
    ),
)
NO_PHONE = {"phone": b"", "phone_index": b""}

# By the rule's name in bot/data/retention.toml, in the order they are carried out.
PURGES: Mapping[str, Purge] = {
    "dossier_person": Purge(
        dossier, _ENDED_AT, and_(dossier.c.status.in_(OVER), _HAS_PERSON), by="dossiers"
    ),
    "dossier_uncollected": Purge(
        dossier, _ENDED_AT, and_(dossier.c.status == Status.RESULT, _HAS_PERSON), by="dossiers"
    ),
    "post_receiver": Purge(
        post_return, post_return.c.closed_at, _HAS_RECEIVER, dict.fromkeys(RECEIVER)
    ),
    "post_way": Purge(
        post_progress,
        post_progress.c.arrived_at,
        post_progress.c.message.is_not(None),
        {"message": None},
    ),
    "dossier_handlers": Purge(
        dossier_progress,
        dossier_progress.c.arrived_at,
        dossier_progress.c.handler.is_not(None),
        {"handler": None},
    ),
    "code_phone": Purge(
        notice,
        notice.c.closed_at,
        and_(_NAMED, notice.c.event == str(NoticeEvent.OTP)),
        by="notices",
    ),
    "notice_person": Purge(notice, notice.c.closed_at, _NAMED, by="notices"),
    "proof_phone": Purge(
        phone_proof,
        phone_proof.c.asked_at,
        or_(phone_proof.c.phone != b"", phone_proof.c.phone_index != b""),
        {**NO_PHONE, "code_mark": b""},
    ),
    "proof": Purge(phone_proof, phone_proof.c.asked_at),
    "link_phone": Purge(
        phone_link,
        phone_link.c.ended_at,
        or_(phone_link.c.phone != b"", phone_link.c.phone_index != b""),
        NO_PHONE,
    ),
    "follow": Purge(dossier_follow, dossier_follow.c.ended_at, _not_newest(dossier_follow)),
    "consent": Purge(consent, consent.c.at, not_(_in_force)),
    "phone_state": Purge(phone_state, phone_state.c.updated_at),
    # The row stays: its key tells a repetition however late, its number is in its reply's key.
    "event": Purge(
        inbox,
        inbox.c.arrived_at,
        and_(inbox.c.due_at.is_(None), or_(inbox.c.payload != b"", inbox.c.fault.is_not(None))),
        {"payload": b"", "fault": None},
    ),
    "message": Purge(outbox, outbox.c.created_at, outbox.c.due_at.is_(None)),
    "echo": Purge(echo, echo.c.at),
    "asker": Purge(lookup, lookup.c.at, lookup.c.asker != "", {"asker": ""}),
    "lookup": Purge(lookup, lookup.c.at),
    "sms_question": Purge(sms_inbound, sms_inbound.c.arrived_at),
    "receipt": Purge(delivery_receipt, delivery_receipt.c.arrived_at),
    "listed_phone": Purge(announcement_phone, _LIST_IDLE, not_(_still_told)),
    "told_person": Purge(
        announcement_recipient,
        _TOLD_AT,
        and_(
            TOLD_OVER,
            not_(announcement_recipient.c.recipient.like("0000" + "_" * 12)),
        ),
        by="recipients",
    ),
    "talk_line": Purge(handover_line, _TALK_CLOSED),
    "talk": Purge(
        handover,
        handover.c.closed_at,
        and_(
            not_(exists().where(handover_line.c.handover_id == handover.c.id)),
            _not_newest(handover),
        ),
    ),
    "complaint_words": Purge(
        complaint,
        complaint.c.answered_at,
        or_(complaint.c.words.is_not(None), complaint.c.answer.is_not(None)),
        {"words": None, "answer": None},
    ),
    "follower": Purge(
        follower,
        follower.c.unfollowed_at,
        and_(follower.c.following.is_(False), not_(_REFERRED)),
    ),
    "session": Purge(staff_session, staff_session.c.created_at),
    "drawn_pdf": Purge(
        slip_batch, slip_batch.c.finished_at, slip_batch.c.pdf.is_not(None), {"pdf": None}
    ),
    "drawn_slips": Purge(slip_batch, slip_batch.c.created_at, _not_newest(slip_batch)),
    "invitation": Purge(invitation, invitation.c.expires_at, _not_newest(invitation)),
    "token_event": Purge(carrier_token_event, carrier_token_event.c.at),
    "worker_sign": Purge(worker_sign, worker_sign.c.seen_at),
    # Whole months, by a rule of their own (bot/drop_months.py).
    "attempt": Purge(attempt, attempt.c.notice_made_at, by="months"),
    "history": Purge(dossier_change, dossier_change.c.arrived_at, by="months"),
    "erasure": Purge(erasure, erasure.c.done_at, _not_newest(erasure)),
}


def count_past(connection: Connection, rule: Purge, before: datetime) -> int:
    """How many rows of a rule are past their time."""
    chosen = select(func.count()).select_from(rule.table).where(rule.past(before))
    return connection.scalar(chosen) or 0


def oldest_left(connection: Connection, rule: Purge) -> datetime | None:
    """The oldest row that the rule will still have to do with; None when there is none."""
    chosen = select(func.min(rule.age)).select_from(rule.table).where(rule.which)
    found: datetime | None = connection.scalar(chosen)
    return found


def past_keys(
    connection: Connection, rule: Purge, before: datetime, after: Any, most: int
) -> Sequence[Any]:
    """The next keys of rows past their time, at most `most`; `after` None begins."""
    chosen = select(rule.key).where(rule.past(before)).order_by(rule.key).limit(most)
    if after is not None:
        chosen = chosen.where(rule.key > after)
    return list(connection.scalars(chosen))


def purge_rows(connection: Connection, rule: Purge, keys: Sequence[Any], before: datetime) -> int:
    """Wipe or delete these rows, as far as they are still past their time; how many."""
    still = (rule.key.in_(keys), rule.past(before))
    if rule.values:
        return connection.execute(update(rule.table).where(*still).values(**rule.values)).rowcount
    return connection.execute(delete(rule.table).where(*still)).rowcount
