"""The words that the product comes with, recorded when they differ from the last ones."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, Engine

from bot.core.wording import Source
from bot.database import make_engine, reading
from bot.runtime import shifted_clock
from bot.settings import Settings
from bot.store.wordings import add_wordings, last_versions, shipped_digests, take_turn
from bot.texts.catalogue import Catalogue, load_catalogue
from bot.texts.changed import digest

FIRST = "Câu chữ của phiên bản đầu tiên được ghi lại"
UPGRADE = "Phiên bản mới của phần mềm"


def keep_shipped(engine: Engine, shipped: Catalogue, now: datetime) -> int:
    """Record which words were shipped from `now` on; how many texts that was.

    Run at every migration and every start of a worker, so that what citizens were told on a past
    day can be looked up, also of texts that nobody may change. It changes nothing that is said.
    """
    with reading(engine) as connection:
        if not _new(shipped, shipped_digests(connection)):
            return 0
    with engine.begin() as connection:
        take_turn(connection)
        return record_shipped(connection, shipped, now)


def keep_words_of(settings: Settings) -> int:
    """The same where there is no runtime: with these settings' database and clock."""
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        now = shifted_clock(settings.clock_offset_seconds)()
        return keep_shipped(engine, load_catalogue(), now)
    finally:
        engine.dispose()


def record_shipped(
    connection: Connection, shipped: Catalogue, now: datetime, only: str | None = None
) -> int:
    """The same inside a transaction that has taken its turn, for every text or only one."""
    new = _new(shipped, known := shipped_digests(connection))
    keys = [key for key in new if only in (None, key)]
    last = last_versions(connection)
    rows = [
        {
            "key": key,
            "version": last.get(key, 0) + 1,
            "source": str(Source.SHIPPED),
            "words": shipped.texts[key].words,
            "digest": new[key],
            "since": now,
            "staff_id": None,
            "why": UPGRADE if key in known else FIRST,
        }
        for key in keys
    ]
    add_wordings(connection, rows)
    return len(rows)


def _new(shipped: Catalogue, known: Mapping[str, str]) -> dict[str, str]:
    """The digests of texts whose words were not the last that were recorded."""
    digests = {key: digest(text.words) for key, text in shipped.texts.items()}
    return {key: mark for key, mark in digests.items() if known.get(key) != mark}
