"""Notices of days that a restored house knows nothing of: who is owed one may have had it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, update

from bot.core.delivery import State
from bot.core.notice import NoticeEvent
from bot.store.among import by_dialect
from bot.store.notice_tables import notice
from bot.store.owed_at_restore import WHY
from bot.store.restored_mark import Restored, restored

_OPEN_AMONG = by_dialect(
    lambda among: and_(among(notice.c.key, "keys"), notice.c.due_at.is_not(None))
)


def close_what_may_be_told(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Close as unsure those of these notices, just owed, that the lost house may have sent.

    The feed tells again what happened between the backup and the loss. An apology is told of an
    evening, not of a change: those owed while the house is held are of evenings that are lost.
    """
    mark = restored(connection)
    if mark is None:
        return
    keys = [row["key"] for row in rows if _may_be_told(mark, row)]
    if keys:
        connection.execute(
            update(notice)
            .where(_OPEN_AMONG[connection.dialect.name])
            .values(
                state=str(State.UNSURE),
                due_at=None,
                secret=None,
                closed_at=rows[0]["created_at"],
                reason=WHY,
            ),
            {"keys": keys},
        )


def _may_be_told(mark: Restored, row: Mapping[str, Any]) -> bool:
    if row["event"] == NoticeEvent.APOLOGY:
        return mark.held
    return mark.may_have_told(row["changed_at"])
