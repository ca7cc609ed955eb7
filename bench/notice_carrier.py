"""A carrier of messages that costs little: python -m bench.notice_carrier PORT MILLISECONDS.

It answers like zalo-platform 3.1 and 5.1 after a fixed time. A protocol of its own instead of a
web framework: where two senders use both cores, what the carrier takes is missing to them.
"""

import asyncio
import json
import sys
import time
from dataclasses import dataclass, field

CHAT = "/v3.0/oa/message/cs"
TEMPLATE = "/message/template"
SENT_AT = "1795312349001"


@dataclass(slots=True)
class Taken:
    """Counts messages and keeps when each phone or citizen first got one.

    Units: seconds of the machine's monotonic clock, which all its processes share.
    """

    latency: float
    count: int = 0
    arrived: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, asyncio.Event] = field(default_factory=dict)

    def take(self, path: str, body: bytes) -> dict[str, object]:
        """One message; what its sender is answered."""
        at = time.monotonic()
        told = json.loads(body)
        who = told["phone"] if path == TEMPLATE else told["recipient"]["user_id"]
        self.count += 1
        self.arrived.setdefault(who, at)
        if who in self.waiting:
            self.waiting[who].set()
        name = f"m{self.count:019d}"
        if path == TEMPLATE:
            quota = {"dailyQuota": "500000", "remainingQuota": "499999"}
            data: dict[str, object] = {"msg_id": name, "sent_time": SENT_AT, "quota": quota}
        else:
            data = {"message_id": name, "user_id": who, "sent_time": SENT_AT}
        return {"error": 0, "message": "Success", "data": data}

    async def arrival(self, who: str) -> float | None:
        """When somebody's first message came; waits for it up to ten seconds."""
        if who not in self.arrived:
            try:
                await asyncio.wait_for(self.waiting.setdefault(who, asyncio.Event()).wait(), 10)
            except TimeoutError:
                return None
        return self.arrived[who]


class Connection(asyncio.Protocol):
    """One kept-alive socket with one request under way at a time."""

    def __init__(self, taken: Taken) -> None:
        self._taken = taken
        self._got = b""
        self._transport: asyncio.Transport | None = None
        self._telling: asyncio.Future[float | None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(b"\r\n\r\n")
        if end < 0:
            return
        head = self._got[:end].lower()
        place = head.find(b"content-length:")
        stop = head.find(b"\r\n", place) if place >= 0 else -1
        length = int(head[place + 15 : stop if stop >= 0 else None]) if place >= 0 else 0
        if len(self._got) < end + 4 + length:
            return
        body = self._got[end + 4 : end + 4 + length]
        path = self._got[:end].split(b" ", 2)[1].decode()
        self._got = b""
        if path in (CHAT, TEMPLATE):
            answer = self._taken.take(path, body)
            loop = asyncio.get_running_loop()
            loop.call_later(self._taken.latency, self._answer, answer)
        elif path == "/count":
            self._answer(self._taken.count)
        else:
            telling = self._taken.arrival(path.rpartition("/")[2])
            self._telling = asyncio.ensure_future(telling)
            self._telling.add_done_callback(lambda done: self._answer(done.result()))

    def _answer(self, answer: object) -> None:
        body = json.dumps(answer).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        assert self._transport is not None
        self._transport.write(head % len(body) + body)


async def serve(port: int, latency_ms: float) -> None:
    """Serve for ever."""
    taken = Taken(latency_ms / 1000)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(taken), "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
