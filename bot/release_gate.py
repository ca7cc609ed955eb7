"""The gate of a worker's lane: shut in a house that was restored and that nobody released yet."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from bot.database import reading
from bot.logs import log
from bot.runtime import Runtime
from bot.store.restored_mark import is_held

LOOK_SECONDS = 2.0

logger = log(__name__)


@dataclass(slots=True)
class ReleaseGate:
    """What one lane knows of the hold; it asks every two seconds, and always after a fault.

    A database that was away may be another one when it is back.
    """

    runtime: Runtime
    lane: str
    _open: bool = False
    _asked: float = -LOOK_SECONDS
    _told: bool = False

    def lets(self, work: Callable[[], bool]) -> bool:
        """Do this work, unless the house is held; what it says of there being more."""
        try:
            return self.is_open() and work()
        except Exception:
            self._asked = -LOOK_SECONDS
            raise

    def is_open(self) -> bool:
        """Whether anything may be sent; Errors: those of the database."""
        if monotonic() - self._asked < LOOK_SECONDS:
            return self._open
        with reading(self.runtime.engine) as connection:
            held = is_held(connection)
        if held and not self._told:
            logger.error("house.held", lane=self.lane, do="see: python -m bot restored")
        self._open, self._told, self._asked = not held, held, monotonic()
        return self._open
