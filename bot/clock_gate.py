"""The gate of a worker's lane: shut while its clock differs from those of the others.

Leases and the time of a notice's next way are moments of a clock. A worker whose clock is minutes
ahead would take what another one is just sending, and send it again.
"""

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from bot.core.clocks import WorkerClock, nearer_clock
from bot.database import reading
from bot.logs import log
from bot.runtime import Runtime
from bot.store.workers import clock_of_database, clocks_beside

LOOK_SECONDS = 1.0
SLOW = timedelta(seconds=1)  # a comparison that took so long says nothing

logger = log(__name__)


@dataclass(slots=True)
class ClockGate:
    """What one lane knows of the clocks.

    Shape: `has_worked` once it agreed; `differs` while another lane's clock is nearer to the
           database's and not its own.
    """

    runtime: Runtime
    worker: str
    has_worked: bool = False
    differs: bool = False
    _looked: float = -LOOK_SECONDS

    def agrees(self) -> bool:
        """Whether this lane may work; Errors: those of the database."""
        if monotonic() - self._looked >= LOOK_SECONDS:
            self._look()
        self.has_worked = self.has_worked or not self.differs
        return not self.differs

    def _look(self) -> None:
        with reading(self.runtime.engine) as connection:
            before = self.runtime.now()
            theirs = clock_of_database(connection)
            own = WorkerClock(self.worker, self.runtime.now() - theirs)
            if self.runtime.now() - before > SLOW:
                return  # frozen, or the database was slow: looked at again at once
            nearer = nearer_clock(own, clocks_beside(connection, self.worker, theirs))
        if nearer and not self.differs:
            logger.error(
                "clock.differs",
                worker=self.worker,
                seconds_ahead=round(own.ahead.total_seconds(), 1),
                other=nearer.name,
                other_ahead=round(nearer.ahead.total_seconds(), 1),
                do="set this machine's clock: timedatectl set-ntp true",
            )
        self.differs, self._looked = nearer is not None, monotonic()
