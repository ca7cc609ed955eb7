"""The article of a broadcast: how far it is, taken step by step under a lease."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.store.announcement_tables import announcement_article, announcement_recipient

_ARTICLE = announcement_article.c


@dataclass(frozen=True, slots=True)
class ArticleStep:
    """Where an article is; `lost` when whoever took this step before was never heard of again."""

    step: str
    claim: str
    due_at: datetime | None
    tries: int
    token: str | None
    article_id: str | None
    lost: bool = False


def begin_article(connection: Connection, announcement_id: int, now: datetime) -> None:
    """Let an article be made."""
    connection.execute(
        insert(announcement_article).values(
            announcement_id=announcement_id, step="create", due_at=now, tries=0
        )
    )


def article_of(connection: Connection, announcement_id: int) -> ArticleStep | None:
    """The article of an announcement; None when it has none."""
    row = connection.execute(
        select(
            _ARTICLE.step,
            _ARTICLE.claim,
            _ARTICLE.due_at,
            _ARTICLE.tries,
            _ARTICLE.token,
            _ARTICLE.article_id,
        ).where(_ARTICLE.announcement_id == announcement_id)
    ).one_or_none()
    return ArticleStep(row[0], row[1] or "", *row[2:]) if row else None


def take_article(
    connection: Connection,
    announcement_id: int,
    claimer: str,
    now: datetime,
    lease_until: datetime,
) -> ArticleStep | None:
    """Take the next step, if it is due; the lease ends by itself when its worker dies."""
    row = connection.execute(
        select(_ARTICLE.step, _ARTICLE.claim, _ARTICLE.tries, _ARTICLE.token, _ARTICLE.article_id)
        .where(_ARTICLE.announcement_id == announcement_id, _ARTICLE.due_at <= now)
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return None
    connection.execute(
        update(announcement_article)
        .where(_ARTICLE.announcement_id == announcement_id)
        .values(claim=claimer, due_at=lease_until, tries=_ARTICLE.tries + 1)
    )
    lost = row.claim is not None
    return ArticleStep(row.step, claimer, lease_until, row.tries, row.token, row.article_id, lost)


def step_article(
    connection: Connection,
    announcement_id: int,
    claimer: str,
    values: Mapping[str, Any],
    ends: str = "",
) -> bool:
    """Write what came of a step; `ends` closes the recipient that stands for everybody, so."""
    changed = connection.execute(
        update(announcement_article)
        .where(_ARTICLE.announcement_id == announcement_id, _ARTICLE.claim == claimer)
        .values(claim=None, **values)
    )
    if changed.rowcount != 1:
        return False
    if ends:
        connection.execute(
            update(announcement_recipient)
            .where(
                announcement_recipient.c.announcement_id == announcement_id,
                announcement_recipient.c.recipient == "*",
            )
            .values(
                state=ends,
                code=values.get("code"),
                carrier_id=values.get("carrier_id"),
                sent_at=values.get("sent_at") if ends == "sent" else None,
            )
        )
    return True
