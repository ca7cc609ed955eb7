"""Photos of slips that a clerk dropped on a page: read in a process apart, their dossiers found."""

import threading
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from bot.core.staff import Actor, Deed
from bot.logs import log
from bot.photo_reader import Limits, Outcome, PhotoReader, PhotoReading
from bot.runtime import Runtime
from bot.store.audit import write_deed
from bot.store.dossiers import dossiers_called, progress_by_codes

MOST_PHOTOS = 5  # of one call
# Threads of a web process that may read at one time: the others stay free for carriers' calls.
AT_ONCE = 2
LIMITS = Limits(cpu=4, seconds=8.0)
_CODES_NAMED = 20

logger = log(__name__)


@dataclass(frozen=True, slots=True)
class Dropped:
    """What one photo held.

    Shape: `dossiers` are the national codes of dossiers that the clerk may open; `others` are
           codes that are unknown or of other agencies, which are not told apart.
    """

    outcome: Outcome
    dossiers: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(slots=True)
class DropDesk:
    """Where one web process reads dropped photos.

    Each call has a reading process of its own: photos are few here, so none is kept warm, and
    what one photo did to its reader is gone before the next clerk's photo is read.
    """

    runtime: Runtime
    limits: Limits = LIMITS
    _free: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(AT_ONCE)
    )

    def read(self, actor: Actor, photos: Sequence[bytes]) -> list[Dropped] | None:
        """What each photo held, in order; None while too many others are being read.

        Shape: at most MOST_PHOTOS; what is beyond is not read. No byte of a photo is kept.
        """
        if not self._free.acquire(blocking=False):
            return None
        try:
            with closing(PhotoReader(self.limits)) as reader:
                readings = [reader.read(photo) for photo in photos[:MOST_PHOTOS]]
        finally:
            self._free.release()
        return self._found(actor, readings)

    def _found(self, actor: Actor, readings: Sequence[PhotoReading]) -> list[Dropped]:
        codes = list(dict.fromkeys(code for one in readings for code in one.codes))
        now = self.runtime.now()
        with self.runtime.engine.begin() as connection:
            known = progress_by_codes(connection, codes)
            names = dossiers_called(connection, codes)
            mine = {c: names[c] for c, one in known.items() if one.agency_code in actor.agencies}
            write_deed(connection, actor, now, _deed(actor, readings, codes))
        logger.info("photo.dropped", outcomes=[str(one.outcome) for one in readings])
        return [_dropped(one, mine) for one in readings]


def _dropped(reading: PhotoReading, mine: dict[str, str]) -> Dropped:
    """One photo's codes, told apart by whether their dossiers may be opened."""
    return Dropped(
        reading.outcome,
        tuple(dict.fromkeys(mine[code] for code in reading.codes if code in mine)),
        tuple(code for code in reading.codes if code not in mine),
    )


def _deed(actor: Actor, readings: Sequence[PhotoReading], codes: Sequence[str]) -> Deed:
    return Deed(
        "photo.read",
        agency_code=actor.account.agency_code,
        detail={"photos": len(readings), "codes": ", ".join(codes[:_CODES_NAMED])},
    )
