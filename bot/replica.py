"""The read replica, and whether it may be read just now: there, a replica, and not too old."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from threading import Lock
from time import monotonic

from sqlalchemy import Engine

from bot.database import AWAY, reading
from bot.store.replicas import how_old

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
    """What was found; `age` is how long ago what it holds was true, None when unknown."""

    standing: Standing
    age: timedelta | None = None


@dataclass(slots=True)
class Replica:
    """One replica as one process sees it; safe to ask from many threads."""

    engine: Engine
    most: timedelta
    _found: Look = Look(Standing.AWAY)
    _again_at: float = -1.0
    _lock: Lock = field(default_factory=Lock)

    def look(self) -> Look:
        """How it stands, asked anew every few seconds."""
        with self._lock:
            if monotonic() >= self._again_at:
                self._found = self._ask()
                away = self._found.standing is Standing.AWAY
                self._again_at = monotonic() + (AWAY_SECONDS if away else LOOK_SECONDS)
            return self._found

    def failed(self) -> None:
        """It broke off while it was read."""
        with self._lock:
            self._found, self._again_at = Look(Standing.AWAY), monotonic() + AWAY_SECONDS

    def _ask(self) -> Look:
        try:
            with reading(self.engine) as connection:
                is_replica, age = how_old(connection)
        except AWAY:
            return Look(Standing.AWAY)
        if not is_replica:
            return Look(Standing.NO_REPLICA)
        if age is None:
            return Look(Standing.OLD)
        return Look(Standing.GOOD if age <= self.most else Standing.OLD, age)
