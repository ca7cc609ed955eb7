"""A dead man's switch is told that a timed job has run, and alarms when it hears nothing."""

from dataclasses import dataclass, field
from time import monotonic

import requests

from bot.logs import log
from bot.runtime import Runtime

APOLOGY, SWEEP = "apologise", "sweep"
TIMEOUT = 5.0  # seconds, to connect and for each piece of the answer
# Such services count in minutes, and refuse whoever calls more often than a few times in one.
SWEEP_EVERY = 60.0

logger = log(__name__)


@dataclass(slots=True)
class Heartbeats:
    """What one process has told the switches."""

    _swept_at: float = field(default=float("-inf"))

    def after(self, runtime: Runtime, job: str, outcome: object) -> None:
        """A timed job has ended without a fault.

        Shape: `outcome` is what it gave. That of the apologies is None on every run but the one
               that ends the evening's.
        """
        settings = runtime.settings
        if job == APOLOGY and outcome is not None:
            _call(runtime, job, settings.heartbeat_url_apology)
        if job == SWEEP and monotonic() - self._swept_at >= SWEEP_EVERY:
            self._swept_at = monotonic()
            _call(runtime, job, settings.heartbeat_url_sweep)


def _call(runtime: Runtime, job: str, url: str) -> None:
    """Call the address, if there is one; what goes wrong is told in the log and stops nothing."""
    if not url:
        return
    outcome = "not_reached"
    try:
        with requests.Session() as session:
            session.trust_env = False  # the same way out as all our calls
            answer = session.get(url, timeout=TIMEOUT, allow_redirects=False, stream=True)
            outcome = "taken" if answer.status_code < 300 else f"http_{answer.status_code // 100}xx"
            answer.close()
    except requests.RequestException as fault:
        # The address may hold a secret, and faults of this library name it.
        logger.warning("heartbeat.failed", job=job, fault=type(fault).__name__)
    else:
        if outcome != "taken":
            logger.warning("heartbeat.failed", job=job, fault=outcome)
    runtime.metrics.heartbeats.labels(job, outcome).inc()
