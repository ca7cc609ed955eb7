"""A worker that takes what the ceiling grants, for tests with several: REDIS LIMIT SECONDS."""

import sys
import threading
import time

from bot.ceiling import Ceiling
from tests.make import make_settings


def main(redis_url: str, limit: str, seconds: str) -> None:
    """Take with four threads until the time is over; print how many calls were granted."""
    settings = make_settings("sqlite://", redis_url=redis_url, zalo_calls_per_minute=int(limit))
    ceiling, until = Ceiling(settings), time.monotonic() + float(seconds)
    granted: list[int] = []

    def work(lane: str) -> None:
        while time.monotonic() < until:
            granted.append(ceiling.take(3, lane))

    threads = [threading.Thread(target=work, args=(lane,)) for lane in ("chat", "bulk") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(granted), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
