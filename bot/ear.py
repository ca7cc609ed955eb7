"""Listens for the bell in a thread of its own; silence only means that we look less often."""

import logging
import threading
from time import sleep

import redis
from rq import SimpleWorker
from rq.timeouts import TimerDeathPenalty

from bot.bell import patient_redis
from bot.logs import log

# A worker's blocking pop ends after its ttl less 15 s; short, so that a stop is seen soon.
WORKER_TTL = 20
RETRY_SECONDS = 1.0

logger = log(__name__)


class _ThreadWorker(SimpleWorker):
    """RQ's worker without what only a main thread may do."""

    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        """Signals belong to the process's main thread."""


def listen(redis_url: str, lane: str) -> None:
    """Start listening for one lane's bell; returns at once."""
    for name in ("rq.worker", "rq.job"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    thread = threading.Thread(target=_listen, args=(redis_url, lane), daemon=True, name="ear")
    thread.start()


def _listen(redis_url: str, lane: str) -> None:
    deaf = False
    while True:
        try:
            client = patient_redis(redis_url)
            client.ping()
            if deaf:
                logger.info("ear.hears_again", lane=lane)
            deaf = False
            worker = _ThreadWorker(
                [lane], connection=client, worker_ttl=WORKER_TTL, log_job_description=False
            )
            worker.work(logging_level="CRITICAL")
        except redis.RedisError as fault:
            if not deaf:
                logger.warning(
                    "ear.deaf",
                    lane=lane,
                    fault=type(fault).__name__,
                    why="Redis does not answer, so work is looked for every 2 s instead",
                    do="start Redis or correct REDIS_URL",
                )
            deaf = True
        sleep(RETRY_SECONDS)
