"""What closed notices said before they were changed once more, kept so that it can be told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, insert, select

from bot.store.book_tables import notice_restated
from bot.store.notice_tables import notice
from bot.store.tables import Instant

_KEPT = ("state", "channel", "reason", "closed_at")


def keep_what_was_said(
    connection: Connection, which: ColumnElement[bool], values: Mapping[str, Any], now: datetime
) -> None:
    """Write down what these notices say, those of them that are closed, before they are changed.

    Shape: `which` is a condition over the notices' table, `values` its parameters. It belongs
           into the transaction of the change.
    """
    said = select(
        notice.c.id,
        bindparam("restated_at", now, type_=Instant),
        *(notice.c[name] for name in _KEPT),
    ).where(which, notice.c.closed_at.is_not(None))
    written = insert(notice_restated).from_select(["notice_id", "at", *_KEPT], said)
    connection.execute(written, {**values, "restated_at": now})
