"""Sends delivery reports of SMS to the product, again and again until it says 200."""

import asyncio
import time
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from sandbox.request_log import Logged
from sandbox.sms_gateway import Report
from sandbox.world import World

PAUSES = (10, 60, 300, 900)  # seconds on the sandbox's clock between the five attempts
TIMEOUT = 10.0


class SmsReports:
    """Everything under way to the product's receipt addresses."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self._world, self._session = world, session
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, report: Report, attempt: int = 0) -> None:
        """Send one report, and on anything but 200 once more after a pause."""
        self._start(self._deliver(report, attempt))

    async def close(self) -> None:
        """Forget what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, report: Report, attempt: int) -> None:
        if await self._call(report, attempt) == 200 or attempt >= len(PAUSES):
            return
        again = attempt + 1
        self._world.clock.call_after(PAUSES[attempt], lambda: self.send(report, again))

    async def _call(self, report: Report, attempt: int) -> int:
        method = "GET" if report.body is None else "POST"
        started, status, error = time.perf_counter(), 0, None
        try:
            async with self._session.request(
                method,
                report.url,
                params=report.query,
                json=report.body,
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                allow_redirects=False,
            ) as answer:
                status = answer.status
        except TimeoutError:
            error = "timeout"
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            error = type(failure).__name__
        ms, now = round((time.perf_counter() - started) * 1000, 1), self._world.clock.now()
        summary = f"SMS report · retry {attempt}" if attempt else "SMS report"
        path = urlsplit(report.url).path
        self._world.log(Logged("out", method, path, status, error, ms, now, summary))
        return status
