"""Load on a web server: prepared requests over kept-alive sockets, as fast as it goes or steady."""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from bench.row import percentile


@dataclass(slots=True)
class Load:
    """What came of a load. Units: seconds."""

    seconds: float = 0.0
    taken: list[float] = field(default_factory=list)
    refused: int = 0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return len(self.taken) / self.seconds

    def milliseconds(self, share: float) -> float:
        """The percentile of the answer times, in ms."""
        return percentile(self.taken, share) * 1000


class _Connection(asyncio.Protocol):
    """One socket with at most one request under way."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[bool] | None = None
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return
        place = self._got.lower().find(b"content-length:", 0, end)
        length = int(self._got[place + 15 : self._got.find(b"\r\n", place)]) if place > 0 else 0
        if len(self._got) < end + 4 + length:
            return
        accepted = self._got.startswith(b"HTTP/1.1 200")
        self._got = b""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(accepted)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server closed the connection"))

    async def ask(self, request: bytes) -> bool:
        """Send one request; whether it was answered 200."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer


async def _connect(port: int, count: int) -> list[_Connection]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(_Connection, "127.0.0.1", port) for _ in range(count)]
    return [protocol for _, protocol in made]


async def _saturate(port: int, requests: Sequence[bytes], seconds: float, count: int) -> Load:
    load, waiting = Load(), iter(requests)
    connections = await _connect(port, count)
    began = time.perf_counter()

    async def run(connection: _Connection) -> None:
        for request in waiting:
            sent = time.perf_counter()
            if sent - began > seconds:
                return
            load.refused += not await connection.ask(request)
            load.taken.append(time.perf_counter() - sent)

    await asyncio.gather(*map(run, connections))
    load.seconds = time.perf_counter() - began
    return load


async def _steady(port: int, requests: Sequence[bytes], rate: float, count: int) -> Load:
    load = Load()
    free: asyncio.Queue[_Connection] = asyncio.Queue()
    for connection in await _connect(port, count):
        free.put_nowait(connection)
    began = time.perf_counter()

    async def one(request: bytes, due: float) -> None:
        connection = await free.get()
        load.refused += not await connection.ask(request)
        load.taken.append(time.perf_counter() - due)  # waiting for a free socket counts
        free.put_nowait(connection)

    tasks = []
    for request, due in zip(requests, _moments(began, rate), strict=False):
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        tasks.append(asyncio.create_task(one(request, due)))
    await asyncio.gather(*tasks)
    load.seconds = time.perf_counter() - began
    return load


def _moments(began: float, rate: float) -> Iterator[float]:
    number = 0
    while True:
        yield began + number / rate
        number += 1


def saturate(port: int, requests: Sequence[bytes], seconds: float, connections: int = 16) -> Load:
    """As many requests as the server answers, over so many connections."""
    return asyncio.run(_saturate(port, requests, seconds, connections))


def steady(port: int, requests: Sequence[bytes], rate: float, connections: int = 32) -> Load:
    """Requests at an even rate, whether or not the server keeps up."""
    return asyncio.run(_steady(port, requests, rate, connections))
