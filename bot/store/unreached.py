"""Notices that reached nobody because the phone was none, wrong, or a landline."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.store.notice_tables import notice

# What the ladder says of a notice that found no way; see bot.core.ladder.
_NO_WAY = ("no way out", "no way is left")


@dataclass(frozen=True, slots=True)
class Unreached:
    """The newest notice of a dossier, when it reached nobody; `recipient` is who it was for."""

    event: str
    changed_at: datetime
    recipient: str
    step: str | None
    promised_at: datetime | None
    late: bool


_NEWEST = (
    select(
        notice.c.dossier_id,
        notice.c.state,
        notice.c.reason,
        notice.c.event,
        notice.c.changed_at,
        notice.c.recipient,
        notice.c.step,
        notice.c.promised_at,
        notice.c.late,
    )
    .where(
        notice.c.dossier_id.in_(bindparam("dossiers", expanding=True)),
        notice.c.created_at > bindparam("since"),
    )
    .order_by(notice.c.id)
)


def unreached_notices(
    connection: Connection, dossiers: Collection[int], since: datetime
) -> Mapping[int, Unreached]:
    """By dossier, its newest notice since then, where that found no way to anybody."""
    if not dossiers:
        return {}
    rows = connection.execute(_NEWEST, {"dossiers": sorted(dossiers), "since": since})
    newest = {row[0]: row for row in rows}
    return {
        dossier_id: Unreached(*row[3:])
        for dossier_id, row in newest.items()
        if row[1] in ("skipped", "failed") and (row[2] or "").startswith(_NO_WAY)
    }
