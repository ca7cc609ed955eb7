"""The read replica, and whether it may be read just now: there, a replica, and not too old."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.database import AWAY, reading
from bot.store.replicas import is_replica
from bot.store.workers import newest_sign

LOOK_SECONDS = 5.0  # between two questions how old it is
AWAY_SECONDS = 30.0  # one that did not answer is left alone for so long: nobody waits for it


class Standing(StrEnum):
    """How the replica stands."""

    GOOD = "good"
    OLD = "old"
    AWAY = "away"
    NO_REPLICA = "no_replica"  # a database that takes writes: nobody knows whose


@dataclass(frozen=True, slots=True)
class Look:
    """What was found; `age` is how long ago what it holds was true, None when unknown.

    Shape: by the newest sign of a worker that it holds. What a replica says of its stream does not
           tell: one that is sent nothing any more has taken over all that it was sent.
    """

    standing: Standing
    age: timedelta | None = None


@dataclass(slots=True)
class Replica:
    """One replica as one process sees it; safe to ask from many threads.

    Shape: `engine` is for reading, `asks` for asking how it stands: pages that hold every
           connection do not make it look away. `most` is the age that it may have.
    """

    engine: Engine
    asks: Engine
    most: timedelta
    clock: Callable[[], datetime]
    _found: Look = Look(Standing.AWAY)
    _again_at: float = -1.0
    _asked_at: float | None = None  # while one thread asks
    _lock: Lock = field(default_factory=Lock)

    def look(self) -> Look:
        """How it stands, asked anew every few seconds.

        Shape: one thread asks, and the others go by what was found before; one that has not
               answered after some seconds is away.
        """
        now = monotonic()
        with self._lock:
            if self._asked_at is not None:
                is_late = now - self._asked_at > LOOK_SECONDS
                return Look(Standing.AWAY) if is_late else self._found
            if now < self._again_at:
                return self._found
            self._asked_at = now
        found = Look(Standing.AWAY)
        try:
            found = self._ask()
        finally:
            away = found.standing is Standing.AWAY
            with self._lock:
                self._found, self._asked_at = found, None
                self._again_at = monotonic() + (AWAY_SECONDS if away else LOOK_SECONDS)
        return found

    def failed(self) -> None:
        """It broke off while it was read."""
        with self._lock:
            self._found, self._again_at = Look(Standing.AWAY), monotonic() + AWAY_SECONDS

    def _ask(self) -> Look:
        try:
            with reading(self.asks) as connection:
                if not is_replica(connection):
                    return Look(Standing.NO_REPLICA)
                signed = newest_sign(connection)
        except AWAY:
            return Look(Standing.AWAY)
        except DBAPIError:  # its schema is from before there were signs
            return Look(Standing.OLD)
        if signed is None:
            return Look(Standing.OLD)
        age = max(self.clock() - signed, timedelta(0))
        return Look(Standing.GOOD if age <= self.most else Standing.OLD, age)
