"""The wordings of texts: added, never changed; what is told now, and what was told when."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, text

from bot.core.wording import Source, Wording
from bot.store.counter_tables import staff
from bot.store.text_tables import text_wording

WORDINGS_LOCK = 7_204_117  # apart from other advisory locks of this product

_TAKE_TURN = text("SELECT pg_advisory_xact_lock(:lock)")
_NEWEST = select(func.max(text_wording.c.id))


def take_turn(connection: Connection) -> None:
    """Let whoever adds wordings go one after the other.

    So a greater id is never seen before a smaller one. On SQLite the transaction is the only
    writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(_TAKE_TURN, {"lock": WORDINGS_LOCK})


def words_version(connection: Connection) -> int:
    """The version of all words: greater after every wording that was added; 0 for none."""
    return int(connection.scalar(_NEWEST) or 0)


def changed_words(connection: Connection) -> dict[str, tuple[str, str]]:
    """The words that the province wrote and did not take back, with their digest, by key."""
    newest = (
        select(func.max(text_wording.c.id))
        .where(text_wording.c.source != str(Source.SHIPPED))
        .group_by(text_wording.c.key)
    )
    rows = connection.execute(
        select(text_wording.c.key, text_wording.c.words, text_wording.c.digest).where(
            text_wording.c.id.in_(newest), text_wording.c.source == str(Source.CHANGED)
        )
    )
    return {key: (words, digest) for key, words, digest in rows}


def shipped_digests(connection: Connection) -> dict[str, str]:
    """The digest of the shipped words that each text was recorded with last."""
    newest = (
        select(func.max(text_wording.c.id))
        .where(text_wording.c.source == str(Source.SHIPPED))
        .group_by(text_wording.c.key)
    )
    rows = connection.execute(
        select(text_wording.c.key, text_wording.c.digest).where(text_wording.c.id.in_(newest))
    )
    return {key: digest for key, digest in rows}


def last_versions(connection: Connection) -> dict[str, int]:
    """The last version of each text that has any."""
    rows = connection.execute(
        select(text_wording.c.key, func.max(text_wording.c.version)).group_by(text_wording.c.key)
    )
    return {key: int(version) for key, version in rows}


def last_version(connection: Connection, key: str) -> int:
    """The last version of one text; 0 when it has none."""
    newest = select(func.max(text_wording.c.version)).where(text_wording.c.key == key)
    return int(connection.scalar(newest) or 0)


def add_wordings(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add wordings; keys are the table's columns. Their turn is taken before."""
    if rows:
        connection.execute(insert(text_wording), [dict(row) for row in rows])


def wordings_of(connection: Connection, key: str) -> list[Wording]:
    """Every wording of one text, oldest first."""
    return _read(connection, _rows().where(text_wording.c.key == key))


def wordings_until(connection: Connection, until: datetime) -> list[Wording]:
    """Every wording of every text that began before then, by key and version."""
    return _read(connection, _rows().where(text_wording.c.since < until))


def words_of_digest(connection: Connection, key: str, digest: str) -> str | None:
    """The words of a text that have this digest; None when it never had such."""
    found: str | None = connection.scalar(
        select(text_wording.c.words)
        .where(text_wording.c.key == key, text_wording.c.digest == digest)
        .limit(1)
    )
    return found


def first_recorded(connection: Connection) -> datetime | None:
    """When the first wording was recorded; None when none was."""
    # In order of ids, not of times: a clock may be put back.
    first: datetime | None = connection.scalar(
        select(text_wording.c.since).order_by(text_wording.c.id).limit(1)
    )
    return first


def _rows() -> Select[Any]:
    return select(
        text_wording.c.key,
        text_wording.c.version,
        text_wording.c.source,
        text_wording.c.words,
        text_wording.c.digest,
        text_wording.c.since,
        func.coalesce(staff.c.login, ""),
        text_wording.c.why,
    ).join_from(text_wording, staff, staff.c.id == text_wording.c.staff_id, isouter=True)


def _read(connection: Connection, rows: Select[Any]) -> list[Wording]:
    found = connection.execute(rows.order_by(text_wording.c.key, text_wording.c.version))
    return [Wording(key, version, Source(source), *rest) for key, version, source, *rest in found]
