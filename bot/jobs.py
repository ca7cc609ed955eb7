"""What RQ calls: a job only wakes the lane; the work itself is found in the database."""

import threading
from collections.abc import Mapping

from rq import get_current_job

from bot.bell import LANES, RUNG

AWAKE: Mapping[str, threading.Event] = {lane: threading.Event() for lane in LANES}


def wake(lane: str) -> None:
    """Wake this process's lane; the next ring makes a new job from here on."""
    job = get_current_job()
    if job is not None:
        job.connection.delete(RUNG.format(lane=lane))
    AWAKE[lane].set()
