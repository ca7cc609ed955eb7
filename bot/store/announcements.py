"""Announcements as they stand, and their short links."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, insert, or_, select, update

from bot.core.announcement import (
    BEGUN,
    EDITABLE,
    Audience,
    AudienceKind,
    Content,
    Kind,
    Road,
    State,
    from_states,
)
from bot.store.announcement_tables import announcement, announcement_picture


@dataclass(frozen=True, slots=True)
class StoredAnnouncement:
    """An announcement as it is stored; `content_mark` is that of `content`."""

    id: int
    content: Content
    picture_id: int | None
    revision: int
    state: State
    reason: str | None
    written_by: int
    asked_at: datetime | None
    approved_by: int | None
    approved_at: datetime | None
    approved_mark: bytes | None
    repeat_confirmed: bool
    due_at: datetime | None
    started_at: datetime | None
    plan_reached: str
    planned_at: datetime | None
    finished_at: datetime | None
    link_token: str
    clicks: int
    created_at: datetime
    updated_at: datetime


_STOOD = tuple(
    announcement.c[name] for name in StoredAnnouncement.__slots__ if name not in ("content",)
)
_SAID = (
    announcement.c.agency_code,
    announcement.c.kind,
    announcement.c.title,
    announcement.c.text,
    announcement.c.link,
    announcement.c.audience,
    announcement.c.roads,
    announcement.c.send_at,
    announcement_picture.c.digest,
)


def _chosen() -> Select[Any]:
    return select(*_STOOD, *_SAID).outerjoin(
        announcement_picture, announcement_picture.c.id == announcement.c.picture_id
    )


def _stored(row: Any) -> StoredAnnouncement:
    stood = {column.name: getattr(row, column.name) for column in _STOOD}
    stood["state"] = State(stood["state"])
    mark = stood["approved_mark"]
    stood["approved_mark"] = None if mark is None else bytes(mark)
    audience = json.loads(row.audience)
    audience["kind"] = AudienceKind(audience["kind"])
    content = Content(
        agency=row.agency_code,
        kind=Kind(row.kind),
        title=row.title,
        text=row.text,
        link=row.link,
        picture=row.digest or "",
        audience=Audience(**audience),
        roads=tuple(Road(road) for road in row.roads.split(",") if road),
        send_at=row.send_at,
    )
    return StoredAnnouncement(content=content, **stood)


def content_values(content: Content, picture_id: int | None) -> dict[str, Any]:
    """The columns that hold a content."""
    return {
        "agency_code": content.agency,
        "kind": str(content.kind),
        "title": content.title,
        "text": content.text,
        "link": content.link,
        "picture_id": picture_id,
        "audience": json.dumps(asdict(content.audience), ensure_ascii=False, sort_keys=True),
        "roads": ",".join(content.roads),
        "send_at": content.send_at,
        "content_mark": content.mark,
        "text_mark": content.text_mark,
        "audience_mark": content.audience_mark,
    }


def insert_announcement(connection: Connection, values: Mapping[str, Any]) -> int:
    """Store a new draft; its id."""
    made = connection.execute(insert(announcement).values(**values).returning(announcement.c.id))
    return int(made.scalar_one())


def announcement_by_id(
    connection: Connection, announcement_id: int, hold: bool = False
) -> StoredAnnouncement | None:
    """One announcement, held for this transaction when asked; None when there is none."""
    chosen = _chosen().where(announcement.c.id == announcement_id)
    if hold:
        chosen = chosen.with_for_update(of=announcement)
    row = connection.execute(chosen).one_or_none()
    return _stored(row) if row else None


def rewrite(
    connection: Connection, announcement_id: int, revision: int, values: Mapping[str, Any]
) -> bool:
    """Put another content in the place of this revision; it is a draft again, approved by nobody.

    Result: False when another revision stands there, or it has begun to go out.
    """
    changed = connection.execute(
        update(announcement)
        .where(
            announcement.c.id == announcement_id,
            announcement.c.revision == revision,
            announcement.c.state.in_([str(state) for state in EDITABLE]),
        )
        .values(
            **values,
            revision=revision + 1,
            state=str(State.DRAFT),
            reason=None,
            asked_at=None,
            approved_by=None,
            approved_at=None,
            approved_mark=None,
            repeat_confirmed=False,
            due_at=None,
        )
    )
    return changed.rowcount == 1


def move(
    connection: Connection,
    found: StoredAnnouncement,
    goal: State,
    values: Mapping[str, Any] | None = None,
) -> bool:
    """Bring an announcement into another state, if it still stands as it was read.

    Result: False when it does not, or when that state may not follow.
    """
    if str(found.state) not in from_states(goal):
        return False
    changed = connection.execute(
        update(announcement)
        .where(
            announcement.c.id == found.id,
            announcement.c.revision == found.revision,
            announcement.c.state == str(found.state),
        )
        .values(state=str(goal), **(values or {}))
    )
    return changed.rowcount == 1


def listed(
    connection: Connection, agencies: Collection[str], before: int | None, most: int
) -> list[StoredAnnouncement]:
    """The announcements of these agencies, newest first, `before` an id."""
    chosen = _chosen().where(announcement.c.agency_code.in_(sorted(agencies)))
    if before is not None:
        chosen = chosen.where(announcement.c.id < before)
    rows = connection.execute(chosen.order_by(announcement.c.id.desc()).limit(most))
    return [_stored(row) for row in rows]


def count_in_state(connection: Connection, agencies: Collection[str], state: State) -> int:
    """How many announcements of these agencies stand so."""
    return int(
        connection.execute(
            select(func.count()).where(
                announcement.c.agency_code.in_(sorted(agencies)),
                announcement.c.state == str(state),
            )
        ).scalar_one()
    )


def same_before(
    connection: Connection, found: StoredAnnouncement, since: datetime
) -> tuple[int, datetime] | None:
    """The newest other announcement that told the same audience the same words since then."""
    row = connection.execute(
        select(announcement.c.id, announcement.c.started_at)
        .where(
            announcement.c.text_mark == found.content.text_mark,
            announcement.c.audience_mark == found.content.audience_mark,
            announcement.c.id != found.id,
            announcement.c.state.in_([str(state) for state in BEGUN]),
            announcement.c.started_at >= since,
        )
        .order_by(announcement.c.started_at.desc())
        .limit(1)
    ).one_or_none()
    return (row[0], row[1]) if row else None


def follow_link(connection: Connection, token: str) -> str | None:
    """Where a short link leads, counted; None for one that leads nowhere."""
    target: str | None = connection.execute(
        update(announcement)
        .where(and_(announcement.c.link_token == token, announcement.c.link != ""))
        .values(clicks=announcement.c.clicks + 1)
        .returning(announcement.c.link)
    ).scalar_one_or_none()
    return target


def in_work(connection: Connection, now: datetime) -> Sequence[int]:
    """The announcements that go out now, or whose time has come, the oldest first."""
    return list(
        connection.scalars(
            select(announcement.c.id)
            .where(
                or_(
                    announcement.c.state == str(State.SENDING),
                    and_(
                        announcement.c.state == str(State.SCHEDULED), announcement.c.due_at <= now
                    ),
                )
            )
            .order_by(announcement.c.id)
        )
    )


def is_sending(connection: Connection, announcement_id: int) -> bool:
    """Whether it goes out at this moment: neither paused nor stopped nor done."""
    state = connection.scalar(
        select(announcement.c.state).where(announcement.c.id == announcement_id)
    )
    return state == str(State.SENDING)


def change(connection: Connection, announcement_id: int, values: Mapping[str, Any]) -> None:
    """Write how far an announcement is."""
    connection.execute(
        update(announcement).where(announcement.c.id == announcement_id).values(**values)
    )
