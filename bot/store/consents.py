"""What citizens agreed to and took back: rows are only ever added."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, insert

from bot.store.notice_tables import consent


def add_consents(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Write down consents given or taken back; keys are the table's columns."""
    if rows:
        connection.execute(insert(consent), list(rows))
