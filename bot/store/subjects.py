"""Everything that is held about a phone, read at one moment; sealed fields stay sealed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, false, func, or_, select

from bot.store.announcement_tables import (
    announcement,
    announcement_phone,
    announcement_recipient,
)
from bot.store.book_tables import complaint
from bot.store.counter_tables import handover, handover_line, intake, phone_correction
from bot.store.document_tables import document
from bot.store.notice_tables import (
    OF_NOTICE,
    attempt,
    consent,
    dossier_follow,
    notice,
    phone_link,
    phone_proof,
    phone_state,
)
from bot.store.post_tables import post_progress, post_return
from bot.store.tables import (
    agency,
    dossier,
    dossier_change,
    follower,
    lookup,
    outbox,
    sms_inbound,
)

Rows = list[Mapping[str, Any]]
_other = phone_link.alias("other")


@dataclass(frozen=True, slots=True)
class Accounts:
    """Chats that have proved a phone: `own` have no other phone, `shared` are others' too."""

    own: tuple[str, ...]
    shared: tuple[str, ...]


def accounts_of(connection: Connection, index: bytes) -> Accounts:
    """The chats with an open link to this phone, by whether it is their only one."""
    has_other = exists().where(
        _other.c.user_id == phone_link.c.user_id,
        _other.c.ended_at.is_(None),
        _other.c.phone_index != index,
    )
    rows = connection.execute(
        select(phone_link.c.user_id, has_other)
        .where(phone_link.c.phone_index == index, phone_link.c.ended_at.is_(None))
        .order_by(phone_link.c.user_id)
    ).all()
    own = tuple(row[0] for row in rows if not row[1])
    return Accounts(own, tuple(row[0] for row in rows if row[1]))


_DOSSIERS = (
    select(
        dossier.c.id,
        dossier.c.code,
        dossier.c.local_code,
        agency.c.name.label("agency"),
        dossier.c.procedure_code,
        dossier.c.procedure_name,
        dossier.c.step,
        dossier.c.status,
        dossier.c.at_desk,
        dossier.c.received_at,
        dossier.c.due_at,
        dossier.c.finished_at,
        dossier.c.returned_at,
        dossier.c.changed_at,
        dossier.c.first_seen_at,
        dossier.c.phone,
        dossier.c.owner_name,
        dossier.c.handler,
        dossier.c.needed,
        dossier.c.notify_zalo,
        dossier.c.notify_sms,
        dossier.c.notify_post,
        intake.c.facts,
        phone_correction.c.at.label("phone_corrected_at"),
    )
    .join(agency, agency.c.code == dossier.c.agency_code)
    .outerjoin(intake, intake.c.dossier_id == dossier.c.id)
    .outerjoin(phone_correction, phone_correction.c.dossier_id == dossier.c.id)
    .order_by(dossier.c.id)
)


def held_dossiers(connection: Connection, index: bytes) -> Rows:
    """The dossiers of a phone, with what was taken in and corrected at the counter."""
    return _rows(connection, _DOSSIERS.where(dossier.c.phone_index == index))


def held_history(connection: Connection, dossier_ids: Collection[int]) -> Rows:
    """Every change of these dossiers, as they arrived."""
    change = dossier_change.c
    chosen = select(
        change.dossier_id, change.changed_at, change.arrived_at, change.status, change.step,
        change.due_at,
    ).where(change.dossier_id.in_(sorted(dossier_ids))).order_by(change.id)  # fmt: skip
    return _rows(connection, chosen) if dossier_ids else []


def held(connection: Connection, index: bytes, accounts: Accounts) -> dict[str, Rows]:
    """What is held besides dossiers, by section."""
    return {name: _rows(connection, one) for name, one in _sections(index, accounts)}


def _sections(index: bytes, accounts: Accounts) -> list[tuple[str, Select[Any]]]:
    mark, own = index.hex(), list(accounts.own)
    everyone = [*accounts.own, *accounts.shared]
    to_it = notice.c.recipient == mark
    return [
        ("notices", _notices().where(to_it)),
        ("attempts", _attempts().where(to_it)),
        ("phone_state", _columns(phone_state, "failures bad_at no_template_until updated_at")
            .where(phone_state.c.phone_index == index)),
        ("phone_proofs", _columns(phone_proof, "user_id how state tries asked_at expires_at")
            .where(phone_proof.c.phone_index == index)),
        ("phone_links", _columns(phone_link, "user_id how proved_at ended_at ended_why")
            .where(phone_link.c.phone_index == index)),
        ("followed_dossiers", _follows().where(dossier_follow.c.user_id.in_(own))),
        ("consents", _consents(index, everyone)),
        ("followers", _columns(
            follower, "user_id following followed_at unfollowed_at last_interaction_at"
        ).where(follower.c.user_id.in_(own))),
        ("messages", _columns(outbox, "user_id:recipient event state asked_at sent_at body")
            .where(outbox.c.recipient.in_(own)).order_by(outbox.c.id)),
        ("lookups", _columns(lookup, "at way code")
            .where(lookup.c.asker.in_([mark, *own])).order_by(lookup.c.id)),
        ("sms_inbound", _columns(sms_inbound, "arrived_at short_code outcome text answer")
            .where(sms_inbound.c.sender_index == index).order_by(sms_inbound.c.id)),
        ("returns_by_post", _returns(index)),
        ("ways_by_post", _ways(index)),
        ("documents", _documents(index)),
        ("talks", _columns(handover, "id agency_code opened_at closed_at closed_why")
            .where(handover.c.user_id.in_(own)).order_by(handover.c.id)),
        ("talk_lines", _talk_lines().where(handover.c.user_id.in_(own))),
        ("complaints", _complaints().where(complaint.c.user_id.in_(own))),
        ("announcements", _announcements().where(
            or_(announcement_recipient.c.recipient == mark,
                announcement_recipient.c.recipient.in_(own) if own else false()))),
        ("announcement_lists", _lists().where(announcement_phone.c.phone_index == index)),
    ]  # fmt: skip


def _documents(index: bytes) -> Select[Any]:
    names = (
        "kind source type_code issuer issued_on valid_from valid_until valid_forever revoked_on "
        "digitised reused from_national_store digitised_at told:facts first_seen_at updated_at"
    )
    return (
        select(dossier.c.code)
        .add_columns(*_columns(document, names).selected_columns)
        .join(dossier, dossier.c.id == document.c.dossier_id)
        .where(dossier.c.phone_index == index, document.c.deleted.is_(False))
        .order_by(document.c.id)
    )


def _returns(index: bytes) -> Select[Any]:
    names = "id state receiver told item_code reason created_at ordered_at collected_at closed_at"
    return (
        _columns(post_return, names)
        .add_columns(dossier.c.code)
        .join(dossier, dossier.c.id == post_return.c.dossier_id)
        .where(dossier.c.phone_index == index)
        .order_by(post_return.c.id)
    )


def _ways(index: bytes) -> Select[Any]:
    return (
        _columns(post_progress, "return_id at code message milestone")
        .join(dossier, dossier.c.id == post_progress.c.dossier_id)
        .where(dossier.c.phone_index == index)
        .order_by(post_progress.c.at, post_progress.c.row_id)
    )


def _columns(table: Any, names: str) -> Select[Any]:
    """Some columns of a table; "shown:column" gives one another name."""
    pairs = [(one.split(":")[0], one.split(":")[-1]) for one in names.split()]
    return select(*(table.c[column].label(shown) for shown, column in pairs))


def _notices() -> Select[Any]:
    names = "id event changed_at created_at state channel reason handed_at closed_at"
    chosen = _columns(notice, names).add_columns(dossier.c.code)
    return chosen.outerjoin(dossier, dossier.c.id == notice.c.dossier_id).order_by(notice.c.id)


def _attempts() -> Select[Any]:
    names = "notice_id rung carrier state code said parts begun_at answered_at delivered_at seen_at"
    chosen = _columns(attempt, names)
    return chosen.join(notice, OF_NOTICE).order_by(attempt.c.id)


def _follows() -> Select[Any]:
    chosen = _columns(dossier_follow, "user_id how since ended_at ended_why")
    joined = chosen.add_columns(dossier.c.code).join(
        dossier, dossier.c.id == dossier_follow.c.dossier_id
    )
    return joined.order_by(dossier_follow.c.id)


def _consents(index: bytes, everyone: Collection[str]) -> Select[Any]:
    """Consents to be told of this phone; of chats that are nobody else's, all."""
    links = select(phone_link.c.id).where(phone_link.c.phone_index == index)
    of_link = and_(consent.c.about == "phone", consent.c.link_id.in_(links))
    chosen = _columns(consent, "user_id about given how words at")
    return chosen.where(consent.c.user_id.in_(sorted(everyone)), of_link).order_by(consent.c.id)


def _talk_lines() -> Select[Any]:
    by_staff = handover_line.c.staff_id.is_not(None).label("by_staff")
    chosen = _columns(handover_line, "talk_id:handover_id at text").add_columns(by_staff)
    return chosen.join(handover, handover.c.id == handover_line.c.handover_id).order_by(
        handover_line.c.id
    )


def _complaints() -> Select[Any]:
    names = "event opened_at words answered_at verdict answer"
    chosen = _columns(complaint, names).add_columns(dossier.c.code)
    return chosen.join(dossier, dossier.c.id == complaint.c.dossier_id).order_by(complaint.c.id)


def _announcements() -> Select[Any]:
    chosen = _columns(announcement_recipient, "road state sent_at received_at seen_at")
    named = chosen.add_columns(announcement.c.title)
    return named.join(
        announcement, announcement.c.id == announcement_recipient.c.announcement_id
    ).order_by(announcement_recipient.c.id)


def _lists() -> Select[Any]:
    named = select(announcement.c.title, announcement.c.state, announcement.c.created_at)
    return named.join(
        announcement_phone, announcement_phone.c.announcement_id == announcement.c.id
    ).order_by(announcement.c.id)


def _rows(connection: Connection, chosen: Select[Any]) -> Rows:
    return [dict(row._mapping) for row in connection.execute(chosen)]


@dataclass(frozen=True, slots=True)
class Counted:
    """How much is kept about some phones and a chat."""

    dossiers: int
    notices: int
    lookups: int
    talks: int


def counted(connection: Connection, indexes: Collection[bytes], user_id: str) -> Counted:
    """How many dossiers these phones have, notices of them, and lookups and talks of the chat."""
    ids = select(dossier.c.id).where(dossier.c.phone_index.in_(list(indexes)))
    asked = (
        select(func.count()).select_from(ids.subquery()),
        select(func.count()).where(notice.c.dossier_id.in_(ids)),
        select(func.count()).where(lookup.c.asker == user_id),
        select(func.count()).where(handover.c.user_id == user_id),
    )
    return Counted(*(connection.scalar(one) or 0 for one in asked))
