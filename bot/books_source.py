"""Where the books are read from: the read replica while it is good, else the database itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from bot.database import AWAY
from bot.logs import log
from bot.replica import Standing
from bot.runtime import Runtime

T = TypeVar("T")
BROKE_OFF = "broke_off"

logger = log(__name__)


def of_books(runtime: Runtime, read: Callable[[Runtime], T]) -> T:
    """What `read` finds: in the replica, or in the database where that cannot be read.

    Shape: only for pages and exports of what was counted; nothing that decides about a message or
           writes may be read from a copy.
    """
    if runtime.replica is None:
        return read(runtime)
    standing = runtime.replica.look().standing
    if standing is not Standing.GOOD:
        _passed_over(runtime, standing)
        return read(runtime)
    try:
        return read(replace(runtime, engine=runtime.replica.engine))
    except (*AWAY, DBAPIError):  # cancelled to go on replaying, or its schema is behind this code
        runtime.replica.failed()
        _passed_over(runtime, BROKE_OFF)
        return read(runtime)


def books_until(runtime: Runtime) -> datetime | None:
    """Up to when the books that are read now go; None when they are read from the database."""
    if runtime.replica is None:
        return None
    found = runtime.replica.look()
    if found.standing is not Standing.GOOD or found.age is None:
        return None
    return runtime.now() - found.age


def _passed_over(runtime: Runtime, why: str) -> None:
    runtime.metrics.replica_passed_over.labels(str(why)).inc()
    logger.warning("replica.passed_over", why=str(why), do="see doctor, replica")
