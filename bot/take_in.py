"""A carrier called: store its event once, and ring for it only after the commit."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection, Engine

from bot.channels.zalo_events import KNOWN_NAMES, Keys, Received
from bot.logs import log, present_request
from bot.runtime import Runtime
from bot.settings import Settings
from bot.store.inbox import remember

TURN_SECONDS = 1.0  # a thread that waited so long tries its luck with SQLite
# What events about our own messages and account are called by, of which there are several for each.
REPORTS = ("oa_", "user_received", "user_seen", "change_")
_turn = threading.Lock()
logger = log(__name__)


def zalo_keys(settings: Settings) -> Keys:
    """What Zalo's signatures are checked with; two OA keys while one is being replaced."""
    secrets = (settings.zalo_oa_secret_key, settings.zalo_oa_secret_key_previous)
    return Keys(settings.zalo_app_id, settings.zalo_oa_id, tuple(filter(None, secrets)))


@contextmanager
def _storing(engine: Engine) -> Iterator[Connection]:
    """A transaction for one statement.

    On PostgreSQL a statement alone is a transaction, so that BEGIN and COMMIT need not cross
    the network; it has been committed when its result is here. On SQLite the threads of this
    process take turns: SQLite's own waiting sleeps for longer and longer and knows no queue.
    """
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            yield connection
        return
    mine = _turn.acquire(timeout=TURN_SECONDS)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        if mine:
            _turn.release()


def take_in(runtime: Runtime, event: Received, body: bytes, now: datetime) -> bool:
    """Store one genuine event of Zalo; False when it was stored before."""
    values = {
        "carrier": "zalo",
        "event_key": event.key,
        "event_name": event.name,
        "own": event.own,
        "event_at": event.at,
        "arrived_at": now,
        "payload": runtime.vault.seal(body),
        "due_at": now if event.own else None,
        "attempts": 0,
        "request_id": present_request() or None,
    }
    with _storing(runtime.engine) as connection:
        fresh = remember(connection, values)
    if fresh:
        name = event.name if event.name in KNOWN_NAMES else "other"
        runtime.metrics.events.labels("zalo", name).inc()
        if event.own:
            runtime.bell.ring("chat")
        if event.own and not name.startswith(REPORTS):
            logger.info("webhook.stored", event_name=name)
    return fresh
