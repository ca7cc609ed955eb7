"""Which months were dropped of what grows by the month."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite

from bot.core.months import Month
from bot.store.privacy_tables import month_dropped


def note_dropped(
    connection: Connection, name: str, month: Month, dropped: int, kept: int, now: datetime
) -> None:
    """Write down that a month, or all up to it, went; what went of it before is added to."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    fresh = dialect.insert(month_dropped).values(
        table_name=name,
        month=str(month),
        until=month.until,
        dropped=dropped,
        kept=kept,
        dropped_at=now,
    )
    connection.execute(
        fresh.on_conflict_do_update(
            index_elements=["table_name", "month"],
            set_={
                "dropped": month_dropped.c.dropped + dropped,
                "kept": kept,
                "dropped_at": now,
            },
        )
    )


def gone_until(connection: Connection, *names: str) -> datetime | None:
    """The first moment behind all that was dropped of these tables; None when nothing was."""
    found: datetime | None = connection.scalar(
        select(func.max(month_dropped.c.until)).where(month_dropped.c.table_name.in_(names))
    )
    return found


def was_thinned(connection: Connection, name: str, month: Month) -> bool:
    """Whether a month was dropped before, but for what lived on."""
    chosen = exists().where(month_dropped.c.table_name == name, month_dropped.c.month == str(month))
    return bool(connection.scalar(select(chosen)))
