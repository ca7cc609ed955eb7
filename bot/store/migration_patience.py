"""How migrations wait for tables in use: briefly, so that nobody queues behind them, and often."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from sqlalchemy.exc import OperationalError

# Less than the server takes to look for a deadlock (1 s): where two wait for each other it is the
# migration that lets go.
AT_ONCE = "800ms"
PAUSE_SECONDS = 2.0  # in which those who queued behind a try go first
PATIENCE_SECONDS = 15 * 60
IN_USE = ("55P03", "40P01")  # lock_not_available, deadlock_detected

Done = TypeVar("Done")


class StillInUse(Exception):
    """A table was held by somebody for as long as a migration has patience."""


def patiently(work: Callable[[], Done], seconds: float | None = None) -> Done:
    """Do it, again and again while a table that it needs is held by somebody.

    Shape: `work` leaves nothing behind where it fails; `seconds` PATIENCE_SECONDS when None.
    Errors: StillInUse; what `work` raises otherwise.
    """
    end = monotonic() + (PATIENCE_SECONDS if seconds is None else seconds)
    while True:
        try:
            return work()
        except OperationalError as fault:
            if getattr(fault.orig, "sqlstate", None) not in IN_USE:
                raise
            if monotonic() > end:
                raise StillInUse(_told(fault)) from fault
        sleep(PAUSE_SECONDS)


def _told(fault: OperationalError) -> str:
    statement = " ".join((fault.statement or "").split())[:120]
    return (
        f"a table is in use for too long: {statement!r} was not let in; "
        "end what holds it (a backup, a long query), then migrate again: it goes on where it was"
    )
